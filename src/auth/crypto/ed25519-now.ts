/* Ed25519 by tweetnacl: synchronous, and for platforms without Ed25519. One signature for each login takes little time. */
import nacl from 'tweetnacl';

export interface SigningKeyNow {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/** @param seed - 32 octets. */
export function keyFromSeed(seed: Uint8Array): SigningKeyNow {
  const { publicKey, secretKey } = nacl.sign.keyPair.fromSeed(seed);
  return { publicKey, sign: (message) => nacl.sign.detached(message, secretKey) };
}

export function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return nacl.sign.detached.verify(message, signature, publicKey);
}
