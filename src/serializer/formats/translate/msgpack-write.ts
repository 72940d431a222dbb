/*
 * From values of other formats to MessagePack: each in its narrowest form, floats of 64 bits. An integer beyond 64 bits becomes a float if that is
 * exact.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt } from '../../bytes/byte-at.ts';
import { UNKNOWN_LENGTH, ValueWriter } from './value-writer.ts';

const FIXED_LIST = 0x90;
const FIXED_DICT = 0x80;
/** The codes for a length of 16 bits. The codes for 32 bits follow them. */
const LIST = 0xdc;
const DICT = 0xde;
const BEYOND_UNSIGNED = 2n ** 64n;
const LEAST_SIGNED = -(2n ** 63n);

export class MsgpackValueWriter extends ValueWriter {
  constructor(maxBytes: number) {
    super(maxBytes, 'MessagePack');
  }

  null(): void {
    this.byte(0xc0);
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xc3 : 0xc2);
  }

  integer(value: number | bigint): void {
    if (value >= 0) {
      if (value < 0x80) return this.byte(Number(value));
      const width = value < 0x100 ? 0 : value < 0x10000 ? 1 : value < 0x1_0000_0000 ? 2 : 3;
      if (width === 3 && value >= BEYOND_UNSIGNED) return this.float(exactFloat(value));
      this.byte(0xcc + width);
      return this.uint(value, 1 << width);
    }
    if (value >= -32) return this.byte(Number(value) & 0xff);
    const width = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x8000_0000 ? 2 : 3;
    if (width === 3 && value < LEAST_SIGNED) return this.float(exactFloat(value));
    this.byte(0xd0 + width);
    this.uint(width === 3 ? BigInt.asUintN(64, BigInt(value)) : value, 1 << width);
  }

  /** The digits that JavaScript writes for a float are those of the shortest decimal that gives this float again. */
  override longInteger(value: number | bigint): void {
    const isBeyond = value >= BEYOND_UNSIGNED || value < LEAST_SIGNED;
    if (isBeyond && String(Number(value)) === String(value)) this.float(Number(value));
    else this.integer(value);
  }

  float(value: number): void {
    this.byte(0xcb);
    this.double(value);
  }

  text(from: Uint8Array, start: number, end: number): void {
    if (end - start < 32) this.byte(0xa0 | (end - start));
    else this.sized(0xd9, end - start);
    this.put(from, start, end);
  }

  binary(from: Uint8Array, start: number, end: number): void {
    this.sized(0xc4, end - start);
    this.put(from, start, end);
  }

  protected beginList(length: number): void {
    this.head(FIXED_LIST, LIST, length);
  }

  protected beginDict(length: number): void {
    this.head(FIXED_DICT, DICT, length);
  }

  protected override correct(head: number, length: number): void {
    const code = byteAt(this.bytes, head);
    if (code < LIST) this.bytes[head] = (code & 0xf0) | length;
    else this.word(head + 1, length, (code & 1) === 0 ? 2 : 4);
  }

  private head(fixed: number, code: number, length: number): void {
    if (length === UNKNOWN_LENGTH) {
      this.byte(code + 1);
      this.uint(0, 4);
    } else if (length < 16) this.byte(fixed | length);
    else if (length < 0x10000) {
      this.byte(code);
      this.uint(length, 2);
    } else {
      this.byte(code + 1);
      this.uint(length, 4);
    }
  }

  /** `code` is that for a length of one byte. The codes for two and for four bytes follow it. */
  private sized(code: number, length: number): void {
    const width = length < 0x100 ? 0 : length < 0x10000 ? 1 : 2;
    this.byte(code + width);
    this.uint(length, 1 << width);
  }
}

/** @throws {@link SerializationError} if no float is equal to the integer. */
function exactFloat(value: number | bigint): number {
  const float = Number(value);
  if (Number.isFinite(float) && BigInt(float) === BigInt(value)) return float;
  const digits = String(value);
  const got = digits.length > 40 ? `${digits.slice(0, 37)}...` : digits;
  throw new SerializationError(`expected an integer of 64 bits, or one that is exact as a float, for MessagePack, got ${got}`);
}
