/// <reference lib="esnext.disposable" />
import { ScramEntry } from './types/scram-entry.js';
import { Match } from './index.js';
import { Id, Uri, Awaitable, Dict, Off } from './index.js';
import { Clock } from './index.js';
import { Connector, Dial, Transport, Frame } from './index.js';
import './types/scram-keys.js';
import './types/serializer.js';

interface RouterLimits {
    /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
    readonly maxMessageBytes?: number | undefined;
    /** The same before WELCOME: HELLO and AUTHENTICATE. Default 64 KiB. What is longer ends the connection, where it can before all of it has come. */
    readonly maxHelloBytes?: number | undefined;
    /** From connecting to WELCOME, a login included, in milliseconds. Default 10 000. */
    readonly joinTimeoutMs?: number | undefined;
    /** Of one session, waiting to be sent, in bytes. Default 4 MiB. */
    readonly maxQueuedBytes?: number | undefined;
    /**
     * What happens to a session for which more waits. `close` (default): it ends. `drop-events`: it does not get the events that come until it has
     * caught up; answers are still queued, and when twice as much waits it ends.
     */
    readonly onQueueFull?: 'close' | 'drop-events' | undefined;
    /**
     * Of all sessions together, waiting to be sent, in bytes. Default 256 MiB. Beyond it the session for which most waits ends, or loses events
     * (`onQueueFull`), and then the next.
     */
    readonly maxTotalQueuedBytes?: number | undefined;
    /** How long a session may read nothing while 64 KiB or more wait for it, in milliseconds. Default 120 000. Then it ends. */
    readonly queueTimeoutMs?: number | undefined;
    /** How many may be connected from outside with a session. Default 10 000. */
    readonly maxSessions?: number | undefined;
    /**
     * Of a URI, in characters; also of an authid, an authrole and other short texts that are kept or told to others. Default 1024. What is longer is
     * answered `wamp.error.invalid_uri`, in HELLO by ABORT.
     */
    readonly maxUriLength?: number | undefined;
    /** Of a URI: what is between its dots. Default 64. */
    readonly maxUriComponents?: number | undefined;
    /** How deep lists and dicts may be in each other in a message. Default 1000. What is deeper fails with `wamp.error.invalid_argument`. */
    readonly maxDepth?: number | undefined;
    /** Of each of the lists `exclude`, `eligible`, `exclude_authid`, … of a PUBLISH or a testament, in entries. Default 10 000. */
    readonly maxListLength?: number | undefined;
    /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxSubscriptions?: number | undefined;
    /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxRegistrations?: number | undefined;
    /** Of one session as caller, under way at a time. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxCalls?: number | undefined;
    /** Of one session as caller: progressive calls whose last input has not come. Default 1000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxProgressiveCalls?: number | undefined;
    /**
     * What is kept of the calls of one session that are under way, for further inputs and for another callee, in bytes. Default 4 MiB. A progressive
     * call for which there is no room is answered `wamp.error.payload_size_exceeded`; another one goes to no second callee.
     */
    readonly maxCallBytes?: number | undefined;
    /** Of one session. Default 100. One more is answered `wamp.error.payload_size_exceeded`. */
    readonly maxTestaments?: number | undefined;
    /** Of the testaments of one session together, in bytes. Default 4 MiB. More is answered `wamp.error.payload_size_exceeded`. */
    readonly maxTestamentBytes?: number | undefined;
    /**
     * What the router keeps for one session, about, in bytes: subscriptions, registrations, calls under way and testaments. Default 16 MiB. One more is answered
     * `autostrada.error.limit_exceeded`, a testament `wamp.error.payload_size_exceeded`.
     */
    readonly maxKeptBytes?: number | undefined;
    /** The same for all sessions of one address, IPv6 by /64. Default 256 MiB. */
    readonly maxKeptBytesPerAddress?: number | undefined;
    /** Topics of one realm with a retained event. Default 10 000. Beyond it the one that was retained longest ago is forgotten. */
    readonly maxRetainedTopics?: number | undefined;
    /** Of the retained events of one realm together, in bytes. Default 32 MiB. Beyond it the one that was retained longest ago is forgotten. */
    readonly maxRetainedBytes?: number | undefined;
    /** Of the history of one rule, in bytes. Default 32 MiB. Beyond it the oldest event is forgotten, whatever the rule's `limit`. */
    readonly maxHistoryBytes?: number | undefined;
    /**
     * Connections from outside that have no session yet, apart from `maxSessions`: WebSockets, RawSockets and long-poll transports before WELCOME. Default
     * 5000. Beyond it the one that has waited longest, of the address that has most, ends with `wamp.error.unavailable`.
     */
    readonly maxPending?: number | undefined;
    /** The same of one address, IPv6 by /64. Default 1000. Beyond it the one of this address that has waited longest ends. */
    readonly maxPendingPerAddress?: number | undefined;
    /**
     * TCP connections to a port that are neither WebSocket nor RawSocket: HTTP, with long-poll and files, and those that have said nothing yet. Default 20 000.
     * Beyond it the one that has been quiet for longest, of the address that has most, is cut off.
     */
    readonly maxHttpConnections?: number | undefined;
    /** The same of one address, IPv6 by /64. Default 2000. Beyond it the one of this address that has been quiet for longest is cut off. */
    readonly maxHttpConnectionsPerAddress?: number | undefined;
    /** Of the header of one HTTP request, in bytes. Default 16 KiB. More is answered 431. */
    readonly maxHeaderBytes?: number | undefined;
    /**
     * Of all messages that have begun to come in and are not whole yet, of all connections together, in bytes. Default 64 MiB. Beyond it the oldest of the
     * address that has most goes: its session ends with `wamp.error.unavailable`, a post of long-poll is answered 503.
     */
    readonly maxPartialBytes?: number | undefined;
}
/** With nothing left open. */
type SettledLimits = {
    readonly [limit in keyof RouterLimits]-?: NonNullable<RouterLimits[limit]>;
};

interface LogEntry {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    /** On one line; what peers say in it is escaped and cut. */
    readonly message: string;
    readonly session?: Id | undefined;
    /** As it was thrown: its texts are not escaped. */
    readonly error?: unknown;
}

/** Where a line comes from. */
interface TransportInfo {
    readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
    /** The far end's address. */
    readonly peer?: string | undefined;
    readonly isSecure?: boolean | undefined;
    /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
    channelBinding?(type: string): Uint8Array | undefined;
}

/** Who a session is. */
interface RouterSession {
    readonly id: Id;
    readonly realm: string;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    readonly transport: TransportInfo;
    /** What waits to be sent to it. */
    readonly queuedBytes: number;
    /** Events that it did not get, because it read too slowly. */
    readonly droppedEvents: number;
}

type Action = 'call' | 'register' | 'publish' | 'subscribe';
interface AuthroleConfig {
    /**
     * The most specific rule that matches decides: an exact one, else the longest prefix, wherever it ends, else a wildcard; none: denied.
     * A pattern that someone subscribes to or registers must lie wholly within one rule, with no narrower rule inside it.
     */
    readonly permissions: readonly PermissionRule[] | 'all';
    /** A procedure of this realm that is asked where no rule matches: `(session, uri, action, options)`. */
    readonly authorizer?: Uri | undefined;
    /** Told with every call and event of such a session (WAMP "Call Trust Levels", "Publication Trust Levels"). 0 is the lowest. */
    readonly trustlevel?: number | undefined;
}
interface PermissionRule {
    readonly uri: Uri;
    readonly match?: Match | undefined;
    readonly allow: readonly Action[] | 'all';
    /** Whether the other side learns who it is. `true`: always. `false`: never, and asking for it is refused. Default: as asked. */
    readonly disclose?: boolean | undefined;
}

/** What a session wants to do. */
interface AuthorizationRequest {
    readonly realm: string;
    readonly session: RouterSession;
    readonly action: Action;
    readonly uri: Uri;
    readonly match: Match;
}
interface Decision {
    readonly allow: boolean;
    /** As in {@link PermissionRule}. */
    readonly disclose?: boolean | undefined;
    /** Keeps the answer for everybody with this authrole, this action and this URI. Default false: it may depend on the session. */
    readonly cache?: boolean | undefined;
}
/** Asked where no permission rule matches. What it throws is answered `wamp.error.authorization_failed`. */
type Authorize = (request: AuthorizationRequest) => Awaitable<boolean | Decision>;

/** What the router keeps: the secret, or what `deriveKey` made of it and how. */
type CraEntry = {
    readonly secret: string;
} | {
    readonly key: string;
    readonly salt: string;
    readonly iterations: number;
    readonly keylen: number;
};

/** Who somebody is, without asking. */
interface Principal {
    readonly authid?: string | undefined;
    readonly authrole: string;
    /** Sent in WELCOME. */
    readonly authextra?: Dict | undefined;
}
/** A user, and what may prove him. Each present method is offered. */
interface UserConfig {
    readonly authrole: string;
    readonly ticket?: string | undefined;
    readonly wampcra?: CraEntry | undefined;
    /** `scramEntry` of `autostrada/scram` makes one. */
    readonly scram?: ScramEntry | undefined;
    /** Ed25519 keys, each of 64 hex digits. */
    readonly cryptosign?: {
        readonly publicKeys: readonly string[];
    } | undefined;
    /** Sent in WELCOME. */
    readonly authextra?: Dict | undefined;
}
/** In code a ticket may also be checked by a function (a JWT), which may name the user it belongs to. */
interface User extends Omit<UserConfig, 'ticket'> {
    /** What the session's authid becomes. Default: the one that was claimed. */
    readonly authid?: string | undefined;
    readonly ticket?: string | ((ticket: string) => Awaitable<boolean | Principal>) | undefined;
}
interface UserQuery {
    readonly realm: string;
    readonly authid: string | undefined;
    readonly authmethods: readonly string[];
    readonly authextra: Dict;
    readonly transport: TransportInfo;
    /** The id that the session will have. */
    readonly session: Id;
}

interface RouterConfig {
    /** By name. `open`: anyone may do anything, and is who he says he is; for development. Else nothing is allowed that is not written down. */
    readonly realms: {
        readonly [realm: string]: 'open' | RealmConfig;
    };
    readonly limits?: RouterLimits | undefined;
    /**
     * `true`: the request ids of a session must be 1, 2, 3 …, as WAMP "IDs" has it; any other ends the session. Default `false`: any id is taken that
     * is not under way, as Crossbar.io and nexus do. Set it to find clients that do not count.
     */
    readonly strictRequestIds?: boolean | undefined;
}
interface RealmConfig {
    /** The authrole of who comes without credentials. Absent: nobody may. */
    readonly anonymous?: string | undefined;
    readonly authroles: {
        readonly [authrole: string]: AuthroleConfig;
    };
    /** By authid. */
    readonly users?: {
        readonly [authid: string]: UserConfig;
    } | undefined;
    /** The seed of the router's own Ed25519 key, 64 hex digits, by which it proves itself to clients that ask for it (WAMP-cryptosign). */
    readonly privateKey?: string | undefined;
    /** A procedure of this realm that is asked for users who are not listed, as Crossbar.io does: `(realm, authid, details)`. */
    readonly authenticator?: Uri | undefined;
    /** Topics whose events are kept for `wamp.subscription.get_events` (WAMP "Event History"). Default: none. */
    readonly history?: readonly HistoryRule[] | undefined;
}
interface HistoryRule {
    readonly uri: Uri;
    readonly match?: Match | undefined;
    /** How many events are kept, the newest; fewer if together they take more than `limits.maxHistoryBytes`. Over all topics that the rule matches. */
    readonly limit: number;
}
interface RouterHooks {
    /** A user that the configuration does not list. What comes back is checked like a listed one. */
    readonly findUser?: ((query: UserQuery) => Awaitable<User | undefined>) | undefined;
    /** Asked where no permission rule matches and the authrole has no `authorizer`. Default: what no rule allows is denied. Not asked in open realms. */
    readonly authorize?: Authorize | undefined;
    /** What happens, one entry at a time. Default: warnings and errors go to the console. */
    readonly log?: ((entry: LogEntry) => void) | undefined;
    /** For tests. */
    readonly clock?: Clock | undefined;
}
/** Checks what came from a file: a `TypeError` names the path, what was expected and what came. The router's constructor does the same. */
declare function parseConfig(json: unknown): RouterConfig;

interface SeenMessage {
    /** `CALL`, `EVENT`, … */
    readonly type: string;
    /** The message as a list, as WAMP has it, secrets left out. */
    readonly message: readonly unknown[];
}

interface RouterEvents {
    /** After WELCOME. */
    join(session: RouterSession): void;
    /** `reason`: of the GOODBYE or ABORT, or `wamp.error.network_failure`. */
    leave(session: RouterSession, reason: Uri): void;
}
/** Counted since the router was made, where it does not say `now`. */
interface RouterStats {
    /** Now. */
    readonly sessions: number;
    /** Now; several subscribers to one topic are one. */
    readonly subscriptions: number;
    /** Now. */
    readonly registrations: number;
    /** Under way now. */
    readonly calls: number;
    /** Waiting to be sent now, over all sessions. Of one: `router.sessions`. */
    readonly queuedBytes: number;
    readonly messagesIn: number;
    readonly messagesOut: number;
    /** What sessions did not get because they read too slowly. */
    readonly droppedEvents: number;
    /** Sessions that ended because they read too slowly. */
    readonly slowConsumers: number;
    /** Who was turned away by `limits.maxSessions`, or had to make room: `maxPending`, `maxHttpConnections` and the same by address; or sent HTTP requests without waiting for answers. */
    readonly refusedLines: number;
    /** Publications without `acknowledge` that were no legal ones, not allowed, or beyond a limit. */
    readonly droppedPublications: number;
}
/**
 * Routes calls and events between the sessions of a realm. A `Connector` itself, so that a connection in this process needs no port.
 *
 * @example
 * const router = new Router({ realms: { realm1: 'open' } });
 * const connection = new Connection({ url: router, realm: 'realm1' });
 */
declare class Router implements Connector, AsyncDisposable {
    readonly [Symbol.asyncDispose]: () => Promise<void>;
    /** What stands in place of a URL. */
    readonly name = "router";
    /** The configured limits, defaults filled in. */
    readonly limits: SettledLimits;
    private readonly realms;
    private readonly events;
    private readonly complain;
    private readonly context;
    private readonly connections;
    /** Those from outside that have no session yet. */
    private readonly waiting;
    /** When somebody was last turned away, by limit. */
    private readonly turnedAway;
    private closing;
    private readonly tally;
    private whenEmpty;
    /** @throws TypeError for a wrong configuration; it names the path, what was expected and what came. */
    constructor(config: RouterConfig, hooks?: RouterHooks);
    /** Without a network: the same rules as for everyone. */
    connect(dial: Dial): Transport;
    /**
     * For components in this process: no login, this principal.
     *
     * @throws TypeError for a principal that cannot be.
     */
    as(principal: Principal): Connector;
    /** `close()` was called: nobody is let in any more. */
    get isClosed(): boolean;
    /** For hosts: a line from outside. */
    attach(transport: Transport, info: TransportInfo): void;
    /** For hosts: writes to the router's log. */
    note(entry: LogEntry): void;
    /**
     * For hosts: whether `limits.maxSessions` are connected. Who is told so is counted as turned away. `attach` asks by itself; a host asks
     * before it where its protocol has a word of its own for this.
     */
    refusesLine(): boolean;
    /** For hosts: somebody was turned away by this limit, and why. Counted each time, and logged once while it goes on. */
    turnAway(limit: string, why?: string): void;
    /** All sessions of all realms. */
    get sessions(): readonly RouterSession[];
    /** What goes on, in figures. Cheap enough to be read every second. */
    stats(): RouterStats;
    /**
     * GOODBYE to one session. Does nothing when there is none with this id.
     *
     * @throws TypeError for a reason that is no URI, and a message that is no text.
     */
    kill(session: Id, reason?: Uri, message?: string): void;
    /**
     * Takes a registration away from one of its callees (WAMP "Registration Revocation"); a callee that announced
     * `registration_revocation` is told. Calls that are under way are still answered. Does nothing when this callee has none with this id.
     *
     * @param callee - The id of its session.
     * @param reason - For the callee; most often a URI.
     */
    revokeRegistration(registration: Id, callee: Id, reason?: string): void;
    /**
     * Takes a subscription away from one of its subscribers (WAMP "Subscription Revocation"); a subscriber that announced
     * `subscription_revocation` is told. Does nothing when this subscriber has none with this id.
     *
     * @param subscriber - The id of its session.
     * @param reason - For the subscriber; most often a URI.
     */
    revokeSubscription(subscription: Id, subscriber: Id, reason?: string): void;
    on<E extends keyof RouterEvents>(event: E, listener: RouterEvents[E]): Off;
    /**
     * Ends all sessions, and lets nobody in any more.
     *
     * @param options - `goodbye`: the reason of the GOODBYE to every session, default `wamp.close.system_shutdown`. `false`: none; the lines are closed
     * (WebSocket: 1012, service restart), and every client takes that for a loss and comes back. Choose `false` for a restart: Autobahn|JS takes any
     * GOODBYE as final and never comes back. Our client and Autobahn|Python come back after both, our client not after `wamp.close.normal` and
     * `wamp.close.logout`.
     * @returns A promise that resolves when every line is closed; clients that do not answer are not waited for longer than 2 s.
     * @throws TypeError when `goodbye` is no URI.
     */
    close(options?: {
        readonly goodbye?: Uri | false | undefined;
    }): Promise<void>;
    /**
     * For `autostrada/testing`: what the router talks to in place of a line.
     *
     * @param _read - What a frame of this line says, secrets left out; undefined: it is no message.
     */
    protected around(transport: Transport, _read: (frame: Frame) => SeenMessage | undefined): Transport;
    private letIn;
    private openDoor;
}

export { Router, ScramEntry, parseConfig };
export type { Action, AuthorizationRequest, Authorize, AuthroleConfig, CraEntry, Decision, HistoryRule, LogEntry, PermissionRule, Principal, RealmConfig, RouterConfig, RouterEvents, RouterHooks, RouterLimits, RouterSession, RouterStats, SeenMessage, TransportInfo, User, UserConfig, UserQuery };
