// The table as one sees it: the board, who sits there, the moves, what is going on. For players and spectators alike.
import { reasonOf, resultOf } from '../record.mjs';
import { createBoard } from './board.mjs';
import { byId, make, show } from './dom.mjs';

/** `me`: whose place is below; undefined for a spectator. */
export function openView(game, me, onMove = () => {}) {
  const orientation = game.black === me ? 'b' : 'w';
  const near = orientation === 'w' ? game.white : game.black;
  const far = orientation === 'w' ? game.black : game.white;
  const places = { [near]: byId('player-near'), [far]: byId('player-far') };
  const board = createBoard(byId('board'), orientation, onMove);
  show('table', true);
  byId('moves').replaceChildren();
  for (const [player, place] of Object.entries(places)) {
    place.querySelector('b').textContent = player;
    place.dataset.state = player === me ? 'here' : '';
    place.querySelector('small').textContent = '';
  }

  const view = {
    /** `result` of the tournament, which also knows who resigned. */
    show(chess, { result, how } = {}) {
      const over = result ?? resultOf(chess);
      const turn = chess.turn() === 'w' ? game.white : game.black;
      const isMine = me !== undefined && turn === me && !over;
      board.show(chess, isMine ? chess.turn() : undefined);
      for (const [player, place] of Object.entries(places)) place.classList.toggle('turn', !over && player === turn);
      showMoves(chess.history());
      show('typed', me !== undefined && !over);
      byId('typed-move').disabled = !isMine;
      show('back', over !== undefined || me === undefined);
      show('resign', over === undefined && me !== undefined);
      if (over) view.note(`${over === '*' ? '' : `${over} · `}${words(over, how, chess)}`, over);
      else if (isMine) view.note(chess.isCheck() ? 'Check! It is your move.' : 'It is your move.');
      else view.note(`It is ${turn}'s move.`);
    },
    note(text, kind = '') {
      const note = byId('note');
      note.textContent = text;
      note.dataset.kind = kind === 'bad' || kind === 'wait' ? kind : '';
    },
    presence(player, isHere) {
      const place = places[player];
      place.dataset.state = isHere ? 'here' : 'away';
      place.querySelector('small').textContent = isHere ? '' : 'away';
    },
    /** What the robot is thinking, or undefined when it has answered. */
    thought(text) {
      show('thinking', text !== undefined);
      show('take-back', text !== undefined);
      if (text !== undefined) byId('thought').textContent = text;
    },
    close() {
      board.destroy();
      show('table', false);
      show('thinking', false);
    },
  };
  view.thought(undefined);

  function words(over, how, chess) {
    if (how === 'abandoned') return 'The game was abandoned.';
    if (over === '½-½') return `A draw: ${reasonOf(chess) ?? 'agreed'}.`;
    const [winner, loser] = over === '1-0' ? [game.white, game.black] : [game.black, game.white];
    return how === 'resigned' ? `${loser} has resigned, ${winner} wins.` : `Checkmate: ${winner} wins.`;
  }
  return view;
}

function showMoves(moves) {
  const rows = [];
  for (let ply = 0; ply < moves.length; ply += 2) {
    const cells = moves.slice(ply, ply + 2).map((move) => make('span', { textContent: move }));
    rows.push(make('li', {}, ...cells));
  }
  rows.at(-1)?.lastChild.classList.add('last');
  const list = byId('moves');
  list.replaceChildren(...rows);
  list.scrollTop = list.scrollHeight;
}
