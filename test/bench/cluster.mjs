/*
 * What it costs that two sessions are at different nodes of a cluster: beside one router, two processes joined by unix sockets, and two joined by NATS. And one publication to many
 * subscribers that are spread over 1, 2 and 4 processes of one machine.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { Line, textFrame } from './line.mjs';
import { median } from './statistics.mjs';

const EXPERIMENTS = [
  { task: 'call', inFlight: 1, title: '1 call in flight' },
  { task: 'call', inFlight: 64, title: '64 calls in flight' },
  { task: 'event', inFlight: 64, title: 'events, 1 → 1, 64 in flight' },
  { task: 'register', inFlight: 1, title: 'REGISTER and UNREGISTER, one after the other' },
];
const PROCESSES = [1, 2, 4];

/** @param {{ rounds: number, ms: number, warmUpMs: number, sessions: number }} plan */
export async function measureCluster({ rounds, ms, warmUpMs, sessions }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-bench-'));
  const server = await startNats(folder);
  const load = new Child('pair-load.mjs');
  await load.next(10_000);
  const field = [
    { name: 'one process', nodes: await nodes(['alone']) },
    { name: 'two processes (--processes)', nodes: await nodes(['hub', 'local'], path.join(folder, 'pair.sock')) },
    ...(server.url ? [{ name: `two processes, NATS ${server.version}`, nodes: await nodes(['nats', 'nats'], server.url) }] : []),
  ];
  const pairs = [];
  try {
    for (const { title, ...experiment } of EXPERIMENTS) {
      const runs = new Map(field.map(({ name }) => [name, []]));
      for (const each of field) await run(load, each, experiment, warmUpMs);
      for (let round = 0; round < rounds; round++) {
        const first = round % field.length;
        for (const each of [...field.slice(first), ...field.slice(0, first)])
          runs.get(each.name).push(await run(load, each, experiment, ms));
        process.stderr.write('.');
      }
      for (const { name } of field) pairs.push({ title, name, ...summary(runs.get(name)) });
    }
    load.kill();
    for (const { nodes: all } of field) for (const { child } of all) child.kill();
    const spread = [];
    for (const count of PROCESSES) spread.push(await measureSpread(count, sessions, path.join(folder, `${count}.sock`)));
    process.stderr.write('\n');
    return { pairs, spread, whyNoNats: server.whyNot };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Callee and subscriber at the first node, caller and publisher at the last one. */
async function run(load, { nodes: all }, experiment, ms) {
  const before = await cpu(all);
  const [one, other] = [all[0].url, all.at(-1).url];
  const { value } = await load.ask({ one, other, ...experiment, ms }, ms + 30_000);
  const after = await cpu(all);
  const each = after.map((used, i) => (used - before[i]) / value.count);
  return {
    rate: (1000 * value.count) / value.ms,
    ms: (experiment.inFlight * value.ms) / value.count,
    first: each[0],
    last: each.length > 1 ? each[1] : 0,
  };
}

function summary(runs) {
  const of = (what) => median(runs.map((each) => each[what]));
  return { rate: of('rate'), ms: of('ms'), first: of('first'), last: of('last') };
}

async function cpu(all) {
  const used = [];
  for (const { child } of all) used.push((await child.ask({})).cpu);
  return used;
}

/** One after the other: the first one may have the hub. */
async function nodes(kinds, where = '') {
  const all = [];
  for (const kind of kinds) {
    const child = new Child('node.mjs', [ours, kind, where]);
    const { url } = await child.next(30_000);
    all.push({ child, url });
  }
  return all;
}

/** One publication a second to so many subscribers at so many processes. Times in milliseconds, CPU in microseconds. */
async function measureSpread(count, subscribers, socket) {
  const kinds = count === 1 ? ['alone'] : ['hub', ...Array.from({ length: count - 1 }, () => 'local')];
  const all = await nodes(kinds, socket);
  const sinks = [];
  for (const { url } of all) {
    const child = new Child('sinks.mjs', [new URL(url).port, String(Math.floor(subscribers / count))]);
    sinks.push(child);
    await child.next(120_000);
  }
  const publisher = await Line.join(Number(new URL(all[0].url).port));
  publisher.socket.on('data', () => {});
  await publish(publisher, 2); // warm
  for (const each of sinks) await each.ask({ task: 'begin' });
  const before = await cpu(all);
  const wanted = (await publish(publisher, 5)) * Math.floor(subscribers / count) * count;
  let said;
  for (let wait = 0; wait < 100; wait++) {
    said = [];
    for (const each of sinks) said.push((await each.ask({ task: 'say' })).value);
    if (sum(said.map(({ events }) => events)) >= wanted) break;
    await pause(100);
  }
  const events = sum(said.map((each) => each.events));
  const used = (await cpu(all)).map((after, i) => after - before[i]);
  publisher.socket.destroy();
  for (const child of [...sinks, ...all.map((each) => each.child)]) child.kill();
  process.stderr.write('.');
  return {
    processes: count,
    subscribers,
    delivered: events / wanted,
    p99: Math.max(...said.map(({ p99 }) => p99)) / 1000,
    max: Math.max(...said.map(({ max }) => max)) / 1000,
    cpu: sum(used) / events,
    busiest: (Math.max(...used) * 100) / sum(used),
  };
}

async function publish(publisher, count) {
  for (let i = 0; i < count; i++) {
    const time = String(process.hrtime.bigint() / 1000n).padStart(16, '0');
    publisher.socket.write(textFrame(JSON.stringify([16, i + 1, {}, 'com.example.talk', [`${time}${'x'.repeat(14)}`]])));
    await pause(1000);
  }
  return count;
}

const sum = (values) => values.reduce((total, each) => total + each, 0);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** The first one of NATS_SERVER, or that of the machine. */
async function startNats(folder) {
  const program = process.env.NATS_SERVER?.split(path.delimiter).at(-1) ?? 'nats-server';
  const env = { ...process.env, PATH: `${process.env.PATH}${path.delimiter}/usr/sbin` };
  let version;
  try {
    version = /\d+\.\d+\.\d+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8', env }))?.[0];
  } catch {
    process.stderr.write('!!! NOT MEASURED: NATS. There is no nats-server here.\n');
    return { whyNot: 'there is no nats-server here', stop: () => {} };
  }
  const port = await freePort();
  const child = spawn(program, ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', path.join(folder, 'nats')], {
    stdio: 'ignore',
    env,
  });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  await pause(1000);
  return { url: `nats://127.0.0.1:${port}`, version, stop };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
