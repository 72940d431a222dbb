/**
 * WAMP-SCRAM: a login by challenge and response, in which the router proves itself as well.
 *
 * @module
 */
export { scram } from './auth/scram.ts';
export { type ScramEntry, scramEntry } from './auth/scram-entry.ts';
export type { Argon2id } from './auth/scram-keys.ts';
