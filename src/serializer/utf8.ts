/*
 * Text ⇄ UTF-8 as the Encoding Standard has it: half a surrogate pair and bytes that are no UTF-8 become U+FFFD. Short text goes by
 * JavaScript, which is quicker than crossing into the platform; long text by TextEncoder and TextDecoder, where they are.
 */

/** From how many UTF-16 units on the platform is quicker. Measured. */
const LONG_TO_WRITE = 48;
const LONG_TO_READ = 32;

/** Text ⇄ UTF-8 for one serializer. */
export class Utf8 {
  private readonly encoder: { encodeInto(text: string, target: Uint8Array): { written: number } } | undefined;
  private readonly decoder: { decode(bytes: Uint8Array): string } | undefined;

  constructor() {
    const encoder = typeof TextEncoder === 'undefined' ? undefined : new TextEncoder();
    this.encoder = encoder && 'encodeInto' in encoder ? encoder : undefined;
    this.decoder = typeof TextDecoder === 'undefined' ? undefined : new TextDecoder('utf-8', { ignoreBOM: true });
  }

  /** Writes into `target`, which has room for three bytes a unit, and gives where the text ends there. */
  write(text: string, target: Uint8Array, start: number): number {
    if (this.encoder && text.length >= LONG_TO_WRITE) return start + this.encoder.encodeInto(text, target.subarray(start)).written;
    let at = start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        target[at++] = unit;
        continue;
      }
      if (unit < 0x800) {
        target[at++] = 0xc0 | (unit >> 6);
        target[at++] = 0x80 | (unit & 0x3f);
        continue;
      }
      let point = unit;
      if (unit >= 0xd800 && unit < 0xe000) {
        const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0; // NaN after the last one
        const isPair = low >= 0xdc00 && low < 0xe000;
        point = isPair ? 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff) : 0xfffd;
        if (isPair) i++;
      }
      if (point < 0x10000) target[at++] = 0xe0 | (point >> 12);
      else {
        target[at++] = 0xf0 | (point >> 18);
        target[at++] = 0x80 | ((point >> 12) & 0x3f);
      }
      target[at++] = 0x80 | ((point >> 6) & 0x3f);
      target[at++] = 0x80 | (point & 0x3f);
    }
    return at;
  }

  read(bytes: Uint8Array, start: number, end: number): string {
    if (this.decoder && end - start >= LONG_TO_READ) return this.decoder.decode(bytes.subarray(start, end));
    let text = '';
    let at = start;
    for (; at + 8 <= end; at += 8) {
      const a = bytes[at] as number;
      const b = bytes[at + 1] as number;
      const c = bytes[at + 2] as number;
      const d = bytes[at + 3] as number;
      const e = bytes[at + 4] as number;
      const f = bytes[at + 5] as number;
      const g = bytes[at + 6] as number;
      const h = bytes[at + 7] as number;
      if ((a | b | c | d | e | f | g | h) > 0x7f) break;
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    if (at + 4 <= end) {
      const a = bytes[at] as number;
      const b = bytes[at + 1] as number;
      const c = bytes[at + 2] as number;
      const d = bytes[at + 3] as number;
      if ((a | b | c | d) <= 0x7f) {
        text += String.fromCharCode(a, b, c, d);
        at += 4;
      }
    }
    while (at < end && (bytes[at] as number) < 0x80) text += String.fromCharCode(bytes[at++] as number);
    return at === end ? text : text + decodeUtf8(bytes, at, end);
  }
}

/** What TextDecoder does, where there is none. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  while (at < end) {
    const first = bytes[at++] as number;
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    // Encoding Standard, 8.1.1: how many bytes follow, and what the first of them may be.
    let more = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
    let lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    let highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    let point = more === 0 ? 0xfffd : first & (0x3f >> more);
    for (; more > 0; more--) {
      const next = at < end ? (bytes[at] as number) : 0;
      if (next < lowest || next > highest) {
        point = 0xfffd;
        break;
      }
      at++;
      point = (point << 6) | (next & 0x3f);
      lowest = 0x80;
      highest = 0xbf;
    }
    text +=
      point < 0x10000
        ? String.fromCharCode(point)
        : String.fromCharCode(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
  }
  return text;
}
