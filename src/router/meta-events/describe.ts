/* What the meta API tells of a registration, and of a subscription. */
import type { Match } from '../../protocol/uri.ts';
import type { Dict, Id, Uri } from '../../words.ts';

/** Of a subscription of the broker, what is told. */
export interface Subscription {
  readonly id: Id;
  readonly uri: Uri;
  readonly match: Match;
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** Of a registration of the dealer. */
export interface Registration extends Subscription {
  readonly invoke: string;
}

/** What `wamp.registration.get` and `wamp.registration.on_create` tell. */
export function describeRegistration({ id, created, uri, match, invoke }: Registration): Dict {
  return { id, created: new Date(created).toISOString(), uri, match, invoke };
}

/** What `wamp.subscription.get` and `wamp.subscription.on_create` tell. */
export function describeSubscription({ id, created, uri, match }: Subscription): Dict {
  return { id, created: new Date(created).toISOString(), uri, match };
}
