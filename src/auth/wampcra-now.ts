/* What WAMP-CRA computes, for whoever cannot wait: a router, and programs written for Autobahn. */
import { bytesToBase64 } from '../serializer/base64.ts';
import { utf8 } from './bytes.ts';
import { hmacSha256, pbkdf2Now } from './hashes-now.ts';
import { derivation } from './wampcra-key.ts';

/** As `deriveKey`, at one go; for programs written for Autobahn, which expects it so. */
export function deriveKeyNow(secret: string, salt: string, iterations?: number, keylen?: number): string {
  return bytesToBase64(pbkdf2Now(derivation(secret, salt, { iterations, keylen })));
}

/** The signature: base64 of an HMAC over the challenge exactly as it came. */
export function sign(key: string, challenge: string): string {
  return bytesToBase64(hmacSha256(utf8(key), utf8(challenge)));
}
