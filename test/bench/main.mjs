/*
 * npm run bench: calls per second and fan-out, ours beside autobahn and wampy on the same router, and beside a bare relay.
 * How and why: docs/benchmarks.md.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { BASE_COMMIT, ours } from './base.mjs';
import { measureBroadcast } from './broadcast.mjs';
import { measureCarry } from './carry.mjs';
import { Child, endAll, killAll } from './child.mjs';
import { measureClient } from './client-costs.mjs';
import { measureCodecs } from './codecs.mjs';
import { contestants } from './contestants/contestant.mjs';
import { measureCrowds } from './crowds.mjs';
import { measureFairness } from './fairness.mjs';
import { measureImports } from './imports.mjs';
import { measurePatterns } from './patterns.mjs';
import { broadcastTable, carryTable, clientTable, codecTable, fairnessTable, patternTable, rowTable, table } from './report.mjs';
import { rowsOf } from './rows.mjs';
import { summarize } from './statistics.mjs';

const usage = `Usage: npm run bench -- [options]

  --only PART                 rpc, fanout, broadcast, patterns, codecs, fairness, crowds, heap, imports, carry or client; the last two only where they are named
  --base DIR                  carry, client: a checkout with a build to compare with, in place of one that is made of ${BASE_COMMIT}
  --quick                     a few seconds: does it run at all? The numbers mean little
  --json FILE                 all results as one JSON document as well, with the figures that we want to reach ("rows")
`;

/** After this no new round begins; what is there is shown. */
const DEADLINE_MS = 480_000;

const full = {
  broadcasts: [100, 1000],
  seconds: 30,
  sessions: 10_000,
  callRate: 6000,
  callMs: 10_000,
  heapCalls: 1_000_000,
  imports: 15,
  rounds: 7,
  ms: 400,
  warmUpMs: 800,
  subscribers: [100, 1000],
  patterns: [10, 1000, 100_000],
  bursts: 5,
};
const quick = {
  broadcasts: [100],
  seconds: 1,
  sessions: 200,
  callRate: 200,
  callMs: 500,
  heapCalls: 10_000,
  imports: 1,
  rounds: 2,
  ms: 60,
  warmUpMs: 60,
  subscribers: [100],
  patterns: [10, 1000],
  bursts: 1,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    base: { type: 'string' },
    quick: { type: 'boolean' },
    json: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const isBad =
  values.only !== undefined &&
  !['rpc', 'fanout', 'broadcast', 'patterns', 'codecs', 'carry', 'client', 'fairness', 'crowds', 'heap', 'imports'].includes(
    values.only,
  );
if (isBad || values.help) {
  process.stdout.write(usage);
  process.exit(isBad ? 2 : 0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
process.on('exit', killAll);

const plan = values.quick ? quick : full;
const started = performance.now();
process.exitCode = await main().catch((error) => {
  process.stderr.write(`the bench failed: ${error.message}\n`);
  return 1;
});
await endAll();

async function main() {
  if (!existsSync(new URL('../../dist/index.js', import.meta.url))) {
    process.stderr.write('There is no dist/ yet: npm run build\n');
    return 1;
  }
  const does = (part) => (values.only ?? part) === part;
  const experiments = [...(does('rpc') ? [1, 64, 512].map(rpc) : []), ...(does('fanout') ? plan.subscribers.map(fanout) : [])];
  const field = experiments.length > 0 ? await enter() : [];
  for (const experiment of experiments) experiment.rows = await run(experiment, field);

  if (does('broadcast')) say('1,000 subscribers\n');
  const broadcast = does('broadcast') ? await measureBroadcast(plan) : undefined;

  if (does('patterns')) say('Patterns that do not match\n');
  const patterns = does('patterns') ? await measurePatterns(plan, plan.patterns) : undefined;

  if (does('codecs')) say('MessagePack, ours and msgpackr\n');
  const codecs = does('codecs') ? measureCodecs(plan) : undefined;

  if (values.only === 'carry') say('Payloads, before and now\n');
  const carry = values.only === 'carry' ? await measureCarry(plan, values.base) : undefined;
  if (does('fairness')) say('Fairness\n');
  if (values.only === 'client') say('The client, before and now\n');
  const client = values.only === 'client' ? await measureClient(plan, values.base) : undefined;
  const fairness = does('fairness') ? await measureFairness(plan) : undefined;

  if (does('crowds')) say('Many sessions\n');
  const crowds = does('crowds') ? await measureCrowds(plan) : undefined;
  if (does('heap')) say(`${plan.heapCalls.toLocaleString('en-US')} calls\n`);
  const heap = does('heap') ? await measureHeap() : undefined;
  if (does('imports')) say('Imports\n');
  const imports = does('imports') ? measureImports(plan) : undefined;

  const about = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    load: loadavg()[0],
    seconds: (performance.now() - started) / 1000,
    rounds: plan.rounds,
    msPerRun: plan.ms,
  };
  const results = experiments.map(({ task, title, options, rows }) => ({ experiment: task, title, ...options, rows }));
  const all = { results, broadcast, patterns, codecs, carry, client, fairness, crowds, imports, heap };
  const rows = rowsOf(all);
  if (values.json)
    writeFileSync(values.json, `${JSON.stringify({ node: about.node, cpu: about.cpu, rows, about, ...all }, null, 2)}\n`);
  process.stdout.write(`\nNode.js ${about.node}, ${about.cpu}, load ${about.load.toFixed(1)}, ${about.date}\n`);
  process.stdout.write(`${about.rounds} interleaved runs of ${about.msPerRun} ms each; ${about.seconds.toFixed(0)} s in all\n\n`);
  for (const { title, rows, unit } of experiments) process.stdout.write(`${table(title, rows, unit)}\n`);
  if (broadcast) process.stdout.write(`${broadcastTable(broadcast)}\n`);
  if (patterns) process.stdout.write(`${patternTable(patterns)}\n`);
  if (codecs) process.stdout.write(`${codecTable(codecs)}\n`);
  if (carry) process.stdout.write(`${carryTable('Payloads from frame to frame, in process', 'message', carry.codec)}\n`);
  if (carry) process.stdout.write(`${carryTable("The router's process for a call", 'call', carry.calls)}\n`);
  if (client) process.stdout.write(`${clientTable(client)}\n`);
  if (fairness) process.stdout.write(`${fairnessTable(fairness)}\n`);
  process.stdout.write(`${rowTable(rows)}\n`);
  const ours = experiments.flatMap(({ rows }) => rows).filter(({ name }) => contestants[name].file === 'autostrada.mjs');
  return ours.some(({ failure }) => failure) ? 1 : 0;
}

/** How much of the heap stays after many calls. */
async function measureHeap() {
  const child = new Child('heap.mjs');
  await child.next(10_000);
  const { value } = await child.ask({ count: plan.heapCalls }, 300_000);
  return { calls: plan.heapCalls, bytes: value };
}

/** @param {number} inFlight */
function rpc(inFlight) {
  const title = `RPC, ${inFlight} ${inFlight === 1 ? 'call' : 'calls'} in flight`;
  return { task: 'rpc', prepare: 'prepareRpc', title, unit: 'call', options: { inFlight } };
}

/** @param {number} subscribers */
function fanout(subscribers) {
  const title = `Fan-out, 1 → ${subscribers.toLocaleString('en-US')} subscribers`;
  return { task: 'fanout', prepare: 'prepareFanout', title, unit: 'event', options: { subscribers, window: 8 } };
}

/** Starts the servers, and each contestant in a process of its own. One who does not come up is shown as failed. */
async function enter() {
  const names = Object.keys(contestants);
  const router = new Child('router.mjs', [ours, ...names]);
  const relay = new Child('relay.mjs');
  const [{ url: routerUrl }, { url: relayUrl }] = await Promise.all([router.next(10_000), relay.next(10_000)]);
  const field = [];
  for (const name of names) {
    const server = name === 'relay' ? relay : name === 'memory' ? undefined : router;
    const child = new Child('client.mjs', [name, name === 'relay' ? relayUrl : routerUrl]);
    const entry = { name, child, server, failure: undefined };
    await attempt(entry, () => child.next(10_000));
    field.push(entry);
  }
  return field;
}

/** All rounds of one experiment: A, B, C, relay, then B, C, relay, A and so on, so that nobody has the quiet moments alone. */
async function run({ task, prepare, title, options }, field) {
  const runs = new Map(field.map(({ name }) => [name, []]));
  const measure = async (entry, ms) => {
    const before = (await entry.server?.ask({}))?.cpu;
    const { value } = await entry.child.ask({ task, ms, ...options }, ms + 15_000);
    const after = (await entry.server?.ask({}))?.cpu;
    return { ...value, serverCpu: before === undefined ? undefined : after - before };
  };
  say(title);
  for (const entry of field) {
    await attempt(entry, async () => {
      if (task === 'fanout' || !entry.isServing) await entry.child.ask({ task: prepare, ...options }, 30_000);
      entry.isServing = true;
      await measure(entry, plan.warmUpMs);
    });
  }
  for (let round = 0; round < plan.rounds && performance.now() - started < DEADLINE_MS; round++) {
    const first = round % field.length;
    for (const entry of [...field.slice(first), ...field.slice(0, first)]) {
      await attempt(entry, async () => runs.get(entry.name).push(await measure(entry, plan.ms)));
    }
    say('.');
  }
  say('\n');
  return field.map(({ name, failure }) => {
    const own = runs.get(name);
    const summary = own.length > 0 ? summarize(own, runs.get('relay')) : undefined;
    return { name, title: contestants[name].title, summary, failure };
  });
}

/** Who has failed once takes no further part. */
async function attempt(entry, step) {
  if (entry.failure) return;
  try {
    await step();
  } catch (error) {
    entry.failure = error.message;
    entry.child.kill();
  }
}

function say(text) {
  process.stderr.write(text);
}
