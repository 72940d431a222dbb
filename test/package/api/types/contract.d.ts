/// <reference lib="esnext.disposable" />
import { Dict, Id, Uri, Awaitable } from './words.js';
import { Clock, Match } from './clock.js';
import { WampError } from './errors.js';

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

/** Of a session or connection. */
interface Bounds {
    readonly clock: Clock;
    /** Those that are under way: each is told when it ends. */
    readonly held: Set<(why: unknown) => void>;
    /** For calls that say nothing. */
    readonly timeoutMs?: number | undefined;
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
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: Endpoint<IfKnown<ProceduresOf<Api>, P, ArgsOf<SpecOf<ProceduresOf<Api>, P>>, A>, IfKnown<ProceduresOf<Api>, P, KwargsOf<SpecOf<ProceduresOf<Api>, P>>, K>, ResultOf<SpecOf<ProceduresOf<Api>, P>>, ProgressOf<SpecOf<ProceduresOf<Api>, P>>, InputOf<SpecOf<ProceduresOf<Api>, P>>>, options?: RegisterOptions): Promise<Registration>;
    subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(topic: FitTopic<Subscribable<Api>, T, Kind>, handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>, options?: SubscribeOptions<Kind>): Promise<Subscription>;
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

/** A user's handler as it is called: contracts are types only. */
type AnyHandler = (args: never, kwargs: never, details: never) => unknown;

/**
 * Hooks around the four things that happen, on a connection and on its sessions.
 *
 * Each may look at the context, hand on another one (what that leaves out is as it was), see the outcome, or not call `next` and give an
 * outcome of its own. What it throws or rejects with is the outcome. `call` and `publish` may call `next` again: that is one request
 * more; an invocation or event is handed on once. The order of events and invocations holds while `next` is called synchronously.
 */
interface Hooks {
    /** Around `call` and `callResult`: once per call of yours, whatever waiting and sending anew it takes. */
    call?(context: CallContext, next: (context: CallContext) => Promise<Result>): Promise<Result>;
    /**
     * Around `publish`. Gives what `next` gives: nothing without `acknowledge`. What it throws then is thrown by `publish`, what it rejects
     * with goes to `on('error')`.
     */
    publish?(context: PublishContext, next: (context: PublishContext) => Promise<Publication> | undefined): Promise<Publication> | undefined;
    /**
     * Around an endpoint, its progress and its turn in `maxConcurrency` included. What it throws is answered as if the endpoint had thrown it.
     * What it adds to `details` the endpoint sees, too.
     */
    invocation?(context: InvocationContext, next: (context: InvocationContext) => Promise<Result>): Promise<Result>;
    /** Around an event handler, each on its own. What it throws or rejects with goes to `on('error')`. */
    event?(context: EventContext, next: (context: EventContext) => unknown): unknown;
}
interface CallContext {
    readonly procedure: Uri;
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    readonly options: CallOptions;
}
interface PublishContext {
    readonly topic: Uri;
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    readonly options: UnacknowledgedOptions | AcknowledgedOptions;
}
interface InvocationContext {
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    readonly details: InvocationDetails;
}
interface EventContext {
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    readonly details: EventDetails;
}
/** For `ConnectionOptions.middleware`: of `defineMiddleware`, `telemetry`, `diagnostics`, `defineContract`. */
interface Middleware {
    /** @internal */
    readonly '~around': (inner: Points) => Points;
}
/** A middleware that knows the types it checks. */
interface Contract<out Api> extends Middleware {
    /** Never there; carries the type. */
    readonly '~api'?: Api;
}
type Payload$1 = [args?: readonly unknown[] | null | undefined, kwargs?: object | null | undefined];
type Calling = [procedure: Uri, ...Payload$1, options?: CallOptions];
type Publishing = [topic: Uri, ...Payload$1, options?: UnacknowledgedOptions | AcknowledgedOptions];
/** The verbs, as a session or connection carries them out, and as its user calls them. */
interface Verbs {
    call(...given: Calling): Promise<unknown>;
    callResult(...given: Calling): Promise<Result>;
    publish(...given: Publishing): Promise<Publication> | undefined;
}
/** All hooks of one kind in one. `last`: what they are around. */
type Hook<C, R> = (context: C, last: (context: C) => R) => R;
interface Composed {
    readonly call?: Hook<CallContext, Promise<Result>> | undefined;
    readonly publish?: Hook<PublishContext, Promise<Publication> | undefined> | undefined;
    readonly invocation?: Hook<InvocationContext, Promise<Result>> | undefined;
    readonly event?: Hook<EventContext, unknown> | undefined;
}
/** Where hooks go in. Empty: there are none. */
interface Points extends Composed {
    /** `call` and `publish` of a contract, around those. */
    readonly outermost?: Composed;
    /** Those verbs that are hooked, within their hooks. */
    verbs?(verbs: Omit<Verbs, 'call'>, report: Report, bounds: Bounds): Partial<Verbs>;
    /**
     * The handler within its hooks. What is no function stays it, to be complained of.
     *
     * @param isLeft - Whether it was unsubscribed, while the hooks took their time.
     */
    handler?(handler: AnyHandler, isLeft: () => boolean): AnyHandler;
}
/**
 * A middleware of hooks of yours.
 *
 * @throws TypeError for hooks that are no functions.
 * @example
 * const timing = defineMiddleware({
 *   async call(context, next) {
 *     const start = Date.now();
 *     try {
 *       return await next(context);
 *     } finally {
 *       console.log(context.procedure, Date.now() - start);
 *     }
 *   },
 * });
 * const connection = new Connection({ url, realm, middleware: [timing] });
 */
declare function defineMiddleware(hooks: Hooks): Middleware;

/** What nobody awaits, and where it happened. */
type Report = (error: unknown, where: 'event' | 'invocation' | 'progress' | 'input' | 'publication' | 'subscription' | 'registration', uri: Uri | undefined) => void;

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
/** Returns a value, a `Result`, a promise of either, or a generator, async or not: what it yields is progress, what it returns the result. */
type Endpoint<A, K, R, P = unknown, I = unknown> = (args: A, kwargs: K, details: InvocationDetails<P, I>) => Awaitable<R> | AsyncGenerator<P, R, void> | Generator<P, R, void>;
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
/** Appears in a compiler message when a call has Autobahn's option `timeout`. */
interface WriteTimeoutMs {
    readonly 'write timeoutMs': never;
}
interface CallOptions<Progress = unknown, Input = unknown> extends WaitOptions, OfflineOptions, PayloadPassthruOptions, Extensions {
    readonly disclose_me?: boolean | undefined;
    readonly rkey?: string | undefined;
    readonly runmode?: string | undefined;
    /** Write `timeoutMs`. This key alone is a hint to the router and limits nothing here (Crossbar.io even reads seconds). */
    readonly timeout?: WriteTimeoutMs;
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
    /**
     * How long to wait for a callee, in milliseconds, where the router answers `wamp.error.no_such_procedure`: until a registration is told
     * by the router, else by calling again, less and less often. A callee that answers with that error itself is called again, too. Not a call
     * with `inputsFrom`. `timeoutMs` counts from the first. Default 0, or that of `ConnectionOptions.defaults`.
     */
    readonly waitForCalleeMs?: number | undefined;
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
interface UnacknowledgedOptions<Acknowledge = false> extends PublishOptions {
    readonly acknowledge?: Acknowledge | undefined;
    /**
     * Durable only. `wait`: in the bounded queue of `ConnectionOptions.offline`, and dropped when it waited too long. `drop`: at once. Default: `wait` until
     * the first session is there, `drop` after that. What was dropped is counted in `connection.stats()`, and the first of it told to `on('error')`
     * unless `drop` was asked for.
     */
    readonly whenOffline?: 'wait' | 'drop' | undefined;
    /** Gives up what was not sent yet. Aborted before, `publish` throws `signal.reason`; while it waits for a session, it is dropped without a word. */
    readonly signal?: AbortSignal | undefined;
}
interface AcknowledgedOptions<Acknowledge = true> extends PublishOptions, WaitOptions, OfflineOptions {
    readonly acknowledge: Acknowledge;
}
type PublishOptionsOf<Acknowledge> = Acknowledge extends true ? AcknowledgedOptions<Acknowledge> : UnacknowledgedOptions<Acknowledge>;
interface SubscribeOptions<Kind extends Match = Match> extends WaitOptions, Extensions {
    readonly match?: Kind | undefined;
    readonly get_retained?: boolean | undefined;
    readonly nkey?: string | undefined;
}
interface DurableSubscribeOptions<A extends readonly unknown[], K extends object, Kind extends Match = Match> extends SubscribeOptions<Kind> {
    /** Makes the subscription whole: runs after every SUBSCRIBED while live events are held back. */
    readonly recoverWith?: Recovery<A, K> | undefined;
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
    call<R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
    /** As `call`, but always the whole `Result`: for answers of varying length and for RESULT.Details. */
    callResult<A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>, K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
    /**
     * Publishes an event. With `acknowledge: true` a promise of the publication; without, nothing comes back.
     *
     * @throws {@link ConnectionLostError} unacknowledged, on a session that has ended; never on a connection.
     */
    publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(topic: OwnUri<TopicsOf<Api>, T>, ...payload: Payload<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge>>): Acknowledge extends true ? Promise<Publication> : void;
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
/** Appears in a compiler message when a type is given, as in `call<number>(…)`, where the contract says the types. */
interface TheContractSaysTheTypes extends ReadonlyArray<never> {
    readonly 'the contract says the types': never;
}
/** Appears in a compiler message when somebody registers or publishes below `wamp.`. */
interface UriIsReserved {
    readonly 'URIs below wamp. belong to the router': never;
}
/** Appears in a compiler message when no URI of the contract fits the pattern. */
interface PatternFitsNoUriInTheContract {
    readonly 'this pattern fits no URI in the contract': never;
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
};
/** Those, by a name that compiler messages show. */
type UriInTheContract<Known> = Known | UriIsNotInTheContract;
/** Any URI; editors suggest the known ones. */
type AnyUri<M> = KnownUri<M> | (string & {});
/** What a verb takes as the URI: a closed map has all of them, an open one takes any. */
type UriOf<M> = string extends keyof M ? [KnownUri<M>] extends [never] ? string : AnyUri<M> : UriInTheContract<KnownUri<M>>;
/** What one registers and publishes is never below `wamp.`; a closed contract has nothing there. */
type OwnUri<M, P> = string extends keyof M ? (P extends `wamp.${string}` ? UriIsReserved : P) : P;
/** What goes over a URI that the contract does not list. */
interface Anything {
    readonly args: readonly unknown[];
    readonly kwargs: object;
    readonly result: unknown;
    readonly progress: unknown;
    readonly input: unknown;
}
type SpecOf<M, P> = [P] extends [KnownUri<M> & keyof M] ? M[P] : Anything;
/** What the contract says, or else `Otherwise`: what the user says. */
type IfKnown<M, P, Known, Otherwise> = string extends keyof M ? ([P] extends [KnownUri<M>] ? Known : Otherwise) : Known;
/** What the user may say, where there is no closed contract. */
type Said<M, Type, Else = TheContractSaysTheTypes> = string extends keyof M ? Type : Else;
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
    readonly '~none'?: never;
}
type ArgsIn<S> = [] extends ArgsOf<S> ? Readonly<ArgsOf<S>> | null | undefined : Readonly<ArgsOf<S>>;
type KwargsIn<S> = {} extends KwargsOf<S> ? ([keyof KwargsOf<S>] extends [never] ? ('' extends KwargsOf<S> ? NoKeywords : object) : Readonly<KwargsOf<S>>) | null | undefined : Readonly<KwargsOf<S>>;
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
type WildcardTemplate<P> = P extends `${infer H}..${infer R}` ? `${H}.${string}.${WildcardTemplate<R>}` : P extends `${infer H}.` ? `${H}.${string}` : P extends `.${infer R}` ? `${string}.${R}` : P;
/** The contract's keys that a pattern can meet. */
type MatchingUri<M, P, Kind> = {
    [K in KnownUri<M>]: Kind extends 'prefix' ? K extends `${P & string}${string}` ? K : never : K extends WildcardTemplate<P> ? K : WildcardTemplate<P> extends K ? K : never;
}[KnownUri<M>];
/** What `subscribe` takes as the topic: a URI, or any text that can meet something. `Kind` is `Match` where nothing is said: exact. */
type TopicOf<M, Kind> = [Kind] extends [Pattern] ? string : UriOf<M>;
/** A pattern must meet something in a closed contract. In an open one it may meet anything, so there it stays untyped. */
type FitTopic<M, T, Kind> = string extends keyof M ? T : [Kind] extends [Pattern] ? [MatchingUri<M, T, Kind>] extends [never] ? PatternFitsNoUriInTheContract : T : T;
type Pattern = 'prefix' | 'wildcard';
/** What the events of a topic, or of all that a pattern can meet, are made of. */
type EventSpec<M, T, Kind> = [Kind] extends [Pattern] ? SpecOf<M, MatchingUri<M, T, Kind>> : SpecOf<M, T>;
/** `IfKnown` for topics and patterns. */
type IfTyped<M, T, Kind, Known, Otherwise> = string extends keyof M ? [Kind] extends [Pattern] ? Otherwise : IfKnown<M, T, Known, Otherwise> : Known;
/** The arguments of an event: the contract's, or else those that the handler is annotated with. */
type EventArgs<M, T, Kind, A> = IfTyped<M, T, Kind, ArgsOf<EventSpec<M, T, Kind>>, A>;
type EventKwargs<M, T, Kind, K> = IfTyped<M, T, Kind, KwargsOf<EventSpec<M, T, Kind>>, K>;

export { Result, defineMiddleware };
export type { AcknowledgedOptions, AnyUri, Anything, ApiShape, ArgsIn, ArgsOf, CallContext, CallOptions, CallOptionsOf, Callable, Contract, DurableSubscribeOptions, Endpoint, EndpointOf, EventArgs, EventContext, EventDetails, EventHandler, EventKwargs, EventSpec, Extensions, FitTopic, FullResult, Gap, HistoryCut, HistoryEvent, HistoryFilter, Hooks, IdsByMatch, IfKnown, IfTyped, InputOf, InvocationContext, InvocationDetails, KillKwargs, KnownUri, KwargsIn, KwargsOf, LeaveOptions, Mapped, MatchingUri, Middleware, NoKeywords, OfflineOptions, OwnUri, Pattern, PatternFitsNoUriInTheContract, Payload, PayloadPassthru, PayloadPassthruOptions, ProcedureSpec, ProceduresOf, ProgressOf, Publication, PublishContext, PublishOptions, PublishOptionsOf, Recovery, RecoveryContext, RegisterOptions, Registration, RegistrationInfo, Requester, ResultOf, RouterFeatures, Said, Session, SessionInfo, SpecOf, Subscribable, SubscribeOptions, Subscription, SubscriptionInfo, TheContractSaysTheTypes, TopicOf, TopicSpec, TopicsOf, UnacknowledgedOptions, Untyped, UriInTheContract, UriIsNotInTheContract, UriIsReserved, UriOf, WaitOptions, WampEvent, WampProcedures, WampTopics, WelcomeDetails, WildcardTemplate, WriteTimeoutMs };
