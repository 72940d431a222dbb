/*
 * Checks whether bytes are UTF-8, without making text from them (RFC 3629: no surrogates, no overlong forms, nothing beyond
 * U+10FFFF).
 */
import { byteAt } from './byte-at.ts';
import { asciiEnd } from './runs.ts';

/** From this many bytes on, the platform is quicker. Measured. */
const LONG = 192;

interface Platform {
  readonly process?: { getBuiltinModule?(name: string): { isUtf8?(bytes: Uint8Array): boolean } | undefined };
}

/** Node.js has such a function; other platforms can only check UTF-8 by making text from it. */
const platform: Platform = globalThis;
const native = /* @__PURE__ */ (() => platform.process?.getBuiltinModule?.('node:buffer')?.isUtf8)();

/**
 * Where the run of characters beyond ASCII that begins at `at` ends. If it is not UTF-8, the result is `-1 - at` of the wrong
 * byte.
 */
export function skipWide(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (next < end) {
    const first = byteAt(bytes, next);
    if (first < 0x80) return next;
    if (first < 0xe0) {
      if (first < 0xc2 || next + 1 >= end || (byteAt(bytes, next + 1) & 0xc0) !== 0x80) return -1 - next;
      next += 2;
    } else if (first < 0xf0) {
      if (next + 2 >= end) return -1 - next;
      const second = byteAt(bytes, next + 1);
      if ((second & 0xc0) !== 0x80 || (byteAt(bytes, next + 2) & 0xc0) !== 0x80) return -1 - next;
      if ((first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)) return -1 - next;
      next += 3;
    } else {
      if (first > 0xf4 || next + 3 >= end) return -1 - next;
      const second = byteAt(bytes, next + 1);
      if ((second & 0xc0) !== 0x80 || (byteAt(bytes, next + 2) & 0xc0) !== 0x80) return -1 - next;
      if ((byteAt(bytes, next + 3) & 0xc0) !== 0x80) return -1 - next;
      if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return -1 - next;
      next += 4;
    }
  }
  return next;
}

/** Whether the bytes from `start` to `end` are UTF-8. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  if (native && end - start >= LONG) return native(bytes.subarray(start, end));
  let at = start;
  for (;;) {
    at = asciiEnd(bytes, at, end);
    if (at === end) return true;
    at = skipWide(bytes, at, end);
    if (at < 0) return false;
  }
}

/** The same check, quicker for a few bytes. */
export function isShortUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let any = 0;
  for (let at = start; at < end; at++) any |= byteAt(bytes, at);
  return any < 0x80 || isUtf8(bytes, start, end);
}
