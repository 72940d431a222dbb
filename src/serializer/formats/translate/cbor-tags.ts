/*
 * Translates tagged values of CBOR for other formats: times and UUIDs become text, numbers become numbers, typed arrays
 * become lists. With any other tag the content is used.
 */
import { SerializationError } from '../../../base/errors.ts';
import { byteAt } from '../../bytes/byte-at.ts';
import { FloatBytes, halfOf } from '../../bytes/float-bytes.ts';
import { bignumOf, fractionOf, hexOf, MAX_BIGNUM } from '../../codecs/cbor-numbers.ts';
import { exactInteger, exactTime, Float, type Scalar } from './exact.ts';
import type { ValueWriter } from './value-writer.ts';

const EPOCH = 1;
const BIGNUM = 2;
const NEGATIVE_BIGNUM = 3;
const DECIMAL = 4;
const BIGFLOAT = 5;
const UUID = 37;
/** RFC 8746: 0b010 and five more bits. */
const FIRST_ARRAY = 64;
const LAST_ARRAY = 87;
const TWO_32 = 2 ** 32;

// They keep no state between two numbers, so one object is enough.
const floats = /* @__PURE__ */ new FloatBytes();
const number = /* @__PURE__ */ new Uint8Array(8);

export function isTimeTag(tag: number): boolean {
  return tag === EPOCH;
}

/** Whether this tag changes the meaning of a scalar. */
export function isScalarTag(tag: number): boolean {
  return tag === EPOCH || tag === BIGNUM || tag === NEGATIVE_BIGNUM || tag === UUID;
}

/** Whether the content of this tag is a list of two numbers. */
export function isFractionTag(tag: number): boolean {
  return tag === DECIMAL || tag === BIGFLOAT;
}

/** Whether the content of this tag is the bytes of a typed array. */
export function isArrayTag(tag: number): boolean {
  return tag >= FIRST_ARRAY && tag <= LAST_ARRAY;
}

/** @param content - Undefined: a list or a dict. @throws {@link SerializationError} */
export function taggedScalar(tag: number, content: Scalar | undefined): string | number | bigint {
  if (tag === EPOCH) return epoch(content, exactTime);
  if (tag === UUID) return uuid(content);
  if (!(content instanceof Uint8Array) || content.length > MAX_BIGNUM)
    throw new SerializationError(`expected a bignum of ${MAX_BIGNUM} bytes at most`);
  const value = bignumOf(content, tag === NEGATIVE_BIGNUM, true);
  return typeof value === 'bigint' ? exactInteger(value) : Number(value);
}

/** @throws {@link SerializationError} */
export function fraction(tag: number, exponent: Scalar | undefined, mantissa: Scalar | undefined): number {
  const value = fractionOf([exponent, mantissa], tag === DECIMAL ? 10 : 2);
  if (value === undefined) refuseFraction();
  if (!Number.isFinite(value)) throw new SerializationError('expected a fraction of CBOR that fits into 64 bits');
  return value;
}

export function refuseFraction(): never {
  throw new SerializationError('expected an exponent and a mantissa in a fraction of CBOR');
}

/** Passes a time to the function that makes text from it. @throws {@link SerializationError} */
export function epoch<T>(content: Scalar | undefined, text: (seconds: number, nanoseconds: number) => T): T {
  const seconds = content instanceof Float ? content.value : content;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw new SerializationError('expected seconds in a time of CBOR');
  const whole = Math.floor(seconds);
  const micros = Math.round((seconds - whole) * 1e6); // a float is not more precise than this for a time of our days
  return micros === 1e6 ? text(whole + 1, 0) : text(whole, micros * 1000);
}

function uuid(content: Scalar | undefined): string {
  if (!(content instanceof Uint8Array) || content.length !== 16)
    throw new SerializationError('expected 16 bytes in a UUID of CBOR');
  let text = '';
  for (let i = 0; i < 16; i++) {
    text += hexOf(byteAt(content, i));
    if (i === 3 || i === 5 || i === 7 || i === 9) text += '-';
  }
  return text;
}

/** Writes the bytes of a typed array as a list. @throws {@link SerializationError} */
export function writeArray(tag: number, from: Uint8Array, start: number, end: number, writer: ValueWriter): void {
  const isFloat = (tag & 0b10000) !== 0;
  const isSigned = (tag & 0b01000) !== 0;
  const size = 1 << ((tag & 0b11) + (isFloat ? 1 : 0));
  // For arrays of single bytes this bit does not mean the byte order, but that values are clamped.
  const isLittleEndian = (tag & 0b00100) !== 0 && size > 1;
  if (size === 16) throw new SerializationError('expected floats of at most 64 bits in a typed array of CBOR, got 128 bits');
  if ((end - start) % size !== 0)
    throw new SerializationError(`expected a multiple of ${size} bytes in a typed array of CBOR, got ${end - start}`);
  const length = (end - start) / size;
  const list = writer.list(length);
  for (let i = 0; i < length; i++) {
    writer.item(i);
    for (let byte = 0; byte < size; byte++) {
      number[byte] = byteAt(from, start + i * size + (isLittleEndian ? size - 1 - byte : byte));
    }
    if (isFloat) writer.float(floatOf(size));
    else writer.integer(integerOf(size, isSigned));
  }
  writer.endList(list, length, length);
}

/** Reads a float from the first bytes of `number`. */
function floatOf(size: number): number {
  if (size === 8) return floats.readDouble(number, 0);
  return size === 4 ? floats.readSingle(number, 0) : halfOf((byteAt(number, 0) << 8) | byteAt(number, 1));
}

function integerOf(size: number, isSigned: boolean): number | bigint {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + byteAt(number, i);
  const isNegative = isSigned && byteAt(number, 0) >= 0x80;
  if (size < 8) return isNegative ? value - 2 ** (size * 8) : value;
  if (!isNegative && value < 2 ** 53) return value;
  let [high, low] = [0, 0];
  for (let i = 0; i < 4; i++) {
    high = high * 256 + byteAt(number, i);
    low = low * 256 + byteAt(number, i + 4);
  }
  return exactInteger(BigInt(isNegative ? high - TWO_32 : high) * BigInt(TWO_32) + BigInt(low));
}
