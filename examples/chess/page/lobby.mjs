// The tournament's state, as it publishes it: waiting players, games, results.
import { byId, inWords, make } from './dom.mjs';

const isGame = (game) => [game?.id, game?.white, game?.black].every((each) => typeof each === 'string');

/** The state, if it is one: what comes by the wire may be anything. */
export function stateOf(value) {
  const { pool, games } = value ?? {};
  if (!Array.isArray(pool) || !Array.isArray(games)) return undefined;
  return { pool: pool.filter((player) => typeof player === 'string'), games: games.filter(isGame) };
}

/** `onWatch`: undefined for a player in a game, because watching would take their seat away. */
export function showGames({ games }, onWatch) {
  const rows = [...games].reverse().map((game) => {
    const players = make('span', { textContent: `${game.white} – ${game.black}` });
    if (game.result) return make('li', {}, players, make('b', { textContent: game.result }));
    if (!onWatch) return make('li', {}, players, make('small', { textContent: 'is being played' }));
    const button = make('button', { type: 'button', className: 'plain', textContent: 'Watch', onclick: () => onWatch(game) });
    button.setAttribute('aria-label', `Watch ${game.white} against ${game.black}`);
    return make('li', {}, players, button);
  });
  byId('games').replaceChildren(...rows);
}

export function showPool({ pool }, me) {
  const isWaiting = pool.includes(me);
  const others = pool.filter((player) => player !== me);
  byId('enter').textContent = isWaiting ? 'Wait no longer' : 'Play whoever comes next';
  byId('enter').dataset.waiting = isWaiting ? 'yes' : '';
  byId('pool').textContent = isWaiting
    ? 'You are in the pool. As soon as somebody else comes, the game begins: open a second window, and come as somebody else.'
    : others.length > 0
      ? `${others.join(', ')} waits for somebody to play with.`
      : 'Nobody waits for a game.';
}

export function openLobby(connection, onLogOut) {
  const ask = async (procedure, args) => {
    window.demo.say('problem', '');
    try {
      await connection.call(procedure, args, null, { whenOffline: 'fail', timeoutMs: 10_000 });
    } catch (error) {
      window.demo.say('problem', inWords(error), 'bad');
    }
  };
  byId('enter').onclick = () => ask(byId('enter').dataset.waiting ? 'chess.tournament.leave' : 'chess.tournament.enter');
  byId('play-robot').onclick = () => ask('chess.tournament.play_robot', [Number(byId('level').value)]);
  byId('log-out').onclick = onLogOut;
}
