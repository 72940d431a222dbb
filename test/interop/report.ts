/* Compares what happened with deviations.ts and counts. */
import type { Outcome, Report } from './campaign.ts';
import type { Deviation } from './deviations.ts';

export interface Verdict {
  readonly report: Report;
  readonly passed: number;
  /** Sentences: what failed unexpectedly, and what was expected to fail and did not. */
  readonly failures: readonly string[];
  readonly deviations: number;
}

export function judge(report: Report, table: readonly Deviation[], isCi: boolean): Verdict {
  const { peer, missing, outcomes } = report;
  if (missing) {
    const isRed = isCi && peer.required && !missing.isSilent;
    return { report, passed: 0, failures: isRed ? [`it is required and cannot be had: ${missing.whyNot}`] : [], deviations: 0 };
  }
  const own = table.filter((deviation) => deviation.peer === peer.name);
  const failures: string[] = [];
  let [passed, deviating] = [0, 0];
  for (const outcome of outcomes) {
    const isExpected = own.some((deviation) => covers(deviation, outcome)) || isOfCallee(table, outcome);
    if (outcome.ok && !isExpected) passed++;
    else if (!outcome.ok && isExpected) deviating++;
    else if (outcome.ok) failures.push(`${outcome.scenario}, ${outcome.way}: deviations.ts expects it to fail, and it does not`);
    else failures.push(`${outcome.scenario}, ${outcome.way}: ${outcome.detail}`);
  }
  for (const deviation of own) {
    const { scenarios, ways = [undefined] } = deviation;
    for (const scenario of scenarios) {
      for (const way of ways) {
        const isTried = outcomes.some((outcome) => outcome.scenario === scenario && (way === undefined || outcome.way === way));
        // Whom it calls, and who calls it, may be missing here.
        if (!isTried && !scenario.startsWith('calls ') && scenario !== 'calls' && scenario !== 'is called')
          failures.push(`${scenario}, ${way ?? 'any way'}: deviations.ts names it, and it is not tried`);
      }
    }
  }
  return { report, passed, failures, deviations: deviating };
}

function covers({ scenarios, ways }: Deviation, { scenario, way }: Outcome): boolean {
  const isNamed = scenarios.includes(scenario) || (scenario.startsWith('calls ') && scenarios.includes('calls'));
  return isNamed && (ways?.includes(way) ?? true);
}

/** Whoever calls this peer sees it. */
function isOfCallee(table: readonly Deviation[], { scenario }: Outcome): boolean {
  return table.some(({ peer, scenarios }) => scenario === `calls ${peer}` && scenarios.includes('is called'));
}
