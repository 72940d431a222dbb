/*
 * What a call costs our router, and nexus and Crossbar.io, with the same client in one process: JSON over WebSocket, 64 calls in flight. Of each router the
 * kernel says what CPU time it took, with all of its threads and children. The two are got as for `npm run test:interop`.
 */
import { fileURLToPath } from 'node:url';
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { canMeasureOthers, cpuOf } from './processes.mjs';
import { median } from './statistics.mjs';

const OTHERS = ['nexus', 'Crossbar.io'];
const IN_FLIGHT = 64;

/** @param {{ rounds: number, routerMs: number, warmUpMs: number }} plan @returns A row a router; `whyNot` instead of numbers if there is none. */
export async function measureRouters({ rounds, routerMs, warmUpMs }) {
  const field = [await own(), ...(await others())];
  const present = field.filter(({ pid }) => pid !== undefined);
  const client = new Child('load.mjs');
  await client.next(10_000);
  const run = async (router, ms) => {
    const task = { url: router.url, realm: 'realm1', serializer: 'json', payload: 'hello', size: '64 B', inFlight: IN_FLIGHT, ms };
    const before = cpuOf(router.pid);
    const { value } = await client.ask(task, ms + 30_000);
    return { cpu: (cpuOf(router.pid) - before) / value.count, rate: (1000 * value.count) / value.ms };
  };
  try {
    for (const router of present) await run(router, warmUpMs);
    for (let round = 0; round < rounds; round++) {
      const first = round % present.length;
      for (const router of [...present.slice(first), ...present.slice(0, first)]) router.runs[round] = await run(router, routerMs);
      process.stderr.write('.');
    }
  } finally {
    process.stderr.write('\n');
    client.kill();
    for (const { stop } of present) stop();
  }
  const [us] = field;
  return field.map(({ name, version, whyNot, runs }) => {
    if (runs.length === 0) return { name, version, whyNot };
    const ratios = runs.map(({ cpu }, round) => us.runs[round].cpu / cpu);
    const of = (what) => median(runs.map((each) => each[what]));
    return {
      name,
      version,
      rate: of('rate'),
      cpu: of('cpu'),
      ratio: median(ratios),
      min: Math.min(...ratios),
      max: Math.max(...ratios),
    };
  });
}

async function own() {
  if (!canMeasureOthers) return { name: 'Autostrada', version: '', whyNot: 'there is no /proc here', runs: [] };
  const child = new Child('router.mjs', [ours, 'realm1']);
  const { url } = await child.next(10_000);
  return { name: 'Autostrada', version: 'this one', url, pid: child.pid, stop: () => child.kill(), runs: [] };
}

/** Installs them if they are not there yet. */
async function others() {
  const { runnerImport } = await import('vite'); // Node.js 20 reads no TypeScript
  const root = fileURLToPath(new URL('../interop/', import.meta.url));
  const { module } = await runnerImport(`${root}peers.ts`, { root, configFile: false, logLevel: 'error' });
  const found = [];
  for (const name of OTHERS) {
    const { version, get } = module.peers.find((peer) => peer.name === name);
    found.push({ name, version, runs: [], ...(canMeasureOthers ? await start(name, get) : { whyNot: 'there is no /proc here' }) });
  }
  return found;
}

async function start(name, get) {
  try {
    const start = get();
    if ('whyNot' in start) throw new Error(start.whyNot);
    const { urls, pid, stop } = await start();
    return { url: urls.websocket, pid, stop };
  } catch (error) {
    const whyNot = `${name} cannot be had here: ${error.message.trim().slice(-300)}`;
    process.stderr.write(`!!! NOT MEASURED: ${whyNot}\n`);
    return { whyNot };
  }
}
