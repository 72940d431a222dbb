/*
 * The session as programs written for Autobahn|JS know it: it checks arguments as there, throws what is thrown there, and gives the promises that
 * are given there. All else is the native session underneath (`native`).
 */
import type { Dial, Transport } from '../index.ts';
import type { Any } from './any.ts';
import { Bridge } from './bridge.ts';
import { assert, checkHandler, checkRequest, checkText, handle_error } from './checks.ts';
import { Registration, Subscription } from './claims.ts';
import { Error as AutobahnError, Publication } from './classes.ts';
import { Code } from './codes.ts';
import { type Deferred, type LegacyPromise, promise } from './deferred.ts';
import { checkJoin, hello, openNative, underneath } from './login.ts';
import { lateLiveness } from './native/late-liveness.ts';
import { errorToAutobahn, progressToAutobahn, toAutobahn } from './payload.ts';
import { type Outgoing, SessionState } from './session-state.ts';
import type {
  CallPromise,
  ICallOptions,
  ICancelOptions,
  IPublication,
  IPublishOptions,
  IRegisterOptions,
  IRegistration,
  ISubscribeOptions,
  ISubscription,
  RegisterEndpoint,
  SubscribeHandler,
} from './type-names.ts';

type Args = Any[] | null;

export class Session extends SessionState {
  /** Also as a function of its own: `.then(session.log)`. */
  log(this: Session | undefined, ...items: Any[]): void {
    const header = this?._id ? `WAMP session ${this._id} on '${this._realm}' at ${Date.now() - this._created} ms` : 'WAMP session';
    console.group(header);
    for (const item of items) console.log(item);
    console.groupEnd();
  }

  /** For who makes a session by himself, over a transport that is open; a connection does so by itself. */
  join(realm: string, authmethods?: string[] | null, authid?: string | null, authextra?: Any): void {
    const given = { realm, authmethods: authmethods || undefined, authid: authid || undefined, authextra };
    checkJoin(given);
    if (this.isOpen) throw 'session already open';
    const options = { ...given, on_user_error: this._on_user_error, on_internal_error: this._on_internal_error };
    const socket = this._socket;
    const bridge = new Bridge(socket, this, {
      opened: () => {},
      hello: (details) => hello(this, given, details),
      left: (reason, details) => this.onleave?.(reason, details),
      early: (tell) => tell(),
      closed: () => {
        this._id = null;
      },
    });
    const connect = (dial: Dial): Promise<Transport> => {
      const opening = bridge.connect(dial);
      socket.onopen();
      return opening;
    };
    const native = underneath({ name: String(socket.info?.url), connect }, () => ({ session: this, options }), realm, {
      retry: false,
      liveness: lateLiveness(false),
    });
    native.on('status', (status) => {
      if (status.state === 'joined') this.joined(status.session);
    });
    openNative(native);
  }

  leave(reason?: string | null, message?: string | null): void {
    checkText('leave', 'reason', reason);
    checkText('leave', 'message', message);
    this.mustBeOpen();
    this.native?.leave({ reason: reason || undefined, message: message || undefined }).catch(() => {});
  }

  call<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(
    procedure: TName,
    args?: TArgs | null,
    kwargs?: TKWArgs | null,
    options?: ICallOptions,
  ): CallPromise<TResult>;
  call(procedure: string, args?: Args, kwargs?: Any, options?: ICallOptions): Any {
    checkRequest('call', 'procedure', procedure, args, kwargs, options);
    const native = this.mustBeOpen();
    const out: Outgoing = {
      type: Code.CALL,
      options: disclosing(options, this._caller_disclose_me),
      payload: payloadOf(args, kwargs),
    };
    const deferred: Deferred = this._defer();
    const onProgress = (value: unknown): void => {
      if (!isSettled && deferred.notify) deferred.notify(progressToAutobahn(value));
    };
    let isSettled = false;
    this.sending(out, () =>
      native.callResult(this.resolve(procedure), null, null, out.options.receive_progress ? { onProgress } : undefined),
    ).then(
      (result) => {
        if (!isSettled) deferred.resolve(toAutobahn(result));
        isSettled = true;
      },
      (error) => {
        if (!isSettled) deferred.reject(errorToAutobahn(error));
        isSettled = true;
      },
    );
    const called = promise(deferred);
    called.cancel = (given?: ICancelOptions): void => {
      if (out.request === undefined || !this.isOpen) return;
      this._send_wamp([Code.CANCEL, out.request, given || {}]);
      if (isSettled || given?.mode === 'kill') return;
      isSettled = true;
      deferred.reject(new AutobahnError('Cancelled'));
    };
    return called;
  }

  /** A promise with `acknowledge`, and else undefined. */
  publish<TArgs = Any[], TKWArgs = Any, TName = string>(
    topic: TName,
    args?: TArgs | null,
    kwargs?: TKWArgs | null,
    options?: IPublishOptions,
  ): LegacyPromise<IPublication>;
  publish(topic: string, args?: Args, kwargs?: Any, options?: IPublishOptions): Any {
    checkRequest('publish', 'topic', topic, args, kwargs, options);
    const native = this.mustBeOpen();
    const out: Outgoing = {
      type: Code.PUBLISH,
      options: disclosing(options, this._publisher_disclose_me),
      payload: payloadOf(args, kwargs),
    };
    const uri = this.resolve(topic);
    if (out.options.acknowledge) {
      return this.settling(
        this.sending(out, () => native.publish(uri, null, null, { acknowledge: true })),
        ({ id }) => new Publication(id),
      );
    }
    try {
      this.sending(out, () => native.publish(uri));
    } catch (thrown) {
      handle_error(this._on_internal_error, errorToAutobahn(thrown)); // what cannot be sent; nobody waits for it
    }
  }

  subscribe<TArgs = Any[], TKWArgs = Any, TName = string>(
    topic: TName,
    handler: SubscribeHandler<TArgs, TKWArgs, TName>,
    options?: ISubscribeOptions,
  ): LegacyPromise<ISubscription<TArgs, TKWArgs, TName>>;
  subscribe(topic: string, handler: SubscribeHandler, options?: ISubscribeOptions): Any {
    checkHandler('subscribe', 'topic', topic, 'handler', handler, options);
    const native = this.mustBeOpen();
    const uri = this.resolve(topic);
    const match = options?.match as 'exact' | undefined;
    if (this.restore) return this.settling(this.restore.subscribe(this, uri, topic, handler, options), (sub) => sub);
    let subscription: Subscription | undefined;
    // An event may come in the same read as SUBSCRIBED, and so before the promise tells.
    const take = (id: number): Subscription => {
      if (!subscription) {
        subscription = this.subscribed(new Subscription(topic, handler, options, this, id));
        this.ends.set(subscription, () => asked.then((given) => given.unsubscribe()));
      }
      return subscription;
    };
    const asked = this.sending({ type: Code.SUBSCRIBE, options: options || {} }, () =>
      native.subscribe(uri, this.handlerOf(take), { match }),
    );
    return this.settling(asked, (given) => {
      const taken = take(given.id);
      this.ends.set(taken, () => given.unsubscribe());
      return taken;
    });
  }

  register<TResult = Any, TArgs = Any[], TKWArgs = Any, TName = string>(
    procedure: TName,
    endpoint: RegisterEndpoint<TResult, TArgs, TKWArgs>,
    options?: IRegisterOptions,
  ): LegacyPromise<IRegistration<TResult, TArgs, TKWArgs, TName>>;
  register(procedure: string, endpoint: RegisterEndpoint, options?: IRegisterOptions): Any {
    checkHandler('register', 'procedure', procedure, 'endpoint', endpoint, options);
    const native = this.mustBeOpen();
    const uri = this.resolve(procedure);
    const match = options?.match as 'exact' | undefined;
    if (this.restore)
      return this.settling(this.restore.register(this, uri, procedure, endpoint, options), (registration) => registration);
    const asked = this.sending({ type: Code.REGISTER, options: options || {} }, () =>
      native.register(uri, this.endpointOf(endpoint, match, procedure), { match }),
    );
    return this.settling(asked, (given) => {
      const registration = this.registered(new Registration(procedure, endpoint, options, this, given.id));
      this.ends.set(registration, () => given.unregister());
      return registration;
    });
  }

  /** True when it was the last of its kind, and the router was told. */
  unsubscribe<TArgs, TKWArgs, TName = string>(subscription: ISubscription<TArgs, TKWArgs, TName>): LegacyPromise<boolean>;
  unsubscribe(subscription: Subscription): Any {
    assert(
      subscription instanceof Subscription,
      'Session.unsubscribe: <subscription> must be an instance of class autobahn.Subscription',
    );
    const { id } = subscription;
    const others = this._subscriptions[id] ?? [];
    const at = others.indexOf(subscription);
    const isActive = subscription.active && at >= 0;
    if (at >= 0) {
      others.splice(at, 1);
      subscription.active = false;
    }
    this.mustBeOpen();
    if (!isActive) throw 'subscription not active';
    const left = others.length > 0;
    return this.settling(this.release(subscription), () => {
      if (!left && this._subscriptions[id]?.length === 0) delete this._subscriptions[id];
      return !left;
    });
  }

  unregister<TResult, TArgs, TKWArgs, TName>(registration: IRegistration<TResult, TArgs, TKWArgs, TName>): LegacyPromise<Any>;
  unregister(registration: Registration): Any {
    assert(
      registration instanceof Registration,
      'Session.unregister: <registration> must be an instance of class autobahn.Registration',
    );
    this.mustBeOpen();
    const { id } = registration;
    if (!registration.active || this._registrations[id] !== registration) throw 'registration not active';
    return this.settling(this.release(registration), () => {
      if (this._registrations[id] === registration) delete this._registrations[id];
      registration.active = false;
    });
  }

  prefix(prefix: string, uri?: string | null): void {
    assert(typeof prefix === 'string', 'Session.prefix: <prefix> must be a string');
    checkText('prefix', 'uri', uri, 'a string or falsy');
    if (uri) this._prefixes[prefix] = uri;
    else delete this._prefixes[prefix];
  }

  resolve(curie: string): string {
    assert(typeof curie === 'string', 'Session.resolve: <curie> must be a string');
    const at = curie.indexOf(':');
    const prefix = curie.slice(0, Math.max(0, at));
    return at >= 0 && prefix in this._prefixes ? `${this._prefixes[prefix]}.${curie.slice(at + 1)}` : curie;
  }
}

/** As it is sent: what is empty goes out as empty. */
function payloadOf(args: unknown, kwargs: unknown): readonly Any[] {
  if (kwargs) return [args || [], kwargs];
  return args ? [args] : [];
}

function disclosing(options: Any, isDisclosing: boolean): Any {
  return isDisclosing && options?.disclose_me === undefined ? { ...options, disclose_me: true } : options || {};
}
