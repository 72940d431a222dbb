/*
 * The state of a session, and its connection to the native session underneath. Every message that goes out passes `transmit` last: there the options of
 * the program are put in as they are, and `_send_wamp` is called. Real programs read, write and replace the members with an underscore.
 */
import type { Session as NativeSession } from '../../index.ts';
import type { OnChallengeHandler } from '../api/session-api.ts';
import type { ITransport } from '../api/transport-api.ts';
import type { OnInternalErrorHandler, OnUserErrorHandler, RegisterEndpoint } from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import { handle_error } from '../base/checks.ts';
import { Code } from '../base/codes.ts';
import { debug } from '../base/log.ts';
import { type DeferFactory, type Deferred, LegacyPromise, promise } from '../promises/deferred.ts';
import type { Registration, Subscription } from './claims.ts';
import { featuresOf } from './features.ts';
import { errorToAutobahn, errorToNative, eventToAutobahn, invocationToAutobahn, resultToNative, uriOf } from './payload.ts';

/** The message that is being sent now: the options of a request and the URI of an ERROR are sent as the program gave them. */
export interface Outgoing {
  readonly type: number;
  readonly uri?: string | undefined;
  readonly options?: Any;
  /** Empty args and kwargs, too, if they were given. */
  readonly payload?: readonly Any[];
  request?: number;
}

export abstract class SessionState {
  _socket: ITransport;
  _defer: DeferFactory;
  _onchallenge: OnChallengeHandler | undefined;
  _on_user_error: OnUserErrorHandler | undefined;
  _on_internal_error: OnInternalErrorHandler | undefined;
  _id: number | null = null;
  _realm: string | null = null;
  _features: Any = null;
  _subscriptions: { [id: number]: Subscription[] } = {};
  _registrations: { [id: number]: Registration } = {};
  /** Without a prototype: `toString:x` is not a CURIE. */
  _prefixes: { [prefix: string]: string } = Object.create(null);
  _caller_disclose_me = false;
  _publisher_disclose_me = false;
  _created: number = Date.now();
  /** Looked up at each message, so it may be replaced; it works without the session, too. */
  _send_wamp: (message: Any[]) => void;
  declare onjoin: (details: Any) => void;
  declare onleave: (reason: string, details: Any) => void;
  /** The session underneath, from WELCOME on. */
  native: NativeSession | undefined;
  protected outgoing: Outgoing | undefined;
  /** What ends each of them underneath. */
  protected readonly ends: Map<Subscription | Registration, () => Promise<void>> = new Map();

  constructor(
    socket: ITransport,
    defer: DeferFactory,
    onchallenge?: OnChallengeHandler,
    on_user_error?: OnUserErrorHandler,
    on_internal_error?: OnInternalErrorHandler,
  ) {
    this._socket = socket;
    this._defer = defer;
    this._onchallenge = onchallenge;
    this._on_user_error = on_user_error;
    this._on_internal_error = on_internal_error;
    this._send_wamp = (message) => {
      debug(['TX', this._realm, this._id, message[0] === Code.AUTHENTICATE ? [Code.AUTHENTICATE, '(secret)'] : message]);
      this._socket.send(message);
    };
  }

  get defer(): DeferFactory {
    return this._defer;
  }
  /** Null while it is not open, as is the realm; typed as programs know them. */
  get id(): number {
    return this._id as number;
  }
  get realm(): string {
    return this._realm as string;
  }
  get isOpen(): boolean {
    return this._id !== null;
  }
  get features(): Any {
    return this._features;
  }
  get caller_disclose_me(): boolean {
    return this._caller_disclose_me;
  }
  set caller_disclose_me(value: boolean) {
    this._caller_disclose_me = value;
  }
  get publisher_disclose_me(): boolean {
    return this._publisher_disclose_me;
  }
  set publisher_disclose_me(value: boolean) {
    this._publisher_disclose_me = value;
  }
  /** A list of handlers for each subscription of the wire. */
  get subscriptions(): Subscription[][] {
    return Object.values(this._subscriptions);
  }
  get registrations(): Registration[] {
    return Object.values(this._registrations);
  }

  joined(native: NativeSession): void {
    this.native = native;
    this._id = native.id;
    this._features = featuresOf(native.details.roles);
    this.onjoin?.({ ...native.details });
  }

  /** Takes every message of the session underneath that goes out. */
  transmit(message: Any[]): void {
    const { outgoing } = this;
    if (outgoing && outgoing.type === message[0]) {
      if (outgoing.uri !== undefined) message[4] = outgoing.uri;
      if (outgoing.options) {
        this.outgoing = undefined;
        message[2] = outgoing.options;
        if (outgoing.payload) message.splice(4, 2, ...outgoing.payload);
        outgoing.request = message[1];
      }
    }
    this._send_wamp(message);
  }

  /** Takes every message that the session underneath has handled. */
  received(message: Any[]): void {
    const [type, request, details] = message;
    if (request !== 0 || !details) return;
    if (type === Code.UNSUBSCRIBED) {
      for (const subscription of this._subscriptions[details.subscription] ?? []) {
        subscription.active = false;
        subscription._on_unsubscribe.resolve(details.reason);
      }
      delete this._subscriptions[details.subscription];
    } else if (type === Code.UNREGISTERED) {
      const registration = this._registrations[details.registration];
      if (!registration) return;
      registration.active = false;
      registration._on_unregister.resolve(details.reason);
      delete this._registrations[details.registration];
    }
  }

  subscribed(subscription: Subscription): Subscription {
    const { id } = subscription;
    this._subscriptions[id] ??= [];
    this._subscriptions[id].push(subscription);
    return subscription;
  }

  registered(registration: Registration): Registration {
    this._registrations[registration.id] = registration;
    return registration;
  }

  /** The user's handler as the client takes it. What it throws is reported to the user. A promise that it returns is ignored. */
  handlerOf(take: (id: number) => Subscription): (args: Any[], kwargs: Any, details: Any) => void {
    return (args, kwargs, details) => {
      const subscription = take(details.subscription);
      const { session, id, options } = subscription;
      const first = session._subscriptions[id]?.[0] ?? subscription;
      const isExact = (options.match ?? 'exact') === 'exact';
      const event = eventToAutobahn(details, isExact ? first.topic : details.topic);
      try {
        subscription.handler(args, kwargs, event, subscription);
      } catch (thrown) {
        handle_error(this._on_user_error, thrown, 'Exception raised in event handler:');
      }
    };
  }

  /**
   * The user's endpoint as the client takes it. A value and an error take the same number of turns, so invocations are answered in order. It gives the client
   * a thenable instead of a promise: the client's callback sends ERROR at once, and directly after that the user is told.
   */
  endpointOf(
    endpoint: RegisterEndpoint,
    match: string | undefined,
    procedure: string,
  ): (args: Any[], kwargs: Any, details: Any) => PromiseLike<Any> {
    return (args, kwargs, details) => {
      const isExact = (match ?? 'exact') === 'exact';
      const invocation = invocationToAutobahn(details, isExact ? procedure : details.procedure);
      const running = new Promise((resolve) => {
        resolve(endpoint(args, kwargs, invocation)); // what it throws rejects
      });
      const then = (answer: (result: Any) => Any, refuse: (error: Any) => Any): Any =>
        new LegacyPromise(
          running.then(
            (value) => answer(resultToNative(value)),
            (thrown) => {
              this.sending({ type: Code.ERROR, uri: uriOf(thrown) }, () => refuse(errorToNative(thrown)));
              handle_error(this._on_user_error, thrown, 'Exception raised in invocation handler:');
            },
          ),
        );
      return { then };
    };
  }

  protected mustBeOpen(): NativeSession {
    if (!this.isOpen || !this.native) throw 'session not open';
    return this.native;
  }

  protected sending<T>(out: Outgoing, send: () => T): T {
    this.outgoing = out;
    try {
      return send();
    } finally {
      this.outgoing = undefined;
    }
  }

  protected settling<T, R>(asked: Promise<T>, then: (value: T) => R): Any {
    const deferred: Deferred = this._defer();
    asked.then(
      (value) => deferred.resolve(then(value)),
      (error) => deferred.reject(errorToAutobahn(error)),
    );
    return promise(deferred);
  }
}
