/*
 * WAMP "Session Establishment": what HELLO must have, and what WELCOME says. incoming-connection.ts does what lies between them.
 */
import { isDict } from '../base/checks.ts';
import { ProtocolError } from '../base/errors.ts';
import type { Uri } from '../base/words.ts';
import { routerRoles } from '../protocol/features.ts';
import type { Hello, Welcome } from '../protocol/messages.ts';
import { INVALID_URI, PROTOCOL_VIOLATION } from '../protocol/uris.ts';
import { Bounds } from './limits/bounds.ts';
import { countRefusal } from './limits/login-refusals.ts';
import type { Identity } from './login/identity.ts';
import type { Realm } from './realm.ts';
import type { RouterContext } from './router-context.ts';

/** Why there is no session: what ABORT says. */
interface NoSession {
  readonly reason: Uri;
  readonly text: string;
  /** The client broke the protocol. */
  readonly error?: ProtocolError;
}

const roleNames: readonly string[] = ['publisher', 'subscriber', 'caller', 'callee'];

/** The realm that a client asks for. */
export function realmOf(
  { realm: name, details }: Hello,
  router: Pick<RouterContext, 'settings' | 'tally' | 'realm'>,
): Realm | NoSession {
  const bounds = new Bounds(router.settings.limits);
  const complaint = bounds.uri(name);
  if (complaint !== undefined) return { reason: INVALID_URI, text: `realm: ${complaint}` };
  const tooLong = bounds.hello(details);
  if (tooLong !== undefined) return { reason: 'wamp.error.invalid_argument', text: tooLong };
  const roles = isDict(details.roles) ? Object.keys(details.roles) : [];
  if (!roles.some((role) => roleNames.includes(role))) {
    const text = 'expected HELLO.Details.roles to have publisher, subscriber, caller or callee';
    return { reason: PROTOCOL_VIOLATION, text, error: new ProtocolError(text) };
  }
  const realm = router.realm(name);
  if (realm) return realm;
  countRefusal(router.tally, 'no_such_realm');
  return { reason: 'wamp.error.no_such_realm', text: `no realm '${name}' here` };
}

/** WELCOME.Details. */
export function welcomeDetails(
  realm: Realm,
  { authid, authrole, authmethod, authprovider, authextra }: Identity,
): Welcome['details'] {
  return {
    realm: realm.name,
    authid,
    authrole,
    authmethod,
    authprovider,
    ...(authextra === undefined ? {} : { authextra }),
    roles: routerRoles,
    agent: 'autostrada',
    _max_message_bytes: realm.limits.maxMessageBytes,
  };
}
