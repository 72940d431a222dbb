/**
 * WAMP-cryptosign: a login with an Ed25519 key.
 *
 * @module
 */
export { cryptosign, generateKeyPair, type KeyPair, publicKeyOf, type Signer } from './auth/cryptosign.ts';
