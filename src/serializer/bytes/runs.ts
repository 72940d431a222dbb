/*
 * Finds where runs of plain bytes end. In long runs, four bytes are looked at together as a word, through a view of the same
 * memory. To make the view costs as much as looking at some hundred bytes one by one. For each word, the only question is
 * whether one of its bytes is *not* plain, so the byte order does not matter.
 */
import { byteAt, int32At } from './byte-at.ts';

/** A run of at least this many bytes is worth a view. Measured. */
const LONG = 256;
/** The length of a string in JSON is not known. So many of its bytes are looked at one by one first. Measured. */
const UNKNOWN = 128;
/** The highest bit of each byte. */
const HIGH = 0x80808080 | 0;
/** When this is subtracted from a word, bytes that were zero get their highest bit set. */
const ONES = 0x01010101;
const SPACES = 0x20202020;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** 0 for bytes that a string in JSON contains unescaped: ASCII without quotes, backslashes and control characters. */
export const NOT_PLAIN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte >= 0x80 || byte === QUOTE || byte === BACKSLASH ? 1 : 0,
);

/** Where the ASCII that begins at `start` ends. */
export function asciiEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (end - at >= LONG) {
    for (; ((bytes.byteOffset + at) & 3) !== 0; at++) if (byteAt(bytes, at) >= 0x80) return at;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
    let i = 0;
    while (
      i + 4 <= words.length &&
      ((int32At(words, i) | int32At(words, i + 1) | int32At(words, i + 2) | int32At(words, i + 3)) & HIGH) === 0
    ) {
      i += 4;
    }
    at += i * 4;
  }
  while (
    at + 8 <= end &&
    (byteAt(bytes, at) |
      byteAt(bytes, at + 1) |
      byteAt(bytes, at + 2) |
      byteAt(bytes, at + 3) |
      byteAt(bytes, at + 4) |
      byteAt(bytes, at + 5) |
      byteAt(bytes, at + 6) |
      byteAt(bytes, at + 7)) <
      0x80
  ) {
    at += 8;
  }
  while (at < end && byteAt(bytes, at) < 0x80) at++;
  return at;
}

/** Where the unescaped bytes of a string in JSON that begin at `start` end. */
export function plainEnd(bytes: Uint8Array, start: number, end: number): number {
  const known = end - start > LONG ? start + UNKNOWN : end;
  const at = plainEndByBytes(bytes, start, known);
  return at < known || at === end ? at : plainEndByWords(bytes, at, end);
}

function plainEndByBytes(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (
    at + 4 <= end &&
    (byteAt(NOT_PLAIN, byteAt(bytes, at)) |
      byteAt(NOT_PLAIN, byteAt(bytes, at + 1)) |
      byteAt(NOT_PLAIN, byteAt(bytes, at + 2)) |
      byteAt(NOT_PLAIN, byteAt(bytes, at + 3))) ===
      0
  ) {
    at += 4;
  }
  while (at < end && NOT_PLAIN[byteAt(bytes, at)] === 0) at++;
  return at;
}

function plainEndByWords(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; ((bytes.byteOffset + at) & 3) !== 0; at++) if (at === end || NOT_PLAIN[byteAt(bytes, at)] !== 0) return at;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
  let i = 0;
  while (i + 2 <= words.length && ((special(int32At(words, i)) | special(int32At(words, i + 1))) & HIGH) === 0) i += 2;
  return plainEndByBytes(bytes, at + i * 4, end);
}

/** The result has a highest bit set if a byte is not ASCII, a control character, a quote or a backslash. */
function special(word: number): number {
  return word | (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES);
}
