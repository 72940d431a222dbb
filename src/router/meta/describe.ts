/* What the meta API tells of a registration, and of a subscription. */
import type { Dict } from '../../words.ts';
import type { DealerRegistration } from '../registrations.ts';
import type { BrokerSubscription } from '../subscriptions.ts';

/** What `wamp.registration.get` and `wamp.registration.on_create` tell. */
export function describeRegistration({ id, created, uri, match, invoke }: DealerRegistration): Dict {
  return { id, created: new Date(created).toISOString(), uri, match, invoke };
}

/** What `wamp.subscription.get` and `wamp.subscription.on_create` tell. */
export function describeSubscription({ id, created, uri, match }: BrokerSubscription): Dict {
  return { id, created: new Date(created).toISOString(), uri, match };
}
