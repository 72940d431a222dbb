/**
 * WAMP-CRA: a login by challenge and response.
 *
 * @module
 */
export { deriveKey, wampcra } from './auth/wampcra.ts';
export { deriveKeyNow, sign } from './auth/wampcra-now.ts';
