/*
 * A look at MessagePack bytes before they are decoded. msgpackr understands extensions of its own, whoever sends them: records (which
 * compile code), pointers (with which few bytes become a huge value), sets, errors. The payload model has none of these, so nothing but plain
 * values, and maps with strings as keys, gets to the decoder. Strings and bytes are stepped over, so this costs little.
 */
import { SerializationError } from '../errors.ts';

/** Deeper values would end the decoder's stack. A little more than what is sent (payload.ts). */
const MAX_DEPTH = 1100;

/** @throws {@link SerializationError} */
export function checkMsgpack(bytes: Uint8Array): void {
  const end = checkValue(bytes, 0, 0);
  if (end !== bytes.length) throw new SerializationError(`expected one value, got ${bytes.length - end} bytes more`);
}

/** Where the value that begins at `at` ends. */
function checkValue(bytes: Uint8Array, at: number, depth: number): number {
  const byte = byteAt(bytes, at);
  const next = at + 1;
  if (byte <= 0x7f || byte >= 0xe0) return next; // fixint
  if (byte <= 0x8f) return checkMap(bytes, next, byte & 0x0f, depth);
  if (byte <= 0x9f) return checkList(bytes, next, byte & 0x0f, depth);
  if (byte <= 0xbf) return step(bytes, next, byte & 0x1f); // fixstr
  switch (byte) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return next;
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return step(bytes, next + 1, uint(bytes, next, 1));
    case 0xc5: // bin 16
    case 0xda: // str 16
      return step(bytes, next + 2, uint(bytes, next, 2));
    case 0xc6: // bin 32
    case 0xdb: // str 32
      return step(bytes, next + 4, uint(bytes, next, 4));
    case 0xcc: // uint 8
    case 0xd0: // int 8
      return step(bytes, next, 1);
    case 0xcd: // uint 16
    case 0xd1: // int 16
      return step(bytes, next, 2);
    case 0xca: // float 32
    case 0xce: // uint 32
    case 0xd2: // int 32
      return step(bytes, next, 4);
    case 0xcb: // float 64
    case 0xcf: // uint 64
    case 0xd3: // int 64
      return step(bytes, next, 8);
    case 0xdc:
      return checkList(bytes, next + 2, uint(bytes, next, 2), depth);
    case 0xdd:
      return checkList(bytes, next + 4, uint(bytes, next, 4), depth);
    case 0xde:
      return checkMap(bytes, next + 2, uint(bytes, next, 2), depth);
    case 0xdf:
      return checkMap(bytes, next + 4, uint(bytes, next, 4), depth);
    default:
      throw new SerializationError('expected JSON values and bytes, got a MessagePack extension');
  }
}

function checkList(bytes: Uint8Array, at: number, length: number, depth: number): number {
  let end = at;
  enter(depth);
  for (let i = 0; i < length; i++) end = checkValue(bytes, end, depth + 1);
  return end;
}

function checkMap(bytes: Uint8Array, at: number, length: number, depth: number): number {
  let end = at;
  enter(depth);
  for (let i = 0; i < length; i++) {
    const key = byteAt(bytes, end);
    const isString = (key >= 0xa0 && key <= 0xbf) || (key >= 0xd9 && key <= 0xdb);
    if (!isString) throw new SerializationError('expected strings as keys of a map');
    end = checkValue(bytes, checkValue(bytes, end, depth), depth + 1);
  }
  return end;
}

function enter(depth: number): void {
  if (depth >= MAX_DEPTH) throw new SerializationError(`expected a value nested no deeper than ${MAX_DEPTH}`);
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new SerializationError('the bytes end in the middle of a value');
  return byte;
}

function uint(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + byteAt(bytes, at + i);
  return value;
}

function step(bytes: Uint8Array, at: number, length: number): number {
  if (at + length > bytes.length) throw new SerializationError('the bytes end in the middle of a value');
  return at + length;
}
