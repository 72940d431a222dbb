/* What is under a tag of CBOR becomes what other formats have: times and UUIDs text, numbers numbers, typed arrays lists; anything else itself. */
import { SerializationError } from '../../errors.ts';
import { bignumOf, fractionOf, MAX_BIGNUM } from '../cbor-numbers.ts';
import { FloatBytes, halfOf } from '../float-bytes.ts';
import { type Exact, exactInteger, exactTime, Float } from './exact.ts';

const EPOCH = 1;
const BIGNUM = 2;
const NEGATIVE_BIGNUM = 3;
const DECIMAL = 4;
const BIGFLOAT = 5;
const UUID = 37;
/** RFC 8746: 0b010 and five bits. */
const FIRST_ARRAY = 64;
const LAST_ARRAY = 87;

/** @throws {@link SerializationError} */
export function taggedValue(tag: number, content: Exact): Exact {
  switch (tag) {
    case EPOCH:
      return epoch(content);
    case BIGNUM:
    case NEGATIVE_BIGNUM: {
      if (!(content instanceof Uint8Array) || content.length > MAX_BIGNUM)
        throw new SerializationError(`expected a bignum of ${MAX_BIGNUM} bytes at most`);
      const value = bignumOf(content, tag === NEGATIVE_BIGNUM, true);
      return typeof value === 'bigint' ? exactInteger(value) : Number(value);
    }
    case DECIMAL:
    case BIGFLOAT:
      return fraction(content, tag === DECIMAL ? 10 : 2);
    case UUID:
      return uuid(content);
    default:
      return isTypedArray(tag) ? typedArray(tag, content) : content;
  }
}

export function isTypedArray(tag: number): boolean {
  return tag >= FIRST_ARRAY && tag <= LAST_ARRAY;
}

function epoch(content: Exact): string {
  const seconds = content instanceof Float ? content.value : content;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw new SerializationError('expected seconds in a time of CBOR');
  const whole = Math.floor(seconds);
  const micros = Math.round((seconds - whole) * 1e6); // a float has no more of today
  return micros === 1e6 ? exactTime(whole + 1, 0) : exactTime(whole, micros * 1000);
}

function fraction(content: Exact, base: 10 | 2): Float {
  const value = fractionOf(content, base);
  if (value === undefined) throw new SerializationError('expected an exponent and a mantissa in a fraction of CBOR');
  if (!Number.isFinite(value)) throw new SerializationError('expected a fraction of CBOR that 64 bits hold');
  return new Float(value);
}

function uuid(content: Exact): string {
  if (!(content instanceof Uint8Array) || content.length !== 16)
    throw new SerializationError('expected 16 bytes in a UUID of CBOR');
  const hex = Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function typedArray(tag: number, content: Exact): Exact {
  const isFloat = (tag & 0b10000) !== 0;
  const isSigned = (tag & 0b01000) !== 0;
  const isLittleEndian = (tag & 0b00100) !== 0;
  const size = 1 << ((tag & 0b11) + (isFloat ? 1 : 0));
  if (size === 16) throw new SerializationError('expected floats of at most 64 bits in a typed array of CBOR, got 128 bits');
  if (!(content instanceof Uint8Array) || content.length % size !== 0) {
    throw new SerializationError(`expected a multiple of ${size} bytes in a typed array of CBOR`);
  }
  const floats = new FloatBytes();
  const items: Exact[] = [];
  for (let at = 0; at < content.length; at += size) {
    const bytes = content.slice(at, at + size);
    // Of single bytes 0b01100 says that they are clamped, and not their order.
    if (isLittleEndian && size > 1) bytes.reverse();
    items.push(isFloat ? new Float(floatOf(bytes, floats)) : integerOf(bytes, isSigned));
  }
  return items;
}

function floatOf(bytes: Uint8Array, floats: FloatBytes): number {
  if (bytes.length === 8) return floats.readDouble(bytes, 0);
  return bytes.length === 4 ? floats.readSingle(bytes, 0) : halfOf(((bytes[0] as number) << 8) | (bytes[1] as number));
}

function integerOf(bytes: Uint8Array, isSigned: boolean): number | bigint {
  if (bytes.length < 8) {
    let small = 0;
    for (const byte of bytes) small = small * 256 + byte;
    return isSigned && small >= 2 ** (bytes.length * 8 - 1) ? small - 2 ** (bytes.length * 8) : small;
  }
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return exactInteger(isSigned ? BigInt.asIntN(bytes.length * 8, value) : value);
}
