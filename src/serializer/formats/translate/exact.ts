/*
 * Exact values between two formats: an integer and a float without a fraction are different, and every scalar has a text for
 * keys.
 */
import { SerializationError } from '../../../base/errors.ts';
import { isoTime } from '../../bytes/iso-time.ts';

/** A float, whatever its value: `2.0` differs from the integer 2. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A value that is neither a list nor a dict. A number is an integer within 2^53; a bigint is an integer beyond. */
export type Scalar = null | boolean | number | bigint | Float | string | Uint8Array;

/** The most depth of a payload that is translated: readers are recursive. */
export const EXACT_DEPTH = 1100;

export function enterExact(depth: number): void {
  if (depth >= EXACT_DEPTH) throw new SerializationError(`expected a value nested no deeper than ${EXACT_DEPTH}`);
}

/**
 * The limit for an integer that is translated: 512 bytes as a bignum of CBOR, 1,234 digits. The time for decimal digits grows
 * with the square of their number.
 */
export const MAX_INTEGER_BITS = 4096;

/** Gives a bigint only if a number is not exact. */
export function exactInteger(value: bigint): number | bigint {
  return value >= -MAX_EXACT && value <= MAX_EXACT ? Number(value) : value;
}
const MAX_EXACT = 2n ** 53n;

/**
 * A float as text for JSON: it has a fraction or an exponent, so that it stays a float. A number that JSON does not have
 * becomes null.
 */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

/** The text that JSON uses for a key. @throws {@link SerializationError} if there is none. */
export function keyText(key: Exclude<Scalar, null | Uint8Array>): string {
  return key instanceof Float ? floatText(key.value) : String(key);
}

/** @throws {@link SerializationError} */
export function refuseKey(what: string): never {
  throw new SerializationError(`expected text, a number or a boolean as the key of a map, got ${what}`);
}

/** A time as text. @throws {@link SerializationError} if ISO 8601 has no text for it. */
export function exactTime(seconds: number, nanoseconds: number): string {
  const text = isoTime(seconds, nanoseconds);
  if (text === undefined) refuseTime(seconds, nanoseconds);
  return text;
}

/** @throws {@link SerializationError} */
export function refuseTime(seconds: number, nanoseconds: number): never {
  throw new SerializationError(`expected a time that ISO 8601 can express, got ${seconds} s and ${nanoseconds} ns`);
}
