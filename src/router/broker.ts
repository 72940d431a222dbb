/*
 * WAMP "Publish and Subscribe", the broker of one realm: a synchronous machine. Nothing is awaited between a PUBLISH and its EVENTs, so
 * events of a publisher reach a subscriber in order, over all topics (WAMP "Ordering Guarantees"). Who subscribes to what is in
 * subscriptions.ts.
 */
import type { Clock } from '../clock.ts';
import type { FrameCache } from '../link.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type Event, type Publish, type Subscribe, type Unsubscribe } from '../protocol/messages.ts';
import { isReserved, type Match, uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type { RealmSettings } from './config.ts';
import { EventLog } from './history.ts';
import type { SettledLimits } from './limits.ts';
import { MetaEvents } from './meta/events.ts';
import { mirrorPassthru } from './passthru.ts';
import type { Permit } from './permissions.ts';
import { namesSessions, type Recipients, recipients } from './recipients.ts';
import { refuse, refuseDisclosure, refuseUnfit } from './refuse.ts';
import { ownComplaint } from './reserved.ts';
import { Retention } from './retention.ts';
import type { LiveSession } from './session.ts';
import type { BrokerSubscription, Subscriptions } from './subscriptions.ts';
import { mirrorTrace } from './trace.ts';

export class Broker {
  private readonly ids: RandomIds;
  readonly events: MetaEvents;
  private readonly subscriptions: Subscriptions;
  private readonly retention: Retention;
  /** Whether a session may have an event of the router's own, by a subscription to this pattern. */
  private readonly hears: (session: LiveSession, topic: Uri, uri: Uri, match: Match) => boolean;

  constructor(
    ids: RandomIds,
    subscriptions: Subscriptions,
    history: RealmSettings['history'],
    clock: Clock,
    limits: SettledLimits,
    hears: (session: LiveSession, topic: Uri, uri: Uri, match: Match) => boolean,
  ) {
    this.hears = hears;
    this.ids = ids;
    this.retention = new Retention(limits);
    this.subscriptions = subscriptions;
    this.events = new MetaEvents(subscriptions, (topic, args, excluded) => this.tell(topic, args, excluded));
    for (const { uri, match, limit } of history)
      subscriptions.create(uri, match, new EventLog(limit, limits.maxHistoryBytes, clock));
  }

  /** Who subscribes to what is already there gets the id that is there (also the same session, twice). */
  subscribe(session: LiveSession, { request, topic: uri, options }: Subscribe): void {
    const match = (options.match as Match | undefined) ?? 'exact';
    const complaint = uriComplaint(uri, match);
    if (complaint !== undefined) return refuse(session, Code.SUBSCRIBE, request, INVALID_URI, complaint);
    const { subscription, isNew, hasJoined } = this.subscriptions.add(session, uri, match);
    session.send({ type: Code.SUBSCRIBED, request, subscription: subscription.id });
    if (hasJoined) this.events.subscribed(session, subscription, isNew);
    if (options.get_retained === true) this.sendRetained(session, subscription);
  }

  unsubscribe(session: LiveSession, { request, subscription: id }: Unsubscribe): void {
    const subscription = this.subscriptions.remove(session, id);
    if (subscription) {
      session.send({ type: Code.UNSUBSCRIBED, request });
      return this.events.unsubscribed(session, subscription);
    }
    refuse(session, Code.UNSUBSCRIBE, request, 'wamp.error.no_such_subscription', `this session has no subscription ${id}`);
  }

  /**
   * WAMP "Subscription Revocation": takes it away, and says so to who understands it.
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
    this.events.unsubscribed(session, subscription);
    return true;
  }

  publish(session: LiveSession, { request, topic, options, args, kwargs, carried }: Publish, permit: Permit): void {
    const complaint = ownComplaint(topic, 'topics');
    if (complaint !== undefined) {
      // WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR.
      if (options.acknowledge === true) refuse(session, Code.PUBLISH, request, INVALID_URI, complaint);
      return;
    }
    if (options.disclose_me === true && permit.disclose === false) {
      if (options.acknowledge === true) refuseDisclosure(session, Code.PUBLISH, request);
      return;
    }
    // Nobody could get it: WAMP's payload that no format has is refused once, and not left out for each subscriber.
    if (carried?.unfit) {
      if (options.acknowledge === true) refuseUnfit(session, Code.PUBLISH, request, carried.unfit);
      return;
    }
    const publication = this.ids.next();
    // Before the publisher's own event, if it gets one.
    if (options.acknowledge === true) session.send({ type: Code.PUBLISHED, request, publication });
    const details = eventDetails(session, permit.disclose ?? options.disclose_me === true);
    if (options.ppt_scheme) mirrorPassthru(options, details);
    mirrorTrace(options, details);
    const audience = recipients(options);
    // WAMP "Publisher Exclusion": the publisher is left out unless it says otherwise.
    const excluded = options.exclude_me === false ? undefined : session;
    const event = { type: Code.EVENT, publication, details, args, kwargs, carried };
    if (options.retain === true) this.retention.retain(topic, event, audience, excluded?.id);
    this.deliver(event, topic, excluded, audience, audience === undefined || !namesSessions(options));
  }

  /** An event of the router's own, below `wamp.`. */
  tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): void {
    this.deliver({ type: Code.EVENT, publication: this.ids.next(), details: {}, args }, topic, excluded, undefined, true);
  }

  private deliver(
    event: Omit<Event, 'subscription'>,
    topic: Uri,
    excluded: LiveSession | undefined,
    audience: Recipients | undefined,
    isKept: boolean,
  ): void {
    const isOurs = isReserved(topic);
    for (const { id: subscription, uri, match, subscribers, history } of this.subscriptions.matching(topic)) {
      // WAMP "Pattern-based Subscription": whose pattern matched is told the topic.
      const details = match === 'exact' ? event.details : { ...event.details, topic };
      const own: Event = { ...event, subscription, details };
      // A history of a wider pattern may be read by who may not have these by name.
      if (isKept && (!isOurs || isReserved(uri))) history?.add(topic, own, audience);
      const frames: FrameCache = new Map();
      for (const subscriber of subscribers) {
        if (isOurs && !this.hears(subscriber, topic, uri, match)) continue;
        if (subscriber !== excluded && (audience === undefined || audience.includes(subscriber))) subscriber.sendEvent(own, frames);
      }
    }
  }

  /** The session is gone. @returns What it was in. */
  remove(session: LiveSession): readonly BrokerSubscription[] {
    return this.subscriptions.removeAll(session);
  }

  private sendRetained(session: LiveSession, { id, uri, match }: BrokerSubscription): void {
    for (const [topic, event] of this.retention.forSubscriber(uri, match, session)) {
      const details = { ...event.details, retained: true, ...(match === 'exact' ? {} : { topic }) };
      session.sendEvent({ ...event, subscription: id, details }, new Map());
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
