/// <reference lib="esnext.disposable" />
import { Match } from './uri.js';
import { Without, CallOptions, Mapped, Result, PublishOptionsOf, Publication, Endpoint, Extensions, RegisterOptions, EventHandler, SubscribeOptions, WaitOptions, PayloadPassthru, Middleware, Contract, WampEvent } from './middleware-api.js';
import { Uri, Dict, Id, Awaitable, Off } from './words.js';
import { WampError, Attempt, Credentials } from './credentials.js';
import { Clock } from './clock.js';
import { Serializer } from './serializer.js';
import { Connector } from './transport.js';
import { ApiShape, Untyped, Said, Callable, UriOf, Payload, SpecOf, ProgressOf, InputOf, IfKnown, ResultOf, FullResult, TopicsOf, OwnUri, ArgsOf, KwargsOf, ProceduresOf, TopicOf, Subscribable, FitTopic, EventArgs, EventKwargs } from './contract.js';

interface Environment {
    readonly WebSocket: new (url: string, protocols: string[]) => unknown;
    readonly clock: Clock;
    /** In [0, 1), for jitter. Keys and nonces come from the platform's crypto and nowhere else. */
    readonly random: () => number;
}
interface ErrorContext {
    readonly where: 'event' | 'invocation' | 'progress' | 'input' | 'publication' | 'subscription' | 'registration' | 'recovery' | 'listener' | 'connection';
    readonly uri: Uri | undefined;
}

/**
 * What answers a procedure of a contract. A conditional type: a compiler resolves it before it looks at the endpoint, so that the literals and tuples of
 * the contract reach what the endpoint returns.
 */
type EndpointOf<S> = S extends unknown ? Endpoint<ArgsOf<S>, KwargsOf<S>, ResultOf<S>, ProgressOf<S>, InputOf<S>> : never;
/** The same by URI. `A`, `K`: what the endpoint itself says, where the contract says nothing. */
type EndpointAt<M, P, A, K> = IfKnown<M, P, EndpointOf<SpecOf<M, P>>, Endpoint<A, K, unknown>>;
type CallOptionsOf<S> = CallOptions<ProgressOf<S>, InputOf<S>>;
/** The verbs that a session and a connection share. A library that only asks should take this. `Missing`: options of features that are not there. */
interface Requester<Api extends ApiShape = Untyped, Missing extends PropertyKey = never> {
    /** Never there; carries the contract, so that functions can infer it. */
    readonly '~api'?: Api;
    /**
     * Calls a remote procedure.
     *
     * @returns One positional result and no keywords: that value. Nothing: undefined. Else a `Result`.
     * @throws {@link ApplicationError} when callee or router answers ERROR.
     * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
     */
    call<R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
    /** As `call`, but always the whole `Result`: for answers of varying length and for RESULT.Details. */
    callResult<A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>, K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
    /**
     * Publishes an event. With `acknowledge: true` a promise of the publication; without, nothing comes back.
     *
     * @throws {@link ConnectionLostError} unacknowledged, on a session that has ended; never on a connection.
     */
    publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(topic: OwnUri<TopicsOf<Api>, T>, ...payload: Payload<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge, Missing>>): Acknowledge extends true ? Promise<Publication> : void;
}

/**
 * One WAMP session. It ends with its connection, and what was subscribed and registered here ends with it.
 * What should outlive a reconnect belongs on the connection.
 */
interface Session<Api extends ApiShape = Untyped, Missing extends PropertyKey = never> extends Requester<Api, Missing>, AsyncDisposable {
    readonly id: Id;
    readonly realm: string;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    /** WELCOME.Details, verbatim. */
    readonly details: WelcomeDetails;
    /** What the router announced: `session.features.dealer?.call_canceling`. */
    readonly features: RouterFeatures;
    readonly isOpen: boolean;
    /** Those that are active now, the durable ones' among them. */
    readonly subscriptions: readonly Subscription[];
    readonly registrations: readonly Registration[];
    /** Resolves when the session has ended and never rejects: undefined after our own `leave()`, else why. */
    readonly ended: Promise<WampError | undefined>;
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>, options?: Without<RegisterOptions, Missing>): Promise<Registration>;
    subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(topic: FitTopic<Subscribable<Api>, T, Kind>, handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>, options?: SubscribeOptions<Kind>): Promise<Subscription>;
    /** What it measures time with. */
    readonly clock: Clock;
    /**
     * How long the router takes to answer, in milliseconds: by ping where the connection has one (WebSocket in Node.js), else by calling
     * `liveness.probe`, of which any answer counts.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
     * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
     */
    rtt(options?: WaitOptions): Promise<number>;
    /**
     * Resolves when the session is idle: no invocation runs, no request is unanswered.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
     * @throws {@link TimeoutError} that says what still runs; {@link ConnectionLostError} when the session ends first; `signal.reason`.
     */
    idle(options?: WaitOptions): Promise<void>;
    /** Says GOODBYE. The connection does not come back by itself. */
    leave(options?: LeaveOptions): Promise<void>;
}
interface LeaveOptions {
    /** Default `wamp.close.normal`. */
    readonly reason?: Uri | undefined;
    readonly message?: string | undefined;
}
interface Subscription extends AsyncDisposable {
    readonly id: Id;
    readonly topic: Uri;
    readonly isActive: boolean;
    /** Resolves when no more events will come and never rejects: undefined after `unsubscribe()`, else why. */
    readonly ended: Promise<WampError | undefined>;
    /**
     * No more events reach the handler.
     *
     * @returns Resolves when the router has answered, or the session has ended. Rejects when the router refuses, an `ApplicationError`; where
     *   nobody awaits that, `connection.on('error')` is told.
     */
    unsubscribe(): Promise<void>;
}
interface Registration extends AsyncDisposable {
    readonly id: Id;
    readonly procedure: Uri;
    readonly isActive: boolean;
    readonly ended: Promise<WampError | undefined>;
    /**
     * Stops new invocations; those running finish.
     *
     * @returns As `Subscription.unsubscribe`.
     */
    unregister(): Promise<void>;
}
interface WelcomeDetails extends Extensions {
    readonly realm?: string;
    readonly authid?: string;
    readonly authrole?: string;
    readonly authmethod?: string;
    readonly authprovider?: string;
    readonly authextra?: Dict;
    readonly agent?: string;
    readonly roles: {
        readonly broker?: Dict;
        readonly dealer?: Dict;
    };
}
interface RouterFeatures {
    readonly broker?: {
        readonly [feature: string]: boolean;
    };
    readonly dealer?: {
        readonly [feature: string]: boolean;
    };
}

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
    /** How a connection that is dead without saying so is noticed. `false`: not at all. */
    readonly liveness?: LivenessOptions | false | undefined;
    /**
     * How long a message the router takes, in bytes, from 512 on; a longer one is refused with both numbers before it is sent, and the session goes on. Default: what
     * the router tells (Autostrada's does, as `_max_message_bytes` in WELCOME), or what it has closed a WebSocket for (1009).
     */
    readonly maxMessageBytes?: number | undefined;
    /** From dialling to WELCOME, a login included, in milliseconds. Default 15 000. */
    readonly joinTimeoutMs?: number | undefined;
    /** Requests wait while the connection is down: how many (default 100), how long each in milliseconds (default 30 000). */
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
    /** Of its frame: bytes; of JSON characters. */
    readonly length: number;
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
    /** Silence after the probe before the connection is given up, in milliseconds. Default 10 000. */
    readonly timeoutMs?: number | undefined;
    /** Called where there is no ping. Any answer counts, ERROR too. Default `wamp.session.count`. */
    readonly probe?: Uri | undefined;
}
/** One union drives badge, log and metrics. There is no `lost`: losing the connection *is* going to `waiting`, with the error. */
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
    /** The last five attempts that failed and sessions that were lost, the oldest first. */
    readonly losses: readonly Loss[];
}
interface Loss {
    /** Milliseconds since 1970. */
    readonly at: number;
    readonly error: WampError;
}

/** The time in which events may have been missed, by this side's clock. */
interface Gap {
    /** When something last came over the connection. An event that was on its way then may be missing as well. */
    readonly from: Date;
    /** When the subscription was there again. */
    readonly to: Date;
    /** The last one that the handler got before; a retained event does not count, as it does not tell where in the order one is. */
    readonly lastPublication: Id | undefined;
}
/**
 * Makes a subscription whole after a gap. Live events are held back until it settles, then delivered, without those whose publication was
 * delivered already. It may be an async function of the program that gets a snapshot, or `fromHistory()`.
 *
 * When it fails, held events are delivered all the same and the error goes to `connection.on('error')`; so when over 10,000 are held.
 * When the connection is lost first, the next recovery gets one gap that covers both.
 */
type Recovery<A extends readonly unknown[] = any, K extends object = any> = (context: RecoveryContext<A, K>) => Awaitable<void>;
interface RecoveryContext<A extends readonly unknown[] = any, K extends object = any> {
    /** Undefined the first time, and until a first recovery has settled. */
    readonly gap: Gap | undefined;
    readonly session: Session<any>;
    readonly subscription: Subscription;
    /**
     * Hands a recovered event to the handler, unless its publication was delivered already: in this recovery, or as one of the last 1,000
     * before. Does nothing when the recovery is over.
     */
    deliver(event: WampEvent<A, K>): void;
    /** Aborts when the connection is lost again, the handle is closed, or too many events are held. */
    readonly signal: AbortSignal;
}

interface DurableSubscribeOptions<A extends readonly unknown[], K extends object, Kind extends Match = Match> extends SubscribeOptions<Kind> {
    /** Makes the subscription whole: runs after every SUBSCRIBED while live events are held back. */
    readonly recoverWith?: Recovery<A, K> | undefined;
}

/** pending: not there yet · active · lost: it was, the connection is down · closed: by the program, or refused for good (see `error`). */
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

declare class CoreConnection<Api extends ApiShape = Untyped> implements AsyncDisposable {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
    private readonly loop;
    private readonly events;
    /** Those that wait in `open()`. */
    private readonly openers;
    /** Of verbs that have not settled. */
    private readonly over;
    private end;
    /** The end after that, if it was opened again while it is being closed. */
    private nextEnd;
    /** The last `open()` gave up, and so the attempts were ended: that is told there. */
    private hasGivenUp;
    /** Somebody looks at `closed`. */
    private isFollowed;
    /** It ends with an error that is told by `open()` alone. */
    private isUnheard;
    /** The current session, for what should end with it. */
    get session(): Session<Api> | undefined;
    /** Where the connection stands. `on('status')` reports changes. */
    get status(): Status;
    /** What it measures time with: `environment.clock`. */
    get clock(): Clock;
    /** Resolves when the connection has ended for good and never rejects: undefined after `close()`, else why. */
    get closed(): Promise<WampError | undefined>;
    /**
     * Opens, or joins in: resolves with the current session or the next one; rejects at once on errors that waiting cannot solve.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up. When the only one that asked gives up, the attempts end.
     * @throws {@link TransportError} for an invalid URL, no common subprotocol, no WebSocket there.
     * @throws {@link JoinError} when the router refuses the realm or the login at the first join.
     * @throws {@link TimeoutError} with the last failure as its cause; `signal.reason`.
     */
    open(options?: WaitOptions): Promise<Session<Api>>;
    /**
     * Says GOODBYE, closes the handles, stays closed until `open()`. Twice is fine.
     *
     * @returns A promise that resolves when the connection is closed.
     */
    close(options?: LeaveOptions): Promise<void>;
    /**
     * Connects again, now: leaves the session, stops waiting, or gives up the current attempt. Pending requests are rejected, as after a lost connection.
     * Opens an idle connection; does nothing on a closed one.
     */
    reconnect(): void;
    stats(): Stats;
    /** Listens. An event's listeners run in order; one that throws is told to `on('error')`. */
    on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents<Api>[E]): Off;
    /** A first attempt that fails is told, unless the program looks at the attempts itself. */
    private warn;
    private ended;
    /** All that was asked for is given up. Says whether somebody is told by that. `isHeard`: it is told elsewhere, too. */
    private dismiss;
    private report;
}

export { CoreConnection };
export type { CallOptionsOf, ConnectionEvents, ConnectionOptions, DurableHandle, DurableRegistration, DurableSubscribeOptions, DurableSubscription, EndpointAt, EndpointOf, Environment, ErrorContext, Gap, HandleState, LeaveOptions, LivenessOptions, Loss, OneOrMore, Recovery, RecoveryContext, Registration, Requester, RetryDecision, RetryOptions, RouterFeatures, Session, Stats, Status, Subscription, Targets, WelcomeDetails, WireLogEntry };
