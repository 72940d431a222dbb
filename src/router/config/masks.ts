/* What tools do not show of payloads. */
import { isDict, show } from '../../base/checks.ts';
import type { Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { PatternIndex } from '../patterns/pattern-index.ts';
import { expectDict, expectPattern } from './expect.ts';

/** Payloads that tools do not show, or not whole. */
export interface MaskRule {
  /** The procedure or topic, or a pattern for it. */
  readonly uri: Uri;
  readonly match?: Match | undefined;
  /** Names whose values are not shown, at any depth of the payload. Upper and lower case, `-` and `_` make no difference. Absent: nothing of the payload is shown. */
  readonly keys?: readonly string[] | undefined;
}

/** What stands for a value that is not shown. */
export const MASKED = '***';

/** Names of secrets, without a rule: also at the end of longer names, such as `newPassword`. */
const SECRET = /(?:password|passwd|passphrase|secret|token|ticket|apikey|privatekey|authorization|cookie)$|^(?:otp|pin|cvc|iban)$/;

/** Of one payload: whether the value of a name is hidden. `all`: nothing is shown. */
export type Mask = 'all' | ((name: string) => boolean);

const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

export class Masks {
  private readonly rules = new PatternIndex<MaskRule>();

  constructor(rules: readonly MaskRule[]) {
    for (const rule of rules) this.rules.set(rule.uri, rule.match ?? 'exact', rule);
  }

  /** All rules that match count together. */
  of(uri: Uri): Mask {
    const rules = this.rules.matching(uri);
    if (rules.some(({ keys }) => keys === undefined)) return 'all';
    const keys = new Set(rules.flatMap((rule) => (rule.keys ?? []).map(plain)));
    return (name) => {
      const given = plain(name);
      return SECRET.test(given) || keys.has(given);
    };
  }
}

/** @throws TypeError that says what was expected and what came. */
export function checkMask(rule: MaskRule, path: string): void {
  expectDict(rule, path, ['uri', 'match', 'keys']);
  expectPattern(rule, path);
  const { keys } = rule;
  const isName = (each: unknown): boolean => typeof each === 'string' && each !== '';
  if (keys !== undefined && !(Array.isArray(keys) && keys.length > 0 && keys.every(isName)))
    throw new TypeError(
      `${path}.keys: expected a list of names, or none for the whole payload, got ${isDict(keys) ? 'an object' : show(keys)}`,
    );
}
