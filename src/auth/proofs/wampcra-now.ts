/* What WAMP-CRA computes, synchronous: for a router, and for programs written for Autobahn. */
import { bytesToBase64 } from '../../serializer/bytes/base64.ts';
import { utf8 } from '../crypto/bytes.ts';
import { hmacSha256, pbkdf2Now } from '../crypto/hashes-now.ts';
import { derivation } from './wampcra-key.ts';

/** Does the same as `deriveKey`, synchronously. Programs written for Autobahn expect that. */
export function deriveKeyNow(secret: string, salt: string, iterations?: number, keylen?: number): string {
  return bytesToBase64(pbkdf2Now(derivation(secret, salt, { iterations, keylen })));
}

/** The signature: base64 of an HMAC of the challenge, exactly as the challenge came. */
export function sign(key: string, challenge: string): string {
  return bytesToBase64(hmacSha256(utf8(key), utf8(challenge)));
}
