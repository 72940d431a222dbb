/*
 * WAMP "Session Meta API": what a session may ask the router about the sessions of its realm, and do to them. Answered here and now: no
 * session stands behind it. What is told of a session is a fixed list of fields, so nothing leaks that a login or a transport put elsewhere.
 */
import { ApplicationError } from '../errors.ts';
import type { Payload } from '../protocol/messages.ts';
import { uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { getEvents, type HistoryContext } from './history.ts';
import type { LiveSession } from './session.ts';
import { addTestament, flushTestaments, type TestamentContext } from './testaments.ts';

const KILLED = 'wamp.close.killed';

/** What these procedures work on: a realm. */
export interface MetaContext extends HistoryContext, TestamentContext {
  readonly sessions: ReadonlySet<LiveSession>;
}

/** What `wamp.session.get` and `wamp.session.on_join` tell. */
export function describeSession({ id, authid, authrole, authmethod, authprovider }: LiveSession): Dict {
  return { session: id, authid, authrole, authmethod, authprovider };
}

/**
 * Calls one of the procedures below `wamp.`.
 *
 * @throws {@link ApplicationError} that becomes the ERROR; `wamp.error.no_such_procedure` for what is none of them.
 */
export function callSessionMeta(
  context: MetaContext,
  caller: LiveSession,
  procedure: Uri,
  payload: Payload,
): Payload | Promise<Payload> {
  const { sessions } = context;
  const { args = [], kwargs = {} } = payload;
  switch (procedure) {
    case 'wamp.session.count':
      return { args: [withRoles(sessions, args[0]).length] };
    case 'wamp.session.list':
      return { args: [withRoles(sessions, args[0]).map(({ id }) => id)] };
    case 'wamp.session.get':
      return { args: [describeSession(find(sessions, args[0]))] };
    case 'wamp.session.kill': {
      const victim = find(sessions, args[0]);
      // WAMP: one's own session is none that one could kill.
      if (victim === caller) throw noSuchSession(args[0]);
      kill([victim], kwargs);
      return {};
    }
    case 'wamp.session.kill_by_authid':
      return { args: [kill(others(sessions, caller, 'authid', args[0]), kwargs)] };
    case 'wamp.session.kill_by_authrole':
      return { args: [kill(others(sessions, caller, 'authrole', args[0]), kwargs).length] };
    case 'wamp.session.kill_all':
      return {
        args: [
          kill(
            [...sessions].filter((session) => session !== caller),
            kwargs,
            true,
          ).length,
        ],
      };
    case 'wamp.session.add_testament':
      return addTestament(context, caller, payload);
    case 'wamp.session.flush_testaments':
      return flushTestaments(context, caller, payload);
    case 'wamp.subscription.get_events':
      return getEvents(context, caller, payload);
    default:
      throw new ApplicationError('wamp.error.no_such_procedure', [`the router has no ${procedure}`]);
  }
}

function invalidArgument(expected: string, got: unknown): ApplicationError {
  return new ApplicationError('wamp.error.invalid_argument', [`expected ${expected}, got ${got === null ? 'null' : typeof got}`]);
}

function noSuchSession(id: unknown): ApplicationError {
  return new ApplicationError('wamp.error.no_such_session', [`no session ${String(id)} here`]);
}

function withRoles(sessions: ReadonlySet<LiveSession>, roles: unknown): readonly LiveSession[] {
  if (roles === undefined || roles === null) return [...sessions];
  if (!Array.isArray(roles)) throw invalidArgument('a list of authroles', roles);
  const named = new Set<unknown>(roles);
  return [...sessions].filter(({ authrole }) => named.has(authrole));
}

function find(sessions: ReadonlySet<LiveSession>, id: unknown): LiveSession {
  if (typeof id !== 'number') throw invalidArgument('a session id', id);
  for (const session of sessions) if (session.id === id) return session;
  throw noSuchSession(id);
}

function others(
  sessions: ReadonlySet<LiveSession>,
  caller: LiveSession,
  field: 'authid' | 'authrole',
  value: unknown,
): readonly LiveSession[] {
  if (typeof value !== 'string') throw invalidArgument(`an ${field}`, value);
  return [...sessions].filter((session) => session !== caller && session[field] === value);
}

/** @returns Whom it met. */
function kill(victims: readonly LiveSession[], { reason = KILLED, message }: Dict, isQuiet = false): readonly Id[] {
  const complaint = uriComplaint(reason);
  if (complaint !== undefined) throw new ApplicationError(INVALID_URI, [`reason: ${complaint}`]);
  if (message !== undefined && typeof message !== 'string') throw invalidArgument('message to be a string', message);
  for (const victim of victims) {
    victim.leavesQuietly = isQuiet;
    victim.dismiss(reason as Uri, message);
  }
  return victims.map(({ id }) => id);
}
