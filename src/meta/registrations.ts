/*
 * WAMP "Registration Meta API", "Registration Revocation".
 */
import type { AnyRequester, Id, IdsByMatch, Match, RegistrationInfo, Uri } from '../index.ts';
import { ask, lookupArgs, toCount, toId, toIds, toIdsByMatch, withReason } from './answers.ts';

/** Lists the ids of the realm's registrations. */
export async function listRegistrations(asker: AnyRequester): Promise<IdsByMatch> {
  return toIdsByMatch(await ask(asker, 'wamp.registration.list', []));
}

/** Finds the registration that a call of this procedure would go to, also one by pattern. Undefined: there is none. */
export async function findRegistration(asker: AnyRequester, procedure: Uri): Promise<Id | undefined> {
  return toId(await ask(asker, 'wamp.registration.match', [procedure]));
}

/** Finds the registration with just this URI and match. Undefined: there is none. */
export async function lookupRegistration(asker: AnyRequester, procedure: Uri, match: Match = 'exact'): Promise<Id | undefined> {
  return toId(await ask(asker, 'wamp.registration.lookup', lookupArgs(procedure, match)));
}

/** Returns the details of a registration. Rejects with `wamp.error.no_such_registration` if it does not exist. */
export async function getRegistration(asker: AnyRequester, registration: Id): Promise<RegistrationInfo> {
  const info = (await ask(asker, 'wamp.registration.get', [registration])) as RegistrationInfo;
  // nexus leaves `match` and `invoke` empty if the registration did not set them.
  return { ...info, match: info.match || 'exact', invoke: info.invoke || 'single' };
}

/** Lists the sessions that have registered it. Rejects with `wamp.error.no_such_registration` if it does not exist. */
export async function listCallees(asker: AnyRequester, registration: Id): Promise<readonly Id[]> {
  return toIds(await ask(asker, 'wamp.registration.list_callees', [registration]));
}

/** Counts the sessions that have registered it. Rejects with `wamp.error.no_such_registration` if it does not exist. */
export async function countCallees(asker: AnyRequester, registration: Id): Promise<number> {
  return toCount(await ask(asker, 'wamp.registration.count_callees', [registration]));
}

/**
 * Takes a registration away from a callee. Running calls are still answered. Routers: `autostrada/router`, Crossbar.io.
 *
 * Rejects with `wamp.error.no_such_session` when there is no such session, with `wamp.error.no_such_registration` when it has none with
 * this id.
 *
 * @param callee - The id of its session.
 * @param reason - For the callee; most often a URI.
 */
export async function removeCallee(asker: AnyRequester, registration: Id, callee: Id, reason?: string): Promise<void> {
  await ask(asker, 'wamp.registration.remove_callee', withReason([registration, callee], reason));
}
