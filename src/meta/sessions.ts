/*
 * WAMP "Session Meta API".
 */
import type { AnyRequester, Id, KillKwargs, SessionInfo } from '../index.ts';
import { ask, isError, toCount, toIds } from './answers.ts';

/** We send it and do not rely on the router's default: that of nexus is `wamp.close.normal`, after which clients do not come back. */
const defaults: KillKwargs = { reason: 'wamp.close.killed' };

/**
 * Counts the sessions of the realm, including the caller's own.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
export async function countSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.count', authroles ? [authroles] : []));
}

/**
 * Lists the ids of the realm's sessions, including the caller's own.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
export async function listSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<readonly Id[]> {
  return toIds(await ask(asker, 'wamp.session.list', authroles ? [authroles] : []));
}

/** Returns the details of a session. Rejects with `wamp.error.no_such_session` if it does not exist. */
export async function getSession(asker: AnyRequester, session: Id): Promise<SessionInfo> {
  return (await ask(asker, 'wamp.session.get', [session])) as SessionInfo;
}

/**
 * Ends a session by GOODBYE.
 *
 * Rejects with `wamp.error.no_such_session` if it does not exist or is the caller's own; with `wamp.error.invalid_uri` for a reason that is not a URI.
 *
 * @param why - `reason`: default `wamp.close.killed`. `message`: for people; default none.
 */
export async function killSession(asker: AnyRequester, session: Id, why?: KillKwargs): Promise<void> {
  await ask(asker, 'wamp.session.kill', [session], { ...defaults, ...why });
}

/**
 * Ends all sessions with this authid, except the caller's own. (Crossbar.io ends that as well.)
 *
 * @param why - As in `killSession`.
 * @returns How many, whether the router answers with a count or with a list.
 */
export async function killByAuthid(asker: AnyRequester, authid: string, why?: KillKwargs): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.kill_by_authid', [authid], { ...defaults, ...why }));
}

/**
 * Ends all sessions with this authrole, except the caller's own. (Crossbar.io ends that as well.)
 *
 * @param why - As in `killSession`.
 * @returns How many, whether the router answers with a count or with a list.
 */
export async function killByAuthrole(asker: AnyRequester, authrole: string, why?: KillKwargs): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.kill_by_authrole', [authrole], { ...defaults, ...why }));
}

/**
 * Ends all sessions of the realm, except the caller's own, without events about it.
 *
 * Crossbar.io has no such procedure; there each session is ended separately.
 *
 * @param why - As in `killSession`.
 * @returns How many.
 */
export async function killAll(asker: AnyRequester, why?: KillKwargs): Promise<number> {
  try {
    return toCount(await ask(asker, 'wamp.session.kill_all', [], { ...defaults, ...why }));
  } catch (error) {
    const own = ownId(asker);
    if (own === undefined || !isError(error, 'wamp.error.no_such_procedure')) throw error;
    return killEach(asker, own, why);
  }
}

async function killEach(asker: AnyRequester, own: Id, why: KillKwargs | undefined): Promise<number> {
  const others = (await listSessions(asker)).filter((id) => id !== own);
  const kills = others.map(async (id) => {
    try {
      await killSession(asker, id, why);
      return 1;
    } catch (error) {
      if (isError(error, 'wamp.error.no_such_session')) return 0; // it has ended meanwhile
      throw error;
    }
  });
  return (await Promise.all(kills)).reduce<number>((sum, one) => sum + one, 0);
}

function ownId(asker: AnyRequester): Id | undefined {
  if ('id' in asker) return asker.id;
  return 'session' in asker ? asker.session?.id : undefined;
}
