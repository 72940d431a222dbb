/*
 * Clients that the router knows without a challenge: by what their HTTP request carries, as the hook `recognize` finds it, or by a login that their browser
 * has made before (`remembering`). It is tried for clients that offer no login of their own.
 */
import { isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import type { Dict } from '../../base/words.ts';
import type { RouterHooks } from '../config/config.ts';
import type { UserSources } from '../config/users.ts';
import type { Recognized, UserQuery } from '../session/user.ts';
import type { Identity } from './identity.ts';
import { remembered } from './remembered.ts';

/**
 * @returns Undefined: the login goes on as if there were no recognition.
 * @throws TypeError if the hook returned anything but a principal.
 */
export async function recognize(
  query: UserQuery,
  sources: Pick<UserSources, 'users'>,
  hook: RouterHooks['recognize'],
): Promise<Identity | undefined> {
  const { realm, transport } = query;
  const found = (await remembered({ realm, transport, sources })) ?? (hook && identityOf(await hook(query), query));
  // A client that claims another name must not become somebody else without a word.
  return found && query.authid !== undefined && query.authid !== found.authid ? undefined : found;
}

const known: readonly string[] = ['authid', 'authrole', 'authextra', 'authmethod'] satisfies readonly (keyof Recognized)[];

function identityOf(given: Recognized | undefined, query: UserQuery): Identity | undefined {
  if (given === undefined || given === null) return undefined;
  const found: unknown = given;
  if (!isDict(found)) {
    const got = Array.isArray(found) ? 'a list' : typeof found === 'boolean' ? found : `a ${typeof found}`;
    throw new TypeError(
      `expected recognize to return { authid, authrole }, or undefined for a client that it does not know, got ${got}`,
    );
  }
  const other = Object.keys(found).find((key) => !known.includes(key));
  if (other !== undefined)
    throw new TypeError(`expected recognize to return ${known.join(', ')}, got '${other}'${nearest(other, known)}`);
  const { authrole, authid = query.authid, authmethod = 'http', authextra } = found;
  if (typeof authrole !== 'string') throw new TypeError(`expected authrole of recognize to be a string, got ${show(authrole)}`);
  if (typeof authid !== 'string') throw new TypeError(`expected authid of recognize to be a string, got ${show(authid)}`);
  if (typeof authmethod !== 'string')
    throw new TypeError(`expected authmethod of recognize to be a string, got ${show(authmethod)}`);
  if (authextra !== undefined && !isDict(authextra))
    throw new TypeError(`expected authextra of recognize to be an object, got ${show(authextra)}`);
  const extra: Dict | undefined = authextra;
  return { authid, authrole, authmethod, authprovider: 'dynamic', authextra: extra };
}
