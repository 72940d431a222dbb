/* What WAMP-CRA computes, synchronous: for a router, and for programs written for Autobahn. */
import { bytesToBase64 } from '../../serializer/bytes/base64.ts';
import { utf8 } from '../crypto/bytes.ts';
import { hmacSha256, pbkdf2Now } from '../crypto/hashes-now.ts';
import { derivation } from './wampcra-key.ts';

/** A secret that is missing must not become the empty text, nor the text `null`. The error message does not show it. */
function expectText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`expected ${name} to be a string, got ${typeof value}`);
  return value;
}

/** Does the same as `deriveKey`, synchronously. Programs written for Autobahn expect that. */
export function deriveKeyNow(secret: string, salt: string, iterations?: number, keylen?: number): string {
  return bytesToBase64(pbkdf2Now(derivation(expectText('secret', secret), expectText('salt', salt), { iterations, keylen })));
}

/** The signature: base64 of an HMAC of the challenge, exactly as the challenge came. */
export function sign(key: string, challenge: string): string {
  return bytesToBase64(hmacSha256(utf8(expectText('key', key)), utf8(expectText('challenge', challenge))));
}
