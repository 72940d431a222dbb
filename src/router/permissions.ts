/*
 * What an authrole may do: the rules of the configuration. The most specific one that matches decides, by WAMP's best-match order; where
 * none matches, nothing is allowed. Nobody learns from a refusal whether the URI exists.
 */
import type { Match } from '../protocol/uri.ts';
import type { Uri } from '../words.ts';
import type { Action, AuthroleConfig, PermissionRule } from './config.ts';
import { covers, meets, PatternIndex } from './pattern-index.ts';

/** What goes with leave to do something. */
export interface Permit {
  /** Whether the other side learns who did it. Undefined: if that is asked for. `false`: it may not even be asked for. */
  readonly disclose: boolean | undefined;
}

/** Of an open realm. */
export const FREELY: Permit = { disclose: undefined };

/** The rules of one authrole. */
export class Permissions {
  private readonly index = new PatternIndex<PermissionRule>();
  private readonly rules: readonly PermissionRule[];

  constructor({ permissions }: AuthroleConfig) {
    this.rules = permissions === 'all' ? [{ uri: '', match: 'prefix', allow: 'all' }] : permissions;
    for (const rule of this.rules) this.index.set(rule.uri, rule.match ?? 'exact', rule);
  }

  /** Undefined: no rule speaks of it. */
  decide(action: Action, uri: Uri, match: Match): Permit | 'denied' | undefined {
    const rule = match === 'exact' ? this.index.best(uri) : this.around(uri, match);
    if (typeof rule !== 'object') return rule;
    return rule.allow === 'all' || rule.allow.includes(action) ? { disclose: rule.disclose } : 'denied';
  }

  /** The one rule that decides for every URI that the pattern can match. */
  private around(uri: Uri, match: Match): PermissionRule | 'denied' | undefined {
    const met = this.rules.filter((rule) => meets(rule.uri, rule.match ?? 'exact', uri, match));
    if (met.length === 0) return undefined;
    const outer = met.filter((rule) => covers(rule.uri, rule.match ?? 'exact', uri, match));
    // Among those that cover it the most specific is the one that the others cover. Whatever else meets it is narrower somewhere.
    const inner = outer.find((rule) =>
      outer.every((other) => covers(other.uri, other.match ?? 'exact', rule.uri, rule.match ?? 'exact')),
    );
    return inner && met.every((rule) => rule === inner || isAround(rule, inner)) ? inner : 'denied';
  }
}

function isAround(rule: PermissionRule, inner: PermissionRule): boolean {
  return covers(rule.uri, rule.match ?? 'exact', inner.uri, inner.match ?? 'exact');
}
