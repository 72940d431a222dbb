/*
 * Finds where runs of plain bytes end. In long runs, four bytes are looked at together as a word, through a view of the same
 * memory. To make the view costs as much as looking at some hundred bytes one by one. For each word, the only question is
 * whether one of its bytes is *not* plain, so the byte order does not matter.
 */

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
    for (; ((bytes.byteOffset + at) & 3) !== 0; at++) if ((bytes[at] as number) >= 0x80) return at;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
    let i = 0;
    while (
      i + 4 <= words.length &&
      (((words[i] as number) | (words[i + 1] as number) | (words[i + 2] as number) | (words[i + 3] as number)) & HIGH) === 0
    ) {
      i += 4;
    }
    at += i * 4;
  }
  while (
    at + 8 <= end &&
    ((bytes[at] as number) |
      (bytes[at + 1] as number) |
      (bytes[at + 2] as number) |
      (bytes[at + 3] as number) |
      (bytes[at + 4] as number) |
      (bytes[at + 5] as number) |
      (bytes[at + 6] as number) |
      (bytes[at + 7] as number)) <
      0x80
  ) {
    at += 8;
  }
  while (at < end && (bytes[at] as number) < 0x80) at++;
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
    ((NOT_PLAIN[bytes[at] as number] as number) |
      (NOT_PLAIN[bytes[at + 1] as number] as number) |
      (NOT_PLAIN[bytes[at + 2] as number] as number) |
      (NOT_PLAIN[bytes[at + 3] as number] as number)) ===
      0
  ) {
    at += 4;
  }
  while (at < end && NOT_PLAIN[bytes[at] as number] === 0) at++;
  return at;
}

function plainEndByWords(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; ((bytes.byteOffset + at) & 3) !== 0; at++) if (at === end || NOT_PLAIN[bytes[at] as number] !== 0) return at;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
  let i = 0;
  while (i + 2 <= words.length && ((special(words[i] as number) | special(words[i + 1] as number)) & HIGH) === 0) i += 2;
  return plainEndByBytes(bytes, at + i * 4, end);
}

/** The result has a highest bit set if a byte is not ASCII, a control character, a quote or a backslash. */
function special(word: number): number {
  return word | (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES);
}
