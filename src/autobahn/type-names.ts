/* The names that @types/autobahn made familiar. Types only; the classes have theirs from where they are. */
import type { LivenessOptions } from '../index.ts';
import type { Any } from './any.ts';
import type { BackoffOptions } from './backoff.ts';
import type { DeferFactory, DeferOptions, LegacyPromise } from './deferred.ts';
import type { Session } from './session.ts';

/** Upgrades, all off by default: a program that sets none behaves as under Autobahn|JS. */
export interface Upgrades {
  /**
   * Subscriptions and registrations come back after a reconnect, with the handlers they had, and their objects stay valid. What `onopen` asks for
   * again takes the place of what came back, so a program that redoes all there goes on as it is.
   */
  restore?: boolean | undefined;
  /** Notices dead lines. Off by default; `{}` has the client's defaults. */
  liveness?: LivenessOptions | false | undefined;
  /** Also come back after GOODBYE and after an ABORT that waiting may mend. */
  retry_on_goodbye?: boolean | undefined;
}

export interface IConnectionOptions extends BackoffOptions, DeferOptions {
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
  /** Taken, and without effect, as in 26.x: see `upgrades.liveness`. */
  autoping_interval?: number | undefined;
  autoping_timeout?: number | undefined;
  autoping_size?: number | undefined;
  skip_subprotocol_check?: boolean | undefined;
  skip_subprotocol_announce?: boolean | undefined;
  upgrades?: Upgrades | undefined;
}

/** Taken, and without effect, as in 26.x. */
export interface ITlsConfiguration {
  ca: string;
  cert: string;
  key: string;
}

export type DefaultTransportType = 'websocket' | 'longpoll' | 'rawsocket';
// The rest of the type, so that the names of the built-in ones are still offered.
export type CustomTransportType = string & {};
export type TransportType = DefaultTransportType | CustomTransportType;

export interface ITransportDefinition {
  type: TransportType;
  url?: string | undefined;
  serializers?: ISerializer[] | undefined;
  protocols?: string[] | undefined;
  [option: string]: Any;
}

export interface ISerializer {
  SERIALIZER_ID: string;
  BINARY: boolean;
  /** Also a promise of it. */
  serialize(obj: Any): Any;
  unserialize(payload: Any): Any;
}

export interface ITransportInfo {
  type: TransportType | 'none';
  url?: string | null | undefined;
  protocol?: string | null | undefined;
}

/** What a transport tells when it has closed. */
export interface ICloseEventDetails {
  code: number;
  reason: string;
  wasClean: boolean;
}

/** What carries whole messages, as lists. Connection and session put in the callbacks. */
export interface ITransport {
  info: ITransportInfo;
  protocol?: Any;
  serializer?: Any;
  onopen: (...ignored: Any[]) => void;
  onmessage: (message: Any) => void;
  onclose: (details: ICloseEventDetails) => void;
  send(message: Any): void;
  close(code?: number, reason?: string): void;
}

export interface ITransportFactory {
  type: TransportType;
  create(): ITransport;
}

export type ITransportFactoryFactory = new (options: Any) => ITransportFactory;

export interface ITransports {
  register(name: TransportType, factory: ITransportFactoryFactory): void;
  isRegistered(name: TransportType): boolean;
  get(name: TransportType): ITransportFactoryFactory;
  list(): TransportType[];
}

/** What `Connection.onclose` is told. */
export interface IOnCloseDetails {
  reason: string | null;
  message: string | null;
  /** In seconds. */
  retry_delay: number | null;
  retry_count: number | null;
  will_retry: boolean;
}

export interface ICallOptions {
  timeout?: number | undefined;
  receive_progress?: boolean | undefined;
  disclose_me?: boolean | undefined;
  [option: string]: Any;
}
export interface ICancelOptions {
  mode?: 'skip' | 'kill' | 'killnowait' | undefined;
}
export interface IPublishOptions {
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
export interface ISubscribeOptions {
  match?: string | undefined;
  get_retained?: boolean | undefined;
  [option: string]: Any;
}
export interface IRegisterOptions {
  match?: string | undefined;
  invoke?: string | undefined;
  [option: string]: Any;
}

export interface CallPromise<T> extends LegacyPromise<T> {
  /** Sends CANCEL. With any mode but `kill` it also rejects, at once. Only on what `call` returned, and not on what its `then` returns. */
  cancel(options?: ICancelOptions): void;
}

export interface IResult {
  args: Any[];
  kwargs: Any;
}
export interface IError {
  error: string;
  args: Any[];
  kwargs: Any;
}
export interface IEvent<TName = string> {
  publication: number;
  topic: TName;
  publisher?: number | undefined;
  publisher_authid?: string | undefined;
  publisher_authrole?: string | undefined;
  retained?: boolean | undefined;
  forward_for?: Any;
}
export interface IInvocation {
  procedure: string;
  /** Null where the caller asked for none. */
  progress?: ((args?: Any[], kwargs?: Any) => void) | null | undefined;
  caller?: number | undefined;
  caller_authid?: string | undefined;
  caller_authrole?: string | undefined;
}
export interface ISubscription<TArgs = Any[], TKWArgs = Any, TName = string> {
  topic: TName;
  handler: SubscribeHandler<TArgs, TKWArgs, Any>;
  options: ISubscribeOptions;
  session: Session;
  id: number;
  active: boolean;
  /** Resolves with the reason when the router takes it away, and else stays pending. */
  on_unsubscribe: LegacyPromise<Any>;
  unsubscribe(): LegacyPromise<Any>;
}
export interface IRegistration<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string> {
  procedure: TName;
  endpoint: RegisterEndpoint<TResult, TArgs, TKWArgs>;
  options: IRegisterOptions;
  session: Session;
  id: number;
  active: boolean;
  on_unregister: LegacyPromise<Any>;
  unregister(): LegacyPromise<Any>;
}
export interface IPublication {
  id: number;
}

export type SubscribeHandler<TArgs = Any[], TKWArgs = Any, TName = string> = (
  args?: TArgs,
  kwargs?: TKWArgs,
  details?: IEvent<TName>,
  subscription?: Any,
) => void;
export type RegisterEndpoint<TResult = Any, TArgs = Any[], TKWArgs = Any> = (
  args?: TArgs,
  kwargs?: TKWArgs,
  details?: IInvocation,
) => TResult;
/** Returns the signature, `[signature, extra]`, or a promise of either. */
export type OnChallengeHandler = (session: Session, method: string, extra: Any) => Any;
export type OnUserErrorHandler = (error: Any, customErrorMessage?: string) => void;
export type OnInternalErrorHandler = (error: Any, customErrorMessage?: string) => void;

export interface IUtil {
  assert(condition: boolean, message: string): void;
}
export interface ILog {
  debug(...items: Any[]): void;
  warn(...items: Any[]): void;
}
export interface IAuthCra {
  sign(key: string, challenge: string): string;
  derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string;
}
