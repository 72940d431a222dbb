/* Everything that `autobahn` has, under its names. A file of its own, so that the entry can export it both name by name and as one. */

export { Registration, Subscription } from './claims.ts';
export { Error, Event, Invocation, Publication, Result } from './classes.ts';
export { cbor, msgpack } from './codecs.ts';
export { Connection } from './connection.ts';
export * as auth_cra from './cra.ts';
export * as auth_cryptosign from './cryptosign.ts';
export type { DeferFactory, LegacyPromise } from './deferred.ts';
export * as log from './log.ts';
export { nacl } from './nacl.ts';
export { auth_persona } from './persona.ts';
export * as serializer from './serializer.ts';
export { Session } from './session.ts';
export { transports } from './transports.ts';
export type * from './type-names.ts';
export * as util from './util.ts';
export { when } from './when.ts';

/** Of Autobahn|JS: the one whose API this is. */
export const version = '26.3.1';
