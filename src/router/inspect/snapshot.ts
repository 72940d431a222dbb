/* What a router is doing at a moment, session by session. */
import type { Id, Uri } from '../../base/words.ts';
import type { Traffic } from '../limits/traffic.ts';
import type { LiveSession } from '../session/session.ts';
import type { RouterStats } from './router-stats.ts';

/** A session, and what it has sent and received since it joined. */
export interface SessionSnapshot extends Traffic {
  readonly session: Id;
  readonly realm: Uri;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  /** The kind of its transport: `websocket`, `rawsocket`, `longpoll`, `memory`. */
  readonly transport: string;
  /** `json`, `msgpack`, `cbor`; `other` for a foreign one. */
  readonly serializer: string;
  /** The address of the client. Null: it is in the router's process. */
  readonly peer: string | null;
  /** What the client says of itself, cut after 100 characters. Null: nothing. */
  readonly agent: string | null;
  /** In milliseconds since 1970. */
  readonly joinedAt: number;
  /** Bytes that wait to be sent to it now. */
  readonly queuedBytes: number;
  /** Events that it did not get, because it read too slowly. */
  readonly droppedEvents: number;
  /** Calls that it waits for now. */
  readonly calls: number;
  /** Calls that it has to answer now. */
  readonly invocations: number;
  readonly subscriptions: number;
  readonly registrations: number;
}

export interface RouterSnapshot {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Of the whole router. */
  readonly stats: RouterStats;
  readonly sessions: readonly SessionSnapshot[];
}

/** The parts of a realm that count what sessions have. */
interface Holders {
  readonly subscriptions: { of(session: LiveSession): Iterable<unknown> };
  readonly registrations: { countOf(session: LiveSession): number };
}

export function snapshotOf(session: LiveSession, { subscriptions, registrations }: Holders, traffic: Traffic): SessionSnapshot {
  const { id, realm, authid, authrole, authmethod, transport, format, agent, joinedAt, queuedBytes, droppedEvents } = session;
  const { messagesIn, messagesOut, bytesIn, bytesOut } = traffic;
  let subscribed = 0;
  for (const _ of subscriptions.of(session)) subscribed++;
  return {
    session: id,
    realm,
    authid,
    authrole,
    authmethod,
    transport: transport.kind,
    serializer: format?.name ?? 'other',
    peer: transport.peer ?? null,
    agent: agent ?? null,
    joinedAt,
    messagesIn,
    messagesOut,
    bytesIn,
    bytesOut,
    queuedBytes,
    droppedEvents,
    calls: session.calls.size,
    invocations: session.invocations.size,
    subscriptions: subscribed,
    registrations: registrations.countOf(session),
  };
}
