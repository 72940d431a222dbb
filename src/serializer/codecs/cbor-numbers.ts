/* Numbers that CBOR (RFC 8949) writes as tags with a content: bignums, decimal fractions and bigfloats. */
import { byteAt } from '../bytes/byte-at.ts';

/**
 * The longest bignum, in bytes. It has 4096 bits, like `MAX_INTEGER_BITS` of exact.ts. A BigInt of a megabyte costs the
 * sender nothing, but computing with it takes very long.
 */
export const MAX_BIGNUM = 512;
const TWO_53 = 2 ** 53;
const HEX = '0123456789abcdef';

/**
 * RFC 8949, 3.4.3. With `hasBigInt`, an integer beyond 2^53 becomes a BigInt. Without it, and for those longer than
 * `MAX_BIGNUM`, it is rounded; that may give infinity.
 */
export function bignumOf(content: Uint8Array, isNegative: boolean, hasBigInt: boolean): number | bigint {
  if (content.length > MAX_BIGNUM) return isNegative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  let value = 0;
  for (let i = 0; i < content.length; i++) value = value * 256 + byteAt(content, i);
  if (value < TWO_53 || !hasBigInt) return isNegative ? -1 - value : value;
  let hex = '0x';
  for (let i = 0; i < content.length; i++) hex += hexOf(byteAt(content, i));
  const exact = BigInt(hex);
  return isNegative ? BigInt(-1) - exact : exact;
}

export function hexOf(byte: number): string {
  return HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
}

/** RFC 8949, 3.4.4: exponent and mantissa, in this order. Undefined: the content is something else. */
export function fractionOf(content: unknown, base: 10 | 2): number | undefined {
  const [exponent, mantissa] = Array.isArray(content) ? content : [];
  if (typeof exponent !== 'number' || (typeof mantissa !== 'number' && typeof mantissa !== 'bigint')) return undefined;
  // 3e-1 is 0.3, but 3 * 10^-1 is not.
  const decimal = base === 10 ? Number(`${mantissa}e${exponent}`) : Number.NaN;
  return Number.isFinite(decimal) ? decimal : Number(mantissa) * base ** exponent;
}
