/*
 * npm run bench: what calls, events and sessions cost, ours beside autobahn and wampy on the same router, beside other routers, and beside a bare relay.
 * How and why: docs/benchmarks.md.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { aboutThis } from './about.mjs';
import { BASE_COMMIT, ours } from './base.mjs';
import { measureBinary } from './binary.mjs';
import { measureBroadcast } from './broadcast.mjs';
import { measureCarry } from './carry.mjs';
import { Child, endAll, killAll } from './child.mjs';
import { measureClient } from './client-costs.mjs';
import { measureCluster } from './cluster.mjs';
import { measureCodecs } from './codecs.mjs';
import { contestants } from './contestants/contestant.mjs';
import { measureCrowds } from './crowds.mjs';
import { measureFairness } from './fairness.mjs';
import { measureImports } from './imports.mjs';
import { measureInspector } from './inspector.mjs';
import { measurePatterns } from './patterns.mjs';
import { tablesOf } from './report.mjs';
import { measureRouters } from './routers.mjs';
import { rowsOf } from './rows.mjs';
import { measureScale } from './scale.mjs';
import { summarize } from './statistics.mjs';
import { measureWatching } from './watching.mjs';

/** Beside `rpc` and `fanout`, in this order: what is said while it runs, and how it is measured. The last five run only where they are named. */
const parts = {
  broadcast: ['1,000 subscribers', measureBroadcast],
  crowds: ['Many sessions', measureCrowds],
  routers: ['Other routers', measureRouters],
  binary: ['1 KB with binary data', measureBinary],
  scale: ['More subscribers, more procedures', measureScale],
  patterns: ['Patterns that do not match', measurePatterns],
  codecs: ['MessagePack, ours and msgpackr', measureCodecs],
  fairness: ['Fairness', measureFairness],
  heap: ['A million calls', measureHeap],
  imports: ['Imports', measureImports],
  carry: ['Payloads, before and now', measureCarry],
  client: ['The client, before and now', measureClient],
  cluster: ['Nodes of a cluster', measureCluster],
  watching: ['Somebody watches', measureWatching],
  inspector: ['The page of the inspector', measureInspector],
};
const onlyNamed = ['carry', 'client', 'cluster', 'watching', 'inspector'];

const usage = `Usage: npm run bench -- [options]

  --only PART                 rpc, fanout, ${Object.keys(parts).join(', ')}; the last five only where they are named
  --base DIR                  carry, client: a checkout with a build to compare with, instead of one that is made of ${BASE_COMMIT};
                              watching: one to compare with
  --quick                     a minute: does it run at all? The numbers mean little
  --json FILE                 all results as one JSON document as well, with the figures that we want to reach ("rows")
`;

/** After this no new round of calls and fan-out begins; what is there is shown. */
const DEADLINE_MS = 600_000;

const full = {
  rounds: 7,
  ms: 400,
  warmUpMs: 800,
  inFlight: [1, 64, 512],
  subscribers: [100, 1000],
  broadcasts: [100, 1000],
  seconds: 30,
  sessions: 10_000,
  callRate: 6000,
  callMs: 10_000,
  routerMs: 1500,
  recipients: [10, 100, 1000, 10_000],
  procedures: [1, 100, 10_000],
  patterns: [10, 1000, 100_000],
  bursts: 5,
  heapCalls: 1_000_000,
  imports: 15,
};
const quick = {
  rounds: 2,
  ms: 60,
  warmUpMs: 60,
  inFlight: [1, 64, 512],
  subscribers: [100, 1000],
  broadcasts: [100, 1000],
  seconds: 1,
  sessions: 200,
  callRate: 200,
  callMs: 500,
  routerMs: 200,
  recipients: [10, 100],
  procedures: [1, 100],
  patterns: [10, 1000],
  bursts: 1,
  heapCalls: 10_000,
  imports: 1,
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
const isBad = values.only !== undefined && !['rpc', 'fanout', ...Object.keys(parts)].includes(values.only);
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
  const does = (part) => (values.only ? values.only === part : !onlyNamed.includes(part));
  const experiments = [...(does('rpc') ? plan.inFlight.map(rpc) : []), ...(does('fanout') ? plan.subscribers.map(fanout) : [])];
  const field = experiments.length > 0 ? await enter() : [];
  for (const experiment of experiments) experiment.rows = await run(experiment, field);
  for (const { child, server } of field) {
    child.kill();
    server?.kill();
  }

  const measured = {};
  const failures = {};
  for (const [part, [title, measure]] of Object.entries(parts).filter(([name]) => does(name))) {
    say(`${title}\n`);
    try {
      measured[part] = await measure(plan, values.base);
    } catch (error) {
      failures[part] = `it failed: ${error.message}`;
      process.stderr.write(`${part}: ${failures[part]}\n`);
    }
  }

  const results = experiments.map(({ task, title, unit, options, rows }) => ({ experiment: task, title, unit, ...options, rows }));
  const rows = rowsOf({ results, failures, ...measured });
  const about = aboutThis(plan, values.quick === true, (performance.now() - started) / 1000);
  const all = { node: about.node, cpu: about.cpu, rows, about, results, ...measured };
  if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
  process.stdout.write(`\nNode.js ${about.node}, ${about.cpu}, load ${about.load.toFixed(1)}, ${about.date}\n`);
  process.stdout.write(`${about.rounds} interleaved runs of ${about.msPerRun} ms each; ${about.seconds.toFixed(0)} s in all\n\n`);
  process.stdout.write(`${Object.values(tablesOf(all)).join('\n')}\n`);
  const own = results.flatMap(({ rows }) => rows).filter(({ name }) => contestants[name].file === 'autostrada.mjs');
  return own.some(({ failure }) => failure) || Object.keys(failures).length > 0 ? 1 : 0;
}

/** How much of the heap stays after many calls. */
async function measureHeap({ heapCalls }) {
  const child = new Child('heap.mjs');
  await child.next(10_000);
  const { value } = await child.ask({ count: heapCalls }, 300_000);
  child.kill();
  return { calls: heapCalls, bytes: value };
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
