/*
 * The scenarios (../../scenarios.ts) for clients in JavaScript. A client's program gives `connect`, which makes a session in our words, so that
 * no scenario knows the client. `Absent` says that a client does not have something.
 */
import { isDeepStrictEqual } from 'node:util';

export const task = JSON.parse(process.argv[2]);
export const secrets = {
  ticket: { authid: 'joe', secret: 'secret1' },
  wampcra: { authid: 'peter', secret: 'secret2' },
  'wampcra salted': { authid: 'petra', secret: 'secret2' },
  scram: { authid: 'carol', secret: 'secret3' },
  'scram argon2id': { authid: 'dave@example.com', secret: 'secret4' },
  cryptosign: {
    authid: 'client01',
    secret: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    publicKey: '03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8',
  },
};

export class Absent extends Error {}
export const absent = (what) => {
  throw new Absent(`it has no ${what}`);
};

/** An error with a URI, args and kwargs, in our words. Adapters turn theirs into it, and it into theirs. */
export class Failure extends Error {
  constructor(uri, args = [], kwargs = {}) {
    super(uri);
    Object.assign(this, { uri, args, kwargs });
  }
}

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const soon = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function plain(value) {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  return value && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
    : value;
}

function expect(got, wanted, what = 'got') {
  const [is, wants] = [plain(got), plain(wanted)];
  if (!isDeepStrictEqual(is, wants)) throw new Error(`${what} ${JSON.stringify(is)}, not ${JSON.stringify(wants)}`);
}

async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Absent || !('uri' in error)) throw error;
    return { uri: error.uri, args: error.args ?? [], kwargs: error.kwargs ?? {} };
  }
  throw new Error('it did not fail');
}

async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(`${what} after ${ms} ms`)), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `heard` has as many entries, and a little longer for those that should not be. */
async function settle(heard, count) {
  for (let i = 0; i < 100 && heard.length < count; i++) await soon(10);
  await soon(50);
}

const slowly = () => new Promise((resolve) => setTimeout(() => resolve({ args: [], kwargs: {} }), 1500));
const echo = (args, kwargs) => ({ args, kwargs });
const values = [42, 'ü', 1.5, true, null, [1, 'x'], { a: 1 }];
const uri = (name) => `com.interop.${task.name}.${task.mode}.${name}`;

export const scenarios = {
  async join({ one }) {
    expect(Number.isSafeInteger(one.id) && one.id > 0, true, 'a session id');
    await one.leave();
  },
  async call({ one, two }) {
    await one.register(uri('echo'), echo);
    expect(await two.call(uri('echo'), values, { k: 'v', n: { m: [1] } }), { args: values, kwargs: { k: 'v', n: { m: [1] } } });
    expect(await two.call(uri('echo'), ['alone'], {}), { args: ['alone'], kwargs: {} });
  },
  async error({ one, two }) {
    await one.register(uri('fail'), () => Promise.reject(new Failure('com.interop.failed', ['why', 7], { code: 5 })));
    expect(await failure(two.call(uri('fail'), [], {})), { uri: 'com.interop.failed', args: ['why', 7], kwargs: { code: 5 } });
  },
  async 'no procedure'({ one }) {
    expect((await failure(one.call(uri('nobody'), [], {}))).uri, 'wamp.error.no_such_procedure');
  },
  async unregister({ one, two }) {
    const registration = await one.register(uri('gone'), echo);
    await two.call(uri('gone'), [], {});
    await registration.unregister();
    expect((await failure(two.call(uri('gone'), [], {}))).uri, 'wamp.error.no_such_procedure');
  },
  async progress({ one, two }) {
    await one.register(uri('count'), async ([to], _, { progress }) => {
      for (let i = 1; i < to; i++) await progress([i]);
      return { args: [to], kwargs: {} };
    });
    const heard = [];
    const result = await two.call(uri('count'), [3], {}, { onProgress: (args) => heard.push(args) });
    expect([heard, result.args], [[[1], [2]], [3]]);
  },
  async cancel({ one, two }) {
    let begin;
    const begun = new Promise((resolve) => (begin = resolve));
    await one.register(uri('slow'), () => {
      begin();
      return slowly();
    });
    expect((await failure(two.call(uri('slow'), [], {}, { cancelWhen: begun }))).uri, 'wamp.error.canceled');
    await goesOn(two);
  },
  async timeout({ one, two }) {
    await one.register(uri('slower'), slowly);
    expect((await failure(two.call(uri('slower'), [], {}, { timeoutMs: 100 }))).uri, 'wamp.error.timeout');
    await goesOn(two);
  },
  async events({ one, two }) {
    const heard = [];
    await one.subscribe(uri('news'), (args, kwargs) => heard.push([args, kwargs]));
    await two.publish(uri('news'), values, { k: 1 });
    await settle(heard, 1);
    expect(heard, [[values, { k: 1 }]]);
  },
  async unsubscribe({ one, two }) {
    const heard = [];
    const subscription = await one.subscribe(uri('paper'), (args) => heard.push(args));
    await two.publish(uri('paper'), [1], {});
    await settle(heard, 1);
    await subscription.unsubscribe();
    await two.publish(uri('paper'), [2], {});
    await settle(heard, 2);
    expect(heard, [[1]]);
  },
  async 'own events'({ one }) {
    const heard = [];
    await one.subscribe(uri('own'), (args) => heard.push(args));
    await one.publish(uri('own'), [1], {});
    await one.publish(uri('own'), [2], {}, { excludeMe: false });
    await settle(heard, 1);
    expect(heard, [[2]]);
  },
  prefix: (sessions) => byPattern(sessions, 'prefix', 'tree.', 'tree.leaf.green'),
  wildcard: (sessions) => byPattern(sessions, 'wildcard', 'wild..end', 'wild.any.end'),
  async 'pattern procedure'({ one, two }) {
    await one.register(uri('shop.'), (_args, _kwargs, { procedure }) => ({ args: [procedure], kwargs: {} }), { match: 'prefix' });
    expect((await two.call(uri('shop.buy'), [], {})).args, [uri('shop.buy')]);
  },
  exclude: (sessions) => chosen(sessions, (one) => ({ exclude: [one.id] }), 'two'),
  eligible: (sessions) => chosen(sessions, (one) => ({ eligible: [one.id] }), 'one'),
  async caller({ one, two }) {
    await one.register(uri('who'), (_args, _kwargs, { caller }) => ({ args: [caller ?? null], kwargs: {} }));
    expect((await two.call(uri('who'), [], {}, { disclose: true })).args, [two.id]);
  },
  async publisher({ one, two }) {
    const heard = [];
    await one.subscribe(uri('signed'), (_args, _kwargs, { publisher }) => heard.push(publisher ?? null));
    await two.publish(uri('signed'), [], {}, { disclose: true });
    await settle(heard, 1);
    expect(heard, [two.id]);
  },
  async shared({ one, two, three }) {
    await one.register(uri('shared'), () => ({ args: ['one'], kwargs: {} }), { invoke: 'roundrobin' });
    await two.register(uri('shared'), () => ({ args: ['two'], kwargs: {} }), { invoke: 'roundrobin' });
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push((await three.call(uri('shared'), [], {})).args[0]);
    expect(answers, ['one', 'two', 'one', 'two']);
  },
  binary: (sessions) => back(sessions, 'bytes', [Uint8Array.of(0, 1, 127, 128, 255)]),
  integers: (sessions) =>
    back(sessions, 'integers', [0, -1, 255, 256, -129, 65536, 2 ** 31, -(2 ** 31) - 1, 2 ** 40, 2 ** 53, -(2 ** 53)]),
  unicode: (sessions) => back(sessions, 'texts', ['ü', '日本語', '𝄞 😀', '"\\\u0000\u001f', '']),
};

/** The session is there: it gets an answer. */
async function goesOn(session) {
  expect((await failure(session.call(uri('nobody'), [], {}))).uri, 'wamp.error.no_such_procedure');
}

async function byPattern({ one, two }, match, pattern, topic) {
  const heard = [];
  await one.subscribe(uri(pattern), (args, _kwargs, details) => heard.push([args, details.topic]), { match });
  await two.publish(uri(topic), [1], {});
  await two.publish(uri('elsewhere'), [2], {});
  await settle(heard, 1);
  expect(heard, [[[1], uri(topic)]]);
}

async function chosen({ one, two, three }, options, who) {
  const heard = [];
  const topic = uri(`for.${who}`);
  await one.subscribe(topic, () => heard.push('one'));
  await two.subscribe(topic, () => heard.push('two'));
  await three.publish(topic, [], {}, options(one));
  await settle(heard, 1);
  expect(heard, [who]);
}

async function back({ one, two }, name, args) {
  await one.register(uri(name), echo);
  expect((await two.call(uri(name), args, {})).args, args);
}

/** One scenario, with sessions of its own that are opened when it asks for them. */
async function tell(scenario, ms, body) {
  try {
    await within(ms, body(), 'no end');
    print({ scenario, ok: true, detail: '' });
  } catch (error) {
    print({ scenario, ok: false, detail: error instanceof Error ? error.message : `${error?.uri ?? error}` });
  }
}

async function runScenarios(connect) {
  for (const [name, scenario] of Object.entries(scenarios)) {
    const sessions = [];
    await tell(name, 6000, async () => {
      for (let i = 0; i < 3; i++) sessions.push(await connect());
      const [one, two, three] = sessions;
      await scenario({ one, two, three });
    });
    for (const session of sessions) await within(1000, session.leave(), 'no goodbye').catch(() => {});
  }
}

/** @param connect - `(login?) => session`; for `restart` it is called again by `again` after each loss, or comes back by itself. */
export async function main({ connect, restart }) {
  process.on('unhandledRejection', (error) => process.stderr.write(`unhandled: ${error?.stack ?? error}\n`));
  if (task.mode === 'scenarios') await runScenarios(connect);
  if (task.mode === 'logins') {
    for (const login of task.logins) {
      await tell(`login ${login}`, 6000, async () => {
        const session = await connect(login);
        expect(session.authid, secrets[login].authid, 'authid');
        await goesOn(session);
        await session.leave();
        await refused(connect, login);
      });
    }
  }
  if (task.mode === 'serve') {
    const session = await connect();
    await session.register(`com.interop.${task.name}.echo`, echo);
    print({ ready: true });
    return;
  }
  if (task.mode === 'call') {
    const session = await connect();
    for (const other of task.others) {
      await tell(`calls ${other}`, 6000, async () => {
        const result = await session.call(`com.interop.${other}.echo`, values, { k: 'ü', n: 1 });
        expect(result, { args: values, kwargs: { k: 'ü', n: 1 } });
      });
    }
  }
  if (task.mode === 'restart') {
    await tell(task.restart, 20_000, async () => {
      const { back } = await restart(uri('back'));
      print({ ready: true });
      expect(await back, 'back');
    });
  }
  process.exit(0);
}

/** With another secret it is not let in. */
async function refused(connect, login) {
  let session;
  try {
    session = await within(3000, connect(login, { isWrong: true }), 'no answer');
  } catch (error) {
    if (/no answer/.test(error.message)) throw error;
    return;
  }
  await session.leave();
  throw new Error('a wrong secret was let in');
}
