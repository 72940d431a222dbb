/*
 * WAMP "Challenge Response Authentication": the client sends an HMAC of the router's challenge, and never the secret. With a
 * salt the router does not need to keep the secret, but only a key that is derived from it. In all implementations the key is
 * the *base64 text* of what is derived.
 */
import { any, checkOptions, type Known } from '../base/options.ts';
import type { Dict } from '../base/words.ts';
import { bytesToBase64 } from '../serializer/bytes/base64.ts';
import { ask, type Credentials, checkLogin, expectSecret, expectString, isAsked, refusal, type Secret } from './credentials.ts';
import { utf8 } from './crypto/bytes.ts';
import { hmacSha256 } from './crypto/hashes.ts';
import { pbkdf2 } from './crypto/pbkdf2.ts';
import { type DeriveOptions, defaults, derivation, MOST } from './proofs/wampcra-key.ts';

/**
 * Logs in by challenge and response (WAMP method `wampcra`), with or without a salt, as the router asks.
 *
 * @param options - `secret`: the password, or a function that gets it, called only when the router picks this method.
 * `authextra`: more for HELLO.
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
        const key = options ? await derive(given, options.salt, options) : given;
        // WAMP-CRA signs the challenge exactly as it came.
        return bytesToBase64(await hmacSha256(utf8(key), utf8(challenge)));
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
 * Makes what a router keeps instead of a secret: a key by PBKDF2-SHA256, as base64.
 *
 * @param salt - Any text. It is used as it is.
 * @param options - `iterations`: default 1000. `keylen`: in octets, default 32. Each challenge contains both.
 * @throws TypeError (as a rejection) for a secret that is empty or not a string, and for wrong options.
 * @example { authrole: 'user', wampcra: { key: await deriveKey('secret', 'salt123'), salt: 'salt123', iterations: 1000,
 * keylen: 32 } }
 */
export async function deriveKey(secret: string, salt: string, options: DeriveOptions = {}): Promise<string> {
  expectSecret('secret of deriveKey', secret);
  expectString('salt of deriveKey', salt);
  checkOptions('deriveKey', options, { iterations: whole, keylen: whole, salt: any });
  return derive(secret, salt, options);
}

const whole: Known[string] = (value) =>
  typeof value === 'number' && value >= 1 && Math.floor(value) === value ? undefined : 'a whole number from 1 on';

async function derive(secret: string, salt: string, options: DeriveOptions): Promise<string> {
  return bytesToBase64(await pbkdf2(derivation(secret, salt, options)));
}
