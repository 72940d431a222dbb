/*
 * A session, and what is subscribed and registered in it, as programs see them. The members with an underscore are read, written and replaced by real
 * programs.
 */
import type { Session as NativeSession } from '../../index.ts';
import type { Any } from '../base/any.ts';
import type { DeferFactory, Deferred, LegacyPromise } from '../promises/deferred.ts';
import type { ITransport } from './transport-api.ts';
import type {
  CallPromise,
  ICallOptions,
  IPublication,
  IPublishOptions,
  IRegisterOptions,
  ISubscribeOptions,
  OnInternalErrorHandler,
  OnUserErrorHandler,
  RegisterEndpoint,
  SubscribeHandler,
} from './verbs.ts';

export interface Session {
  _socket: ITransport;
  _defer: DeferFactory;
  _onchallenge: OnChallengeHandler | undefined;
  _on_user_error: OnUserErrorHandler | undefined;
  _on_internal_error: OnInternalErrorHandler | undefined;
  _id: number | null;
  _realm: string | null;
  _features: Any;
  _subscriptions: { [id: number]: Subscription[] };
  _registrations: { [id: number]: Registration };
  _prefixes: { [prefix: string]: string };
  _caller_disclose_me: boolean;
  _publisher_disclose_me: boolean;
  _created: number;
  /** Looked up at each message, so it may be replaced; it works without the session, too. */
  _send_wamp: (message: Any[]) => void;
  onjoin: (details: Any) => void;
  onleave: (reason: string, details: Any) => void;
  /** The session underneath, from WELCOME on. */
  native: NativeSession | undefined;
  readonly defer: DeferFactory;
  /** Null while it is not open, as is the realm; typed as programs know them. */
  readonly id: number;
  readonly realm: string;
  readonly isOpen: boolean;
  readonly features: Any;
  caller_disclose_me: boolean;
  publisher_disclose_me: boolean;
  /** A list of handlers for each subscription of the wire. */
  readonly subscriptions: Subscription[][];
  readonly registrations: Registration[];
  /** Also as a function of its own: `.then(session.log)`. */
  log(this: Session | undefined, ...items: Any[]): void;
  /** For programs that make a session without a connection, over a transport that is open. A connection calls it by itself. */
  join(realm: string, authmethods?: string[] | null, authid?: string | null, authextra?: Any): void;
  leave(reason?: string | null, message?: string | null): void;
  call<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(
    procedure: TName,
    args?: TArgs | null,
    kwargs?: TKWArgs | null,
    options?: ICallOptions,
  ): CallPromise<TResult>;
  /** A promise with `acknowledge`, and else undefined. */
  publish<TArgs = Any[], TKWArgs = Any, TName = string>(
    topic: TName,
    args?: TArgs | null,
    kwargs?: TKWArgs | null,
    options?: IPublishOptions,
  ): LegacyPromise<IPublication>;
  subscribe<TArgs = Any[], TKWArgs = Any, TName = string>(
    topic: TName,
    handler: SubscribeHandler<TArgs, TKWArgs, TName>,
    options?: ISubscribeOptions,
  ): LegacyPromise<ISubscription<TArgs, TKWArgs, TName>>;
  register<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(
    procedure: TName,
    endpoint: RegisterEndpoint<TResult, TArgs, TKWArgs>,
    options?: IRegisterOptions,
  ): LegacyPromise<IRegistration<TResult, TArgs, TKWArgs, TName>>;
  /** True when it was the last of its kind, and the router was told. */
  unsubscribe<TArgs, TKWArgs, TName = string>(subscription: ISubscription<TArgs, TKWArgs, TName>): LegacyPromise<boolean>;
  unregister<TResult, TArgs, TKWArgs, TName>(registration: IRegistration<TResult, TArgs, TKWArgs, TName>): LegacyPromise<Any>;
  prefix(prefix: string, uri?: string | null): void;
  resolve(curie: string): string;
}

/** The class, as a program makes and extends it. */
export interface SessionClass {
  readonly prototype: Session;
  new (
    socket: ITransport,
    defer: DeferFactory,
    onchallenge?: OnChallengeHandler,
    on_user_error?: OnUserErrorHandler,
    on_internal_error?: OnInternalErrorHandler,
  ): Session;
}

export interface Subscription {
  topic: string;
  handler: SubscribeHandler;
  options: ISubscribeOptions;
  session: Session;
  id: number;
  active: boolean;
  _on_unsubscribe: Deferred;
  on_unsubscribe: LegacyPromise<Any>;
  unsubscribe(): LegacyPromise<boolean>;
}

export interface Registration {
  procedure: string;
  endpoint: RegisterEndpoint;
  options: IRegisterOptions;
  session: Session;
  id: number;
  active: boolean;
  _on_unregister: Deferred;
  on_unregister: LegacyPromise<Any>;
  unregister(): LegacyPromise<Any>;
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

/** Returns the signature, `[signature, extra]`, or a promise of either. */
export type OnChallengeHandler = (session: Session, method: string, extra: Any) => Any;
