import type { Dict } from '../../words.ts';
import type { LiveSession } from './session.ts';

/** What `wamp.session.get` and `wamp.session.on_join` tell, and what an authorizer of the realm is asked about. */
export function describeSession({ id, authid, authrole, authmethod, authprovider }: LiveSession): Dict {
  return { session: id, authid, authrole, authmethod, authprovider };
}
