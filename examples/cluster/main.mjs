/*
 * `npm run cluster`: nats-server, three routers, the services of the chess demo, and a desk that shows who is where and kills routers. Each is a process of its own, but for the
 * desk, which is a router in this process. `npm run cluster -- --port 9000` takes 9000 to 9003; 0: free ports.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ApplicationError, Connection, ticket } from 'autostrada';
import { serve } from 'autostrada/node';
import { freePorts, start, stopAll } from './processes.mjs';

const howToGetNats = `npm run cluster needs nats-server, and found it neither on the PATH nor in /usr/sbin, and no Docker that runs.
Install it by one of these, or set NATS_SERVER to its path:
  apt install nats-server        (Debian, Ubuntu)
  brew install nats-server       (macOS)
  https://github.com/nats-io/nats-server/releases`;

const { values } = parseArgs({ options: { port: { type: 'string', default: '8080' } } });
const wanted = Number(values.port);
if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65_532) {
  console.error(`npm run cluster: expected --port to be a port below 65533, got ${values.port}`);
  process.exit(1);
}

const names = ['A', 'B', 'C'];
const folder = mkdtempSync(path.join(os.tmpdir(), 'autostrada-cluster-'));
const [natsPort, ...free] = await freePorts(5);
const [deskPort, ...ports] = wanted === 0 ? free : [0, 1, 2, 3].map((i) => wanted + i);
const urls = ports.map((port) => `ws://127.0.0.1:${port}/ws`);
const secret = randomBytes(24).toString('base64url');
process.env.DESK_TICKET = randomBytes(24).toString('base64url');

/** `dead`, `starting`, `ready`, or `isolated`: it runs, and cannot reach the others. */
const nodes = new Map([...names, 'NATS'].map((name) => [name, { name, state: 'dead', sessions: [] }]));

let isStopping = false;
/** Never resolves: this process ends. */
async function stop(code) {
  if (isStopping) return new Promise(() => {});
  isStopping = true;
  await stopAll(nodes.get('NATS').program);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));

async function fail(text) {
  if (!isStopping) console.error(text);
  await stop(1);
}

// The desk.
const web = (given) => ({ ...given, also: { ...given.also, '/routers.json': path.join(folder, 'routers.json') } });
writeFileSync(path.join(folder, 'routers.json'), JSON.stringify(Object.fromEntries(names.map((name, i) => [name, urls[i]]))));
const desk = await serve(fileURLToPath(new URL('desk.json', import.meta.url)), {
  ports: ([port]) => [{ ...port, port: deskPort, web: web(port.web) }],
}).catch((error) => fail(`npm run cluster: ${error.message}`));
const deskUrl = `http://127.0.0.1:${deskPort}`;
const connection = new Connection({
  url: desk.router,
  realm: 'desk',
  auth: ticket({ authid: 'starter', ticket: process.env.DESK_TICKET }),
});

const tell = () =>
  connection.publish('cluster.state', [[...nodes.values()].map(({ program: _, ...rest }) => rest)], null, { retain: true });

function change(node, changes) {
  Object.assign(node, changes);
  tell();
}

const env = { NATS_URL: `nats://127.0.0.1:${natsPort}`, SERVICE_SECRET: secret, ROUTERS: urls.join() };

/** Resolves when it is ready, or has ended. */
function run(node) {
  const origins = `${deskUrl},http://localhost:${deskPort}`;
  const isNats = node.name === 'NATS';
  return new Promise((resolve) => {
    const onMessage = (message) => {
      if (message === 'missing') return void fail(howToGetNats);
      change(node, { state: 'ready', sessions: message.sessions ?? [] });
      resolve();
    };
    const onEnd = () => {
      change(node, { state: 'dead', sessions: [], program: undefined });
      resolve();
    };
    const program = isNats
      ? start('nats.mjs', { NATS_PORT: String(natsPort), NATS_FOLDER: path.join(folder, 'nats') }, { onMessage, onEnd })
      : start('router.mjs', { ...env, ORIGINS: origins, PORT: String(ports[names.indexOf(node.name)]) }, { onMessage, onEnd });
    change(node, { state: 'starting', program });
  });
}

function find(name) {
  const node = nodes.get(name);
  if (!node) throw new ApplicationError('cluster.error.no_such_node', [`Expected one of ${[...nodes.keys()].join(', ')}.`]);
  return node;
}

connection.register('cluster.kill', async ([name]) => {
  const { program } = find(name);
  if (name === 'NATS') await program?.stop();
  else program?.kill(); // SIGKILL, as when the machine loses its power
  await program?.ended;
});
connection.register('cluster.start', ([name]) => {
  const node = find(name);
  if (!node.program && !isStopping) void run(node);
});

/** As a load balancer would ask. */
async function watch(node, port) {
  for (;;) {
    await pause(500);
    if (node.state !== 'ready' && node.state !== 'isolated') continue;
    const { program } = node;
    const isReady = await fetch(`http://127.0.0.1:${port}/ops/readyz`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    const state = isReady ? 'ready' : 'isolated';
    if (node.program && node.program === program && node.state !== state) change(node, { state });
  }
}

/** The services begin at different routers. One that ends is started again. */
async function keep(name, i) {
  const ROUTERS = urls.map((_, k) => urls[(i + k) % urls.length]).join();
  const given = {
    ...env,
    ROUTERS,
    AUTOSTRADA_COMPONENT: `chess/${name}`,
    DEMO_DATA: folder,
    WAMP_REALM: 'chess',
    WAMP_URL: urls[i % 3],
  };
  for (; !isStopping; await pause(1000)) await start('service.mjs', given).ended;
}

await run(nodes.get('NATS'));
if (nodes.get('NATS').state === 'dead') await fail('npm run cluster: nats-server did not start');
await Promise.all(names.map((name) => run(nodes.get(name))));
for (const [i, name] of names.entries()) {
  if (nodes.get(name).state === 'dead') await fail(`npm run cluster: router ${name} did not start; is port ${ports[i]} taken?`);
  void watch(nodes.get(name), ports[i]);
}
for (const [i, name] of ['auth', 'chat', 'tournament', 'robot-1', 'robot-2'].entries()) void keep(name, i);

console.log(`Three routers at ${urls.join(', ')}, joined by NATS at port ${natsPort}`);
console.log(`Who is where: ${deskUrl}/ · Ctrl-C ends everything`);
