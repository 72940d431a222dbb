/*
 * WAMP "Publish and Subscribe", the broker of one realm: a synchronous machine. Nothing is awaited between a PUBLISH and its EVENTs, so
 * events of a publisher reach a subscriber in order, over all topics (WAMP "Ordering Guarantees").
 */
import type { FrameCache } from '../link.ts';
import type { RandomIds } from '../protocol/ids.ts';
import { Code, type Event, type Publish, type Subscribe, type Unsubscribe } from '../protocol/messages.ts';
import { isReserved, type Match, uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { mirrorPassthru } from './passthru.ts';
import { PatternIndex } from './pattern-index.ts';
import type { Permit } from './permissions.ts';
import { type Recipients, recipients } from './recipients.ts';
import { refuse, refuseDisclosure } from './refuse.ts';
import { Retention } from './retention.ts';
import type { LiveSession } from './session.ts';

interface BrokerSubscription {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  /** In order of subscribing. */
  readonly subscribers: Set<LiveSession>;
}

export class Broker {
  private readonly ids: RandomIds;
  private readonly index = new PatternIndex<BrokerSubscription>();
  private readonly byId = new Map<Id, BrokerSubscription>();
  private readonly bySession = new Map<LiveSession, Set<BrokerSubscription>>();
  private readonly retention = new Retention();

  constructor(ids: RandomIds) {
    this.ids = ids;
  }

  /** Who subscribes to what is already there gets the id that is there (also the same session, twice). */
  subscribe(session: LiveSession, { request, topic: uri, options }: Subscribe): void {
    const match = (options.match as Match | undefined) ?? 'exact';
    const complaint = uriComplaint(uri, match);
    if (complaint !== undefined) return refuse(session, Code.SUBSCRIBE, request, INVALID_URI, complaint);
    let subscription = this.index.get(uri, match);
    if (subscription === undefined) {
      subscription = { id: this.ids.next(), uri, match, subscribers: new Set() };
      this.index.set(uri, match, subscription);
      this.byId.set(subscription.id, subscription);
    }
    subscription.subscribers.add(session);
    const own = this.bySession.get(session);
    if (own) own.add(subscription);
    else this.bySession.set(session, new Set([subscription]));
    session.send({ type: Code.SUBSCRIBED, request, subscription: subscription.id });
    if (options.get_retained === true) this.sendRetained(session, subscription);
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

  publish(session: LiveSession, { request, topic, options, args, kwargs }: Publish, permit: Permit): void {
    const complaint = uriComplaint(topic) ?? (isReserved(topic) ? `topics below 'wamp.' are the router's` : undefined);
    if (complaint !== undefined) {
      // WAMP "Publishing": without `acknowledge` there is never an answer, not even ERROR.
      if (options.acknowledge === true) refuse(session, Code.PUBLISH, request, INVALID_URI, complaint);
      return;
    }
    if (options.disclose_me === true && permit.disclose === false) {
      if (options.acknowledge === true) refuseDisclosure(session, Code.PUBLISH, request);
      return;
    }
    const publication = this.ids.next();
    // Before the publisher's own event, if it gets one.
    if (options.acknowledge === true) session.send({ type: Code.PUBLISHED, request, publication });
    const details = eventDetails(session, permit.disclose ?? options.disclose_me === true);
    if (options.ppt_scheme) mirrorPassthru(options, details);
    const audience = recipients(options);
    if (options.retain === true) this.retention.retain(topic, { type: Code.EVENT, publication, details, args, kwargs }, audience);
    // WAMP "Publisher Exclusion": the publisher is left out unless it says otherwise.
    const excluded = options.exclude_me === false ? undefined : session;
    this.deliver({ type: Code.EVENT, publication, details, args, kwargs }, topic, excluded, audience);
  }

  /** An event of the router's own, below `wamp.`. */
  tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): void {
    this.deliver({ type: Code.EVENT, publication: this.ids.next(), details: {}, args }, topic, excluded, undefined);
  }

  private deliver(
    event: Omit<Event, 'subscription'>,
    topic: Uri,
    excluded: LiveSession | undefined,
    audience: Recipients | undefined,
  ): void {
    for (const { id: subscription, match, subscribers } of this.index.matching(topic)) {
      // WAMP "Pattern-based Subscription": whose pattern matched is told the topic.
      const details = match === 'exact' ? event.details : { ...event.details, topic };
      const own: Event = { ...event, subscription, details };
      const frames: FrameCache = new Map();
      for (const subscriber of subscribers) {
        if (subscriber !== excluded && (audience === undefined || audience(subscriber))) subscriber.sendEvent(own, frames);
      }
    }
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
    this.index.delete(subscription.uri, subscription.match);
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
