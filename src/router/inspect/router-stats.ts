/* What a router counts. */
import { type LoginRefusal, noRefusals } from '../limits/login-refusals.ts';
import type { Tally } from '../limits/out-queue.ts';

/** Counts since the router was made, unless a field says "now". */
export interface RouterStats {
  /** Now. */
  readonly sessions: number;
  /** Now; several subscribers to one topic count as one. */
  readonly subscriptions: number;
  /** Now. */
  readonly registrations: number;
  /** Running now. */
  readonly calls: number;
  /** Waiting to be sent now, for all sessions. `router.sessions` has the value of each session. */
  readonly queuedBytes: number;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Of all messages. Text in memory counts by its characters. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Events that were sent, to a subscriber each. */
  readonly events: number;
  /** PUBLISH messages that came, also those that were refused. */
  readonly publications: number;
  /** Events that sessions did not get because they read too slowly. */
  readonly droppedEvents: number;
  /** Sessions that ended because they read too slowly. */
  readonly slowConsumers: number;
  /** Connections that were refused by `limits.maxSessions`, that were closed to make room (`maxPending`, `maxHttpConnections` and the same by address), or that sent HTTP requests without waiting for answers. */
  readonly refusedConnections: number;
  /** Publications without `acknowledge` that were illegal, not allowed, or beyond a limit. */
  readonly droppedPublications: number;
  /** Logins that did not end with a session: a wrong proof; a user, a method or a realm that does not exist; an authenticator that failed. */
  readonly refusedLogins: number;
  /** The same by their reasons. */
  readonly refusals: { readonly [reason in LoginRefusal]: number };
  /** Sessions that sent faster than `limits.messagesPerSecond`, each counted once. They were slowed or ended, as `limits.onTooFast` says. */
  readonly slowedSessions: number;
}

/** Sessions that are alike. */
export interface SessionGroup {
  readonly realm: string;
  readonly authrole: string;
  /** The kind of the transport: `websocket`, `rawsocket`, `longpoll`, `memory`. */
  readonly transport: string;
  /** `json`, `msgpack`, `cbor`; `other` for a foreign one. */
  readonly serializer: string;
  readonly sessions: number;
  /** Bytes that wait to be sent to them. */
  readonly queuedBytes: number;
  /** Of the one for whom most wait. */
  readonly longestQueueBytes: number;
}

/** For the tally of a new router. */
export function noCounts(): Tally {
  return {
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    events: 0,
    publications: 0,
    droppedEvents: 0,
    slowConsumers: 0,
    refusedConnections: 0,
    droppedPublications: 0,
    refusedLogins: 0,
    refusals: noRefusals(),
    slowedSessions: 0,
  };
}
