/*
 * WAMP "Session Meta API".
 */
import type { AnyRequester, Id, KillKwargs, SessionInfo } from '../index.ts';
import { ask, isError, toCount, toIds } from './answers.ts';

/** Said by us and not left to the router: nexus would say `wamp.close.normal`, after which clients do not come back. */
const defaults: KillKwargs = { reason: 'wamp.close.killed' };

/**
 * Counts the sessions of the realm, one's own among them.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
export async function countSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.count', authroles ? [authroles] : []));
}

/**
 * Lists the ids of the realm's sessions, one's own among them.
 *
 * @param authroles - Only those with one of these. Absent: all.
 */
export async function listSessions(asker: AnyRequester, authroles?: readonly string[]): Promise<readonly Id[]> {
  return toIds(await ask(asker, 'wamp.session.list', authroles ? [authroles] : []));
}

/** Tells who a session is. Rejects with `wamp.error.no_such_session` when it is none. */
export async function getSession(asker: AnyRequester, session: Id): Promise<SessionInfo> {
  return (await ask(asker, 'wamp.session.get', [session])) as SessionInfo;
}

/**
 * Ends a session by GOODBYE.
 *
 * Rejects with `wamp.error.no_such_session` when it is none, or one's own; with `wamp.error.invalid_uri` for a reason that is no URI.
 *
 * @param why - `reason`: default `wamp.close.killed`. `message`: for people; default none.
 */
export async function killSession(asker: AnyRequester, session: Id, why?: KillKwargs): Promise<void> {
  await ask(asker, 'wamp.session.kill', [session], { ...defaults, ...why });
}

/**
 * Ends all sessions with this authid, but one's own. (Crossbar.io ends one's own as well.)
 *
 * @param why - As of `killSession`.
 * @returns How many, whatever the router answers.
 */
export async function killByAuthid(asker: AnyRequester, authid: string, why?: KillKwargs): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.kill_by_authid', [authid], { ...defaults, ...why }));
}

/**
 * Ends all sessions with this authrole, but one's own. (Crossbar.io ends one's own as well.)
 *
 * @param why - As of `killSession`.
 * @returns How many, whatever the router answers.
 */
export async function killByAuthrole(asker: AnyRequester, authrole: string, why?: KillKwargs): Promise<number> {
  return toCount(await ask(asker, 'wamp.session.kill_by_authrole', [authrole], { ...defaults, ...why }));
}

/**
 * Ends all sessions of the realm, but one's own. They go without events about it.
 *
 * Crossbar.io has no such procedure; there each session is ended by itself, which takes a session or a connection to ask with.
 *
 * @param why - As of `killSession`.
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
      if (isError(error, 'wamp.error.no_such_session')) return 0; // it went by itself
      throw error;
    }
  });
  return (await Promise.all(kills)).reduce<number>((sum, one) => sum + one, 0);
}

function ownId(asker: AnyRequester): Id | undefined {
  if ('id' in asker) return asker.id;
  return 'session' in asker ? asker.session?.id : undefined;
}
