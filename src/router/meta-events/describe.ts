/* The details of a registration, and of a subscription, in the meta API. */

import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';

/** The published parts of a broker's subscription. */
export interface Subscription {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** The published parts of a dealer's registration. */
export interface Registration extends Subscription {
  readonly invoke: string;
}

/** The value of `wamp.registration.get` and `wamp.registration.on_create`. */
export function describeRegistration({ id, created, uri, match, invoke }: Registration): Dict {
  return { id, created: new Date(created).toISOString(), uri, match, invoke };
}

/** The value of `wamp.subscription.get` and `wamp.subscription.on_create`. */
export function describeSubscription({ id, created, uri, match }: Subscription): Dict {
  return { id, created: new Date(created).toISOString(), uri, match };
}
