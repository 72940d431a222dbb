/*
 * What an authrole may do: the rules of the configuration. The most specific one that matches decides: an exact one, else the longest
 * prefix, wherever it ends (a call finds its procedure otherwise), else a wildcard; where none matches, nothing is allowed. Nobody learns from
 * a refusal whether the URI exists.
 *
 * What is the router's own (`wamp.session.kill`) is only allowed by rules that name it: `wamp.` stands at the beginning of their URI.
 */
import { isUri, type Match } from '../../protocol/uri.ts';
import type { Uri } from '../../words.ts';
import { covers, meets, PatternIndex } from '../patterns/pattern-index.ts';
import { namesOwn } from '../patterns/reserved.ts';

export type Action = 'call' | 'register' | 'publish' | 'subscribe';

export interface AuthroleConfig {
  /**
   * The most specific rule that matches decides: an exact one, else the longest prefix, wherever it ends, else a wildcard; none: denied.
   * A pattern that someone subscribes to or registers must lie wholly within one rule, with no narrower rule inside it.
   */
  readonly permissions: readonly PermissionRule[] | 'all';
  /** A procedure of this realm that is asked where no rule matches: `(session, uri, action, options)`. */
  readonly authorizer?: Uri | undefined;
  /** Told with every call and event of such a session (WAMP "Call Trust Levels", "Publication Trust Levels"). 0 is the lowest. */
  readonly trustlevel?: number | undefined;
}

export interface PermissionRule {
  readonly uri: Uri;
  readonly match?: Match | undefined;
  readonly allow: readonly Action[] | 'all';
  /** Whether the other side learns who it is. `true`: always. `false`: never, and asking for it is refused. Default: as asked. */
  readonly disclose?: boolean | undefined;
}

/** What goes with leave to do something. */
export interface Permit {
  /** Whether the other side learns who did it. Undefined: if that is asked for. `false`: it may not even be asked for. */
  readonly disclose: boolean | undefined;
}

/** No, and what to answer. */
export interface Refusal {
  readonly error: Uri;
  readonly text: string;
}

export type Verdict = Permit | Refusal;

/** Of an open realm. */
export const FREELY: Permit = { disclose: undefined };

/** Now, or as soon as it is known. */
export function whenKnown<T, R>(value: T | Promise<T>, then: (known: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

/** Everything, with what is the router's own. */
const ALL: readonly PermissionRule[] = ['', 'wamp.', 'autostrada.'].map((uri) => ({ uri, match: 'prefix', allow: 'all' }));

/** What these do is about the caller's own session, and needs leave for the topic that they name. Any rule allows them. */
const HARMLESS: readonly Uri[] = ['wamp.session.add_testament', 'wamp.session.flush_testaments', 'wamp.subscription.get_events'];

/** Stands in a rule for the session's own authid. */
export const AUTHID = '{authid}';
/** For how many authids their own rules are kept ready. */
const MAX_READY = 1000;

/** The rules of one authrole. */
export class Permissions {
  private readonly rules: readonly PermissionRule[];
  private readonly isPersonal: boolean;
  private readonly spend: ((units: number) => void) | undefined;
  /** By authid where a rule speaks of it, else one for all. */
  private readonly ready = new Map<string, { readonly own: RuleIndex; readonly others: RuleIndex }>();

  /** @param spend - Is told of what a lookup costs, in units. Default: nobody is. */
  constructor({ permissions }: Pick<AuthroleConfig, 'permissions'>, spend?: (units: number) => void) {
    this.spend = spend;
    this.rules = permissions === 'all' ? ALL : permissions;
    this.isPersonal = this.rules.some(({ uri }) => uri.includes(AUTHID));
  }

  /** Undefined: no rule speaks of it. */
  decide(action: Action, uri: Uri, match: Match, authid: string): Permit | 'denied' | undefined {
    const { own, others } = this.rulesOf(this.isPersonal ? authid : '');
    // Nobody can register or publish there anyway, and is told so.
    const isLoose = action === 'register' || action === 'publish' || HARMLESS.includes(uri);
    const rules = namesOwn(uri, match)
      ? (own.find(uri, match) ?? (isLoose ? others.find(uri, match) : undefined))
      : others.find(uri, match);
    const [first] = rules ?? [];
    if (rules === undefined) return undefined;
    const isAllowed = rules.every(
      ({ allow, disclose }) => (allow === 'all' || allow.includes(action)) && disclose === first?.disclose,
    );
    return first && isAllowed ? { disclose: first.disclose } : 'denied';
  }

  /** `own`: what names the router's own URIs. */
  private rulesOf(authid: string): { readonly own: RuleIndex; readonly others: RuleIndex } {
    const known = this.ready.get(authid);
    if (known) return known;
    const [oldest] = this.ready.size >= MAX_READY ? this.ready.keys() : [];
    if (oldest !== undefined) this.ready.delete(oldest);
    // Only a single component can stand in for one: `a.b` or the empty authid would reach into what is others'.
    const isComponent = isUri(authid) && !authid.includes('.');
    const personal = (rule: PermissionRule): readonly PermissionRule[] => {
      if (!rule.uri.includes(AUTHID)) return [rule];
      return isComponent ? [{ ...rule, uri: rule.uri.split(AUTHID).join(authid) }] : [];
    };
    // By what is written: nobody names the router's own by an authid that is `wamp`.
    const isNaming = ({ uri, match = 'exact' }: PermissionRule): boolean => namesOwn(uri, match);
    const own = new RuleIndex(this.rules.filter(isNaming).flatMap(personal), this.spend);
    const others = new RuleIndex(this.rules.filter((rule) => !isNaming(rule)).flatMap(personal), this.spend);
    const rules = { own, others };
    this.ready.set(authid, rules);
    return rules;
  }
}

class RuleIndex {
  private readonly rules: readonly PermissionRule[];
  private readonly index: PatternIndex<PermissionRule>;

  constructor(rules: readonly PermissionRule[], spend: ((units: number) => void) | undefined) {
    this.rules = rules;
    this.index = new PatternIndex(spend);
    for (const rule of rules) this.index.set(rule.uri, rule.match ?? 'exact', rule);
  }

  /** The rules that decide. None: it is a pattern of which they decide differently. Undefined: none speaks of it. */
  find(uri: Uri, match: Match): readonly PermissionRule[] | undefined {
    if (match === 'exact') {
      const rule = this.index.best(uri, true);
      return rule && [rule];
    }
    const met = this.rules.filter((rule) => meets(rule.uri, rule.match ?? 'exact', uri, match));
    if (met.length === 0) return undefined;
    const around = met.filter((rule) => covers(rule.uri, rule.match ?? 'exact', uri, match));
    // Of the prefixes around it the longest decides, of the wildcards the one that the others cover.
    const deciding = [innermost(around.filter(isPrefix)), innermost(around.filter((rule) => !isPrefix(rule)))].filter(
      (rule) => rule !== undefined,
    );
    // Whatever else it meets is narrower somewhere.
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
