/* Key pairs for WAMP-cryptosign. */
import { bytesToHex } from './crypto/bytes.ts';
import { keyFromSeed } from './crypto/ed25519-now.ts';
import { randomBytes } from './crypto/random.ts';
import { keyBytes, LENGTH } from './proofs/cryptosign-proof.ts';

/** Each key has 64 hex digits. */
export interface KeyPair {
  /** The seed. */
  readonly privateKey: string;
  readonly publicKey: string;
}

/** @throws {@link FatalError} if the platform has no secure random source. */
export function generateKeyPair(): KeyPair {
  const privateKey = bytesToHex(randomBytes(LENGTH));
  return { privateKey, publicKey: publicKeyOf(privateKey) };
}

/** @throws TypeError if the key is not valid. */
export function publicKeyOf(privateKey: string): string {
  return bytesToHex(keyFromSeed(keyBytes('privateKey', privateKey)).publicKey);
}
