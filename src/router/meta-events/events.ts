/*
 * The events below `wamp.` (WAMP "Meta API") about sessions, subscriptions and registrations. They are published after the fact, and after
 * the session concerned has its answer (SUBSCRIBED before on_subscribe).
 *
 * In WAMP's order: on_create before on_subscribe, on_unsubscribe before on_delete; the same for registrations. A session that ends
 * loses its subscriptions, then its registrations, and on_leave comes last, so that a program that keeps a table by session never
 * gets an event about a session that is gone already. There are no events about subscriptions to `wamp.`, because they would cause events about the watchers.
 */

import type { Id, Uri } from '../../base/words.ts';
import { isReserved } from '../../protocol/uri.ts';
import { describeSession } from '../session/describe-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
import { describeRegistration, describeSubscription, type Registration, type Subscription } from './describe.ts';

/** The broker's part. */
export interface MetaBroker {
  /** Whether anybody subscribes to topics below `wamp.`. */
  isWatched(): boolean;
  /** Whether a subscription has subscribers, or stays without any. */
  isThere(subscription: Subscription): boolean;
  /** Publishes in the router's name. @returns The work that is left, including that of earlier events; undefined: none. */
  tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): Work | undefined;
}

export class MetaEvents {
  private readonly broker: MetaBroker;

  constructor(broker: MetaBroker) {
    this.broker = broker;
  }

  // The session concerned must do the work that each of them returns. So no session can cause events faster than they are sent.

  joined(session: LiveSession): Work | undefined {
    return this.isHeard ? this.tell('wamp.session.on_join', [describeSession(session)], session) : undefined;
  }

  left({ id, authid, authrole }: Pick<LiveSession, 'id' | 'authid' | 'authrole'>): Work | undefined {
    return this.isHeard ? this.tell('wamp.session.on_leave', [id, authid, authrole]) : undefined;
  }

  /** The session is a subscriber now; `isNew`: the subscription had none before. */
  subscribed(session: LiveSession, subscription: Subscription, isNew: boolean): Work | undefined {
    if (!this.isHeard || isReserved(subscription.uri)) return undefined;
    if (isNew) this.tell('wamp.subscription.on_create', [session.id, describeSubscription(subscription)]);
    return this.tell('wamp.subscription.on_subscribe', [session.id, subscription.id]);
  }

  unsubscribed(session: LiveSession, subscription: Subscription): Work | undefined {
    const { id, uri } = subscription;
    if (!this.isHeard || isReserved(uri)) return undefined;
    const told = this.tell('wamp.subscription.on_unsubscribe', [session.id, id]);
    if (this.broker.isThere(subscription)) return told;
    return this.tell('wamp.subscription.on_delete', [session.id, id]);
  }

  /** Nobody has it any more; `session` was the last. */
  subscriptionGone(session: Id, subscription: Id, uri: Uri): Work | undefined {
    return this.isHeard && !isReserved(uri) ? this.tell('wamp.subscription.on_delete', [session, subscription]) : undefined;
  }

  registered(session: LiveSession, registration: Registration, isNew: boolean): Work | undefined {
    if (!this.isHeard) return undefined;
    if (isNew) this.tell('wamp.registration.on_create', [session.id, describeRegistration(registration)]);
    return this.tell('wamp.registration.on_register', [session.id, registration.id]);
  }

  unregistered(
    session: LiveSession,
    { id, callees }: Registration & { readonly callees: { readonly size: number } },
  ): Work | undefined {
    if (!this.isHeard) return undefined;
    const told = this.tell('wamp.registration.on_unregister', [session.id, id]);
    return callees.size > 0 ? told : this.tell('wamp.registration.on_delete', [session.id, id]);
  }

  /** Most of the time nobody listens; then the event is not even made. */
  private get isHeard(): boolean {
    return this.broker.isWatched();
  }

  private tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): Work | undefined {
    return this.broker.tell(topic, args, excluded);
  }
}
