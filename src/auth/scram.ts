/*
 * WAMP "Salted Challenge Response Authentication Mechanism" (RFC 5802, RFC 7677). What the router keeps is not enough to log
 * in, and the router proves that it knows the user. Implementations differ in whether they join the octets of the nonces or
 * their base64. Nonces of 18 or 24 octets give the same result both ways.
 */
import { isDict } from '../base/checks.ts';
import { amount, any, func } from '../base/options.ts';
import type { Dict } from '../base/words.ts';
import { base64ToBytes, bytesToBase64 } from '../serializer/bytes/base64.ts';
import { ask, type Credentials, checkLogin, expectString, isAsked, refusal, type Secret } from './credentials.ts';
import { sameBytes, utf8 } from './crypto/bytes.ts';
import { randomBytes } from './crypto/random.ts';
import { saslprep } from './proofs/saslprep.ts';
import { type Argon2id, asOldKey, byPbkdf2, prove } from './proofs/scram-keys.ts';
import { defaults, isModerate } from './proofs/scram-limits.ts';
import { authMessage, METHOD, OLD_METHOD, oldAuthMessage, type Signed } from './proofs/scram-message.ts';

/**
 * Logs in by SCRAM (WAMP method `wamp-scram`; `scram` at Crossbar.io). The router must prove that it knows the user; one that
 * does not is refused.
 *
 * @param options - `password`: the password, or a function that gets it, called only when the router picks this method.
 * `argon2id`: the function for argon2id13, from `autostrada/argon2`; without it only pbkdf2 is accepted. `minIterations`: for
 * pbkdf2, default 4096. A router that asks for fewer is refused, because it may try to find out the password.
 * `maxIterations`: default 1 000 000 (for argon2id13: 1 GiB). A router that asks for more is refused, because it may only
 * want to keep us busy. `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `password` is missing, or not allowed (RFC 4013).
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
          const { proof, verifier } = await prove(salted, message);
          expected = verifier;
          return { signature: bytesToBase64(proof), extra: { nonce: asked.nonce, channel_binding: null } };
        },
        onwelcome: ({ authextra }) => {
          const { scram_server_signature: theirs, verifier = theirs } = isDict(authextra) ? authextra : {};
          // In the text of the specification it is plain base64. In its example, and in bondy, `v=` of RFC 5802 comes first.
          const given = typeof verifier === 'string' ? base64ToBytes(verifier.replace(/^v=/, '')) : undefined;
          if (!expected || !given || !sameBytes(expected, given))
            throw refusal('the router did not prove that it knows the user (WELCOME.Details.authextra.verifier)');
        },
      };
    },
  };
}

interface Asked extends Signed {
  readonly kdf: unknown;
  readonly memory: unknown;
}

function readChallenge({ nonce, salt, kdf, iterations, memory }: Dict, own: string): Asked {
  if (typeof nonce !== 'string' || nonce.indexOf(own) !== 0 || nonce.length === own.length)
    throw refusal("expected CHALLENGE.Extra.nonce to begin with the client's nonce and to be longer");
  if (typeof salt !== 'string' || base64ToBytes(salt) === undefined) throw refusal('expected CHALLENGE.Extra.salt to be base64');
  if (!isCount(iterations)) throw refusal(`expected CHALLENGE.Extra.iterations to be a count, got ${String(iterations)}`);
  return { nonce, salt, kdf, iterations, memory };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && Math.floor(value) === value;
}

type Derive = (password: string) => Promise<Uint8Array>;

/** The key derivation that the router asks for, if we have it and the amount of work is within the limits. */
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
  if (!isCount(memory) || !isModerate(memory, iterations) || iterations > maxIterations)
    throw refusal(`the router asks for too little or too much of argon2id13: ${iterations} times ${String(memory)} KiB`);
  return async (password) => {
    const key = await argon2id({ password: utf8(saslprep(password)), salt: salted, iterations, memoryKiB: memory, length: 32 });
    return isOld ? asOldKey(key) : key;
  };
}
