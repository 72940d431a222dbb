/// <reference lib="esnext.disposable" />
import { Session as Session$2, LivenessOptions } from './index.js';
import * as tweetnacl from 'tweetnacl';
import { SignKeyPair } from 'tweetnacl';
import { Connection as Connection$1 } from './index.js';
import { Serializer } from './index.js';
import './types/uri.js';
import './types/middleware-api.js';
import './types/words.js';
import './types/credentials.js';
import './types/clock.js';
import './types/transport.js';
import './types/contract.js';

/** Programs written for Autobahn|JS annotate little: what its declarations leave open stays open here. */
type Any = any;

/** What a factory such as `when.defer`, `Q.defer` or `jQuery.Deferred` gives. */
interface Deferred {
    readonly promise: Any;
    resolve(value?: unknown): void;
    reject(reason?: unknown): void;
    notify?(value: unknown): void;
}
type DeferFactory = () => Any;
type Fulfilled<T, A> = ((value: T) => A | PromiseLike<A>) | null | undefined;
type Rejected<B> = ((reason: Any) => B | PromiseLike<B>) | null | undefined;
type Progressed = ((value: Any) => unknown) | null | undefined;
/** A promise with progress. */
declare class LegacyPromise<T> implements Promise<T> {
    readonly [Symbol.toStringTag]: string;
    private readonly inner;
    private readonly listeners;
    private isWatched;
    constructor(inner: Promise<T>);
    then<A = T, B = never>(fulfilled?: Fulfilled<T, A>, rejected?: Rejected<B>, progressed?: Progressed): LegacyPromise<A | B>;
    catch<B = never>(rejected?: Rejected<B>): LegacyPromise<T | B>;
    otherwise<B = never>(rejected?: Rejected<B>): LegacyPromise<T | B>;
    finally(settled?: (() => void) | null): LegacyPromise<T>;
    ensure(settled?: () => void): LegacyPromise<T>;
    tap(look: (value: T) => unknown): LegacyPromise<T>;
    spread<A>(take: (...values: Any[]) => A | PromiseLike<A>): LegacyPromise<A>;
    progress(progressed: Progressed): LegacyPromise<T>;
    done(fulfilled?: Fulfilled<T, unknown>, rejected?: Rejected<unknown>): void;
    /** Called by `defer`, and by the promise before this one in the chain. */
    tell(value: unknown): void;
}
interface LegacyDeferred extends Required<Deferred> {
    readonly promise: LegacyPromise<Any>;
    readonly resolver: Pick<LegacyDeferred, 'resolve' | 'reject' | 'notify'>;
}
/** Also with `new`, as Autobahn's documentation has it. */
declare function defer(): LegacyDeferred;
interface DeferOptions {
    readonly use_es6_promises?: boolean | undefined;
    readonly use_deferred?: DeferFactory | undefined;
}
declare function deferred_factory(options?: DeferOptions): DeferFactory;
/** What a user gets of a deferred: with jQuery it is the deferred itself. */
declare function promise(deferred: Deferred): Any;

/** Accepted, and without effect, as in 26.x. */
interface ITlsConfiguration {
    ca: string;
    cert: string;
    key: string;
}
type DefaultTransportType = 'websocket' | 'longpoll' | 'rawsocket';
type CustomTransportType = string & {};
type TransportType = DefaultTransportType | CustomTransportType;
interface ITransportDefinition {
    type: TransportType;
    url?: string | undefined;
    serializers?: ISerializer[] | undefined;
    protocols?: string[] | undefined;
    [option: string]: Any;
}
interface ISerializer {
    SERIALIZER_ID: string;
    BINARY: boolean;
    /** It may return a promise. */
    serialize(obj: Any): Any;
    unserialize(payload: Any): Any;
}
interface ITransportInfo {
    type: TransportType | 'none';
    url?: string | null | undefined;
    protocol?: string | null | undefined;
}
/** What a transport tells when it has closed. */
interface ICloseEventDetails {
    code: number;
    reason: string;
    wasClean: boolean;
}
/** It carries whole messages, as lists. Connection and session set the callbacks. */
interface ITransport {
    info: ITransportInfo;
    protocol?: Any;
    serializer?: Any;
    onopen: (...ignored: Any[]) => void;
    onmessage: (message: Any) => void;
    onclose: (details: ICloseEventDetails) => void;
    send(message: Any): void;
    close(code?: number, reason?: string): void;
}
interface ITransportFactory {
    type: TransportType;
    create(): ITransport;
}
type ITransportFactoryFactory = new (options: Any) => ITransportFactory;
interface ITransports {
    register(name: TransportType, factory: ITransportFactoryFactory): void;
    isRegistered(name: TransportType): boolean;
    get(name: TransportType): ITransportFactoryFactory;
    list(): TransportType[];
}

interface ICallOptions {
    timeout?: number | undefined;
    receive_progress?: boolean | undefined;
    disclose_me?: boolean | undefined;
    [option: string]: Any;
}
interface ICancelOptions {
    mode?: 'skip' | 'kill' | 'killnowait' | undefined;
}
interface IPublishOptions {
    acknowledge?: boolean | undefined;
    exclude?: number[] | undefined;
    exclude_authid?: string[] | undefined;
    exclude_authrole?: string[] | undefined;
    eligible?: number[] | undefined;
    eligible_authid?: string[] | undefined;
    eligible_authrole?: string[] | undefined;
    exclude_me?: boolean | undefined;
    disclose_me?: boolean | undefined;
    retain?: boolean | undefined;
    [option: string]: Any;
}
interface ISubscribeOptions {
    match?: string | undefined;
    get_retained?: boolean | undefined;
    [option: string]: Any;
}
interface IRegisterOptions {
    match?: string | undefined;
    invoke?: string | undefined;
    [option: string]: Any;
}
interface CallPromise<T> extends LegacyPromise<T> {
    /** Sends CANCEL. With any mode but `kill` it also rejects, at once. Only on what `call` returned, and not on what its `then` returns. */
    cancel(options?: ICancelOptions): void;
}
interface IResult {
    args: Any[];
    kwargs: Any;
}
interface IError {
    error: string;
    args: Any[];
    kwargs: Any;
}
interface IEvent<TName = string> {
    publication: number;
    topic: TName;
    publisher?: number | undefined;
    publisher_authid?: string | undefined;
    publisher_authrole?: string | undefined;
    retained?: boolean | undefined;
    forward_for?: Any;
}
interface IInvocation {
    procedure: string;
    /** Null if the caller did not ask for progress. */
    progress?: ((args?: Any[], kwargs?: Any) => void) | null | undefined;
    caller?: number | undefined;
    caller_authid?: string | undefined;
    caller_authrole?: string | undefined;
}
interface IPublication {
    id: number;
}
type SubscribeHandler<TArgs = Any[], TKWArgs = Any, TName = string> = (args?: TArgs, kwargs?: TKWArgs, details?: IEvent<TName>, subscription?: Any) => void;
type RegisterEndpoint<TResult = Any, TArgs = Any[], TKWArgs = Any> = (args?: TArgs, kwargs?: TKWArgs, details?: IInvocation) => TResult;
type OnUserErrorHandler = (error: Any, customErrorMessage?: string) => void;
type OnInternalErrorHandler = (error: Any, customErrorMessage?: string) => void;

interface Session$1 {
    _socket: ITransport;
    _defer: DeferFactory;
    _onchallenge: OnChallengeHandler | undefined;
    _on_user_error: OnUserErrorHandler | undefined;
    _on_internal_error: OnInternalErrorHandler | undefined;
    _id: number | null;
    _realm: string | null;
    _features: Any;
    _subscriptions: {
        [id: number]: Subscription$1[];
    };
    _registrations: {
        [id: number]: Registration$1;
    };
    _prefixes: {
        [prefix: string]: string;
    };
    _caller_disclose_me: boolean;
    _publisher_disclose_me: boolean;
    _created: number;
    /** Looked up at each message, so it may be replaced; it works without the session, too. */
    _send_wamp: (message: Any[]) => void;
    onjoin: (details: Any) => void;
    onleave: (reason: string, details: Any) => void;
    /** The session underneath, from WELCOME on. */
    native: Session$2 | undefined;
    readonly defer: DeferFactory;
    /** Null while it is not open, as is the realm; typed as programs know them. */
    readonly id: number;
    readonly realm: string;
    readonly isOpen: boolean;
    readonly features: Any;
    caller_disclose_me: boolean;
    publisher_disclose_me: boolean;
    /** A list of handlers for each subscription of the wire. */
    readonly subscriptions: Subscription$1[][];
    readonly registrations: Registration$1[];
    /** Also as a function of its own: `.then(session.log)`. */
    log(this: Session$1 | undefined, ...items: Any[]): void;
    /** For programs that make a session without a connection, over a transport that is open. A connection calls it by itself. */
    join(realm: string, authmethods?: string[] | null, authid?: string | null, authextra?: Any): void;
    leave(reason?: string | null, message?: string | null): void;
    call<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(procedure: TName, args?: TArgs | null, kwargs?: TKWArgs | null, options?: ICallOptions): CallPromise<TResult>;
    /** A promise with `acknowledge`, and else undefined. */
    publish<TArgs = Any[], TKWArgs = Any, TName = string>(topic: TName, args?: TArgs | null, kwargs?: TKWArgs | null, options?: IPublishOptions): LegacyPromise<IPublication>;
    subscribe<TArgs = Any[], TKWArgs = Any, TName = string>(topic: TName, handler: SubscribeHandler<TArgs, TKWArgs, TName>, options?: ISubscribeOptions): LegacyPromise<ISubscription<TArgs, TKWArgs, TName>>;
    register<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(procedure: TName, endpoint: RegisterEndpoint<TResult, TArgs, TKWArgs>, options?: IRegisterOptions): LegacyPromise<IRegistration<TResult, TArgs, TKWArgs, TName>>;
    /** True when it was the last of its kind, and the router was told. */
    unsubscribe<TArgs, TKWArgs, TName = string>(subscription: ISubscription<TArgs, TKWArgs, TName>): LegacyPromise<boolean>;
    unregister<TResult, TArgs, TKWArgs, TName>(registration: IRegistration<TResult, TArgs, TKWArgs, TName>): LegacyPromise<Any>;
    prefix(prefix: string, uri?: string | null): void;
    resolve(curie: string): string;
}
/** The class, as a program makes and extends it. */
interface SessionClass {
    readonly prototype: Session$1;
    new (socket: ITransport, defer: DeferFactory, onchallenge?: OnChallengeHandler, on_user_error?: OnUserErrorHandler, on_internal_error?: OnInternalErrorHandler): Session$1;
}
interface Subscription$1 {
    topic: string;
    handler: SubscribeHandler;
    options: ISubscribeOptions;
    session: Session$1;
    id: number;
    active: boolean;
    _on_unsubscribe: Deferred;
    on_unsubscribe: LegacyPromise<Any>;
    unsubscribe(): LegacyPromise<boolean>;
}
interface Registration$1 {
    procedure: string;
    endpoint: RegisterEndpoint;
    options: IRegisterOptions;
    session: Session$1;
    id: number;
    active: boolean;
    _on_unregister: Deferred;
    on_unregister: LegacyPromise<Any>;
    unregister(): LegacyPromise<Any>;
}
interface ISubscription<TArgs = Any[], TKWArgs = Any, TName = string> {
    topic: TName;
    handler: SubscribeHandler<TArgs, TKWArgs, Any>;
    options: ISubscribeOptions;
    session: Session$1;
    id: number;
    active: boolean;
    /** Resolves with the reason when the router takes it away, and else stays pending. */
    on_unsubscribe: LegacyPromise<Any>;
    unsubscribe(): LegacyPromise<Any>;
}
interface IRegistration<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string> {
    procedure: TName;
    endpoint: RegisterEndpoint<TResult, TArgs, TKWArgs>;
    options: IRegisterOptions;
    session: Session$1;
    id: number;
    active: boolean;
    on_unregister: LegacyPromise<Any>;
    unregister(): LegacyPromise<Any>;
}
/** Returns the signature, `[signature, extra]`, or a promise of either. */
type OnChallengeHandler = (session: Session$1, method: string, extra: Any) => Any;

/** Base64 of HMAC-SHA256. A challenge that is missing counts as empty, as in Autobahn|JS. */
declare function sign(key: string, challenge: string): string;
/** Base64 of PBKDF2-SHA256. `iterations`: default 1000. `keylen`: octets, default 32. */
declare function derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string;

declare const cra_derive_key: typeof derive_key;
declare const cra_sign: typeof sign;
declare namespace cra {
  export {
    cra_derive_key as derive_key,
    cra_sign as sign,
  };
}

interface BackoffOptions {
    readonly max_retries?: number | undefined;
    readonly initial_retry_delay?: number | undefined;
    readonly max_retry_delay?: number | undefined;
    readonly retry_delay_growth?: number | undefined;
    readonly retry_delay_jitter?: number | undefined;
}
/** What `onclose` is told. */
interface Next {
    readonly count: number | null;
    /** In seconds. */
    readonly delay: number | null;
    readonly will_retry: boolean;
}
/** Box and Muller. */
declare function rand_normal(mean?: number, sd?: number): number;
declare abstract class Backoff {
    _max_retries: number;
    _initial_retry_delay: number;
    _max_retry_delay: number;
    _retry_delay_growth: number;
    _retry_delay_jitter: number;
    /** Whether more is wanted. */
    _retry: boolean;
    _retry_count: number;
    _retry_delay: number;
    _is_retrying: boolean;
    constructor(options: BackoffOptions);
    /** Ends the wait for the next attempt. */
    abstract _autoreconnect_reset_timer(): void;
    _autoreconnect_reset(): void;
    /** What comes next. */
    _autoreconnect_advance(): Next;
    protected _restart(): void;
}

/** Upgrades, all off by default: a program that sets none behaves as under Autobahn|JS. */
interface Upgrades {
    /**
     * Subscriptions and registrations come back after a reconnect, with the handlers they had, and their objects stay valid. What `onopen` asks for
     * again replaces what came back, so a program that does everything again there need not change.
     */
    restore?: boolean | undefined;
    /** Notices dead connections. Off by default; `{}` has the client's defaults. */
    liveness?: LivenessOptions | false | undefined;
    /** Connects again also after GOODBYE, and after an ABORT whose reason may pass. */
    retry_on_goodbye?: boolean | undefined;
}
interface IConnectionOptions extends BackoffOptions, DeferOptions {
    url?: string | undefined;
    realm?: string | undefined;
    transports?: ITransportDefinition[] | undefined;
    /** Of `autobahn.serializer`, or your own. Default `[new JSONSerializer()]`. */
    serializers?: ISerializer[] | undefined;
    protocols?: string[] | undefined;
    tlsConfiguration?: ITlsConfiguration | undefined;
    retry_if_unreachable?: boolean | undefined;
    max_retries?: number | undefined;
    initial_retry_delay?: number | undefined;
    max_retry_delay?: number | undefined;
    retry_delay_growth?: number | undefined;
    retry_delay_jitter?: number | undefined;
    authmethods?: string[] | undefined;
    authid?: string | undefined;
    authextra?: Any;
    onchallenge?: OnChallengeHandler | undefined;
    on_user_error?: OnUserErrorHandler | undefined;
    on_internal_error?: OnInternalErrorHandler | undefined;
    use_es6_promises?: boolean | undefined;
    use_deferred?: DeferFactory | undefined;
    /** Accepted, and without effect, as in 26.x: see `upgrades.liveness`. */
    autoping_interval?: number | undefined;
    autoping_timeout?: number | undefined;
    autoping_size?: number | undefined;
    skip_subprotocol_check?: boolean | undefined;
    skip_subprotocol_announce?: boolean | undefined;
    upgrades?: Upgrades | undefined;
}
/** What `Connection.onclose` is told. */
interface IOnCloseDetails {
    reason: string | null;
    message: string | null;
    /** In seconds. */
    retry_delay: number | null;
    retry_count: number | null;
    will_retry: boolean;
}
interface IUtil {
    assert(condition: boolean, message: string): void;
}
interface ILog {
    debug(...items: Any[]): void;
    warn(...items: Any[]): void;
}
interface IAuthCra {
    sign(key: string, challenge: string): string;
    derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string;
}

declare class Connection extends Backoff {
    /** Read at each attempt, so a change takes effect with the next one. */
    _options: IConnectionOptions;
    _defer: DeferFactory;
    _transport: ITransport | null;
    _transport_factories: ITransportFactory[];
    _session: Session$1 | null;
    _session_close_reason: string | null;
    _session_close_message: string | null;
    _connect_successes: number;
    /** Missing until the program sets it. */
    onopen: (session: Session$1, details: Any) => void;
    /** Missing until the program sets it. If it returns something truthy, even a promise, the retrying stops. */
    onclose: (reason: string, details: IOnCloseDetails | Any) => Any;
    /** The connection underneath, for new code beside the old. Both share one session. */
    readonly native: Connection$1;
    /** The same. Subclasses may have a `native` of their own, and other members without an underscore. */
    private readonly _native;
    private readonly _liveness;
    private _restore;
    /** The current one, or the last. */
    private _attempt;
    /** It was retrying, and has stopped: `close` is still allowed, as in Autobahn|JS. */
    private _hasGivenUp;
    /** The last attempt failed in the program's `onchallenge`, so its count of retries goes on. */
    private _hasFailedToLogIn;
    constructor(given?: IConnectionOptions);
    /** Null while there is none; typed as programs know it. */
    get session(): Session$1 | undefined;
    get isOpen(): boolean;
    get isConnected(): boolean;
    get isRetrying(): boolean;
    get transport(): Any;
    get defer(): DeferFactory;
    open(): void;
    close(reason?: string | null, message?: string | null): void;
    private _begin;
    _autoreconnect_reset_timer(): void;
    /** One attempt of the native connection: a transport, and a session of this layer over it. */
    private _dial;
    /** The upgrades that are asked for and not there yet. */
    private _load;
    private _loadRestore;
    /** Answers the native connection when a session has ended or an attempt failed: the delay, or false. */
    private _decide;
    /** The transport has closed, and whether to try again is decided. */
    private _closed;
    private _tell;
    private _guarded;
    private _moved;
}

/** The seed is kept in `localStorage`, and made if it is not there. */
declare function load_private_key(name: string, force_regenerate?: boolean): SignKeyPair;
declare function delete_private_key(name: string): void;
declare function sign_challenge(pkey: SignKeyPair, extra: Any): string;
declare function public_key(pkey: SignKeyPair): string;
interface CryptosignConfig extends Pick<IConnectionOptions, 'url' | 'realm' | 'authid' | 'serializers' | 'use_es6_promises' | 'use_deferred'> {
    pkey: SignKeyPair;
    activation_code?: string | undefined;
    request_new_activation_code?: boolean | undefined;
    debug?: boolean | undefined;
}
declare function create_connection(config: CryptosignConfig): Connection;

type cryptosign_CryptosignConfig = CryptosignConfig;
declare const cryptosign_create_connection: typeof create_connection;
declare const cryptosign_delete_private_key: typeof delete_private_key;
declare const cryptosign_load_private_key: typeof load_private_key;
declare const cryptosign_public_key: typeof public_key;
declare const cryptosign_sign_challenge: typeof sign_challenge;
declare namespace cryptosign {
  export { cryptosign_create_connection as create_connection, cryptosign_delete_private_key as delete_private_key, cryptosign_load_private_key as load_private_key, cryptosign_public_key as public_key, cryptosign_sign_challenge as sign_challenge };
  export type { cryptosign_CryptosignConfig as CryptosignConfig };
}

declare function is_object(value: unknown): boolean;
/** Calls the user's handler, or writes to the console. */
declare function handle_error(handler: unknown, error: unknown, message?: string): void;

declare function atob(text: string): Uint8Array | null;
declare function btoa(bytes: ArrayLike<number>): string | null;
declare function btoh(bytes: ArrayLike<number>): string | null;
declare function htob(hex: string): Uint8Array | null;

/** Fills in what `base` does not have. If the last argument is true, it does so in inner objects, too. */
declare function defaults(...given: Any[]): Any;

declare const assert: (condition: unknown, text?: string) => void;
/** Autobahn|JS has it only where `fs` is a global, and no platform has that. */
declare const read_file: null;
declare function new_global_id(): number;
declare function sleep(ms: number): Promise<void>;
/** `this` is passed on, as in Autobahn|JS. */
declare function as_promise(this: unknown, run: (...args: Any[]) => Any, ...args: Any[]): Promise<Any>;
/** For platforms with XMLHttpRequest. Rejects with `{ code, text }`. */
declare function http_post(url: string, data?: Any, timeout?: number): Any;
/** The same with GET, for JSON. */
declare function http_get_json(url: string, timeout?: number): Any;

declare const utilities_as_promise: typeof as_promise;
declare const utilities_assert: typeof assert;
declare const utilities_atob: typeof atob;
declare const utilities_btoa: typeof btoa;
declare const utilities_btoh: typeof btoh;
declare const utilities_defaults: typeof defaults;
declare const utilities_deferred_factory: typeof deferred_factory;
declare const utilities_handle_error: typeof handle_error;
declare const utilities_htob: typeof htob;
declare const utilities_http_get_json: typeof http_get_json;
declare const utilities_http_post: typeof http_post;
declare const utilities_is_object: typeof is_object;
declare const utilities_new_global_id: typeof new_global_id;
declare const utilities_promise: typeof promise;
declare const utilities_rand_normal: typeof rand_normal;
declare const utilities_read_file: typeof read_file;
declare const utilities_sleep: typeof sleep;
declare namespace utilities {
  export {
    utilities_as_promise as as_promise,
    utilities_assert as assert,
    utilities_atob as atob,
    utilities_btoa as btoa,
    utilities_btoh as btoh,
    utilities_defaults as defaults,
    utilities_deferred_factory as deferred_factory,
    utilities_handle_error as handle_error,
    utilities_htob as htob,
    utilities_http_get_json as http_get_json,
    utilities_http_post as http_post,
    utilities_is_object as is_object,
    utilities_new_global_id as new_global_id,
    utilities_promise as promise,
    utilities_rand_normal as rand_normal,
    utilities_read_file as read_file,
    utilities_sleep as sleep,
  };
}

/** Programs replace its members, so it is looked up at each use. */
declare const log: {
    debug(...items: readonly unknown[]): void;
    warn(...items: readonly unknown[]): void;
};

declare const nacl: typeof tweetnacl;

declare function auth_persona(session: Session$1, user: Any, _extra?: Any): Any;

declare function adopt<T>(value: T | PromiseLike<T>): LegacyPromise<T>;
interface When {
    <T>(value: T | PromiseLike<T>): LegacyPromise<T>;
    <T, A>(value: T | PromiseLike<T>, fulfilled: (value: T) => A | PromiseLike<A>, rejected?: (reason: Any) => A | PromiseLike<A>, progressed?: (value: Any) => unknown): LegacyPromise<A>;
    defer: typeof defer;
    resolve: typeof adopt;
    reject(reason?: unknown): LegacyPromise<never>;
    promise<T>(start: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void): LegacyPromise<T>;
    all(values: PromiseLike<readonly Any[]> | readonly Any[]): LegacyPromise<Any[]>;
    join(...values: readonly Any[]): LegacyPromise<Any[]>;
}
declare const when: When;

interface Codec {
    encode(value: Any): Uint8Array;
    decode(bytes: Uint8Array): Any;
}
declare function msgpack(): Codec;
declare const cbor: {
    encode: (value: Any) => Uint8Array;
    decode: (bytes: Uint8Array) => Any;
    encodeAsync: (value: Any) => Promise<Uint8Array>;
    decodeFirst: (bytes: Uint8Array) => Promise<Any>;
    decodeFirstSync: (bytes: Uint8Array) => Any;
};

type Visit = (key: string, value: Any) => Any;
/** Does what `JSON.stringify` and `JSON.parse` do, with bytes, too: programs depend on that. */
declare class JSONSerializer {
    SERIALIZER_ID: string;
    BINARY: boolean;
    serialize: (obj: Any) => string;
    unserialize: (payload: string) => Any;
    replacer: Visit | undefined;
    reviver: Visit | undefined;
    constructor(replacer?: Visit, reviver?: Visit);
}

declare class BinarySerializer {
    BINARY: boolean;
    SERIALIZER_ID: string;
    serialize: (obj: Any) => Uint8Array;
    unserialize: (payload: Uint8Array) => Any;
    constructor(serializer: Serializer);
}
declare class MsgpackSerializer extends BinarySerializer {
    constructor();
}
declare class CBORSerializer extends BinarySerializer {
    constructor();
}

type serializer_CBORSerializer = CBORSerializer;
declare const serializer_CBORSerializer: typeof CBORSerializer;
type serializer_JSONSerializer = JSONSerializer;
declare const serializer_JSONSerializer: typeof JSONSerializer;
type serializer_MsgpackSerializer = MsgpackSerializer;
declare const serializer_MsgpackSerializer: typeof MsgpackSerializer;
declare namespace serializer {
  export {
    serializer_CBORSerializer as CBORSerializer,
    serializer_JSONSerializer as JSONSerializer,
    serializer_MsgpackSerializer as MsgpackSerializer,
  };
}

declare class Subscription {
    topic: string;
    handler: SubscribeHandler;
    options: ISubscribeOptions;
    session: Session$1;
    id: number;
    active: boolean;
    _on_unsubscribe: Deferred;
    on_unsubscribe: LegacyPromise<Any>;
    constructor(topic: string, handler: SubscribeHandler, options: ISubscribeOptions | undefined, session: Session$1, id: number);
    unsubscribe(): LegacyPromise<boolean>;
}
declare class Registration {
    procedure: string;
    endpoint: RegisterEndpoint;
    options: IRegisterOptions;
    session: Session$1;
    id: number;
    active: boolean;
    _on_unregister: Deferred;
    on_unregister: LegacyPromise<Any>;
    constructor(procedure: string, endpoint: RegisterEndpoint, options: IRegisterOptions | undefined, session: Session$1, id: number);
    unregister(): LegacyPromise<Any>;
}

declare class Result {
    args: Any[];
    kwargs: Any;
    constructor(args?: Any[], kwargs?: Any);
}
/** Not a JavaScript Error: programs look at `error`, `args` and `kwargs`, and print them. */
declare class Error {
    error: string;
    args: Any[];
    kwargs: Any;
    constructor(error: string, args?: Any[], kwargs?: Any);
}
declare class Event {
    publication: number;
    topic: string;
    publisher: number | undefined;
    publisher_authid: string | undefined;
    publisher_authrole: string | undefined;
    retained: boolean;
    forward_for: Any;
    constructor(publication: number, topic: string, publisher?: number, publisher_authid?: string, publisher_authrole?: string, retained?: boolean, forward_for?: Any);
}
declare class Invocation {
    procedure: string;
    progress: ((args?: Any[], kwargs?: Any) => void) | null;
    caller: number | undefined;
    caller_authid: string | undefined;
    caller_authrole: string | undefined;
    constructor(procedure: string, progress: Invocation['progress'], caller?: number, caller_authid?: string, caller_authrole?: string);
}
declare class Publication {
    id: number;
    constructor(id: number);
}

declare class Transports implements ITransports {
    _repository: {
        [name: string]: ITransportFactoryFactory;
    };
    register(name: string, factory: ITransportFactoryFactory): void;
    isRegistered(name: string): boolean;
    get(name: string): ITransportFactoryFactory;
    list(): string[];
}
declare const transports: Transports;

/** A session as programs see it. */
type Session = Session$1;
declare const Session: SessionClass;
declare const auth_cra: typeof cra;
declare const auth_cryptosign: typeof cryptosign;
declare const util: typeof utilities;
/** The version of Autobahn|JS whose API this is. */
declare const version = "26.3.1";

type names_CallPromise<T> = CallPromise<T>;
type names_Connection = Connection;
declare const names_Connection: typeof Connection;
type names_CustomTransportType = CustomTransportType;
type names_DefaultTransportType = DefaultTransportType;
type names_DeferFactory = DeferFactory;
type names_Error = Error;
declare const names_Error: typeof Error;
type names_Event = Event;
declare const names_Event: typeof Event;
type names_IAuthCra = IAuthCra;
type names_ICallOptions = ICallOptions;
type names_ICancelOptions = ICancelOptions;
type names_ICloseEventDetails = ICloseEventDetails;
type names_IConnectionOptions = IConnectionOptions;
type names_IError = IError;
type names_IEvent<TName = string> = IEvent<TName>;
type names_IInvocation = IInvocation;
type names_ILog = ILog;
type names_IOnCloseDetails = IOnCloseDetails;
type names_IPublication = IPublication;
type names_IPublishOptions = IPublishOptions;
type names_IRegisterOptions = IRegisterOptions;
type names_IRegistration<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string> = IRegistration<TResult, TArgs, TKWArgs, TName>;
type names_IResult = IResult;
type names_ISerializer = ISerializer;
type names_ISubscribeOptions = ISubscribeOptions;
type names_ISubscription<TArgs = Any[], TKWArgs = Any, TName = string> = ISubscription<TArgs, TKWArgs, TName>;
type names_ITlsConfiguration = ITlsConfiguration;
type names_ITransport = ITransport;
type names_ITransportDefinition = ITransportDefinition;
type names_ITransportFactory = ITransportFactory;
type names_ITransportFactoryFactory = ITransportFactoryFactory;
type names_ITransportInfo = ITransportInfo;
type names_ITransports = ITransports;
type names_IUtil = IUtil;
type names_Invocation = Invocation;
declare const names_Invocation: typeof Invocation;
type names_LegacyPromise<T> = LegacyPromise<T>;
declare const names_LegacyPromise: typeof LegacyPromise;
type names_OnChallengeHandler = OnChallengeHandler;
type names_OnInternalErrorHandler = OnInternalErrorHandler;
type names_OnUserErrorHandler = OnUserErrorHandler;
type names_Publication = Publication;
declare const names_Publication: typeof Publication;
type names_RegisterEndpoint<TResult = Any, TArgs = Any[], TKWArgs = Any> = RegisterEndpoint<TResult, TArgs, TKWArgs>;
type names_Registration = Registration;
declare const names_Registration: typeof Registration;
type names_Result = Result;
declare const names_Result: typeof Result;
declare const names_Session: typeof Session;
type names_SubscribeHandler<TArgs = Any[], TKWArgs = Any, TName = string> = SubscribeHandler<TArgs, TKWArgs, TName>;
type names_Subscription = Subscription;
declare const names_Subscription: typeof Subscription;
type names_TransportType = TransportType;
type names_Upgrades = Upgrades;
declare const names_auth_cra: typeof auth_cra;
declare const names_auth_cryptosign: typeof auth_cryptosign;
declare const names_auth_persona: typeof auth_persona;
declare const names_cbor: typeof cbor;
declare const names_log: typeof log;
declare const names_msgpack: typeof msgpack;
declare const names_nacl: typeof nacl;
declare const names_serializer: typeof serializer;
declare const names_transports: typeof transports;
declare const names_util: typeof util;
declare const names_version: typeof version;
declare const names_when: typeof when;
declare namespace names {
  export { names_Connection as Connection, names_Error as Error, names_Event as Event, names_Invocation as Invocation, names_LegacyPromise as LegacyPromise, names_Publication as Publication, names_Registration as Registration, names_Result as Result, names_Session as Session, names_Subscription as Subscription, names_auth_cra as auth_cra, names_auth_cryptosign as auth_cryptosign, names_auth_persona as auth_persona, names_cbor as cbor, names_log as log, names_msgpack as msgpack, names_nacl as nacl, names_serializer as serializer, names_transports as transports, names_util as util, names_version as version, names_when as when };
  export type { names_CallPromise as CallPromise, names_CustomTransportType as CustomTransportType, names_DefaultTransportType as DefaultTransportType, names_DeferFactory as DeferFactory, names_IAuthCra as IAuthCra, names_ICallOptions as ICallOptions, names_ICancelOptions as ICancelOptions, names_ICloseEventDetails as ICloseEventDetails, names_IConnectionOptions as IConnectionOptions, names_IError as IError, names_IEvent as IEvent, names_IInvocation as IInvocation, names_ILog as ILog, names_IOnCloseDetails as IOnCloseDetails, names_IPublication as IPublication, names_IPublishOptions as IPublishOptions, names_IRegisterOptions as IRegisterOptions, names_IRegistration as IRegistration, names_IResult as IResult, names_ISerializer as ISerializer, names_ISubscribeOptions as ISubscribeOptions, names_ISubscription as ISubscription, names_ITlsConfiguration as ITlsConfiguration, names_ITransport as ITransport, names_ITransportDefinition as ITransportDefinition, names_ITransportFactory as ITransportFactory, names_ITransportFactoryFactory as ITransportFactoryFactory, names_ITransportInfo as ITransportInfo, names_ITransports as ITransports, names_IUtil as IUtil, names_OnChallengeHandler as OnChallengeHandler, names_OnInternalErrorHandler as OnInternalErrorHandler, names_OnUserErrorHandler as OnUserErrorHandler, names_RegisterEndpoint as RegisterEndpoint, names_SubscribeHandler as SubscribeHandler, names_TransportType as TransportType, names_Upgrades as Upgrades };
}

export { Connection, Error, Event, Invocation, LegacyPromise, Publication, Registration, Result, Session, Subscription, auth_cra, auth_cryptosign, auth_persona, cbor, names as default, log, msgpack, nacl, serializer, transports, util, version, when };
export type { CallPromise, CustomTransportType, DefaultTransportType, DeferFactory, IAuthCra, ICallOptions, ICancelOptions, ICloseEventDetails, IConnectionOptions, IError, IEvent, IInvocation, ILog, IOnCloseDetails, IPublication, IPublishOptions, IRegisterOptions, IRegistration, IResult, ISerializer, ISubscribeOptions, ISubscription, ITlsConfiguration, ITransport, ITransportDefinition, ITransportFactory, ITransportFactoryFactory, ITransportInfo, ITransports, IUtil, OnChallengeHandler, OnInternalErrorHandler, OnUserErrorHandler, RegisterEndpoint, SubscribeHandler, TransportType, Upgrades };
