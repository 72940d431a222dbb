/* Derives the keys of SCRAM (RFC 5802, section 3) from a password, and the proofs from the keys. */
import { bytesToBase64 } from '../../serializer/bytes/base64.ts';
import { utf8, xor } from '../crypto/bytes.ts';
import { hmacSha256, sha256 } from '../crypto/hashes.ts';
import { pbkdf2 } from '../crypto/pbkdf2.ts';
import { saslprep } from './saslprep.ts';

/** Argon2id, version 1.3, with one lane. `autostrada/argon2` exports such a function. */
export type Argon2id = (input: {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** The number of passes over the memory. */
  readonly iterations: number;
  readonly memoryKiB: number;
  /** The length of the key, in octets. */
  readonly length: number;
}) => Promise<Uint8Array>;

/** Crossbar.io's key is the base64 of Argon2id's output, without padding. */
export function asOldKey(key: Uint8Array): Uint8Array {
  return utf8(bytesToBase64(key).replace(/=+$/, ''));
}

export function byPbkdf2(password: string, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  return pbkdf2({ password: utf8(saslprep(password)), salt, iterations, length: 32 });
}

interface Keys {
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

export async function keysOf(salted: Uint8Array): Promise<Keys> {
  const clientKey = await hmacSha256(salted, utf8('Client Key'));
  return { clientKey, storedKey: await sha256(clientKey), serverKey: await hmacSha256(salted, utf8('Server Key')) };
}

/** The client's proof, and the verifier that the router must send. */
export async function prove(
  salted: Uint8Array,
  message: Uint8Array,
): Promise<{ readonly proof: Uint8Array; readonly verifier: Uint8Array }> {
  const { clientKey, storedKey, serverKey } = await keysOf(salted);
  return { proof: xor(clientKey, await hmacSha256(storedKey, message)), verifier: await hmacSha256(serverKey, message) };
}
