/*
 * My game. A move is a call to my opponent's browser. It checks whether the move is mine, at
 * my turn, and legal; my browser does the same with theirs. Each player also publishes all moves
 * that they know, retained: so spectators see them, and a page that was reloaded finds its game again.
 */
import { Chess } from 'chess.js';
import { agree, movesOf, play, resultOf } from '../record.mjs';
import { byId, inWords } from './dom.mjs';
import { followPresence } from './presence.mjs';
import { openView } from './view.mjs';

const { ApplicationError } = window.autostrada;

function refuse(uri, text) {
  throw new ApplicationError(`chess.error.${uri}`, [text]);
}
/** No use in trying again. */
const refusals = ['illegal_move', 'not_your_turn', 'out_of_step', 'not_your_game'].map((word) => `chess.error.${word}`);

export function sitDown({ connection, me, game }) {
  const theirs = game.white === me ? 'b' : 'w';
  const opponent = game.white === me ? game.black : game.white;
  const topicOf = (player) => `chess.player.${player}.game.${game.id}`;
  const told = { [me]: [], [opponent]: [] };
  const closing = new AbortController();
  let chess = new Chess();
  let outcome = {};
  let asking; // the call with my last move, while it is running
  let wake = () => {};
  const view = openView(game, me, move);

  // ── what happened before this page was loaded, or while it had no connection
  const recall = (player, moves) => {
    told[player] = movesOf(moves);
    const agreed = agree(told[game.white], told[game.black]);
    if (agreed.history().length <= chess.history().length) return;
    chess = agreed;
    view.show(chess, outcome);
    void deliver();
  };
  const handles = [
    ...[opponent, me].map((player) =>
      connection.subscribe(topicOf(player), ([moves], _, { retained }) => retained && recall(player, moves), {
        get_retained: true,
      }),
    ),
    ...followPresence(connection, opponent, presence),
  ];
  const offs = [
    connection.on('status', ({ state }) => view.session(state === 'joined')),
    // A router that was killed may not have kept my last move.
    connection.on('open', () => chess.history().length > 0 && publish()),
  ];
  view.show(chess);

  // ── my move
  function move(wanted) {
    if (chess.turn() === theirs || outcome.result || !play(chess, wanted)) return false;
    view.show(chess, outcome);
    publish();
    void deliver();
    return true;
  }

  function publish() {
    // exclude_me: false, or the router would keep it for others only
    connection.publish(topicOf(me), [chess.history()], null, { retain: true, exclude_me: false, whenOffline: 'wait' });
  }

  /** Until the opponent has it: their page may be reloading, asleep, or in a tunnel. Getting it twice does no harm. */
  async function deliver() {
    if (asking || chess.turn() !== theirs || outcome.result) return;
    asking = new AbortController();
    const { signal } = asking;
    const isRobot = opponent === 'robot';
    if (isRobot) view.thought('The robot is asked …');
    while (!signal.aborted && !closing.signal.aborted && chess.turn() === theirs && !outcome.result) {
      try {
        const moves = chess.history();
        const options = { timeoutMs: isRobot ? 20_000 : 4000, signal, ...(isRobot && { onProgress: think }) };
        await connection.call(`chess.player.${opponent}.move`, [game.id, moves], { level: game.level }, options);
        if (chess.history().length === moves.length) break; // otherwise both of us have moved before this call ended
      } catch (error) {
        if (signal.aborted || closing.signal.aborted) break;
        if (!isRobot && refusals.includes(error.uri)) {
          takeBack(inWords(error));
          break;
        }
        if (isRobot) view.thought('The robot does not answer. It is asked again.', false);
        if (connection.session) view.note(`${opponent} does not answer. Your move is kept, and tried again.`, 'wait');
        await new Promise((resolve) => {
          wake = resolve;
          setTimeout(resolve, 1000);
        });
        publish(); // an event that waited too long was dropped
      }
    }
    asking = undefined;
    view.thought(undefined);
    if (!closing.signal.aborted) view.show(chess, outcome);
  }

  function think(progress) {
    const { depth, move: best, positions, by } = progress ?? {};
    if (![depth, positions].every(Number.isFinite)) return; // not a number, so ignore it
    view.thought(`${by} thinks: depth ${depth}, ${best}, after ${positions.toLocaleString('en')} positions`);
  }

  function takeBack(why) {
    if (chess.turn() !== theirs) return;
    chess.undo();
    publish();
    view.show(chess, outcome);
    if (why) view.note(why, 'bad');
  }

  // ── the opponent's move: their browser calls this, or the robot
  function receive([id, given], caller) {
    if (id !== game.id) refuse('no_such_game', 'I do not play that game.');
    if (caller !== opponent) refuse('not_your_game', 'You do not play in this game.');
    const known = chess.history();
    const moves = movesOf(given);
    const isSame = (count) => moves.slice(0, count).every((each, ply) => each === known[ply]);
    if (moves.length > 0 && moves.length <= known.length && isSame(moves.length)) return known.length; // I have it already
    if (chess.turn() !== theirs) refuse('not_your_turn', 'It is not your move.');
    if (moves.length !== known.length + 1 || !isSame(known.length)) refuse('out_of_step', 'That is not where our game stands.');
    if (!play(chess, moves.at(-1))) refuse('illegal_move', 'That is no legal move.');
    told[opponent] = moves;
    view.show(chess, outcome);
    return chess.history().length;
  }

  function presence(isHere) {
    view.presence(opponent, isHere);
    if (isHere) wake();
  }

  byId('typed').onsubmit = (event) => {
    event.preventDefault();
    const input = byId('typed-move');
    if (move(input.value.trim())) input.value = '';
    else view.note(`${input.value || 'That'} is no legal move here.`, 'bad');
  };
  byId('resign').onclick = () =>
    connection
      .call('chess.tournament.resign', [game.id], null, { whenOffline: 'fail', timeoutMs: 10_000 })
      .catch((error) => view.note(inWords(error), 'bad'));
  byId('take-back').onclick = () => {
    asking?.abort(new Error('taken back'));
    takeBack();
  };

  return {
    game,
    receive,
    get isOver() {
      return outcome.result !== undefined;
    },
    /** What the tournament has written down. */
    written({ result, how }) {
      if (result === outcome.result) return;
      outcome = { result, how };
      if (!resultOf(chess)) asking?.abort(new Error('the game is over')); // a mate is still sent
      view.show(chess, outcome);
    },
    close() {
      closing.abort();
      asking?.abort(new Error('the table is closed'));
      for (const off of offs) off();
      for (const handle of handles) handle.unsubscribe();
      view.close();
    },
  };
}
