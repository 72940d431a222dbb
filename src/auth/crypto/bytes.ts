/* What logins need for bytes: hex, UTF-8, and comparison in constant time. */

/** Half a surrogate pair becomes U+FFFD. */
export function utf8(text: string): Uint8Array {
  if (typeof TextEncoder === 'function') return new TextEncoder().encode(text);
  const whole = text.replace(/([\ud800-\udbff][\udc00-\udfff])|[\ud800-\udfff]/g, (_, pair = '\ufffd') => pair);
  const octets = unescape(encodeURIComponent(whole)); // each character is one octet
  return Uint8Array.from({ length: octets.length }, (_, i) => octets.charCodeAt(i));
}

export function bytesToHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

/** Undefined when the text is not hex, or does not have this length in octets. */
export function hexToBytes(hex: unknown, length?: number): Uint8Array | undefined {
  if (typeof hex !== 'string' || hex.length % 2 !== 0 || /[^\da-f]/i.test(hex)) return undefined;
  if (length !== undefined && hex.length !== 2 * length) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.substr(2 * i, 2), 16);
  return bytes;
}

/** Takes the same time wherever the two differ. Others may only notice that the lengths differ. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= (one[i] ?? 0) ^ (other[i % (other.length || 1)] ?? 0);
  return difference === 0;
}

export function sameText(one: string, other: string): boolean {
  return sameBytes(utf8(one), utf8(other));
}

export function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, i) => byte ^ (other[i] ?? 0));
}
