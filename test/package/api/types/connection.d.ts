/// <reference lib="esnext.disposable" />
import { Clock, Match } from './clock.js';
import { WampError } from './errors.js';
import { Awaitable, Uri, Off } from './words.js';
import { Attempt, Credentials } from './credentials.js';
import { Serializer } from './serializer.js';
import { Connector } from './transport.js';
import { ApiShape, Untyped, PayloadPassthru, CallOptions, Middleware, Contract, Extensions, Session, Requester, WaitOptions, LeaveOptions, UriOf, ProceduresOf, OwnUri, Endpoint, IfKnown, ArgsOf, SpecOf, KwargsOf, ResultOf, ProgressOf, InputOf, RegisterOptions, TopicOf, Subscribable, FitTopic, EventHandler, EventArgs, EventKwargs, DurableSubscribeOptions } from './contract.js';

interface ConnectionOptions<Api extends ApiShape = Untyped> {
    /**
     * Where the router is: `ws://`, `wss://`, and in a page also `/ws` or `http(s)://`. A list is tried in order, an attempt each.
     * A function is asked before every attempt. A `Connector` is anything else that carries frames: a `Router` in this process,
     * `rawSocket('rs://…')` or `webSocket('wss://…', { tls })` of `autostrada/node`.
     */
    readonly url: Targets | ((attempt: Attempt) => Awaitable<Targets>);
    readonly realm: string;
    /** Offered in this order, the router picks one. A function is asked before every join. Default: none, which routers take as anonymous. */
    readonly auth?: OneOrMore<Credentials> | ((attempt: Attempt) => Awaitable<OneOrMore<Credentials>>) | undefined;
    /** In order of preference. Default `[json()]`. */
    readonly serializers?: readonly Serializer[] | undefined;
    /** `passthru()` lets `ppt_*` options through (WAMP "Payload Passthru Mode"). Default: none, and they are refused. */
    readonly passthru?: PayloadPassthru | undefined;
    /** `false`: the first failure, or the end of the session, is final. */
    readonly retry?: RetryOptions | false | undefined;
    /** How a line that is dead without saying so is noticed. `false`: not at all. */
    readonly liveness?: LivenessOptions | false | undefined;
    /**
     * How long a message the router takes, in bytes; a longer one is refused with both numbers before it is sent, and the session goes on. Default: what
     * the router tells (Autostrada's does, as `_max_message_bytes` in WELCOME), or what it has closed a WebSocket for (1009).
     */
    readonly maxMessageBytes?: number | undefined;
    /** From dialling to WELCOME, a login included, in milliseconds. Default 15 000. */
    readonly joinTimeoutMs?: number | undefined;
    /** What waits while the line is down: how many requests (default 100), how long each in milliseconds (default 30 000). */
    readonly offline?: {
        readonly maxWaiting?: number | undefined;
        readonly timeoutMs?: number | undefined;
    } | undefined;
    /** For the calls of the connection that do not say otherwise: `timeoutMs` and `waitForCalleeMs`, in milliseconds. Default: no limit, and 0. */
    readonly defaults?: Pick<CallOptions, 'timeoutMs' | 'waitForCalleeMs'> | undefined;
    /** Around calls, publications, invocations and events, outermost first: `defineMiddleware`, `telemetry`, `diagnostics`. Default: none. */
    readonly middleware?: readonly Middleware[] | undefined;
    /**
     * From `autostrada/contract`: types the connection, and checks payloads at run time. Of all middleware it is nearest to your code: the
     * outermost around what goes out, the innermost around what comes in.
     */
    readonly contract?: Contract<Api> | undefined;
    /** More for HELLO.Details. */
    readonly hello?: (Extensions & {
        readonly agent?: string | undefined;
    }) | undefined;
    /**
     * The wire log: every message as it is sent and received, secrets left out. `true` writes to the console. Default: what
     * `DEBUG=autostrada` in Node's environment or `localStorage.debug = 'autostrada'` in a page says.
     */
    readonly wireLog?: boolean | ((entry: WireLogEntry) => void) | undefined;
    /** For tests and unusual hosts. */
    readonly environment?: Partial<Environment> | undefined;
}
type OneOrMore<T> = T | readonly T[];
type Targets = OneOrMore<string | URL | Connector>;
interface WireLogEntry {
    readonly direction: 'sent' | 'received';
    /** `CALL`, `EVENT`, … */
    readonly type: string;
    /** The message as a list, as WAMP has it. */
    readonly message: readonly unknown[];
}
interface RetryOptions {
    /** Full jitter: a delay between 0 and a ceiling that doubles from `minMs` (500) to `maxMs` (30 000). */
    readonly minMs?: number | undefined;
    readonly maxMs?: number | undefined;
    /** How many attempts in a row may fail. Default: no limit. */
    readonly maxAttempts?: number | undefined;
    /** How long attempts may go on, in milliseconds. Default: no limit. */
    readonly maxElapsedMs?: number | undefined;
    /** A session younger than this does not reset the backoff, in milliseconds. Default 5 000. */
    readonly stableMs?: number | undefined;
    /** Has the last word: a delay in ms, or false to give up. */
    readonly decide?: ((decision: RetryDecision) => number | false) | undefined;
}
interface RetryDecision {
    /** The attempt that failed, or 0 when a session ended. */
    readonly attempt: number;
    readonly elapsedMs: number;
    readonly error: WampError;
    /** What happens without `decide`: the delay in ms, or false. */
    readonly proposal: number | false;
}
interface LivenessOptions {
    /** Silence before a probe, in milliseconds. Default 20 000. */
    readonly idleMs?: number | undefined;
    /** Silence after the probe before the line is given up, in milliseconds. Default 10 000. */
    readonly timeoutMs?: number | undefined;
    /** Called where there is no ping. Any answer counts, ERROR too. Default `wamp.session.count`. */
    readonly probe?: Uri | undefined;
}
interface Environment {
    readonly WebSocket: new (url: string, protocols: string[]) => unknown;
    readonly clock: Clock;
    /** In [0, 1), for jitter. Keys and nonces come from the platform's crypto and nowhere else. */
    readonly random: () => number;
}
/** One union drives badge, log and metrics. There is no `lost`: losing the line *is* going to `waiting`, with the error. */
type Status = {
    readonly state: 'idle';
} | {
    readonly state: 'connecting';
    readonly attempt: number;
    readonly url: string;
} | {
    readonly state: 'joined';
    readonly session: Session<any>;
    readonly url: string;
} | {
    readonly state: 'waiting';
    readonly attempt: number;
    readonly error: WampError;
    /** Undefined: as soon as the device is online again (a browser says that it is not), and now and then until it is. */
    readonly retryAt: Date | undefined;
} | {
    readonly state: 'closed';
    readonly error: WampError | undefined;
};
interface ConnectionEvents<Api extends ApiShape = Untyped> {
    /** After every join. */
    open(session: Session<Api>): void;
    status(status: Status, previous: Status): void;
    /** What nobody awaits: a handler that throws, a plain error in an endpoint, a handle refused. Without a listener: console.error. */
    error(error: unknown, context: ErrorContext): void;
}
/** Since the connection was made. */
interface Stats {
    /** Sessions after the first. */
    readonly reconnects: number;
    /** Requests that wait for the router's answer now. */
    readonly pending: number;
    /** Requests that wait for a session now. */
    readonly waiting: number;
    /** Events that were published without `acknowledge` while there was no session, and were dropped. */
    readonly droppedPublications: number;
    readonly framesIn: number;
    readonly framesOut: number;
}
interface ErrorContext {
    readonly where: 'event' | 'invocation' | 'progress' | 'input' | 'publication' | 'subscription' | 'registration' | 'recovery' | 'listener' | 'connection';
    readonly uri: Uri | undefined;
}

/** pending: not there yet · active · lost: it was, the line is down · closed: by us, or refused for good (see `error`). */
type HandleState = 'pending' | 'active' | 'lost' | 'closed';
interface DurableHandle<Self> extends Disposable, AsyncDisposable {
    readonly state: HandleState;
    /** Why it is not active, where there is a reason. */
    readonly error: WampError | undefined;
    /**
     * Resolves with the handle once it is active; rejects when the router refuses it, or it is closed first. Ignoring it is fine:
     * an unobserved refusal goes to `connection.on('error')`.
     */
    readonly ready: Promise<Self>;
    on(event: 'state', listener: (state: HandleState, previous: HandleState) => void): Off;
}
interface DurableSubscription extends DurableHandle<DurableSubscription> {
    readonly topic: Uri;
    /** Gives it up. Settles as `Subscription.unsubscribe`. */
    unsubscribe(): Promise<void>;
}
interface DurableRegistration extends DurableHandle<DurableRegistration> {
    readonly procedure: Uri;
    /** Gives it up; what runs finishes. Settles as `Subscription.unsubscribe`. */
    unregister(): Promise<void>;
}

/**
 * The way to a router, through as many sessions as it takes.
 *
 * What is subscribed and registered here comes back after every reconnect. The first verb opens; `open()` is for who wants the session
 * or the error.
 *
 * @example
 * const connection = new Connection({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * connection.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
declare class Connection<Api extends ApiShape = Untyped> implements Requester<Api>, AsyncDisposable {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
    /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
    readonly call: Requester<Api>['call'];
    readonly callResult: Requester<Api>['callResult'];
    /** As on a session; an unacknowledged event waits for the first one, and is dropped while a later one is missing (`whenOffline`). */
    readonly publish: Requester<Api>['publish'];
    private readonly line;
    private readonly points;
    private readonly events;
    private readonly outbox;
    private readonly openers;
    private readonly owner;
    private durables;
    /** By middleware. */
    private readonly held;
    private end;
    /** After that, where it was opened anew while it is being closed. */
    private nextEnd;
    /** Who waited knows that it ends. */
    private hasGivenUp;
    /** Somebody looks at `closed`. */
    private isFollowed;
    /** It ends with an error that nobody hears but who awaits `open()`. */
    private isUnheard;
    constructor(options: ConnectionOptions<Api>);
    /** The current session, for what should end with it. */
    get session(): Session<Api> | undefined;
    /** Where the connection stands. `on('status')` tells of changes. */
    get status(): Status;
    /** What it measures time with: `environment.clock`. */
    get clock(): Clock;
    /** All that are not closed. */
    get handles(): readonly (DurableSubscription | DurableRegistration)[];
    /** Resolves when the connection has ended for good and never rejects: undefined after `close()`, else why. */
    get closed(): Promise<WampError | undefined>;
    /**
     * Opens, or joins in: resolves with the current session or the next one; rejects at once for what waiting cannot mend.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up. Who gives up as the only one that asked ends the attempts.
     * @throws {@link TransportError} for an invalid URL, no common subprotocol, no WebSocket there.
     * @throws {@link JoinError} when the router refuses the realm or the login at the first join.
     * @throws {@link TimeoutError} with the last failure as its cause; `signal.reason`.
     */
    open(options?: WaitOptions): Promise<Session<Api>>;
    /**
     * Says GOODBYE, closes the handles, stays closed until `open()`. Twice is fine.
     *
     * @returns A promise that resolves when the line is closed.
     */
    close(options?: LeaveOptions): Promise<void>;
    /**
     * Connects anew, now: leaves the session, waits no longer, or gives up the attempt under way. Pending requests are rejected, as by a lost line.
     * Opens an idle connection; does nothing on a closed one.
     */
    reconnect(): void;
    stats(): Stats;
    /** Listens. An event's listeners run in order; one that throws is told to `on('error')`. */
    on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents<Api>[E]): Off;
    /**
     * Registers now and after every reconnect.
     *
     * @returns A handle, at once; `ready` is the promise.
     */
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: Endpoint<IfKnown<ProceduresOf<Api>, P, ArgsOf<SpecOf<ProceduresOf<Api>, P>>, A>, IfKnown<ProceduresOf<Api>, P, KwargsOf<SpecOf<ProceduresOf<Api>, P>>, K>, ResultOf<SpecOf<ProceduresOf<Api>, P>>, ProgressOf<SpecOf<ProceduresOf<Api>, P>>, InputOf<SpecOf<ProceduresOf<Api>, P>>>, options?: RegisterOptions): DurableRegistration;
    /**
     * Subscribes now and after every reconnect, with the same options.
     *
     * @returns A handle, at once; `ready` is the promise.
     */
    subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(topic: FitTopic<Subscribable<Api>, T, Kind>, handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>, options?: DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>): DurableSubscription;
    private intend;
    private nextSession;
    private joined;
    private lost;
    private ended;
    /** All that was asked for is given up. Says whether somebody is told by that. `isHeard`: it is told elsewhere, too. */
    private dismiss;
    private moved;
    private report;
}

export { Connection };
export type { ConnectionEvents, ConnectionOptions, DurableHandle, DurableRegistration, DurableSubscription, Environment, ErrorContext, HandleState, LivenessOptions, OneOrMore, RetryDecision, RetryOptions, Stats, Status, Targets, WireLogEntry };
