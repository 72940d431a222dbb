/*
 * Converts text to UTF-8 and back, as in the Encoding Standard: half a surrogate pair, and bytes that are not UTF-8, become
 * U+FFFD. Short text is converted in JavaScript, which is quicker than a call of the platform. Long text is converted by
 * TextEncoder and TextDecoder, if they exist.
 */
import { byteAt } from './byte-at.ts';

/** Text of at least this many UTF-16 units is converted by the platform, which is quicker then. Measured. */
const LONG_TO_WRITE = 48;
const LONG_TO_READ = 32;

/** Converts text for one serializer. */
export class Utf8 {
  private readonly encoder: { encodeInto(text: string, target: Uint8Array): { written: number } } | undefined;
  private readonly decoder: { decode(bytes: Uint8Array): string } | undefined;

  constructor() {
    const encoder = typeof TextEncoder === 'undefined' ? undefined : new TextEncoder();
    this.encoder = encoder && 'encodeInto' in encoder ? encoder : undefined;
    this.decoder = typeof TextDecoder === 'undefined' ? undefined : new TextDecoder('utf-8', { ignoreBOM: true });
  }

  /** Writes into `target`, which has room for three bytes for each unit, and gives the place where the text ends. */
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
        const low = unit < 0xdc00 ? text.charCodeAt(i + 1) : 0; // after the last unit it is NaN
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
      const a = byteAt(bytes, at);
      const b = byteAt(bytes, at + 1);
      const c = byteAt(bytes, at + 2);
      const d = byteAt(bytes, at + 3);
      const e = byteAt(bytes, at + 4);
      const f = byteAt(bytes, at + 5);
      const g = byteAt(bytes, at + 6);
      const h = byteAt(bytes, at + 7);
      if ((a | b | c | d | e | f | g | h) > 0x7f) break;
      text += String.fromCharCode(a, b, c, d, e, f, g, h);
    }
    if (at + 4 <= end) {
      const a = byteAt(bytes, at);
      const b = byteAt(bytes, at + 1);
      const c = byteAt(bytes, at + 2);
      const d = byteAt(bytes, at + 3);
      if ((a | b | c | d) <= 0x7f) {
        text += String.fromCharCode(a, b, c, d);
        at += 4;
      }
    }
    while (at < end && byteAt(bytes, at) < 0x80) text += String.fromCharCode(byteAt(bytes, at++));
    return at === end ? text : text + decodeUtf8(bytes, at, end);
  }
}

/** Does the same as TextDecoder, on platforms without it. */
function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let at = start;
  while (at < end) {
    const first = byteAt(bytes, at++);
    if (first < 0x80) {
      text += String.fromCharCode(first);
      continue;
    }
    // Encoding Standard, 8.1.1: how many bytes follow, and the range of the first of them.
    let more = first >= 0xc2 && first <= 0xdf ? 1 : first >= 0xe0 && first <= 0xef ? 2 : first >= 0xf0 && first <= 0xf4 ? 3 : 0;
    let lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    let highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    let point = more === 0 ? 0xfffd : first & (0x3f >> more);
    for (; more > 0; more--) {
      const next = at < end ? byteAt(bytes, at) : 0;
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
