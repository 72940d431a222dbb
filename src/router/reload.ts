/*
 * A new configuration for a router that runs: which sessions may stay, and what they may keep. Everything is checked before anything changes.
 */
import { named, type Uri } from '../base/words.ts';
import type { RealmSettings, Settings } from './config/config.ts';
import { within } from './config/config-path.ts';
import { doubts } from './config/doubts.ts';
import { changedUsers, type LoginFilter, type RememberedLogins } from './login/remembered.ts';
import type { Realm } from './realm.ts';
import type { RouterSession } from './session/router-session.ts';
import type { LiveSession } from './session/session.ts';
import type { Work } from './turns/turns.ts';

/** What `router.reload` has done. */
export interface Reloaded {
  /** How many sessions were ended. */
  readonly ended: number;
  /** Paths of what has changed in the configuration, but only counts after a restart: limits, `strictRequestIds`, `preferLocal`, `history`. */
  readonly needsRestart: readonly string[];
}

/** Why a session cannot stay: the reason and the message of its GOODBYE. */
interface End {
  readonly reason: Uri;
  readonly text: string;
}

/** The reason of `revoke`: a rule that allowed it is gone. */
const NOT_ALLOWED = 'wamp.error.not_authorized';

/**
 * @param realms - Those of the router; they are changed.
 * @param make - A realm that is new.
 */
export function reloadRealms(
  realms: Map<string, Realm>,
  now: Settings,
  next: Settings,
  make: (settings: RealmSettings) => Realm,
  remembered: RememberedLogins,
): Reloaded {
  const forget = (filter: LoginFilter): void => {
    remembered
      .forget(filter)
      .catch((error: unknown) => now.log({ level: 'error', message: 'remembered logins could not be forgotten', error }));
  };
  const needsRestart = [
    ...different(now.limits, next.limits).map((limit) => `config.limits.${limit}`),
    ...(['strictRequestIds', 'preferLocal'] as const).filter((key) => now[key] !== next[key]).map((key) => `config.${key}`),
  ];
  let ended = 0;
  for (const [name, realm] of [...realms]) {
    if (next.realms.some((other) => other.name === name)) continue;
    realms.delete(name);
    ended += endAll(realm, () => ({ reason: 'wamp.error.no_such_realm', text: `the realm '${name}' was removed` }));
    realm.retire();
    forget({ realm: name });
  }
  for (const settings of next.realms) {
    const realm = realms.get(settings.name);
    if (!realm) {
      realms.set(settings.name, make(settings));
      continue;
    }
    if (different(realm.history, settings.history).length > 0)
      needsRestart.push(`${within('config.realms', settings.name)}.history`);
    for (const authid of changedUsers(realm.logins.sources.users, settings.users)) forget({ realm: settings.name, authid });
    realm.reload(settings);
    ended += endAll(realm, (session) => endOf(session, settings, realm.knows(session.authrole)));
    for (const session of realm.sessions) session.do(recheck(realm, session));
  }
  for (const message of doubts({ ...now, realms: next.realms })) now.log({ level: 'warn', message });
  for (const path of needsRestart) now.log({ level: 'warn', message: `${path}: the change counts after a restart` });
  return { ended, needsRestart };
}

/** The keys by which two objects, or lists, of plain values differ. */
function different(a: object, b: object): readonly string[] {
  const [left, right] = [a, b].map((each) => new Map(Object.entries(each).map(([key, value]) => [key, JSON.stringify(value)])));
  return [...new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])].filter((key) => left?.get(key) !== right?.get(key));
}

function endAll(realm: Realm, why: (session: LiveSession) => End | undefined): number {
  let ended = 0;
  for (const session of [...realm.sessions]) {
    const end = why(session);
    if (!end) continue;
    ended++;
    session.dismiss(end.reason, end.text);
  }
  return ended;
}

/** A session stays if its user would get the same authrole now. A new secret counts for the next login only. */
function endOf(
  session: RouterSession & { readonly authprovider: string },
  realm: RealmSettings,
  knowsRole: boolean,
): End | undefined {
  const { authid, authrole, authmethod, authprovider } = session;
  if (realm.authroles === undefined || authprovider === 'internal') return undefined;
  const isListed = authprovider === 'static' && authmethod !== 'anonymous';
  const user = isListed ? realm.users.get(authid) : undefined;
  if (isListed && !user) return { reason: 'wamp.error.no_such_principal', text: `the user ${named(authid)} was removed` };
  const role = isListed ? user?.authrole : authmethod === 'anonymous' ? realm.anonymous : authrole;
  if (role === undefined) return { reason: 'wamp.error.no_such_principal', text: 'clients need a login now' };
  if (role !== authrole)
    return { reason: 'wamp.error.no_such_role', text: `the authrole is ${named(role)} now, not ${named(authrole)}` };
  return knowsRole ? undefined : { reason: 'wamp.error.no_such_role', text: `the authrole ${named(authrole)} was removed` };
}

/** Takes away what the new rules do not allow. An authorizer may answer later. */
function* recheck(realm: Realm, session: LiveSession): Work {
  session.trustlevel = realm.trustlevel(session.authrole);
  const { broker, registrar, revision } = realm;
  // An answer that comes after the next reload is about rules that do not count any more.
  const whenRefused = (verdict: ReturnType<Realm['may']>, then: () => void): void => {
    if (verdict instanceof Promise) void verdict.then((known) => whenRefused(known, then));
    else if ('error' in verdict && realm.revision === revision) then();
  };
  for (const { id, uri, match } of realm.subscriptions.of(session)) {
    whenRefused(realm.may(session, 'subscribe', uri, match), () => broker.revoke(session, id, NOT_ALLOWED));
    yield;
  }
  for (const { id, uri, match } of realm.registrations.of(session)) {
    whenRefused(realm.may(session, 'register', uri, match), () => registrar.revoke(session, id, NOT_ALLOWED));
    yield;
  }
}
