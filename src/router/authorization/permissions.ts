/*
 * The permissions of an authrole: the rules of the configuration. The most specific one that matches decides: an exact one, else the longest
 * prefix, wherever it ends (a call finds its procedure in another way), else a wildcard. If no rule matches, nothing is allowed. A refusal does not
 * show whether the URI exists.
 *
 * The router's own URIs (`wamp.session.kill`) are only allowed by rules whose URI begins with `wamp.`.
 */

import type { Uri } from '../../base/words.ts';
import { isUri, type Match } from '../../protocol/uri.ts';
import type { RateLimits } from '../limits/limits.ts';
import { covers, meets, PatternIndex } from '../patterns/pattern-index.ts';
import { namesOwn } from '../patterns/reserved.ts';

export type Action = 'call' | 'register' | 'publish' | 'subscribe';

export interface AuthroleConfig {
  /**
   * The most specific rule that matches decides: an exact one, else the longest prefix, wherever it ends, else a wildcard. Without a match it is denied.
   * A pattern of SUBSCRIBE or REGISTER must lie wholly within one rule, with no narrower rule inside it.
   */
  readonly permissions: readonly PermissionRule[] | 'all';
  /** A procedure of this realm that decides if no rule matches: `(session, uri, action, options)`. */
  readonly authorizer?: Uri | undefined;
  /** Sent with every call and event of such a session (WAMP "Call Trust Levels", "Publication Trust Levels"). 0 is the lowest. */
  readonly trustlevel?: number | undefined;
  /** How fast each session with this authrole may send. Default: as `limits` of the router say. */
  readonly limits?: RateLimits | undefined;
}

export interface PermissionRule {
  readonly uri: Uri;
  readonly match?: Match | undefined;
  readonly allow: readonly Action[] | 'all';
  /** Whether the other side learns who calls or publishes. `true`: always. `false`: never, and a request for it is refused. Default: as requested. */
  readonly disclose?: boolean | undefined;
}

/** How the rules of an authrole decide. */
export interface RuleChoice {
  /** Undefined: no rule matches. */
  readonly verdict: Permit | 'denied' | undefined;
  /** The rules that decide; several only for a pattern. `{authid}` is filled in. None with a verdict: rules decide differently about parts of a pattern. */
  readonly deciding: readonly PermissionRule[];
  /** Others that match, and do not count. */
  readonly others: readonly PermissionRule[];
}

/** The conditions of a permission. */
export interface Permit {
  /** Whether the other side learns who did it. Undefined: if that is requested. `false`: a request for it is refused. */
  readonly disclose: boolean | undefined;
}

/** A refusal, with the answer. */
export interface Refusal {
  readonly error: Uri;
  readonly text: string;
}

export type Verdict = Permit | Refusal;

/** The permit of an open realm. */
export const FREELY: Permit = { disclose: undefined };

/** The decision, or a promise of it. */
export function whenKnown<T, R>(value: T | Promise<T>, then: (known: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

/** Everything, including the router's own URIs. */
const ALL: readonly PermissionRule[] = ['', 'wamp.', 'autostrada.'].map((uri) => ({ uri, match: 'prefix', allow: 'all' }));

/** These concern only the caller's own session, and check the permission for the topic that they name. Any rule allows them. */
const HARMLESS: readonly Uri[] = ['wamp.session.add_testament', 'wamp.session.flush_testaments', 'wamp.subscription.get_events'];

/** Stands in a rule for the session's own authid. */
export const AUTHID = '{authid}';
/** For how many authids the expanded rules are cached. */
const MAX_READY = 1000;

/** The rules of one authrole. */
export class Permissions {
  readonly rules: readonly PermissionRule[];
  private readonly isPersonal: boolean;
  private readonly spend: ((units: number) => void) | undefined;
  /** By authid if a rule has `{authid}`, else one for all. */
  private readonly ready = new Map<string, { readonly own: RuleIndex; readonly others: RuleIndex }>();

  /** @param spend - Called with the cost of a lookup, in units. Default: not called. */
  constructor({ permissions }: Pick<AuthroleConfig, 'permissions'>, spend?: (units: number) => void) {
    this.spend = spend;
    this.rules = permissions === 'all' ? ALL : permissions;
    this.isPersonal = this.rules.some(({ uri }) => uri.includes(AUTHID));
  }

  /** Undefined: no rule matches. */
  decide(action: Action, uri: Uri, match: Match, authid: string): Permit | 'denied' | undefined {
    const { own, others } = this.rulesOf(this.isPersonal ? authid : '');
    const rules = namesOwn(uri, match)
      ? (own.find(uri, match) ?? (isLoose(action, uri) ? others.find(uri, match) : undefined))
      : others.find(uri, match);
    const [first] = rules ?? [];
    if (rules === undefined) return undefined;
    const isAllowed = rules.every(
      ({ allow, disclose }) => (allow === 'all' || allow.includes(action)) && disclose === first?.disclose,
    );
    return first && isAllowed ? { disclose: first.disclose } : 'denied';
  }

  /** How `decide` comes to its answer. */
  explain(action: Action, uri: Uri, match: Match, authid: string): RuleChoice {
    const { own, others } = this.rulesOf(this.isPersonal ? authid : '');
    const isOwnFirst = namesOwn(uri, match) && own.find(uri, match) !== undefined;
    const index = isOwnFirst || (namesOwn(uri, match) && !isLoose(action, uri)) ? own : others;
    const deciding = index.find(uri, match);
    const rules = index.meeting(uri, match);
    return {
      verdict: this.decide(action, uri, match, authid),
      deciding: deciding ?? [],
      others: rules.filter((rule) => !deciding?.includes(rule)),
    };
  }

  /** `own`: the rules that name the router's own URIs. */
  private rulesOf(authid: string): { readonly own: RuleIndex; readonly others: RuleIndex } {
    const known = this.ready.get(authid);
    if (known) return known;
    const [oldest] = this.ready.size >= MAX_READY ? this.ready.keys() : [];
    if (oldest !== undefined) this.ready.delete(oldest);
    // The authid must be a single component: `a.b` or the empty authid would match URIs of others.
    const isComponent = isUri(authid) && !authid.includes('.');
    const personal = (rule: PermissionRule): readonly PermissionRule[] => {
      if (!rule.uri.includes(AUTHID)) return [rule];
      return isComponent ? [{ ...rule, uri: rule.uri.split(AUTHID).join(authid) }] : [];
    };
    // Decided by the rule as written: an authid `wamp` must not make it a rule for the router's own URIs.
    const isNaming = ({ uri, match = 'exact' }: PermissionRule): boolean => namesOwn(uri, match);
    const own = new RuleIndex(this.rules.filter(isNaming).flatMap(personal), this.spend);
    const others = new RuleIndex(this.rules.filter((rule) => !isNaming(rule)).flatMap(personal), this.spend);
    const rules = { own, others };
    this.ready.set(authid, rules);
    return rules;
  }
}

/** Nobody can register or publish the router's own URIs anyway, and the answer says so. */
function isLoose(action: Action, uri: Uri): boolean {
  return action === 'register' || action === 'publish' || HARMLESS.includes(uri);
}

class RuleIndex {
  private readonly rules: readonly PermissionRule[];
  private readonly index: PatternIndex<PermissionRule>;

  constructor(rules: readonly PermissionRule[], spend: ((units: number) => void) | undefined) {
    this.rules = rules;
    this.index = new PatternIndex(spend);
    for (const rule of rules) this.index.set(rule.uri, rule.match ?? 'exact', rule);
  }

  /** All rules that match some of it. */
  meeting(uri: Uri, match: Match): readonly PermissionRule[] {
    return this.rules.filter((rule) => meets(rule.uri, rule.match ?? 'exact', uri, match));
  }

  /** The rules that decide. An empty list: rules decide differently about parts of the pattern. Undefined: no rule matches. */
  find(uri: Uri, match: Match): readonly PermissionRule[] | undefined {
    if (match === 'exact') {
      const rule = this.index.narrowest(uri);
      return rule && [rule];
    }
    const met = this.meeting(uri, match);
    if (met.length === 0) return undefined;
    const around = met.filter((rule) => covers(rule.uri, rule.match ?? 'exact', uri, match));
    // Of the surrounding prefixes the longest decides, of the wildcards the narrowest.
    const deciding = [innermost(around.filter(isPrefix)), innermost(around.filter((rule) => !isPrefix(rule)))].filter(
      (rule) => rule !== undefined,
    );
    // Any other overlapping rule is narrower in a part of it.
    return met.every((rule) => deciding.some((inner) => rule === inner || isAround(rule, inner))) ? deciding : [];
  }
}

function isPrefix({ match }: PermissionRule): boolean {
  return match === 'prefix';
}

function innermost(rules: readonly PermissionRule[]): PermissionRule | undefined {
  return rules.find((rule) => rules.every((other) => isAround(other, rule)));
}

function isAround(rule: PermissionRule, inner: PermissionRule): boolean {
  return covers(rule.uri, rule.match ?? 'exact', inner.uri, inner.match ?? 'exact');
}
