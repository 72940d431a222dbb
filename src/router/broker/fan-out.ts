/*
 * One event, and who gets it. To a few subscribers it goes at once; to many by way of pending-events.ts.
 */
import type { Uri } from '../../base/words.ts';
import type { FrameCache } from '../../link/link.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { LiveSession } from '../session/session.ts';
import type { Spread } from '../session/session-parts.ts';
import type { Recipients } from './recipients.ts';
import type { BrokerSubscription } from './subscriptions.ts';

/** This many subscribers are served at once. */
export const FEW = 64;

/** Whether a session may get one of the router's own events by a subscription to this pattern. */
export type Hears = (session: LiveSession, topic: Uri, uri: Uri, match: Match) => boolean;

export class FanOut {
  readonly topic: Uri;
  /** Undefined: everybody. */
  readonly audience: Recipients | undefined;
  readonly event: Omit<Event, 'subscription'>;
  readonly excluded: LiveSession | undefined;
  private readonly hears: Hears | undefined;

  /** @param hears - The check for one of the router's own events; undefined: it is not one of them. */
  constructor(
    topic: Uri,
    event: Omit<Event, 'subscription'>,
    audience: Recipients | undefined,
    excluded: LiveSession | undefined,
    hears: Hears | undefined,
  ) {
    this.topic = topic;
    this.event = event;
    this.audience = audience;
    this.excluded = excluded;
    this.hears = hears;
  }

  /** One of the router's own events. */
  get isOurs(): boolean {
    return this.hears !== undefined;
  }

  eventOf({ id: subscription, match }: BrokerSubscription): Event {
    const { type, publication, details, args, kwargs, carried } = this.event;
    // WAMP "Pattern-based Subscription": a subscriber by pattern gets the topic.
    const own = match === 'exact' ? details : { ...details, topic: this.topic };
    // Member by member: copying an object with a spread costs more than the rest of an event.
    return { type, subscription, publication, details: own, args, kwargs, carried };
  }

  /** Sends to all subscribers of a subscription, now. */
  to(subscription: BrokerSubscription): void {
    const own = this.eventOf(subscription);
    const frames: FrameCache = new Map();
    for (const subscriber of subscription.subscribers.keys()) {
      if (this.isFor(subscriber, subscription)) subscriber.sendEvent(own, frames);
    }
  }

  /** How many get it, for a publisher that somebody watches. */
  spread(matching: readonly BrokerSubscription[], routers: number): Spread {
    const all = new Set<LiveSession>();
    const getting = new Set<LiveSession>();
    for (const subscription of matching) {
      for (const subscriber of subscription.subscribers.keys()) {
        all.add(subscriber);
        if (this.isFor(subscriber, subscription)) getting.add(subscriber);
      }
    }
    let slow = 0;
    for (const { queue } of getting) if (queue.dropsEvents) slow++;
    const omitsPublisher = this.excluded !== undefined && all.has(this.excluded);
    const omitted = all.size - getting.size - (omitsPublisher ? 1 : 0);
    return { sessions: getting.size - slow, routers, omitsPublisher, omitted, slow };
  }

  /** Whether this subscriber gets it. */
  isFor(subscriber: LiveSession, { uri, match }: BrokerSubscription): boolean {
    if (subscriber === this.excluded || this.hears?.(subscriber, this.topic, uri, match) === false) return false;
    return this.audience === undefined || this.audience.includes(subscriber);
  }
}
