/*
 * Where runs of plain bytes end. Long runs are looked at by words of four bytes, in a view over the same memory; the view costs as much as
 * some hundred bytes looked at one by one. What is asked of a word is whether a byte in it is *not* plain, so the order of its bytes is of no matter.
 */

/** From how many bytes on a view is worth it. Measured. */
const LONG = 256;
/** How many bytes of a string of JSON, whose length nobody knows, are looked at one by one first. Measured. */
const UNKNOWN = 128;
/** The highest bit of each byte. */
const HIGH = 0x80808080 | 0;
/** Of which a byte is taken away: what was smaller has the highest bit set now. */
const ONES = 0x01010101;
const SPACES = 0x20202020;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** 0 for bytes that a string of JSON holds as they are: ASCII without quotes, backslashes and controls. */
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

/** Where the bytes that a string of JSON holds as they are, and that begin at `start`, end. */
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

/** Has a highest bit set if a byte is beyond ASCII, a control, a quote or a backslash. */
function special(word: number): number {
  return word | (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES);
}
