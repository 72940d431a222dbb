/*
 * The objects that programs get when they subscribe and register, with exactly the keys that they have in Autobahn|JS. Only the session knows what is
 * behind them.
 */

import type { Session } from '../api/session-api.ts';
import type { IRegisterOptions, ISubscribeOptions, RegisterEndpoint, SubscribeHandler } from '../api/verbs.ts';
import type { Any } from '../base/any.ts';
import { type Deferred, type LegacyPromise, promise } from '../promises/deferred.ts';

export class Subscription {
  topic: string;
  handler: SubscribeHandler;
  options: ISubscribeOptions;
  session: Session;
  id: number;
  active: boolean;
  _on_unsubscribe: Deferred;
  on_unsubscribe: LegacyPromise<Any>;

  constructor(topic: string, handler: SubscribeHandler, options: ISubscribeOptions | undefined, session: Session, id: number) {
    this.topic = topic;
    this.handler = handler;
    this.options = options || {};
    this.session = session;
    this.id = id;
    this.active = true;
    this._on_unsubscribe = session._defer();
    this.on_unsubscribe = promise(this._on_unsubscribe);
  }

  unsubscribe(): LegacyPromise<boolean> {
    return this.session.unsubscribe(this);
  }
}

export class Registration {
  procedure: string;
  endpoint: RegisterEndpoint;
  options: IRegisterOptions;
  session: Session;
  id: number;
  active: boolean;
  _on_unregister: Deferred;
  on_unregister: LegacyPromise<Any>;

  constructor(procedure: string, endpoint: RegisterEndpoint, options: IRegisterOptions | undefined, session: Session, id: number) {
    this.procedure = procedure;
    this.endpoint = endpoint;
    this.options = options || {};
    this.session = session;
    this.id = id;
    this.active = true;
    this._on_unregister = session._defer();
    this.on_unregister = promise(this._on_unregister);
  }

  unregister(): LegacyPromise<Any> {
    return this.session.unregister(this);
  }
}
