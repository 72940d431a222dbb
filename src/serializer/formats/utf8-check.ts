/* Whether bytes are UTF-8 as the Encoding Standard has it: nothing overlong, no surrogates, nothing beyond U+10FFFF. */

/** The end of the character of several bytes that begins here; -1: it is none. */
export function multibyteEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > end) return -1;
  const second = bytes[at + 1] as number;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return -1;
  for (let i = at + 2; i < at + length; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) return -1;
  return at + length;
}

export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (;;) {
    while (at + 4 <= end) {
      const four = (bytes[at] as number) | (bytes[at + 1] as number) | (bytes[at + 2] as number) | (bytes[at + 3] as number);
      if (four >= 0x80) break;
      at += 4;
    }
    while (at < end && (bytes[at] as number) < 0x80) at++;
    if (at >= end) return true;
    at = multibyteEnd(bytes, at, end);
    if (at < 0) return false;
  }
}
