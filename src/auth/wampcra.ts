/*
 * WAMP "Challenge Response Authentication": the secret stays at home, an HMAC of the router's challenge travels. With a salt the router need
 * not keep the secret itself, but what is derived from it: its *base64 text* is the key, in all implementations.
 */
import { any } from '../options.ts';
import { base64ToBytes, bytesToBase64 } from '../serializer/base64.ts';
import type { Dict } from '../words.ts';
import { sameText, utf8 } from './bytes.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, refusal, type Secret } from './credentials.ts';
import { hmacSha256, pbkdf2, pbkdf2Now } from './crypto.ts';
import { randomBytes } from './random.ts';
import type { Claim, Method } from './verifier.ts';

const defaults = { iterations: 1000, keylen: 32 } as const;
/** What a router may ask for: more would be a way to keep us busy. A router keeps nothing beyond it, either. */
export const MOST = { iterations: 10_000_000, keylen: 1024 } as const;

/**
 * Logs in by challenge and response (WAMP method `wampcra`), salted or not as the router asks.
 *
 * @param options - `secret`: the password, or a function that gets it, asked only when the router picks this method. `authextra`: more for
 * HELLO.
 * @throws TypeError when `authid` or `secret` is missing.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Challenge Response Authentication"}
 * @example new Connection({ url, realm: 'realm1', auth: wampcra({ authid: 'joe', secret: 'secret' }) });
 */
export function wampcra(options: {
  readonly authid: string;
  readonly secret: Secret;
  readonly authextra?: Dict | undefined;
}): Credentials {
  checkLogin('wampcra', options, { secret: any });
  const { authid, secret, authextra } = options;
  expectString('authid', authid);
  if (typeof secret !== 'function') expectString('secret', secret);
  return {
    authmethods: ['wampcra'],
    isAsked: isAsked(secret),
    begin: (attempt) => ({
      authid,
      authextra,
      onchallenge: async (_method, { challenge, salt, iterations, keylen }) => {
        if (typeof challenge !== 'string')
          throw refusal(`expected CHALLENGE.Extra.challenge to be a string, got ${typeof challenge}`);
        const options = salt === undefined || salt === null ? undefined : { salt: String(salt), ...costs(iterations, keylen) };
        const given = expectString('secret', await ask(secret, attempt));
        return sign(options ? await deriveKey(given, options.salt, options) : given, challenge);
      },
    }),
  };
}

function costs(iterations: unknown, keylen: unknown): { readonly iterations: number; readonly keylen: number } {
  const count = (name: 'iterations' | 'keylen', value: unknown): number => {
    if (value === undefined || value === null) return defaults[name];
    if (typeof value === 'number' && value >= 1 && value <= MOST[name] && Math.floor(value) === value) return value;
    throw refusal(`expected CHALLENGE.Extra.${name} to be from 1 to ${MOST[name]}, got ${String(value)}`);
  };
  return { iterations: count('iterations', iterations), keylen: count('keylen', keylen) };
}

/**
 * What a router keeps in place of a secret: PBKDF2-SHA256, as base64.
 *
 * @param salt - Any text, taken as it is.
 * @param options - `iterations`: default 1000. `keylen`: octets, default 32. Both travel with each challenge.
 * @example { authrole: 'user', wampcra: { key: await deriveKey('secret', 'salt123'), salt: 'salt123', iterations: 1000, keylen: 32 } }
 */
export async function deriveKey(
  secret: string,
  salt: string,
  options: { readonly iterations?: number | undefined; readonly keylen?: number | undefined } = {},
): Promise<string> {
  return bytesToBase64(await pbkdf2(derivation(secret, salt, options)));
}

/** The same at one go; for programs written for Autobahn, which expects it so. */
export function deriveKeyNow(secret: string, salt: string, iterations?: number, keylen?: number): string {
  return bytesToBase64(pbkdf2Now(derivation(secret, salt, { iterations, keylen })));
}

function derivation(
  secret: string,
  salt: string,
  { iterations = defaults.iterations, keylen = defaults.keylen }: Parameters<typeof deriveKey>[2] & {},
): Parameters<typeof pbkdf2>[0] {
  return { password: utf8(secret), salt: utf8(salt), iterations, length: keylen };
}

/** The signature: base64 of an HMAC over the challenge exactly as it came. */
export function sign(key: string, challenge: string): string {
  return bytesToBase64(hmacSha256(utf8(key), utf8(challenge)));
}

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
    const nobodys = nobody(claim, like); // also where there is somebody: the work is the same
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

/** Somebody who is not there looks like somebody who is, and like himself each time. Nobody knows his key. */
function nobody({ realm, authid, routerSecret }: Claim, like: CraEntry): CraEntry {
  const own = hmacSha256(routerSecret, utf8(`wampcra ${realm} ${authid}`));
  const key = bytesToBase64(own);
  if ('secret' in like) return { secret: key };
  return { ...like, key, salt: saltLike(like.salt, own) };
}

/** Of the same kind and length as the other's. */
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
