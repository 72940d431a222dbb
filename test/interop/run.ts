/*
 * npm run test:interop: what is tried with each peer of peers.ts, one line a peer, compared with deviations.ts. `--only NAME` takes some, `--verbose`
 * tells every outcome, `--write` writes docs/interop.md. The last line is `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { tryAll } from './campaign.ts';
import { deviations } from './deviations.ts';
import { payloadsBeside } from './fidelity/beside.ts';
import { page } from './page.ts';
import { ourClient, peers } from './peers.ts';
import { judge } from './report.ts';

export async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { only: { type: 'string', multiple: true }, verbose: { type: 'boolean' }, write: { type: 'boolean' } },
  });
  const { only, verbose } = values;
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  const chosen = peers.filter(({ name }) => only?.includes(name) ?? true);
  for (const name of only ?? [])
    if (!peers.some((peer) => peer.name === name)) throw new Error(`there is no peer '${name}' in peers.ts`);
  const reports = await tryAll(chosen, ourClient);
  const verdicts = reports.map((report) => judge(report, deviations, process.env.CI === 'true'));
  let [passed, failed] = [0, 0];
  for (const verdict of verdicts) {
    const { peer, missing, outcomes } = verdict.report;
    if (verbose)
      for (const { scenario, way, ok, detail } of outcomes) say(`  ${ok ? 'ok  ' : 'FAIL'} ${scenario}, ${way} ${detail}`);
    if (missing)
      say(
        `!!! SKIPPED: ${peer.name}. ${missing.isSilent ? 'Its registry does not answer' : 'It cannot be had here'}: ${missing.whyNot}`,
      );
    say(
      `${peer.name} ${peer.version}: passed ${verdict.passed}, failed ${verdict.failures.length}, deviations ${verdict.deviations}`,
    );
    for (const failure of verdict.failures) say(`    ${failure}`);
    passed += verdict.passed;
    failed += verdict.failures.length;
  }
  if (values.write) {
    if (only || reports.some(({ missing }) => missing)) throw new Error('the page is written from a run with every peer');
    writeFileSync(path.join(import.meta.dirname, '../../docs/interop.md'), page(verdicts, deviations, payloadsBeside()));
  }
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
