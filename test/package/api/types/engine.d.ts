/// <reference lib="esnext.disposable" />
import { Awaitable, Off, Id, Uri, Dict } from './words.js';
import { Match } from './uri.js';

/** Which request it is. */
interface KeyedRequest {
    /** Whose key it is. */
    readonly owner: string;
    readonly key: string;
    /** A hash of all that must be the same when it comes again. */
    readonly fingerprint: string;
}
/** An answer that is not a stream. */
interface KeptAnswer {
    readonly status: number;
    /** Undefined: it has none. */
    readonly body: Uint8Array | undefined;
    readonly headers: {
        readonly [name: string]: string;
    };
}
/**
 * What is known of a request. `new`: nothing, so it runs from now on. `running`: it has begun before. `other`: another request had its key. `long`: it was carried out, but
 * its answer was too long to be kept. `lost`: the node that carried it out has ended, so nobody knows. `full`: there is no room for one more.
 */
type KnownRequest = KeptAnswer | 'new' | 'running' | 'other' | 'long' | 'lost' | 'full';
interface KeptBounds {
    /** How long an answer is kept, in milliseconds. */
    readonly keepMs: number;
    /** How many bytes all answers may take. */
    readonly maxBytes: number;
}
/** A request whose beginning is `new` ends by `finish` or `forget`. */
interface Kept {
    begin(request: KeyedRequest): Awaitable<KnownRequest>;
    /** It was carried out. */
    finish(request: KeyedRequest, answer: KeptAnswer): Awaitable<void>;
    /** Nothing was done, so it may be carried out later. */
    forget(request: KeyedRequest): Awaitable<void>;
    /** This node takes no more requests. */
    close(): void;
}
/** Keeps the answers of all nodes. */
interface KeptOfAll {
    /** @param name - The same at all nodes, for requests that are of one kind. All have the same bounds; otherwise the first count. */
    open(name: string, bounds: KeptBounds): Kept;
}

/** One number of a metric. */
interface MeasuredValue {
    /** If it differs from that of the metric: `_bucket`, `_sum` and `_count` of a histogram. */
    readonly metricName?: string | undefined;
    readonly labels: {
        readonly [label: string]: string | number | undefined;
    };
    readonly value: number;
}
/** A metric of one node, as prom-client gives it. */
interface Measured {
    readonly name: string;
    readonly help: string;
    /** `counter`, `gauge` or `histogram`. */
    readonly type: unknown;
    /** How those of several nodes are put together: `sum`, `max`, `first` … */
    readonly aggregator: string;
    readonly values: readonly MeasuredValue[];
}
/** Metrics of all nodes. */
interface MeasuredTogether {
    /** Nodes that have answered. */
    readonly answered: number;
    /** Nodes that have not answered in time: their last known metrics count. */
    readonly silent: number;
    /** Of each node, and what those that are gone have counted. */
    readonly metrics: readonly (readonly Measured[])[];
}
/** Collects the metrics of all nodes. */
interface MetricsOfAll {
    /** This node measures these. @param kind - Nodes put together what has the same one. @returns Ends it. */
    measure(kind: string, own: () => Promise<readonly Measured[]>): Off;
    /** Resolves soon, also if a node does not answer. Counters of nodes that are gone stay in it. */
    all(kind: string): Promise<MeasuredTogether>;
}

/** `true`: a login may try. `false`: too many from there have failed. `crowded`: too many from there wait for their turn. */
type MayTry = boolean | 'crowded';
/** In a cluster that of all nodes together answers later. */
interface LoginThrottle {
    /**
     * Whether a login from there may try; if so, `leave` must be called at its end.
     *
     * @param address - `undefined`: in this process, always.
     * @param user - The claimed user and the realm.
     */
    enter(address: string | undefined, user?: string): Awaitable<MayTry>;
    leave(address: string | undefined): void;
    /** @returns The delay of the answer, in milliseconds. */
    failed(address: string | undefined, user?: string): Awaitable<number>;
}
/** What a node has counted is free again when it is gone. */
interface Counts {
    /** Failed logins, and those that run. */
    readonly throttle: LoginThrottle;
    /** Metrics of all nodes. Without it, each node has its own. */
    readonly metrics?: MetricsOfAll | undefined;
    /** Answers of requests with an `Idempotency-Key`, for all nodes. Without it, each node has its own. */
    readonly kept?: KeptOfAll | undefined;
    /** Takes one of `most`. @returns Whether there was one. */
    take(name: string, most: number): Awaitable<boolean>;
    /** Gives it back. */
    give(name: string): void;
    /**
     * What this node has now of something of which all nodes together may have `most`. An amount that is too small to matter may be left out.
     */
    tell(name: string, amount: number, most: number): void;
    /** What the other nodes have of it, as far as this one knows. */
    others(name: string): number;
    /** How many nodes there are that clients connect to, at least 1. */
    readonly nodes: number;
    /** Calls the listener with the name of what others have more of now. */
    watch(listener: (name: string) => void): void;
}

interface LogEntry {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    /** One line; text from peers in it is escaped and cut. */
    readonly message: string;
    readonly session?: Id | undefined;
    /** The thrown value itself: its texts are not escaped. */
    readonly error?: unknown;
}

/** A payload as bytes: the elements of the message, as a serializer has written them. */
interface StoredPayload {
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
interface Audience {
    readonly eligible?: readonly Id[] | undefined;
    readonly eligible_authid?: readonly string[] | undefined;
    readonly eligible_authrole?: readonly string[] | undefined;
    readonly exclude?: readonly Id[] | undefined;
    readonly exclude_authid?: readonly string[] | undefined;
    readonly exclude_authrole?: readonly string[] | undefined;
}
/** An event that is kept. */
interface StoredEvent {
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
interface HistoryName {
    readonly uri: Uri;
    readonly match: Match;
}
/** How much a history keeps. Beyond any of these the oldest events are forgotten. */
interface HistoryBounds extends HistoryName {
    /** The number of events. */
    readonly limit: number;
    /** Approximate bytes in memory. One event is kept, however long it is. */
    readonly maxBytes: number;
    /** The age of an event, in milliseconds. Infinity: any. */
    readonly maxAgeMs: number;
}
/** How much is kept of a realm. */
interface StoreBounds {
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
interface Places {
    /** As the retained event of its topic. Then it replaces the one before, see {@link RealmStore.append}. */
    readonly retain: boolean;
    readonly histories: readonly HistoryName[];
}
/** What a search finds. All conditions must hold. */
interface HistoryQuery {
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
interface RealmStore {
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
interface Store {
    /** The part of a realm. A router calls it once for each of its realms. */
    open(realm: Uri, bounds: StoreBounds): RealmStore;
}

/** A node is one run of one router. A router that starts again is another node. */
type NodeId = string;
/** Joins routers. */
interface Engine {
    /** Keeps retained events and histories of all nodes. It is used unless the router is given another one. */
    readonly store: Store;
    /** Limits of all nodes together. Without it, each node counts alone. */
    readonly counts?: Counts | undefined;
    /** Becomes a node. Resolves when `events.up` was called for every node that was there before. */
    join(events: EngineEvents): Promise<Membership>;
    /** The router is closed, and has left. Called once. */
    close?(): Awaitable<void>;
}
/** What a node hears of the others. */
interface EngineEvents {
    /** Before the first frame of this node. */
    up(node: NodeId): void;
    /** The node is gone, and serves nothing any more. After its last frame. */
    down(node: NodeId): void;
    /** The frames of a node come in the order in which it sent them, and none is missing. */
    frame(from: NodeId, frame: Uint8Array): void;
    /** Frames between this node and that one were lost, in both directions. It is there, and gets what is sent from now on. It hears the same. */
    broken(node: NodeId): void;
    /** This node is none any more: others take over what it had. It may join again, as another one. */
    lost(): void;
    /** For the log of the router. */
    note(entry: LogEntry): void;
}
/** One node's part in the cluster. */
interface Membership {
    readonly node: NodeId;
    readonly registry: Registry;
    /** Sends a frame. Never waits; a node that is gone gets nothing. */
    send(to: NodeId, frame: Uint8Array): void;
    /**
     * Whether the registry cannot give what this node owns to others: asked before each call. Undefined: it cannot. Otherwise it resolves when this is certain again; until
     * then the call waits. Absent: it never can while this node runs.
     */
    sure?(): Promise<void> | undefined;
    /** The other nodes get `down`. */
    leave(): Awaitable<void>;
}
/** An entry of the registry. */
interface Entry {
    readonly value: string;
    /** Grows with each change of any entry. */
    readonly revision: number;
}
/** A small store with compare-and-set: of several nodes that change an entry at once, one succeeds. */
interface Registry {
    get(key: string): Awaitable<Entry | undefined>;
    /**
     * Changes an entry if it is still the one that the caller has seen.
     *
     * @param value - Undefined: the entry is removed.
     * @param seen - The revision of that entry; 0: there was none.
     * @returns The new revision; undefined: the entry has changed meanwhile.
     */
    set(key: string, value: string | undefined, seen: number): Awaitable<number | undefined>;
}

export type { Audience, Counts, Engine, EngineEvents, Entry, HistoryBounds, HistoryName, HistoryQuery, Kept, KeptAnswer, KeptBounds, KeptOfAll, KeyedRequest, KnownRequest, LogEntry, LoginThrottle, MayTry, Measured, MeasuredTogether, MeasuredValue, Membership, MetricsOfAll, NodeId, Places, RealmStore, Registry, Store, StoreBounds, StoredEvent, StoredPayload };
