/*
 * WAMP "Challenge Response Authentication", the router's side. It keeps the secret, or what `deriveKey` made of it.
 */
import { base64ToBytes, bytesToBase64 } from '../../serializer/bytes/base64.ts';
import { sameText, utf8 } from '../crypto/bytes.ts';
import { hmacSha256 } from '../crypto/hashes-now.ts';
import { randomBytes } from '../crypto/random.ts';
import { defaults } from '../proofs/wampcra-key.ts';
import { sign } from '../proofs/wampcra-now.ts';
import type { Claim, Method } from './verifier.ts';

/** What the router keeps: the secret, or what `deriveKey` made of it and how. */
export type CraEntry =
  | { readonly secret: string }
  | { readonly key: string; readonly salt: string; readonly iterations: number; readonly keylen: number };

export const wampcraMethod: Method<CraEntry> = {
  authmethod: 'wampcra',
  begin(claim, entry, like = { key: '', salt: '', ...defaults }) {
    const { authid, authrole, authprovider, session, now } = claim;
    const nonce = bytesToBase64(randomBytes(18));
    const timestamp = new Date(now).toISOString();
    const challenge = JSON.stringify({ authid, authrole, authmethod: 'wampcra', authprovider, nonce, timestamp, session });
    const nobodys = nobody(claim, like); // computed for users who exist as well, so that the work is the same
    const user = entry ?? nobodys;
    let isOpen = true;
    return {
      challenge() {
        if ('secret' in user) return { challenge };
        const { salt, iterations, keylen } = user;
        return { challenge, salt, iterations, keylen };
      },
      verify(signature) {
        const isRight = sameText(signature, sign('secret' in user ? user.secret : user.key, challenge));
        const isValid = isRight && isOpen && entry !== undefined;
        isOpen = false;
        return { isValid };
      },
    };
  },
};

/** An entry for a user who does not exist. It looks like that of a real user, and is the same each time. Nobody knows its key. */
function nobody({ realm, authid, routerSecret }: Claim, like: CraEntry): CraEntry {
  const own = hmacSha256(routerSecret, utf8(`wampcra ${realm} ${authid}`));
  const key = bytesToBase64(own);
  if ('secret' in like) return { secret: key };
  return { ...like, key, salt: saltLike(like.salt, own) };
}

/** Makes a salt of the same kind and length as the given one. */
function saltLike(salt: string, seed: Uint8Array): string {
  const bytes = base64ToBytes(salt);
  if (bytes && bytes.length > 8) return bytesToBase64(stream(seed, bytes.length));
  const digits = /^[0-9a-f]{8,}$/.test(salt) ? '0123456789abcdef' : 'abcdefghijklmnopqrstuvwxyz0123456789';
  let text = '';
  for (const byte of stream(seed, salt.length || 16)) text += digits.charAt(byte % digits.length);
  return text;
}

function stream(seed: Uint8Array, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) bytes.set(hmacSha256(seed, utf8(`salt ${at}`)).subarray(0, length - at), at);
  return bytes;
}
