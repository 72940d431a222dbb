import type { Dict } from '../../base/words.ts';
import type { LiveSession } from './session.ts';

/** The value of `wamp.session.get` and `wamp.session.on_join`, and the first argument of an authorizer of the realm. */
export function describeSession({ id, authid, authrole, authmethod, authprovider }: LiveSession): Dict {
  return { session: id, authid, authrole, authmethod, authprovider };
}
