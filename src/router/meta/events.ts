/*
 * The events below `wamp.` (WAMP "Meta API"): who joins and leaves, what comes and goes with whom. What is told has happened already, and
 * the session that it concerns has its answer: nobody gets an event of what they were not told of (SUBSCRIBED before on_subscribe).
 *
 * In WAMP's order: on_create before on_subscribe, on_unsubscribe before on_delete; the same for registrations. A session that ends
 * loses its subscriptions, then its registrations, and last of all is told to have left, so that whoever keeps a table by session never
 * hears of one that is gone already. Subscriptions to `wamp.` are not told: a watcher would watch the watchers.
 */
import { isReserved } from '../../protocol/uri.ts';
import type { Uri } from '../../words.ts';
import type { DealerRegistration } from '../registrations.ts';
import type { LiveSession } from '../session.ts';
import type { BrokerSubscription, Subscriptions } from '../subscriptions.ts';
import { describeRegistration } from './registration.ts';
import { describeSession } from './session.ts';
import { describeSubscription } from './subscription.ts';

/** Publishes in the router's name. */
type Tell = (topic: Uri, args: readonly unknown[], excluded?: LiveSession) => void;

export class MetaEvents {
  private readonly subscriptions: Subscriptions;
  private readonly tell: Tell;

  constructor(subscriptions: Subscriptions, tell: Tell) {
    this.subscriptions = subscriptions;
    this.tell = tell;
  }

  joined(session: LiveSession): void {
    if (this.isHeard) this.tell('wamp.session.on_join', [describeSession(session)], session);
  }

  left({ id, authid, authrole }: LiveSession): void {
    if (this.isHeard) this.tell('wamp.session.on_leave', [id, authid, authrole]);
  }

  /** The session is in the subscription now; `isNew`: nobody was before. */
  subscribed(session: LiveSession, subscription: BrokerSubscription, isNew: boolean): void {
    if (!this.isHeard || isReserved(subscription.uri)) return;
    if (isNew) this.tell('wamp.subscription.on_create', [session.id, describeSubscription(subscription)]);
    this.tell('wamp.subscription.on_subscribe', [session.id, subscription.id]);
  }

  unsubscribed(session: LiveSession, { id, uri }: BrokerSubscription): void {
    if (!this.isHeard || isReserved(uri)) return;
    this.tell('wamp.subscription.on_unsubscribe', [session.id, id]);
    if (this.subscriptions.get(id) === undefined) this.tell('wamp.subscription.on_delete', [session.id, id]);
  }

  registered(session: LiveSession, registration: DealerRegistration, isNew: boolean): void {
    if (!this.isHeard) return;
    if (isNew) this.tell('wamp.registration.on_create', [session.id, describeRegistration(registration)]);
    this.tell('wamp.registration.on_register', [session.id, registration.id]);
  }

  unregistered(session: LiveSession, { id, callees }: DealerRegistration): void {
    if (!this.isHeard) return;
    this.tell('wamp.registration.on_unregister', [session.id, id]);
    if (callees.size === 0) this.tell('wamp.registration.on_delete', [session.id, id]);
  }

  /** Nobody listens, most of the time; then nothing is put together. */
  private get isHeard(): boolean {
    return this.subscriptions.isWatched;
  }
}
