/*
 * Values → CBOR (RFC 8949): definite lengths, heads of minimal width, dicts in the order they have, integers as integers up to and
 * including 2^53, any other number as float64.
 *
 * It writes plain values in one go, without a walk over them first. What is not plain, it does not write: `write` gives undefined, and
 * the payload model (payload.ts) says what such a value becomes, or why it is refused.
 */
import type { FloatBytes } from './float-bytes.ts';
import type { Utf8 } from './utf8.ts';

/** Frames are cut from slabs of at least this many bytes: an allocation for each small frame would cost more than writing it. */
const SLAB = 8192;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** Thrown, and caught, in here only. */
const NOT_PLAIN = { isPlain: false } as const;

/** Writes one frame at a time: a getter that sends while its object is sent needs a writer of its own. */
export class CborWriter {
  isBusy = false;
  private readonly utf8: Utf8;
  private readonly floats: FloatBytes;
  private slab = new Uint8Array(SLAB);
  /** Where the frame begins in the slab, and where its next byte goes. */
  private start = 0;
  private at = 0;

  constructor(utf8: Utf8, floats: FloatBytes) {
    this.utf8 = utf8;
    this.floats = floats;
  }

  /** The bytes of a value; undefined when something in it is not plain, or deeper than `depth`. */
  write(value: unknown, depth: number): Uint8Array | undefined {
    this.isBusy = true;
    this.at = this.start;
    try {
      this.value(value, depth);
      const frame = this.slab.subarray(this.start, this.at);
      this.start = this.at; // nobody writes there again
      return frame;
    } catch (error) {
      if (error !== NOT_PLAIN) throw error; // of a getter
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }

  private value(value: unknown, depth: number): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (value === null || value === undefined) this.byte(0xf6);
    else if (typeof value === 'object') this.object(value, depth);
    else if (typeof value === 'boolean') this.byte(value ? 0xf5 : 0xf4);
    else if (typeof value === 'bigint') this.bigint(value);
    else throw NOT_PLAIN;
  }

  private object(value: object, depth: number): void {
    if (depth === 0) throw NOT_PLAIN;
    if (Array.isArray(value)) {
      const { length } = value;
      this.head(0x80, length);
      for (let i = 0; i < length; i++) this.value(value[i], depth - 1);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) this.dict(value as { readonly [key: string]: unknown }, depth - 1);
    else if (value instanceof Uint8Array) this.bytes(value);
    else throw NOT_PLAIN;
  }

  private dict(dict: { readonly [key: string]: unknown }, depth: number): void {
    if (typeof dict.toJSON === 'function') throw NOT_PLAIN;
    const keys = Object.keys(dict);
    const { length } = keys;
    const from = this.at - this.start;
    this.head(0xa0, length);
    let dropped = 0;
    for (let i = 0; i < length; i++) {
      const key = keys[i] as string;
      const value = dict[key];
      if (key === '__proto__') throw NOT_PLAIN;
      if (value === undefined) {
        dropped++;
        continue;
      }
      this.text(key);
      this.value(value, depth);
    }
    if (dropped > 0) this.shorten(this.start + from, length, length - dropped);
  }

  /** Puts another head before the pairs of a dict, which has turned out to have fewer. */
  private shorten(from: number, before: number, after: number): void {
    const end = this.at;
    const content = from + headSize(before);
    this.at = from;
    this.head(0xa0, after);
    if (this.at !== content) this.move(content, end, this.at);
    this.at += end - content;
  }

  private bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.head(0x40, length);
    this.reserve(length);
    this.slab.set(bytes, this.at);
    this.at += length;
  }

  private text(text: string): void {
    const { length } = text;
    this.reserve(length * 3 + 5);
    // Most text is ASCII, so its head is as long as one for `length`.
    const size = headSize(length);
    const start = this.at + size;
    const end = this.utf8.write(text, this.slab, start);
    const moved = headSize(end - start) - size;
    if (moved > 0) this.move(start, end, start + moved);
    this.head(0x60, end - start);
    this.at = end + moved;
  }

  private number(value: number): void {
    if (value >= 0 && value < TWO_32 && value >>> 0 === value) this.head(0, value);
    else if (Math.floor(value) === value && value <= TWO_53 && value >= -TWO_53) {
      if (value < 0) this.head(0x20, -1 - value);
      else this.head(0, value);
    } else if (!Number.isFinite(value)) this.byte(0xf6);
    else {
      this.byte(0xfb);
      this.reserve(8);
      this.floats.writeDouble(value, this.slab, this.at);
      this.at += 8;
    }
  }

  private bigint(value: bigint): void {
    const isNegative = value < 0;
    const argument = isNegative ? BigInt(-1) - value : value;
    const high = Number(argument / BigInt(TWO_32));
    // As far as MessagePack goes: a router must be able to hand it on.
    if (high >= (isNegative ? TWO_32 / 2 : TWO_32)) throw NOT_PLAIN;
    this.wideHead(isNegative ? 0x20 : 0, high, Number(argument % BigInt(TWO_32)));
  }

  /** RFC 8949 section 3: the major type, already in its place, and its argument. */
  private head(major: number, argument: number): void {
    if (argument >= TWO_32) {
      const high = Math.floor(argument / TWO_32);
      this.wideHead(major, high, argument - high * TWO_32);
      return;
    }
    this.reserve(5);
    const { slab } = this;
    let at = this.at;
    if (argument < 24) slab[at++] = major | argument;
    else if (argument < 0x100) {
      slab[at++] = major | 24;
      slab[at++] = argument;
    } else if (argument < 0x10000) {
      slab[at++] = major | 25;
      slab[at++] = argument >> 8;
      slab[at++] = argument;
    } else {
      slab[at++] = major | 26;
      slab[at++] = argument >>> 24;
      slab[at++] = argument >> 16;
      slab[at++] = argument >> 8;
      slab[at++] = argument;
    }
    this.at = at;
  }

  /** The head for an argument of 64 bits; narrower where it may be. */
  private wideHead(major: number, high: number, low: number): void {
    if (high === 0) {
      this.head(major, low);
      return;
    }
    this.byte(major | 27);
    this.reserve(8);
    for (let shift = 24; shift >= 0; shift -= 8) this.slab[this.at++] = high >>> shift;
    for (let shift = 24; shift >= 0; shift -= 8) this.slab[this.at++] = low >>> shift;
  }

  /** `copyWithin` is younger than typed arrays. */
  private move(start: number, end: number, to: number): void {
    this.slab.set(this.slab.subarray(start, end), to);
  }

  private byte(byte: number): void {
    this.reserve(1);
    this.slab[this.at++] = byte;
  }

  private reserve(size: number): void {
    if (this.at + size > this.slab.length) this.grow(size);
  }

  /** Takes a new slab; frames in the old one keep it as long as they are there. */
  private grow(size: number): void {
    const used = this.at - this.start;
    const slab = new Uint8Array(used + size + Math.max(used, SLAB));
    slab.set(this.slab.subarray(this.start, this.at));
    this.slab = slab;
    this.start = 0;
    this.at = used;
  }
}

function headSize(argument: number): number {
  return argument < 24 ? 1 : argument < 0x100 ? 2 : argument < 0x10000 ? 3 : 5;
}
