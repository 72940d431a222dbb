/*
 * Clients of the campaign, in a process of their own: `talker` publishes, calls and leaves testaments, `listener` subscribes, answers and owns a procedure,
 * `racer` registers what its parent says. What they see is told to the parent, with times of this machine's monotonic clock.
 */
import { Connection, ConnectionLostError } from '../../dist/index.js';
import { addTestament } from '../../dist/meta.js';

const { role, urls, count } = JSON.parse(process.argv[2]);
const topics = ['cluster.news', 'cluster.room.red', 'cluster.room.green', 'cluster.prices'];
const now = () => Number(process.hrtime.bigint()) / 1e6;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let entries = [];
const tell = (entry) => {
  if (entries.push({ at: now(), ...entry }) === 1) setTimeout(flush, 10);
};
const flush = () => {
  process.send({ entries });
  entries = [];
};

/** The node that it tries first differs from one connection to the next. */
function connect(name, i) {
  const url = [...urls.slice(i % urls.length), ...urls.slice(0, i % urls.length)];
  const connection = new Connection({
    url,
    realm: 'realm1',
    retry: { minMs: 50, maxMs: 500 },
    liveness: { idleMs: 1500, timeoutMs: 2500 },
    joinTimeoutMs: 3000,
  });
  connection.on('error', () => {}); // what is lost is counted by the parent
  let id;
  connection.on('status', (status) => {
    if (id !== undefined) tell({ kind: 'down', client: name, session: id });
    id = status.state === 'joined' ? status.session.id : undefined;
    if (id !== undefined) tell({ kind: 'up', client: name, session: id, url: status.url });
  });
  connection.open().catch(() => {});
  return connection;
}

let isBusy = false;
let last = 0;

function outcomeOf(error) {
  return {
    error: error.uri ?? String(error),
    text: error.message,
    delivery: error instanceof ConnectionLostError ? error.delivery : undefined,
  };
}

async function follow(id, promise) {
  await promise.then(
    (value) => tell({ kind: 'settled', id, value }),
    (error) => tell({ kind: 'settled', id, ...outcomeOf(error) }),
  );
}

function talker(i) {
  const publisher = `pub${i}`;
  const publishing = connect(publisher, i);
  const caller = connect(`caller${i}`, i);
  let published = 0;
  const publish = (topic) => {
    const { session } = publishing;
    if (!session) return;
    const event = { publisher, from: session.id, n: ++published, topic };
    tell({ kind: 'sent', ...event });
    session.publish(topic, [publisher, session.id, event.n], null, { acknowledge: true }).then(
      () => tell({ kind: 'acknowledged', ...event }),
      () => {},
    );
  };
  let pending = 0;
  const call = (name) => {
    if (pending > 30) return;
    pending++;
    const id = `${i}.${++last}`;
    tell({ kind: 'called', id, name });
    const progress = [];
    const options = { retryOnLoss: 'never', ...(name === 'count' ? { onProgress: (value) => progress.push(value) } : {}) };
    void follow(id, caller.call(`cluster.${name}`, [id], null, options)).then(() => {
      pending--;
      if (progress.some((value, at) => value !== at)) tell({ kind: 'wrong', text: `count ${id} made progress by ${progress}` });
    });
  };
  setInterval(() => {
    if (!isBusy) return;
    publish(topics[Math.floor(Math.random() * topics.length)]);
    call(Math.random() < 0.05 ? 'count' : Math.random() < 0.4 ? 'single' : 'echo');
  }, 12);
  for (const k of [0, 1]) {
    const testator = connect(`testator${i}.${k}`, i);
    testator.on('open', (session) =>
      addTestament(session, 'cluster.will', [session.id]).then(
        () => tell({ kind: 'willed', session: session.id }),
        () => {},
      ),
    );
  }
  return { probe: () => publish('cluster.probe') };
}

function listener(i) {
  const subscriber = `sub${i}`;
  const connection = connect(subscriber, i);
  const session = () => connection.session?.id;
  const got =
    (topic) =>
    ([publisher, from, n]) =>
      tell({ kind: 'got', subscriber, session: session(), publisher, from, n, topic });
  const handles = [
    ...[...topics, 'cluster.probe'].map((topic) => connection.subscribe(topic, got(topic))),
    connection.subscribe('cluster.will', ([of]) => tell({ kind: 'will', subscriber, session: session(), of })),
    connection.subscribe('autostrada.realm.on_gap', () => tell({ kind: 'gap', subscriber, session: session() })),
  ];
  for (const handle of handles)
    handle.on('state', () => {
      if (handles.every(({ state }) => state === 'active')) tell({ kind: 'subscribed', subscriber, session: session() });
    });
  const callee = connect(`callee${i}`, i);
  const echo = async ([id]) => {
    tell({ kind: 'ran', id });
    await sleep(Math.random() * 20);
    return id;
  };
  const countUp = async ([id], _kwargs, details) => {
    tell({ kind: 'ran', id });
    for (let n = 0; n < 20; n++) {
      details.progress?.([n]);
      await sleep(50);
    }
    return id;
  };
  callee.register('cluster.echo', echo, { invoke: 'roundrobin' });
  callee.register('cluster.count', countUp, { invoke: 'random' });
  void own(i);
}

/** Tries to be the one owner, for some seconds at a time. */
async function own(i) {
  const connection = connect(`owner${i}`, i);
  for (let turn = 0; ; await sleep(20 + Math.random() * 80)) {
    const { session } = connection;
    if (!session) continue;
    const owner = `owner${i}.${++turn}`;
    const endpoint = ([id]) => {
      tell({ kind: 'invoked', owner });
      tell({ kind: 'ran', id });
      return id;
    };
    const registration = await session.register('cluster.single', endpoint).catch(() => undefined);
    if (!registration) continue;
    tell({ kind: 'registered', owner });
    const until = now() + 500 + Math.random() * 4000;
    while (connection.session === session && now() < until) await sleep(20);
    await registration.unregister().catch(() => {});
    tell({ kind: 'released', owner });
  }
}

async function racers() {
  const connections = Array.from({ length: count }, (_, i) => connect(`racer${i}`, i));
  const sessions = await Promise.all(connections.map((connection) => connection.open()));
  process.on('message', async ({ race, ask }) => {
    if (race) {
      const tries = await Promise.allSettled(sessions.map((session) => session.register(race, () => session.id)));
      const errors = tries.flatMap(({ reason }) =>
        reason && reason.uri !== 'wamp.error.procedure_already_exists' ? [String(reason)] : [],
      );
      process.send({ winners: sessions.filter((_, i) => tries[i].status === 'fulfilled').map(({ id }) => id), errors });
    }
    if (ask)
      process.send({
        answers: await Promise.all(sessions.slice(0, urls.length * 2).map((session) => session.call(ask).catch(String))),
      });
  });
  process.send({ ready: true });
}

process.on('disconnect', () => process.exit(0));
if (role === 'racer') {
  await racers();
} else {
  const all = Array.from({ length: count }, (_, i) => (role === 'talker' ? talker(i) : listener(i)));
  process.on('message', (message) => {
    isBusy = message.isBusy ?? isBusy;
    if (message.probe) for (const each of all) each?.probe();
  });
  process.send({ ready: true });
}
