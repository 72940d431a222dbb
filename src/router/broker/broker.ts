/*
 * WAMP "Publish and Subscribe", the broker of one realm: a synchronous machine. A PUBLISH changes state at once. Its EVENTs go out at once to a few
 * subscribers; those to many wait in pending-events.ts for their turn, and go before everything that is sent to a subscriber later. So events of a publisher reach
 * a subscriber in order, over all topics (WAMP "Ordering Guarantees"). subscriptions.ts has the subscriptions.
 */
import type { Clock } from '../../base/clock.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import { Code, type Publish, type Subscribe, type Unsubscribe } from '../../protocol/messages.ts';
import { uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { Permit } from '../authorization/permissions.ts';
import type { RealmSettings } from '../config/config.ts';
import type { SettledLimits } from '../limits/limits.ts';
import { MetaEvents } from '../meta-events/events.ts';
import { matchOf } from '../patterns/match.ts';
import { isOwn, namesOwn } from '../patterns/reserved.ts';
import { mirrorOptions } from '../session/passthru.ts';
import { refuse } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Turns, Work } from '../turns/turns.ts';
import { FanOut, FEW, type Hears } from './fan-out.ts';
import { EventLog } from './history.ts';
import { PendingEvents } from './pending-events.ts';
import { recipients } from './recipients.ts';
import { Retention } from './retention.ts';
import type { BrokerSubscription, Subscriptions } from './subscriptions.ts';

/** Searching this many topics with a retained event is about as much work as a short message. */
const TOPICS_A_UNIT = 64;

export interface BrokerParts {
  readonly ids: RandomIds;
  readonly subscriptions: Subscriptions;
  readonly history: RealmSettings['history'];
  readonly clock: Clock;
  readonly limits: SettledLimits;
  readonly turns: Turns;
  readonly hears: Hears;
}

export class Broker {
  private readonly ids: RandomIds;
  readonly events: MetaEvents;
  private readonly subscriptions: Subscriptions;
  private readonly retention: Retention;
  private readonly turns: Turns;
  private readonly hears: Hears;
  /** Events to many subscribers that are not sent yet. */
  readonly pending: PendingEvents;

  constructor({ ids, subscriptions, history, clock, limits, turns, hears }: BrokerParts) {
    this.ids = ids;
    this.retention = new Retention(limits);
    this.subscriptions = subscriptions;
    this.turns = turns;
    this.hears = hears;
    this.pending = new PendingEvents(turns, clock);
    this.events = new MetaEvents(subscriptions, (topic, args, excluded) => this.tell(topic, args, excluded));
    for (const { uri, match, limit } of history)
      subscriptions.create(uri, match, new EventLog(limit, limits.maxHistoryBytes, clock));
  }

  /** A second SUBSCRIBE to the same topic and match gets the same id, even from the same session. */
  subscribe(session: LiveSession, { request, topic: uri, options }: Subscribe): void {
    const match = matchOf(options);
    const complaint = uriComplaint(uri, match);
    if (complaint !== undefined) return refuse(session, Code.SUBSCRIBE, request, INVALID_URI, complaint);
    const { subscription, isNew, hasJoined } = this.subscriptions.add(session, uri, match);
    session.send({ type: Code.SUBSCRIBED, request, subscription: subscription.id });
    if (hasJoined) session.do(this.events.subscribed(session, subscription, isNew));
    if (options.get_retained === true) this.sendRetained(session, subscription);
  }

  unsubscribe(session: LiveSession, { request, subscription: id }: Unsubscribe): void {
    const subscription = this.subscriptions.remove(session, id);
    if (subscription) {
      session.send({ type: Code.UNSUBSCRIBED, request });
      return session.do(this.events.unsubscribed(session, subscription));
    }
    refuse(session, Code.UNSUBSCRIBE, request, 'wamp.error.no_such_subscription', `this session has no subscription ${id}`);
  }

  /**
   * WAMP "Subscription Revocation": takes it away, and notifies a subscriber that announced the feature.
   *
   * @returns Whether the session had it.
   */
  revoke(session: LiveSession, id: Id, reason: string | undefined): boolean {
    const subscription = this.subscriptions.remove(session, id);
    if (!subscription) return false;
    if (session.can('subscriber', 'subscription_revocation')) {
      const details = { subscription: id, ...(reason === undefined ? {} : { reason }) };
      session.send({ type: Code.UNSUBSCRIBED, request: 0, details });
    }
    session.do(this.events.unsubscribed(session, subscription));
    return true;
  }

  /** For a PUBLISH that `Realm` has checked and allowed. @returns The work that the next message of this session has to wait for. */
  publish(session: LiveSession, { request, topic, options, args, kwargs, carried }: Publish, permit: Permit): Work | undefined {
    const publication = this.ids.next();
    // Before the publisher's own event, if there is one.
    if (options.acknowledge === true) session.send({ type: Code.PUBLISHED, request, publication });
    const details = eventDetails(session, permit.disclose ?? options.disclose_me === true);
    mirrorOptions(options, details);
    const audience = recipients(options);
    // WAMP "Publisher Exclusion": the publisher is left out unless it says otherwise.
    const excluded = options.exclude_me === false ? undefined : session;
    const event = { type: Code.EVENT, publication, details, args, kwargs, carried };
    if (options.retain === true) this.retention.retain(topic, event, audience, excluded?.id);
    return this.deliver(new FanOut(topic, event, audience, excluded, this.hearsOf(topic)));
  }

  /** One of the router's own events, below `wamp.`. @returns The work to wait for. */
  tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): Work | undefined {
    const event = { type: Code.EVENT, publication: this.ids.next(), details: {}, args } as const;
    return this.deliver(new FanOut(topic, event, undefined, excluded, this.hearsOf(topic)));
  }

  /** The check for one of the router's own events; undefined: it is not one. */
  private hearsOf(topic: Uri): Hears | undefined {
    return isOwn(topic) ? this.hears : undefined;
  }

  /** @returns The work to wait for; undefined: none. */
  private deliver(fanOut: FanOut): Work | undefined {
    const { topic, audience, isOurs } = fanOut;
    const matching = this.subscriptions.matching(topic);
    const isKept = audience?.namesSessions !== true;
    let count = 0;
    for (const subscription of matching) {
      // A history of a wider pattern may be read by sessions that must not get these events.
      if (isKept && (!isOurs || namesOwn(subscription.uri, subscription.match)))
        subscription.history?.add(topic, fanOut.eventOf(subscription), audience);
      count += subscription.subscribers.size;
    }
    if (count + matching.length > FEW) return this.pending.add(fanOut, matching, this.subscriptions.last);
    for (const subscription of matching) fanOut.to(subscription);
    this.turns.spend(count);
    return undefined;
  }

  private sendRetained(session: LiveSession, subscription: BrokerSubscription): void {
    const { id, uri, match } = subscription;
    if (match !== 'exact') this.turns.spend(Math.floor(this.retention.size / TOPICS_A_UNIT));
    const found = this.retention.forSubscriber(uri, match, session);
    let next = 0;
    const sendNext = (): boolean => {
      const retained = found[next++];
      if (!retained || session.isLost || !subscription.subscribers.has(session)) return false;
      const [topic, event] = retained;
      const details = { ...event.details, retained: true, ...(match === 'exact' ? {} : { topic }) };
      session.sendEventNow({ ...event, subscription: id, details }, new Map());
      return true;
    };
    if (found.length > FEW) return session.do(session.sendFirst(sendNext));
    while (sendNext()) {
      // all of them
    }
  }
}

/** WAMP "Publisher Identification", "Publication Trust Levels". */
function eventDetails({ id, authid, authrole, trustlevel }: LiveSession, discloses: boolean): Dict {
  const details: { [key: string]: unknown } = {};
  if (discloses) {
    details.publisher = id;
    details.publisher_authid = authid;
    details.publisher_authrole = authrole;
  }
  if (trustlevel !== undefined) details.trustlevel = trustlevel;
  return details;
}
