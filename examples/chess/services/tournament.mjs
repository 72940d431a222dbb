/*
 * The tournament: waiting players, games and results. It keeps nothing itself: its state is the event
 * that the router retains, and it begins with that one. Games do not need it: they are played between the
 * players. It watches them, as any spectator could, to write down the results.
 */
import { ApplicationError } from 'autostrada';
import { announce } from '../../announce.mjs';
import { agree, movesOf, readTopic, resultOf } from '../record.mjs';

export default async function tournament(service) {
  let state = { pool: [], games: [], last: 0 };
  const told = new Map(); // `game/player`: the moves as that player publishes them
  const here = new Map(); // by player: the current session

  const publish = (change) => {
    state = { ...state, ...change };
    service.publish('chess.tournament.state', [state], null, { retain: true });
  };
  const refuse = (uri, text) => {
    throw new ApplicationError(`chess.error.${uri}`, [text]);
  };
  const isOn = (game) => game.result === undefined;
  const gameOf = (player) => state.games.find((game) => isOn(game) && [game.white, game.black].includes(player));
  const finish = (id, result, how) =>
    publish({ games: state.games.map((game) => (game.id === id ? { ...game, result, how } : game)) });

  function begin(white, black, more = {}) {
    const game = { id: String(state.last + 1), white, black, ...more };
    const games = [...state.games, game];
    const over = games.filter((each) => !isOn(each)).slice(-30);
    publish({
      games: games.filter((each) => isOn(each) || over.includes(each)),
      pool: state.pool.filter((each) => each !== white && each !== black),
      last: state.last + 1,
    });
    return game;
  }

  function look(game, id) {
    if (!isOn(game)) return;
    const moves = (player) => told.get(`${id}/${player}`) ?? [];
    const chess = agree(moves(game.white), moves(game.black));
    const result = resultOf(chess);
    if (result) finish(id, result, chess.isCheckmate() ? 'checkmate' : 'draw');
  }

  // The state that the process before this one left, if there was one. The router sends it before it confirms the registrations below.
  const restored = ([left]) => {
    if (Array.isArray(left?.games) && state.last === 0) state = left;
  };
  await service.subscribe('chess.tournament.state', restored, { get_retained: true }).ready;

  service.subscribe(
    'chess.player.',
    (args, _kwargs, { topic }) => {
      const { player, kind, id } = readTopic(topic);
      if (kind === 'game') {
        const game = state.games.find((each) => each.id === id);
        if (!game || ![game.white, game.black].includes(player)) return;
        told.set(`${id}/${player}`, movesOf(args[0]));
        look(game, id);
      } else if (kind === 'presence') {
        const [session, isHere] = args;
        if (isHere) here.set(player, session);
        else if (here.get(player) === session) here.delete(player);
        if (!here.has(player) && state.pool.includes(player)) publish({ pool: state.pool.filter((each) => each !== player) });
      }
    },
    { match: 'prefix', get_retained: true },
  );

  service.register('chess.tournament.get_pool', () => state);

  service.register('chess.tournament.enter', (_args, _kwargs, { caller_authid: player }) => {
    const running = gameOf(player);
    if (running) return running;
    const other = state.pool.find((each) => each !== player && here.has(each));
    if (other) return begin(other, player); // the player who waited is white
    if (!state.pool.includes(player)) publish({ pool: [...state.pool, player] });
  });

  service.register('chess.tournament.leave', (_args, _kwargs, { caller_authid: player }) => {
    publish({ pool: state.pool.filter((each) => each !== player) });
  });

  service.register('chess.tournament.play_robot', ([level], _kwargs, { caller_authid: player }) => {
    if (![1, 2, 3, 4].includes(level)) refuse('no_such_level', 'There are levels 1 to 4.');
    return gameOf(player) ?? begin(player, 'robot', { level });
  });

  service.register('chess.tournament.resign', ([id], _kwargs, { caller_authid: player }) => {
    const game = state.games.find((each) => each.id === id);
    if (!game || ![game.white, game.black].includes(player)) refuse('not_your_game', 'That is not your game.');
    if (!isOn(game)) return;
    const other = player === game.white ? game.black : game.white;
    if (other !== 'robot' && !here.has(other)) finish(id, '*', 'abandoned');
    else finish(id, player === game.white ? '0-1' : '1-0', 'resigned');
  });

  // After a restart of the router those who waited have a while to come back.
  setTimeout(() => {
    const pool = state.pool.filter((each) => here.has(each));
    if (pool.length < state.pool.length) publish({ pool });
  }, 30_000).unref();

  publish({}); // a page that waits for its first state has it
  await announce(service);
}
