/* What a router keeps for a user who logs in by SCRAM. */
import { bytesToBase64 } from '../serializer/bytes/base64.ts';
import { expectSecret } from './credentials.ts';
import { utf8 } from './crypto/bytes.ts';
import { randomBytes } from './crypto/random.ts';
import { saslprep } from './proofs/saslprep.ts';
import { type Argon2id, asOldKey, byPbkdf2, keysOf } from './proofs/scram-keys.ts';
import { defaults } from './proofs/scram-limits.ts';

/**
 * What a router keeps for a user who logs in by WAMP-SCRAM. It is JSON; `scramEntry` makes it. `argon2id-13` is Crossbar.io's
 * Argon2id: it works for the method `scram` only.
 */
export interface ScramEntry {
  readonly kdf: 'pbkdf2' | 'argon2id13' | 'argon2id-13';
  /** Base64. */
  readonly salt: string;
  readonly iterations: number;
  /** In KiB, for argon2id13. */
  readonly memory?: number | undefined;
  /** Base64. */
  readonly storedKey: string;
  readonly serverKey: string;
  /**
   * For argon2id13: the keys for Crossbar.io's dialect, the method `scram`, which Autobahn|Python speaks. Without them the
   * user can only use `wamp-scram`.
   */
  readonly crossbar?: { readonly storedKey: string; readonly serverKey: string } | undefined;
}

/**
 * Makes what the router keeps for a user instead of the password.
 *
 * @param options - `iterations`: of pbkdf2, default 100 000. `argon2id`: the entry is made with argon2id13, with `memoryKiB`
 * (default 19 456) and `iterations` (default 2).
 * @throws TypeError (as a rejection) for a password that is empty, not a string, or not allowed (RFC 4013).
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
  expectSecret('password of scramEntry', password);
  const random = randomBytes(16);
  const length = 32;
  const salted = argon2id
    ? await argon2id({ password: utf8(saslprep(password)), salt: random, iterations, memoryKiB, length })
    : await byPbkdf2(password, random, iterations);
  const how = argon2id ? { kdf: 'argon2id13' as const, iterations, memory: memoryKiB } : { kdf: 'pbkdf2' as const, iterations };
  const crossbar = argon2id ? { crossbar: await storedKeys(asOldKey(salted)) } : undefined;
  return { ...how, salt: bytesToBase64(random), ...(await storedKeys(salted)), ...crossbar };
}

async function storedKeys(salted: Uint8Array): Promise<{ readonly storedKey: string; readonly serverKey: string }> {
  const { storedKey, serverKey } = await keysOf(salted);
  return { storedKey: bytesToBase64(storedKey), serverKey: bytesToBase64(serverKey) };
}
