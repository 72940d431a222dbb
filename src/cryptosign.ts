/**
 * WAMP-cryptosign: a login with an Ed25519 key.
 *
 * @module
 */
export { cryptosign, type Signer } from './auth/cryptosign.ts';
export { generateKeyPair, type KeyPair, publicKeyOf } from './auth/cryptosign-keys.ts';
