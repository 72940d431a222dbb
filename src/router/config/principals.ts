/*
 * Reads the answer of a realm's authenticator as a user: in our own form, or Crossbar.io's for each of its methods (`role`, `extra`; `secret`,
 * `pubkey`, `stored-key` …). users.ts checks the user.
 */
import { hexToBytes } from '../../auth/crypto/bytes.ts';
import type { CraEntry } from '../../auth/methods/wampcra.ts';
import type { ScramEntry } from '../../auth/scram-entry.ts';
import { deriveKey } from '../../auth/wampcra.ts';
import { isDict, show } from '../../base/checks.ts';
import type { Dict } from '../../base/words.ts';
import { bytesToBase64 } from '../../serializer/bytes/base64.ts';
import type { User } from '../session/user.ts';

/** @returns Undefined if the authenticator refuses. @throws TypeError */
export async function userOf(answer: unknown, realm: string): Promise<User | undefined> {
  if (answer === undefined || answer === null || answer === false) return undefined;
  if (typeof answer === 'string') return { authrole: answer };
  if (!isDict(answer)) throw new TypeError(`expected the authenticator to answer an authrole or a user, got ${typeof answer}`);
  const { role, extra, realm: other = realm, secret, pubkey, authorized_keys: keys, ...rest } = answer;
  // Crossbar.io could send the client to another realm; here the permissions are those of the requested realm.
  if (other !== realm) throw new TypeError(`expected the authenticator to answer a user of ${realm}, got one of ${show(other)}`);
  const { salt, iterations, keylen, kdf, memory, 'stored-key': storedKey, 'server-key': serverKey, ...user } = rest;
  return {
    ...user,
    authrole: user.authrole ?? role,
    ...(extra === undefined || extra === null ? {} : { authextra: extra }),
    ...(secret === undefined ? {} : { wampcra: await craEntry(secret, salt, iterations, keylen) }),
    ...(storedKey === undefined ? {} : { scram: scramEntryOf({ salt, iterations, kdf, memory, storedKey, serverKey }) }),
    ...(pubkey === undefined && keys === undefined ? {} : { cryptosign: { publicKeys: keys ?? [pubkey] } }),
  } as User;
}

/** With a salt, Crossbar.io 26 derives the key itself: it gets the secret that the user types. */
async function craEntry(secret: unknown, salt: unknown, iterations: unknown, keylen: unknown): Promise<CraEntry> {
  if (typeof secret !== 'string') throw new TypeError('expected the authenticator to answer a secret that is a string');
  if (typeof salt !== 'string') return { secret };
  const count = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
  const costs = { iterations: count(iterations, 1000), keylen: count(keylen, 32) };
  return { key: await deriveKey(secret, salt, costs), salt, ...costs };
}

/** Crossbar.io has hex where WAMP has base64. */
function scramEntryOf({ salt, storedKey, serverKey, ...how }: Dict): ScramEntry {
  const base64 = (hex: unknown): string => bytesToBase64((typeof hex === 'string' && hexToBytes(hex)) || new Uint8Array(0));
  return { ...how, salt: base64(salt), storedKey: base64(storedKey), serverKey: base64(serverKey) } as ScramEntry;
}
