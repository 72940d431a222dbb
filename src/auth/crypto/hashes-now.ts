/* SHA-256, HMAC and PBKDF2 by fast-sha256, synchronous. */
import library from 'fast-sha256';

export interface Pbkdf2 {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** The length of the key, in octets. */
  readonly length: number;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return library.hash(bytes);
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return library.hmac(key, message);
}

/** RFC 8018 with HMAC-SHA256. */
export function pbkdf2Now({ password, salt, iterations, length }: Pbkdf2): Uint8Array {
  return library.pbkdf2(password, salt, iterations, length);
}
