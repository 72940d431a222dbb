/* `autobahn.auth_persona`. Mozilla has ended Persona; the function is still there. */
import type { Session } from '../api/session-api.ts';
import type { Any } from '../base/any.ts';
import { promise } from '../promises/deferred.ts';

export function auth_persona(session: Session, user: Any, _extra?: Any): Any {
  const deferred = session.defer();
  const { id } = navigator as { id?: Any };
  id.watch({
    loggedInUser: user,
    onlogin: (assertion: Any) => deferred.resolve(assertion),
    onlogout: () => session.leave('wamp.close.logout'),
  });
  return promise(deferred);
}
