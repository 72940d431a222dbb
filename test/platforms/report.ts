/* Compares what happened with the table, in both directions, and counts. */
import type { Missing } from '../interop/peer.ts';
import { checkNames } from './names.ts';
import type { Outcome, Platform } from './platform.ts';

export interface Verdict {
  readonly platform: Platform;
  readonly missing: Missing | undefined;
  readonly passed: number;
  /** Sentences: what failed unexpectedly, what was expected to fail and did not, what was not tried. */
  readonly failures: readonly string[];
  readonly cannot: number;
}

export const isLimited = ({ cannot }: Pick<Platform, 'cannot'>, check: string): boolean =>
  cannot.some(({ checks }) => checks.some((name) => check === name || check.startsWith(`${name} `)));

export function judge(platform: Platform, outcomes: readonly Outcome[] | Missing, isCi: boolean): Verdict {
  if ('whyNot' in outcomes) {
    const isRed = isCi && platform.required && !outcomes.isSilent;
    const failures = isRed ? [`it is required and cannot be had: ${outcomes.whyNot}`] : [];
    return { platform, missing: outcomes, passed: 0, failures, cannot: 0 };
  }
  const failures: string[] = [];
  let [passed, cannot] = [0, 0];
  const expected = [...checkNames, ...platform.also];
  for (const { check, ok, detail } of outcomes) {
    const limited = isLimited(platform, check);
    if (!expected.includes(check)) failures.push(`${check}: names.ts does not have it`);
    else if (ok && !limited) passed++;
    else if (!ok && limited) cannot++;
    else failures.push(ok ? `${check}: the table says that it cannot, and it can` : `${check}: ${detail}`);
  }
  const untried = expected.filter((check) => !outcomes.some((outcome) => outcome.check === check));
  if (untried.length > 0) failures.push(`not tried: ${untried.join('; ')}`);
  for (const { checks } of platform.cannot)
    for (const name of checks) {
      if (!expected.some((check) => isLimited({ cannot: [{ checks: [name], reason: '' }] }, check)))
        failures.push(`${name}: the table names it, and there is no such check`);
    }
  return { platform, missing: undefined, passed, failures, cannot };
}
