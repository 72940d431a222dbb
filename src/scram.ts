/**
 * WAMP-SCRAM: a login by challenge and response, in which the router proves itself as well.
 *
 * @module
 */

export type { Argon2id } from './auth/proofs/scram-keys.ts';
export { scram } from './auth/scram.ts';
export { type ScramEntry, scramEntry } from './auth/scram-entry.ts';
