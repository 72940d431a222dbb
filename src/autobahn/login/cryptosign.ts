/* `autobahn.auth_cryptosign`, with key pairs of tweetnacl. */
import type { SignKeyPair } from 'tweetnacl';
import type { IConnectionOptions } from '../api/connection-options.ts';
import type { Any } from '../base/any.ts';
import { atob, btoa, btoh, htob } from '../base/bytes.ts';
import { Connection } from '../connection/connection.ts';
import { nacl } from './nacl.ts';

/** The seed is kept in `localStorage`, and made if it is not there. */
export function load_private_key(name: string, force_regenerate?: boolean): SignKeyPair {
  let seed = atob(localStorage.getItem(name) ?? '');
  if (!seed || force_regenerate) {
    seed = newSeed();
    localStorage.setItem(name, btoa(seed) ?? '');
  }
  return nacl.sign.keyPair.fromSeed(seed);
}

/** By tweetnacl, since a program may have given it a source of its own (`nacl.setPRNG`). */
function newSeed(): Uint8Array {
  try {
    return nacl.randomBytes(nacl.sign.seedLength);
  } catch (cause) {
    throw new Error('this platform has no secure random source (crypto.getRandomValues), and a new key needs one', { cause });
  }
}

export function delete_private_key(name: string): void {
  // Overwritten first, since the storage may keep it on disk. Not every platform has random bytes, and this needs none.
  for (let i = 0; i < 5; i++) localStorage.setItem(name, btoa(new Uint8Array(nacl.sign.seedLength).fill(i)) ?? '');
  localStorage.setItem(name, '');
}

export function sign_challenge(pkey: SignKeyPair, extra: Any): string {
  const challenge = htob(extra.challenge) ?? new Uint8Array(0);
  return `${btoh(nacl.sign.detached(challenge, pkey.secretKey))}${btoh(challenge)}`;
}

export function public_key(pkey: SignKeyPair): string {
  return btoh(pkey.publicKey) ?? '';
}

export interface CryptosignConfig
  extends Pick<IConnectionOptions, 'url' | 'realm' | 'authid' | 'serializers' | 'use_es6_promises' | 'use_deferred'> {
  pkey: SignKeyPair;
  activation_code?: string | undefined;
  request_new_activation_code?: boolean | undefined;
  debug?: boolean | undefined;
}

export function create_connection(config: CryptosignConfig): Connection {
  const { url, realm, authid, pkey, activation_code, request_new_activation_code, serializers } = config;
  if (config.debug) console.log({ url, realm, authid, activation_code, request_new_activation_code, serializers });
  return new Connection({
    url,
    realm,
    authid,
    authmethods: ['cryptosign'],
    onchallenge: (_session, method, extra) => {
      if (method !== 'cryptosign') throw `don't know how to authenticate using '${method}'`;
      return sign_challenge(pkey, extra);
    },
    authextra: {
      pubkey: public_key(pkey),
      trustroot: null,
      challenge: null,
      channel_binding: null,
      activation_code,
      request_new_activation_code,
    },
    serializers,
    use_es6_promises: config.use_es6_promises,
    use_deferred: config.use_deferred,
  });
}
