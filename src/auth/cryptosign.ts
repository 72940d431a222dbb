/*
 * WAMP "Cryptosign-based Authentication": an Ed25519 key in place of a secret. Whoever logs in signs the router's challenge; a router with a key signs
 * the client's. With channel binding what is signed belongs to this TLS connection, so nobody in the middle can pass it on.
 * Ed25519 is tweetnacl's everywhere: WebCrypto has it since Node.js 20 and Chrome 137, on secure pages, and not in older browsers, so tweetnacl would be
 * there all the same, and one signature a login is no work (a key in WebCrypto or in hardware can be a `Signer`).
 */
import nacl from 'tweetnacl';
import { JoinError } from '../errors.ts';
import { any, oneOf } from '../options.ts';
import type { Dict } from '../words.ts';
import { bytesToHex, hexToBytes, sameBytes, xor } from './bytes.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, type LoginLine, refusal, type Secret } from './credentials.ts';
import { randomBytes } from './random.ts';
import type { Claim, Method } from './verifier.ts';

/** Something that signs by Ed25519: a key in WebCrypto, in hardware, in another process. */
export interface Signer {
  /** 64 hex digits. */
  readonly publicKey: string;
  /** The signature, 64 octets. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Each 64 hex digits. */
export interface KeyPair {
  /** The seed. */
  readonly privateKey: string;
  readonly publicKey: string;
}

const LENGTH = 32;

/**
 * Logs in with an Ed25519 key (WAMP method `cryptosign`).
 *
 * @param options - `authid`: without it the router finds the user by the key. `privateKey`: the seed, 64 hex digits, or a {@link Signer}, or a
 * function that gets either; it is asked at each join, since the public key is in HELLO. `routerKey`: a router that does not prove that it has
 * this public key (64 hex digits) is refused. `channelBinding`: `tls-exporter` (TLS 1.3) or `tls-unique` (before), only in Node.js, by
 * `webSocket()` and `rawSocket()`; where the line has none, or the router does not take part, nothing is signed. Default none.
 * `authextra`: more for HELLO.
 * @throws TypeError for a key that is none.
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
  if (typeof privateKey !== 'function') signerOf(privateKey);
  if (routerKey !== undefined) keyBytes('routerKey', routerKey);
  return {
    authmethods: ['cryptosign'],
    isAsked: isAsked(privateKey),
    begin: async (attempt) => {
      const signer = signerOf(await ask(privateKey, attempt));
      const pubkey = signer.publicKey.toLowerCase();
      const own = routerKey === undefined ? undefined : randomBytes(LENGTH);
      const question = own === undefined ? {} : { challenge: bytesToHex(own) };
      let isProven = routerKey === undefined && channelBinding === undefined;
      return {
        authid,
        authextra: { ...authextra, pubkey, channel_binding: channelBinding ?? null, ...question },
        onchallenge: async (_method, extra, line) => {
          const channel = channelOf(channelBinding, extra.channel_binding, line);
          const challenge = hexToBytes(extra.challenge, LENGTH);
          if (!challenge) throw refusal(`expected CHALLENGE.Extra.challenge to be ${2 * LENGTH} hex digits`);
          if (routerKey !== undefined && own) checkRouter(routerKey, bound(own, channel), extra);
          isProven = true;
          return signed(await signer.sign(bound(challenge, channel)), bound(challenge, channel));
        },
        onwelcome: () => {
          if (!isProven) throw refusal('the router lets us in without a CHALLENGE, and so did not prove who it is');
        },
      };
    },
  };
}

/** @throws unless both sides want the same, and this line has it. */
function channelOf(wanted: 'tls-exporter' | 'tls-unique' | undefined, got: unknown, line: LoginLine): Uint8Array | undefined {
  if ((got ?? undefined) !== wanted)
    throw refusal(`expected CHALLENGE.Extra.channel_binding to be ${wanted ?? 'null'}, as in HELLO, got ${String(got)}`);
  if (wanted === undefined) return undefined;
  const channel = line.channelBinding(wanted);
  if (channel?.length !== LENGTH)
    throw refusal(
      `this line has no channel binding '${wanted}': it takes TLS in Node.js by webSocket() or rawSocket(), and tls-unique TLS 1.2`,
    );
  return channel;
}

/** What is signed for a challenge. */
function bound(challenge: Uint8Array, channel: Uint8Array | undefined): Uint8Array {
  return channel ? xor(challenge, channel) : challenge;
}

function signed(signature: Uint8Array, message: Uint8Array): string {
  return bytesToHex(signature) + bytesToHex(message);
}

/** The router's answer to our challenge, by the key that we know it by. */
function checkRouter(routerKey: string, message: Uint8Array, { pubkey, signature }: Dict): void {
  const isOther = typeof pubkey === 'string' && pubkey.toLowerCase() !== routerKey.toLowerCase();
  if (isOther || !verifies(hexToBytes(signature, 64 + LENGTH), message, keyBytes('routerKey', routerKey)))
    throw refusal('the router did not prove that it has the key that routerKey names');
}

/** Whether this is a signature of exactly this message, with the message behind it. As much work whatever is wrong. */
function verifies(both: Uint8Array | undefined, message: Uint8Array, publicKey: Uint8Array): boolean {
  const given = both ?? new Uint8Array(64 + LENGTH);
  // A signature of another challenge is a good signature, too: nothing is believed of what it says it has signed.
  const isSame = sameBytes(given.subarray(64), message);
  return nacl.sign.detached.verify(message, given.subarray(0, 64), publicKey) && isSame && both !== undefined;
}

/** @throws TypeError that does not show it. */
function keyBytes(name: string, hex: unknown): Uint8Array {
  const bytes = hexToBytes(hex, LENGTH);
  if (!bytes) throw new TypeError(`expected ${name} to be an Ed25519 key of ${2 * LENGTH} hex digits`);
  return bytes;
}

function signerOf(key: string | Signer): Signer {
  if (typeof key === 'object' && key !== null && typeof key.sign === 'function') {
    keyBytes('publicKey', key.publicKey);
    return key;
  }
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(keyBytes('privateKey', key));
  return { publicKey: bytesToHex(publicKey), sign: (message) => nacl.sign.detached(message, secretKey) };
}

/** @throws Error where the platform has no secure random source. */
export function generateKeyPair(): KeyPair {
  const privateKey = bytesToHex(randomBytes(LENGTH));
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** @throws TypeError for a key that is none. */
export function publicKeyOf(privateKey: string): string {
  return signerOf(privateKey).publicKey;
}

/** What the router keeps: whose signature is his. */
export interface CryptosignEntry {
  /** Each 64 hex digits. */
  readonly publicKeys: readonly string[];
}

/** A point of the curve, so that the arithmetic is the same; nobody is let in by it. */
const NOBODYS = `58${'66'.repeat(31)}`;

export const cryptosignMethod: Method<CryptosignEntry> = {
  authmethod: 'cryptosign',
  begin(claim, entry) {
    const { pubkey, channel_binding: binding } = claim.authextra;
    const keys = entry?.publicKeys ?? [];
    const claimed = typeof pubkey === 'string' ? pubkey.toLowerCase() : keys.length === 1 ? keys[0]?.toLowerCase() : undefined;
    const key = keys.some((each) => each.toLowerCase() === claimed) ? claimed : undefined;
    const challenge = randomBytes(LENGTH);
    let channel: Uint8Array | undefined;
    let isOpen = true;
    return {
      challenge() {
        if (binding !== undefined && binding !== null) {
          channel = claim.channelBinding?.(String(binding));
          if (channel?.length !== LENGTH)
            throw new JoinError('wamp.error.authentication_failed', `this line has no channel binding '${String(binding)}'`);
        }
        return { challenge: bytesToHex(challenge), channel_binding: binding ?? null, ...proofOfRouter(claim, channel) };
      },
      verify(signature) {
        const isRight = verifies(hexToBytes(signature, 64 + LENGTH), bound(challenge, channel), keyBytes('key', key ?? NOBODYS));
        const isValid = isRight && isOpen && key !== undefined;
        isOpen = false;
        return { isValid };
      },
    };
  },
};

/** WAMP-cryptosign, "router authentication": the client's challenge, signed. */
function proofOfRouter({ authextra, routerKey }: Claim, channel: Uint8Array | undefined): Dict {
  const question = hexToBytes(authextra.challenge, LENGTH);
  if (!question || routerKey === undefined) return {};
  const message = bound(question, channel);
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(keyBytes('the key of the router', routerKey));
  return { pubkey: bytesToHex(publicKey), signature: signed(nacl.sign.detached(message, secretKey), message) };
}
