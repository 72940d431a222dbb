/*
 * From values to bytes: what the writers of MessagePack and CBOR have in common. Before each string, list and dict there is a
 * head with its length.
 *
 * Plain values are written at once, without a walk over them first. If a value is not plain, `write` gives undefined; the
 * payload model (payload.ts) says what such a value becomes, or why it is refused.
 */
import { isPlainObject } from '../../base/checks.ts';
import type { FloatBytes } from '../bytes/float-bytes.ts';
import type { Utf8 } from '../bytes/utf8.ts';

/** The kinds of values that have a length. The numbers are the major types of CBOR. */
export const Kind = { BYTES: 2, TEXT: 3, LIST: 4, DICT: 5 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/**
 * Frames are parts of slabs of at least this many bytes: a separate allocation for each small frame would cost more than
 * writing it.
 */
const SLAB = 8192;

/** Is thrown and caught in this class and in its subclasses. */
export const NOT_PLAIN = { isPlain: false } as const;

/** Writes one frame at a time. A getter that sends while its object is being sent needs another writer. */
export abstract class BytesWriter {
  isBusy = false;
  protected slab: Uint8Array = new Uint8Array(SLAB);
  /** The place of the next byte. */
  protected at = 0;
  private readonly utf8: Utf8;
  private readonly floats: FloatBytes;
  /** The place in the slab where the frame begins. */
  private start = 0;

  constructor(utf8: Utf8, floats: FloatBytes) {
    this.utf8 = utf8;
    this.floats = floats;
  }

  /** The bytes of a value. Undefined when a part of it is not plain, or deeper than `depth`. */
  write(value: unknown, depth: number): Uint8Array | undefined {
    this.isBusy = true;
    this.at = this.start;
    try {
      this.value(value, depth);
      const frame = this.slab.subarray(this.start, this.at);
      this.start = this.at; // these bytes are never written again
      return frame;
    } catch (error) {
      if (error !== NOT_PLAIN) throw error; // the error comes from a getter
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }

  /** How many bytes the head takes. */
  protected abstract headSize(kind: Kind, length: number): number;
  /** Writes a head. `reserve(5)` has been called before. */
  protected abstract head(kind: Kind, length: number): void;
  protected abstract number(value: number): void;
  protected abstract bigint(value: bigint): void;
  /** Writes `null`, `false` or `true`. */
  protected abstract simple(value: boolean | null): void;

  protected value(value: unknown, depth: number): void {
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'number') this.number(value);
    else if (value === null || value === undefined) this.simple(null);
    else if (typeof value === 'object') this.object(value, depth);
    else if (typeof value === 'boolean') this.simple(value);
    else if (typeof value === 'bigint') this.bigint(value);
    else throw NOT_PLAIN;
  }

  private object(value: object, depth: number): void {
    if (depth === 0) throw NOT_PLAIN;
    this.reserve(5);
    if (Array.isArray(value)) {
      const { length } = value;
      this.head(Kind.LIST, length);
      for (let i = 0; i < length; i++) this.value(value[i], depth - 1);
      return;
    }
    if (isPlainObject(value)) this.dict(value, depth - 1);
    else if (value instanceof Uint8Array) this.bytes(value);
    else throw NOT_PLAIN;
  }

  private dict(dict: { readonly [key: string]: unknown }, depth: number): void {
    if (typeof dict.toJSON === 'function') throw NOT_PLAIN;
    const keys = Object.keys(dict);
    const { length } = keys;
    const from = this.at - this.start;
    this.head(Kind.DICT, length);
    let dropped = 0;
    for (const key of keys) {
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

  /** Replaces the head of a dict, when it has fewer pairs than were announced. */
  private shorten(from: number, before: number, after: number): void {
    const end = this.at;
    const content = from + this.headSize(Kind.DICT, before);
    this.at = from;
    this.head(Kind.DICT, after);
    if (this.at !== content) this.move(content, end, this.at);
    this.at += end - content;
  }

  protected bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.head(Kind.BYTES, length);
    this.reserve(length);
    this.slab.set(bytes, this.at);
    this.at += length;
  }

  private text(text: string): void {
    const { length } = text;
    this.reserve(length * 3 + 5);
    // Most text is ASCII; then this head is as long as the one for `length`.
    const size = this.headSize(Kind.TEXT, length);
    const start = this.at + size;
    const end = this.utf8.write(text, this.slab, start);
    const moved = this.headSize(Kind.TEXT, end - start) - size;
    if (moved > 0) this.move(start, end, start + moved);
    this.head(Kind.TEXT, end - start);
    this.at = end + moved;
  }

  protected double(initial: number, value: number): void {
    this.byte(initial);
    this.reserve(8);
    this.floats.writeDouble(value, this.slab, this.at);
    this.at += 8;
  }

  /** Writes 64 bits. Both words are taken modulo 2^32. */
  protected words(initial: number, high: number, low: number): void {
    this.byte(initial);
    this.reserve(8);
    for (let shift = 24; shift >= 0; shift -= 8) this.slab[this.at++] = high >>> shift;
    for (let shift = 24; shift >= 0; shift -= 8) this.slab[this.at++] = low >>> shift;
  }

  protected byte(byte: number): void {
    this.reserve(1);
    this.slab[this.at++] = byte;
  }

  /** Some engines have typed arrays, but not `copyWithin`. */
  private move(start: number, end: number, to: number): void {
    this.slab.set(this.slab.subarray(start, end), to);
  }

  protected reserve(size: number): void {
    if (this.at + size > this.slab.length) this.grow(size);
  }

  /** Takes a new slab. The old one stays in memory as long as one of its frames. */
  private grow(size: number): void {
    const used = this.at - this.start;
    const slab = new Uint8Array(used + size + Math.max(used, SLAB));
    slab.set(this.slab.subarray(this.start, this.at));
    this.slab = slab;
    this.start = 0;
    this.at = used;
  }
}
