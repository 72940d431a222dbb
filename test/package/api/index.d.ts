/// <reference lib="esnext.disposable" />
import { Secret, Credentials, ErrorCause, ApplicationError } from './types/credentials.js';
export { Attempt, ConnectionLostError, FatalError, JoinError, Login, LoginChannel, ProtocolError, SerializationError, TimeoutError, TransportError, WampError, anonymous } from './types/credentials.js';
import { Dict, Uri } from './types/words.js';
export { Awaitable, Id, Off } from './types/words.js';
import { Clock } from './types/clock.js';
import { CallOptionsOf, Recovery, EndpointOf, DurableRegistration, Status, Requester } from './types/core-connection.js';
export { ConnectionEvents, ConnectionOptions, DurableHandle, DurableSubscribeOptions, DurableSubscription, EndpointAt, Environment, ErrorContext, Gap, HandleState, LeaveOptions, LivenessOptions, Loss, OneOrMore, RecoveryContext, Registration, RetryDecision, RetryOptions, RouterFeatures, Session, Stats, Subscription, Targets, WelcomeDetails, WireLogEntry } from './types/core-connection.js';
import { UriOf, Callable, Payload, SpecOf, IfKnown, ProgressOf, ResultOf, TopicOf, Subscribable, FitTopic, EventArgs, EventKwargs, KnownUri, ProceduresOf, ApiShape } from './types/contract.js';
export { AnyUri, Anything, ArgsIn, ArgsOf, EventSpec, FullResult, HistoryCut, HistoryEvent, HistoryFilter, IdsByMatch, IfTyped, InputOf, KillKwargs, KwargsIn, KwargsOf, MatchingUri, NoKeywords, OwnUri, Pattern, PatternFitsNoUriInTheContract, ProcedureSpec, RegistrationInfo, Said, SessionInfo, SubscriptionInfo, TheContractSaysTheTypes, TopicSpec, TopicsOf, Untyped, UriInTheContract, UriIsNotInTheContract, UriIsReserved, WampProcedures, WampTopics, WildcardTemplate } from './types/contract.js';
import { Hooks, Middleware, Mapped, WaitOptions, WampEvent, SubscribeOptions, PayloadPassthru, RegisterOptions, CallOptions, Extensions } from './types/middleware-api.js';
export { AcknowledgedOptions, CallContext, Contract, Endpoint, EventContext, EventDetails, EventHandler, InvocationContext, InvocationDetails, OfflineOptions, PayloadPassthruOptions, Publication, PublishContext, PublishOptions, PublishOptionsOf, Result, UnacknowledgedOptions, Without, WriteTimeoutMs } from './types/middleware-api.js';
import { Connection } from './types/connection.js';
import { AnyRequester, ApiOf, Drainable, AnyPeer, Registering } from './types/peers.js';
export { Peer } from './types/peers.js';
import { Match } from './types/uri.js';
import { Serializer } from './types/serializer.js';
import { Transport, Connector } from './types/transport.js';
export { Closed, Dial, Frame, TransportReceiver } from './types/transport.js';

/**
 * Logs in with a ticket: a password or a token (WAMP method `ticket`).
 *
 * The ticket is sent as it is. Over an open network, use it only with `wss://`.
 *
 * @param options - `ticket`: the secret, or a function that gets it, called only when the router picks this method;
 * `attempt.previous` says why the last login failed. `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `ticket` is missing.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Ticket-based Authentication"}
 */
declare function ticket(options: {
    readonly authid: string;
    readonly ticket: Secret;
    readonly authextra?: Dict | undefined;
}): Credentials;

/**
 * A middleware that consists of these hooks.
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

declare const policies: readonly ["drop-oldest", "drop-newest", "latest", "error"];
/** What is kept for a loop that is slower than what comes. */
interface BufferOptions {
    /** How many are kept. Default 256. */
    readonly maxBuffered?: number | undefined;
    /**
     * What happens beyond that. Default `drop-oldest`. `latest` keeps one. `error` ends the stream: what is kept is still read, then it throws
     * `autostrada.error.slow_consumer`.
     */
    readonly onOverflow?: (typeof policies)[number] | undefined;
    /** Called once per spell of dropping, which lasts until all that was kept is read. `dropped`: so far, over all spells. */
    readonly onSlow?: ((dropped: number) => void) | undefined;
}

/** A progressive call as a stream of its progress; `result` is the end of it. Leaving the loop early cancels the call. */
interface CallStream<P, R> extends AsyncIterableIterator<P>, AsyncDisposable {
    /** As of `call`. Ignoring it is fine: the stream throws as well. After the loop was left: `wamp.error.canceled`. */
    readonly result: Promise<R>;
    [Symbol.asyncIterator](): CallStream<P, R>;
}
/**
 * Calls a procedure, and gives its progressive results as a stream.
 *
 * Calls at once, with the arguments and options of `call`, and {@link BufferOptions} among the options. What the loop is too slow for is dropped, oldest first, unless `onOverflow` says otherwise. The stream ends with the call,
 * by throwing what `result` rejects with.
 *
 * @throws TypeError for anything but a connection or session, and for wrong options of its own. While it is read: what `call` rejects with.
 * @see WAMP, "Progressive Call Results"
 * @example
 * const building = callStream<number, string>(connection, 'com.example.report.build', ['2026-11']);
 * for await (const percent of building) console.log(percent);
 * console.log(await building.result);
 */
declare function callStream<Progress = unknown, R = unknown, Q extends AnyRequester = AnyRequester, P extends UriOf<Callable<ApiOf<Q>>> = UriOf<Callable<ApiOf<Q>>>>(requester: Q, procedure: P, ...payload: Payload<SpecOf<Callable<ApiOf<Q>>, P>, CallOptionsOf<SpecOf<Callable<ApiOf<Q>>, P>> & BufferOptions>): CallStream<IfKnown<Callable<ApiOf<Q>>, P, Mapped<ProgressOf<SpecOf<Callable<ApiOf<Q>>, P>>>, Progress>, IfKnown<Callable<ApiOf<Q>>, P, Mapped<ResultOf<SpecOf<Callable<ApiOf<Q>>, P>>>, R>>;

/** A class for one URI. `instanceof` goes by URI, so it knows what came over the wire without any registry. */
interface ErrorDefinition<A extends readonly unknown[], K extends object> {
    new (...payload: Payload<{
        args: A;
        kwargs: K;
    }, ErrorCause & {
        readonly message?: string;
    }>): ApplicationError<A, K>;
    readonly uri: Uri;
    /** The same as `instanceof`, where that is not at hand. */
    is(error: unknown): error is ApplicationError<A, K>;
    [Symbol.hasInstance](error: unknown): error is ApplicationError<A, K>;
}
/**
 * An error that endpoints throw and callers know by class.
 *
 * Both ends define it by the same URI, most often in one shared file. What came over the wire is what its far end sent: the types say what it should be.
 *
 * @throws TypeError for anything but a URI.
 * @example
 * const UnknownSku = defineError<[sku: string]>('com.shop.error.unknown_sku');
 * throw new UnknownSku(['a1']); // in an endpoint
 * if (error instanceof UnknownSku) console.log(error.args[0]); // at the caller
 */
declare function defineError<A extends readonly unknown[] = [], K extends object = {}>(uri: Uri): ErrorDefinition<A, K>;

interface DrainReport {
    /** Something was still running, or waited for a session, when the time was over, the signal aborted, or the connection was lost. */
    readonly interrupted: boolean;
    /** Milliseconds. */
    readonly elapsedMs: number;
}
/**
 * Closes a connection without breaking off what runs: takes no new work (unregisters, unsubscribes), lets running invocations and
 * unanswered requests finish, flushes, says GOODBYE. Requests that wait for a session are waited for as well. For SIGTERM.
 *
 * Of what is still running when the time is over, callers get `wamp.error.canceled`. Event handlers are not waited for: nobody waits for an answer
 * from them, and a handler that awaits `drain` would wait for itself. The router may take up to 2 s more for its GOODBYE.
 *
 * @param options - `timeoutMs`: milliseconds, default 10 000, 0: no limit. `signal`: closes at once.
 * @returns Resolves when the connection is closed; rejects only with a TypeError, for anything but a connection and for wrong options.
 * @example process.once('SIGTERM', () => drain(connection, { timeoutMs: 20_000 }));
 */
declare function drain(connection: Drainable, options?: WaitOptions): Promise<DrainReport>;

interface EventStream<A extends readonly unknown[] = readonly unknown[], K extends object = Dict> extends AsyncIterableIterator<WampEvent<A, K>>, AsyncDisposable {
    /** Resolves when the router has answered the subscription; rejects when it refuses it. Ignoring it is fine: the stream throws as well. */
    readonly ready: Promise<void>;
    /** How many events were not kept, because nobody read fast enough. */
    readonly dropped: number;
    [Symbol.asyncIterator](): EventStream<A, K>;
}
/**
 * Events as a stream: one after the other, and kept while the loop is busy, but not without limit.
 *
 * Subscribes at once; leaving the loop unsubscribes. On a session it ends with the session, by throwing why; on a connection it goes on
 * after a reconnect. `session.leave()` and `connection.close()` end it without an error.
 *
 * @param options - Those of `subscribe` and {@link BufferOptions}. `signal`: ends the stream by throwing its reason. `timeoutMs`: for the answer
 *   to the subscription, in milliseconds.
 * @throws TypeError for anything but a connection or session, and for wrong options. While it is read: what refused or ended the subscription.
 * @example
 * for await (const { args: [headline] } of events<[string]>(connection, 'com.example.news')) console.log(headline);
 */
declare function events<A extends readonly unknown[] = readonly unknown[], K extends object = Dict, P extends AnyPeer = AnyPeer, Kind extends Match = Match, T extends TopicOf<Subscribable<ApiOf<P>>, Kind> = TopicOf<Subscribable<ApiOf<P>>, Kind>>(peer: P, topic: FitTopic<Subscribable<ApiOf<P>>, T, Kind>, options?: SubscribeOptions<Kind> & BufferOptions): EventStream<EventArgs<Subscribable<ApiOf<P>>, T, Kind, A>, EventKwargs<Subscribable<ApiOf<P>>, T, Kind, K>>;
/**
 * The next event of a topic. Subscribes, and unsubscribes when it has come.
 *
 * On a connection it is waited for through reconnects.
 *
 * @param options - Those of `subscribe`. `timeoutMs`: for the event, in milliseconds; 0 or absent: no limit. `signal`: gives up.
 * @throws {@link ConnectionLostError} when the session or the connection ends first; {@link TimeoutError}; `signal.reason`; what refused the
 *   subscription.
 */
declare function nextEvent<A extends readonly unknown[] = readonly unknown[], K extends object = Dict, P extends AnyPeer = AnyPeer, Kind extends Match = Match, T extends TopicOf<Subscribable<ApiOf<P>>, Kind> = TopicOf<Subscribable<ApiOf<P>>, Kind>>(peer: P, topic: FitTopic<Subscribable<ApiOf<P>>, T, Kind>, options?: SubscribeOptions<Kind>): Promise<WampEvent<EventArgs<Subscribable<ApiOf<P>>, T, Kind, A>, EventKwargs<Subscribable<ApiOf<P>>, T, Kind, K>>>;

/**
 * Fills a gap from the router's event history: oldest first, each publication once. Where the router keeps none, or not far enough back, it
 * does what it can and says so on `error`.
 *
 * It looks from the last publication that was delivered; where there is none, from a minute before the gap, for the clocks' sake. What this
 * connection published itself comes as well, since history does not tell.
 *
 * @param options - `limit`: how many events at most, the newest. Default 1000.
 * @throws TypeError for a limit that is not a whole number, and for options that do not exist.
 * @see WAMP, "Event History"
 * @example
 * connection.subscribe('com.example.chat', ([text]: [string]) => console.log(text), { recoverWith: fromHistory() });
 */
declare function fromHistory(options?: {
    readonly limit?: number | undefined;
}): Recovery;

/**
 * For `ConnectionOptions.passthru`: packs by the serializer that `ppt_serializer` names, and announces the feature to the router.
 *
 * What WAMP does not allow together is a TypeError, and nothing is sent: the scheme `wamp` needs the serializer `cbor` or `flatbuffers`,
 * `mqtt` takes no cipher and no key, a scheme of one's own begins with `x_`. With a cipher, with `native`, and without a serializer, args
 * are one `Uint8Array`, which both sides see as it is; all else is a {@link SerializationError}.
 *
 * @param options - `serializers`: beside JSON, which is always there.
 * @example new Connection({ url, realm, passthru: passthru({ serializers: [msgpack()] }) });
 */
declare function passthru(options?: {
    readonly serializers?: readonly Serializer[] | undefined;
}): PayloadPassthru;

/** Procedures and who answers them. */
type Endpoints<Api> = {
    readonly [P in KnownUri<ProceduresOf<Api>>]?: EndpointOf<SpecOf<ProceduresOf<Api>, P>>;
};
interface RegistrationGroup extends Disposable, AsyncDisposable {
    /** In the order of the endpoints. */
    readonly registrations: readonly DurableRegistration[];
    /**
     * Resolves when all are active; rejects when the router refuses one, or one is closed first. Then none of them stays: the others are
     * unregistered. Ignoring it is fine: an unobserved refusal goes to `connection.on('error')`.
     */
    readonly ready: Promise<void>;
    unregister(): Promise<void>;
}
/**
 * Registers all of them, now and after every reconnect, with the same options: all or none. Once all were active, each goes on by itself.
 *
 * @throws TypeError for anything but a connection, and anything but an object of functions; then nothing is registered.
 * @example
 * const endpoints = registerAll(connection, {
 *   'com.example.add': ([a, b]: [number, number]) => a + b,
 *   'com.example.time': () => new Date().toISOString(),
 * });
 * await endpoints.ready;
 */
declare function registerAll<Api extends ApiShape>(connection: Connection<Api> | Registering<Api>, endpoints: Endpoints<Api>, options?: RegisterOptions): RegistrationGroup;

/**
 * Every status of a connection from now on. Ends with `closed`, at once where it is closed already; leaving the loop stops listening. A loop that is too slow loses the oldest.
 *
 * @throws TypeError for anything but a connection.
 * @example
 * for await (const status of statuses(connection)) console.log(status.state);
 */
declare function statuses(connection: Pick<Connection<any>, 'on' | 'status' | 'reconnect'>): AsyncIterableIterator<Status>;

/** Options that make sense for more than one request. */
type DefaultOptions = Pick<CallOptions, 'signal' | 'timeoutMs' | 'disclose_me' | 'whenOffline' | 'retryOnLoss' | 'waitForCalleeMs'> & Extensions;
/**
 * The same requester with other defaults.
 *
 * A request's own options come first. Events that are not acknowledged wait for no answer, so `timeoutMs` is not for them.
 *
 * @throws TypeError for anything without verbs, and for defaults that are not an object.
 * @example
 * const hasty = withOptions(connection, { timeoutMs: 2_000, signal });
 * await hasty.call('com.example.add', [2, 3]);
 */
declare function withOptions<Api extends ApiShape>(requester: Requester<Api>, defaults: DefaultOptions): Requester<Api>;

/**
 * A clock for `environment.clock` of connections in pages that must notice and retry on time also while they are hidden. Its timers run
 * in a worker of its own; where there can be none (a Content-Security-Policy without `worker-src blob:`, no browser) it is the page's.
 *
 * @example new Connection({ url: '/ws', realm: 'realm1', environment: { clock: workerClock() } });
 */
declare function workerClock(): Clock;

interface JsonOptions {
    /**
     * As for `JSON.stringify`. It gets each value before it is checked. Default: none. Use it to send what JSON does not have,
     * such as BigInt.
     */
    readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
    /** As for `JSON.parse`. It gets bytes as `Uint8Array`. Default: none. */
    readonly reviver?: ((key: string, value: unknown) => unknown) | undefined;
}
/**
 * The JSON serializer, `wamp.2.json`.
 *
 * Payloads are JSON values and `Uint8Array`. Members with the name `__proto__` are left out, in both directions.
 *
 * @throws TypeError for options that do not exist, and for options that are not functions.
 */
declare function json(options?: JsonOptions): Serializer;

/** A serializer for transports whose frames hold several messages. */
interface BatchedSerializer extends Serializer {
    /** The serializer for a single message. */
    readonly plain: Serializer;
    /** Turns a transport of batches into a transport of messages. `limit`: the most bytes of one incoming message. */
    unbatch(batches: Transport, limit?: number): Transport;
}
/**
 * Offers a serializer for batches: `wamp.2.json.batched` instead of `wamp.2.json`. One WebSocket message then holds several
 * WAMP messages.
 *
 * Autostrada's router accepts both. Crossbar.io accepts batches of MessagePack and CBOR; its batches of JSON do not follow
 * the specification, so do not offer `batched(json())` to it. A transport without batches (a router in this process) uses the
 * plain serializer.
 *
 * @throws TypeError if the argument is not a serializer.
 * @see WAMP, "Batched WebSocket Transport"
 * @example new Connection({ url, realm, serializers: [batched(msgpack()), msgpack(), json()] });
 */
declare function batched(serializer: Serializer): BatchedSerializer;

type WebSocketClass = new (url: string, protocols: string[]) => unknown;

/** Connects to a `ws://` or `wss://` URL. @throws TypeError if the URL is not a string. */
declare function webSocketConnector(url: string, WebSocketHere?: WebSocketClass): Connector;

export { AnyPeer, AnyRequester, ApiOf, ApiShape, ApplicationError, CallOptions, CallOptionsOf, Callable, Clock, Connection, Connector, Credentials, Dict, DurableRegistration, EndpointOf, ErrorCause, EventArgs, EventKwargs, Extensions, FitTopic, Hooks, IfKnown, KnownUri, Mapped, Match, Middleware, Payload, PayloadPassthru, ProceduresOf, ProgressOf, Recovery, RegisterOptions, Requester, ResultOf, Secret, Serializer, SpecOf, Status, Subscribable, SubscribeOptions, TopicOf, Transport, Uri, UriOf, WaitOptions, WampEvent, batched, callStream, defineError, defineMiddleware, drain, events, fromHistory, json, nextEvent, passthru, registerAll, statuses, ticket, webSocketConnector, withOptions, workerClock };
export type { BatchedSerializer, BufferOptions, CallStream, DefaultOptions, DrainReport, Endpoints, ErrorDefinition, EventStream, JsonOptions, RegistrationGroup };
