/**
 * Argon2id, for WAMP-SCRAM.
 *
 * @module
 */
export { argon2id } from './auth/argon2.ts';
