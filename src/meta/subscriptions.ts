/*
 * WAMP "Subscription Meta API", "Subscription Revocation".
 */
import type { AnyRequester, Id, IdsByMatch, Match, SubscriptionInfo, Uri } from '../index.ts';
import { ask, isError, lookupArgs, toCount, toId, toIds, toIdsByMatch, withReason } from './answers.ts';

/** Lists the ids of the realm's subscriptions. (Crossbar.io leaves the wildcards out.) */
export async function listSubscriptions(asker: AnyRequester): Promise<IdsByMatch> {
  return toIdsByMatch(await ask(asker, 'wamp.subscription.list', []));
}

/** Finds the subscriptions that an event of this topic would go to, also those by pattern. */
export async function findSubscriptions(asker: AnyRequester, topic: Uri): Promise<readonly Id[]> {
  return toIds(await ask(asker, 'wamp.subscription.match', [topic]));
}

/** Finds the subscription with just this URI and match. Undefined: there is none. */
export async function lookupSubscription(asker: AnyRequester, topic: Uri, match: Match = 'exact'): Promise<Id | undefined> {
  return toId(await ask(asker, 'wamp.subscription.lookup', lookupArgs(topic, match)));
}

/** Returns the details of a subscription. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
export async function getSubscription(asker: AnyRequester, subscription: Id): Promise<SubscriptionInfo> {
  const info = (await ask(asker, 'wamp.subscription.get', [subscription])) as SubscriptionInfo;
  // nexus leaves `match` empty if the subscription did not set it.
  return { ...info, match: info.match || 'exact' };
}

/** Lists its subscribers. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
export async function listSubscribers(asker: AnyRequester, subscription: Id): Promise<readonly Id[]> {
  return toIds(await ask(asker, 'wamp.subscription.list_subscribers', [subscription]));
}

/** Counts its subscribers. Rejects with `wamp.error.no_such_subscription` if it does not exist. */
export async function countSubscribers(asker: AnyRequester, subscription: Id): Promise<number> {
  try {
    return toCount(await ask(asker, 'wamp.subscription.count_subscribers', [subscription]));
  } catch (error) {
    if (!isError(error, 'wamp.error.no_such_procedure')) throw error;
    return toCount(await ask(asker, 'wamp.subscription.count_suscribers', [subscription])); // as nexus spells it
  }
}

/**
 * Takes a subscription away from a subscriber. Routers: `autostrada/router`, Crossbar.io.
 *
 * Rejects with `wamp.error.no_such_session` when there is no such session, with `wamp.error.no_such_subscription` when it has none with
 * this id.
 *
 * @param subscriber - The id of its session.
 * @param reason - For the subscriber; most often a URI.
 */
export async function removeSubscriber(asker: AnyRequester, subscription: Id, subscriber: Id, reason?: string): Promise<void> {
  await ask(asker, 'wamp.subscription.remove_subscriber', withReason([subscription, subscriber], reason));
}
