/// <reference lib="esnext.disposable" />
import { Clock, Match } from './clock.js';
import { WampError, Attempt, Credentials } from './credentials.js';
import { Dict, Id, Uri, Awaitable, Off } from './words.js';
import { Serializer } from './serializer.js';
import { Connector } from './transport.js';

/** Several positional values, or keywords. Return one from an endpoint; `call` gives one where a bare value would lie. */
declare class Result<out A extends readonly unknown[] = readonly unknown[], out K extends object = {}> {
    readonly args: A;
    readonly kwargs: K;
    /** RESULT.Details, verbatim; empty on results made here. Of one that an endpoint returns, `ppt_*` goes out as YIELD.Options. */
    readonly details: Dict;
    constructor(args?: A, kwargs?: K, details?: Dict);
}

/** Attributes that the specification leaves to implementations; sent and shown verbatim. */
interface Extensions {
    readonly [key: `_${string}`]: unknown;
    readonly [key: `x_${string}`]: unknown;
}
/**
 * WAMP "Payload Passthru Mode", with `ConnectionOptions.passthru`: the payload goes through the router as one binary item, packed by a
 * serializer that need not be the session's.
 * In options it is asked for, in details it says how the payload came.
 */
interface PayloadPassthruOptions {
    /** There and not empty: in use. `wamp`, `mqtt`, or one of your own that begins with `x_`. */
    readonly ppt_scheme?: string | undefined;
    /**
     * What the payload is packed by: `json`, or one of those given to `passthru()`. `native`, or absent: the payload is one `Uint8Array`,
     * which both sides see as it is. The scheme `wamp` needs `cbor` or `flatbuffers`.
     */
    readonly ppt_serializer?: string | undefined;
    /** What the payload was encrypted with, by you: it is one `Uint8Array`, which both sides see as it is. */
    readonly ppt_cipher?: string | undefined;
    readonly ppt_keyid?: string | undefined;
}
/** How payloads are passed through: `passthru()`, or your own, which may also encrypt. Both run synchronously; what they throw is told. */
interface PayloadPassthru {
    /** The one binary item that is sent. What it throws rejects the call, or is thrown by `publish`. */
    pack(args: readonly unknown[], kwargs: Dict, options: PayloadPassthruOptions): Uint8Array;
    /** Of one binary item, what handlers and callers see. Null is empty. */
    unpack(item: Uint8Array, details: PayloadPassthruOptions): {
        readonly args?: readonly unknown[] | null | undefined;
        readonly kwargs?: Dict | null | undefined;
    };
}
interface Publication {
    readonly id: Id;
}
/** EVENT.Details verbatim, with what every handler wants filled in. */
interface EventDetails extends PayloadPassthruOptions, Extensions {
    readonly publication: Id;
    readonly subscription: Id;
    /** The topic published to, also for exact subscriptions. */
    readonly topic: Uri;
    readonly publisher?: Id;
    readonly publisher_authid?: string;
    readonly publisher_authrole?: string;
    readonly trustlevel?: number;
    readonly retained?: boolean;
}
/** An event as one object: what streams and recovery hand out. */
interface WampEvent<out A extends readonly unknown[] = readonly unknown[], out K extends object = Dict> {
    readonly args: A;
    readonly kwargs: K;
    readonly details: EventDetails;
}
/**
 * INVOCATION.Details verbatim, with what every endpoint wants filled in. As in options, members with a capital, and `signal`, are
 * ours; they sit on the prototype, and the signal is made when it is first read.
 */
interface InvocationDetails<in Progress = unknown, out Input = unknown> extends PayloadPassthruOptions, Extensions {
    readonly registration: Id;
    /** The URI called, also for exact registrations. */
    readonly procedure: Uri;
    readonly caller?: Id;
    readonly caller_authid?: string;
    readonly caller_authrole?: string;
    readonly trustlevel?: number;
    readonly timeout?: number;
    readonly receive_progress?: boolean;
    /** The wire's flag: further inputs follow. */
    readonly progress?: boolean;
    /**
     * Aborts on INTERRUPT (the caller gave up, or its time is over), on the callee's timeout and when the session ends. Its reason is a
     * `WampError` that becomes the right ERROR when it is thrown on, so `fetch(url, { signal: details.signal })` is all there is to do.
     */
    readonly signal: AbortSignal;
    /** Sends a progressive result: a value, or a `Result`. Does nothing and returns false when the caller did not ask for any. */
    sendProgress(value: Progress): boolean;
    /**
     * The inputs that follow the first, of a progressive call, in order, bare or `Result`; empty for an ordinary one. To be iterated once.
     * Throws the signal's reason when the call is stopped.
     *
     * @see WAMP, "Progressive Call Invocations"
     */
    readonly furtherInputs: AsyncIterable<Input>;
}

/**
 * One WAMP session. It ends with its line, and what was subscribed and registered here ends with it.
 * What should outlive a reconnect belongs on the connection.
 */
interface Session<Api extends ApiShape = Untyped> extends Requester<Api>, AsyncDisposable {
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
    register<P extends KnownUri<ProceduresOf<Api>>>(procedure: P, endpoint: EndpointOf<SpecOf<ProceduresOf<Api>, P>>, options?: RegisterOptions): Promise<Registration>;
    register<A extends readonly unknown[], K extends object, P extends string>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: Endpoint<A, K, unknown, unknown, unknown>, options?: RegisterOptions): Promise<Registration>;
    subscribe<T extends KnownUri<Subscribable<Api>>>(topic: T, handler: EventHandler<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>>, options?: SubscribeOptions & Exact): Promise<Subscription>;
    subscribe<T extends string, M extends 'prefix' | 'wildcard'>(topic: PatternOf<Subscribable<Api>, T, M>, handler: EventHandler<ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>, KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>>, options: SubscribeOptions & {
        readonly match: M;
    }): Promise<Subscription>;
    subscribe<A extends readonly unknown[], K extends object, T extends string>(topic: OpenUri<Subscribable<Api>, T>, handler: EventHandler<A, K>, options?: SubscribeOptions): Promise<Subscription>;
    /** What it measures time with. */
    readonly clock: Clock;
    /**
     * How long the router takes to answer, in milliseconds: by ping where the line has one (WebSocket in Node.js), else by calling
     * `liveness.probe`, of which any answer counts.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
     * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
     */
    rtt(options?: WaitOptions): Promise<number>;
    /**
     * Resolves when nothing is under way: no invocation runs, no request is unanswered.
     *
     * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
     * @throws {@link TimeoutError} that says what is under way; {@link ConnectionLostError} when the session ends first; `signal.reason`.
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
    unsubscribe(): Promise<void>;
}
interface Registration extends AsyncDisposable {
    readonly id: Id;
    readonly procedure: Uri;
    readonly isActive: boolean;
    readonly ended: Promise<WampError | undefined>;
    /** Stops new invocations; those running finish. */
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

/** The time in which events may have been missed, by this side's clock. */
interface Gap {
    /** When something last came over the line. An event that was on its way then may be missing as well. */
    readonly from: Date;
    /** When the subscription was there again. */
    readonly to: Date;
    /** The last one that the handler got before; a retained event does not count, as it does not tell where in the order one is. */
    readonly lastPublication: Id | undefined;
}
/**
 * Makes a subscription whole after a gap. Live events are held back until it settles, then delivered, without those whose publication was
 * delivered already. A snapshot is an async function of the app's; `fromHistory()` is one of ours.
 *
 * When it fails, held events are delivered all the same and the error goes to `connection.on('error')`; so when over 10,000 are held.
 * When the line drops first, the next one is told of one gap over both.
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
    /** Aborts when the line drops again, the handle is closed, or too many events are held. */
    readonly signal: AbortSignal;
}

/** What it returns is ignored; a promise is watched for rejection, not waited for (`events()` is one after the other). */
type EventHandler<A, K> = (args: A, kwargs: K, details: EventDetails) => unknown;
/** Returns a value, a `Result`, a promise of either, or an async generator: what it yields is progress, what it returns the result. */
type Endpoint<A, K, R, P = unknown, I = unknown> = (args: A, kwargs: K, details: InvocationDetails<P, I>) => Awaitable<R> | AsyncGenerator<P, R, void>;
type EndpointOf<S> = Endpoint<ArgsOf<S>, KwargsOf<S>, ResultOf<S>, ProgressOf<S>, InputOf<S>>;
/** On everything that waits for an answer. */
interface WaitOptions {
    /** Gives up: the promise rejects with `signal.reason`; a CANCEL goes out where the router can. */
    readonly signal?: AbortSignal | undefined;
    /**
     * Rejects with a `TimeoutError` after this long without an answer, in milliseconds; 0 or absent: never. A progressive result starts it
     * anew, as the specification counts. On calls also sent as `timeout`, to routers that announce `call_timeout`.
     */
    readonly timeoutMs?: number | undefined;
}
/** On the durable `call`, and on the durable `publish` with `acknowledge`. A session ignores them: it is online or it has ended. */
interface OfflineOptions {
    /** `wait` (default): in the bounded queue of `ConnectionOptions.offline`. `fail`: reject at once, `delivery: 'not-sent'`. */
    readonly whenOffline?: 'wait' | 'fail' | undefined;
    /**
     * What may be sent again after a loss, in the words of `ConnectionLostError.delivery`: nothing; what surely never left (`not-sent`, default:
     * on a connection it waits for its session anyway, so this is the same); or also what may have run already (`unknown`: say so only where
     * twice does no harm). Not a call with `inputsFrom`.
     */
    readonly retryOnLoss?: 'never' | 'not-sent' | 'unknown' | undefined;
}
interface CallOptions<Progress = unknown, Input = unknown> extends WaitOptions, OfflineOptions, PayloadPassthruOptions, Extensions {
    readonly disclose_me?: boolean | undefined;
    readonly rkey?: string | undefined;
    readonly runmode?: string | undefined;
    /** Write `timeoutMs`. This key alone is a hint to the router and limits nothing here (Crossbar.io even reads seconds). */
    readonly timeout?: never;
    /** Progressive results, mapped like the final one. Implies `receive_progress`. */
    readonly onProgress?: ((value: Mapped<Progress>) => void) | undefined;
    /**
     * Makes it a progressive call: `args` and `kwargs` are the first input, each item is one further input, a bare value or a `Result`.
     * Taken no faster than the transport takes them, and left (`return()`) when the call ends first. What it throws cancels the call and
     * rejects. Rejects with `wamp.error.feature_not_supported` where the router did not announce such calls.
     *
     * @see WAMP, "Progressive Call Invocations"
     */
    readonly inputsFrom?: AsyncIterable<Input> | Iterable<Input> | undefined;
    /**
     * Takes at most this many inputs more than progressive results came back: the callee sets the pace. Implies `receive_progress`. Default:
     * no limit.
     */
    readonly maxInputsAhead?: number | undefined;
    /** What an abort or a timeout asks the router for. Default `killnowait`. */
    readonly cancelMode?: 'skip' | 'kill' | 'killnowait' | undefined;
}
type CallOptionsOf<S> = CallOptions<ProgressOf<S>, InputOf<S>>;
interface PublishOptions extends PayloadPassthruOptions, Extensions {
    readonly exclude_me?: boolean | undefined;
    readonly exclude?: readonly Id[] | undefined;
    readonly exclude_authid?: readonly string[] | undefined;
    readonly exclude_authrole?: readonly string[] | undefined;
    readonly eligible?: readonly Id[] | undefined;
    readonly eligible_authid?: readonly string[] | undefined;
    readonly eligible_authrole?: readonly string[] | undefined;
    readonly disclose_me?: boolean | undefined;
    readonly retain?: boolean | undefined;
    readonly rkey?: string | undefined;
}
interface UnacknowledgedOptions extends PublishOptions {
    readonly acknowledge?: false | undefined;
    /** Durable only. `drop` (default) counts in `connection.stats()`; `wait` queues, and drops what waited too long. */
    readonly whenOffline?: 'wait' | 'drop' | undefined;
}
interface AcknowledgedOptions extends PublishOptions, WaitOptions, OfflineOptions {
    readonly acknowledge: true;
}
interface SubscribeOptions extends WaitOptions, Extensions {
    readonly match?: Match | undefined;
    readonly get_retained?: boolean | undefined;
    readonly nkey?: string | undefined;
}
interface DurableSubscribeOptions<A extends readonly unknown[], K extends object> extends SubscribeOptions {
    /** Makes the subscription whole: runs after every SUBSCRIBED while live events are held back. */
    readonly recoverWith?: Recovery<A, K> | undefined;
}
interface Exact {
    readonly match?: 'exact' | undefined;
}
interface RegisterOptions extends WaitOptions, Extensions {
    readonly match?: Match | undefined;
    readonly invoke?: 'single' | 'roundrobin' | 'random' | 'first' | 'last' | undefined;
    readonly disclose_caller?: boolean | undefined;
    readonly forward_timeout?: boolean | undefined;
    /** Crossbar.io's: the router's limit. */
    readonly concurrency?: number | undefined;
    /** Crossbar.io's: take the procedure from whoever has it. */
    readonly force_reregister?: boolean | undefined;
    /**
     * Ours: how many invocations run at once here. More wait, `maxWaiting` of them; the rest is answered `wamp.error.unavailable`, so
     * that the router may ask another callee (WAMP "Call Rerouting"). Those that a
     * former session left running count, too. Default: no limit.
     */
    readonly maxConcurrency?: number | undefined;
    /** Default 0. */
    readonly maxWaiting?: number | undefined;
}
/** The verbs that a session and a connection share. A library that only asks should take this. */
interface Requester<Api extends ApiShape = Untyped> {
    /** Never there; carries the contract, so that functions can infer it. */
    readonly '~api'?: Api;
    /**
     * Calls a remote procedure.
     *
     * @returns One positional result and no keywords: that value. Nothing: undefined. Else a `Result`.
     * @throws {@link ApplicationError} when callee or router answers ERROR.
     * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
     */
    call<P extends KnownUri<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<Mapped<ResultOf<SpecOf<Callable<Api>, P>>>>;
    call<R = unknown, P extends string = string>(procedure: OpenUri<Callable<Api>, P>, args?: readonly unknown[] | null, kwargs?: object | null, options?: CallOptions): Promise<R>;
    /** As `call`, but always the whole `Result`: for answers of varying length and for RESULT.Details. */
    callResult<P extends KnownUri<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<FullResult<ResultOf<SpecOf<Callable<Api>, P>>>>;
    callResult<A extends readonly unknown[] = readonly unknown[], K extends object = Dict, P extends string = string>(procedure: OpenUri<Callable<Api>, P>, args?: readonly unknown[] | null, kwargs?: object | null, options?: CallOptions): Promise<Result<A, K>>;
    /**
     * Publishes an event. With `acknowledge: true` a promise of the publication; without, nothing comes back.
     *
     * @throws {@link ConnectionLostError} unacknowledged, on a session that has ended; never on a connection.
     */
    publish<T extends KnownUri<TopicsOf<Api>>>(topic: T, args: ArgsIn<SpecOf<TopicsOf<Api>, T>>, kwargs: KwargsIn<SpecOf<TopicsOf<Api>, T>>, options: AcknowledgedOptions): Promise<Publication>;
    publish<T extends KnownUri<TopicsOf<Api>>>(topic: T, ...payload: Payload<SpecOf<TopicsOf<Api>, T>, UnacknowledgedOptions>): void;
    publish<T extends string>(topic: OwnUri<TopicsOf<Api>, T>, args: readonly unknown[] | null | undefined, kwargs: object | null | undefined, options: AcknowledgedOptions): Promise<Publication>;
    publish<T extends string>(topic: OwnUri<TopicsOf<Api>, T>, args?: readonly unknown[] | null, kwargs?: object | null, options?: UnacknowledgedOptions): void;
}

interface SessionInfo {
    readonly session: Id;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    readonly authprovider: string;
    readonly transport?: Dict;
}
interface RegistrationInfo {
    readonly id: Id;
    readonly created: string;
    readonly uri: Uri;
    readonly match: Match;
    readonly invoke: 'single' | 'roundrobin' | 'random' | 'first' | 'last';
}
interface SubscriptionInfo {
    readonly id: Id;
    readonly created: string;
    readonly uri: Uri;
    readonly match: Match;
}
interface IdsByMatch {
    readonly exact: readonly Id[];
    readonly prefix: readonly Id[];
    readonly wildcard: readonly Id[];
}
interface KillKwargs {
    readonly reason?: Uri;
    readonly message?: string;
}
interface WampProcedures {
    readonly 'wamp.session.count': {
        args: [authroles?: readonly string[]];
        result: number;
    };
    readonly 'wamp.session.list': {
        args: [authroles?: readonly string[]];
        result: readonly Id[];
    };
    readonly 'wamp.session.get': {
        args: [session: Id];
        result: SessionInfo;
    };
    readonly 'wamp.session.kill': {
        args: [session: Id];
        kwargs: KillKwargs;
    };
    readonly 'wamp.session.kill_by_authid': {
        args: [authid: string];
        kwargs: KillKwargs;
        result: readonly Id[] | number;
    };
    readonly 'wamp.session.kill_by_authrole': {
        args: [authrole: string];
        kwargs: KillKwargs;
        result: readonly Id[] | number;
    };
    readonly 'wamp.session.kill_all': {
        kwargs: KillKwargs;
        result: number;
    };
    readonly 'wamp.session.add_testament': {
        args: [topic: Uri, args: readonly unknown[], kwargs: object];
        kwargs: {
            readonly publish_options?: PublishOptions;
            readonly scope?: 'destroyed' | 'detached';
        };
    };
    readonly 'wamp.session.flush_testaments': {
        kwargs: {
            readonly scope?: 'destroyed' | 'detached';
        };
    };
    readonly 'wamp.registration.list': {
        result: IdsByMatch;
    };
    readonly 'wamp.registration.lookup': {
        args: [procedure: Uri, options?: {
            readonly match?: string;
        }];
        result: Id | null;
    };
    readonly 'wamp.registration.match': {
        args: [procedure: Uri];
        result: Id | null;
    };
    readonly 'wamp.registration.get': {
        args: [registration: Id];
        result: RegistrationInfo;
    };
    readonly 'wamp.registration.list_callees': {
        args: [registration: Id];
        result: readonly Id[];
    };
    readonly 'wamp.registration.count_callees': {
        args: [registration: Id];
        result: number;
    };
    /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
    readonly 'wamp.registration.remove_callee': {
        args: [registration: Id, callee: Id, reason?: string];
    };
    readonly 'wamp.subscription.list': {
        result: IdsByMatch;
    };
    readonly 'wamp.subscription.lookup': {
        args: [topic: Uri, options?: {
            readonly match?: string;
        }];
        result: Id | null;
    };
    readonly 'wamp.subscription.match': {
        args: [topic: Uri];
        result: readonly Id[] | null;
    };
    readonly 'wamp.subscription.get': {
        args: [subscription: Id];
        result: SubscriptionInfo;
    };
    readonly 'wamp.subscription.list_subscribers': {
        args: [subscription: Id];
        result: readonly Id[];
    };
    readonly 'wamp.subscription.count_subscribers': {
        args: [subscription: Id];
        result: number;
    };
    /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
    readonly 'wamp.subscription.remove_subscriber': {
        args: [subscription: Id, subscriber: Id, reason?: string];
    };
    /** Events as positional results, none to many: the case `callResult` is for. `autostrada/meta` evens the dialects out. */
    readonly 'wamp.subscription.get_events': {
        args: [subscription: Id];
        kwargs: HistoryFilter;
        result: Result<readonly HistoryEvent[], HistoryCut>;
    };
}
/** All that is given holds. Times as in RFC 3339, with any offset and any fraction: `2026-01-31T12:00:00.5+01:00`. */
interface HistoryFilter {
    /** How many at most, of those that come first: the oldest, or with `reverse` the newest. Default: all. */
    readonly limit?: number;
    /** Newest first. Default: oldest first. */
    readonly reverse?: boolean;
    readonly from_time?: string;
    readonly after_time?: string;
    readonly before_time?: string;
    readonly until_time?: string;
    /** Of a pattern's history only this topic. */
    readonly topic?: Uri;
    /** From and until are with, after and before without the publication. Autostrada takes one that it keeps no more as the oldest of all. */
    readonly from_publication?: Id;
    readonly after_publication?: Id;
    readonly before_publication?: Id;
    readonly until_publication?: Id;
}
/** There are more events than fit into a message; ask again `after_publication` the last one. Of Autostrada's router. */
interface HistoryCut {
    readonly is_limit_reached?: boolean;
}
interface HistoryEvent {
    readonly timestamp: string;
    readonly subscription: Id;
    readonly publication: Id;
    readonly details: Dict;
    readonly args?: readonly unknown[];
    readonly kwargs?: Dict;
}
interface WampTopics {
    readonly 'wamp.session.on_join': {
        args: [session: SessionInfo];
    };
    readonly 'wamp.session.on_leave': {
        args: [session: Id, authid?: string, authrole?: string];
    };
    readonly 'wamp.registration.on_create': {
        args: [session: Id, registration: RegistrationInfo];
    };
    readonly 'wamp.registration.on_register': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.registration.on_unregister': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.registration.on_delete': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.subscription.on_create': {
        args: [session: Id, subscription: SubscriptionInfo];
    };
    readonly 'wamp.subscription.on_subscribe': {
        args: [session: Id, subscription: Id];
    };
    readonly 'wamp.subscription.on_unsubscribe': {
        args: [session: Id, subscription: Id];
    };
    readonly 'wamp.subscription.on_delete': {
        args: [session: Id, subscription: Id];
    };
}

/** What a procedure takes and gives. What is absent is empty. */
interface ProcedureSpec {
    /** Positional arguments, a tuple, best with labels: `[sku: string]`. */
    readonly args?: readonly unknown[];
    /** Keyword arguments. */
    readonly kwargs?: object;
    /** The answer: a bare value, or `Result<[…], {…}>` where it has several positional values or keywords. */
    readonly result?: unknown;
    /** One progressive result, bare or `Result`. */
    readonly progress?: unknown;
    /** One further input of a progressive call, bare or `Result`. */
    readonly input?: unknown;
}
interface TopicSpec {
    readonly args?: readonly unknown[];
    readonly kwargs?: object;
}
/**
 * A contract: URIs mapped to specs. Patterns are template literals: `` [uri: `chess.player.${string}.move`]: {…} ``.
 * It is closed: a URI that it does not list does not compile. `MyApi & Untyped` opens it.
 */
interface ApiShape {
    readonly procedures?: object;
    readonly topics?: object;
}
/** No contract: every URI is fine, what comes in is `unknown` until annotated, what goes out is anything. */
interface Untyped {
    readonly procedures: {
        readonly [uri: string]: ProcedureSpec;
    };
    readonly topics: {
        readonly [uri: string]: TopicSpec;
    };
}
/** Appears in a compiler message when a closed contract lacks the URI. */
interface UriIsNotInTheContract {
    readonly 'this URI is not in the contract': never;
}
/** Appears in a compiler message when somebody registers or publishes below `wamp.`. */
interface UriIsReserved {
    readonly 'URIs below wamp. belong to the router': never;
}
/** Appears in a compiler message when the contract has the URI, but with other arguments, keywords or results. */
interface DoesNotFitTheContract {
    readonly 'what follows the URI does not fit the contract': never;
}
/** `any` means no contract. */
type ProceduresOf<Api> = 0 extends 1 & Api ? Untyped['procedures'] : Api extends {
    readonly procedures: infer P;
} ? P : {};
type TopicsOf<Api> = 0 extends 1 & Api ? Untyped['topics'] : Api extends {
    readonly topics: infer T;
} ? T : {};
/** What may be called: the contract's procedures and WAMP's own. */
type Callable<Api> = ProceduresOf<Api> & WampProcedures;
/** What may be subscribed to: the contract's topics and WAMP's own. */
type Subscribable<Api> = TopicsOf<Api> & WampTopics;
/** The literal and template keys of a map, without a plain `string` index. */
type KnownUri<M> = keyof {
    [K in keyof M as string extends K ? never : number extends K ? never : symbol extends K ? never : K]: M[K];
} & string;
/** Any URI that an open map does not know. */
type OpenUri<M, P extends string> = P extends KnownUri<M> ? DoesNotFitTheContract : string extends keyof M ? P : UriIsNotInTheContract;
/** The same for what one registers and publishes: never below `wamp.`. */
type OwnUri<M, P extends string> = P extends `wamp.${string}` ? UriIsReserved : OpenUri<M, P>;
type SpecOf<M, P> = P extends keyof M ? M[P] : never;
type ArgsOf<S> = S extends {
    readonly args: infer A extends readonly unknown[];
} ? A : [];
type KwargsOf<S> = S extends {
    readonly kwargs: infer K extends object;
} ? K : {};
type ResultOf<S> = S extends {
    readonly result: infer R;
} ? R : void;
type ProgressOf<S> = S extends {
    readonly progress: infer P;
} ? P : never;
type InputOf<S> = S extends {
    readonly input: infer I;
} ? I : never;
/** `{}` is fine, `{ x: 1 }` is not. */
interface NoKeywords {
    readonly [key: string]: never;
}
type ArgsIn<S> = [] extends ArgsOf<S> ? Readonly<ArgsOf<S>> | null | undefined : Readonly<ArgsOf<S>>;
type KwargsIn<S> = {} extends KwargsOf<S> ? ([keyof KwargsOf<S>] extends [never] ? NoKeywords : Readonly<KwargsOf<S>>) | null | undefined : Readonly<KwargsOf<S>>;
/** `(args?, kwargs?, options?)`: each may be left out only if the contract lets it be empty. */
type Payload<S, O> = {} extends KwargsOf<S> ? [] extends ArgsOf<S> ? [args?: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O] : [args: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O] : [args: ArgsIn<S>, kwargs: KwargsIn<S>, options?: O];
/**
 * What `call` resolves with. One positional value and no keywords: that value. Nothing at all: undefined. Else the `Result`.
 * For a `Result` of varying length the shape depends on the payload, and this type says so; use `callResult` there.
 */
type Mapped<R> = R extends Result<infer A, infer K> ? {} extends K ? number extends A['length'] ? Result<A, K> | A[number] | undefined : A['length'] extends 0 ? undefined : A['length'] extends 1 ? A[0] : Result<A, K> : Result<A, K> : R;
/** What `callResult` resolves with. */
type FullResult<R> = R extends Result<infer A, infer K> ? Result<A, K> : [R] extends [void] ? Result<[], {}> : Result<[R], {}>;
/** A WAMP wildcard as a template literal: `'a..c'` becomes `` `a.${string}.c` ``. */
type WildcardTemplate<P extends string> = P extends `${infer H}..${infer R}` ? `${H}.${string}.${WildcardTemplate<R>}` : P extends `${infer H}.` ? `${H}.${string}` : P extends `.${infer R}` ? `${string}.${R}` : P;
/** The contract's keys that a pattern can meet. */
type MatchingUri<M, P extends string, Match> = {
    [K in KnownUri<M>]: Match extends 'prefix' ? K extends `${P}${string}` ? K : never : K extends WildcardTemplate<P> ? K : WildcardTemplate<P> extends K ? K : never;
}[KnownUri<M>];
/** A pattern that can meet something in a closed contract. In an open one it may meet anything, so there it stays untyped. */
type PatternOf<M, P extends string, Match> = string extends keyof M ? UriIsNotInTheContract : [MatchingUri<M, P, Match>] extends [never] ? UriIsNotInTheContract : P;
type MatchingSpec<M, P extends string, Match> = SpecOf<M, MatchingUri<M, P, Match>>;

interface ConnectionOptions {
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
    /** From dialling to WELCOME, a login included, in milliseconds. Default 15 000. */
    readonly joinTimeoutMs?: number | undefined;
    /** What waits while the line is down: how many requests (default 100), how long each in milliseconds (default 30 000). */
    readonly offline?: {
        readonly maxWaiting?: number | undefined;
        readonly timeoutMs?: number | undefined;
    } | undefined;
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
    readonly where: 'event' | 'invocation' | 'progress' | 'input' | 'subscription' | 'registration' | 'recovery' | 'listener' | 'connection';
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
    unsubscribe(): Promise<void>;
}
interface DurableRegistration extends DurableHandle<DurableRegistration> {
    readonly procedure: Uri;
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
    /** As on a session; without one an unacknowledged event is dropped, or waits if `whenOffline` says so. */
    readonly publish: Requester<Api>['publish'];
    private readonly line;
    private readonly events;
    private readonly room;
    private readonly owner;
    private durables;
    private openers;
    private end;
    private droppedPublications;
    constructor(options: ConnectionOptions);
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
    register<P extends KnownUri<ProceduresOf<Api>>>(procedure: P, endpoint: EndpointOf<SpecOf<ProceduresOf<Api>, P>>, options?: RegisterOptions): DurableRegistration;
    register<A extends readonly unknown[], K extends object, P extends string>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: Endpoint<A, K, unknown, unknown, unknown>, options?: RegisterOptions): DurableRegistration;
    /**
     * Subscribes now and after every reconnect, with the same options.
     *
     * @returns A handle, at once; `ready` is the promise.
     */
    subscribe<T extends KnownUri<Subscribable<Api>>>(topic: T, handler: EventHandler<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>>, options?: DurableSubscribeOptions<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>> & Exact): DurableSubscription;
    subscribe<T extends string, M extends 'prefix' | 'wildcard'>(topic: PatternOf<Subscribable<Api>, T, M>, handler: EventHandler<ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>, KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>>, options: DurableSubscribeOptions<ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>, KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>> & {
        readonly match: M;
    }): DurableSubscription;
    subscribe<A extends readonly unknown[], K extends object, T extends string>(topic: OpenUri<Subscribable<Api>, T>, handler: EventHandler<A, K>, options?: DurableSubscribeOptions<A, K>): DurableSubscription;
    private intend;
    private request;
    private once;
    private publishOrWait;
    private enter;
    private joined;
    private lost;
    private ended;
    private moved;
    private report;
}

export { Connection, Result };
export type { AcknowledgedOptions, ApiShape, ArgsIn, ArgsOf, CallOptions, CallOptionsOf, Callable, ConnectionEvents, ConnectionOptions, DoesNotFitTheContract, DurableHandle, DurableRegistration, DurableSubscribeOptions, DurableSubscription, Endpoint, EndpointOf, Environment, ErrorContext, EventDetails, EventHandler, Exact, Extensions, FullResult, Gap, HandleState, HistoryCut, HistoryEvent, HistoryFilter, IdsByMatch, InputOf, InvocationDetails, KillKwargs, KnownUri, KwargsIn, KwargsOf, LeaveOptions, LivenessOptions, Mapped, MatchingSpec, MatchingUri, NoKeywords, OfflineOptions, OneOrMore, OpenUri, OwnUri, PatternOf, Payload, PayloadPassthru, PayloadPassthruOptions, ProcedureSpec, ProceduresOf, ProgressOf, Publication, PublishOptions, Recovery, RecoveryContext, RegisterOptions, Registration, RegistrationInfo, Requester, ResultOf, RetryDecision, RetryOptions, RouterFeatures, Session, SessionInfo, SpecOf, Stats, Status, Subscribable, SubscribeOptions, Subscription, SubscriptionInfo, Targets, TopicSpec, TopicsOf, UnacknowledgedOptions, Untyped, UriIsNotInTheContract, UriIsReserved, WaitOptions, WampEvent, WampProcedures, WampTopics, WelcomeDetails, WildcardTemplate, WireLogEntry };
