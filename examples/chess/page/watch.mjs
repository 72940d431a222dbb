// A spectator, who may come late: both players' records are retained, so the position is there at once.
import { agree, movesOf } from '../record.mjs';
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
    connection.subscribe(`chess.player.${player}.presence`, ([, isHere]) => view.presence(player, isHere === true), {
      get_retained: true,
    }),
  ]);
  show();
  return {
    game,
    written(game) {
      outcome = game;
      show();
    },
    close() {
      for (const handle of handles) handle.unsubscribe();
      view.close();
    },
  };
}
