/*
 * What is tried on every platform: one JSON line a check, `{ check, ok, detail? }`, and `{ done: true }` at the end. It has no platform of its own: a host
 * (hosts/) says how to print, where the router is (router.mjs), and what else there is to try. `autostrada/node` and `autostrada/msgpackr` are
 * loaded where they are needed, since some platforms cannot. Names of checks stand in the table and in docs/guide/platforms.md.
 */
import { ApplicationError, Connection, drain, events, JoinError, json, Result, TransportError, ticket } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { cryptosign } from 'autostrada/cryptosign';
import { longPoll } from 'autostrada/longpoll';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { scram } from 'autostrada/scram';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { wampcra } from 'autostrada/wampcra';
import { logins } from './logins.mjs';

/** A check that takes longer has failed. What ought to fail at once has as long: a loaded machine is slow, `joinTimeoutMs` is longer. */
const LIMIT_MS = 20_000;
const JOIN_TIMEOUT_MS = 60_000;
const { setTimeout: realTimeout, clearTimeout: stopTimeout } = globalThis;

const serializers = { json, msgpack, cbor, msgpackr: async () => (await import('autostrada/msgpackr')).msgpackr() };
const auths = {
  ticket: (authid, secret) => ticket({ authid, ticket: secret }),
  wampcra: (authid, secret) => wampcra({ authid, secret }),
  scram: (authid, secret) => scram({ authid, password: secret }),
  cryptosign: (authid, privateKey) => cryptosign({ authid, privateKey }),
};

/**
 * @param host - `name`: unique among platforms that run at once. `urls`: `{ websocket, rawsocket, longpoll }`. `print`: takes one JSON line. `also`:
 * further checks, by name; they get the helpers that ours get.
 */
export async function run({ name, urls, print, also = {} }) {
  const opened = [];
  /** Closed after the check. */
  const connect = (options = {}) => {
    const connection = new Connection({ url: urls.websocket, realm: 'realm1', joinTimeoutMs: JOIN_TIMEOUT_MS, ...options });
    connection.on('error', () => {});
    opened.push(connection);
    return connection;
  };
  let count = 0;
  const uri = (what) => `com.platforms.${name}.${count}.${what}`;
  for (const [check, attempt] of Object.entries({ ...checksAt(urls), ...also })) {
    count++;
    let timer;
    const late = new Promise((_, reject) => {
      timer = realTimeout(() => reject(new Error(`it takes longer than ${LIMIT_MS} ms`)), LIMIT_MS);
    });
    try {
      await Promise.race([attempt({ connect, uri, equal, failure }), late]);
      await Promise.race([Promise.all(opened.map((connection) => connection.close())), late]);
      print(JSON.stringify({ check, ok: true }));
    } catch (error) {
      print(JSON.stringify({ check, ok: false, detail: `${error?.name}: ${error?.message}`.slice(0, 400) }));
      for (const connection of opened) void connection.close();
    }
    opened.length = 0;
    stopTimeout(timer);
  }
  print(JSON.stringify({ done: true }));
}

function checksAt(urls) {
  const checks = {};
  const rawSocketTo = async (url) => (await import('autostrada/node')).rawSocket(url);
  const targets = {
    websocket: () => urls.websocket,
    rawsocket: () => rawSocketTo(urls.rawsocket),
    longpoll: () => longPoll(urls.longpoll),
  };
  for (const [transport, target] of Object.entries(targets)) {
    for (const [serializer, make] of Object.entries(serializers)) {
      if (serializer === 'msgpackr' && transport !== 'websocket') continue;
      checks[`${transport} ${serializer}`] = async ({ connect, uri }) =>
        echoes(connect({ url: await target(), serializers: [await make()] }), uri('echo'));
    }
  }
  for (const [method, { authid, secret, wrong }] of Object.entries(logins)) {
    checks[`login ${method}`] = async ({ connect }) => {
      const session = await connect({ auth: auths[method](authid, secret) }).open();
      equal(session.authid, authid);
      const refused = await failure(connect({ auth: auths[method](authid, wrong), retry: false }).open());
      equal(refused instanceof JoinError, true);
    };
  }
  return Object.assign(checks, calls, streams, failures, routers, servers);
}

const calls = {
  async 'calls and errors'({ connect, uri }) {
    const [caller, callee] = [connect(), connect()];
    await callee.register(uri('add'), ([a, b], { c }) => new Result([a + b], { c })).ready;
    const { args, kwargs } = await caller.callResult(uri('add'), [2, 3], { c: '✓' });
    equal([args, kwargs], [[5], { c: '✓' }]);
    await callee.register(uri('fail'), () => {
      throw new ApplicationError('com.platforms.error', [1], { why: 'ü' });
    }).ready;
    const error = await failure(caller.call(uri('fail')));
    equal(
      [error instanceof ApplicationError, error.uri, error.args, error.kwargs],
      [true, 'com.platforms.error', [1], { why: 'ü' }],
    );
  },
  async progress({ connect, uri }) {
    const [caller, callee] = [connect(), connect()];
    await callee.register(uri('count'), (_, __, { sendProgress }) => {
      for (const i of [1, 2, 3]) sendProgress(i);
      return 4;
    }).ready;
    const seen = [];
    equal(await caller.call(uri('count'), [], null, { onProgress: (value) => seen.push(value) }), 4);
    equal(seen, [1, 2, 3]);
  },
  async 'cancel by signal, and timeoutMs'({ connect, uri }) {
    const [caller, callee] = [connect(), connect()];
    let stopped = 0;
    await callee.register(
      uri('never'),
      (_, __, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            stopped++;
            reject(new Error('stopped'));
          });
        }),
    ).ready;
    const controller = new AbortController();
    const call = failure(caller.call(uri('never'), [], null, { signal: controller.signal }));
    await caller.call('wamp.session.count'); // the call is at the router now
    controller.abort();
    equal((await call).name, 'AbortError');
    equal((await failure(caller.call(uri('never'), [], null, { timeoutMs: 50 }))).uri, 'wamp.error.timeout');
    while (stopped < 2) await callee.call('wamp.session.count');
  },
};

const streams = {
  async 'publish and subscribe'({ connect, uri }) {
    const [publisher, subscriber] = [connect(), connect()];
    const heard = new Promise((resolve) => {
      subscriber.subscribe(uri('news'), (args, kwargs) => resolve([args, kwargs]));
    });
    await subscriber.handles[0].ready;
    await publisher.publish(uri('news'), ['ü', 1], { k: [true, null] }, { acknowledge: true });
    equal(await heard, [['ü', 1], { k: [true, null] }]);
  },
  async 'events()'({ connect, uri }) {
    const [publisher, subscriber] = [connect(), connect()];
    const stream = events(subscriber, uri('news'));
    await stream.ready;
    for (const i of [1, 2, 3]) await publisher.publish(uri('news'), [i], null, { acknowledge: true });
    const seen = [];
    for await (const { args } of stream) {
      seen.push(args[0]);
      if (seen.length === 3) break;
    }
    equal(seen, [1, 2, 3]);
  },
  async 'reconnect, with what is durable'({ connect, uri }) {
    const [caller, callee] = [connect(), connect()];
    const heard = [];
    const registration = callee.register(uri('where'), () => callee.session.id);
    const subscription = callee.subscribe(uri('news'), ([news]) => heard.push(news));
    await Promise.all([registration.ready, subscription.ready]);
    const before = await caller.call(uri('where'));
    const isBack = new Promise((resolve) => {
      callee.on('open', resolve);
    });
    await caller.call('com.platforms.drop', [before]);
    await isBack;
    equal((await caller.call(uri('where'), [], null, { waitForCalleeMs: 10_000 })) !== before, true);
    await subscription.ready;
    await caller.publish(uri('news'), ['again'], null, { acknowledge: true });
    await callee.call('wamp.session.count');
    equal(heard, ['again']);
  },
  async drain({ connect, uri }) {
    const [caller, callee] = [connect(), connect()];
    let finish;
    const isCalled = new Promise((called) => {
      callee.register(uri('slow'), () => {
        called();
        return new Promise((resolve) => {
          finish = resolve;
        });
      });
    });
    await callee.handles[0].ready;
    const call = caller.call(uri('slow'));
    await isCalled;
    const draining = drain(callee);
    finish('done');
    equal(await call, 'done');
    equal([(await draining).interrupted, callee.status.state], [false, 'closed']);
  },
};

const failures = {
  async 'a closed port fails at once'({ connect }) {
    const error = await failure(connect({ url: 'ws://127.0.0.1:1/ws', retry: false }).open());
    equal(error instanceof TransportError, true);
  },
  async 'a WebSocket that fires error alone'({ connect }) {
    class ErrorOnly {
      readyState = 0;
      constructor() {
        void Promise.resolve().then(() => this.onerror?.({}));
      }
      close() {}
    }
    const error = await failure(connect({ environment: { WebSocket: ErrorOnly }, retry: false }).open());
    equal(error instanceof TransportError, true);
  },
  async 'an AbortSignal without a reason'({ connect }) {
    const signal = { aborted: true, addEventListener() {}, removeEventListener() {} };
    equal((await failure(connect().call('wamp.session.count', [], null, { signal }))).name, 'AbortError');
  },
};

const routers = {
  async 'a router in the program'({ connect, uri }) {
    const user = { authrole: 'user', ticket: 'secret' };
    const realm1 = { authroles: { user: { permissions: 'all' } }, users: { joe: user } };
    const router = new Router({ realms: { realm1 } }, { log: () => {} });
    await echoes(connect({ url: router, auth: ticket({ authid: 'joe', ticket: 'secret' }), serializers: [cbor()] }), uri('echo'));
    await router.close();
  },
  async 'a test router, and time that stands still'({ connect, uri }) {
    const clock = new ManualClock();
    await standsStill({ connect, uri }, clock);
  },
};

const servers = {};
for (const transport of ['websocket', 'rawsocket', 'longpoll']) {
  servers[`listen ${transport}`] = async ({ connect, uri }) => {
    const { listen, rawSocket } = await import('autostrada/node');
    const router = new Router({ realms: { realm1: 'open' } });
    const listener = await listen(router, { port: 0 });
    try {
      const url = {
        websocket: () => listener.url,
        rawsocket: () => rawSocket(listener.rawSocketUrl),
        longpoll: () => longPoll(listener.longPollUrl),
      };
      await echoes(connect({ url: url[transport](), serializers: [cbor()], retry: false }), uri('echo'));
    } finally {
      await listener.close();
      await router.close();
    }
  };
}

/** By a router in the program: nothing in it waits for a timer but those of the clock. */
export async function standsStill({ connect, uri }, clock) {
  const router = new TestRouter(undefined, { clock });
  const environment = { clock, random: () => 0.5 };
  const [caller, callee] = [connect({ url: router, environment }), connect({ url: router, environment })];
  await callee.register(uri('add'), ([a, b]) => a + b).ready;
  equal(await caller.call(uri('add'), [2, 3]), 5);
  router.cut();
  await clock.advance(5000);
  equal(await caller.call(uri('add'), [2, 3]), 5);
  const call = failure(caller.call(uri('never'), [], null, { waitForCalleeMs: 60_000 }));
  await clock.advance(61_000);
  equal((await call).uri, 'wamp.error.no_such_procedure');
  await Promise.all([caller.close(), callee.close()]);
  await router.close();
}

/** With the timers of a test runner: `timers` has `fake()`, `real()` and `advance(ms)`. */
export async function fakeTimers({ connect, uri }, timers) {
  timers.fake();
  try {
    await standsStill({ connect, uri }, new ManualClock());
    await echoes(connect({ serializers: [cbor()] }), uri('by_a_socket'));
    const router = new TestRouter();
    const connection = connect({ url: router });
    await connection.register(uri('never.answered'), () => new Promise(() => {})).ready;
    const call = failure(connection.call(uri('never.answered'), [], null, { timeoutMs: 60_000 }));
    await timers.advance(60_000);
    equal((await call).uri, 'wamp.error.timeout');
    await connection.close();
    await router.close();
  } finally {
    timers.real();
  }
}

const values = () => [
  null,
  true,
  -1,
  2 ** 40,
  0.5,
  'ü€😀',
  [[]],
  { a: { b: [1] } },
  new Uint8Array([0, 1, 254, 255]),
  new Uint8Array(70_000).fill(7),
];

async function echoes(connection, procedure) {
  await connection.register(procedure, (args, kwargs) => new Result(args, kwargs)).ready;
  const { args, kwargs } = await connection.callResult(procedure, values(), { bytes: new Uint8Array([1, 2]) });
  equal(args, values());
  equal(kwargs, { bytes: new Uint8Array([1, 2]) });
}

const failure = (promise) =>
  promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error) => error,
  );

/** Bytes are known by their constructor's name: a test runner may have classes of its own. */
function equal(seen, expected) {
  const plain = (value) => {
    if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${[...value].join(' ')}`;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, plain(value[key])]),
    );
  };
  const [a, b] = [seen, expected].map((value) => JSON.stringify(plain(value)));
  if (a !== b) throw new Error(`expected ${b.slice(0, 150)}, got ${String(a).slice(0, 150)}`);
}
