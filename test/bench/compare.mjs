/* Two builds, in turn. The figure to look at is the ratio within one round. */
import { median } from './statistics.mjs';

/** Each task by both builds in each round, one after the other and the next time the other way round. */
export async function compare({ rounds, ms, warmUpMs }, contestants, tasks, measure) {
  const rows = [];
  for (const task of tasks) {
    const runs = { base: [], ours: [] };
    for (const name of Object.keys(runs)) await measure(contestants[name], task, warmUpMs);
    for (let round = 0; round < rounds; round++) {
      for (const name of round % 2 ? ['ours', 'base'] : ['base', 'ours'])
        runs[name].push(await measure(contestants[name], task, ms));
    }
    const ratios = runs.ours.map((own, round) => own / runs.base[round]);
    const row = { ...task, base: median(runs.base), ours: median(runs.ours), ratio: median(ratios) };
    rows.push({ ...row, min: Math.min(...ratios), max: Math.max(...ratios) });
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return rows;
}
