/// <reference lib="esnext.disposable" />
import { Dict, Id, Uri, Awaitable } from './words.js';
import { Match } from './uri.js';

/** Several positional values, or keywords. Return one from an endpoint; `call` gives one where a bare value would lie. */
declare class Result<out A extends readonly unknown[] = readonly unknown[], out K extends object = {}> {
    readonly args: A;
    readonly kwargs: K;
    /** RESULT.Details, verbatim; empty on results made here. Of one that an endpoint returns, `ppt_*` goes out as YIELD.Options. */
    readonly details: Dict;
    constructor(args?: readonly [...A], kwargs?: K, details?: Dict);
    constructor(args?: A, kwargs?: K, details?: Dict);
}
/**
 * What `call` resolves with. One positional value and no keywords: that value. Nothing at all: undefined. Else the `Result`.
 * For a `Result` of varying length the shape depends on the payload, and this type says so; use `callResult` there.
 */
type Mapped<R> = R extends Result<infer A, infer K> ? {} extends K ? number extends A['length'] ? Result<A, K> | A[number] | undefined : A['length'] extends 0 ? undefined : A['length'] extends 1 ? A[0] : Result<A, K> : Result<A, K> : R;

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

/** What it returns is ignored; a promise is watched for rejection, not waited for (`events()` is one after the other). */
type EventHandler<A, K> = (args: A, kwargs: K, details: EventDetails) => unknown;
/** Returns a value, a `Result`, a promise of either, or a generator, async or not: what it yields is progress, what it returns the result. */
type Endpoint<A, K, R, P = unknown, I = unknown> = (args: A, kwargs: K, details: InvocationDetails<P, I>) => Awaitable<R> | AsyncGenerator<P, R, void> | Generator<P, R, void>;
/** On everything that waits for an answer. */
interface WaitOptions {
    /** Gives up: the promise rejects with `signal.reason`; a CANCEL goes out where the router can. */
    readonly signal?: AbortSignal | undefined;
    /**
     * Rejects with a `TimeoutError` after this long without an answer, in milliseconds; 0 or absent: never. A progressive result starts the time
     * again, as the specification counts. On calls also sent as `timeout`, to routers that announce `call_timeout`.
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
    /** For the router of Autostrada: forgets the retained event of the topic. The event itself is delivered as always. */
    readonly forget?: boolean | undefined;
    /** For the router of Autostrada, with `retain`: the retained event is forgotten when this session ends. */
    readonly session_bound?: boolean | undefined;
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
    /** Gives the event up, if it was not sent yet. Aborted before, `publish` throws `signal.reason`; while it waits for a session, it is dropped and not reported. */
    readonly signal?: AbortSignal | undefined;
}
interface AcknowledgedOptions<Acknowledge = true> extends PublishOptions, WaitOptions, OfflineOptions {
    readonly acknowledge: Acknowledge;
}
/** Options without those of features that are not there (`autostrada/core`). `any` leaves out none, so that `AnyRequester` can be called. */
type Without<Options, Missing extends PropertyKey> = [Missing] extends [never] ? Options : [PropertyKey] extends [Missing] ? Options : Pick<Options, Exclude<keyof Options, Missing>>;
type PublishOptionsOf<Acknowledge, Missing extends PropertyKey = never> = Acknowledge extends true ? Without<AcknowledgedOptions<Acknowledge>, Missing> : Without<UnacknowledgedOptions<Acknowledge>, Missing>;
interface SubscribeOptions<Kind extends Match = Match> extends WaitOptions, Extensions {
    readonly match?: Kind | undefined;
    readonly get_retained?: boolean | undefined;
    readonly nkey?: string | undefined;
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

/**
 * Hooks around the four things that happen, on a connection and on its sessions.
 *
 * Each may look at the context, hand on another one (what that leaves out is as it was), see the outcome, or not call `next` and give an
 * outcome of its own. What it throws or rejects with is the outcome. `call` and `publish` may call `next` again: that is one request
 * more; an invocation or event is handed on once. The order of events and invocations holds while `next` is called synchronously.
 */
interface Hooks {
    /** Around `call` and `callResult`: once per call of the program, however often it waits and is sent again. */
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
    /** Its hooks around those of the middleware within it. */
    readonly '~around': (inner: Points) => Points;
}
/** A middleware that knows the types it checks. */
interface Contract<out Api> extends Middleware {
    /** Never there; carries the type. */
    readonly '~api'?: Api;
}
/** All hooks of one kind in one. `last`: what they are around. */
type Hook<C, R> = (context: C, last: (context: C) => R) => R;
interface Composed {
    readonly call?: Hook<CallContext, Promise<Result>> | undefined;
    readonly publish?: Hook<PublishContext, Promise<Publication> | undefined> | undefined;
    readonly invocation?: Hook<InvocationContext, Promise<Result>> | undefined;
    readonly event?: Hook<EventContext, unknown> | undefined;
}
/** The hooks of all middleware of a connection, composed. Empty: there are none. */
interface Points extends Composed {
    /** `call` and `publish` of a contract, around those. */
    readonly outermost?: Composed;
    /** Puts them around what a kernel does (kernel.ts, which this file must not know). */
    install?(kernel: never): void;
}

export { Result };
export type { AcknowledgedOptions, CallContext, CallOptions, Contract, Endpoint, EventContext, EventDetails, EventHandler, Extensions, Hooks, InvocationContext, InvocationDetails, Mapped, Middleware, OfflineOptions, PayloadPassthru, PayloadPassthruOptions, Publication, PublishContext, PublishOptions, PublishOptionsOf, RegisterOptions, SubscribeOptions, UnacknowledgedOptions, WaitOptions, WampEvent, Without, WriteTimeoutMs };
