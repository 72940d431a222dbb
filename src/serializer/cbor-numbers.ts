/* Numbers that CBOR (RFC 8949) writes as tags around something else: bignums, decimal and binary fractions. */
import { SerializationError } from '../errors.ts';

/** Of a bignum. BigInts of a megabyte would take a peer nothing, and who works with them very long. */
const MAX_BIGNUM = 64;
const TWO_53 = 2 ** 53;

/** RFC 8949, 3.4.3. `hasBigInt`: beyond 2^53 it becomes a BigInt; else it is rounded. */
export function bignumOf(content: unknown, isNegative: boolean, hasBigInt: boolean): unknown {
  if (!(content instanceof Uint8Array) || content.length > MAX_BIGNUM) {
    throw new SerializationError(`expected a bignum of ${MAX_BIGNUM} bytes at most`);
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
