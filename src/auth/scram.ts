/*
 * WAMP "Salted Challenge Response Authentication Mechanism" (RFC 5802, RFC 7677): the router keeps nothing that would let anybody log in, and proves in
 * its turn that it knows the user. Nonces of 18 or 24 octets are joined alike whether one joins octets or their base64, as implementations differ.
 */
import { JoinError } from '../errors.ts';
import { amount, any, func } from '../options.ts';
import { base64ToBytes, bytesToBase64 } from '../serializer/base64.ts';
import type { Dict } from '../words.ts';
import { sameBytes, utf8, xor } from './bytes.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, refusal, type Secret } from './credentials.ts';
import { hmacSha256, pbkdf2, sha256 } from './crypto.ts';
import { randomBytes } from './random.ts';
import { saslprep } from './saslprep.ts';
import type { Claim, Method } from './verifier.ts';

/** Argon2id, version 1.3, one lane. `autostrada/argon2` has one. */
export type Argon2id = (input: {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** Passes over the memory. */
  readonly iterations: number;
  readonly memoryKiB: number;
  /** Of the key, in octets. */
  readonly length: number;
}) => Promise<Uint8Array>;

/**
 * What a router keeps for a user who logs in by WAMP-SCRAM. JSON. `scramEntry` makes one. `argon2id-13` is Crossbar.io's Argon2id: good for the method
 * `scram` only.
 */
export interface ScramEntry {
  readonly kdf: 'pbkdf2' | 'argon2id13' | 'argon2id-13';
  /** Base64. */
  readonly salt: string;
  readonly iterations: number;
  /** KiB, for argon2id13. */
  readonly memory?: number | undefined;
  /** Base64. */
  readonly storedKey: string;
  readonly serverKey: string;
  /** Of argon2id13: the keys for Crossbar.io's dialect, the method `scram`, which Autobahn|Python speaks. Without them: only `wamp-scram`. */
  readonly crossbar?: { readonly storedKey: string; readonly serverKey: string } | undefined;
}

const METHOD = 'wamp-scram';
/**
 * Crossbar.io and Autobahn|Python, which were there before the specification: another name, no channel binding in what is signed, names as they are,
 * the verifier elsewhere, and of Argon2id the base64 as key. Offered first, since Crossbar.io refuses who offers what it does not know.
 */
const OLD_METHOD = 'scram';
const defaults = {
  minIterations: 4096,
  maxIterations: 1_000_000,
  iterations: 100_000,
  memoryKiB: 19_456,
  argon2Iterations: 2,
} as const;
/** Of argon2id13. The product of memory and iterations tells how much work it is, for us and for who guesses. */
const MAX_MEMORY_KIB = 2 ** 20;
const [MIN_WORK_KIB, MAX_WORK_KIB] = [2 ** 12, 2 ** 24];

/** Whether a client that is told nothing else (`minIterations`, `maxIterations`) computes what this entry asks for. */
export function isUsual({ kdf, iterations, memory = 0 }: Pick<ScramEntry, 'kdf' | 'iterations' | 'memory'>): boolean {
  if (iterations > defaults.maxIterations) return false;
  if (kdf === 'pbkdf2') return iterations >= defaults.minIterations;
  const work = memory * iterations;
  return memory <= MAX_MEMORY_KIB && work >= MIN_WORK_KIB && work <= MAX_WORK_KIB;
}

/**
 * Logs in by SCRAM (WAMP method `wamp-scram`; `scram` at Crossbar.io) and has the router prove that it knows the user: one that does not is refused.
 *
 * @param options - `password`: or a function that gets it, asked only when the router picks this method. `argon2id`: for argon2id13, from
 * `autostrada/argon2`; without it only pbkdf2 is accepted. `minIterations`: of pbkdf2, default 4096; a router that asks for less is refused, as
 * it may be after the password. `maxIterations`: default 1 000 000 (argon2id13: 1 GiB); one that asks for more would only keep us busy.
 * `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `password` is missing, or cannot be (RFC 4013).
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Salted Challenge Response Authentication Mechanism"}
 * @example new Connection({ url, realm: 'realm1', auth: scram({ authid: 'joe', password: 'secret' }) });
 */
export function scram(options: {
  readonly authid: string;
  readonly password: Secret;
  readonly argon2id?: Argon2id | undefined;
  readonly minIterations?: number | undefined;
  readonly maxIterations?: number | undefined;
  readonly authextra?: Dict | undefined;
}): Credentials {
  checkLogin('scram', options, { password: any, argon2id: func, minIterations: amount, maxIterations: amount });
  const { password, argon2id, minIterations = defaults.minIterations, maxIterations = defaults.maxIterations } = options;
  const authid = saslprep(expectString('authid', options.authid));
  if (typeof password !== 'function') saslprep(expectString('password', password));
  return {
    authmethods: [OLD_METHOD, METHOD],
    isAsked: isAsked(password),
    begin: (attempt) => {
      const nonce = bytesToBase64(randomBytes(24));
      let expected: Uint8Array | undefined;
      return {
        authid,
        authextra: { ...options.authextra, nonce, channel_binding: null },
        onchallenge: async (method, extra) => {
          const asked = readChallenge(extra, nonce);
          const derive = limited(asked, { argon2id, minIterations, maxIterations });
          const salted = await derive(expectString('password', await ask(password, attempt)));
          const message = method === OLD_METHOD ? oldAuthMessage(authid, nonce, asked) : authMessage(authid, nonce, asked);
          const { proof, verifier } = prove(salted, message);
          expected = verifier;
          return { signature: bytesToBase64(proof), extra: { nonce: asked.nonce, channel_binding: null } };
        },
        onwelcome: ({ authextra }) => {
          const { scram_server_signature: theirs, verifier = theirs } = (authextra ?? {}) as Dict;
          // The specification's text has it bare, its example and bondy with the `v=` of RFC 5802.
          const given = typeof verifier === 'string' ? base64ToBytes(verifier.replace(/^v=/, '')) : undefined;
          if (!expected || !given || !sameBytes(expected, given))
            throw refusal('the router did not prove that it knows the user (WELCOME.Details.authextra.verifier)');
        },
      };
    },
  };
}

interface Asked {
  /** As they came: what is signed is this text. */
  readonly nonce: string;
  readonly salt: string;
  readonly kdf: unknown;
  readonly iterations: number;
  readonly memory: unknown;
}

function readChallenge({ nonce, salt, kdf, iterations, memory }: Dict, own: string): Asked {
  if (typeof nonce !== 'string' || nonce.indexOf(own) !== 0 || nonce.length === own.length)
    throw refusal("expected CHALLENGE.Extra.nonce to begin with the client's nonce, and to go on");
  if (typeof salt !== 'string' || base64ToBytes(salt) === undefined) throw refusal('expected CHALLENGE.Extra.salt to be base64');
  if (!isCount(iterations)) throw refusal(`expected CHALLENGE.Extra.iterations to be a count, got ${String(iterations)}`);
  return { nonce, salt, kdf, iterations, memory };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && Math.floor(value) === value;
}

type Derive = (password: string) => Promise<Uint8Array>;

/** The KDF that is asked for, if we have it and neither too little nor too much is asked. */
function limited(
  { kdf, iterations, memory, salt }: Asked,
  limits: { readonly argon2id: Argon2id | undefined; readonly minIterations: number; readonly maxIterations: number },
): Derive {
  const salted = base64ToBytes(salt) ?? new Uint8Array(0);
  const { argon2id, minIterations, maxIterations } = limits;
  if (kdf === 'pbkdf2') {
    if (iterations < minIterations || iterations > maxIterations)
      throw refusal(`expected the router to ask for ${minIterations} to ${maxIterations} iterations of pbkdf2, got ${iterations}`);
    return (password) => byPbkdf2(password, salted, iterations);
  }
  const isOld = kdf === 'argon2id-13';
  if (kdf !== 'argon2id13' && !isOld) throw refusal(`expected CHALLENGE.Extra.kdf to be pbkdf2 or argon2id13, got ${String(kdf)}`);
  if (!argon2id) throw refusal("the router wants argon2id13, and scram() has no argon2id: give it the one of 'autostrada/argon2'");
  const work = isCount(memory) ? memory * iterations : 0;
  if (!isCount(memory) || memory > MAX_MEMORY_KIB || work < MIN_WORK_KIB || work > MAX_WORK_KIB || iterations > maxIterations)
    throw refusal(`the router asks for too little or too much of argon2id13: ${iterations} times ${String(memory)} KiB`);
  return async (password) => {
    const key = await argon2id({ password: utf8(saslprep(password)), salt: salted, iterations, memoryKiB: memory, length: 32 });
    return isOld ? asOldKey(key) : key;
  };
}

/** Crossbar.io's key of Argon2id is the base64 of it, without padding. */
function asOldKey(key: Uint8Array): Uint8Array {
  return utf8(bytesToBase64(key).replace(/=+$/, ''));
}

function byPbkdf2(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  return pbkdf2({ password: utf8(saslprep(password)), salt, iterations, length: 32 });
}

interface Keys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

function keysOf(salted: Uint8Array): Keys {
  const clientKey = hmacSha256(salted, utf8('Client Key'));
  return { clientKey, storedKey: sha256(clientKey), serverKey: hmacSha256(salted, utf8('Server Key')) };
}

/** The client's proof, and what the router's must be. */
export function prove(salted: Uint8Array, message: Uint8Array): { readonly proof: Uint8Array; readonly verifier: Uint8Array } {
  const { clientKey, storedKey, serverKey } = keysOf(salted);
  return { proof: xor(clientKey, hmacSha256(storedKey, message)), verifier: hmacSha256(serverKey, message) };
}

/** What both sides sign. RFC 5802 section 5.1: a name has no `,` and `=`. `biws` is base64 of `n,,`: no channel binding. */
export function authMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  const name = authid.replace(/[,=]/g, (sign) => (sign === ',' ? '=2C' : '=3D'));
  return signedText(name, clientNonce, asked, 'biws');
}

/** The same as Crossbar.io and Autobahn|Python have it. */
export function oldAuthMessage(authid: string, clientNonce: string, asked: Signed): Uint8Array {
  return signedText(authid, clientNonce, asked, '');
}

type Signed = Pick<Asked, 'nonce' | 'salt' | 'iterations'>;

function signedText(name: string, clientNonce: string, { nonce, salt, iterations }: Signed, binding: string): Uint8Array {
  return utf8(`n=${name},r=${clientNonce},r=${nonce},s=${salt},i=${iterations},c=${binding},r=${nonce}`);
}

/**
 * What the router keeps for a user in place of the password.
 *
 * @param options - `iterations`: default 100 000 of pbkdf2. `argon2id`: makes it an entry of argon2id13, with `memoryKiB` (default 19 456) and
 * `iterations` (default 2).
 * @throws TypeError for a password that cannot be (RFC 4013).
 * @example { authrole: 'user', scram: await scramEntry('secret') }
 */
export async function scramEntry(
  password: string,
  options: {
    readonly iterations?: number | undefined;
    readonly argon2id?: Argon2id | undefined;
    readonly memoryKiB?: number | undefined;
  } = {},
): Promise<ScramEntry> {
  const {
    argon2id,
    iterations = argon2id ? defaults.argon2Iterations : defaults.iterations,
    memoryKiB = defaults.memoryKiB,
  } = options;
  const random = randomBytes(16);
  const length = 32;
  const salted = argon2id
    ? await argon2id({ password: utf8(saslprep(password)), salt: random, iterations, memoryKiB, length })
    : await byPbkdf2(password, random, iterations);
  const how = argon2id ? { kdf: 'argon2id13' as const, iterations, memory: memoryKiB } : { kdf: 'pbkdf2' as const, iterations };
  const crossbar = argon2id ? { crossbar: storedKeys(asOldKey(salted)) } : undefined;
  return { ...how, salt: bytesToBase64(random), ...storedKeys(salted), ...crossbar };
}

function storedKeys(salted: Uint8Array): { readonly storedKey: string; readonly serverKey: string } {
  const { storedKey, serverKey } = keysOf(salted);
  return { storedKey: bytesToBase64(storedKey), serverKey: bytesToBase64(serverKey) };
}

/** The entry of a user as Crossbar.io's dialect needs it; undefined: he cannot log in by it. */
export function oldScramEntry(entry: ScramEntry | undefined): ScramEntry | undefined {
  if (entry?.kdf !== 'argon2id13') return entry;
  return entry.crossbar && { ...entry, ...entry.crossbar, kdf: 'argon2id-13' };
}

interface Dialect {
  readonly authmethod: string;
  message(authid: string, clientNonce: string, asked: Signed): Uint8Array;
  /** CHALLENGE.Extra. Autobahn|Python takes no `memory` that is null. */
  memory(memory: number | undefined): Dict;
  /** Under which name WELCOME has it. */
  readonly verifier: string;
}

/** WAMP's own, `wamp-scram`. */
export const scramMethod: Method<ScramEntry> = /* @__PURE__ */ method({
  authmethod: METHOD,
  message: authMessage,
  memory: (memory) => ({ memory: memory ?? null }),
  verifier: 'verifier',
});

/** Crossbar.io's and Autobahn|Python's, `scram`. Its entries are those of `oldScramEntry`. */
export const oldScramMethod: Method<ScramEntry> = /* @__PURE__ */ method({
  authmethod: OLD_METHOD,
  message: oldAuthMessage,
  memory: (memory) => (memory === undefined ? {} : { memory }),
  verifier: 'scram_server_signature',
});

function method(dialect: Dialect): Method<ScramEntry> {
  return {
    authmethod: dialect.authmethod,
    begin(claim, entry, like) {
      const nobodys = nobody(claim, like); // also where there is somebody: the work is the same
      const { salt, iterations, kdf, memory, storedKey, serverKey } = entry ?? nobodys;
      const { nonce: own, channel_binding } = claim.authextra;
      const nonce = `${String(own)}${bytesToBase64(randomBytes(18))}`;
      let isOpen = true;
      return {
        challenge() {
          if (typeof own !== 'string' || !/^[!-+--~]+$/.test(own))
            throw failed('expected HELLO.Details.authextra.nonce to be a text');
          if (channel_binding !== undefined && channel_binding !== null)
            throw failed(`there is no channel binding with ${dialect.authmethod} here`);
          return { nonce, salt, kdf, iterations, ...dialect.memory(memory) };
        },
        verify(signature, extra) {
          const message = dialect.message(preparedOr(claim.claimedAuthid), String(own), { nonce, salt, iterations });
          const stored = base64ToBytes(storedKey) ?? new Uint8Array(32);
          const clientKey = xor(hmacSha256(stored, message), base64ToBytes(signature) ?? new Uint8Array(0));
          const isRight = sameBytes(sha256(clientKey), stored) && base64ToBytes(signature)?.length === 32;
          // Autobahn|Python does not say the nonce again: it is in what is signed.
          const isSame = (extra.nonce ?? (dialect.authmethod === OLD_METHOD ? nonce : undefined)) === nonce;
          const isUnbound = (extra.channel_binding ?? null) === null;
          const verifier = bytesToBase64(hmacSha256(base64ToBytes(serverKey) ?? new Uint8Array(32), message));
          const isValid = isRight && isSame && isUnbound && isOpen && entry !== undefined;
          isOpen = false;
          return isValid ? { isValid, authextra: { [dialect.verifier]: verifier } } : { isValid };
        },
      };
    },
  };
}

function failed(text: string): JoinError {
  return new JoinError('wamp.error.authentication_failed', text);
}

/** What cannot be prepared is nobody's name. */
function preparedOr(authid: string): string {
  try {
    return saslprep(authid);
  } catch {
    return authid;
  }
}

/** Somebody who is not there looks like somebody who is, and like himself each time. Nobody knows a password for his keys. */
function nobody({ realm, authid, routerSecret }: Claim, like: ScramEntry | undefined): ScramEntry {
  const made = (what: string): Uint8Array => hmacSha256(routerSecret, utf8(`scram ${what} ${realm} ${authid}`));
  const { kdf = 'pbkdf2', iterations = defaults.iterations, memory } = like ?? {};
  const octets = base64ToBytes(like?.salt ?? '=')?.length ?? 16;
  const salt = bytesToBase64(made('salt').subarray(0, octets));
  return { kdf, iterations, memory, salt, storedKey: bytesToBase64(made('stored')), serverKey: bytesToBase64(made('server')) };
}
