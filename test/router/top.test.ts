/* `router.top`: which sessions send and receive most, and what waits for them. */
import { Connection } from 'autostrada';
import { Router, type TopNews, type TopQuery } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';

function opened() {
  const log: string[] = [];
  const router = new Router({ realms: { realm1: 'open', realm2: 'open' } }, { log: ({ message }) => void log.push(message) });
  onTestFinished(() => router.close());
  const connect = async (authid: string, realm = 'realm1'): Promise<Connection> => {
    const connection = new Connection({ url: router.as({ authid, authrole: 'anonymous' }), realm });
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  const top = (query: TopQuery = {}) => {
    const news: TopNews[] = [];
    onTestFinished(router.top({ everyMs: 250, ...query }, (each) => void news.push(each)));
    return news;
  };
  return { router, connect, top, log };
}

const names = (news: readonly TopNews[]) => news.at(-1)?.sessions.map(({ authid }) => authid);

test('[M2] top tells at once what sessions have, and then what they do in a second', async () => {
  const { connect, top } = opened();
  const [joe, jane] = [await connect('joe'), await connect('jane')];
  await jane.register('com.example.hang', () => new Promise(() => {})).ready;
  await jane.subscribe('com.example.news', () => {}).ready;
  joe.call('com.example.hang').catch(() => {});
  const news = top();
  await expect.poll(() => news.length).toBe(1);
  const none = { messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };
  expect(news[0]).toMatchObject({ afterMs: 0, count: 2, perSecond: none, stats: { sessions: 2, calls: 1 } });
  const [first, second] = [...(news[0]?.sessions ?? [])].sort((a, b) => a.authid.localeCompare(b.authid));
  expect([first, second]).toMatchObject([
    {
      authid: 'jane',
      realm: 'realm1',
      transport: 'memory',
      peer: null,
      agent: 'autostrada',
      invocations: 1,
      calls: 0,
      subscriptions: 1,
      registrations: 1,
    },
    { authid: 'joe', calls: 1, invocations: 0, subscriptions: 0, registrations: 0, joinedAt: expect.any(Number) },
  ]);
  joe.publish('com.example.news');
  const sentByJoe = (): number =>
    Math.max(...news.flatMap(({ sessions }) => sessions.map((each) => (each.authid === 'joe' ? each.perSecond.messagesIn : 0))));
  await expect.poll(sentByJoe).toBeGreaterThan(0);
});

test('[M2] top tells as many sessions as are asked for, in the order that is asked for, of one realm', async () => {
  const { connect, top } = opened();
  for (const [authid, realm] of [
    ['a', 'realm1'],
    ['b', 'realm1'],
    ['c', 'realm2'],
  ] as const) {
    const connection = await connect(authid, realm);
    if (authid === 'b') connection.call('com.example.hang').catch(() => {});
    if (authid !== 'b') continue;
    await connection.register('com.example.hang', () => new Promise(() => {})).ready;
    connection.call('com.example.hang').catch(() => {});
  }
  const [byCalls, one, other] = [top({ order: 'calls' }), top({ limit: 1, order: 'calls' }), top({ realm: 'realm2' })];
  await expect.poll(() => names(byCalls)?.[0]).toBe('b');
  await expect.poll(() => [names(one), one.at(-1)?.count]).toEqual([['b'], 3]);
  await expect.poll(() => names(other)).toEqual(['c']);
});

test('[M2] top ends when it is told to, and logs what its listener throws', async () => {
  const { router, connect, log } = opened();
  await connect('joe');
  let count = 0;
  const off = router.top({ everyMs: 250 }, () => {
    count++;
    throw new Error('no');
  });
  await expect.poll(() => count).toBe(2);
  off();
  off();
  expect(log).toContain('a listener of the router threw');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(count).toBe(2);
});

test.each<readonly [object, string]>([
  [{ order: 'age' }, 'expected order of top to be'],
  [{ limit: 0 }, 'expected limit of top to be an integer from 1 to 1000, got 0'],
  [{ everyMs: 100 }, 'expected everyMs of top to be an integer from 250 to 60000, got 100'],
  [{ sort: 'in' }, "got 'sort'"],
])('[M2] top refuses the query %j', (query, text) => {
  const { router } = opened();
  expect(() => router.top(query, () => {})).toThrow(text);
});
