/*
 * The session as programs written for Autobahn|JS know it: it checks arguments, throws and gives promises as Autobahn|JS does. Everything else is
 * done by the native session underneath (`native`).
 */
import { ConnectionLostError, type Dial, type Transport } from '../../index.ts';
import type { Session as SessionApi } from '../api/session-api.ts';
import type {
  ICallOptions,
  ICancelOptions,
  IPublishOptions,
  IRegisterOptions,
  ISubscribeOptions,
  RegisterEndpoint,
  SubscribeHandler,
} from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import { assert, checkHandler, checkRequest, checkText, handle_error } from '../base/checks.ts';
import { Code } from '../base/codes.ts';
import { lateLiveness } from '../native/late-liveness.ts';
import { checkJoin, hello, type OptionsTaken, openNative, optionsTaken, underneath, uriFor } from '../native/login.ts';
import type { Deferred } from '../promises/deferred.ts';
import { Bridge } from './bridge.ts';
import { Registration, Subscription } from './claims.ts';
import { Error as AutobahnError, Publication } from './classes.ts';
import { errorToAutobahn, progressToAutobahn, toAutobahn } from './payload.ts';
import { type Outgoing, SessionState } from './session-state.ts';

/** `upgrades.restore`: subscribes and registers for all sessions to come. */
export interface Restoring {
  subscribe(session: Session, uri: string, topic: string, handler: SubscribeHandler, options: OptionsTaken): Promise<Subscription>;
  register(
    session: Session,
    uri: string,
    procedure: string,
    endpoint: RegisterEndpoint,
    options: OptionsTaken,
  ): Promise<Registration>;
  /** It is asked for in every session, also while there is none. */
  holds(claim: Subscription | Registration): boolean;
  release(claim: Subscription | Registration): Promise<void>;
}

export class Session extends SessionState implements SessionApi {
  /** With `upgrades.restore`, from WELCOME on. */
  _restore: Restoring | undefined;

  log(this: SessionApi | undefined, ...items: Any[]): void {
    const header = this?._id ? `WAMP session ${this._id} on '${this._realm}' at ${Date.now() - this._created} ms` : 'WAMP session';
    console.group(header);
    for (const item of items) console.log(item);
    console.groupEnd();
  }

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
      if (status.state === 'joined') this._joined(status.session);
    });
    openNative(native);
  }

  leave(reason?: string | null, message?: string | null): void {
    checkText('leave', 'reason', reason);
    checkText('leave', 'message', message);
    const native = this._mustBeOpen();
    const uri = reason || undefined;
    // It is sent as it is given, even if it is not a URI: the router judges it.
    const out: Outgoing = { type: Code.GOODBYE, options: uri };
    void this._sending(out, () => native.leave({ reason: uriFor(reason, undefined), message: message || undefined }));
  }

  call(procedure: Any, args?: Any, kwargs?: Any, options?: ICallOptions): Any {
    checkRequest('call', 'procedure', procedure, args, kwargs, options);
    const native = this._mustBeOpen();
    const out: Outgoing = {
      type: Code.CALL,
      options: disclosing(options, this._caller_disclose_me),
      payload: payloadOf(args, kwargs),
    };
    const deferred: Deferred = this._defer();
    const onProgress = (value: unknown): void => deferred.notify?.(progressToAutobahn(value));
    const asked = this._sending(out, () =>
      native.callResult(this.resolve(procedure), null, null, out.options.receive_progress ? { onProgress } : undefined),
    );
    const called = this._settling(asked, toAutobahn, deferred);
    called.cancel = (given?: ICancelOptions): void => {
      if (out.request === undefined || !this.isOpen) return;
      this._send_wamp([Code.CANCEL, out.request, given || {}]);
      if (given?.mode !== 'kill') deferred.reject(new AutobahnError('Cancelled'));
    };
    return called;
  }

  publish(topic: Any, args?: Any, kwargs?: Any, options?: IPublishOptions): Any {
    checkRequest('publish', 'topic', topic, args, kwargs, options);
    const native = this._mustBeOpen();
    const out: Outgoing = {
      type: Code.PUBLISH,
      options: disclosing(options, this._publisher_disclose_me),
      payload: payloadOf(args, kwargs),
    };
    const uri = this.resolve(topic);
    if (out.options.acknowledge) {
      return this._settling(
        this._sending(out, () => native.publish(uri, null, null, { acknowledge: true })),
        ({ id }) => new Publication(id),
      );
    }
    try {
      this._sending(out, () => native.publish(uri));
    } catch (thrown) {
      // It cannot be sent, and no promise could tell. In `onclose` the session is still open, but nobody can take it.
      if (!(thrown instanceof ConnectionLostError)) handle_error(this._on_internal_error, errorToAutobahn(thrown));
    }
  }

  subscribe(topic: Any, handler: SubscribeHandler<Any, Any, Any>, options?: ISubscribeOptions): Any {
    checkHandler('subscribe', 'topic', topic, 'handler', handler, options);
    const native = this._mustBeOpen();
    const uri = this.resolve(topic);
    const wanted = optionsTaken(options);
    if (this._restore) return this._settling(this._restore.subscribe(this, uri, topic, handler, wanted), (sub) => sub);
    let subscription: Subscription | undefined;
    // An event may come in the same read as SUBSCRIBED, and so before the promise resolves.
    const take = (id: number): Subscription => {
      if (!subscription) {
        subscription = this._subscribed(new Subscription(topic, handler, options, this, id));
        this._ends.set(subscription, () => asked.then((given) => given.unsubscribe()));
      }
      return subscription;
    };
    const asked = this._sending({ type: Code.SUBSCRIBE, options: options || {} }, () =>
      native.subscribe(uri, this._handlerOf(take), { match: wanted?.match }),
    );
    return this._settling(asked, (given) => {
      const taken = take(given.id);
      this._ends.set(taken, () => given.unsubscribe());
      return taken;
    });
  }

  register(procedure: Any, endpoint: RegisterEndpoint<Any, Any, Any>, options?: IRegisterOptions): Any {
    checkHandler('register', 'procedure', procedure, 'endpoint', endpoint, options);
    const native = this._mustBeOpen();
    const uri = this.resolve(procedure);
    const wanted = optionsTaken(options);
    if (this._restore)
      return this._settling(this._restore.register(this, uri, procedure, endpoint, wanted), (registration) => registration);
    let registration: Registration | undefined;
    const run = this._endpointOf(() => registration?.endpoint ?? endpoint, wanted?.match, procedure);
    const asked = this._sending({ type: Code.REGISTER, options: options || {} }, () =>
      native.register(uri, run, { match: wanted?.match }),
    );
    return this._settling(asked, (given) => {
      registration = this._registered(new Registration(procedure, endpoint, options, this, given.id));
      this._ends.set(registration, () => given.unregister());
      return registration;
    });
  }

  unsubscribe(subscription: Any): Any {
    assert(
      subscription instanceof Subscription,
      'Session.unsubscribe: <subscription> must be an instance of class autobahn.Subscription',
    );
    const { id } = subscription;
    const isHeld = this._restore?.holds(subscription);
    // What is to come back is given up in any session, and between two.
    const { _subscriptions: all } = isHeld ? subscription.session : this;
    const others = all[id] ?? [];
    const at = others.indexOf(subscription);
    const isActive = subscription.active && at >= 0;
    if (at >= 0) {
      others.splice(at, 1);
      subscription.active = false;
    }
    if (!isHeld) this._mustBeOpen();
    if (!isActive) throw 'subscription not active';
    const left = others.length > 0;
    return this._settling(this._release(subscription), () => {
      if (!left && all[id]?.length === 0) delete all[id];
      return !left;
    });
  }

  unregister(registration: Any): Any {
    assert(
      registration instanceof Registration,
      'Session.unregister: <registration> must be an instance of class autobahn.Registration',
    );
    const isHeld = this._restore?.holds(registration);
    if (!isHeld) this._mustBeOpen();
    const { _registrations: all } = isHeld ? registration.session : this;
    const { id } = registration;
    if (!registration.active || all[id] !== registration) throw 'registration not active';
    return this._settling(this._release(registration), () => {
      if (all[id] === registration) delete all[id];
      registration.active = false;
    });
  }

  private _release(what: Subscription | Registration): Promise<void> {
    if (this._restore) return this._restore.release(what);
    const end = this._ends.get(what);
    this._ends.delete(what);
    return end?.() ?? Promise.resolve();
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

/** As it is sent: what is empty is sent as empty. */
function payloadOf(args: unknown, kwargs: unknown): readonly Any[] {
  if (kwargs) return [args || [], kwargs];
  return args ? [args] : [];
}

function disclosing(options: Any, isDisclosing: boolean): Any {
  return isDisclosing && options?.disclose_me === undefined ? { ...options, disclose_me: true } : options || {};
}
