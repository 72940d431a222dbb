// cm-chessboard with chess.js's rules: pieces go by mouse, by touch, and by the arrow keys.
import { Chessboard, INPUT_EVENT_TYPE } from 'cm-chessboard/Chessboard.js';
import { Accessibility } from 'cm-chessboard/extensions/accessibility/Accessibility.js';
import { MARKER_TYPE, Markers } from 'cm-chessboard/extensions/markers/Markers.js';
import { PROMOTION_DIALOG_RESULT_TYPE, PromotionDialog } from 'cm-chessboard/extensions/promotion-dialog/PromotionDialog.js';

const { matches: isQuiet } = matchMedia('(prefers-reduced-motion: reduce)');

/** `orientation`: `w` or `b`, who sits below. `onMove` gets `{ from, to, promotion }` of a legal move. */
export function createBoard(element, orientation, onMove) {
  const board = new Chessboard(element, {
    orientation,
    assetsUrl: '/lib/cm-chessboard/assets/',
    style: { cssClass: 'green', pieces: { file: 'pieces/standard.svg' }, animationDuration: isQuiet ? 0 : 180 },
    extensions: [
      { class: Markers, props: { autoMarkers: null } },
      { class: PromotionDialog, props: { language: 'en' } },
      { class: Accessibility, props: { language: 'en', movePieceForm: false, keyboardMoveInput: true } },
    ],
  });
  let chess;
  let enabled;

  const legal = (from, to) => chess.moves({ square: from, verbose: true }).filter((move) => to === undefined || move.to === to);

  const input = (event) => {
    const { type, squareFrom: from, squareTo: to } = event;
    if (type === INPUT_EVENT_TYPE.moveInputStarted) {
      const moves = legal(from);
      for (const move of moves) board.addMarker(move.captured ? MARKER_TYPE.bevel : MARKER_TYPE.dot, move.to);
      board.addMarker(MARKER_TYPE.frame, from);
      return moves.length > 0;
    }
    if (type === INPUT_EVENT_TYPE.validateMoveInput) {
      const [move] = legal(from, to);
      if (move?.promotion) {
        board.showPromotionDialog(to, chess.turn(), ({ type: chosen, piece }) => {
          if (chosen === PROMOTION_DIALOG_RESULT_TYPE.pieceSelected) onMove({ from, to, promotion: piece.charAt(1) });
          else board.setPosition(chess.fen(), true);
        });
      } else if (move) {
        // When the piece is down: the board must not change while it makes the move itself.
        queueMicrotask(() => board.state.moveInputProcess.then(() => onMove({ from, to })));
      }
      return move !== undefined;
    }
    if (type === INPUT_EVENT_TYPE.moveInputFinished || type === INPUT_EVENT_TYPE.moveInputCanceled) clearHints();
  };

  function clearHints() {
    for (const type of [MARKER_TYPE.dot, MARKER_TYPE.bevel, MARKER_TYPE.frame, MARKER_TYPE.circleDanger]) board.removeMarkers(type);
  }

  return {
    /** `mover`: the colour that may be moved here, or none. */
    show(position, mover) {
      chess = position;
      board.setPosition(chess.fen(), true);
      element.dataset.fen = chess.fen(); // for programs that read the page
      clearHints();
      board.removeMarkers(MARKER_TYPE.square);
      const last = chess.history({ verbose: true }).at(-1);
      if (last) for (const square of [last.from, last.to]) board.addMarker(MARKER_TYPE.square, square);
      if (chess.isCheck()) board.addMarker(MARKER_TYPE.circleDanger, chess.findPiece({ type: 'k', color: chess.turn() })[0]);
      if (mover === enabled) return;
      if (enabled) board.disableMoveInput();
      enabled = mover;
      if (enabled) board.enableMoveInput(input, enabled);
    },
    destroy: () => board.destroy(),
  };
}
