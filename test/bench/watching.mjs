/*
 * What it costs the router that somebody watches, or could: CPU per call, JSON over WebSocket, 64 calls in flight, by processes in alternating rounds. With `--base` the router of an
 * older build is beside them.
 */
import { pathToFileURL } from 'node:url';
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { canMeasureOthers, cpuOf } from './processes.mjs';
import { median } from './statistics.mjs';

const IN_FLIGHT = 64;

/**
 * @param {{ rounds: number, routerMs: number, warmUpMs: number }} plan
 * @param {string | undefined} base - A checkout with a build.
 */
export async function measureWatching({ rounds, routerMs, warmUpMs }, base) {
  if (!canMeasureOthers) throw new Error('there is no /proc here');
  const before = base && pathToFileURL(`${base}/dist/`).href;
  const field = [
    { title: 'nobody watches', args: [ours, 'nobody'] },
    ...(before ? [{ title: 'the older build', args: [before, 'nobody'] }] : []),
    { title: 'another session is watched', args: [ours, 'another'] },
    { title: 'everything is watched', args: [ours, 'all'] },
  ];
  for (const each of field) {
    each.runs = [];
    each.router = new Child('watched-router.mjs', each.args);
    each.url = (await each.router.next(10_000)).url;
  }
  const client = new Child('load.mjs');
  await client.next(10_000);
  const run = async ({ url, router }, ms) => {
    const task = { url, realm: 'realm1', serializer: 'json', payload: 'hello', size: '64 B', inFlight: IN_FLIGHT, ms };
    const begun = cpuOf(router.pid);
    const { value } = await client.ask(task, ms + 30_000);
    return (cpuOf(router.pid) - begun) / value.count;
  };
  try {
    for (const each of field) await run(each, warmUpMs);
    for (let round = 0; round < rounds; round++) {
      const first = round % field.length;
      for (const each of [...field.slice(first), ...field.slice(0, first)]) each.runs[round] = await run(each, routerMs);
      process.stderr.write('.');
    }
  } finally {
    process.stderr.write('\n');
    for (const child of [client, ...field.map(({ router }) => router)]) child.kill();
  }
  const [alone] = field;
  return field.map(({ title, runs }) => {
    const ratios = runs.map((cpu, round) => cpu / alone.runs[round]);
    return { title, cpu: median(runs), ratio: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
  });
}
