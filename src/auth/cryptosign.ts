/*
 * WAMP "Cryptosign-based Authentication": the user has an Ed25519 key instead of a secret. The client signs the router's
 * challenge; a router with a key signs the client's challenge. With channel binding the signed bytes belong to this TLS
 * connection, so nobody in between can pass them on.
 */
import { any, oneOf } from '../base/options.ts';
import type { Dict } from '../base/words.ts';
import {
  ask,
  type Credentials,
  checkLogin,
  expectString,
  isAsked,
  type LoginChannel,
  refusal,
  type Secret,
} from './credentials.ts';
import { bytesToHex, hexToBytes } from './crypto/bytes.ts';
import { keyFromSeed, verify } from './crypto/ed25519.ts';
import { randomBytes } from './crypto/random.ts';
import { bound, keyBytes, LENGTH, readSigned, signed } from './proofs/cryptosign-proof.ts';

/** Something that signs with Ed25519: a key in WebCrypto, in hardware, or in another process. */
export interface Signer {
  /** 64 hex digits. */
  readonly publicKey: string;
  /** The signature, 64 octets. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/**
 * Logs in with an Ed25519 key (WAMP method `cryptosign`).
 *
 * @param options - `authid`: if it is absent, the router finds the user by the key. `privateKey`: the seed (64 hex digits), a
 * {@link Signer}, or a function that gets one of them. The function is called at each join, since the public key is in HELLO.
 * `routerKey`: the router's public key (64 hex digits); a router that does not prove that it has this key is refused.
 * `channelBinding`: `tls-exporter` (TLS 1.3) or `tls-unique` (before TLS 1.3), only in Node.js, with `webSocket()` and
 * `rawSocket()`. If the connection has no channel binding, or the router does not take part, the client signs nothing. The
 * default is no channel binding. `authextra`: more for HELLO.
 * @throws TypeError if a key is not valid.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Cryptosign-based Authentication"}
 * @example new Connection({ url, realm: 'realm1', auth: cryptosign({ privateKey: process.env.KEY ?? '' }) });
 */
export function cryptosign(options: {
  readonly authid?: string | undefined;
  readonly privateKey: Secret<string | Signer>;
  readonly routerKey?: string | undefined;
  readonly channelBinding?: 'tls-exporter' | 'tls-unique' | undefined;
  readonly authextra?: Dict | undefined;
}): Credentials {
  checkLogin('cryptosign', options, {
    privateKey: any,
    routerKey: any,
    channelBinding: oneOf('tls-exporter', 'tls-unique'),
  });
  const { authid, privateKey, routerKey, channelBinding, authextra } = options;
  if (authid !== undefined) expectString('authid', authid);
  if (typeof privateKey !== 'function') checkKey(privateKey);
  if (routerKey !== undefined) keyBytes('routerKey', routerKey);
  return {
    authmethods: ['cryptosign'],
    isAsked: isAsked(privateKey),
    begin: async (attempt) => {
      const signer = await signerOf(await ask(privateKey, attempt));
      const pubkey = signer.publicKey.toLowerCase();
      const own = routerKey === undefined ? undefined : randomBytes(LENGTH);
      const question = own === undefined ? {} : { challenge: bytesToHex(own) };
      let isProven = routerKey === undefined && channelBinding === undefined;
      return {
        authid,
        authextra: { ...authextra, pubkey, channel_binding: channelBinding ?? null, ...question },
        onchallenge: async (_method, extra, over) => {
          const channel = channelOf(channelBinding, extra.channel_binding, over);
          const challenge = hexToBytes(extra.challenge, LENGTH);
          if (!challenge) throw refusal(`expected CHALLENGE.Extra.challenge to be ${2 * LENGTH} hex digits`);
          if (routerKey !== undefined && own) await checkRouter(routerKey, bound(own, channel), extra);
          isProven = true;
          return signed(await signer.sign(bound(challenge, channel)), bound(challenge, channel));
        },
        onwelcome: () => {
          if (!isProven) throw refusal('the router accepted us without a CHALLENGE, so it did not prove who it is');
        },
      };
    },
  };
}

/** @throws {@link JoinError} unless both sides want the same binding, and this connection has it. */
function channelOf(wanted: 'tls-exporter' | 'tls-unique' | undefined, got: unknown, over: LoginChannel): Uint8Array | undefined {
  if ((got ?? undefined) !== wanted)
    throw refusal(`expected CHALLENGE.Extra.channel_binding to be ${wanted ?? 'null'}, as in HELLO, got ${String(got)}`);
  if (wanted === undefined) return undefined;
  const channel = over.channelBinding(wanted);
  if (channel?.length !== LENGTH)
    throw refusal(
      `this connection has no channel binding '${wanted}': it needs TLS in Node.js by webSocket() or rawSocket(), and tls-unique needs TLS 1.2`,
    );
  return channel;
}

/** Checks the router's answer to our challenge with the key that we have for the router. */
async function checkRouter(routerKey: string, message: Uint8Array, { pubkey, signature: given }: Dict): Promise<void> {
  const isOther = typeof pubkey === 'string' && pubkey.toLowerCase() !== routerKey.toLowerCase();
  const { signature, isOfMessage } = readSigned(given, message);
  if (isOther || !isOfMessage || !(await verify(keyBytes('routerKey', routerKey), message, signature)))
    throw refusal('the router did not prove that it has the key that routerKey names');
}

/** @throws TypeError that does not show the key. */
function checkKey(key: string | Signer): Signer | Uint8Array {
  if (typeof key !== 'object' || key === null || typeof key.sign !== 'function') return keyBytes('privateKey', key);
  keyBytes('publicKey', key.publicKey);
  return key;
}

async function signerOf(given: string | Signer): Promise<Signer> {
  const key = checkKey(given);
  if ('sign' in key) return key;
  const { publicKey, sign } = await keyFromSeed(key);
  return { publicKey: bytesToHex(publicKey), sign };
}
