/*
 * The state of a session, and its connection to the native session underneath. Every message that goes out passes `_transmit` last: there the options of
 * the program are put in as they are, and `_send_wamp` is called. Real programs read, write and replace the members with an underscore.
 */
import type { Session as NativeSession } from '../../index.ts';
import type { OnChallengeHandler } from '../api/session-api.ts';
import type { ITransport } from '../api/transport-api.ts';
import type { OnInternalErrorHandler, OnUserErrorHandler, RegisterEndpoint } from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import { handle_error } from '../base/checks.ts';
import { Code } from '../base/codes.ts';
import { log } from '../base/log.ts';
import { receiver } from '../base/receiver.ts';
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
  /** The same. Programs may have a `native` of their own. */
  _native: NativeSession | undefined;
  protected _outgoing: Outgoing | undefined;
  /** What ends each of them underneath. */
  protected readonly _ends: Map<Subscription | Registration, () => Promise<void>> = new Map();

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
      log.debug(['TX', this._realm, this._id, message[0] === Code.AUTHENTICATE ? [Code.AUTHENTICATE, '(secret)'] : message]);
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

  _joined(native: NativeSession): void {
    this.native = this._native = native;
    this._id = native.id;
    this._features = featuresOf(native.details.roles);
    this.onjoin?.({ ...native.details });
  }

  /** Takes every message of the session underneath that goes out. */
  _transmit(message: Any[]): void {
    const { _outgoing: outgoing } = this;
    if (outgoing && outgoing.type === message[0]) {
      if (outgoing.uri !== undefined) message[4] = outgoing.uri;
      if (outgoing.options) {
        this._outgoing = undefined;
        message[2] = outgoing.options;
        if (outgoing.payload) message.splice(4, 2, ...outgoing.payload);
        outgoing.request = message[1];
      }
    }
    this._send_wamp(message);
  }

  /** Takes every message that the session underneath has handled. */
  _received(message: Any[]): void {
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

  _subscribed(subscription: Subscription): Subscription {
    const { id } = subscription;
    this._subscriptions[id] ??= [];
    this._subscriptions[id].push(subscription);
    return subscription;
  }

  _registered(registration: Registration): Registration {
    this._registrations[registration.id] = registration;
    return registration;
  }

  /** The user's handler as the client takes it. What it throws is reported to the user. A promise that it returns is ignored. */
  _handlerOf(take: (id: number) => Subscription): (args: Any[], kwargs: Any, details: Any) => void {
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
   * The user's endpoint as the client takes it. It is looked up at each call, since programs replace it. A value and an error take the same number of
   * turns, so invocations are answered in order. It gives the client a thenable instead of a promise: the client's callback sends ERROR at once, and
   * directly after that the user is told.
   */
  _endpointOf(
    endpoint: () => RegisterEndpoint,
    match: string | undefined,
    procedure: string,
  ): (args: Any[], kwargs: Any, details: Any) => PromiseLike<Any> {
    return (args, kwargs, details) => {
      const isExact = (match ?? 'exact') === 'exact';
      const invocation = invocationToAutobahn(details, isExact ? procedure : details.procedure);
      const running = new Promise((resolve) => {
        resolve(endpoint().call(receiver, args, kwargs, invocation)); // what it throws rejects
      });
      const then = (answer: (result: Any) => Any, refuse: (error: Any) => Any): Any =>
        new LegacyPromise(
          running.then(
            (value) => answer(resultToNative(value)),
            (thrown) => {
              this._sending({ type: Code.ERROR, uri: uriOf(thrown) }, () => refuse(errorToNative(thrown)));
              handle_error(this._on_user_error, thrown, 'Exception raised in invocation handler:');
            },
          ),
        );
      return { then };
    };
  }

  protected _mustBeOpen(): NativeSession {
    if (!this.isOpen || !this._native) throw 'session not open';
    return this._native;
  }

  protected _sending<T>(out: Outgoing, send: () => T): T {
    this._outgoing = out;
    try {
      return send();
    } finally {
      this._outgoing = undefined;
    }
  }

  protected _settling<T, R>(asked: Promise<T>, then: (value: T) => R, deferred: Deferred = this._defer()): Any {
    // Nothing is returned to `then`: jQuery's `reject` gives the deferred, which would reject our promise, too.
    asked
      .then(
        (value) => void deferred.resolve(then(value)),
        (error) => void deferred.reject(errorToAutobahn(error)),
      )
      // A deferred that calls its handlers at once passes on what they throw.
      .catch((thrown) => handle_error(this._on_user_error, thrown));
    return promise(deferred);
  }
}
