/* Exact values → CBOR: heads of minimal width, definite lengths, floats of 64 bits. */
import { FloatBytes } from '../float-bytes.ts';
import { Utf8 } from '../utf8.ts';
import { BytesSink } from './bytes-sink.ts';
import { type Exact, enterExact, Float } from './exact.ts';
import { isList } from './json-write.ts';

/** The major types of RFC 8949, section 3.1, in their place. */
const UNSIGNED = 0x00;
const NEGATIVE = 0x20;
const BYTES = 0x40;
const TEXT = 0x60;
const LIST = 0x80;
const DICT = 0xa0;
/** The tags of bignums. */
const POSITIVE_BIGNUM = 0xc2;
const NEGATIVE_BIGNUM = 0xc3;

/** @throws {@link SerializationError} beyond `maxBytes`. */
export function writeCbor(value: Exact, maxBytes: number): Uint8Array {
  const sink = new BytesSink(new Utf8(), new FloatBytes(), maxBytes, 'CBOR');
  write(sink, value, 0);
  return sink.written;
}

function write(sink: BytesSink, value: Exact, depth: number): void {
  if (value === null) sink.byte(0xf6);
  else if (typeof value === 'boolean') sink.byte(value ? 0xf5 : 0xf4);
  else if (typeof value === 'number' || typeof value === 'bigint') integer(sink, value);
  else if (typeof value === 'string') text(sink, value);
  else if (value instanceof Float) {
    sink.byte(0xfb);
    sink.double(value.value);
  } else if (value instanceof Uint8Array) {
    head(sink, BYTES, value.length);
    sink.put(value);
  } else {
    enterExact(depth);
    if (isList(value)) {
      head(sink, LIST, value.length);
      for (const item of value) write(sink, item, depth + 1);
    } else {
      head(sink, DICT, value.size);
      for (const [key, member] of value) {
        text(sink, key);
        write(sink, member, depth + 1);
      }
    }
  }
}

function text(sink: BytesSink, value: string): void {
  sink.text(value, (length) => head(sink, TEXT, length));
}

function integer(sink: BytesSink, value: number | bigint): void {
  const isNegative = value < 0;
  const argument = isNegative ? -1n - BigInt(value) : BigInt(value);
  if (argument < 2n ** 64n) return head(sink, isNegative ? NEGATIVE : UNSIGNED, argument);
  sink.byte(isNegative ? NEGATIVE_BIGNUM : POSITIVE_BIGNUM);
  const digits = argument.toString(16);
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`;
  head(sink, BYTES, hex.length / 2);
  for (let i = 0; i < hex.length; i += 2) sink.byte(Number.parseInt(hex.slice(i, i + 2), 16));
}

function head(sink: BytesSink, major: number, argument: number | bigint): void {
  if (argument < 24) return sink.byte(major | Number(argument));
  const width = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x1_0000_0000 ? 2 : 3;
  sink.byte(major | (24 + width));
  sink.uint(argument, 1 << width);
}
