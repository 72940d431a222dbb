/*
 * CBOR (RFC 8949) → values, from anybody: nothing is allocated that the bytes do not hold, and what the payload model does not have is
 * refused. Read are also what other encoders write and ours does not: indefinite lengths, floats of any width, bignums, decimal
 * fractions, and tags, of which the content is taken.
 */
import { SerializationError } from '../errors.ts';
import { bignumOf, fractionOf } from './cbor-numbers.ts';
import { type FloatBytes, halfOf } from './float-bytes.ts';
import type { Utf8 } from './utf8.ts';

/** Deeper values would end the stack. A little more than what is sent (payload.ts). */
const MAX_DEPTH = 1100;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

const INDEFINITE = 31;
const BREAK = 0xff;

/** What a serializer keeps for its readers. */
export interface CborContext {
  readonly utf8: Utf8;
  readonly floats: FloatBytes;
  /** Whether integers beyond 2^53 become BigInt; else they are rounded. */
  readonly hasBigInt: boolean;
  /** Keys that were read lately, by `slotOf`: most keys come again and again. */
  readonly keys: string[];
}

/** Reads one frame. */
export class CborReader {
  private readonly context: CborContext;
  private readonly frame: Uint8Array;
  private at = 0;

  constructor(frame: Uint8Array, context: CborContext) {
    this.frame = frame;
    this.context = context;
  }

  /** @throws {@link SerializationError} unless the frame is one value. */
  read(): unknown {
    const value = this.value(0);
    const more = this.frame.length - this.at;
    if (more > 0) throw new SerializationError(`expected one value, got ${more} bytes more`);
    return value;
  }

  private value(depth: number): unknown {
    const initial = this.byte();
    const info = initial & 0x1f;
    switch (initial >> 5) {
      case 0:
        return info < 24 ? info : this.integer(info, false);
      case 1:
        return info < 24 ? -1 - info : this.integer(info, true);
      case 2:
        return this.bytes(info);
      case 3:
        return this.text(info);
      case 4:
        return this.list(info, depth);
      case 5:
        return this.dict(info, depth);
      case 6:
        return this.tagged(info, depth);
      default:
        return this.simple(initial);
    }
  }

  private list(info: number, depth: number): unknown[] {
    enter(depth);
    const list: unknown[] = [];
    if (info === INDEFINITE) {
      while (!this.isBreak()) list.push(this.item(depth));
      return list;
    }
    // An item is a byte at least, so a length that is a lie allocates nothing.
    const length = this.length(info);
    for (let i = 0; i < length; i++) list.push(this.item(depth));
    return list;
  }

  private item(depth: number): unknown {
    const value = this.value(depth + 1);
    return value === undefined ? null : value;
  }

  private dict(info: number, depth: number): { [key: string]: unknown } {
    enter(depth);
    const dict: { [key: string]: unknown } = {};
    if (info === INDEFINITE) {
      while (!this.isBreak()) this.member(dict, depth);
      return dict;
    }
    const length = this.length(info);
    for (let i = 0; i < length; i++) this.member(dict, depth);
    return dict;
  }

  private member(dict: { [key: string]: unknown }, depth: number): void {
    const initial = this.byte();
    if (initial >> 5 !== 3) throw new SerializationError('expected strings as keys of a map');
    const key = initial < 0x78 ? this.key(initial & 0x1f) : this.text(initial & 0x1f);
    const value = this.value(depth + 1);
    if (value !== undefined && key !== '__proto__') dict[key] = value;
  }

  /** A short key: one that was read before is found again, which is quicker than to make it, and to make it a key. */
  private key(length: number): string {
    const { keys, utf8 } = this.context;
    const start = this.take(length);
    if (length === 0) return '';
    const frame = this.frame;
    const slot =
      (length +
        (frame[start] as number) * 7 +
        (frame[this.at - 1] as number) * 31 +
        (frame[start + (length >> 1)] as number) * 61) &
      0xff;
    const known = keys[slot];
    if (known !== undefined && known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === frame[start + i]) i++;
      if (i === length) return known;
    }
    const key = utf8.read(frame, start, this.at);
    if (key.length === length) keys[slot] = key; // ASCII
    return key;
  }

  private text(info: number): string {
    if (info === INDEFINITE) {
      let text = '';
      while (!this.isBreak()) text += this.text(this.chunk(3));
      return text;
    }
    const start = this.take(this.length(info));
    return this.context.utf8.read(this.frame, start, this.at);
  }

  /** Copies, so that what is handed to the user does not keep the frame alive. */
  private bytes(info: number): Uint8Array {
    if (info === INDEFINITE) return this.chunks();
    const start = this.take(this.length(info));
    return new Uint8Array(this.frame.subarray(start, this.at));
  }

  private chunks(): Uint8Array {
    const start = this.at;
    let size = 0;
    while (!this.isBreak()) {
      const length = this.length(this.chunk(2));
      this.take(length);
      size += length;
    }
    const bytes = new Uint8Array(size);
    const end = this.at;
    this.at = start;
    for (let done = 0; done < size; ) {
      const length = this.length(this.chunk(2));
      const from = this.take(length);
      bytes.set(this.frame.subarray(from, this.at), done);
      done += length;
    }
    this.at = end;
    return bytes;
  }

  /** RFC 8949, 3.2.3: chunks have the type of the whole, and a length. */
  private chunk(major: number): number {
    const initial = this.byte();
    const info = initial & 0x1f;
    if (initial >> 5 !== major || info === INDEFINITE) throw new SerializationError('expected chunks of one type in a string');
    return info;
  }

  private integer(info: number, isNegative: boolean): unknown {
    if (info !== 27) {
      const value = this.argument(info);
      return isNegative ? -1 - value : value;
    }
    const high = this.uint(4);
    const low = this.uint(4);
    const value = high * TWO_32 + low;
    const isExact = value < TWO_53 || (value === TWO_53 && low === 0 && !isNegative);
    if (isExact || !this.context.hasBigInt) return isNegative ? -1 - value : value;
    const exact = BigInt(high) * BigInt(TWO_32) + BigInt(low);
    return isNegative ? BigInt(-1) - exact : exact;
  }

  /** RFC 8949, 3.4: a decoder that does not know a tag may take what is in it. Only references mean nothing without their tag. */
  private tagged(info: number, depth: number): unknown {
    enter(depth);
    const tag = this.argument(info);
    if (tag === 25 || tag === 29) throw new SerializationError('expected JSON values and bytes, got a CBOR reference');
    const content = this.value(depth + 1);
    if (tag === 2 || tag === 3) return bignumOf(content, tag === 3, this.context.hasBigInt);
    if (tag === 4 || tag === 5) return fractionOf(content, tag === 4 ? 10 : 2);
    return content;
  }

  private simple(initial: number): unknown {
    switch (initial) {
      case 0xf4:
        return false;
      case 0xf5:
        return true;
      case 0xf6:
        return null;
      case 0xf7:
        return undefined;
      case 0xf9:
        return halfOf(this.uint(2));
      case 0xfa:
        return this.context.floats.readSingle(this.frame, this.take(4));
      case 0xfb:
        return this.context.floats.readDouble(this.frame, this.take(8));
      case BREAK:
        throw new SerializationError('expected a value, got the end of one without a length');
      default:
        throw new SerializationError('expected JSON values and bytes, got a simple value of CBOR');
    }
  }

  private isBreak(): boolean {
    if (this.frame[this.at] !== BREAK) return false;
    this.at++;
    return true;
  }

  /** How many items or bytes follow; each takes a byte of the frame at least. */
  private length(info: number): number {
    const length = info < 24 ? info : this.argument(info);
    if (length > this.frame.length - this.at) refuseEnd();
    return length;
  }

  private argument(info: number): number {
    if (info < 24) return info;
    if (info > 27) throw new SerializationError('expected an argument of 1, 2, 4 or 8 bytes in CBOR');
    return this.uint(1 << (info - 24));
  }

  private uint(size: number): number {
    const start = this.take(size);
    let value = 0;
    for (let i = start; i < this.at; i++) value = value * 256 + (this.frame[i] as number);
    return value;
  }

  private byte(): number {
    const byte = this.frame[this.at++];
    if (byte === undefined) refuseEnd();
    return byte;
  }

  /** Where the next `length` bytes begin, which are stepped over. */
  private take(length: number): number {
    const start = this.at;
    if (length > this.frame.length - start) refuseEnd();
    this.at = start + length;
    return start;
  }
}

function refuseEnd(): never {
  throw new SerializationError('the bytes end in the middle of a value');
}

function enter(depth: number): void {
  if (depth >= MAX_DEPTH) throw new SerializationError(`expected a value nested no deeper than ${MAX_DEPTH}`);
}
