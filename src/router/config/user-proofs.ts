/*
 * The data for a user's login: ticket, wampcra, scram, cryptosign. An entry by which nobody could ever log in is refused at the start.
 * At the login it would be too late: a client only learns that it was refused. The values are secrets, so errors show only their type and length.
 */
import { hexToBytes } from '../../auth/crypto/bytes.ts';
import { MOST as MOST_OF_CRA } from '../../auth/proofs/wampcra-key.ts';
import { isDict } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import type { Dict } from '../../base/words.ts';
import { base64ToBytes } from '../../serializer/bytes/base64.ts';
import { within } from './config-path.ts';

/** Undefined for a good value, else what was expected. `entry` is the object that has it. */
type Check = (value: unknown, entry: Dict) => string | undefined;
type Fields = { readonly [field: string]: Check };

const MAX_UINT32 = 2 ** 32 - 1;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'a text that is not empty');

function count(least: number, most: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? undefined
      : `an integer from ${least} to ${most}`;
}

function base64(length: number): Check {
  return (value) => (octetsOf(value) === length ? undefined : `base64 of ${length} octets`);
}

/** The length of the decoded base64 text; undefined if it is not base64. */
function octetsOf(value: unknown): number | undefined {
  return typeof value === 'string' ? base64ToBytes(value)?.length : undefined;
}

const plainCra: Fields = { secret: text };
const saltedCra: Fields = {
  keylen: count(1, MOST_OF_CRA.keylen), // first, because the key must have this length
  key: (value, { keylen }) => base64(Number(keylen))(value, {}),
  salt: text,
  iterations: count(1, MOST_OF_CRA.iterations),
};

const scramKeys: Fields = { storedKey: base64(32), serverKey: base64(32) };
const kdf: Check = (value) =>
  value === 'pbkdf2' || value === 'argon2id13' || value === 'argon2id-13' ? undefined : 'pbkdf2 or argon2id13';
const pbkdf2: Fields = {
  kdf,
  salt: (value) => ((octetsOf(value) ?? 0) > 0 ? undefined : 'base64 of at least one octet'),
  iterations: count(1, MAX_UINT32),
  ...scramKeys,
};
/** RFC 9106, section 3.1. */
const argon2: Fields = {
  ...pbkdf2,
  salt: (value) => ((octetsOf(value) ?? 0) >= 8 ? undefined : 'base64 of at least 8 octets'),
  memory: count(8, MAX_UINT32),
};

/** @throws TypeError that names the path, what was expected, and the type of what came. */
export function checkProofs({ ticket, wampcra, scram, cryptosign }: Dict, path: string): void {
  const at = (key: string): string => within(path, key);
  if (ticket !== undefined) complain(text, ticket, {}, at('ticket'));
  if (wampcra !== undefined) {
    const entry = checkDict(wampcra, at('wampcra'));
    const [isPlain, isSalted] = [has(entry, 'secret'), ['key', 'salt', 'iterations', 'keylen'].some((field) => has(entry, field))];
    if (isPlain === isSalted)
      throw new TypeError(
        `${at('wampcra')}: expected either secret, or key, salt, iterations and keylen, got ${isPlain ? 'both' : 'neither'}`,
      );
    checkFields(entry, isPlain ? plainCra : saltedCra, at('wampcra'));
  }
  if (scram !== undefined) checkScram(checkDict(scram, at('scram')), at('scram'));
  if (cryptosign !== undefined) {
    const { publicKeys } = checkFields(checkDict(cryptosign, at('cryptosign')), { publicKeys: () => undefined }, at('cryptosign'));
    const where = `${at('cryptosign')}.publicKeys`;
    if (!Array.isArray(publicKeys)) throw new TypeError(`${where}: expected a list, got ${kindOf(publicKeys)}`);
    for (const [i, key] of publicKeys.entries()) checkKey(key, `${where}[${i}]`);
  }
}

function checkScram(entry: Dict, path: string): void {
  complain(kdf, entry.kdf, entry, `${path}.kdf`);
  const isArgon2 = entry.kdf !== 'pbkdf2';
  // An authenticator of Crossbar.io may send `memory` with pbkdf2, too. It has no meaning there.
  const fields: Fields = { ...(isArgon2 ? argon2 : { ...pbkdf2, memory: () => undefined }), crossbar: () => undefined };
  const { crossbar } = checkFields(entry, fields, path, ['crossbar', ...(isArgon2 ? [] : ['memory'])]);
  if (has(entry, 'crossbar')) checkFields(checkDict(crossbar, `${path}.crossbar`), scramKeys, `${path}.crossbar`);
}

/** An Ed25519 key, public or private, as hex. @throws TypeError */
export function checkKey(key: unknown, path: string): void {
  complain((value) => (hexToBytes(value, 32) ? undefined : 'an Ed25519 key of 64 hex digits'), key, {}, path);
}

function checkDict(value: unknown, path: string): Dict {
  if (!isDict(value)) throw new TypeError(`${path}: expected an object, got ${kindOf(value)}`);
  return value;
}

function checkFields(entry: Dict, fields: Fields, path: string, optional: readonly string[] = []): Dict {
  const names = Object.keys(fields);
  for (const field of Object.keys(entry)) {
    if (has(entry, field) && !names.includes(field))
      throw new TypeError(`${path}: expected ${names.join(', ')}, got '${field}'${nearest(field, names)}`);
  }
  for (const [field, check] of Object.entries(fields)) {
    if (has(entry, field) || !optional.includes(field)) complain(check, entry[field], entry, within(path, field));
  }
  return entry;
}

/** Members that are null count as absent: authenticators in Python send them so. */
function has(entry: Dict, field: string): boolean {
  return (entry[field] ?? undefined) !== undefined;
}

function complain(check: Check, value: unknown, entry: Dict, path: string): void {
  const expected = check(value, entry);
  if (expected === undefined) return;
  const isCounted = typeof value === 'number' && expected.startsWith('an integer');
  throw new TypeError(`${path}: expected ${expected}, got ${isCounted ? String(value) : kindOf(value)}`);
}

/** Describes a value without showing it, because it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'string') return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  const octets = octetsOf(value);
  return octets === undefined
    ? `a text of ${value.length} characters`
    : `a text of ${value.length} characters, which is base64 of ${octets}`;
}
