/*
 * From bytes to values: what the readers of MessagePack and CBOR have in common. The bytes may come from anybody, so no
 * memory is allocated for more than the bytes contain. All well-formed values are read, even those that the payload model
 * does not have: what one peer sends must not end the session of another.
 */
import { SerializationError } from '../../base/errors.ts';
import { byteAt } from '../bytes/byte-at.ts';
import type { FloatBytes } from '../bytes/float-bytes.ts';
import type { Utf8 } from '../bytes/utf8.ts';

/** Deeper values would overflow the stack. It is a little more than the limit for sending (payload.ts). */
const MAX_DEPTH = 1100;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** What a serializer keeps for its readers. */
export interface BytesContext {
  readonly utf8: Utf8;
  readonly floats: FloatBytes;
  /** Whether integers beyond 2^53 become BigInt; otherwise they are rounded. */
  readonly hasBigInt: boolean;
  /** Keys that were read before: most keys come again and again. */
  readonly keys: string[];
}

/** Reads one frame. */
export abstract class BytesReader {
  protected readonly context: BytesContext;
  protected readonly frame: Uint8Array;
  protected at = 0;
  /** The outermost list, up to the value that is read now. */
  private envelope: unknown[] | undefined;

  constructor(frame: Uint8Array, context: BytesContext) {
    this.context = context;
    this.frame = frame;
  }

  /** @throws {@link SerializationError} unless the frame is one value. */
  read(): unknown {
    const value = this.value(0);
    const more = this.frame.length - this.at;
    if (more > 0) throw new SerializationError(`expected one value, got ${more} bytes more`);
    return value;
  }

  /** The next value. Undefined means that a dict has no such member, and null in a list. */
  protected abstract value(depth: number): unknown;
  /** The next value as the text of a key. */
  protected abstract key(depth: number): string;

  /** An empty list for this depth. */
  protected emptyList(depth: number): unknown[] {
    this.enter(depth);
    const list: unknown[] = [];
    if (depth === 0) this.envelope = list;
    return list;
  }

  protected list(length: number, depth: number): unknown[] {
    const list = this.emptyList(depth);
    this.holds(length);
    for (let i = 0; i < length; i++) list.push(this.item(depth));
    return list;
  }

  protected item(depth: number): unknown {
    const value = this.value(depth + 1);
    return value === undefined ? null : value;
  }

  protected dict(length: number, depth: number): { [key: string]: unknown } {
    this.enter(depth);
    this.holds(length);
    const dict: { [key: string]: unknown } = {};
    for (let i = 0; i < length; i++) this.member(dict, depth);
    return dict;
  }

  protected member(dict: { [key: string]: unknown }, depth: number): void {
    const key = this.key(depth + 1);
    const value = this.value(depth + 1);
    if (value !== undefined && key !== '__proto__') dict[key] = value;
  }

  /** A short key. If it was read before, it is found again, which is quicker than making a string. */
  protected shortKey(length: number): string {
    const { keys, utf8 } = this.context;
    const start = this.take(length);
    if (length === 0) return '';
    const frame = this.frame;
    const slot =
      (length + byteAt(frame, start) * 7 + byteAt(frame, this.at - 1) * 31 + byteAt(frame, start + (length >> 1)) * 61) & 0xff;
    const known = keys[slot];
    if (known !== undefined && known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === frame[start + i]) i++;
      if (i === length) return known;
    }
    const key = utf8.read(frame, start, this.at);
    if (key.length === length) keys[slot] = key; // only ASCII has one byte for each character
    return key;
  }

  protected text(length: number): string {
    const start = this.take(length);
    return this.context.utf8.read(this.frame, start, this.at);
  }

  /** Copies the bytes, so that a value in the user's hands does not keep the whole frame in memory. */
  protected bytes(length: number): Uint8Array {
    const start = this.take(length);
    return new Uint8Array(this.frame.subarray(start, this.at));
  }

  protected single(): number {
    return this.context.floats.readSingle(this.frame, this.take(4));
  }

  protected double(): number {
    return this.context.floats.readDouble(this.frame, this.take(8));
  }

  /** An integer of 64 bits, from two words. The higher one may be negative. */
  protected wide(high: number, low: number): number | bigint {
    const value = high * TWO_32 + low;
    const isExact = Math.abs(value) < TWO_53 || (Math.abs(value) === TWO_53 && low === 0);
    return isExact || !this.context.hasBigInt ? value : BigInt(high) * BigInt(TWO_32) + BigInt(low);
  }

  protected uint(size: number): number {
    const start = this.take(size);
    let value = 0;
    for (let i = start; i < this.at; i++) value = value * 256 + byteAt(this.frame, i);
    return value;
  }

  protected byte(): number {
    const byte = this.frame[this.at++];
    if (byte === undefined) refuseEnd();
    return byte;
  }

  /** Skips `length` bytes, and gives the place where they begin. */
  protected take(length: number): number {
    const start = this.at;
    this.holds(length);
    this.at = start + length;
    return start;
  }

  protected enter(depth: number): void {
    if (depth >= MAX_DEPTH) this.refuse(`expected a value nested no deeper than ${MAX_DEPTH}`);
  }

  /** Refuses a value that is well-formed but cannot be read. The elements before it are kept. */
  protected refuse(text: string): never {
    throw new SerializationError(text, { envelope: this.envelope });
  }

  /** Each item takes at least one byte, so a false length allocates nothing. */
  private holds(length: number): void {
    if (length > this.frame.length - this.at) refuseEnd();
  }
}

/**
 * The text of a key. JavaScript has only text as keys. Numbers and booleans are written as in JSON. A value that no other
 * format allows as a key becomes its text in JavaScript.
 */
export function keyOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? '[object Object]' : String(value);
}

function refuseEnd(): never {
  throw new SerializationError('the bytes end in the middle of a value');
}
