/**
 * WAMP-CRA: a login by challenge and response.
 *
 * @module
 */
export { deriveKey, deriveKeyNow, sign, wampcra } from './auth/wampcra.ts';
