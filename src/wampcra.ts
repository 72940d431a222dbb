/**
 * WAMP-CRA: a login by challenge and response.
 *
 * @module
 */

export { deriveKeyNow, sign } from './auth/proofs/wampcra-now.ts';
export { deriveKey, wampcra } from './auth/wampcra.ts';
