/// <reference lib="esnext.disposable" />
import { Id, Uri } from './index.js';
import { HistoryFilter, HistoryEvent, RegistrationInfo, IdsByMatch, SessionInfo, KillKwargs, SubscriptionInfo } from './index.js';
import { AnyRequester } from './index.js';
import { Match } from './index.js';
import { PublishOptions } from './index.js';
import './types/clock.js';
import './types/core-connection.js';
import './types/credentials.js';
import './types/serializer.js';
import './types/transport.js';
import './types/connection.js';

/**
 * Fetches events that were published to a subscription before now. Where a router tells that there is more, it is asked again.
 *
 * Rejects with `wamp.error.no_such_subscription` or what else the router says; where no history is kept,
 * `autostrada/router` and Crossbar.io say `wamp.error.history_unavailable`. Crossbar.io knows of the filters only `limit`, and counts it from the newest.
 *
 * @param filter - All conditions hold together. `limit` counts from the oldest, with `reverse` from the newest.
 * @returns Oldest first, whatever the router answers; with `reverse` newest first.
 */
declare function getEvents(asker: AnyRequester, subscription: Id, filter?: HistoryFilter): Promise<readonly HistoryEvent[]>;

/** Lists the ids of the realm's registrations. */
declare function listRegistrations(asker: AnyRequester): Promise<IdsByMatch>;
/** Finds the registration that a call of this procedure would go to, also one by pattern. Undefined: there is none. */
declare function findRegistration(asker: AnyRequester, procedure: Uri): Promise<Id | undefined>;
/** Finds the registration with just this URI and match. Undefined: there is none. */
declare function lookupRegistration(asker: AnyRequester, procedure: Uri, match?: Match): Promise<Id | undefined>;
/** Returns the details of a registration. Rejects with `wamp.error.no_such_registration` if it does not exist. */
declare function getRegistration(asker: AnyRequester, registration: Id): Promise<RegistrationInfo>;
/** Lists the sessions that have registered it. Rejects with `wamp.error.no_such_registration` if it does not exist. */
declare function listCallees(asker: AnyRequester, registration: Id): Promise<readonly Id[]>;
/** Counts the sessions that have registered it. Rejects with `wamp.error.no_such_registration` if it does not exist. */
declare function countCallees(asker: AnyRequester, registration: Id): Promise<number>;
/**
 * Takes a registration away from a callee. Running calls are still answered. Routers: `autostrada/router`, Crossbar.io.
 *
 * Rejects with `wamp.error.no_such_session` when there is no such session, with `wamp.error.no_such_registration` when it has none with
 * this id.
 *
 * @param callee - The id of its session.
 * @param reason - For the callee; most often a URI.
 */
declare function removeCallee(asker: AnyRequester, registration: Id, callee: Id, reason?: string): Promise<void>;

/**
 * Counts the sessions of the realm, including the caller's own.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
declare function countSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<number>;
/**
 * Lists the ids of the realm's sessions, including the caller's own.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
declare function listSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<readonly Id[]>;
/** Returns the details of a session. Rejects with `wamp.error.no_such_session` if it does not exist. */
declare function getSession(asker: AnyRequester, session: Id): Promise<SessionInfo>;
/**
 * Ends a session by GOODBYE.
 *
 * Rejects with `wamp.error.no_such_session` if it does not exist or is the caller's own; with `wamp.error.invalid_uri` for a reason that is not a URI.
 *
 * @param why - `reason`: default `wamp.close.killed`. `message`: for people; default none.
 */
declare function killSession(asker: AnyRequester, session: Id, why?: KillKwargs): Promise<void>;
/**
 * Ends all sessions with this authid, except the caller's own. (Crossbar.io ends that as well.)
 *
 * @param why - As in `killSession`.
 * @returns How many, whether the router answers with a count or with a list.
 */
declare function killByAuthid(asker: AnyRequester, authid: string, why?: KillKwargs): Promise<number>;
/**
 * Ends all sessions with this authrole, except the caller's own. (Crossbar.io ends that as well.)
 *
 * @param why - As in `killSession`.
 * @returns How many, whether the router answers with a count or with a list.
 */
declare function killByAuthrole(asker: AnyRequester, authrole: string, why?: KillKwargs): Promise<number>;
/**
 * Ends all sessions of the realm, except the caller's own, without events about it.
 *
 * Crossbar.io has no such procedure; there each session is ended separately.
 *
 * @param why - As in `killSession`.
 * @returns How many.
 */
declare function killAll(asker: AnyRequester, why?: KillKwargs): Promise<number>;

/** Lists the ids of the realm's subscriptions. (Crossbar.io leaves the wildcards out.) */
declare function listSubscriptions(asker: AnyRequester): Promise<IdsByMatch>;
/** Finds the subscriptions that an event of this topic would go to, also those by pattern. */
declare function findSubscriptions(asker: AnyRequester, topic: Uri): Promise<readonly Id[]>;
/** Finds the subscription with just this URI and match. Undefined: there is none. */
declare function lookupSubscription(asker: AnyRequester, topic: Uri, match?: Match): Promise<Id | undefined>;
/** Returns the details of a subscription. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
declare function getSubscription(asker: AnyRequester, subscription: Id): Promise<SubscriptionInfo>;
/** Lists its subscribers. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
declare function listSubscribers(asker: AnyRequester, subscription: Id): Promise<readonly Id[]>;
/** Counts its subscribers. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
declare function countSubscribers(asker: AnyRequester, subscription: Id): Promise<number>;
/**
 * Takes a subscription away from a subscriber. Routers: `autostrada/router`, Crossbar.io.
 *
 * Rejects with `wamp.error.no_such_session` when there is no such session, with `wamp.error.no_such_subscription` when it has none with
 * this id.
 *
 * @param subscriber - The id of its session.
 * @param reason - For the subscriber; most often a URI.
 */
declare function removeSubscriber(asker: AnyRequester, subscription: Id, subscriber: Id, reason?: string): Promise<void>;

/**
 * Leaves an event with the router, which publishes it when this session ends, for any reason; several are published in order. It belongs
 * to the session: on a connection, leave it again at each `open`. To end without it, call `flushTestaments` first.
 *
 * @param options - Of the publication. Routers ignore `acknowledge`.
 * @param scope - `destroyed` (default): when the session is gone for good. `detached`: when it loses its connection; published first. In a router
 *   that does not resume sessions, such as `autostrada/router`, both come at the same time.
 */
declare function addTestament(asker: AnyRequester, topic: Uri, args?: readonly unknown[] | null, kwargs?: object | null, options?: PublishOptions, scope?: 'destroyed' | 'detached'): Promise<void>;
/**
 * Takes back the testaments of this session.
 *
 * @param scope - Only those with this scope. Default `destroyed`.
 */
declare function flushTestaments(asker: AnyRequester, scope?: 'destroyed' | 'detached'): Promise<void>;

export { addTestament, countCallees, countSessions, countSubscribers, findRegistration, findSubscriptions, flushTestaments, getEvents, getRegistration, getSession, getSubscription, killAll, killByAuthid, killByAuthrole, killSession, listCallees, listRegistrations, listSessions, listSubscribers, listSubscriptions, lookupRegistration, lookupSubscription, removeCallee, removeSubscriber };
