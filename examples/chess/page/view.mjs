// The table as one sees it: the board, who sits there, the moves, what is going on. For players and spectators alike.
import { reasonOf, resultOf } from '../record.mjs';
import { createBoard } from './board.mjs';
import { byId, make, show } from './dom.mjs';

const noSession = 'There is no connection to the router.';
const presence = { here: '', away: 'away', unknown: 'not known' };

/** `me`: whose place is below; undefined for a spectator. */
export function openView(game, me, onMove = () => {}) {
  const orientation = game.black === me ? 'b' : 'w';
  const near = orientation === 'w' ? game.white : game.black;
  const far = orientation === 'w' ? game.black : game.white;
  const places = { [near]: byId('player-near'), [far]: byId('player-far') };
  const board = createBoard(byId('board'), orientation, onMove);
  let hasSession = true;
  let shown = []; // position and outcome
  byId('table').setAttribute('aria-label', `${game.white} against ${game.black}`);
  show('table', true);
  byId('moves').replaceChildren();
  for (const [player, place] of Object.entries(places)) {
    place.querySelector('b').textContent = player;
    place.querySelector('small').textContent = '';
    mark(player, player === me ? 'here' : 'unknown');
  }

  function mark(player, state) {
    const place = places[player];
    window.demo.mark(place, state, player === me ? undefined : presence, place.querySelector('small'));
  }

  const view = {
    /** `result` of the tournament, which also knows who resigned. */
    show(chess, { result, how } = {}) {
      shown = [chess, { result, how }];
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
      else if (!hasSession)
        view.note(isMine ? `${noSession} A move that you make now is sent when it is back.` : noSession, 'wait');
      else if (isMine) view.note(chess.isCheck() ? 'Check! It is your move.' : 'It is your move.');
      else view.note(`It is ${turn}'s move.`);
    },
    note(text, kind = '') {
      const note = byId('note');
      note.textContent = text;
      note.dataset.kind = kind === 'bad' || kind === 'wait' ? kind : '';
    },
    presence: (player, isHere) => mark(player, isHere ? 'here' : 'away'),
    /** Whether there is a session: without one nothing goes out, and nothing comes. */
    session(isThere) {
      if (isThere === hasSession) return;
      hasSession = isThere;
      if (isThere && me) mark(me, 'here');
      if (shown.length > 0) view.show(...shown);
    },
    /** What the robot is thinking, or undefined when it has answered. `isBusy`: whether it thinks at all. */
    thought(text, isBusy = true) {
      show('thinking', text !== undefined);
      show('take-back', text !== undefined);
      show('spinner', isBusy);
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
