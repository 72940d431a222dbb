/* Exact values → MessagePack. */
import { SerializationError } from '../../errors.ts';
import { FloatBytes } from '../float-bytes.ts';
import { Utf8 } from '../utf8.ts';
import { BytesSink } from './bytes-sink.ts';
import { type Exact, enterExact, Float } from './exact.ts';
import { isList } from './json-write.ts';

/** @throws {@link SerializationError} for an integer beyond 64 bits, and beyond `maxBytes`. */
export function writeMsgpack(value: Exact, maxBytes: number): Uint8Array {
  const sink = new BytesSink(new Utf8(), new FloatBytes(), maxBytes, 'MessagePack');
  write(sink, value, 0);
  return sink.written;
}

function write(sink: BytesSink, value: Exact, depth: number): void {
  if (value === null) sink.byte(0xc0);
  else if (typeof value === 'boolean') sink.byte(value ? 0xc3 : 0xc2);
  else if (typeof value === 'number' || typeof value === 'bigint') integer(sink, value);
  else if (typeof value === 'string') text(sink, value);
  else if (value instanceof Float) {
    sink.byte(0xcb);
    sink.double(value.value);
  } else if (value instanceof Uint8Array) {
    sized(sink, 0xc4, value.length, 1);
    sink.put(value);
  } else {
    enterExact(depth);
    if (isList(value)) {
      if (value.length < 16) sink.byte(0x90 | value.length);
      else sized(sink, 0xdc, value.length, 2);
      for (const item of value) write(sink, item, depth + 1);
    } else {
      if (value.size < 16) sink.byte(0x80 | value.size);
      else sized(sink, 0xde, value.size, 2);
      for (const [key, member] of value) {
        text(sink, key);
        write(sink, member, depth + 1);
      }
    }
  }
}

function text(sink: BytesSink, value: string): void {
  sink.text(value, (length) => {
    if (length < 32) sink.byte(0xa0 | length);
    else sized(sink, 0xd9, length, 1);
  });
}

/** `code` is that of the narrowest width, of so many bytes; the wider ones follow it. */
function sized(sink: BytesSink, code: number, length: number, narrowest: 1 | 2): void {
  const size = length < 0x100 && narrowest === 1 ? 1 : length < 0x10000 ? 2 : 4;
  sink.byte(code + (size === 4 ? 2 : size - 1) - (narrowest - 1));
  sink.uint(length, size);
}

function integer(sink: BytesSink, value: number | bigint): void {
  if (value >= 0) {
    if (value < 0x80) return sink.byte(Number(value));
    const width = value < 0x100 ? 0 : value < 0x10000 ? 1 : value < 0x1_0000_0000 ? 2 : 3;
    if (value >= 2n ** 64n) refuse(value);
    sink.byte(0xcc + width);
    return sink.uint(value, 1 << width);
  }
  if (value >= -32) return sink.byte(Number(value) & 0xff);
  const width = value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x8000_0000 ? 2 : 3;
  if (value < -(2n ** 63n)) refuse(value);
  sink.byte(0xd0 + width);
  sink.uint(BigInt.asUintN(8 << width, BigInt(value)), 1 << width);
}

function refuse(value: number | bigint): never {
  const digits = String(value);
  const got = digits.length > 40 ? `${digits.slice(0, 37)}...` : digits;
  throw new SerializationError(`expected an integer of 64 bits for MessagePack, got ${got}`);
}
