/* From values of other formats to CBOR: heads of minimal width, definite lengths, floats of 64 bits. */
import { byteAt } from '../../bytes/byte-at.ts';
import { UNKNOWN_LENGTH, ValueWriter } from './value-writer.ts';

/** The major types of RFC 8949, section 3.1, in the high bits. */
const UNSIGNED = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const LIST = 0x80;
const DICT = 0xa0;
/** The tags of bignums. */
const POSITIVE_BIGNUM = 0xc2;
const NEGATIVE_BIGNUM = 0xc3;
const BEYOND_64_BITS = 2n ** 64n;

export class CborValueWriter extends ValueWriter {
  constructor(maxBytes: number) {
    super(maxBytes, 'CBOR');
  }

  null(): void {
    this.byte(0xf6);
  }

  boolean(value: boolean): void {
    this.byte(value ? 0xf5 : 0xf4);
  }

  integer(value: number | bigint): void {
    if (typeof value === 'number') return value < 0 ? this.head(NEGATIVE, -1 - value) : this.head(UNSIGNED, value);
    const isNegative = value < 0;
    const argument = isNegative ? -1n - value : value;
    if (argument < BEYOND_64_BITS) return this.head(isNegative ? NEGATIVE : UNSIGNED, argument);
    this.byte(isNegative ? NEGATIVE_BIGNUM : POSITIVE_BIGNUM);
    const digits = argument.toString(16);
    const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
    this.head(BYTES, hex.length / 2);
    for (let i = 0; i < hex.length; i += 2) this.byte(Number.parseInt(hex.slice(i, i + 2), 16));
  }

  float(value: number): void {
    this.byte(0xfb);
    this.double(value);
  }

  text(from: Uint8Array, start: number, end: number): void {
    this.head(TEXT, end - start);
    this.put(from, start, end);
  }

  binary(from: Uint8Array, start: number, end: number): void {
    this.head(BYTES, end - start);
    this.put(from, start, end);
  }

  protected beginList(length: number): void {
    this.begin(LIST, length);
  }

  protected beginDict(length: number): void {
    this.begin(DICT, length);
  }

  protected override correct(head: number, length: number): void {
    const initial = byteAt(this.bytes, head);
    const info = initial & 0x1f;
    if (info < 24) this.bytes[head] = (initial & 0xe0) | length;
    else this.word(head + 1, length, 1 << (info - 24));
  }

  private begin(major: number, length: number): void {
    if (length !== UNKNOWN_LENGTH) return this.head(major, length);
    this.byte(major | 26);
    this.uint(0, 4);
  }

  private head(major: number, argument: number | bigint): void {
    if (argument < 24) return this.byte(major | Number(argument));
    const width = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3;
    this.byte(major | (24 + width));
    this.uint(argument, 1 << width);
  }
}
