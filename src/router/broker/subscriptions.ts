/*
 * The subscriptions of a realm: WAMP "Subscribing and Unsubscribing", "Pattern-based Subscription". There is one subscription for each
 * (topic, match), with any number of subscribers.
 */
import type { Clock } from '../../base/clock.ts';
import type { Id, Uri } from '../../base/words.ts';
import { isReserved, type Match } from '../../protocol/uri.ts';
import { subscriptionBytes } from '../limits/holdings.ts';
import { meets, PatternIndex } from '../patterns/pattern-index.ts';
import type { LiveSession } from '../session/session.ts';

export interface BrokerSubscription {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Subscribers in order, each with its place among all subscribers of the realm. */
  readonly subscribers: Map<LiveSession, number>;
  /** Configured: then the subscription exists even without subscribers, and its events are kept. */
  readonly hasHistory: boolean;
}

export interface Added {
  readonly subscription: BrokerSubscription;
  /** It had no subscriber before. */
  readonly isNew: boolean;
  /** This session was not a subscriber before. */
  readonly hasJoined: boolean;
}

export class Subscriptions {
  private readonly clock: Clock;
  private readonly index: PatternIndex<BrokerSubscription>;
  private readonly byId = new Map<Id, BrokerSubscription>();
  private readonly bySession = new Map<LiveSession, Set<BrokerSubscription>>();
  /** The place of the last subscriber. */
  last = 0;
  /** How many of them match topics below `wamp.`. */
  private watching = 0;

  /** Gives the id of a new subscription. */
  readonly idOf: (uri: Uri, match: Match) => Id;
  /** Called when a subscription has lost its last subscriber, this session. */
  emptied: ((subscription: BrokerSubscription, session: LiveSession) => void) | undefined;

  /**
   * @param idOf - Gives the id of a new subscription.
   * @param spend - Called with the cost of a lookup, in units.
   */
  constructor(idOf: (uri: Uri, match: Match) => Id, clock: Clock, spend: (units: number) => void) {
    this.index = new PatternIndex(spend);
    this.idOf = idOf;
    this.clock = clock;
  }

  /** Returns the existing subscription, if there is one. */
  add(session: LiveSession, uri: Uri, match: Match): Added {
    const known = this.index.get(uri, match);
    const subscription = known ?? this.create(uri, match);
    const hasJoined = !subscription.subscribers.has(session);
    if (hasJoined) {
      subscription.subscribers.set(session, ++this.last);
      session.holdings.add(subscriptionBytes(uri));
    }
    const own = this.bySession.get(session);
    if (own) own.add(subscription);
    else this.bySession.set(session, new Set([subscription]));
    return { subscription, isNew: known === undefined, hasJoined };
  }

  /** @param hasHistory - Its events are kept from now on, so the subscription stays. */
  create(uri: Uri, match: Match, hasHistory = false): BrokerSubscription {
    const subscribers = new Map<LiveSession, number>();
    const subscription = { id: this.idOf(uri, match), uri, match, created: this.clock.now(), subscribers, hasHistory };
    this.index.set(uri, match, subscription);
    this.byId.set(subscription.id, subscription);
    if (reachesReserved(uri, match)) this.watching++;
    return subscription;
  }

  /** @returns The subscription that the session was in. */
  remove(session: LiveSession, id: Id): BrokerSubscription | undefined {
    const subscription = this.byId.get(id);
    if (!subscription?.subscribers.delete(session)) return undefined;
    session.holdings.add(-subscriptionBytes(subscription.uri));
    this.bySession.get(session)?.delete(subscription);
    if (subscription.subscribers.size > 0) return subscription;
    if (!subscription.hasHistory) {
      this.byId.delete(id);
      this.index.delete(subscription.uri, subscription.match);
      if (reachesReserved(subscription.uri, subscription.match)) this.watching--;
    }
    this.emptied?.(subscription, session);
    return subscription;
  }

  /** The subscriptions of a session. They may be removed during the iteration. */
  of(session: LiveSession): Iterable<BrokerSubscription> {
    return this.bySession.get(session) ?? [];
  }

  /** Forgets the session. */
  forget(session: LiveSession): void {
    this.bySession.delete(session);
  }

  /** The subscriptions that match this topic. */
  matching(topic: Uri): readonly BrokerSubscription[] {
    return this.index.matching(topic);
  }

  get size(): number {
    return this.byId.size;
  }

  get(id: Id): BrokerSubscription | undefined {
    return this.byId.get(id);
  }

  /** The subscription that SUBSCRIBE would get. */
  lookup(uri: Uri, match: Match): BrokerSubscription | undefined {
    return this.index.get(uri, match);
  }

  /** How many subscriptions this session has. */
  countOf(session: LiveSession): number {
    return this.bySession.get(session)?.size ?? 0;
  }

  /** All subscriptions with this kind of match. */
  values(match: Match): Iterable<BrokerSubscription> {
    return this.index.values(match);
  }

  /** Whether any subscription matches topics below `wamp.`. */
  get isWatched(): boolean {
    return this.watching > 0;
  }
}

/** Whether a pattern matches topics below `wamp.`. */
export function reachesReserved(uri: Uri, match: Match): boolean {
  return match === 'exact' ? isReserved(uri) : meets(uri, match, 'wamp.', 'prefix');
}
