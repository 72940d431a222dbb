// A spectator, who may come late: both players' records are retained, so the position is there at once.
import { agree, movesOf } from '../record.mjs';
import { followPresence } from './presence.mjs';
import { openView } from './view.mjs';

export function watch({ connection, game }) {
  const told = { [game.white]: [], [game.black]: [] };
  const view = openView(game, undefined);
  let outcome = game;
  const show = () => view.show(agree(told[game.white], told[game.black]), outcome);
  const handles = [game.white, game.black].flatMap((player) => [
    connection.subscribe(
      `chess.player.${player}.game.${game.id}`,
      ([moves]) => {
        told[player] = movesOf(moves);
        show();
      },
      { get_retained: true },
    ),
    ...followPresence(connection, player, (isHere) => view.presence(player, isHere)),
  ]);
  const off = connection.on('status', ({ state }) => view.session(state === 'joined'));
  show();
  return {
    game,
    get isOver() {
      return outcome.result !== undefined;
    },
    written(game) {
      outcome = game;
      show();
    },
    close() {
      off();
      for (const handle of handles) handle.unsubscribe();
      view.close();
    },
  };
}
