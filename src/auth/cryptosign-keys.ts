/* Key pairs for WAMP-cryptosign. */
import { bytesToHex } from './bytes.ts';
import { keyBytes, LENGTH } from './cryptosign-proof.ts';
import { keyFromSeed } from './ed25519-now.ts';
import { randomBytes } from './random.ts';

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
