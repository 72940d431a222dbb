/* Everything that `autobahn` has, under its names. It is a file of its own, so that the entry can export the names one by one and all together. */

import type { Session as SessionApi, SessionClass } from './api/session-api.ts';
import { receiver } from './base/receiver.ts';
import * as cra from './login/cra.ts';
import * as cryptosign from './login/cryptosign.ts';
import { Session as SessionInside } from './session/session.ts';
import * as utilities from './util.ts';

export type * from './api/connection-options.ts';
export type { IRegistration, ISubscription, OnChallengeHandler } from './api/session-api.ts';
export type * from './api/transport-api.ts';
export type * from './api/verbs.ts';
export { log } from './base/log.ts';
export { Connection } from './connection/connection.ts';
export { nacl } from './login/nacl.ts';
export { auth_persona } from './login/persona.ts';
export type { DeferFactory, LegacyPromise } from './promises/deferred.ts';
export { when } from './promises/when.ts';
export { cbor, msgpack } from './serializers/codecs.ts';
export * as serializer from './serializers/serializer.ts';
export { Registration, Subscription } from './session/claims.ts';
export { Error, Event, Invocation, Publication, Result } from './session/classes.ts';
export { transports } from './transports/transports.ts';

/** A session as programs see it. */
export type Session = SessionApi;
export const Session: SessionClass = SessionInside;

// Plain objects, since programs replace members of them.
export const auth_cra: typeof cra = /* @__PURE__ */ Object.assign({}, cra);
export const auth_cryptosign: typeof cryptosign = /* @__PURE__ */ Object.assign({}, cryptosign);
export const util: typeof utilities = /* @__PURE__ */ Object.assign(receiver, utilities);

/** The version of Autobahn|JS whose API this is. */
export const version = '26.3.1';
