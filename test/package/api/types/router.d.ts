/// <reference lib="esnext.disposable" />
import { Dict, Awaitable, Id, Uri, Off } from './words.js';
import { Connector, Dial, Transport, Frame } from './transport.js';
import { Clock } from './clock.js';
import { Match } from './uri.js';
import { LogEntry, Store, Engine, Counts } from './engine.js';
import { ScramEntry } from './scram-entry.js';

/** What the router keeps: the secret, or what `deriveKey` made of it and how. */
type CraEntry = {
    readonly secret: string;
} | {
    readonly key: string;
    readonly salt: string;
    readonly iterations: number;
    readonly keylen: number;
};

/** Where a connection comes from. */
interface TransportInfo {
    readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
    /** The address of the other end. */
    readonly peer?: string | undefined;
    readonly isSecure?: boolean | undefined;
    /**
     * The HTTP request by which it began: the upgrade of a WebSocket, the first request of long-poll. For the hooks `recognize`, `findUser` and `authorize` only: a
     * session of the router has none.
     */
    readonly request?: OpeningRequest | undefined;
    /** Remembers logins of this browser. For the router only. */
    readonly remembering?: Remembering | undefined;
    /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"); undefined if there are none. */
    channelBinding?(type: string): Uint8Array | undefined;
    /** The certificate by which the client has proved its identity; undefined if it has none, or if none of `tls.ca` has signed it. */
    peerCertificate?(): PeerCertificate | undefined;
}
/** The HTTP request by which a connection began. It holds secrets: cookies, tokens. */
interface OpeningRequest {
    readonly method: string;
    /** Path and query as they came: `/ws?lang=it`. */
    readonly url: string;
    /** By names in lower case. A list for `set-cookie` only, as in Node.js. */
    readonly headers: {
        readonly [name: string]: string | readonly string[] | undefined;
    };
    /** The header `Cookie`, by name, decoded. */
    readonly cookies: {
        readonly [name: string]: string | undefined;
    };
    readonly httpVersion: string;
}
/** A certificate of a client that was verified. */
interface PeerCertificate {
    /** `CN=device 7\nO=Example`: a line each. */
    readonly subject: string;
    readonly issuer: string;
    /** `DNS:…, URI:…`; undefined if it has none. */
    readonly subjectAltName: string | undefined;
    /** SHA-256 in hexadecimal digits, with colons. */
    readonly fingerprint256: string;
    readonly serialNumber: string;
    /** When it expires, in milliseconds since 1970. */
    readonly validTo: number;
    /** As DER. */
    readonly raw: Uint8Array;
}
/** A login that a browser need not repeat. */
interface RememberedLogin {
    readonly realm: string;
    readonly authid: string;
    readonly authrole: string;
    /** `static`: of a user who is listed in the configuration. Else `dynamic`. */
    readonly authprovider: string;
    readonly authextra?: Dict | undefined;
    /** Of a user of the configuration: the seal of what the login was proved by. */
    readonly seal?: string | undefined;
}
/** How the router remembers the logins of one browser, for hosts. */
interface Remembering {
    /** The login of this browser, in any realm. */
    recall(): Awaitable<RememberedLogin | undefined>;
    /** From now on it is this one. */
    keep(login: RememberedLogin): void;
    /** A digest of a text that only the browser and the router can make, so that it may be kept. */
    seal(text: string): string;
    /** There is none any more. */
    forget(): void;
}

/** The identity of a session. */
interface RouterSession {
    readonly id: Id;
    readonly realm: string;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    readonly transport: TransportInfo;
    /** Bytes that wait to be sent to it. */
    readonly queuedBytes: number;
    /** Events that it did not get, because it read too slowly. */
    readonly droppedEvents: number;
}

/** How fast one session may send. Everything that a client sends counts: calls, events, results. */
interface RateLimits {
    /** Messages of one session in a second, on average. Default 0: any number. */
    readonly messagesPerSecond?: number | undefined;
    /** How many of them may come at once, after a pause. Default 0: as many as in a second. */
    readonly burst?: number | undefined;
    /**
     * What happens to a session that sends faster. `slow` (default): its connection is not read for a while, so that it has to wait; nobody else does. What was read,
     * but not handled before it goes away, is dropped. `close`: it ends with `autostrada.error.limit_exceeded`.
     */
    readonly onTooFast?: 'slow' | 'close' | undefined;
}
interface RouterLimits extends RateLimits {
    /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
    readonly maxMessageBytes?: number | undefined;
    /** The same before WELCOME: HELLO and AUTHENTICATE. Default 64 KiB. A longer message ends the connection, if possible before all of it has come. */
    readonly maxHelloBytes?: number | undefined;
    /** From connecting to WELCOME, including a login, in milliseconds. Default 10 000. */
    readonly joinTimeoutMs?: number | undefined;
    /** The queue of outgoing messages of one session, in bytes. Default 4 MiB. */
    readonly maxQueuedBytes?: number | undefined;
    /**
     * What happens to a session with a longer queue. `close` (default): it ends. `drop-events`: it loses events until it has
     * caught up; answers are still queued, and beyond twice the limit it ends.
     */
    readonly onQueueFull?: 'close' | 'drop-events' | undefined;
    /**
     * The queues of all sessions together, in bytes. Default 256 MiB. Beyond it the session with the longest queue ends, or loses events
     * (`onQueueFull`), and then the next.
     */
    readonly maxTotalQueuedBytes?: number | undefined;
    /** How long a session may read nothing while 64 KiB or more wait for it, in milliseconds. Default 120 000. Then it ends. */
    readonly queueTimeoutMs?: number | undefined;
    /** How many sessions may be connected from outside. Default 10 000. */
    readonly maxSessions?: number | undefined;
    /**
     * The length of a URI, in characters; also of an authid, an authrole and other short texts that are kept or sent to others. Default 1024. A longer one is
     * answered `wamp.error.invalid_uri`, in HELLO by ABORT.
     */
    readonly maxUriLength?: number | undefined;
    /** The components of a URI, between its dots. Default 64. */
    readonly maxUriComponents?: number | undefined;
    /** How deeply lists and dicts may be nested in a message. Default 1000. A deeper payload fails with `wamp.error.invalid_argument`. */
    readonly maxDepth?: number | undefined;
    /** Entries in each of the lists `exclude`, `eligible`, `exclude_authid`, … of a PUBLISH or a testament. Default 10 000. */
    readonly maxListLength?: number | undefined;
    /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxSubscriptions?: number | undefined;
    /** Of one session. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxRegistrations?: number | undefined;
    /** Running calls of one session as caller. Default 10 000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxCalls?: number | undefined;
    /** Of one session as caller: progressive calls whose last input has not come. Default 1000. One more is answered `autostrada.error.limit_exceeded`. */
    readonly maxProgressiveCalls?: number | undefined;
    /**
     * Bytes kept of the running calls of one session, for further inputs and for another callee. Default 4 MiB. A progressive
     * call without room is answered `wamp.error.payload_size_exceeded`; another call is not passed on to a second callee.
     */
    readonly maxCallBytes?: number | undefined;
    /** Of one session. Default 100. One more is answered `wamp.error.payload_size_exceeded`. */
    readonly maxTestaments?: number | undefined;
    /** Of the testaments of one session together, in bytes. Default 4 MiB. More is answered `wamp.error.payload_size_exceeded`. */
    readonly maxTestamentBytes?: number | undefined;
    /**
     * Approximate bytes that the router keeps for one session: subscriptions, registrations, running calls and testaments. Default 16 MiB. One more is answered
     * `autostrada.error.limit_exceeded`, a testament `wamp.error.payload_size_exceeded`.
     */
    readonly maxKeptBytes?: number | undefined;
    /** The same for all sessions of one address, IPv6 by /64. Default 256 MiB. */
    readonly maxKeptBytesPerAddress?: number | undefined;
    /** Topics of one realm with a retained event. Default 10 000. Beyond it the one that was retained longest ago is forgotten. */
    readonly maxRetainedTopics?: number | undefined;
    /** The retained events of one realm together, in bytes. Default 32 MiB. Beyond it the one that was retained longest ago is forgotten. */
    readonly maxRetainedBytes?: number | undefined;
    /** How long a retained event is kept, in milliseconds. Default 0: until it is replaced. */
    readonly maxRetainedAgeMs?: number | undefined;
    /** The history of one rule, in bytes. Default 32 MiB. Beyond it the oldest event is forgotten, whatever the rule's `limit`. */
    readonly maxHistoryBytes?: number | undefined;
    /**
     * Connections from outside without a session yet, counted apart from `maxSessions`: WebSockets, RawSockets and long-poll transports before WELCOME. Default
     * 5000. Beyond it, of the address with the most, the one that has waited longest ends with `wamp.error.unavailable`.
     */
    readonly maxPending?: number | undefined;
    /** The same for one address, IPv6 by /64. Default 1000. Beyond it the one of this address that has waited longest ends. */
    readonly maxPendingPerAddress?: number | undefined;
    /**
     * TCP connections to a port that are neither WebSocket nor RawSocket: HTTP, with long-poll and files, and those that have sent nothing yet. Default 20 000.
     * Beyond it, of the address with the most, the one that has been silent for longest is cut off.
     */
    readonly maxHttpConnections?: number | undefined;
    /** The same for one address, IPv6 by /64. Default 2000. Beyond it the one of this address that has been silent for longest is cut off. */
    readonly maxHttpConnectionsPerAddress?: number | undefined;
    /** The header of one HTTP request, in bytes. Default 16 KiB. A longer one is answered 431. */
    readonly maxHeaderBytes?: number | undefined;
    /**
     * Incomplete incoming messages of all connections together, in bytes. Default 64 MiB. Beyond it the oldest of the
     * address with the most is dropped: its session ends with `wamp.error.unavailable`, a post of long-poll is answered 503.
     */
    readonly maxPartialBytes?: number | undefined;
}
/** All limits, with defaults filled in. */
type SettledLimits = {
    readonly [limit in keyof RouterLimits]-?: NonNullable<RouterLimits[limit]>;
};

/**
 * `denied`: a user who does not exist, or a wrong proof. `no_method`: no login that both sides have. `throttled`: too many have failed from there. `failed`: the authenticator,
 * or a hook, has failed. `refused`: a hook or authenticator has refused it in its own words. `unavailable`: there was nobody to ask. `late`: it took longer than
 * `limits.joinTimeoutMs`. `no_such_realm`: the realm does not exist.
 */
type LoginRefusal = 'denied' | 'no_method' | 'throttled' | 'failed' | 'refused' | 'unavailable' | 'late' | 'no_such_realm';

/** How a call ended. `lost`: the session of the caller or the callee has ended. */
type CallOutcome = 'result' | 'error' | 'canceled' | 'timeout' | 'lost';
/** A call that has reached a callee, and is over. */
interface EndedCall {
    readonly realm: string;
    /** The procedure of its registration: a pattern, if it was registered as one. */
    readonly procedure: string;
    /** Of the caller. */
    readonly authrole: string;
    readonly outcome: CallOutcome;
    /** From INVOCATION to the end, in milliseconds. */
    readonly durationMs: number;
}

/** Since it began. */
interface Traffic {
    readonly messagesIn: number;
    readonly messagesOut: number;
    /** Text that is not UTF-8 yet counts by its characters. */
    readonly bytesIn: number;
    readonly bytesOut: number;
}
interface TrafficGroup extends Traffic {
    /** Empty, as the authrole is: of connections while they had no session. */
    readonly realm: string;
    /** `other`: of a realm with very many authroles. */
    readonly authrole: string;
}

type Action = 'call' | 'register' | 'publish' | 'subscribe';
interface AuthroleConfig {
    /**
     * The most specific rule that matches decides: an exact one, else the longest prefix, wherever it ends, else a wildcard. Without a match it is denied.
     * A pattern of SUBSCRIBE or REGISTER must lie wholly within one rule, with no narrower rule inside it.
     */
    readonly permissions: readonly PermissionRule[] | 'all';
    /** A procedure of this realm that decides if no rule matches: `(session, uri, action, options)`. */
    readonly authorizer?: Uri | undefined;
    /** Sent with every call and event of such a session (WAMP "Call Trust Levels", "Publication Trust Levels"). 0 is the lowest. */
    readonly trustlevel?: number | undefined;
    /** How fast each session with this authrole may send. Default: as `limits` of the router say. */
    readonly limits?: RateLimits | undefined;
}
interface PermissionRule {
    readonly uri: Uri;
    readonly match?: Match | undefined;
    readonly allow: readonly Action[] | 'all';
    /** Whether the other side learns who calls or publishes. `true`: always. `false`: never, and a request for it is refused. Default: as requested. */
    readonly disclose?: boolean | undefined;
}
/** How the rules of an authrole decide. */
interface RuleChoice {
    /** Undefined: no rule matches. */
    readonly verdict: Permit | 'denied' | undefined;
    /** The rules that decide; several only for a pattern. `{authid}` is filled in. None with a verdict: rules decide differently about parts of a pattern. */
    readonly deciding: readonly PermissionRule[];
    /** Others that match, and do not count. */
    readonly others: readonly PermissionRule[];
}
/** The conditions of a permission. */
interface Permit {
    /** Whether the other side learns who did it. Undefined: if that is requested. `false`: a request for it is refused. */
    readonly disclose: boolean | undefined;
}

/** The action that a session requests. */
interface AuthorizationRequest {
    readonly realm: string;
    readonly session: RouterSession;
    readonly action: Action;
    readonly uri: Uri;
    readonly match: Match;
    /** The HTTP request by which the connection of the session began; undefined for RawSocket, and in this process. */
    readonly request: OpeningRequest | undefined;
}
interface Decision {
    readonly allow: boolean;
    /** As in {@link PermissionRule}. */
    readonly disclose?: boolean | undefined;
    /** Keeps the answer for all sessions with this authrole, this action and this URI. Default false: it may depend on the session. */
    readonly cache?: boolean | undefined;
}
/** Called if no permission rule matches. If it throws, the answer is `wamp.error.authorization_failed`. */
type Authorize = (request: AuthorizationRequest) => Awaitable<boolean | Decision>;
/**
 * What decides: the realm is open to anybody; the rules of the authrole; a procedure of the realm (`authorizer`); the hook of the program around the router
 * (`authorize`). Or nothing does, and it is refused: no rule of the authrole matches, or there is no such authrole.
 */
type GateChoice = {
    readonly by: 'open' | 'authorize' | 'no role';
} | {
    readonly by: 'no rule';
    readonly rules: readonly PermissionRule[];
} | {
    readonly by: 'rules';
    readonly choice: RuleChoice;
} | {
    readonly by: 'authorizer';
    readonly authorizer: Uri;
};

/** A principal that needs no login. */
interface Principal {
    readonly authid?: string | undefined;
    readonly authrole: string;
    /** Sent in WELCOME. */
    readonly authextra?: Dict | undefined;
}
/** A client that the hook `recognize` knows. */
interface Recognized extends Principal {
    /** For WELCOME and the meta API: how. Default `http`. */
    readonly authmethod?: string | undefined;
}
/** A user, with the data for each login method. Each present method is offered. */
interface UserConfig {
    /** One of the authroles of the realm. */
    readonly authrole: string;
    /** The secret itself. It travels in plain text. */
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
    /** The authid of the session. Default: the claimed one. */
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

/** Payloads that tools do not show, or not whole. */
interface MaskRule {
    /** The procedure or topic, or a pattern for it. */
    readonly uri: Uri;
    readonly match?: Match | undefined;
    /** Names whose values are not shown, at any depth of the payload. Upper and lower case, `-` and `_` make no difference. Absent: nothing of the payload is shown. */
    readonly keys?: readonly string[] | undefined;
}

interface RouterConfig {
    /** By name. `open`: every client may do everything, under any name; for development. Otherwise only what is written down is allowed. */
    readonly realms: {
        readonly [realm: string]: 'open' | RealmConfig;
    };
    /** Of everything that clients send, and of what is kept for them. Each has a default. */
    readonly limits?: RouterLimits | undefined;
    /**
     * `true`: the request ids of a session must be 1, 2, 3 …, as WAMP "IDs" says; any other ends the session. Default `false`: any id is accepted that
     * is not in use, as Crossbar.io and nexus do. Set it to find clients that count wrongly.
     */
    readonly strictRequestIds?: boolean | undefined;
    /** In a cluster, `true`: a call of a procedure that callees share by `roundrobin` or `random` goes to one at the same router, if one is free. Default `false`: all take turns. */
    readonly preferLocal?: boolean | undefined;
}
interface RealmConfig {
    /** The authrole of clients without credentials. Absent: they may not join. */
    readonly anonymous?: string | undefined;
    /** By name: what each may do. */
    readonly authroles: {
        readonly [authrole: string]: AuthroleConfig;
    };
    /** By authid. */
    readonly users?: {
        readonly [authid: string]: UserConfig;
    } | undefined;
    /** The seed of the router's own Ed25519 key, 64 hex digits, by which it proves its identity to clients that require it (WAMP-cryptosign). */
    readonly privateKey?: string | undefined;
    /** A procedure of this realm that looks up users who are not listed, as at Crossbar.io: `(realm, authid, details)`. */
    readonly authenticator?: Uri | undefined;
    /** Topics whose events are kept for `wamp.subscription.get_events` (WAMP "Event History"). Default: none. */
    readonly history?: readonly HistoryRule[] | undefined;
    /** What `autostrada tail`, the inspector and `router.inspect` do not show of payloads. Values of names such as `password` and `token` are never shown. Default: no others. */
    readonly masks?: readonly MaskRule[] | undefined;
}
interface HistoryRule {
    /** The topic, or a pattern for topics. */
    readonly uri: Uri;
    readonly match?: Match | undefined;
    /** How many of the newest events are kept, for all matching topics together; fewer if they take more than `limits.maxHistoryBytes`. */
    readonly limit: number;
    /** How long an event is kept, in milliseconds. Default: until there are newer ones. */
    readonly maxAgeMs?: number | undefined;
}
interface RouterHooks {
    /** Looks up a user that the configuration does not list. The result is checked like a listed user. */
    readonly findUser?: ((query: UserQuery) => Awaitable<User | undefined>) | undefined;
    /**
     * Recognizes a client without a challenge, by what its HTTP request carries (`query.transport.request`: cookies, headers) or by its certificate
     * (`query.transport.peerCertificate`). Called in every realm that is not open, for clients that offer no login, or `anonymous`, `cookie` or `http`. With
     * undefined, and for a client that claims another authid, the login goes on as if there were no hook.
     */
    readonly recognize?: ((query: UserQuery) => Awaitable<Recognized | undefined>) | undefined;
    /** Called if no permission rule matches and the authrole has no `authorizer`. Default: denied. Not called in open realms. */
    readonly authorize?: Authorize | undefined;
    /** Gets the log, one entry at a time. Default: warnings and errors go to the console. */
    readonly log?: ((entry: LogEntry) => void) | undefined;
    /** Keeps retained events and histories. Default: in memory, until the process ends. `openStore` of `autostrada/node` keeps them in files. */
    readonly store?: Store | undefined;
    /** Joins this router and others to one. `router.ready` tells when it is done. Default: the router is alone. */
    readonly cluster?: Engine | undefined;
    /** For tests. */
    readonly clock?: Clock | undefined;
}
/** Checks a configuration from a file: a `TypeError` names the path, what was expected and what came. The router's constructor does the same. */
declare function parseConfig(json: unknown): RouterConfig;

/**
 * What it is about. `call`: from CALL to the last RESULT or ERROR. `publish`: from PUBLISH until it is known who gets the event. `event`: an EVENT to a session that is watched by
 * its id or authid. `join`, `leave`: a session that comes or goes.
 */
type ConversationKind = 'call' | 'publish' | 'event' | 'subscribe' | 'unsubscribe' | 'register' | 'unregister' | 'join' | 'leave';
/** A session that takes part. */
interface Party {
    /** Null: it is at another router of the cluster, which knows more. */
    readonly session: Id | null;
    readonly authid: string;
    readonly authrole: string;
}
/** The state of a conversation. A later state of the same has the same `row`. */
interface Conversation {
    /** Its number. Those of a router grow by one with each conversation that somebody watches. */
    readonly row: number;
    /** In a cluster: the other router that tells it, by its name there. Absent: this one. */
    readonly node?: string | undefined;
    readonly kind: ConversationKind;
    readonly realm: Uri;
    /** The procedure or topic. Of `join` and `leave` empty. */
    readonly uri: Uri;
    /** Of `subscribe` and `register`; of the others `exact`. */
    readonly match: Match;
    /** When it began, in milliseconds since 1970. */
    readonly at: number;
    /** Whose request it is; of an `event` its subscriber. */
    readonly from: Party;
    /** Of a call: its callee, after a re-routing the last one. Null: it has none, or the router itself answers. */
    readonly to: Party | null;
    /** `waiting`: for a decision, an answer, or the callee. */
    readonly state: 'waiting' | 'done' | 'failed';
    /** When the callee got INVOCATION: milliseconds after the beginning. Null: it did not. */
    readonly invokedMs: number | null;
    /** When it ended: milliseconds after the beginning. Null: it has not. */
    readonly endedMs: number | null;
    /** Of a call: how many progressive results it had so far. */
    readonly progress: number;
    /** Of a publication: how many sessions of this router get the event, and how many other routers. Null: it is not known, or refused. */
    readonly receivers: {
        readonly sessions: number;
        readonly routers: number;
    } | null;
    /** Null: there is none. */
    readonly error: Uri | null;
    /** The payload of the request, and of the newest answer, as JSON, cut, with `***` for what is masked; above 256 KiB only its length. Null: there is none, or it was not asked for. */
    readonly payload: string | null;
    readonly answer: string | null;
    /** What became of it, as an English sentence without a full stop. The text of a callee's ERROR, and of `wamp.error.invalid_argument`, is payload: it is here only with `payloads`. */
    readonly says: string;
}
/** What is watched. A conversation has to fulfil all that is given. */
interface WatchFilter {
    /** Default: all. */
    readonly realm?: Uri | undefined;
    /** Whose: one of the two sides of a call, a publisher, a subscriber. */
    readonly session?: Id | undefined;
    readonly authid?: string | undefined;
    readonly authrole?: string | undefined;
    /** The procedure or topic, or a pattern for it. `join` and `leave` have none. */
    readonly uri?: Uri | undefined;
    /** Default `exact`. */
    readonly match?: Match | undefined;
    /** Default: all. */
    readonly kinds?: readonly ConversationKind[] | undefined;
    /** Only what failed, and publications that nobody gets. Default false. */
    readonly failed?: boolean | undefined;
    /** Whether payloads are told. They may be personal. Default false. */
    readonly payloads?: boolean | undefined;
    /** At most so many new conversations a second, of each router of a cluster; the others are counted. Default 1000. */
    readonly perSecond?: number | undefined;
}
/** What happened since the last time, in the order of the changes. Much comes in several pieces. */
interface WatchNews {
    readonly conversations: readonly Conversation[];
    /** How many were left out because of `perSecond`. */
    readonly skipped: number;
}

/** A pattern, and how many sessions have it. */
interface UsedPattern {
    readonly uri: Uri;
    readonly match: Match;
    /** Subscribers of this router; callees of all. */
    readonly sessions: number;
    /** How many other routers of the cluster have subscribers. */
    readonly routers: number;
}
/**
 * Why a URI does not match a pattern, though it nearly does:
 *
 * - `case`: they differ in upper and lower case only.
 * - `spelling`: a few letters differ.
 * - `star`: the pattern has `*` or `+` where an empty component or a prefix was meant. These are letters like any other.
 * - `exact`: the pattern is a beginning of the URI, but it is exact: with `match: 'prefix'` it would match.
 * - `longer`: the pattern goes on where the URI ends.
 * - `components`: the wildcard has another number of components, and the rest would match.
 */
type Nearness = 'case' | 'star' | 'spelling' | 'exact' | 'longer' | 'components';
interface NearMiss extends UsedPattern {
    readonly why: Nearness;
}

/** What is asked. */
interface ExplainQuestion {
    /** Default: the only one. */
    readonly realm?: Uri | undefined;
    readonly action: Action;
    readonly uri: Uri;
    /** Default `exact`. Only for `subscribe` and `register`. */
    readonly match?: Match | undefined;
    /** Who: a user of the configuration, the authid of a session, or an authrole. */
    readonly as: string;
    /** Whether code may be asked: an authorizer, or the hook `authorize`. Only for somebody with a session here. Default false: it may count what it is asked. */
    readonly ask?: boolean | undefined;
}
/** Whom the answer is about. */
interface ExplainedUser {
    /** Null: any user with this authrole. */
    readonly authid: string | null;
    readonly authrole: string;
    /** How many sessions with this authid are here; without one, with this authrole. */
    readonly sessions: number;
}
/**
 * What has decided: `open`: the realm is open to anybody. `rules`: rules of the authrole. `no rule`: none of them matches. `no role`: the realm has no such authrole.
 * `authorizer`: a procedure of the realm. `authorize`: the hook of the program around the router. `uri`: such a URI is not legal. `reserved`: it belongs to the router.
 */
type DecidedBy = GateChoice['by'] | 'uri' | 'reserved';
/** The answer. */
interface Explanation {
    readonly realm: Uri;
    readonly action: Action;
    readonly uri: Uri;
    readonly match: Match;
    readonly who: ExplainedUser;
    /** Null: code decides, and was not asked. */
    readonly allowed: boolean | null;
    readonly by: DecidedBy;
    /** The procedure of the realm that decides; null: none does. */
    readonly authorizer: Uri | null;
    /** The rules that have decided; several only for a pattern. `{authid}` is filled in. */
    readonly rules: readonly PermissionRule[];
    /** Rules that match, too, and do not count, because others are more specific. */
    readonly shadowed: readonly PermissionRule[];
    /** If no rule matches: those that nearly do. */
    readonly nearRules: readonly NearMiss[];
    /** The subscriptions or registrations that match. For `call` and `register` at most one. */
    readonly found: readonly UsedPattern[];
    /** Those that nearly match. */
    readonly near: readonly NearMiss[];
    /** All of it in English sentences, the decision first. */
    readonly says: readonly string[];
}

/** WAMP "Shared Registration". */
declare const policies: readonly ["single", "roundrobin", "random", "first", "last"];
type Policy = (typeof policies)[number];

/** Which calls are listed. */
interface CallsQuery {
    /** Default: all. */
    readonly realm?: Uri | undefined;
    /** How many, the oldest first. Default 100, at most 1000. */
    readonly limit?: number | undefined;
}
/** A call whose callee has got INVOCATION, and has not answered. */
interface RunningCall {
    readonly realm: Uri;
    /** The one that was called. */
    readonly procedure: Uri;
    readonly from: Party;
    readonly to: Party;
    /** For how long it has been with its callee, in milliseconds. */
    readonly sinceMs: number;
    /** CANCEL has come, and the answer of the callee is awaited. */
    readonly isKilled: boolean;
}
interface RunningCalls {
    /** In milliseconds since 1970. */
    readonly at: number;
    /** How many there are in all. */
    readonly count: number;
    /** The oldest first. */
    readonly calls: readonly RunningCall[];
}

/** Which one is asked for. */
interface RetainedQuery {
    /** Default: the only one. */
    readonly realm?: Uri | undefined;
    /** Its topic. */
    readonly uri: Uri;
}
interface RetainedValue {
    readonly uri: Uri;
    /** Of its publication, in milliseconds since 1970. */
    readonly at: number;
    /** The id of its publication: another one has come when it changes. */
    readonly publication: Id;
    /** Of its payload. */
    readonly bytes: number;
    /** The arguments, and the keywords if there are any, as JSON, cut, with `***` for what is masked; above 256 KiB only its length. Null: there is none, or it cannot be read. */
    readonly payload: string | null;
}

/** What is listed. */
interface UriQuery {
    /** Default: the only one. */
    readonly realm?: Uri | undefined;
    /** A part of the URI. Default: all. Upper and lower case differ, as in URIs. */
    readonly find?: string | undefined;
    /** How many topics, procedures and retained events are listed, at most, of each. Those that were made first come first. Default 1000, at most 10 000. */
    readonly limit?: number | undefined;
    /** Whether retained events are listed. The store is asked for all of them. Default false. */
    readonly retained?: boolean | undefined;
}
/** A topic, or a pattern of topics, that somebody subscribes to. */
interface TopicUse {
    readonly uri: Uri;
    readonly match: Match;
    /** Subscribers, at all routers of the cluster. */
    readonly sessions: number;
    /** How many other routers of the cluster have subscribers. */
    readonly routers: number;
    /** Of the subscription, in milliseconds since 1970. Null: it is at other routers only. */
    readonly since: number | null;
    /** Its events are kept. */
    readonly hasHistory: boolean;
}
/** A procedure, or a pattern of procedures, that somebody has registered. */
interface ProcedureUse {
    readonly uri: Uri;
    readonly match: Match;
    readonly invoke: Policy;
    /** How many callees it has, at all routers of the cluster. */
    readonly sessions: number;
    /** The first twenty. */
    readonly callees: readonly Party[];
    /** How many calls run at its callees now. */
    readonly running: number;
    /** In milliseconds since 1970. */
    readonly since: number;
}
interface RetainedTopic {
    readonly uri: Uri;
    /** Of its publication, in milliseconds since 1970. */
    readonly at: number;
    /** Of its payload. */
    readonly bytes: number;
    /** It ends with this session. Null: it stays. */
    readonly session: Id | null;
}
/** Each list is sorted by URI. A count is of all that fit, listed or not. */
interface RouterUris {
    readonly realm: Uri;
    readonly topics: readonly TopicUse[];
    readonly topicCount: number;
    readonly procedures: readonly ProcedureUse[];
    readonly procedureCount: number;
    /** Empty, unless it was asked for. */
    readonly retained: readonly RetainedTopic[];
    readonly retainedCount: number;
}

/** Counts since the router was made, unless a field says "now". */
interface RouterStats {
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
    readonly refusals: {
        readonly [reason in LoginRefusal]: number;
    };
    /** Sessions that sent faster than `limits.messagesPerSecond`, each counted once. They were slowed or ended, as `limits.onTooFast` says. */
    readonly slowedSessions: number;
}
/** Sessions that are alike. */
interface SessionGroup {
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

/** A session, and what it has sent and received since it joined. */
interface SessionSnapshot extends Traffic {
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

type TopOrder = 'messages' | 'bytes' | 'queued' | 'calls' | 'dropped' | 'joined';
/** Which sessions are told, how often. */
interface TopQuery {
    /** Only sessions of this realm. Default: all. */
    readonly realm?: string | undefined;
    /** Only sessions that have this in their authid, authrole, agent, peer or id. Default: all. */
    readonly find?: string | undefined;
    /** The order of sessions, the largest first; `joined`: the newest first. Default `messages`: in and out, in a second. */
    readonly order?: TopOrder | undefined;
    /** How many sessions are told. Default 20. */
    readonly limit?: number | undefined;
    /** The time from one to the next, in milliseconds. Default 1000. */
    readonly everyMs?: number | undefined;
}
/** What happened in a second. */
interface Rates {
    readonly messagesIn: number;
    readonly messagesOut: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
}
/** A session, with what it did since the last time. */
interface TopSession extends SessionSnapshot {
    /** In a cluster: the other router that it is at, by its name there. Absent: this one. */
    readonly node?: string | undefined;
    readonly perSecond: Rates;
}
interface TopNews {
    /** In milliseconds since 1970. */
    readonly at: number;
    /** Since the last time, in milliseconds; 0 the first time, when rates are not known yet. */
    readonly afterMs: number;
    readonly stats: RouterStats;
    /** Of the whole router. */
    readonly perSecond: Rates;
    /** How many sessions there are in all. */
    readonly count: number;
    readonly sessions: readonly TopSession[];
}

interface RouterEvents {
    /** After WELCOME. */
    join(session: RouterSession): void;
    /** `reason`: that of the GOODBYE or ABORT, of either side, or `wamp.error.network_failure`. */
    leave(session: RouterSession, reason: Uri): void;
}

interface SeenMessage {
    /** `CALL`, `EVENT`, … */
    readonly type: string;
    /** The message as WAMP's list, without secrets. */
    readonly message: readonly unknown[];
}

/** Which remembered logins; an empty one: all. */
interface LoginFilter {
    readonly realm?: string | undefined;
    readonly authid?: string | undefined;
}
/** Remembers logins, for hosts. */
interface LoginKeeper {
    /** @returns How many it has forgotten. */
    forget(filter: LoginFilter): Awaitable<number>;
}
declare class RememberedLogins {
    private readonly keepers;
    add(keeper: LoginKeeper): Off;
    /** @returns How many were forgotten. */
    forget(filter: LoginFilter): Promise<number>;
}

/** What `router.reload` has done. */
interface Reloaded {
    /** How many sessions were ended. */
    readonly ended: number;
    /** Paths of what has changed in the configuration, but only counts after a restart: limits, `strictRequestIds`, `preferLocal`, `history`. */
    readonly needsRestart: readonly string[];
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
    /** The name, where other connectors have a URL. */
    readonly name = "router";
    /** The configured limits, with defaults filled in. */
    readonly limits: SettledLimits;
    /** For hosts: those who remember logins. */
    readonly remembered: RememberedLogins;
    private readonly realms;
    private readonly events;
    private readonly context;
    private readonly connections;
    private readonly tally;
    private readonly watch;
    private readonly inspection;
    /** In a cluster: resolves when this node knows what the others have; clients are served from then on, and `listen` waits for it. Rejects if it cannot join. */
    readonly ready: Promise<void>;
    /** @throws TypeError for a wrong configuration; it names the path, what was expected and what came. */
    constructor(config: RouterConfig, hooks?: RouterHooks);
    /** What a log shows of it: `JSON.stringify`, and `console.log` of Node.js. It has no secret. */
    toJSON(): object;
    /** Connects without a network; the same rules apply as for all others. */
    connect(dial: Dial): Transport;
    /**
     * For components in this process: no login, this principal.
     *
     * @throws TypeError for an invalid principal.
     */
    as(principal: Principal): Connector;
    /**
     * Takes over another configuration while it runs: realms, users, authroles, permissions, and how clients log in. Nothing changes if anything in it is wrong.
     * Sessions stay if their user would get the same authrole now; others get GOODBYE with `wamp.error.no_such_principal`, `no_such_role` or `no_such_realm`. They
     * lose subscriptions and registrations that are not allowed any more (WAMP "Subscription Revocation", "Registration Revocation"). A new secret counts from
     * the next login on.
     *
     * @returns How many sessions were ended, and what counts only after a restart.
     * @throws TypeError for a wrong configuration; it names the path, what was expected and what came.
     */
    reload(config: RouterConfig): Reloaded;
    /** `close()` was called: new connections are refused. */
    get isClosed(): boolean;
    /** Whether it serves clients: in a cluster, it has joined, and is not cut off. */
    get isReady(): boolean;
    /** For hosts: the names of its realms. */
    get realmNames(): readonly string[];
    /**
     * For hosts: how clients may log in to a realm, by the names of the authmethods: `anonymous` if it needs no login, `http` if a hook recognizes clients by their HTTP
     * request. Empty if there is no such realm.
     */
    authmethods(realm: string): readonly string[];
    /** For hosts: takes a connection from outside. */
    attach(transport: Transport, info: TransportInfo): void;
    /** For hosts: writes to the router's log. */
    note(entry: LogEntry): void;
    /** For hosts: in a cluster, whether it has joined, and was not cut off since. If not, `attach` closes each connection. */
    get hasJoined(): boolean;
    /**
     * For hosts: whether `limits.maxSessions` are connected, it is draining, or it has not joined its cluster. If so, it counts as a refusal. `attach` calls this itself; a
     * host calls it earlier if its protocol has its own answer for this.
     */
    refusesConnection(): boolean;
    /** For hosts: reports a refusal by this limit, and its reason. Each is counted; it is logged once while it continues. */
    turnAway(limit: string, why?: string): void;
    /** For hosts: what the nodes of a cluster count together. Undefined: this router counts alone. */
    get counts(): Counts | undefined;
    /** All sessions of all realms. */
    get sessions(): readonly RouterSession[];
    /** Statistics. Cheap enough to be read every second. */
    stats(): RouterStats;
    /** For hosts: how many sessions there are of each kind. */
    census(): readonly SessionGroup[];
    /** For hosts: what sessions have sent and received, by realm and authrole. */
    traffic(): readonly TrafficGroup[];
    /**
     * Looks again and again at its sessions: which of them send and receive most, and what waits for them. For tools.
     *
     * @param news - Gets it, the first time at once, without rates. What it throws is logged.
     * @returns Ends it.
     * @throws TypeError for a wrong query.
     */
    top(query: TopQuery, news: (news: TopNews) => void): Off;
    /** For hosts: gets every call at its end, from now on. What it throws is logged. */
    watchCalls(ended: (call: EndedCall) => void): Off;
    /**
     * Why somebody may do something or not, and who would get it: for tools, and for tests of permissions. Nobody needs to be connected.
     *
     * @returns The decision with its rules, the subscriptions or registrations that match, those that nearly do, and all of it in sentences. Rejects with a TypeError if
     * there is no such realm, or nobody by the name in `as`.
     */
    explain(question: ExplainQuestion): Promise<Explanation>;
    /**
     * Lists what a realm has: topics with subscribers, procedures with callees, and retained events. For tools.
     *
     * @throws TypeError for a wrong query, Error if the store does not answer.
     */
    uris(query?: UriQuery): Promise<RouterUris>;
    /**
     * Lists running calls, in a cluster those of all routers, the oldest first. For tools.
     *
     * @throws TypeError for a wrong query.
     */
    calls(query?: CallsQuery): Promise<RunningCalls>;
    /**
     * The retained event of a topic, with its payload as text: it may be personal. For tools.
     *
     * @returns Null: there is none.
     * @throws TypeError for a wrong query, Error if the store does not answer.
     */
    retained(query: RetainedQuery): Promise<RetainedValue | null>;
    /**
     * Watches what sessions ask for, and what comes of it: calls from CALL to RESULT over both sides, publications with who gets them, and why a request failed or nobody got an
     * event. For tools. Costs nothing for sessions that nobody watches. The news come together, some times a second; a conversation that goes on comes again. The messages of a
     * login are never told, nor the payloads with which the router asks an authenticator.
     *
     * @param news - Gets them. What it throws is logged.
     * @returns Ends it.
     * @throws TypeError for a wrong filter: no such realm, a URI that is not legal, …
     */
    inspect(filter: WatchFilter, news: (news: WatchNews) => void): Off;
    /**
     * Sends GOODBYE to one session. Does nothing if there is none with this id.
     *
     * @throws TypeError for a reason that is not a URI, and a message that is not a text.
     */
    kill(session: Id, reason?: Uri, message?: string): void;
    /**
     * Takes a registration away from one of its callees (WAMP "Registration Revocation"); a callee that announced
     * `registration_revocation` is notified. Running calls are still answered. Does nothing if this callee has none with this id.
     *
     * @param callee - The id of its session.
     * @param reason - For the callee; most often a URI.
     */
    revokeRegistration(registration: Id, callee: Id, reason?: string): void;
    /**
     * Takes a subscription away from one of its subscribers (WAMP "Subscription Revocation"); a subscriber that announced
     * `subscription_revocation` is notified. Does nothing if this subscriber has none with this id.
     *
     * @param subscriber - The id of its session.
     * @param reason - For the subscriber; most often a URI.
     */
    revokeSubscription(subscription: Id, subscriber: Id, reason?: string): void;
    on<E extends keyof RouterEvents>(event: E, listener: RouterEvents[E]): Off;
    /**
     * Before `close`: refuses new connections, and waits until no call runs. Calls that run now, in a cluster also those that other nodes make to callees of this one, have
     * `timeoutMs`. Calls that come meanwhile are served at first. Then sessions without procedures get `wamp.error.unavailable` for new ones, and end when they have none. Sessions
     * of this process (`url: router`) are served, but not waited for.
     *
     * @param timeoutMs - How long it waits at most. 0: it only refuses new connections.
     * @param options - `goodbye`: for sessions that end meanwhile, as that of `close`; default `false`.
     * @returns How many calls are still running, which is logged. Rejects with a TypeError for anything but a number from 0 on, and for a `goodbye` that is not a URI.
     */
    drain(timeoutMs: number, options?: {
        readonly goodbye?: Uri | false | undefined;
    }): Promise<number>;
    /** `drain` was called, or `close`: new connections are refused. */
    get isDraining(): boolean;
    /**
     * Ends all sessions, and refuses new connections.
     *
     * @param options - `goodbye`: the reason of the GOODBYE to every session, default `wamp.close.system_shutdown`. `false`: none; the connections are closed
     * (WebSocket: 1012, service restart), and every client takes that for a loss and comes back. Choose `false` for a restart: Autobahn|JS takes any
     * GOODBYE as final and never comes back. Our client and Autobahn|Python come back after both, our client not after `wamp.close.normal` and
     * `wamp.close.logout`.
     * @returns A promise that resolves when every connection is closed; it waits at most 2 s for clients that do not answer.
     * @throws TypeError if `goodbye` is not a URI.
     */
    close(options?: {
        readonly goodbye?: Uri | false | undefined;
    }): Promise<void>;
    /**
     * For `autostrada/testing`: the transport that the router uses instead of the real one.
     *
     * @param _read - Reads a frame of this connection, without secrets; undefined: it is not a message.
     */
    protected around(transport: Transport, _read: (frame: Frame) => SeenMessage | undefined): Transport;
    private letIn;
    private openDoor;
}

export { Router, parseConfig };
export type { Action, AuthorizationRequest, Authorize, AuthroleConfig, CallOutcome, CallsQuery, Conversation, ConversationKind, CraEntry, DecidedBy, Decision, EndedCall, ExplainQuestion, ExplainedUser, Explanation, HistoryRule, LoginFilter, MaskRule, NearMiss, Nearness, OpeningRequest, Party, PeerCertificate, PermissionRule, Principal, ProcedureUse, RateLimits, Rates, RealmConfig, Recognized, Reloaded, RememberedLogin, Remembering, RetainedQuery, RetainedTopic, RetainedValue, RouterConfig, RouterEvents, RouterHooks, RouterLimits, RouterSession, RouterStats, RouterUris, RunningCall, RunningCalls, SeenMessage, SessionGroup, SessionSnapshot, TopNews, TopOrder, TopQuery, TopSession, TopicUse, TransportInfo, UriQuery, UsedPattern, User, UserConfig, UserQuery, WatchFilter, WatchNews };
