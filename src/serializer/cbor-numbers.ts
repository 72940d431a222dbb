/* Numbers that CBOR (RFC 8949) writes as tags around something else: bignums, decimal and binary fractions. */
import { SerializationError } from '../errors.ts';

/**
 * Of a bignum, in bytes: 4096 bits, as `MAX_INTEGER_BITS` of exact.ts. BigInts of a megabyte would take a peer nothing, and whoever works with them
 * very long.
 */
const MAX_BIGNUM = 512;
/** Of one that is rounded to a number: beyond 128 bytes none is finite. */
const MAX_ROUNDED = 64;
const TWO_53 = 2 ** 53;

/** RFC 8949, 3.4.3. `hasBigInt`: beyond 2^53 it becomes a BigInt; else it is rounded. */
export function bignumOf(content: unknown, isNegative: boolean, hasBigInt: boolean): unknown {
  const most = hasBigInt ? MAX_BIGNUM : MAX_ROUNDED;
  if (!(content instanceof Uint8Array) || content.length > most) {
    throw new SerializationError(`expected a bignum of ${most} bytes at most`);
  }
  let value = 0;
  let hex = '0x0';
  for (let i = 0; i < content.length; i++) {
    const byte = content[i] as number;
    value = value * 256 + byte;
    hex += (byte < 16 ? '0' : '') + byte.toString(16);
  }
  if (value < TWO_53 || !hasBigInt) return isNegative ? -1 - value : value;
  const exact = BigInt(hex);
  return isNegative ? BigInt(-1) - exact : exact;
}

/** RFC 8949, 3.4.4: exponent and mantissa, in this order. */
export function fractionOf(content: unknown, base: 10 | 2): number {
  const [exponent, mantissa] = Array.isArray(content) ? content : [];
  if (typeof exponent !== 'number' || (typeof mantissa !== 'number' && typeof mantissa !== 'bigint')) {
    throw new SerializationError('expected an exponent and a mantissa in a fraction of CBOR');
  }
  // 3e-1 is 0.3; 3 * 10^-1 is not.
  const decimal = base === 10 ? Number(`${mantissa}e${exponent}`) : Number.NaN;
  return Number.isFinite(decimal) ? decimal : Number(mantissa) * base ** exponent;
}
