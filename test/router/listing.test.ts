/* What a realm has, and which calls are running: `router.uris`, `router.calls`, `router.retained`. */
import { Connection } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';

function start(): Router {
  const authroles = { guest: { permissions: 'all' } } as const;
  const router = new Router({ realms: { shop: { anonymous: 'guest', authroles }, other: 'open' } }, { log: () => {} });
  onTestFinished(() => router.close());
  return router;
}

async function join(router: Router, realm = 'shop', options = {}): Promise<Connection> {
  const connection = new Connection({ url: router, realm, ...options });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}

describe('router.uris', () => {
  test('[M2] lists topics with subscribers and procedures with callees, sorted, by every kind of match', async () => {
    const router = start();
    const [one, two] = [await join(router), await join(router)];
    const [first, second] = [await one.open(), await two.open()];
    for (const each of [one, two]) await each.subscribe('com.shop.news', () => {}).ready;
    await one.subscribe('com.shop.', () => {}, { match: 'prefix' }).ready;
    await one.subscribe('com..price', () => {}, { match: 'wildcard' }).ready;
    await one.register('com.shop.b', () => 1).ready;
    for (const each of [one, two]) await each.register('com.shop.a', () => 1, { invoke: 'roundrobin' }).ready;
    await two.register('com.shop', () => 1, { match: 'prefix' }).ready;
    const party = ({ id, authid }: typeof first) => ({ session: id, authid, authrole: 'guest' });
    const since = expect.any(Number);
    const topic = { routers: 0, since, hasHistory: false };
    expect(await router.uris({ realm: 'shop' })).toEqual({
      realm: 'shop',
      topics: [
        { ...topic, uri: 'com..price', match: 'wildcard', sessions: 1 },
        { ...topic, uri: 'com.shop.', match: 'prefix', sessions: 1 },
        { ...topic, uri: 'com.shop.news', match: 'exact', sessions: 2 },
      ],
      topicCount: 3,
      procedures: [
        { uri: 'com.shop', match: 'prefix', invoke: 'single', sessions: 1, callees: [party(second)], running: 0, since },
        {
          uri: 'com.shop.a',
          match: 'exact',
          invoke: 'roundrobin',
          sessions: 2,
          callees: [party(first), party(second)],
          running: 0,
          since,
        },
        { uri: 'com.shop.b', match: 'exact', invoke: 'single', sessions: 1, callees: [party(first)], running: 0, since },
      ],
      procedureCount: 3,
      retained: [],
      retainedCount: 0,
    });
    await two.close();
    expect(await router.uris({ realm: 'shop', find: 'shop.a' })).toMatchObject({ topicCount: 0, procedures: [{ sessions: 1 }] });
    expect(await router.uris({ realm: 'other' })).toMatchObject({ topicCount: 0, procedureCount: 0 });
  });

  test('[M2] lists as many as were asked for, and counts all', async () => {
    const router = start();
    const one = await join(router);
    await Promise.all(['a', 'b', 'c'].map((name) => one.subscribe(`com.${name}`, () => {}).ready));
    const { topics, topicCount } = await router.uris({ realm: 'shop', limit: 2 });
    expect([topics.map(({ uri }) => uri), topicCount]).toEqual([['com.a', 'com.b'], 3]);
  });

  test('[M2] lists retained events if they are asked for, those that end with a session, too', async () => {
    const router = start();
    const one = await join(router);
    const { id } = await one.open();
    await one.publish('com.lamp', ['on'], {}, { acknowledge: true, retain: true });
    await one.publish('com.here', [], { a: 1 }, { acknowledge: true, retain: true, session_bound: true });
    expect((await router.uris({ realm: 'shop' })).retained).toEqual([]);
    const { retained, retainedCount } = await router.uris({ realm: 'shop', retained: true });
    expect(retainedCount).toBe(2);
    expect(retained).toContainEqual({ uri: 'com.lamp', at: expect.any(Number), bytes: '["on"]'.length, session: null });
    expect(retained.map(({ uri }) => uri)).toEqual(['com.here', 'com.lamp']);
    expect(retained[0]?.session).toBe(id);
  });

  test.each<[string, object, string]>([
    ['no realm, with two', {}, 'expected realm of uris to be one of the router (shop, other), got nothing'],
    ['another realm', { realm: 'shopp' }, "expected realm of uris to be one of the router (shop, other), got 'shopp'"],
    ['too many', { realm: 'shop', limit: 20_000 }, 'expected limit of uris to be an integer from 1 to 10000, got 20000'],
    ['an unknown option', { realm: 'shop', finds: 'x' }, "'find'"],
  ])('[M2] given %s says what it expects', async (_, query, text) => {
    await expect(start().uris(query)).rejects.toThrow(text);
  });
});

describe('router.calls', () => {
  test('[M2] lists running calls, the oldest first, until they end', async () => {
    const router = start();
    const [callee, caller] = [await join(router), await join(router, 'shop', { serializers: [msgpack()] })];
    const answers: (() => void)[] = [];
    await callee.register('com.slow', () => new Promise((resolve) => answers.push(() => resolve(1))), { match: 'prefix' }).ready;
    const calls = ['com.slow.one', 'com.slow.two'].map((uri) => caller.call(uri));
    await expect.poll(() => answers.length).toBe(2);
    const [from, to] = [await caller.open(), await callee.open()];
    const row = {
      realm: 'shop',
      from: { session: from.id, authid: from.authid, authrole: 'guest' },
      to: { session: to.id, authid: to.authid, authrole: 'guest' },
      sinceMs: expect.any(Number),
      isKilled: false,
    };
    const listed = await router.calls({ realm: 'shop' });
    expect(listed).toEqual({
      at: expect.any(Number),
      count: 2,
      calls: [
        { ...row, procedure: 'com.slow.one' },
        { ...row, procedure: 'com.slow.two' },
      ],
    });
    for (const { sinceMs } of listed.calls) expect(sinceMs).toBeGreaterThanOrEqual(0);
    expect(await router.calls({ limit: 1 })).toMatchObject({ count: 2, calls: [{ procedure: 'com.slow.one' }] });
    expect(await router.calls({ realm: 'other' })).toMatchObject({ count: 0, calls: [] });
    expect((await router.uris({ realm: 'shop' })).procedures).toMatchObject([{ running: 2 }]);
    for (const answer of answers) answer();
    await Promise.all(calls);
    expect(await router.calls()).toMatchObject({ count: 0, calls: [] });
  });

  test('[M2] says of a call that was canceled, and whose callee has not answered', async () => {
    const router = start();
    const [callee, caller] = [await join(router), await join(router)];
    let end = (): void => {};
    await callee.register('com.stubborn', () => new Promise((resolve) => (end = () => resolve(1)))).ready;
    const stopping = new AbortController();
    const call = caller.call('com.stubborn', [], {}, { signal: stopping.signal, cancelMode: 'kill' }).catch(String);
    await expect.poll(async () => (await router.calls()).count).toBe(1);
    stopping.abort();
    await expect.poll(async () => (await router.calls()).calls[0]?.isKilled ?? 'ended').not.toBe(false);
    end();
    await call;
    await expect.poll(async () => (await router.calls()).count).toBe(0);
  });

  test('[M2] a wrong query says what it expects', async () => {
    const router = start();
    await expect(router.calls({ limit: 0 })).rejects.toThrow('expected limit of calls to be an integer from 1 to 1000, got 0');
    await expect(router.calls({ realm: 'no' })).rejects.toThrow('expected realm of calls to be one of the router');
  });
});

describe('router.retained', () => {
  test('[M2] has the payload of a retained event as text, whatever serializer it came by', async () => {
    const router = start();
    const one = await join(router, 'shop', { serializers: [msgpack()] });
    expect(await router.retained({ realm: 'shop', uri: 'com.lamp' })).toBeNull();
    await one.publish('com.lamp', ['on', 5], { by: 'joe' }, { acknowledge: true, retain: true });
    const before = await router.retained({ realm: 'shop', uri: 'com.lamp' });
    expect(before).toEqual({
      uri: 'com.lamp',
      at: expect.any(Number),
      publication: expect.any(Number),
      bytes: expect.any(Number),
      payload: '["on",5] {"by":"joe"}',
    });
    await one.publish('com.lamp', ['off'], {}, { acknowledge: true, retain: true });
    const after = await router.retained({ realm: 'shop', uri: 'com.lamp' });
    expect([after?.payload, after?.publication === before?.publication]).toEqual(['["off"]', false]);
  });

  test('[M2] a wrong query says what it expects', async () => {
    const router = start();
    await expect(router.retained({ realm: 'shop' } as never)).rejects.toThrow('expected uri of retained, got nothing');
    await expect(router.retained({ uri: 'com.lamp' })).rejects.toThrow('expected realm of retained to be one of the router');
  });
});
