/*
 * WAMP "Publish and Subscribe", the broker of one realm: a synchronous machine. Nothing is awaited between a PUBLISH and its EVENTs, so
 * events of a publisher reach a subscriber in order, over all topics (WAMP "Ordering Guarantees").
 */
import type { FrameCache } from '../link.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type Event, type Publish, type Subscribe, type Unsubscribe } from '../protocol/messages.ts';
import { isReserved, uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Id, Uri } from '../words.ts';
import { refuse } from './refuse.ts';
import type { LiveSession } from './session.ts';

interface BrokerSubscription {
  readonly id: Id;
  readonly topic: Uri;
  /** In order of subscribing. */
  readonly subscribers: Set<LiveSession>;
}

export class Broker {
  private readonly ids: RandomIds;
  private readonly byTopic = new Map<Uri, BrokerSubscription>();
  private readonly byId = new Map<Id, BrokerSubscription>();
  private readonly bySession = new Map<LiveSession, Set<BrokerSubscription>>();

  constructor(ids: RandomIds) {
    this.ids = ids;
  }

  /** Who subscribes to what is already there gets the id that is there (also the same session, twice). */
  subscribe(session: LiveSession, { request, topic, options }: Subscribe): void {
    if (options.match !== undefined && options.match !== 'exact') {
      return refuse(
        session,
        Code.SUBSCRIBE,
        request,
        'wamp.error.feature_not_supported',
        'this router matches topics exactly only',
      );
    }
    const complaint = uriComplaint(topic);
    if (complaint !== undefined) return refuse(session, Code.SUBSCRIBE, request, INVALID_URI, complaint);
    let subscription = this.byTopic.get(topic);
    if (subscription === undefined) {
      subscription = { id: this.ids.next(), topic, subscribers: new Set() };
      this.byTopic.set(topic, subscription);
      this.byId.set(subscription.id, subscription);
    }
    subscription.subscribers.add(session);
    const own = this.bySession.get(session);
    if (own) own.add(subscription);
    else this.bySession.set(session, new Set([subscription]));
    session.send({ type: Code.SUBSCRIBED, request, subscription: subscription.id });
  }

  unsubscribe(session: LiveSession, { request, subscription: id }: Unsubscribe): void {
    const subscription = this.byId.get(id);
    if (!subscription?.subscribers.has(session)) {
      return refuse(
        session,
        Code.UNSUBSCRIBE,
        request,
        'wamp.error.no_such_subscription',
        `this session has no subscription ${id}`,
      );
    }
    this.drop(session, subscription);
    session.send({ type: Code.UNSUBSCRIBED, request });
  }

  publish(session: LiveSession, { request, topic, options, args, kwargs }: Publish): void {
    const complaint = uriComplaint(topic) ?? (isReserved(topic) ? `topics below 'wamp.' are the router's` : undefined);
    if (complaint !== undefined) {
      // WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR.
      if (options.acknowledge === true) refuse(session, Code.PUBLISH, request, INVALID_URI, complaint);
      return;
    }
    const publication = this.ids.next();
    // Before the publisher's own event, if it gets one.
    if (options.acknowledge === true) session.send({ type: Code.PUBLISHED, request, publication });
    const subscription = this.byTopic.get(topic);
    if (subscription === undefined) return;
    const event: Event = { type: Code.EVENT, subscription: subscription.id, publication, details: {}, args, kwargs };
    const frames: FrameCache = new Map();
    // WAMP "Publisher Exclusion": the publisher is left out unless it says otherwise.
    const excluded = options.exclude_me === false ? undefined : session;
    for (const subscriber of subscription.subscribers) if (subscriber !== excluded) subscriber.sendEvent(event, frames);
  }

  /** The session is gone. */
  remove(session: LiveSession): void {
    for (const subscription of this.bySession.get(session) ?? []) this.drop(session, subscription);
    this.bySession.delete(session);
  }

  private drop(session: LiveSession, subscription: BrokerSubscription): void {
    subscription.subscribers.delete(session);
    this.bySession.get(session)?.delete(subscription);
    if (subscription.subscribers.size > 0) return;
    this.byId.delete(subscription.id);
    this.byTopic.delete(subscription.topic);
  }
}
