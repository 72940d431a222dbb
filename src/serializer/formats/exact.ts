/*
 * What lies between two formats: an integer is told from a float that has no fraction, and everything has a text that may be a key.
 */
import { SerializationError } from '../../base/errors.ts';
import { isoTime } from '../iso-time.ts';

/** A float, whatever its value: `2.0` is another one than the integer 2. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** What is neither a list nor a dict. A number is an integer within 2^53, a bigint one beyond. */
export type Scalar = null | boolean | number | bigint | Float | string | Uint8Array;

/** As deep as a payload may be between two formats: readers call themselves. */
export const EXACT_DEPTH = 1100;

export function enterExact(depth: number): void {
  if (depth >= EXACT_DEPTH) throw new SerializationError(`expected a value nested no deeper than ${EXACT_DEPTH}`);
}

/** Of an integer that goes from one format to another: 512 bytes as a bignum of CBOR, 1,234 digits. The time that decimal digits take goes by the square. */
export const MAX_INTEGER_BITS = 4096;

/** A bigint only where a number is not exact. */
export function exactInteger(value: bigint): number | bigint {
  return value >= -MAX_EXACT && value <= MAX_EXACT ? Number(value) : value;
}
const MAX_EXACT = 2n ** 53n;

/** A float as JSON has it: with a fraction or an exponent, so that it stays one. What JSON does not have is null. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** A key of a map as the text that JSON has for it. @throws {@link SerializationError} for what has none. */
export function keyText(key: Exclude<Scalar, null | Uint8Array>): string {
  return key instanceof Float ? floatText(key.value) : String(key);
}

/** @throws {@link SerializationError} */
export function refuseKey(what: string): never {
  throw new SerializationError(`expected text, a number or a boolean as the key of a map, got ${what}`);
}

/** A point in time as text. @throws {@link SerializationError} for one that ISO 8601 does not have. */
export function exactTime(seconds: number, nanoseconds: number): string {
  const text = isoTime(seconds, nanoseconds);
  if (text === undefined) refuseTime(seconds, nanoseconds);
  return text;
}

/** @throws {@link SerializationError} */
export function refuseTime(seconds: number, nanoseconds: number): never {
  throw new SerializationError(`expected a time that ISO 8601 has, got ${seconds} s and ${nanoseconds} ns`);
}
