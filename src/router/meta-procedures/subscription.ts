/*
 * WAMP "Subscription Meta API": procedures about the subscriptions of the realm; and revocation.
 */
import { ApplicationError } from '../../base/errors.ts';
import { getEvents } from '../broker/history.ts';
import { FILTER } from '../broker/history-filter.ts';
import type { BrokerSubscription } from '../broker/subscriptions.ts';
import { describeSubscription } from '../meta-events/describe.ts';
import { expectId, expectMatch, expectReason, expectUri, findSession } from './arguments.ts';
import type { MetaProcedures, MetaRealm } from './meta-realm.ts';
import { idsOf, listed, listedByMatch, PAGE, readPage } from './pages.ts';

export const subscriptionProcedures: MetaProcedures = {
  'wamp.subscription.list': {
    keywords: PAGE,
    answer: (realm, _caller, _args, kwargs) => ({ args: [listedByMatch(realm, realm.subscriptions, readPage(kwargs))] }),
  },
  'wamp.subscription.lookup': ({ subscriptions }, _caller, [topic, options]) => {
    const match = expectMatch(options);
    return { args: [subscriptions.lookup(expectUri(topic, 'topic', match), match)?.id ?? null] };
  },
  'wamp.subscription.match': {
    keywords: PAGE,
    answer: (realm, _caller, [topic], kwargs) => {
      const matching = realm.subscriptions.matching(expectUri(topic, 'topic'));
      const found = listed(realm, matching.length, idsOf(matching), readPage(kwargs));
      return { args: [found.length > 0 ? found : null] };
    },
  },
  'wamp.subscription.get': (realm, _caller, [id]) => ({ args: [describeSubscription(find(realm, id))] }),
  'wamp.subscription.list_subscribers': {
    keywords: PAGE,
    answer: (realm, _caller, [id], kwargs) => {
      const page = readPage(kwargs);
      const { subscribers } = find(realm, id);
      return { args: [listed(realm, subscribers.size, idsOf(subscribers.keys()), page)] };
    },
  },
  'wamp.subscription.count_subscribers': (realm, _caller, [id]) => ({ args: [find(realm, id).subscribers.size] }),
  'wamp.subscription.get_events': {
    keywords: FILTER,
    answer: (realm, caller, args, kwargs) => getEvents(realm, caller, { args, kwargs }),
  },
  // Not in the specification's text, but in its catalogue, and in Crossbar.io.
  'wamp.subscription.remove_subscriber': {
    keywords: ['reason'],
    answer: (realm, _caller, [id, session, text], kwargs) => {
      const subscription = expectId(id, 'subscription');
      const reason = expectReason(text ?? kwargs.reason, realm.bounds);
      if (!realm.broker.revoke(findSession(realm, session), subscription, reason)) throw noSuchSubscription(id);
      return {};
    },
  },
};

function find({ subscriptions }: MetaRealm, id: unknown): BrokerSubscription {
  const subscription = subscriptions.get(expectId(id, 'subscription'));
  if (!subscription) throw noSuchSubscription(id);
  return subscription;
}

function noSuchSubscription(id: unknown): ApplicationError {
  return new ApplicationError('wamp.error.no_such_subscription', [`no such subscription here: ${String(id)}`]);
}
