/*
 * The events below `wamp.` (WAMP "Meta API"): who joins and leaves, what comes and goes with whom. What is told has happened already, and
 * the session that it concerns has its answer: nobody gets an event of what they were not told of (SUBSCRIBED before on_subscribe).
 *
 * In WAMP's order: on_create before on_subscribe, on_unsubscribe before on_delete; the same for registrations. A session that ends
 * loses its subscriptions, then its registrations, and last of all is told to have left, so that whoever keeps a table by session never
 * hears of one that is gone already. Subscriptions to `wamp.` are not told: a watcher would watch the watchers.
 */
import { isReserved } from '../../protocol/uri.ts';
import type { Id, Uri } from '../../words.ts';
import { describeSession } from '../session/describe-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
import { describeRegistration, describeSubscription, type Registration, type Subscription } from './describe.ts';

/** Publishes in the router's name. @returns What is left to be done of it and of all that was told before; undefined: nothing. */
type Tell = (topic: Uri, args: readonly unknown[], excluded?: LiveSession) => Work | undefined;

/** Of the broker. */
export interface Subscriptions {
  /** Whether anybody subscribes to topics below `wamp.`. */
  readonly isWatched: boolean;
  /** Undefined: there is none, or nobody is in it. */
  get(id: Id): unknown;
}

export class MetaEvents {
  private readonly subscriptions: Subscriptions;
  private readonly tell: Tell;

  constructor(subscriptions: Subscriptions, tell: Tell) {
    this.subscriptions = subscriptions;
    this.tell = tell;
  }

  // What each of them gives back is to be done by the session that it concerns: so nobody can cause events faster than they go out.

  joined(session: LiveSession): Work | undefined {
    return this.isHeard ? this.tell('wamp.session.on_join', [describeSession(session)], session) : undefined;
  }

  left({ id, authid, authrole }: LiveSession): Work | undefined {
    return this.isHeard ? this.tell('wamp.session.on_leave', [id, authid, authrole]) : undefined;
  }

  /** The session is in the subscription now; `isNew`: nobody was before. */
  subscribed(session: LiveSession, subscription: Subscription, isNew: boolean): Work | undefined {
    if (!this.isHeard || isReserved(subscription.uri)) return undefined;
    if (isNew) this.tell('wamp.subscription.on_create', [session.id, describeSubscription(subscription)]);
    return this.tell('wamp.subscription.on_subscribe', [session.id, subscription.id]);
  }

  unsubscribed(session: LiveSession, { id, uri }: Subscription): Work | undefined {
    if (!this.isHeard || isReserved(uri)) return undefined;
    const told = this.tell('wamp.subscription.on_unsubscribe', [session.id, id]);
    if (this.subscriptions.get(id) !== undefined) return told;
    return this.tell('wamp.subscription.on_delete', [session.id, id]);
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

  /** Nobody listens, most of the time; then nothing is put together. */
  private get isHeard(): boolean {
    return this.subscriptions.isWatched;
  }
}
