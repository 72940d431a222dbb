/*
 * WAMP "Salted Challenge Response Authentication Mechanism", the router's side, in both dialects. What the router keeps is
 * not enough to log in, and the router proves that it knows the user.
 */
import { JoinError } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import { base64ToBytes, bytesToBase64 } from '../../serializer/bytes/base64.ts';
import { sameBytes, utf8, xor } from '../crypto/bytes.ts';
import { hmacSha256, sha256 } from '../crypto/hashes-now.ts';
import { randomBytes } from '../crypto/random.ts';
import { saslprep } from '../proofs/saslprep.ts';
import { defaults } from '../proofs/scram-limits.ts';
import { authMessage, METHOD, OLD_METHOD, oldAuthMessage, type Signed } from '../proofs/scram-message.ts';
import type { ScramEntry } from '../scram-entry.ts';
import type { Claim, Method } from './verifier.ts';

/** The entry of a user in the form that Crossbar.io's dialect needs. Undefined: the user cannot log in with that dialect. */
export function oldScramEntry(entry: ScramEntry | undefined): ScramEntry | undefined {
  if (entry?.kdf !== 'argon2id13') return entry;
  return entry.crossbar && { ...entry, ...entry.crossbar, kdf: 'argon2id-13' };
}

interface Dialect {
  readonly authmethod: string;
  message(authid: string, clientNonce: string, asked: Signed): Uint8Array;
  /** The part of CHALLENGE.Extra with the memory. Autobahn|Python does not accept `memory: null`. */
  memory(memory: number | undefined): Dict;
  /** The key in WELCOME.Details.authextra for the router's proof. */
  readonly verifier: string;
}

/** WAMP's own dialect, `wamp-scram`. */
export const scramMethod: Method<ScramEntry> = /* @__PURE__ */ method({
  authmethod: METHOD,
  message: authMessage,
  memory: (memory) => ({ memory: memory ?? null }),
  verifier: 'verifier',
});

/** The dialect of Crossbar.io and Autobahn|Python, `scram`. Its entries come from `oldScramEntry`. */
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
      const nobodys = nobody(claim, like); // computed for users who exist as well, so that the work is the same
      const { salt, iterations, kdf, memory, storedKey, serverKey } = entry ?? nobodys;
      const { nonce: own, channel_binding } = claim.authextra;
      const nonce = `${String(own)}${bytesToBase64(randomBytes(18))}`;
      let isOpen = true;
      return {
        challenge() {
          if (typeof own !== 'string' || !/^[!-+--~]+$/.test(own))
            throw failed('expected HELLO.Details.authextra.nonce to be printable text');
          if (channel_binding !== undefined && channel_binding !== null)
            throw failed(`there is no channel binding with ${dialect.authmethod} here`);
          return { nonce, salt, kdf, iterations, ...dialect.memory(memory) };
        },
        verify(signature, extra) {
          const message = dialect.message(preparedOr(claim.claimedAuthid), String(own), { nonce, salt, iterations });
          const stored = base64ToBytes(storedKey) ?? new Uint8Array(32);
          const clientKey = xor(hmacSha256(stored, message), base64ToBytes(signature) ?? new Uint8Array(0));
          const isRight = sameBytes(sha256(clientKey), stored) && base64ToBytes(signature)?.length === 32;
          // Autobahn|Python does not send the nonce again; the signed text contains it.
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

/** A name that saslprep refuses belongs to no user, so it is used as it is. */
function preparedOr(authid: string): string {
  try {
    return saslprep(authid);
  } catch {
    return authid;
  }
}

/**
 * An entry for a user who does not exist. It looks like that of a real user, and is the same each time. No password fits its
 * keys.
 */
function nobody({ realm, authid, routerSecret }: Claim, like: ScramEntry | undefined): ScramEntry {
  const made = (what: string): Uint8Array => hmacSha256(routerSecret, utf8(`scram ${what} ${realm} ${authid}`));
  const { kdf = 'pbkdf2', iterations = defaults.iterations, memory } = like ?? {};
  const octets = base64ToBytes(like?.salt ?? '=')?.length ?? 16;
  const salt = bytesToBase64(made('salt').subarray(0, octets));
  return { kdf, iterations, memory, salt, storedKey: bytesToBase64(made('stored')), serverKey: bytesToBase64(made('server')) };
}
