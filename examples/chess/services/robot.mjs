/*
 * A player that is a program: it has the procedure that every player has, `move`, and it calls the
 * browser back with its answer. Two processes run this file and share the registration, so the
 * router sends games to both in turn, and to the other one when one has died. They keep no
 * state.
 */
import { setImmediate } from 'node:timers/promises';
import { ApplicationError } from 'autostrada';
import { Chess } from 'chess.js';
import { ai } from 'js-chess-engine';
import { announce, name } from '../../announce.mjs';
import { movesOf, play } from '../record.mjs';

export default async function robot(service) {
  function refuse(uri, text) {
    throw new ApplicationError(`chess.error.${uri}`, [text]);
  }

  /** The engine's answer after a search of so many plies, as chess.js writes it. */
  function think(chess, depth) {
    const limits = { base: depth, extended: 0, check: depth > 2, quiescence: 4 };
    const { move, nodesSearched } = ai(chess.fen(), { level: 3, play: false, analysis: true, randomness: 15, depth: limits });
    const [[from, to]] = Object.entries(move);
    const copy = new Chess(chess.fen());
    return { move: play(copy, { from: from.toLowerCase(), to: to.toLowerCase(), promotion: 'q' }), positions: nodesSearched };
  }

  // An async generator: what it yields is a progressive result, what it returns the answer.
  async function* move([id, given], { level }, { caller_authid: human, signal }) {
    if (typeof id !== 'string' || !/^\d{1,9}$/.test(id)) refuse('no_such_game', 'I do not play that game.');
    const moves = movesOf(given);
    const chess = new Chess();
    if (moves.length === 0 || !moves.every((each) => play(chess, each))) refuse('illegal_move', 'That is no legal move.');
    if (chess.isGameOver()) return null;

    let best;
    for (let depth = 1; depth <= ([1, 2, 3, 4].includes(level) ? level : 2) + 1; depth++) {
      best = think(chess, depth);
      yield { depth, ...best, by: name };
      await setImmediate(); // what was yielded goes out, a cancel comes in
      signal.throwIfAborted();
    }

    const answer = [...moves, best.move];
    await service.call(`chess.player.${human}.move`, [id, answer], null, { timeoutMs: 5000, signal });
    service.publish(`chess.player.robot.game.${id}`, [answer], null, { retain: true });
    return best.move;
  }

  service.register('chess.player.robot.move', move, { invoke: 'roundrobin', maxConcurrency: 4, maxWaiting: 20 });
  await announce(service);
}
