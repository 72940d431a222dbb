/* `autobahn.auth_cra`. It is synchronous, since programs return its result as it is. */
import { deriveKeyNow, sign as signNow } from '../../wampcra.ts';

/** Base64 of HMAC-SHA256. A challenge that is missing counts as empty, as in Autobahn|JS. */
export function sign(key: string, challenge: string): string {
  return signNow(key, challenge || '');
}

/** Base64 of PBKDF2-SHA256. `iterations`: default 1000. `keylen`: octets, default 32. */
export function derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string {
  return deriveKeyNow(secret, salt, iterations || undefined, keylen || undefined);
}
