/* SHA-256 and HMAC for whoever cannot wait, by js-sha256 (in Node.js it is a wrapper of the platform's own). */
import { sha256 as hash } from 'js-sha256';

export function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash.array(bytes));
}

export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(hash.hmac.array(key, message));
}
