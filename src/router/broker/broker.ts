/*
 * WAMP "Publish and Subscribe", the broker of one realm: a synchronous machine. A PUBLISH changes state at once. Its EVENTs go out at once to a few
 * subscribers; those to many wait in pending-events.ts for their turn, and go before everything that is sent to a subscriber later. So events of a publisher reach
 * a subscriber in order, over all topics (WAMP "Ordering Guarantees"). subscriptions.ts has the subscriptions.
 */
import type { Clock } from '../../base/clock.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { RandomIds } from '../../protocol/ids.ts';
import { Code, type Publish, type Subscribe, type Unsubscribe } from '../../protocol/messages.ts';
import { type Match, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI } from '../../protocol/uris.ts';
import type { Permit } from '../authorization/permissions.ts';
import type { RealmSettings } from '../config/config.ts';
import type { Elsewhere, Publication } from '../elsewhere/elsewhere.ts';
import { MetaEvents } from '../meta-events/events.ts';
import { matchOf } from '../patterns/match.ts';
import { isOwn, namesOwn } from '../patterns/reserved.ts';
import { mirrorOptions } from '../session/passthru.ts';
import { refuse } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { HistoryName, StoredEvent } from '../store/store.ts';
import type { Turns, Work } from '../turns/turns.ts';
import { FanOut, FEW, type Hears } from './fan-out.ts';
import type { Keeping, KeptWith } from './keeping.ts';
import { PendingEvents } from './pending-events.ts';
import { audienceOf, recipients } from './recipients.ts';
import { sendRetained } from './send-retained.ts';
import { type Soon, type StoreAnswer, together } from './store-answer.ts';
import type { BrokerSubscription, Subscriptions } from './subscriptions.ts';

export interface BrokerParts {
  readonly ids: RandomIds;
  readonly subscriptions: Subscriptions;
  readonly history: RealmSettings['history'];
  readonly keeping: Keeping;
  readonly clock: Clock;
  readonly turns: Turns;
  readonly hears: Hears;
}

export class Broker {
  private readonly ids: RandomIds;
  readonly events: MetaEvents;
  private readonly subscriptions: Subscriptions;
  /** Retained events and histories. */
  readonly keeping: Keeping;
  private readonly hasHistories: boolean;
  private readonly turns: Turns;
  private readonly hears: Hears;
  /** Events to many subscribers that are not sent yet. */
  readonly pending: PendingEvents;
  private elsewhere: Elsewhere | undefined;

  constructor({ ids, subscriptions, history, keeping, clock, turns, hears }: BrokerParts) {
    this.ids = ids;
    this.keeping = keeping;
    this.hasHistories = history.length > 0;
    this.subscriptions = subscriptions;
    this.turns = turns;
    this.hears = hears;
    this.pending = new PendingEvents(turns, clock);
    this.events = new MetaEvents({
      isWatched: () => this.isWatched,
      isThere: ({ id, uri, match }) => subscriptions.get(id) !== undefined || this.elsewhere?.interest.has(uri, match) === true,
      tell: (topic, args, excluded) => this.tell(topic, args, excluded),
    });
    for (const { uri, match } of history) subscriptions.create(uri, match, true);
  }

  /** From now on it is the broker of one node of a cluster. */
  join(elsewhere: Elsewhere): void {
    this.elsewhere = elsewhere;
    this.keeping.join(elsewhere);
    this.subscriptions.emptied = ({ uri, match }, { id }) => elsewhere.unwant(uri, match, id);
  }

  /** A second SUBSCRIBE to the same topic and match gets the same id, even from the same session. */
  subscribe(session: LiveSession, message: Subscribe): void {
    const { request, topic: uri, options } = message;
    const match = matchOf(options);
    const complaint = uriComplaint(uri, match);
    if (complaint !== undefined) return refuse(session, Code.SUBSCRIBE, request, INVALID_URI, complaint);
    this.whenWanted(session, uri, match, () => this.subscribeNow(session, message, match));
  }

  /** In a cluster events must come from everywhere before a session subscribes. */
  private whenWanted(session: LiveSession, uri: Uri, match: Match, then: () => void): void {
    const wanted = this.elsewhere?.want(session, uri, match);
    if (wanted) session.hold(wanted, () => this.whenWanted(session, uri, match, then));
    else then();
  }

  private subscribeNow(session: LiveSession, message: Subscribe, match: Match): void {
    const { request, topic: uri, options } = message;
    if (options.get_retained !== true) {
      this.add(session, message, match);
      return;
    }
    const known = (found: StoreAnswer<readonly StoredEvent[]>): void => {
      if ('fault' in found) return refuse(session, Code.SUBSCRIBE, request, found.fault.uri, found.fault.text);
      // They are as they are now, and are read now.
      const events = found.value;
      this.whenWanted(session, uri, match, () => sendRetained(this.keeping, session, this.add(session, message, match), events));
    };
    const found = this.keeping.retained(uri, match);
    if (found instanceof Promise) session.hold(found, known, false);
    else known(found);
  }

  private add(session: LiveSession, { request, topic: uri }: Subscribe, match: Match): BrokerSubscription {
    const { subscription, isNew: isNewHere, hasJoined } = this.subscriptions.add(session, uri, match);
    const isNew = isNewHere && this.elsewhere?.isFirst(uri, match) !== false;
    session.send({ type: Code.SUBSCRIBED, request, subscription: subscription.id });
    if (hasJoined) session.do(this.events.subscribed(session, subscription, isNew));
    return subscription;
  }

  /** Whether anybody subscribes to topics below `wamp.`. */
  private get isWatched(): boolean {
    return this.subscriptions.isWatched || this.elsewhere?.interest.isWatched === true;
  }

  /** Whoever hears of it here hears it after the answer; whoever hears of it at another node has heard it before. */
  private answer(session: LiveSession, tell: () => Work | undefined, answer: () => void): void {
    const confirms = this.elsewhere !== undefined && this.isWatched;
    if (confirms) session.do(tell());
    const confirmed = confirms ? this.elsewhere?.confirmed() : undefined;
    if (confirmed) session.hold(confirmed, answer);
    else answer();
    if (!confirms) session.do(tell());
  }

  unsubscribe(session: LiveSession, { request, subscription: id }: Unsubscribe): void {
    const subscription = this.subscriptions.remove(session, id);
    if (!subscription)
      return refuse(
        session,
        Code.UNSUBSCRIBE,
        request,
        'wamp.error.no_such_subscription',
        `this session has no subscription ${id}`,
      );
    this.answer(
      session,
      () => this.events.unsubscribed(session, subscription),
      () => void session.send({ type: Code.UNSUBSCRIBED, request }),
    );
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

  /**
   * For a PUBLISH that `Realm` has checked and allowed. With `acknowledge`, an event that is kept is confirmed when the store has it, and the session waits for that.
   *
   * @returns The work that the next message of this session has to wait for.
   */
  publish(session: LiveSession, message: Publish, permit: Permit): Work | undefined {
    const { request, topic, options, args, kwargs, carried } = message;
    const publication = this.ids.next();
    const details = eventDetails(session, permit.disclose ?? options.disclose_me === true);
    mirrorOptions(options, details);
    const audience = recipients(options);
    // WAMP "Publisher Exclusion": the publisher is left out unless it says otherwise.
    const excluded = options.exclude_me === false ? undefined : session;
    const event = { type: Code.EVENT, publication, details, args, kwargs, carried };
    const fanOut = new FanOut(topic, event, audience, excluded, this.hearsOf(topic));
    const matching = this.subscriptions.matching(topic);
    session.watched?.published(message, () => fanOut.spread(matching, this.elsewhere?.interest.nodesFor(topic).size ?? 0));
    // What is bound to a session ends with it; a testament has no session any more.
    const bound = options.session_bound === true ? session : undefined;
    const retains = options.retain === true && !bound?.isGone;
    // Most events go nowhere else: they cost nothing here.
    const isShared = retains || this.hasHistories || this.elsewhere !== undefined || options.forget === true;
    const kept = isShared
      ? this.share(fanOut, matching, { topic, event, options, excluded: excluded?.id, bound: bound?.id, retains })
      : undefined;
    // Before the publisher's own event, if there is one and the store answers at once.
    if (options.acknowledge !== true) {
      if (kept instanceof Promise && this.keeping.isFull && !session.isGone) session.hold(kept, () => {}, false);
    } else if (kept instanceof Promise) session.hold(kept, (answer) => confirm(session, request, publication, answer), false);
    else confirm(session, request, publication, kept);
    return this.deliver(fanOut, matching);
  }

  /** One of the router's own events, below `wamp.`. @returns The work to wait for. */
  tell(topic: Uri, args: readonly unknown[], excluded?: LiveSession): Work | undefined {
    const event = { type: Code.EVENT, publication: this.ids.next(), details: {}, args } as const;
    const fanOut = new FanOut(topic, event, undefined, excluded, this.hearsOf(topic));
    const matching = this.subscriptions.matching(topic);
    const shared = { topic, event, options: {}, excluded: excluded?.id, bound: undefined, retains: false };
    void this.share(fanOut, matching, shared);
    return this.deliver(fanOut, matching);
  }

  /** An event of another node, which has kept it if it is to be kept. */
  receive(shared: Publication): void {
    const { topic, event, options } = shared;
    const fanOut = new FanOut(topic, event, recipients(options), undefined, this.hearsOf(topic));
    if (options.forget === true) this.keeping.heardForget(topic);
    if (shared.retains) {
      const stored = this.keeping.stored(event, this.placed(shared));
      if ('value' in stored) this.keeping.heard(stored.value);
    }
    this.deliver(fanOut, this.subscriptions.matching(topic));
  }

  /** Keeps it here, and gives it to the other nodes. @returns When they have it as well, if it is to be acknowledged. */
  private share(fanOut: FanOut, matching: readonly BrokerSubscription[], publication: Publication): Soon<Kept> {
    // First to the others: whoever reads it from the store at another node has it from us before.
    const known = this.elsewhere?.publish(publication);
    const kept = this.keep(fanOut, matching, publication);
    return known ? known.then(() => kept) : kept;
  }

  /**
   * Keeps an event where it is to be kept. Other events cost nothing.
   *
   * @returns The store's answer; undefined: there was nothing to do.
   */
  private keep(
    { topic, event, audience, isOurs }: FanOut,
    matching: readonly BrokerSubscription[],
    publication: Publication,
  ): Soon<Kept> {
    const { options, bound, retains: retain } = publication;
    const forgotten = options.forget === true ? this.keeping.forget(topic) : undefined;
    const isKept = this.hasHistories && audience?.namesSessions !== true;
    // A history of a wider pattern may be read by sessions that must not get the router's own events.
    const histories = isKept
      ? matching.filter((each) => this.isHistoryOf(each, isOurs)).map(({ uri, match }) => ({ uri, match }))
      : NOWHERE;
    if (!retain && histories.length === 0) return forgotten;
    if (retain && bound !== undefined) this.keeping.bind(bound);
    const stored = this.keeping.stored(event, this.placed(publication));
    if ('fault' in stored) return stored;
    return together(forgotten, this.keeping.append(stored.value, { retain, histories }));
  }

  /** A history of a wider pattern may be read by sessions that must not get the router's own events. */
  private isHistoryOf({ hasHistory, uri, match }: BrokerSubscription, isOurs: boolean): boolean {
    return hasHistory && (!isOurs || namesOwn(uri, match));
  }

  /** What is kept with an event. */
  private placed({ topic, options, excluded, bound, retains }: Publication): KeptWith {
    return { topic, audience: audienceOf(options), excluded, session: retains ? bound : undefined };
  }

  /** The check for one of the router's own events; undefined: it is not one. */
  private hearsOf(topic: Uri): Hears | undefined {
    return isOwn(topic) ? this.hears : undefined;
  }

  /** @returns The work to wait for; undefined: none. */
  private deliver(fanOut: FanOut, matching: readonly BrokerSubscription[]): Work | undefined {
    let count = 0;
    for (const { subscribers } of matching) count += subscribers.size;
    if (count + matching.length > FEW) return this.pending.add(fanOut, matching, this.subscriptions.last);
    for (const subscription of matching) fanOut.to(subscription);
    this.turns.spend(count);
    return undefined;
  }
}

/** The store's answer; undefined: there was nothing to keep. */
type Kept = StoreAnswer<unknown> | undefined;

const NOWHERE: readonly HistoryName[] = [];

function confirm(session: LiveSession, request: Id, publication: Id, kept: Kept): void {
  if (!kept || 'value' in kept) session.send({ type: Code.PUBLISHED, request, publication });
  else refuse(session, Code.PUBLISH, request, kept.fault.uri, kept.fault.text);
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
