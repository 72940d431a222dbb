/*
 * What a router keeps of events after they were sent: retained events and histories. memory-store.ts is the default; `openStore` of `autostrada/node` keeps them
 * in files. A store knows nothing of sessions: the broker decides who gets what.
 */
import type { Awaitable, Dict, Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';

/** A payload as bytes: the elements of the message, as a serializer has written them. */
export interface StoredPayload {
  readonly serializer: 'json' | 'msgpack' | 'cbor';
  /** A list. */
  readonly args?: Uint8Array | undefined;
  /** A dict that is not empty. */
  readonly kwargs?: Uint8Array | undefined;
}

/**
 * The lists of PUBLISH.Options that say who may get an event. A list that is absent excludes nobody. An event in Payload Passthru Mode has an audience without lists: only
 * sessions that announced that mode get it.
 */
export interface Audience {
  readonly eligible?: readonly Id[] | undefined;
  readonly eligible_authid?: readonly string[] | undefined;
  readonly eligible_authrole?: readonly string[] | undefined;
  readonly exclude?: readonly Id[] | undefined;
  readonly exclude_authid?: readonly string[] | undefined;
  readonly exclude_authrole?: readonly string[] | undefined;
}

/** An event that is kept. */
export interface StoredEvent {
  readonly publication: Id;
  readonly topic: Uri;
  /** Of the publication, in milliseconds since 1970. */
  readonly time: number;
  /** EVENT.Details as a subscriber to exactly this topic gets them. */
  readonly details: Dict;
  /** Undefined: it has none. */
  readonly payload: StoredPayload | undefined;
  /** Undefined: everybody. */
  readonly audience: Audience | undefined;
  /** The publisher, if the event did not go to it. */
  readonly excluded: Id | undefined;
  /** The session that it is bound to: it is forgotten with that session, and when the store is opened. */
  readonly session: Id | undefined;
}

/** Names a history: the rule of the configuration. */
export interface HistoryName {
  readonly uri: Uri;
  readonly match: Match;
}

/** How much a history keeps. Beyond any of these the oldest events are forgotten. */
export interface HistoryBounds extends HistoryName {
  /** The number of events. */
  readonly limit: number;
  /** Approximate bytes in memory. One event is kept, however long it is. */
  readonly maxBytes: number;
  /** The age of an event, in milliseconds. Infinity: any. */
  readonly maxAgeMs: number;
}

/** How much is kept of a realm. */
export interface StoreBounds {
  readonly histories: readonly HistoryBounds[];
  readonly maxRetainedTopics: number;
  /** Approximate bytes in memory. */
  readonly maxRetainedBytes: number;
  /** In milliseconds. Infinity: any. */
  readonly maxRetainedAgeMs: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** For a store that searches in this process: reports work of so many units, each about that of a short message. */
  spend(units: number): void;
}

/** Where an event is kept. */
export interface Places {
  /** As the retained event of its topic. Then it replaces the one before, see {@link RealmStore.append}. */
  readonly retain: boolean;
  readonly histories: readonly HistoryName[];
}

/** What a search finds. All conditions must hold. */
export interface HistoryQuery {
  /** Newest first. */
  readonly reverse: boolean;
  readonly topic: Uri | undefined;
  /** Milliseconds since 1970: ≥, >, <, ≤. */
  readonly fromTime: number | undefined;
  readonly afterTime: number | undefined;
  readonly beforeTime: number | undefined;
  readonly untilTime: number | undefined;
  /** Publications, compared by their place in the history. One that is not kept is older than all others. `from` and `until` are found, `after` and `before` are not. */
  readonly from: Id | undefined;
  readonly after: Id | undefined;
  readonly before: Id | undefined;
  readonly until: Id | undefined;
}

/**
 * The part of a store that belongs to a realm. Requests take effect in the order in which they are made: a later one sees all earlier ones, even if those have
 * not been answered. An answer may be a promise; one that rejects, or does not come in ten seconds, fails the request that needed it.
 */
export interface RealmStore {
  /**
   * Keeps an event. A retained event for everybody replaces all retained events of its topic. One for a limited audience is kept beside the one for everybody, and
   * the newest eight of them are kept.
   *
   * @returns When it is safe: then PUBLISHED goes out, if it was requested.
   */
  append(event: StoredEvent, places: Places): Awaitable<void>;
  /** Forgets the retained events of a topic. Histories keep theirs. @returns Whether there were any. */
  forget(topic: Uri): Awaitable<boolean>;
  /** Forgets the retained events that are bound to a session. */
  endSession(session: Id): Awaitable<void>;
  /** The retained events of all topics that match. Those of a topic come one after the other, the newest last; the topic that was retained longest ago comes first. */
  retained(uri: Uri, match: Match): Awaitable<readonly StoredEvent[]>;
  /** The events of a history, in order, as lists of any length. Later events are not found. An empty list says that it goes on. */
  search(history: HistoryName, query: HistoryQuery): Iterator<readonly StoredEvent[]> | AsyncIterator<readonly StoredEvent[]>;
}

/** Keeps retained events and histories. This interface may still change. */
export interface Store {
  /** The part of a realm. A router calls it once for each of its realms. */
  open(realm: Uri, bounds: StoreBounds): RealmStore;
}
