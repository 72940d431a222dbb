/*
 * The router's configuration: data only, so that a JSON file can hold all of it. Code is in `RouterHooks`. Checked once, here;
 * everything else uses `Settings`, in which all defaults are filled in.
 */

import { type Check, isDict, show } from '../../base/checks.ts';
import { type Clock, preciseNow, systemClock } from '../../base/clock.ts';
import { checkOptions, func, type Known } from '../../base/options.ts';
import type { Awaitable, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Authorize } from '../authorization/gate.ts';
import type { Action, AuthroleConfig, PermissionRule } from '../authorization/permissions.ts';
import type { Engine } from '../elsewhere/engine.ts';
import { Bounds } from '../limits/bounds.ts';
import { type RouterLimits, type SettledLimits, settleLimits } from '../limits/limits.ts';
import { checkRate } from '../limits/rate.ts';
import { isOwn } from '../patterns/reserved.ts';
import type { Recognized, User, UserConfig, UserQuery } from '../session/user.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Store } from '../store/store.ts';
import { guardedClock, guardedLog } from '../turns/guarded.ts';
import type { LogEntry } from '../turns/log.ts';
import { afterThisTurn, Turns } from '../turns/turns.ts';
import { type Attempt, atOnce } from './attempt.ts';
import { within } from './config-path.ts';
import { expectDict, expectFirst, expectPattern } from './expect.ts';
import { checkMask, type MaskRule, Masks } from './masks.ts';
import { checkKey } from './user-proofs.ts';
import { checkUsers } from './users.ts';

export interface RouterConfig {
  /** By name. `open`: every client may do everything, under any name; for development. Otherwise only what is written down is allowed. */
  readonly realms: { readonly [realm: string]: 'open' | RealmConfig };
  /** Of everything that clients send, and of what is kept for them. Each has a default. */
  readonly limits?: RouterLimits | undefined;
  /**
   * `true`: the request ids of a session must be 1, 2, 3 …, as WAMP "IDs" says; any other ends the session. Default `false`: any id is accepted that
   * is not in use, as Crossbar.io and nexus do. Set it to find clients that count wrongly.
   */
  readonly strictRequestIds?: boolean | undefined;
  /** In a cluster, `true`: a call of a procedure that callees share by `roundrobin` or `random` goes to one at the same router, if one is free. Default `false`: all take turns. */
  readonly preferLocal?: boolean | undefined;
}

export interface RealmConfig {
  /** The authrole of clients without credentials. Absent: they may not join. */
  readonly anonymous?: string | undefined;
  /** By name: what each may do. */
  readonly authroles: { readonly [authrole: string]: AuthroleConfig };
  /** By authid. */
  readonly users?: { readonly [authid: string]: UserConfig } | undefined;
  /** The seed of the router's own Ed25519 key, 64 hex digits, by which it proves its identity to clients that require it (WAMP-cryptosign). */
  readonly privateKey?: string | undefined;
  /** A procedure of this realm that looks up users who are not listed, as at Crossbar.io: `(realm, authid, details)`. */
  readonly authenticator?: Uri | undefined;
  /** Topics whose events are kept for `wamp.subscription.get_events` (WAMP "Event History"). Default: none. */
  readonly history?: readonly HistoryRule[] | undefined;
  /** What `autostrada tail`, the inspector and `router.inspect` do not show of payloads. Values of names such as `password` and `token` are never shown. Default: no others. */
  readonly masks?: readonly MaskRule[] | undefined;
}

export interface HistoryRule {
  /** The topic, or a pattern for topics. */
  readonly uri: Uri;
  readonly match?: Match | undefined;
  /** How many of the newest events are kept, for all matching topics together; fewer if they take more than `limits.maxHistoryBytes`. */
  readonly limit: number;
  /** How long an event is kept, in milliseconds. Default: until there are newer ones. */
  readonly maxAgeMs?: number | undefined;
}

export interface RouterHooks {
  /** Looks up a user that the configuration does not list. The result is checked like a listed user. */
  readonly findUser?: ((query: UserQuery) => Awaitable<User | undefined>) | undefined;
  /**
   * Recognizes a client without a challenge, by what its HTTP request carries (`query.transport.request`: cookies, headers) or by its certificate
   * (`query.transport.peerCertificate`). Called in every realm that is not open, for clients that offer no login, or `anonymous`, `cookie` or `http`. With
   * undefined, and for a client that claims another authid, the login goes on as if there were no hook.
   */
  readonly recognize?: ((query: UserQuery) => Awaitable<Recognized | undefined>) | undefined;
  /** Called if no permission rule matches and the authrole has no `authorizer`. Default: denied. Not called in open realms. */
  readonly authorize?: Authorize | undefined;
  /** Gets the log, one entry at a time. Default: warnings and errors go to the console. */
  readonly log?: ((entry: LogEntry) => void) | undefined;
  /** Keeps retained events and histories. Default: in memory, until the process ends. `openStore` of `autostrada/node` keeps them in files. */
  readonly store?: Store | undefined;
  /** Joins this router and others to one. `router.ready` tells when it is done. Default: the router is alone. */
  readonly cluster?: Engine | undefined;
  /** For tests. */
  readonly clock?: Clock | undefined;
}

/** One realm, with all defaults filled in. */
export interface RealmSettings {
  readonly name: string;
  readonly anonymous: string | undefined;
  /** Undefined: every authrole may do everything. */
  readonly authroles: ReadonlyMap<string, AuthroleConfig> | undefined;
  readonly users: ReadonlyMap<string, UserConfig>;
  readonly authenticator: Uri | undefined;
  readonly privateKey: string | undefined;
  readonly history: readonly (HistoryRule & { readonly match: Match })[];
  readonly masks: Masks;
}

/** The configuration with all defaults filled in. */
export interface Settings {
  readonly realms: readonly RealmSettings[];
  readonly limits: SettledLimits;
  readonly strictRequestIds: boolean;
  readonly preferLocal: boolean;
  readonly authorize: Authorize | undefined;
  readonly findUser: RouterHooks['findUser'];
  readonly store: Store;
  readonly engine: Engine | undefined;
  readonly recognize: RouterHooks['recognize'];
  readonly log: (entry: LogEntry) => void;
  /** Its timers may throw: that is logged. */
  readonly clock: Clock;
  readonly turns: Turns;
}

const isClock: Check = (value) =>
  isDict(value) && [value.now, value.setTimeout, value.clearTimeout].every((method) => typeof method === 'function')
    ? undefined
    : 'an object with now, setTimeout and clearTimeout';
const isStore: Check = (value) => (isDict(value) && typeof value.open === 'function' ? undefined : 'a store');
const isEngine: Check = (value) => (isDict(value) && typeof value.join === 'function' ? undefined : 'an engine');
const knownHooks: Known & { readonly [name in keyof Required<RouterHooks>]: Check } = {
  findUser: func,
  recognize: func,
  authorize: func,
  log: func,
  store: isStore,
  cluster: isEngine,
  clock: isClock,
};

/** Checks a configuration from a file: a `TypeError` names the path, what was expected and what came. The router's constructor does the same. */
export function parseConfig(json: unknown): RouterConfig {
  const config = json as RouterConfig;
  const { realms } = settle(config, {});
  if (realms.length === 0) throw new TypeError('config.realms: expected at least one realm, got {}');
  return config;
}

/**
 * @param attempt - Runs each of the checks that do not depend on each other. Default: the first fault is thrown.
 * @throws TypeError that names the path, what was expected and what came.
 */
export function settle(config: RouterConfig, hooks: RouterHooks, attempt: Attempt = atOnce): Settings {
  expectDict(config, 'config', ['realms', 'limits', 'strictRequestIds', 'preferLocal']);
  expectDict(config.realms, 'config.realms');
  const { strictRequestIds = false, preferLocal = false } = config;
  for (const [name, value] of Object.entries({ strictRequestIds, preferLocal }))
    if (typeof value !== 'boolean') throw new TypeError(`config.${name}: expected a boolean, got ${show(value)}`);
  checkOptions('Router hooks', hooks, knownHooks);
  const log = guardedLog(hooks.log);
  const clock = guardedClock(hooks.clock ?? systemClock, log);
  const limits = settleLimits(config.limits ?? {});
  const bounds = new Bounds(limits);
  const realms: RealmSettings[] = [];
  for (const [name, realm] of Object.entries(config.realms))
    attempt(() => void realms.push(settleRealm(name, realm, bounds, attempt)));
  return {
    realms,
    limits,
    strictRequestIds,
    preferLocal,
    authorize: hooks.authorize,
    findUser: hooks.findUser,
    store: hooks.store ?? hooks.cluster?.store ?? memoryStore(),
    engine: hooks.cluster,
    recognize: hooks.recognize,
    log,
    clock,
    turns: new Turns({ now: preciseNow(clock), later: afterThisTurn() }),
  };
}

function settleRealm(name: string, realm: 'open' | RealmConfig, bounds: Bounds, attempt: Attempt): RealmSettings {
  const complaint = bounds.uri(name);
  if (complaint !== undefined) throw new TypeError(`config.realms: ${complaint}`);
  if (realm === 'open')
    return {
      name,
      anonymous: 'anonymous',
      authroles: undefined,
      users: new Map(),
      authenticator: undefined,
      privateKey: undefined,
      history: [],
      masks: new Masks([]),
    };
  const path = within('config.realms', name);
  if (!isDict(realm)) throw new TypeError(`${path}: expected "open" or an object, got ${show(realm)}`);
  expectDict(realm, path, ['anonymous', 'authroles', 'users', 'privateKey', 'authenticator', 'history', 'masks']);
  expectDict(realm.authroles, `${path}.authroles`);
  const authroles = new Map(Object.entries(realm.authroles));
  for (const [authrole, role] of authroles) {
    attempt(() => checkName(authrole, `${path}.authroles`, bounds));
    attempt(() => checkAuthrole(role, within(`${path}.authroles`, authrole), bounds, attempt));
  }
  const { anonymous, authenticator, privateKey, history = [], masks = [] } = realm;
  const users = checkUsers(realm.users, new Set(authroles.keys()), `${path}.users`, attempt);
  for (const authid of users.keys()) attempt(() => checkName(authid, `${path}.users`, bounds));
  attempt(() => checkProcedure(authenticator, `${path}.authenticator`, bounds));
  attempt(() => {
    if (anonymous !== undefined && !authroles.has(anonymous))
      throw new TypeError(`${path}.anonymous: expected one of its authroles, got ${show(anonymous)}`);
  });
  attempt(() => {
    if (privateKey !== undefined) checkKey(privateKey, `${path}.privateKey`);
  });
  if (!Array.isArray(history)) throw new TypeError(`${path}.history: expected a list, got ${show(history)}`);
  const rules: RealmSettings['history'][number][] = [];
  for (const [i, given] of history.entries()) {
    attempt(() => {
      const settled = settleHistory(given, `${path}.history[${i}]`);
      expectFirst(settled, rules, `${path}.history[${i}]`);
      rules.push(settled);
    });
  }
  if (!Array.isArray(masks)) throw new TypeError(`${path}.masks: expected a list, got ${show(masks)}`);
  const masked: MaskRule[] = [];
  for (const [i, rule] of masks.entries())
    attempt(() => {
      checkMask(rule, `${path}.masks[${i}]`);
      expectFirst(rule, masked, `${path}.masks[${i}]`);
      masked.push(rule);
    });
  return { name, anonymous, authroles, users, authenticator, privateKey, history: rules, masks: new Masks(masked) };
}

/** A longer name could never be used: the limit applies to HELLO and to every principal. */
function checkName(name: string, path: string, bounds: Bounds): void {
  const complaint = bounds.text(name);
  if (complaint !== undefined) throw new TypeError(`${path}: ${complaint}`);
}

/** A procedure that the router calls: a session must be able to register it. */
function checkProcedure(uri: unknown, path: string, bounds: Bounds): void {
  if (uri === undefined) return;
  const complaint =
    bounds.uri(uri) ?? (isOwn(String(uri)) ? `expected a procedure that a client can register, got ${show(uri)}` : undefined);
  if (complaint !== undefined) throw new TypeError(`${path}: ${complaint}`);
}

function checkAuthrole(role: AuthroleConfig, path: string, bounds: Bounds, attempt: Attempt): void {
  expectDict(role, path, ['permissions', 'authorizer', 'trustlevel', 'limits']);
  const { permissions, trustlevel } = role;
  attempt(() => {
    if (trustlevel !== undefined && !(Number.isInteger(trustlevel) && trustlevel >= 0))
      throw new TypeError(`${path}.trustlevel: expected a non-negative integer, got ${show(trustlevel)}`);
  });
  attempt(() => checkProcedure(role.authorizer, `${path}.authorizer`, bounds));
  attempt(() => checkRate(role.limits, `${path}.limits`));
  if (permissions === 'all') return;
  if (!Array.isArray(permissions)) throw new TypeError(`${path}.permissions: expected "all" or a list, got ${show(permissions)}`);
  const seen = new Set<string>();
  for (const [i, rule] of permissions.entries()) {
    attempt(() => {
      const at = `${path}.permissions[${i}]`;
      checkPermission(rule, at);
      const key = `${rule.match ?? 'exact'} ${rule.uri}`;
      if (seen.has(key)) throw new TypeError(`${at}: expected one rule for each URI and match, got a second for ${show(rule.uri)}`);
      seen.add(key);
    });
  }
}

const actions: readonly unknown[] = ['call', 'register', 'publish', 'subscribe'] satisfies readonly Action[];

function checkPermission(rule: PermissionRule, path: string): void {
  expectDict(rule, path, ['uri', 'match', 'allow', 'disclose']);
  expectPattern(rule, path);
  const { allow, disclose } = rule;
  if (allow !== 'all' && !(Array.isArray(allow) && allow.every((action) => actions.includes(action))))
    throw new TypeError(`${path}.allow: expected "all" or a list of ${actions.join(', ')}, got ${show(allow)}`);
  if (disclose !== undefined && typeof disclose !== 'boolean')
    throw new TypeError(`${path}.disclose: expected a boolean, got ${show(disclose)}`);
}

function settleHistory(rule: HistoryRule, path: string): HistoryRule & { readonly match: Match } {
  expectDict(rule, path, ['uri', 'match', 'limit', 'maxAgeMs']);
  expectPattern(rule, path);
  if (!(Number.isInteger(rule.limit) && rule.limit > 0))
    throw new TypeError(`${path}.limit: expected a positive integer, got ${show(rule.limit)}`);
  if (rule.maxAgeMs !== undefined && !(Number.isInteger(rule.maxAgeMs) && rule.maxAgeMs > 0))
    throw new TypeError(`${path}.maxAgeMs: expected a positive integer (milliseconds), got ${show(rule.maxAgeMs)}`);
  return { ...rule, match: rule.match ?? 'exact' };
}
