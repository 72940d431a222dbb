/*
 * WAMP "Session Meta API": procedures about the sessions of the realm. The details of a
 * session are a fixed list of fields, so that other data of a login or a transport does not leak.
 */
import { ApplicationError } from '../../base/errors.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { INVALID_URI, PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import type { Bounds } from '../limits/bounds.ts';
import { describeSession } from '../session/describe-session.ts';
import type { LiveSession } from '../session/session.ts';
import type { Work } from '../turns/turns.ts';
import { expectId, expectShort, findSession, invalidArgument, noSuchSession } from './arguments.ts';
import type { MetaProcedures, MetaRealm } from './meta-realm.ts';
import { idsOf, listed, PAGE, readPage, roomFor, weigh } from './pages.ts';
import { addTestament, flushTestaments, TESTAMENT } from './testaments.ts';

const KILLED = 'wamp.close.killed';
/** The keyword arguments of procedures that end sessions. */
const FAREWELL: readonly string[] = ['reason', 'message'];
export const ADD_TESTAMENT = 'wamp.session.add_testament';

export const sessionProcedures: MetaProcedures = {
  'wamp.session.count': (realm, _caller, [authroles]) => ({ args: [withRoles(realm, authroles).length] }),
  'wamp.session.list': {
    keywords: PAGE,
    answer: (realm, _caller, [authroles], kwargs) => {
      const chosen = withRoles(realm, authroles);
      return { args: [listed(realm, chosen.length, idsOf(chosen), readPage(kwargs))] };
    },
  },
  'wamp.session.get': (realm, _caller, [id]) => ({ args: [describeSession(findSession(realm, id))] }),
  'wamp.session.kill': {
    keywords: FAREWELL,
    answer: (realm, caller, [id], kwargs) => {
      // WAMP: a caller cannot kill its own session.
      if (id === caller.id) throw noSuchSession(id);
      const session = expectId(id, 'session');
      // The caller's node finds what is wrong; another one that allows less says so only if it has the session.
      if (!caller.isRemote) farewellOf(kwargs, realm.bounds);
      const victim = findSession(realm, session);
      kill(caller, [victim], farewellOf(kwargs, realm.bounds));
      return {};
    },
  },
  'wamp.session.kill_by_authid': {
    keywords: FAREWELL,
    answer: (realm, caller, [authid], kwargs) => {
      const { limits, bounds } = realm;
      const farewell = farewellOf(kwargs, bounds);
      const victims = others(realm, caller, 'authid', authid);
      // Checked before any session ends: the caller must be able to get the list of ended sessions.
      const room = roomFor(limits);
      if (victims.length > room) {
        const text = `there are ${victims.length}, and an answer has room for ${room}: end them by wamp.session.kill`;
        throw new ApplicationError(PAYLOAD_SIZE_EXCEEDED, [text]);
      }
      kill(caller, victims, farewell);
      return { args: [victims.map(({ id }) => id)] };
    },
  },
  'wamp.session.kill_by_authrole': {
    keywords: FAREWELL,
    answer: (realm, caller, [authrole], kwargs) => ({
      args: [kill(caller, others(realm, caller, 'authrole', authrole), farewellOf(kwargs, realm.bounds))],
    }),
  },
  'wamp.session.kill_all': {
    keywords: FAREWELL,
    answer: (realm, caller, _args, kwargs) => {
      const { sessions, bounds } = realm;
      weigh(realm, sessions.size);
      const victims = [...sessions].filter((session) => session !== caller);
      return { args: [kill(caller, victims, { ...farewellOf(kwargs, bounds), isQuiet: true })] };
    },
  },
  [ADD_TESTAMENT]: {
    keywords: TESTAMENT,
    answer: (realm, caller, args, kwargs) => addTestament(realm, caller, { args, kwargs }),
  },
  'wamp.session.flush_testaments': {
    keywords: ['scope'],
    answer: (realm, caller, args, kwargs) => flushTestaments(realm, caller, { args, kwargs }),
  },
};

function withRoles(realm: MetaRealm, roles: unknown): readonly LiveSession[] {
  const { sessions } = realm;
  weigh(realm, sessions.size);
  if (roles === undefined || roles === null) return [...sessions];
  if (!Array.isArray(roles) || !roles.every((role) => typeof role === 'string'))
    throw invalidArgument('a list of authroles', roles);
  const named = new Set<unknown>(roles);
  return [...sessions].filter(({ authrole }) => named.has(authrole));
}

function others(realm: MetaRealm, caller: LiveSession, field: 'authid' | 'authrole', value: unknown): readonly LiveSession[] {
  if (typeof value !== 'string') throw invalidArgument(`an ${field}`, value);
  weigh(realm, realm.sessions.size);
  return [...realm.sessions].filter((session) => session !== caller && session[field] === value);
}

interface Farewell {
  readonly reason: Uri;
  readonly message: string | undefined;
  /** Nobody else is told. */
  readonly isQuiet: boolean;
}

/** From the keyword arguments. */
function farewellOf(kwargs: Dict, bounds: Bounds): Farewell {
  const reason = kwargs.reason ?? KILLED;
  const message = kwargs.message ?? undefined;
  const complaint = bounds.uri(reason);
  if (complaint !== undefined || typeof reason !== 'string') throw new ApplicationError(INVALID_URI, [`reason: ${complaint}`]);
  if (message !== undefined && typeof message !== 'string') throw invalidArgument('message to be a string', message);
  if (message !== undefined) expectShort(message, 'message', bounds);
  return { reason, message, isQuiet: false };
}

/** One after the other, because there may be many. */
function* killing(victims: readonly LiveSession[], { reason, message, isQuiet }: Farewell): Work {
  for (const victim of victims) {
    if (victim.isGone) continue;
    victim.leavesQuietly = isQuiet;
    victim.dismiss(reason, message);
    yield;
  }
}

/** @returns How many sessions it ends. */
function kill(caller: LiveSession, victims: readonly LiveSession[], farewell: Farewell): number {
  caller.do(killing(victims, farewell));
  return victims.length;
}
