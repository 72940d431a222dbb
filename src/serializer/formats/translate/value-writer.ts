/*
 * Turns values into bytes. They come one by one, from a reader of another format. No JavaScript value is made, so a payload
 * takes no more memory and time than its bytes need. This class limits the number of bytes, and if two members of a dict have
 * the same key, only the last one counts. The writers of the formats know the bytes of each value.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt, int32At } from '../../bytes/byte-at.ts';
import { FloatBytes } from '../../bytes/float-bytes.ts';
import { writeIsoTime } from '../../bytes/iso-time.ts';
import { Utf8 } from '../../bytes/utf8.ts';
import { refuseTime } from './exact.ts';
import { MemberKeys } from './member-keys.ts';

/** The length of a list or dict whose end was not found yet. */
export const UNKNOWN_LENGTH = -1;

/** Up to this length a loop copies more quickly than the platform. */
const SHORT = 48;
const TWO_32 = 2 ** 32;

// They keep no state between two calls, so one object is enough.
const utf8 = /* @__PURE__ */ new Utf8();
const floats = /* @__PURE__ */ new FloatBytes();

export abstract class ValueWriter {
  protected bytes: Uint8Array;
  protected at = 0;
  private readonly scratch: Uint8Array = new Uint8Array(192);
  private readonly maxBytes: number;
  private readonly format: string;
  private readonly keys = new MemberKeys();
  /** Where the replaced members begin, and where they end. */
  private readonly holeStarts: number[] = [];
  private readonly holeEnds: number[] = [];

  /** @param format - A name, for the error about `maxBytes`. */
  constructor(maxBytes: number, format: string) {
    this.bytes = new Uint8Array(Math.min(1024, maxBytes));
    this.maxBytes = maxBytes;
    this.format = format;
  }

  abstract null(): void;
  abstract boolean(value: boolean): void;
  /** An integer: a number within 2^53, or a bigint. @throws {@link SerializationError} if the format cannot represent it. */
  abstract integer(value: number | bigint): void;
  /** An integer of JSON with many digits: JavaScript writes a float without a fraction so, up to 1e21. */
  longInteger(value: number | bigint): void {
    this.integer(value);
  }
  /** A float, whatever its value: `2.0` differs from the integer 2. */
  abstract float(value: number): void;
  /** Text as UTF-8, which was checked. */
  abstract text(from: Uint8Array, start: number, end: number): void;
  /** Text that is the same in all formats: ASCII without quotes, backslashes and control characters. */
  protected plain(from: Uint8Array, start: number, end: number): void {
    this.text(from, start, end);
  }

  abstract binary(from: Uint8Array, start: number, end: number): void;
  protected abstract beginList(length: number): void;
  protected abstract beginDict(length: number): void;

  // JSON has separators in a list or dict. The other two formats have a length before it.
  /** Is called before the item `i` of a list. */
  item(_i: number): void {}
  /** Is called between two members of a dict. */
  protected separate(): void {}
  /** Is called between a key and its value. */
  protected colon(): void {}
  protected closeList(): void {}
  protected closeDict(): void {}
  /** Is called when the list or dict that begins at `head` has another length than was written there. */
  protected correct(_head: number, _length: number): void {}

  /** Text that is a string. */
  string(text: string): void {
    const bytes = text.length * 3 <= this.scratch.length ? this.scratch : new Uint8Array(text.length * 3);
    this.text(bytes, 0, utf8.write(text, bytes, 0));
  }

  /** A time becomes text. @throws {@link SerializationError} if ISO 8601 has no text for it. */
  time(seconds: number, nanoseconds: number): void {
    const length = writeIsoTime(seconds, nanoseconds, this.scratch);
    if (length === 0) refuseTime(seconds, nanoseconds);
    this.plain(this.scratch, 0, length);
  }

  /** @returns The `head` for `endList`. */
  list(length: number): number {
    const head = this.at;
    this.beginList(length);
    return head;
  }

  /** @param length - The same as for `list`. @param count - The number of items that came. */
  endList(head: number, length: number, count: number): void {
    if (length !== count) this.correct(head, count);
    this.closeList();
  }

  /** @returns The `head` for `endDict`. */
  dict(length: number): number {
    const head = this.at;
    this.beginDict(length);
    return head;
  }

  /** Is called before the key of the member `i`. Then the key is written as text. */
  key(i: number): void {
    if (i === 0) this.keys.open();
    else this.separate();
    this.keys.begin(this.at);
  }

  endKey(): void {
    this.keys.end(this.bytes, this.at, this.holeStarts, this.holeEnds);
    this.colon();
  }

  /** @param length - The same as for `dict`. @param count - The number of members that came. */
  endDict(head: number, length: number, count: number): void {
    const left = count === 0 ? 0 : count - this.keys.close();
    if (left !== length) this.correct(head, left);
    this.closeDict();
  }

  /** The number of bytes so far. */
  get length(): number {
    return this.at;
  }

  /**
   * Writes the bytes between two places again.
   *
   * @throws {@link SerializationError} if a dict has a key twice: to remove the first member would move the bytes after it.
   */
  repeat(start: number, end: number): void {
    if (this.holeStarts.length > 0)
      throw new SerializationError('expected no duplicate key in a payload with shared values of CBOR');
    this.put(this.bytes, start, end);
  }

  /** All bytes that were written. */
  get written(): Uint8Array {
    return this.holeStarts.length === 0 ? this.bytes.slice(0, this.at) : this.withoutHoles();
  }

  protected byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  /** Writes ASCII text. */
  protected ascii(text: string): void {
    this.room(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  protected put(from: Uint8Array, start: number, end: number): void {
    this.room(end - start);
    this.at = append(this.bytes, this.at, from, start, end);
  }

  protected double(value: number): void {
    this.room(8);
    floats.writeDouble(value, this.bytes, this.at);
    this.at += 8;
  }

  /** Writes an unsigned number, big-endian, in 1, 2, 4 or 8 bytes. */
  protected uint(value: number | bigint, size: number): void {
    this.room(size);
    if (size === 8) {
      const high = typeof value === 'bigint' ? Number(value >> 32n) : Math.floor(value / TWO_32);
      const low = typeof value === 'bigint' ? Number(value & 0xffff_ffffn) : value % TWO_32;
      this.word(this.at, high, 4);
      this.word(this.at + 4, low, 4);
    } else this.word(this.at, Number(value), size);
    this.at += size;
  }

  /** Overwrites bytes. */
  protected word(at: number, value: number, size: number): void {
    for (let i = 0; i < size; i++) this.bytes[at + i] = value >>> (8 * (size - 1 - i));
  }

  protected room(size: number): void {
    const needed = this.at + size;
    if (needed <= this.bytes.length) return;
    if (needed > this.maxBytes)
      throw new SerializationError(`expected a payload of at most ${this.maxBytes} bytes as ${this.format}, got more`);
    const larger = new Uint8Array(Math.min(this.maxBytes, Math.max(needed, this.bytes.length * 2)));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  /** Two holes are separate, or one is inside the other, so it is enough to count the open ones. */
  private withoutHoles(): Uint8Array {
    const starts = Int32Array.from(this.holeStarts).sort();
    const ends = Int32Array.from(this.holeEnds).sort();
    const rest = new Uint8Array(this.at);
    let [from, to, ended] = [0, 0, 0];
    for (let begun = 0; begun <= starts.length; begun++) {
      const start = starts[begun] ?? this.at;
      while (ended < ends.length && int32At(ends, ended) <= start) from = int32At(ends, ended++);
      if (ended < begun) continue;
      to = append(rest, to, this.bytes, from, start);
    }
    return rest.slice(0, to);
  }
}

/** Copies bytes. @returns Where they end. */
function append(target: Uint8Array, at: number, from: Uint8Array, start: number, end: number): number {
  if (end - start > SHORT) target.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) target[at + i - start] = byteAt(from, i);
  return at + end - start;
}
