/*
 * Why something is allowed or refused, and what would come of it: "may joe publish com.example.news, and who would get it?" Nothing is changed, and nobody needs to
 * be connected. words.ts says it in sentences.
 */

import { difference, nearest } from '../../base/nearest.ts';
import { bool, checkOptions, oneOf, string } from '../../base/options.ts';
import { type Id, named, oneLine, type Uri } from '../../base/words.ts';
import { isReserved, type Match } from '../../protocol/uri.ts';
import type { Gate } from '../authorization/gate.ts';
import type { Action } from '../authorization/permissions.ts';
import type { Keeping } from '../broker/keeping.ts';
import type { Subscriptions } from '../broker/subscriptions.ts';
import type { Masks } from '../config/masks.ts';
import type { DealerRegistration, Registrations } from '../dealer/registrations.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import type { Bounds } from '../limits/bounds.ts';
import { procedures } from '../meta-procedures/procedures.ts';
import { matches } from '../patterns/pattern-index.ts';
import { isOwn, ownComplaint } from '../patterns/reserved.ts';
import type { LiveSession } from '../session/session.ts';
import type { ExplainedUser, ExplainQuestion, Explanation } from './explanation.ts';
import { nearMisses, type UsedPattern } from './near.ts';
import { reasonsOf, sentences } from './words.ts';

/** The parts of a realm that this needs. */
export interface ExplainedRealm {
  readonly name: Uri;
  readonly gate: Gate;
  readonly bounds: Bounds;
  readonly users: ReadonlyMap<string, { readonly authrole: string }>;
  readonly sessions: ReadonlySet<LiveSession>;
  readonly subscriptions: Subscriptions;
  readonly registrations: Registrations;
  readonly keeping: Keeping;
  readonly masks: Masks;
  readonly elsewhere: Elsewhere | undefined;
  session(id: Id): LiveSession | undefined;
}

/** More would be noise. */
const MAX_REALMS = 3;
const ACTIONS = ['call', 'register', 'publish', 'subscribe'] as const;
const MATCHES = ['exact', 'prefix', 'wildcard'] as const;

/** @throws TypeError for a wrong question: no such realm, nobody by the name in `as`. */
export async function explain(realms: ReadonlyMap<Uri, ExplainedRealm>, question: ExplainQuestion): Promise<Explanation> {
  check(question);
  const { action, uri, match = 'exact', as, ask = false } = question;
  const realm = realmOf(realms, question.realm, 'explain');
  const { session, ...who } = whoIs(realm, as);
  const { allowed: isAllowed, ...decided } = decide(realm, who, { action, uri, match }, who.authid === null ? undefined : session);
  const asked = ask && session && isAllowed === null ? await realm.gate.ask(session, action, uri, match) : undefined;
  const allowed = asked ? !('error' in asked) : isAllowed;
  const complaint = realm.bounds.uri(uri, match);
  // Nothing can match such a URI, and it may be as long as a message.
  const ways = complaint === undefined ? waysOf(realm, action, uri, match) : { found: [], near: [] };
  const answer = { realm: realm.name, action, uri, match, who, allowed, ...decided, ...ways };
  const says = sentences(answer, { complaint, isRouters: isRouters(realm, uri), isThere: procedures.has(uri) });
  const elsewhere = ways.found.length > 0 || complaint !== undefined ? [] : otherRealms(realms.values(), realm, action, uri);
  return { ...answer, says: [...says, ...elsewhere.map((text) => `The realm ${text}.`)] };
}

/** Why a request of a session was refused, or nobody got it: shortly, for those who watch it. */
export function reasons(
  realm: ExplainedRealm,
  session: Pick<LiveSession, 'authid' | 'authrole' | 'authprovider'>,
  { action, uri, match }: Act,
  realms: Iterable<ExplainedRealm>,
): readonly string[] {
  const who = { authid: session.authid, authrole: session.authrole, sessions: 1 };
  const decided = decide(realm, who, { action, uri, match }, session);
  const found = reasonsOf({ realm: realm.name, action, uri, match, who, ...decided, ...waysOf(realm, action, uri, match) });
  return decided.allowed === false
    ? found
    : [...found, ...otherRealms(realms, realm, action, uri).map((text) => `${text}, which is another realm`)];
}

/** Where somebody would get it: for those who have joined the wrong realm. */
function otherRealms(realms: Iterable<ExplainedRealm>, own: ExplainedRealm, action: Action, uri: Uri): readonly string[] {
  if (action !== 'call' && action !== 'publish') return [];
  const found: string[] = [];
  for (const { name, subscriptions, registrations } of realms) {
    if (name === own.name) continue;
    const has = action === 'call' ? registrations.find(uri) !== undefined : hasSubscribers(subscriptions, uri);
    if (has) found.push(`${named(name)} has ${action === 'call' ? 'a callee' : 'subscribers'}`);
  }
  return found.slice(0, MAX_REALMS);
}

function hasSubscribers(subscriptions: Subscriptions, topic: Uri): boolean {
  return subscriptions.matching(topic).some(({ subscribers }) => subscribers.size > 0);
}

function check(question: ExplainQuestion): void {
  const known = { realm: string, action: oneOf(...ACTIONS), uri: string, match: oneOf(...MATCHES), as: string, ask: bool };
  checkOptions('explain', question, known);
  for (const name of ['action', 'uri', 'as'] as const)
    if (question[name] === undefined) throw new TypeError(`expected ${name} of explain, got nothing`);
  const { action, match = 'exact' } = question;
  if (match !== 'exact' && (action === 'call' || action === 'publish'))
    throw new TypeError(`expected match of explain to be 'exact' for ${action}, got '${match}'`);
}

/**
 * The realm of this name; without a name the only one.
 *
 * @param what - What is asked, for errors.
 * @throws TypeError if there is none.
 */
export function realmOf(realms: ReadonlyMap<Uri, ExplainedRealm>, name: Uri | undefined, what: string): ExplainedRealm {
  const [only, ...more] = realms.values();
  const realm = name === undefined && more.length === 0 ? only : realms.get(name ?? '');
  if (realm) return realm;
  const names = [...realms.keys()];
  const got = name === undefined ? 'nothing' : `'${name}'${nearest(name, names)}`;
  throw new TypeError(`expected realm of ${what} to be one of the router (${names.join(', ')}), got ${got}`);
}

/** Programs in the router's process may do more than others; only a session shows that it is one. */
const STRANGER = { authprovider: '' } as const;

type Decided = Pick<Explanation, 'allowed' | 'by' | 'authorizer' | 'rules' | 'shadowed' | 'nearRules'>;

interface Act {
  readonly action: Action;
  readonly uri: Uri;
  readonly match: Match;
}

function decide(
  { gate, bounds }: ExplainedRealm,
  { authid, authrole }: ExplainedUser,
  { action, uri, match }: Act,
  session?: Pick<LiveSession, 'authprovider'> | undefined,
): Decided {
  const nothing = { authorizer: null, rules: [], shadowed: [], nearRules: [] };
  if (bounds.uri(uri, match) !== undefined) return { ...nothing, allowed: false, by: 'uri' };
  const what = action === 'publish' ? 'topics' : 'procedures';
  const isMaking = action === 'publish' || action === 'register';
  if (isMaking && ownComplaint(uri, what, session ?? STRANGER) !== undefined) return { ...nothing, allowed: false, by: 'reserved' };
  const chosen = gate.explain(authrole, authid ?? '', action, uri, match);
  switch (chosen.by) {
    case 'open':
      return { ...nothing, allowed: true, by: 'open' };
    case 'rules': {
      const { verdict, deciding, others } = chosen.choice;
      return { ...nothing, allowed: verdict !== 'denied', by: 'rules', rules: deciding, shadowed: others };
    }
    case 'authorizer':
      return { ...nothing, allowed: null, by: 'authorizer', authorizer: chosen.authorizer };
    case 'authorize':
      return { ...nothing, allowed: null, by: 'authorize' };
    case 'no rule': {
      const rules = chosen.rules.map((rule) => ({ uri: rule.uri, match: rule.match ?? 'exact', sessions: 0, routers: 0 }));
      return { ...nothing, allowed: false, by: 'no rule', nearRules: nearMisses(uri, rules) };
    }
    case 'no role':
      return { ...nothing, allowed: false, by: chosen.by };
  }
}

type Ways = Pick<Explanation, 'found' | 'near'>;

/** Where it would go to. */
function waysOf(realm: ExplainedRealm, action: Action, uri: Uri, match: Match): Ways {
  const { registrations } = realm;
  switch (action) {
    case 'publish': {
      const all = subscribed(realm);
      const found = all.filter((each) => matches(each.uri, each.match, uri));
      return { found, near: found.length > 0 ? [] : nearMisses(uri, all) };
    }
    case 'call': {
      if (isRouters(realm, uri)) return { found: [], near: procedures.has(uri) ? [] : nearMisses(uri, ownProcedures) };
      const registration = registrations.find(uri);
      if (registration) return { found: [calledOf(registration)], near: [] };
      const others = MATCHES.flatMap((each) => [...registrations.values(each)].map(calledOf));
      return { found: [], near: nearMisses(uri, others) };
    }
    case 'subscribe':
      return { found: subscribed(realm).filter((each) => each.uri === uri && each.match === match), near: [] };
    case 'register': {
      const registration = registrations.lookup(uri, match);
      return { found: registration ? [calledOf(registration)] : [], near: [] };
    }
  }
}

const ownProcedures: readonly UsedPattern[] = [...procedures.keys()].map((uri) => ({
  uri,
  match: 'exact',
  sessions: 0,
  routers: 0,
}));

/** Whether the router answers a call, whatever is registered by patterns. Below `autostrada.` a program in its process may have registered more. */
function isRouters({ registrations }: ExplainedRealm, uri: Uri): boolean {
  return isOwn(uri) && (isReserved(uri) || registrations.lookup(uri, 'exact') === undefined);
}

/** What has subscribers, here or elsewhere. */
function subscribed({ subscriptions, elsewhere }: ExplainedRealm): readonly UsedPattern[] {
  const all = new Map<string, UsedPattern>();
  // A subscription with a history stays without subscribers.
  for (const each of MATCHES)
    for (const { uri, match, subscribers } of subscriptions.values(each))
      if (subscribers.size > 0) all.set(`${match} ${uri}`, { uri, match, sessions: subscribers.size, routers: 0 });
  for (const { uri, match, nodes } of elsewhere?.interest.values() ?? []) {
    const key = `${match} ${uri}`;
    all.set(key, { uri, match, sessions: all.get(key)?.sessions ?? 0, routers: nodes.size });
  }
  return [...all.values()];
}

function calledOf({ uri, match, callees }: DealerRegistration): UsedPattern {
  return { uri, match, sessions: callees.size, routers: 0 };
}

const MAX_NAME = 100;

type Known = ExplainedUser & { readonly session: LiveSession | undefined };

function whoIs({ users, sessions, gate, name }: ExplainedRealm, as: string): Known {
  const own = [...sessions].filter(({ authid }) => authid === as);
  const [session] = own;
  const authrole = users.get(as)?.authrole ?? session?.authrole;
  if (authrole !== undefined) return { authid: as, authrole, sessions: own.length, session };
  const alike = [...sessions].filter((each) => each.authrole === as);
  if (alike.length > 0 || gate.roles.includes(as)) return { authid: null, authrole: as, sessions: alike.length, session: alike[0] };
  if (gate.isOpen) return { authid: as, authrole: 'anonymous', sessions: 0, session: undefined };
  const names = new Set([...users.keys(), ...[...sessions].map(({ authid }) => authid), ...gate.roles]);
  const hint = similarTo(as, names);
  const roles = gate.roles.map((role) => oneLine(role)).join(', ');
  throw new TypeError(
    `expected a user, the authid of a session or an authrole of ${name} (${roles}), got '${oneLine(as, MAX_NAME)}'${hint}`,
  );
}

/** There may be thousands of names, and long ones: words that differ much are not searched. */
function similarTo(as: string, names: ReadonlySet<string>): string {
  if (as.length > MAX_NAME) return '';
  let best: { readonly name: string; readonly edits: number } | undefined;
  for (const name of names) {
    const edits = name.toLowerCase() === as.toLowerCase() ? 0 : difference(as, name);
    if (edits !== undefined && edits < (best?.edits ?? Number.POSITIVE_INFINITY)) best = { name, edits };
  }
  return best ? `; did you mean '${oneLine(best.name, MAX_NAME)}'?` : '';
}
