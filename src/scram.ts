/**
 * WAMP-SCRAM: a login by challenge and response, in which the router proves itself as well.
 *
 * @module
 */
export { type Argon2id, type ScramEntry, scram, scramEntry } from './auth/scram.ts';
