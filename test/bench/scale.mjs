/*
 * What an event costs the router with more subscribers, and a call with more procedures: codec and index, no sockets. Each size has a process of its own, and they
 * take turns. The figure is the ratio to the smallest size of the same round.
 */
import { Child } from './child.mjs';
import { median } from './statistics.mjs';

/** @param {{ rounds: number, ms: number, warmUpMs: number, recipients: number[], procedures: number[] }} plan */
export async function measureScale({ recipients, procedures, ...plan }) {
  return { events: await measure('events', recipients, plan), calls: await measure('calls', procedures, plan) };
}

async function measure(what, sizes, { rounds, ms, warmUpMs }) {
  const fields = [];
  for (const size of sizes) {
    const child = new Child('scale-work.mjs', [what, String(size)]);
    await child.next(60_000);
    await child.ask({ ms: warmUpMs }, 60_000);
    fields.push({ size, child, costs: [] });
  }
  for (let round = 0; round < rounds; round++) {
    const first = round % fields.length;
    for (const { child, costs } of [...fields.slice(first), ...fields.slice(0, first)])
      costs[round] = (await child.ask({ ms }, 60_000)).value;
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  for (const { child } of fields) child.kill();
  const [smallest] = fields;
  return fields.map(({ size, costs }) => ({
    size,
    micros: median(costs),
    min: Math.min(...costs),
    max: Math.max(...costs),
    ratio: median(costs.map((cost, round) => cost / smallest.costs[round])),
  }));
}
