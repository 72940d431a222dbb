/// <reference lib="esnext.disposable" />
import { Match } from './uri.js';
import { Id, Dict, Uri, Awaitable, Off } from './words.js';
import { SerializationError, WampError, Attempt, Credentials, ProtocolError } from './credentials.js';
import { Serializer } from './serializer.js';
import { Connector, Transport, Closed, Frame } from './transport.js';
import { ApiShape, Untyped, Said, Callable, UriOf, Payload as Payload$1, SpecOf, ProgressOf, InputOf, IfKnown, ResultOf, FullResult, TopicsOf, OwnUri, ArgsOf, KwargsOf, ProceduresOf, TopicOf, Subscribable, FitTopic, EventArgs, EventKwargs } from './contract.js';
import { Clock } from './clock.js';
import { Without, CallOptions, Mapped, Result, PublishOptionsOf, Publication, Endpoint, Extensions, RegisterOptions, EventHandler, SubscribeOptions, WaitOptions, PayloadPassthru, Middleware, Contract, WampEvent, PayloadIn, AcknowledgedOptions, UnacknowledgedOptions, InvocationDetails } from './middleware-api.js';

/** Undefined for a good value, else what was expected; of a value further inside, all of it: `.a.b to be a string, got 1`. */
type Check = (value: unknown) => string | undefined;
/** By the names of what they look at. */
type Known = {
    readonly [name: string]: Check;
};

declare abstract class ValueWriter {
    protected bytes: Uint8Array;
    protected at: number;
    private readonly scratch;
    private readonly maxBytes;
    private readonly format;
    private readonly keys;
    /** Where the members that were replaced begin, and where they end. */
    private readonly holeStarts;
    private readonly holeEnds;
    /** @param format - For the error beyond `maxBytes`. */
    constructor(maxBytes: number, format: string);
    abstract null(): void;
    abstract boolean(value: boolean): void;
    /** A number within 2^53, or a bigint. @throws {@link SerializationError} for one that the format does not have. */
    abstract integer(value: number | bigint): void;
    /** A float, whatever its value: `2.0` is another one than the integer 2. */
    abstract float(value: number): void;
    /** UTF-8, which was checked. */
    abstract text(from: Uint8Array, start: number, end: number): void;
    /** Text that no format has to change: ASCII without quotes, backslashes and control characters. */
    protected plain(from: Uint8Array, start: number, end: number): void;
    abstract binary(from: Uint8Array, start: number, end: number): void;
    protected abstract beginList(length: number): void;
    protected abstract beginDict(length: number): void;
    /** Before the item `i` of a list. */
    item(_i: number): void;
    /** Between two members of a dict. */
    protected separate(): void;
    /** Between a key and its value. */
    protected colon(): void;
    protected closeList(): void;
    protected closeDict(): void;
    /** The list or dict that begins at `head` has another length than was written there. */
    protected correct(_head: number, _length: number): void;
    /** Text that was made on the way. */
    string(text: string): void;
    /** A point in time becomes text. @throws {@link SerializationError} for one that ISO 8601 does not have. */
    time(seconds: number, nanoseconds: number): void;
    /** @returns What `endList` wants to know. */
    list(length: number): number;
    /** @param length - As it was told to `list`. @param count - How many items there were. */
    endList(head: number, length: number, count: number): void;
    /** @returns What `endDict` wants to know. */
    dict(length: number): number;
    /** Before the key of the member `i`, which is written as text. */
    key(i: number): void;
    endKey(): void;
    /** @param length - As it was told to `dict`. @param count - How many members there were. */
    endDict(head: number, length: number, count: number): void;
    /** How many bytes there are by now. */
    get length(): number;
    /**
     * Writes again what stands between two places.
     *
     * @throws {@link SerializationError} where a dict has a key twice: what is replaced there moves what comes behind it.
     */
    repeat(start: number, end: number): void;
    /** All that was written. */
    get written(): Uint8Array;
    protected byte(value: number): void;
    /** Text of ASCII. */
    protected ascii(text: string): void;
    protected put(from: Uint8Array, start: number, end: number): void;
    protected double(value: number): void;
    /** Unsigned, big-endian, of 1, 2, 4 or 8 bytes. */
    protected uint(value: number | bigint, size: number): void;
    /** Over bytes that are there. */
    protected word(at: number, value: number, size: number): void;
    protected room(size: number): void;
    /** Holes lie apart or within each other, so it is enough to know how many are open. */
    private withoutHoles;
}

/** What a scan found. The next scan of the same format uses the object again. */
interface Layout {
    /** How many elements the outer list has. */
    readonly count: number;
    /** Where the first `MAX_ELEMENTS` of them begin and end in the frame, without white space around them. */
    readonly starts: Int32Array;
    readonly ends: Int32Array;
    /** It is well-formed, but nobody can be given it: what is wrong (nested too deeply, invalid UTF-8), and in which element first. */
    readonly unfit: string | undefined;
    readonly unfitAt: number;
    /** CBOR: something in it refers to another part of the frame, so that no slice of it stands alone. */
    readonly hasReferences: boolean;
}
/** What an element is, by its first bytes. */
type Kind$1 = 'list' | 'dict' | 'null' | 'other';
interface Format {
    readonly name: 'json' | 'msgpack' | 'cbor';
    /**
     * Checks that these bytes are one list of this format.
     *
     * @param maxDepth - How deep lists and dicts may be in each other, the outer list counted as 1. Deeper ones are `unfit`.
     * @throws {@link SerializationError} for bytes that are not well-formed, or no list.
     */
    scan(frame: Uint8Array, maxDepth: number): Layout;
    kind(element: Uint8Array): Kind$1;
    /** Of a list or dict. */
    isEmpty(element: Uint8Array): boolean;
    /** An element as the serializer of this name decodes it. The bytes have been scanned. */
    value(element: Uint8Array): unknown;
    /** The first `count` elements of the outer list as the serializer of this name decodes them: the envelope. */
    values(frame: Uint8Array, layout: Layout, count: number): unknown[];
    /** A value of the router's own (the payload model) as bytes. @throws {@link SerializationError} */
    encode(value: unknown): Uint8Array;
    /** A whole message: the values of the envelope, then `args` and `kwargs` as they are. Where there is no `kwargs`, none is written. */
    frame(envelope: readonly unknown[], args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Uint8Array;
    /** Elements → the bytes of a list of them. */
    list(items: readonly Uint8Array[]): Uint8Array;
    /** Elements → the bytes of a dict of them. */
    dict(members: readonly (readonly [key: string, value: Uint8Array])[]): Uint8Array;
    /** The first `MAX_ELEMENTS` elements of a list, each as a slice. */
    items(list: Uint8Array): Uint8Array[];
    /**
     * Tells a writer what an element (or a whole frame, with its references in it) holds.
     *
     * @throws {@link SerializationError} for what no other format has, as an extension of MessagePack.
     */
    read(element: Uint8Array, writer: ValueWriter): void;
    /** What writes this format. It throws a `SerializationError` for what the format does not have, and beyond `maxBytes`. */
    writer(maxBytes: number): ValueWriter;
}

declare class Carried {
    readonly format: Format;
    /** A list. Absent: there is no payload at all. */
    readonly args: Uint8Array | undefined;
    /** A dict that is not empty. */
    readonly kwargs: Uint8Array | undefined;
    /** Why nobody can be given it. */
    readonly unfit: SerializationError | undefined;
    /** It outlives its message: then what it is in other formats is not kept beside it. */
    private readonly isKept;
    /** The same in other formats, or why it is not. */
    private others;
    private constructor();
    /** WAMP "Application Payloads": empty `args` and `kwargs` are left out, but `args` is there when `kwargs` is. Undefined: nothing is left. */
    static of(format: Format, args: Uint8Array | undefined, kwargs: Uint8Array | undefined): Carried | undefined;
    /** A payload that is well-formed, and that nobody can be given. `why` in words. */
    static unfit(format: Format, why: string): Carried;
    /** How many bytes it takes. */
    get bytes(): number;
    /**
     * The same payload in this format.
     *
     * @throws {@link SerializationError} `wamp.error.invalid_argument`: the format does not have something in it. It is thrown again each time.
     */
    in(format: Format): Carried;
    /**
     * As JavaScript values, for who has to understand them.
     *
     * @throws {@link SerializationError} `wamp.error.invalid_argument`
     */
    values(): {
        readonly args?: readonly unknown[];
        readonly kwargs?: {
            readonly [key: string]: unknown;
        };
    };
    /** A copy to be kept: without the frame that it came in, and without what it is in other formats. */
    kept(): Carried;
    private written;
    private rewritten;
}

type Name = keyof typeof Code;
/** WAMP "Message Codes and Direction". EVENT_RECEIVED is Autobahn's; the test vectors have it, the specification's text has not. */
declare const Code: {
    readonly HELLO: 1;
    readonly WELCOME: 2;
    readonly ABORT: 3;
    readonly CHALLENGE: 4;
    readonly AUTHENTICATE: 5;
    readonly GOODBYE: 6;
    readonly ERROR: 8;
    readonly PUBLISH: 16;
    readonly PUBLISHED: 17;
    readonly SUBSCRIBE: 32;
    readonly SUBSCRIBED: 33;
    readonly UNSUBSCRIBE: 34;
    readonly UNSUBSCRIBED: 35;
    readonly EVENT: 36;
    readonly CALL: 48;
    readonly CANCEL: 49;
    readonly RESULT: 50;
    readonly REGISTER: 64;
    readonly REGISTERED: 65;
    readonly UNREGISTER: 66;
    readonly UNREGISTERED: 67;
    readonly INVOCATION: 68;
    readonly INTERRUPT: 69;
    readonly YIELD: 70;
    readonly EVENT_RECEIVED: 337;
};
type Code = (typeof Code)[Name];
/** WAMP "Application Payloads": absent and empty mean the same. */
interface Payload {
    readonly args?: readonly unknown[] | undefined;
    readonly kwargs?: Dict | undefined;
    /** At a router: the payload as it came, in place of `args` and `kwargs`, which are absent then. */
    readonly carried?: Carried | undefined;
}
interface Hello {
    readonly type: typeof Code.HELLO;
    readonly realm: Uri;
    readonly details: Dict;
}
interface Welcome {
    readonly type: typeof Code.WELCOME;
    readonly session: Id;
    readonly details: Dict;
}
interface Abort extends Payload {
    readonly type: typeof Code.ABORT;
    readonly details: Dict;
    readonly reason: Uri;
}
interface Challenge {
    readonly type: typeof Code.CHALLENGE;
    readonly authmethod: string;
    readonly extra: Dict;
}
interface Authenticate {
    readonly type: typeof Code.AUTHENTICATE;
    readonly signature: string;
    readonly extra: Dict;
}
interface Goodbye {
    readonly type: typeof Code.GOODBYE;
    readonly details: Dict;
    readonly reason: Uri;
}
interface ErrorMessage extends Payload {
    readonly type: typeof Code.ERROR;
    readonly requestType: number;
    readonly request: Id;
    readonly details: Dict;
    readonly error: Uri;
}
interface Publish extends Payload {
    readonly type: typeof Code.PUBLISH;
    readonly request: Id;
    readonly options: Dict;
    readonly topic: Uri;
}
interface Published {
    readonly type: typeof Code.PUBLISHED;
    readonly request: Id;
    readonly publication: Id;
}
interface Subscribe {
    readonly type: typeof Code.SUBSCRIBE;
    readonly request: Id;
    readonly options: Dict;
    readonly topic: Uri;
}
interface Subscribed {
    readonly type: typeof Code.SUBSCRIBED;
    readonly request: Id;
    readonly subscription: Id;
}
interface Unsubscribe {
    readonly type: typeof Code.UNSUBSCRIBE;
    readonly request: Id;
    readonly subscription: Id;
}
/** `request` is 0 and `details` are there when the router takes the subscription away. */
interface Unsubscribed {
    readonly type: typeof Code.UNSUBSCRIBED;
    readonly request: Id;
    readonly details?: Dict | undefined;
}
interface Event extends Payload {
    readonly type: typeof Code.EVENT;
    readonly subscription: Id;
    readonly publication: Id;
    readonly details: Dict;
}
interface Call extends Payload {
    readonly type: typeof Code.CALL;
    readonly request: Id;
    readonly options: Dict;
    readonly procedure: Uri;
}
interface Cancel {
    readonly type: typeof Code.CANCEL;
    readonly request: Id;
    readonly options: Dict;
}
interface ResultMessage extends Payload {
    readonly type: typeof Code.RESULT;
    readonly request: Id;
    readonly details: Dict;
}
interface Register {
    readonly type: typeof Code.REGISTER;
    readonly request: Id;
    readonly options: Dict;
    readonly procedure: Uri;
}
interface Registered {
    readonly type: typeof Code.REGISTERED;
    readonly request: Id;
    readonly registration: Id;
}
interface Unregister {
    readonly type: typeof Code.UNREGISTER;
    readonly request: Id;
    readonly registration: Id;
}
/** `request` is 0 and `details` are there when the router takes the registration away. */
interface Unregistered {
    readonly type: typeof Code.UNREGISTERED;
    readonly request: Id;
    readonly details?: Dict | undefined;
}
interface Invocation extends Payload {
    readonly type: typeof Code.INVOCATION;
    readonly request: Id;
    readonly registration: Id;
    readonly details: Dict;
}
interface Interrupt {
    readonly type: typeof Code.INTERRUPT;
    readonly request: Id;
    readonly options: Dict;
}
interface Yield extends Payload {
    readonly type: typeof Code.YIELD;
    readonly request: Id;
    readonly options: Dict;
}
interface EventReceived {
    readonly type: typeof Code.EVENT_RECEIVED;
    readonly publication: Id;
}
/** What a router sends and a client receives. */
type FromRouter = Welcome | Abort | Challenge | Goodbye | ErrorMessage | Published | Subscribed | Unsubscribed | Event | ResultMessage | Registered | Unregistered | Invocation | Interrupt;
/** What a client sends and a router receives. */
type FromClient = Hello | Abort | Authenticate | Goodbye | ErrorMessage | Publish | Subscribe | Unsubscribe | Call | Cancel | Register | Unregister | Yield | EventReceived;
type Message = FromRouter | FromClient;

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

type EndpointOf<S> = Endpoint<ArgsOf<S>, KwargsOf<S>, ResultOf<S>, ProgressOf<S>, InputOf<S>>;
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
    call<R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload$1<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
    /** As `call`, but always the whole `Result`: for answers of varying length and for RESULT.Details. */
    callResult<A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>, K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload$1<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
    /**
     * Publishes an event. With `acknowledge: true` a promise of the publication; without, nothing comes back.
     *
     * @throws {@link ConnectionLostError} unacknowledged, on a session that has ended; never on a connection.
     */
    publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(topic: OwnUri<TopicsOf<Api>, T>, ...payload: Payload$1<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge, Missing>>): Acknowledge extends true ? Promise<Publication> : void;
}

/**
 * One WAMP session. It ends with its line, and what was subscribed and registered here ends with it.
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
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: Endpoint<IfKnown<ProceduresOf<Api>, P, ArgsOf<SpecOf<ProceduresOf<Api>, P>>, A>, IfKnown<ProceduresOf<Api>, P, KwargsOf<SpecOf<ProceduresOf<Api>, P>>, K>, ResultOf<SpecOf<ProceduresOf<Api>, P>>, ProgressOf<SpecOf<ProceduresOf<Api>, P>>, InputOf<SpecOf<ProceduresOf<Api>, P>>>, options?: Without<RegisterOptions, Missing>): Promise<Registration>;
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
     * How long a message the router takes, in bytes, from 512 on; a longer one is refused with both numbers before it is sent, and the session goes on. Default: what
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

interface DurableSubscribeOptions<A extends readonly unknown[], K extends object, Kind extends Match = Match> extends SubscribeOptions<Kind> {
    /** Makes the subscription whole: runs after every SUBSCRIBED while live events are held back. */
    readonly recoverWith?: Recovery<A, K> | undefined;
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

type State = 'closed' | 'joining' | 'challenging' | 'established' | 'leaving' | 'answering' | 'ended';

/** One message of the table. */
interface Row<M extends Message = Message> {
    readonly code: M['type'];
    /** Names and checks of what follows the code. */
    readonly elements: readonly (readonly [name: string, check: Check])[];
    /** How many elements must be there at least, the code included. */
    readonly min: number;
    /** Makes the message of a list that was checked. */
    readonly read: (list: readonly unknown[]) => M;
}
/** The messages that one side may receive, by code. */
type Inbound<M extends Message> = ReadonlyMap<unknown, Row<M>>;

/** How one side takes messages, and sends them. */
interface Side<In extends Message, Out extends Message> {
    readonly inbound: Inbound<In>;
    readonly toWire: (message: Out) => unknown[];
}

/** Sees every message as it is on the wire, secrets left out. For logs. */
type Tap = (direction: 'sent' | 'received', message: readonly unknown[]) => void;
interface LinkReceiver<In extends Message> {
    /** A legal message. What this throws as `ProtocolError` ends the link as a violation. */
    message(message: In): void;
    /** Exactly once, when no more can come or go. `error`: the violation, by either side, that ended it. */
    ended(why: LinkEnd): void;
}
interface LinkEnd {
    readonly error: ProtocolError | undefined;
    readonly closed: Closed | undefined;
}
/** The frames of a message that goes to many: encoded once however many receive it. What they are kept by is the sender's matter. */
type FrameCache = Map<unknown, Frame | SerializationError>;
declare class Link<In extends Message, Out extends Message> {
    readonly transport: Transport;
    /** Text is wanted as UTF-8. */
    protected readonly wantsUtf8: boolean;
    protected readonly side: Side<In, Out>;
    private readonly tap;
    /** In bytes. Of what is longer the other side would take nothing. */
    private maxFrameBytes;
    /** The longest message that was sent; in bytes, or in the characters of its text. */
    longest: {
        length: number;
        name: string;
    };
    private receiver;
    private current;
    private hasEnded;
    /** How many there were so far. */
    readonly frames: {
        sent: number;
        received: number;
    };
    /** About: text is counted by its characters. */
    sentBytes: number;
    /** Of these, in large messages. */
    largeBytes: number;
    constructor(transport: Transport, side: Side<In, Out>, tap?: Tap);
    /** Where the session on this link stands; see `protocol/lifecycle.ts`. */
    get state(): State;
    start(receiver: LinkReceiver<In>): void;
    /** From now on another receives. */
    handOver(receiver: LinkReceiver<In>): void;
    /**
     * `shared`: the same message goes to many, each with the same cache.
     *
     * @throws {@link SerializationError} when the payload cannot be encoded, or is too long; then nothing was sent.
     */
    send(message: Out, shared?: FrameCache): void;
    /** Ends the session with ABORT, and the line. */
    abort(reason: Uri, text: string, error?: ProtocolError): void;
    /** Closes the line; what was sent goes out first. */
    close(): void;
    /** The frame of a message. @throws {@link SerializationError} */
    protected write(message: Out, _shared?: FrameCache): Frame;
    /** The other side takes no more, as it has said. */
    limitFrames(maxBytes: number): void;
    /** Does something that a message asked for. What it throws ends the link as a violation, as it would at once. */
    guard(task: () => void): void;
    private take;
    /** The message in a frame. @throws {@link ProtocolError} */
    protected read(frame: Frame): In;
    protected log(direction: 'sent' | 'received', list: readonly unknown[]): void;
    private end;
}

/** A user's handler as it is called: contracts are types only. */
type AnyHandler = (args: never, kwargs: never, details: never) => unknown;
/** A user's endpoint as it is called: contracts are types only. */
type AnyEndpoint = (args: never, kwargs: never, details: never) => unknown;
/** Tells the user of an error that nobody awaits, and where it happened. */
type Report = (error: unknown, where: ErrorContext['where'], uri?: Uri) => void;

type VerbName = 'call' | 'publish' | 'subscribe' | 'register';
/** Names and checks of the options that a feature adds to verbs. */
type VerbOptionsBrought = {
    readonly [verb in VerbName]?: Known;
};

interface Standing$1 {
    readonly match?: Match | null | undefined;
}
/** Checks what is asked of the router, and gives the options for the wire. Each throws what is wrong. */
interface Fit {
    call(uri: unknown, payload: PayloadIn, options?: object): Dict;
    publish(uri: unknown, payload: PayloadIn, options?: object): Dict;
    subscribe(uri: unknown, handler: unknown, options?: Standing$1): Dict;
    register(uri: unknown, endpoint: unknown, options?: Standing$1): Dict;
}

/** Where the outcome of a request goes. */
interface Settle<T> {
    resolve(value: T): void;
    reject(error: unknown): void;
    /** Part of the answer came, and more will. */
    progress?(value: T): void;
    /** The answer came, even if nobody waits for it any more. Runs last. `value`: undefined after an ERROR. */
    answered?(value: T | undefined): void;
}

/** A part of a client that can be left out. */
interface Feature extends VerbOptionsBrought {
    readonly name: string;
    /** The options of the connection that it brings: names and checks. */
    readonly options?: Known;
    /** Once, when the connection is made. */
    install(kernel: Kernel): void;
}
declare class Kernel {
    readonly options: ConnectionOptions;
    readonly clock: Clock;
    /** In [0, 1), for jitter. */
    readonly random: () => number;
    readonly WebSocket: Environment['WebSocket'] | undefined;
    /** Tells the user of an error that nobody awaits. */
    readonly report: Report;
    /** Checks what is given to a verb. */
    readonly fit: Fit;
    /** The loop that makes session after session. Undefined where one session was joined, and no more. */
    connection: KernelConnection | undefined;
    /** `call` and `publish`, with or without a session. */
    requests: Verbs;
    /** `subscribe` and `register`, for all sessions to come. */
    standing: Standing;
    /** Takes part in the life of a handle of `standing`. `options`: a copy, from which it takes out what is its own. */
    readonly handleParts: ((what: HandleKind, uri: Uri, options: {
        [name: string]: unknown;
    }) => HandlePart | undefined)[];
    /** What is announced in HELLO besides: features of all four roles, or of some. */
    readonly announced: [feature: string, roles?: readonly string[]][];
    /** Called before HELLO. What it gives sees every message as it is on the wire, secrets left out. */
    tap: (() => Tap | undefined) | undefined;
    /** WAMP "Payload Passthru Mode": packs what goes out with `ppt_scheme`, unpacks what comes in. */
    passthru: PayloadPassthru | undefined;
    /** Around `call` and `publish` of each session, and of the connection. */
    readonly verbs: ((inner: Verbs, scope: Scope) => Verbs)[];
    /** A call has been checked, and is about to be sent. May throw, and may take part in it until it ends. */
    calling: ((session: KernelSession, procedure: Uri, options: CallOptions) => CallPart | undefined) | undefined;
    /** Around each event handler, when it subscribes. `isLeft`: whether it has unsubscribed by now. */
    handler: ((handler: AnyHandler, isLeft: () => boolean) => AnyHandler) | undefined;
    /** Around each endpoint, when it registers; gives the options without its own. Throws what is wrong with those. */
    endpoint: ((procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined) => [AnyEndpoint, RegisterOptions | undefined]) | undefined;
    /** Runs an endpoint for an invocation. Default: calls it. What it throws is answered as ERROR. `answer`: makes of what an endpoint gave its answer. */
    invoke: ((endpoint: AnyEndpoint, context: {
        readonly args: readonly unknown[];
        readonly kwargs: Dict;
        readonly details: InvocationDetails;
    }, answer: (given: unknown, details: InvocationDetails) => Promise<Result>) => unknown) | undefined;
    /** What an endpoint gave, when it is no promise. Gives undefined for what it leaves as it is; else a promise of the answer. */
    outcome: ((given: unknown, session: KernelSession, invocation: KernelInvocation, details: InvocationDetails) => Promise<unknown> | undefined) | undefined;
    /** WAMP "Progressive Call Invocations": a feature that takes further inputs. Without it, there are none. */
    inputs: InputsTaken | undefined;
    /** A session has begun: WELCOME came. Nothing was asked in it yet. */
    readonly began: ((session: KernelSession) => void)[];
    /** Asks whether the session lives; it is lost when no sign of life comes in time. Default time: that of the feature. */
    probe: ((timeoutMs?: number) => void) | undefined;
    /** What waits for sessions on the user's behalf. */
    readonly waiters: Waiter[];
    /** The connection is opened. What is given is called when it is closed. */
    readonly opened: (() => Off)[];
    /** Whether the device says that it is offline. */
    isOffline: (() => boolean) | undefined;
    /** More of `stats()`. */
    readonly stats: (() => Partial<Stats>)[];
    constructor(options: ConnectionOptions, features: readonly Feature[], report: Report);
}
/** A payload as it came: what `call` resolves with is made of it. */
interface Answered {
    readonly args?: readonly unknown[] | undefined;
    readonly kwargs?: Dict | undefined;
    readonly details: Dict;
}
/** The verbs, of a session or connection. */
interface Verbs {
    /** @param read - Makes of the answer what the caller wants. */
    call<T>(read: (answer: Answered) => T, procedure: Uri, args: readonly unknown[] | null | undefined, kwargs: object | null | undefined, options: CallOptions | undefined): Promise<T>;
    /** A promise where `acknowledge` is true. */
    publish(topic: Uri, args: readonly unknown[] | null | undefined, kwargs: object | null | undefined, options: AcknowledgedOptions | UnacknowledgedOptions | undefined): Promise<Publication> | undefined;
}
/** What is subscribed and registered in each session. */
interface Standing {
    /** All that are not closed. */
    readonly handles: readonly (DurableSubscription | DurableRegistration)[];
    subscribe(topic: Uri, handler: AnyHandler, options: DurableSubscribeOptions<readonly unknown[], object> | undefined): DurableSubscription;
    register(procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined): DurableRegistration;
}
type HandleKind = 'subscription' | 'registration';
/** What a feature adds to one durable handle. */
interface HandlePart {
    /** Before it is first asked for. @throws What is wrong with its options. */
    check?(): void;
    /** Takes the events in the handler's place. */
    readonly makeGate?: MakeGate;
    /** It is asked for in this session. Gives more options of the wire. */
    asked?(session: KernelSession): Dict | undefined;
    /** The router refuses it. True: that is not the last word; then `again` or `refuse` is called, unless it is closed by then. */
    refused?(error: unknown, session: KernelSession, isWanted: () => boolean, again: () => void, refuse: () => void): boolean;
    /** Inside the handling of the answer. */
    active?(session: KernelSession, active: Subscription & Registration): void;
    /** The session is gone. */
    lost?(error: WampError): void;
    closed?(): void;
}
/** Whose verbs they are: those of one session, or of a connection. */
interface Scope {
    readonly isConnection: boolean;
    /** The session that is open now. */
    session(): KernelSession | undefined;
    /** Run with why, when all that was asked so far is given up. */
    readonly over: ((why: WampError) => void)[];
}
/** What a feature adds to one call. */
interface CallPart {
    /** More options of CALL. */
    readonly wire: Dict;
    /** The outcome goes through it. */
    around(settle: Settle<ResultMessage>): Settle<ResultMessage>;
    /** CALL went out. `giveUp` cancels the call and rejects. */
    sent(request: Id, wire: Dict, giveUp: (error: unknown) => void): void;
}
/** An invocation that runs here, as features see it. */
interface KernelInvocation {
    readonly request: Id;
    readonly procedure: Uri;
    /** Why it was stopped, if it was. */
    readonly stopped: WampError | undefined;
    /** `listener` is called with why it is stopped, while it may still answer; and without, when it is answered or nobody waits for its answer. */
    watch(listener: (why?: WampError) => void): void;
}
interface InputsTaken {
    /** An invocation begins, and further inputs follow. */
    begin(invocation: KernelInvocation): void;
    /** An INVOCATION came with the id of one that runs. False: it must not. `wrong`: its payload cannot be read. */
    further(invocation: KernelInvocation, message: Invocation & {
        readonly wrong?: unknown;
    }): boolean;
    /** What the endpoint iterates. */
    iterable(invocation: KernelInvocation): AsyncIterable<unknown>;
}
type Pass = (event: WampEvent) => void;
/** Made with SUBSCRIBED: takes the events of one handler in its place. `pass` calls the handler. */
type MakeGate = (pass: Pass) => Pass;
/** A session, as features see it. */
interface KernelSession {
    readonly id: Id;
    readonly isOpen: boolean;
    readonly features: RouterFeatures;
    readonly link: Link<FromRouter, FromClient>;
    /** When the last message came, on the clock for durations. */
    readonly heardAt: number;
    /** Requests that wait for their answer, and invocations that run. */
    readonly pending: number;
    readonly running: number;
    /** The verbs without what features put around them. */
    readonly raw: Verbs;
    /** A promise of what `start` begins; rejects when the session has ended. */
    promised<T>(start: (settle: Settle<T>) => void): Promise<T>;
    /** Without hooks, and settles by callback. */
    readonly caller: {
        call(settle: Settle<ResultMessage>, procedure: Uri, payload: PayloadIn, options: CallOptions | undefined): void;
    };
    /** Settles by callback, so that a subscription is in place before the next message of the same read. `makeGate`: see `MakeGate`. */
    readonly subscriber: {
        subscribe(settle: Settle<Subscription>, topic: Uri, handler: AnyHandler, options: SubscribeOptions | undefined, makeGate?: MakeGate): void;
    };
    /** The same. Gives what takes it back before it is answered. */
    readonly callee: {
        register(settle: Settle<Registration>, procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined): Off;
    };
    /** A message came; it is not handled yet. */
    readonly heard: (() => void)[];
    /** Something may have come to its end: a message was handled, a request given up, an invocation answered. */
    readonly settled: (() => void)[];
    /** The session has ended. What waits for it is rejected with this. */
    readonly over: ((why: WampError) => void)[];
    /** The transport is given up: nothing comes any more. */
    lose(why: string): void;
}
/** What waits for a session on the user's behalf: requests, handles, `open()`. */
interface Waiter {
    /** While something waits, the connection is wanted. */
    readonly size: number;
    /** Whether a promise tells the user when the connection ends. */
    readonly isAwaited: boolean;
    /** Inside the handling of WELCOME. In the order of features; `open()` comes last. */
    joined(session: KernelSession): void;
    /** The session is gone, or an attempt failed; another is tried for. */
    lost?(error: WampError): void;
    /** All that waits is given up. It is taken out now; what is given back tells it why, in the opposite order of features. */
    dismiss(): (why: WampError) => void;
}
/** The loop, as features see it. */
interface KernelConnection {
    readonly status: Status;
    /** Undefined when there is none, or it is being left. */
    readonly session: KernelSession | undefined;
    /** Why the last attempt failed, or the last session ended. */
    readonly lastError: WampError | undefined;
    /** Closed, or about to be: what is asked now comes too late. */
    readonly isClosed: boolean;
    /** No session has begun since it was opened. */
    readonly isNew: boolean;
    /** Opens, unless it is open. */
    start(): void;
    /** What was waited for may have come about; a session that seems alive may be dead. */
    wake(): void;
    /** Ends the session, because nothing comes any more. */
    lose(why: string): void;
}

declare class CoreConnection<Api extends ApiShape = Untyped> implements AsyncDisposable {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    readonly [Symbol.asyncDispose]: () => Promise<void>;
    protected readonly kernel: Kernel;
    /** Those of the feature that brings them, with what others put around. */
    protected readonly verbs: Verbs;
    private readonly loop;
    private readonly events;
    /** Those that wait in `open()`. */
    private readonly openers;
    /** Of verbs that are under way. */
    private readonly over;
    private end;
    /** After that, where it was opened anew while it is being closed. */
    private nextEnd;
    /** The last `open()` gave up, and so the attempts were ended: that is told there. */
    private hasGivenUp;
    /** Somebody looks at `closed`. */
    private isFollowed;
    /** It ends with an error that is told by `open()` alone. */
    private isUnheard;
    constructor(options: ConnectionOptions<Api>, features: readonly Feature[]);
    /** The current session, for what should end with it. */
    get session(): Session<Api> | undefined;
    /** Where the connection stands. `on('status')` tells of changes. */
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
     * Connects anew, now: leaves the session, waits no longer, or gives up the attempt under way. Pending requests are rejected, as by a lost line.
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

/**
 * The way to a router, through as many sessions as it takes.
 *
 * What is subscribed and registered here comes back after every reconnect. The first verb opens; `open()` is for programs that want the session
 * or the error.
 *
 * @example
 * const connection = new Connection({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * connection.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
declare class Connection<Api extends ApiShape = Untyped> extends CoreConnection<Api> implements Requester<Api> {
    constructor(options: ConnectionOptions<Api>);
    /** All that are not closed. */
    get handles(): readonly (DurableSubscription | DurableRegistration)[];
    /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
    call<R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload$1<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
    /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
    callResult<A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>, K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload$1<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
    /** As on a session; an unacknowledged event waits for the first one, and is dropped while a later one is missing (`whenOffline`). */
    publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(topic: OwnUri<TopicsOf<Api>, T>, ...payload: Payload$1<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge>>): Acknowledge extends true ? Promise<Publication> : void;
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
}

export { Connection };
export type { CallOptionsOf, ConnectionEvents, ConnectionOptions, DurableHandle, DurableRegistration, DurableSubscribeOptions, DurableSubscription, EndpointOf, Environment, ErrorContext, Gap, HandleState, LeaveOptions, LivenessOptions, OneOrMore, Recovery, RecoveryContext, Registration, Requester, RetryDecision, RetryOptions, RouterFeatures, Session, Stats, Status, Subscription, Targets, WelcomeDetails, WireLogEntry };
