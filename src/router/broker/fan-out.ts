/*
 * One event on its way to its subscribers. It goes to a few at once; to many in pieces, while other sessions are served. Even then it looks as if it had
 * gone to all of them at the moment of its publication:
 *
 * - the next message of its publisher waits until it is out, so later events come later, for each subscriber and over all topics;
 * - a session that subscribes meanwhile does not get it (it would come before SUBSCRIBED, or twice beside a retained event);
 * - a session that unsubscribes or leaves meanwhile gets nothing more, as after any UNSUBSCRIBED.
 */

import type { Uri } from '../../base/words.ts';
import type { FrameCache } from '../../link/link.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
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
  private readonly event: Omit<Event, 'subscription'>;
  private readonly excluded: LiveSession | undefined;
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

  /** @param last - The place of the last subscriber before the publication; places grow in order of subscribing. */
  *inPieces(matching: readonly BrokerSubscription[], last: number): Work {
    for (const subscription of matching) {
      const own = this.eventOf(subscription);
      const frames: FrameCache = new Map();
      // Each piece reads the current map: sessions that have left are not in it.
      for (const [subscriber, place] of subscription.subscribers) {
        if (place > last) break;
        if (this.isFor(subscriber, subscription)) subscriber.sendEvent(own, frames);
        yield;
      }
      yield;
    }
  }

  private isFor(subscriber: LiveSession, { uri, match }: BrokerSubscription): boolean {
    if (subscriber === this.excluded || this.hears?.(subscriber, this.topic, uri, match) === false) return false;
    return this.audience === undefined || this.audience.includes(subscriber);
  }
}
