/*
 * Decides what may be given to msgpackr. A frame is plain if it is well-formed and contains only nil, booleans, numbers,
 * UTF-8, bytes, lists and maps with keys of text. It must contain no extension, in particular not those of msgpackr (records,
 * references, bundles). A message is plain if msgpackr writes it as the payload model (payload.ts) says. These functions
 * change nothing and make no value.
 */
import { isPlainObject } from '../base/checks.ts';
import { byteAt } from './bytes/byte-at.ts';
import { isShortUtf8, isUtf8 } from './bytes/utf8-check.ts';

/** Deeper values are not plain: our own codec checks their depth. */
const DEPTH = 100;
const TWO_53 = 2 ** 53;
const PROTO = '__proto__';
const NOT_PLAIN = -1;

/** The length of a value, in bytes, if its first byte says all about it. 0: more bytes decide. */
const LEAF: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code < 0x80 || code >= 0xe0 || code === 0xc0 || code === 0xc2 || code === 0xc3) return 1;
  if (code === 0xca || code === 0xcb) return code === 0xca ? 5 : 9; // floats
  if (code >= 0xcc && code <= 0xd2 && code !== 0xcf) return 1 + (1 << (code & 3)); // integers of up to 32 bits
  return 0;
});

export function isPlainFrame(frame: Uint8Array): boolean {
  return skip(frame, 0, 1, false, DEPTH) === frame.length;
}

/** Gives the place where so many values, or members, end. */
function skip(frame: Uint8Array, start: number, count: number, hasKeys: boolean, depth: number): number {
  const { length } = frame;
  let at = start;
  // Each value takes at least one byte, so a false length costs nothing.
  if (count > length - at) return NOT_PLAIN;
  for (let i = 0; i < count; i++) {
    if (hasKeys) {
      at = skipKey(frame, at);
      if (at < 0) return NOT_PLAIN;
    }
    if (at >= length) return NOT_PLAIN;
    const code = byteAt(frame, at);
    const size = byteAt(LEAF, code);
    if (size > 0) {
      at += size;
      continue;
    }
    if (code >= 0x80 && code < 0xa0) at = skipWithin(frame, at + 1, code & 0x0f, code < 0x90, depth);
    else if (code >= 0xdc && code <= 0xdf) {
      const width = code & 1 ? 4 : 2;
      at = skipWithin(frame, at + 1 + width, uint(frame, at + 1, width), code >= 0xde, depth);
    } else if (code >= 0xc4 && code <= 0xc6) {
      const width = 1 << (code - 0xc4);
      at += 1 + width + uint(frame, at + 1, width);
    } else if (code === 0xcf || code === 0xd3) at = isExact(frame, at + 1, code === 0xd3) ? at + 9 : NOT_PLAIN;
    else at = skipText(frame, at);
    if (at < 0) return NOT_PLAIN;
  }
  return at > length ? NOT_PLAIN : at;
}

function skipWithin(frame: Uint8Array, at: number, count: number, hasKeys: boolean, depth: number): number {
  return depth === 0 ? NOT_PLAIN : skip(frame, at, count, hasKeys, depth - 1);
}

/** msgpackr renames `__proto__`; for us it is not a key. Other keys with the same ending are treated alike, and lose nothing. */
function skipKey(frame: Uint8Array, at: number): number {
  const end = skipText(frame, at);
  return end > 0 && frame[end - 1] === 0x5f && isProto(frame, end) ? NOT_PLAIN : end;
}

function isProto(frame: Uint8Array, end: number): boolean {
  const start = end - PROTO.length;
  for (let i = 0; i < PROTO.length; i++) if (frame[start + i] !== PROTO.charCodeAt(i)) return false;
  return true;
}

/** A byte order mark is not plain: msgpackr removes it from the beginning of long text. */
function skipText(frame: Uint8Array, at: number): number {
  if (at >= frame.length) return NOT_PLAIN;
  const code = byteAt(frame, at);
  const isShort = code >= 0xa0 && code < 0xc0;
  if (!isShort && !(code >= 0xd9 && code <= 0xdb)) return NOT_PLAIN;
  const width = isShort ? 0 : 1 << (code - 0xd9);
  const start = at + 1 + width;
  const end = start + (isShort ? code & 0x1f : uint(frame, at + 1, width));
  if (end > frame.length || (frame[start] === 0xef && frame[start + 1] === 0xbb && frame[start + 2] === 0xbf)) return NOT_PLAIN;
  return (isShort ? isShortUtf8 : isUtf8)(frame, start, end) ? end : NOT_PLAIN;
}

/** Whether a JavaScript number can hold this integer of 64 bits. If not, an option says what it becomes. */
function isExact(frame: Uint8Array, at: number, isSigned: boolean): boolean {
  const high = uint(frame, at, 4);
  return high < 0x200000 || (isSigned && high >= 0xffe00000);
}

/** Bytes beyond the end count as zeros. Then the value ends beyond the end as well. */
function uint(frame: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = at; i < at + size; i++) value = value * 256 + (i < frame.length ? byteAt(frame, i) : 0);
  return value;
}

export function isPlainMessage(message: object): boolean {
  return isPlainValue(message, DEPTH);
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      return isPlainText(value);
    case 'number':
      // msgpackr writes integers of up to 32 bits, and any other number as a float. A float is right if the number has a
      // fraction, or is beyond 2^53.
      return value >>> 0 === value || value >> 0 === value || isFloat(value);
    case 'boolean':
    case 'undefined':
      return true;
    case 'object':
      return value === null || (depth > 0 && isPlainValue(value, depth - 1));
    default:
      return false;
  }
}

function isPlainValue(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], depth)) return false;
    return true;
  }
  if (!isPlainObject(value)) return value instanceof Uint8Array;
  // msgpackr uses `constructor` to distinguish a dict from the instance of a class.
  if (typeof value.toJSON === 'function' || value.constructor !== Object) return false;
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined || key === '__proto__' || !isPlainText(key) || !isPlain(member, depth)) return false;
  }
  return true;
}

function isFloat(value: number): boolean {
  return Number.isFinite(value) && (Math.floor(value) !== value || value > TWO_53 || value < -TWO_53);
}

/** Half a surrogate pair cannot be written as UTF-8, and msgpackr does not check that. */
function isPlainText(text: string): boolean {
  return !/[\ud800-\udfff]/u.test(text);
}
