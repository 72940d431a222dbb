/* What `router.inspect` shows of a few hundred random calls and publications agrees with what the clients got. */
import { ApplicationError, Connection, type ConnectionOptions, json, WampError } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { type Conversation, Router } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';
import { watching } from './watching.ts';

const SEED = Number(process.env.SEED ?? 1);
const COUNT = Number(process.env.COUNT ?? 400);

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Got {
  readonly state: 'done' | 'failed';
  /** Any of these. */
  readonly errors: readonly (string | null)[];
  readonly progress: number;
}

const router = () => {
  const permissions = [
    { uri: 'com.', match: 'prefix', allow: 'all' },
    { uri: 'org.', match: 'prefix', allow: ['subscribe', 'register'] },
  ] as const;
  const opened = new Router({ realms: { shop: { authroles: { user: { permissions } } } } }, { log: () => {} });
  onTestFinished(() => opened.close());
  return opened;
};

async function joined(host: Router, authid: string, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = new Connection({ url: host.as({ authid, authrole: 'user' }), realm: 'shop', retry: false, ...options });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}

async function offer(callee: Connection, index: number): Promise<void> {
  const shared = { invoke: 'random' } as const;
  const offers = [
    callee.register('com.sum', ([, a = 0]: readonly number[]) => Number(a) + 1, shared),
    callee.register('com.error', () => Promise.reject(new ApplicationError('com.error.full', ['no room'])), shared),
    callee.register(
      'com.hang',
      (_args, _kwargs, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new ApplicationError('wamp.error.canceled')))),
      shared,
    ),
    callee.register(
      'com.busy',
      () => (index === 0 ? Promise.reject(new ApplicationError('wamp.error.unavailable')) : index),
      shared,
    ),
    callee.register(
      'com.count',
      function* ([, to = 0]: readonly number[]) {
        for (let i = 0; i < to; i++) yield i;
        return 'end';
      },
      shared,
    ),
    callee.register('com.narrow', ([, a = 0]: readonly number[]) => a, { ...shared, concurrency: 1 }),
  ];
  await Promise.all(offers.map(({ ready }) => ready));
}

test(`[M1] inspect shows ${COUNT} random calls and publications as the clients saw them (seed ${SEED})`, {
  timeout: 60_000,
}, async () => {
  const random = randomOf(SEED);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const host = router();
  const all = watching(host, { payloads: true, perSecond: 10_000 });
  const serializers = [json(), msgpack(), cbor()];
  const clients = await Promise.all(
    [0, 1, 2, 3, 4].map((i) => joined(host, `user${i}`, { serializers: [serializers[i % 3] ?? json()] })),
  );
  await Promise.all(clients.slice(0, 3).map(offer));
  const heard = new Map<number, Set<number>>();
  const events = clients.map(() => 0);
  const topics = ['com.news', 'com.news.sport', 'com.empty', 'org.no', 'com.many'];
  await Promise.all(
    clients.flatMap((client, at) => {
      const hear = ([id]: readonly number[]): void => {
        heard.set(Number(id), (heard.get(Number(id)) ?? new Set()).add(at));
        events[at] = (events[at] ?? 0) + 1;
      };
      const own = at % 2 === 0 ? [client.subscribe('com.news', hear, { match: 'prefix' })] : [];
      return [client.subscribe('com.news', hear), client.subscribe('org.no', hear), ...own].map(({ ready }) => ready);
    }),
  );
  const crowd = await Promise.all(Array.from({ length: 70 }, (_, i) => joined(host, `one${i}`)));
  await Promise.all(
    crowd.map((client, i) => {
      const hear = ([id]: readonly number[]) => void heard.set(Number(id), (heard.get(Number(id)) ?? new Set()).add(100 + i));
      return client.subscribe('com.many', hear).ready;
    }),
  );
  const one = watching(host, { session: clients[0]?.session?.id, kinds: ['event'], payloads: true, perSecond: 10_000 });

  const calls = new Map<number, Promise<Got>>();
  const published: number[] = [];
  const refused = new Set<number>();
  const ended: Promise<unknown>[] = [];
  for (let id = 1; id <= COUNT; id++) {
    const client = pick(clients);
    if (random(2) === 0) {
      published.push(id);
      const topic = pick(topics);
      if (topic === 'org.no') refused.add(id);
      const options = {
        acknowledge: random(2) === 0,
        ...(random(3) === 0 ? { exclude_me: false } : {}),
        ...(random(4) === 0 ? { eligible_authid: ['user0', 'user1', 'one3'] } : {}),
        ...(random(4) === 0 ? { exclude_authid: ['user2', 'one7'] } : {}),
      };
      ended.push(Promise.resolve(client.publish(topic, [id], null, options)).catch(() => {}));
    } else {
      const procedure = pick([
        'com.sum',
        'com.error',
        'com.hang',
        'com.hang',
        'com.busy',
        'com.count',
        'com.narrow',
        'com.none',
        'org.no',
      ]);
      calls.set(id, outcome(client, procedure, id, random));
    }
    if (random(20) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (random(60) === 0) {
      // A callee that is killed in the middle of calls.
      const victim = await joined(host, 'victim');
      await offer(victim, 9);
      ended.push(new Promise((resolve) => setTimeout(resolve, 10)).then(() => host.kill(victim.session?.id ?? 0)));
    }
  }
  const got = new Map<number, Got>();
  for (const [id, each] of calls) got.set(id, await each);
  await Promise.all(ended);
  for (const client of clients) await client.call('wamp.session.count').catch(() => {}); // everything before it has been handled

  const rows = (): Map<number, Conversation> => {
    const found = all.rows().filter(({ kind, payload }) => (kind === 'call' || kind === 'publish') && payload !== null);
    const known = new Map(found.map((row) => [JSON.parse(row.payload?.split(' ')[0] ?? '[]')[0], row]));
    expect(known.size).toBe(found.length); // none twice
    return known;
  };
  await expect.poll(() => rows().size, { timeout: 20_000 }).toBe(COUNT);
  await expect.poll(() => [...rows().values()].filter(({ state }) => state === 'waiting'), { timeout: 20_000 }).toEqual([]);
  expect(all.seen.skipped).toBe(0);
  const known = rows();
  for (const [id, { errors, ...rest }] of got) {
    const row = known.get(id);
    expect({ id, state: row?.state, progress: row?.progress }).toEqual({ id, ...rest });
    expect(errors, JSON.stringify(row)).toContain(row?.error);
  }
  await expect
    .poll(() => published.map((id) => heard.get(id)?.size ?? 0), { timeout: 20_000 })
    .toEqual(published.map((id) => known.get(id)?.receivers?.sessions ?? 0));
  for (const id of published) expect(known.get(id)?.error).toBe(refused.has(id) ? 'wamp.error.not_authorized' : null);
  await expect.poll(() => one.rows().length, { timeout: 20_000 }).toBe(events[0]);
});

async function outcome(client: Connection, procedure: string, id: number, random: (below: number) => number): Promise<Got> {
  let progress = 0;
  const hangs = procedure === 'com.hang';
  const mode = (['kill', 'killnowait', 'skip'] as const)[random(3)];
  const timeoutMs = hangs && random(2) === 0 ? 15 : undefined;
  const signal = hangs && timeoutMs === undefined ? AbortSignal.timeout(1 + random(20)) : undefined;
  const wants = procedure === 'com.count' && random(4) > 0;
  const options = {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal ? { signal, cancelMode: mode } : {}),
    ...(wants ? { onProgress: () => void progress++ } : {}),
  };
  try {
    await client.call(procedure, [id, random(5)], null, options);
    return { state: 'done', errors: [null], progress };
  } catch (error) {
    const uri = error instanceof WampError ? error.uri : 'wamp.error.canceled';
    return { state: 'failed', errors: hangs ? ['wamp.error.canceled', 'wamp.error.timeout'] : [uri], progress };
  }
}
