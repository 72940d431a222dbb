/*
 * A game as both players publish it. Each publishes the moves that they know as
 * `chess.player.{authid}.game.{id}`, retained. A move counts when the player who made it has
 * published it, and the game continues when the other player has it, too. Pages and services read games by
 * this file, so they agree. The rules are chess.js's.
 */
import { Chess } from 'chess.js';

/** Moves as somebody sent them, who may be anybody: a list of texts, or nothing. */
export const movesOf = (value) =>
  Array.isArray(value) && value.every((move) => typeof move === 'string') ? value.slice(0, 1000) : [];

/** The position after the moves that count. */
export function agree(white, black) {
  const chess = new Chess();
  for (let ply = 0; ; ply++) {
    const [own, other] = ply % 2 === 0 ? [white, black] : [black, white];
    const move = own[ply];
    if (move === undefined || !play(chess, move)) return chess;
    if (other[ply] !== undefined && other[ply] !== move) return chess; // after a difference later moves belong to another position
  }
}

/** Makes a move if it is legal: as text (`Nf3`, `O-O`, `e8=Q`) or `{ from, to, promotion }`. Gives back how it is written, or nothing. */
export function play(chess, move) {
  try {
    return chess.move(move).san;
  } catch {
    return undefined;
  }
}

/** Undefined as long as it goes on. */
export function resultOf(chess) {
  if (chess.isCheckmate()) return chess.turn() === 'w' ? '0-1' : '1-0';
  return chess.isGameOver() ? '½-½' : undefined;
}

const reasons = [
  ['isCheckmate', 'checkmate'],
  ['isStalemate', 'stalemate'],
  ['isThreefoldRepetition', 'the same position three times'],
  ['isInsufficientMaterial', 'nobody can win any more'],
  ['isDraw', 'fifty moves without a capture'],
];
export const reasonOf = (chess) => reasons.find(([test]) => chess[test]())?.[1];

/** `chess.player.jane.game.7` → its parts. A name has no dots. */
export function readTopic(topic) {
  const [, , player, kind, id] = topic.split('.');
  return { player, kind, id };
}
