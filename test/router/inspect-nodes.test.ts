/* What tools see of a cluster: all of its routers as one. */
import { Connection, type ConnectionOptions } from 'autostrada';
import { type Conversation, Router, type TopNews } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { watching } from './watching.ts';

const realms = { shop: { authroles: { user: { permissions: 'all' } } }, other: 'open' } as const;

function opened() {
  const cluster = new TestCluster();
  const start = async (given: object = realms): Promise<Router> => {
    const router = new Router({ realms: given as never }, { log: () => {}, cluster: cluster.engine() });
    onTestFinished(() => router.close());
    await router.ready;
    return router;
  };
  const join = async (router: Router, authid: string, options: Partial<ConnectionOptions> = {}): Promise<Connection> => {
    const connection = new Connection({ url: router.as({ authid, authrole: 'user' }), realm: 'shop', retry: false, ...options });
    connection.on('error', () => {});
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  return { cluster, start, join };
}

/** Whether somebody watches a session: only then it has `watched`. */
const watchedAt = (router: Router): number =>
  router.sessions.filter((session) => (session as { watched?: unknown }).watched !== undefined).length;

describe('[M2] over several routers inspect shows', () => {
  test('a call between two of them as one row, wherever one watches', async () => {
    const { start, join } = opened();
    const [a, b, c] = [await start(), await start(), await start()];
    const [caller, callee] = [await join(a, 'joe'), await join(b, 'jane')];
    await callee.register('com.example.add', ([x, y]: readonly number[]) => Number(x) + Number(y)).ready;
    const rows = [a, b, c].map((router) => watching(router, { kinds: ['call'], payloads: true }).rows);
    let calls = 0;
    for (const each of rows)
      await expect
        .poll(async () => {
          calls++;
          await caller.call('com.example.add', [2, 3]);
          return each().length;
        })
        .toBeGreaterThan(0);
    const whole = {
      kind: 'call',
      uri: 'com.example.add',
      from: { session: caller.session?.id, authid: 'joe', authrole: 'user' },
      to: { session: callee.session?.id, authid: 'jane', authrole: 'user' },
      state: 'done',
      payload: '[2,3]',
      answer: '[5]',
      endedMs: expect.any(Number),
    };
    await expect.poll(() => rows[0]?.().length).toBe(calls);
    for (const each of rows) await expect.poll(() => each().every(({ state }) => state === 'done')).toBe(true);
    for (const each of rows) for (const row of each()) expect(row).toMatchObject(whole);
    expect(rows.map((each) => each()[0]?.node !== undefined)).toEqual([false, true, true]);
  });

  test('publications, subscriptions and sessions of all, with numbers of their own', async () => {
    const { start, join } = opened();
    const [a, b] = [await start(), await start()];
    await join(b, 'first');
    const { rows } = watching(a, { realm: 'shop' });
    await expect.poll(() => watchedAt(b)).toBe(1);
    const [one, two] = [await join(a, 'joe'), await join(b, 'jane')];
    await two.subscribe('com.example.news', () => {}).ready;
    await one.publish('com.example.news', [], {}, { acknowledge: true });
    await two.publish('com.example.nwes', [], {}, { acknowledge: true });
    const seen = () => rows().map(({ kind, uri, from }) => `${from.authid} ${kind} ${uri}`.trim());
    await expect.poll(seen).toHaveLength(5);
    expect(seen().sort()).toEqual([
      'jane join',
      'jane publish com.example.nwes',
      'jane subscribe com.example.news',
      'joe join',
      'joe publish com.example.news',
    ]);
    expect(new Set(rows().map(({ row }) => row)).size).toBe(5);
    expect(rows().find(({ uri }) => uri === 'com.example.nwes')?.says).toContain('com.example.news has 1 subscriber');
  });

  test('a session of another router by its authid, as callee too', async () => {
    const { start, join } = opened();
    const [a, b] = [await start(), await start()];
    const [caller, callee] = [await join(a, 'joe'), await join(b, 'jane')];
    await callee.register('com.example.add', () => 1).ready;
    const { rows } = watching(a, { authid: 'jane' });
    await expect.poll(() => watchedAt(b)).toBe(1);
    await caller.call('com.example.add');
    await expect.poll(rows).toMatchObject([{ kind: 'call', from: { session: null }, to: { authid: 'jane' }, state: 'done' }]);
  });

  test('what another router that comes later has, and ends what one had that is gone', async () => {
    const { cluster, start, join } = opened();
    const a = await start();
    const { rows } = watching(a, { kinds: ['call'] });
    const b = await start();
    const [caller] = [await join(b, 'joe')];
    await caller.register('com.example.hang', () => new Promise(() => {})).ready;
    await expect.poll(() => watchedAt(b)).toBe(1);
    caller.call('com.example.hang').catch(() => {});
    await expect.poll(rows).toMatchObject([{ uri: 'com.example.hang', state: 'waiting' }]);
    const [, name = ''] = cluster.names;
    cluster.kill(name);
    await expect
      .poll(() => rows().at(-1))
      .toMatchObject({ uri: 'com.example.hang', state: 'failed', says: expect.stringContaining('gone') });
  });

  test('everything again after the line between two broke', async () => {
    const { cluster, start, join } = opened();
    const [a, b] = [await start(), await start()];
    const one = await join(b, 'joe');
    const { rows } = watching(a, { kinds: ['publish'] });
    await expect.poll(() => watchedAt(b)).toBe(1);
    const [first = '', second = ''] = cluster.names;
    cluster.breakLine(first, second);
    await expect
      .poll(async () => {
        one.publish('com.example.after');
        return rows().length;
      })
      .toBeGreaterThan(0);
    expect(watchedAt(b)).toBe(1);
  });

  test('nothing any more when the watcher stops, or its router is gone', async () => {
    const { cluster, start, join } = opened();
    const [a, b] = [await start(), await start()];
    await join(b, 'joe');
    const off = a.inspect({}, () => {});
    await expect.poll(() => watchedAt(b)).toBe(1);
    off();
    await expect.poll(() => watchedAt(b)).toBe(0);
    a.inspect({}, () => {});
    await expect.poll(() => watchedAt(b)).toBe(1);
    const [name = ''] = cluster.names;
    cluster.kill(name);
    await expect.poll(() => watchedAt(b)).toBe(0);
  });

  test('the others, if one of them does not have the realm', async () => {
    const { start, join } = opened();
    const [a] = [await start(), await start({ other: 'open' })];
    const { rows } = watching(a, { realm: 'shop' });
    await join(a, 'joe');
    await expect.poll(rows).toMatchObject([{ kind: 'join' }]);
  });

  test('what a listener throws is logged, and the news go on', async () => {
    const { cluster, join, start } = opened();
    const log: string[] = [];
    const a = new Router({ realms }, { log: ({ message }) => void log.push(message), cluster: cluster.engine() });
    onTestFinished(() => a.close());
    await a.ready;
    const b = await start();
    const one = await join(b, 'joe');
    const seen: Conversation[] = [];
    onTestFinished(
      a.inspect({ kinds: ['publish'] }, ({ conversations }) => {
        seen.push(...conversations);
        throw new Error('a listener');
      }),
    );
    await expect.poll(() => watchedAt(b)).toBe(1);
    await one.publish('com.example.one', [], {}, { acknowledge: true });
    await expect.poll(() => seen.length).toBe(1);
    await one.publish('com.example.two', [], {}, { acknowledge: true });
    await expect.poll(() => seen.length).toBe(2);
    expect(log.filter((message) => message === 'a listener of the router threw')).toHaveLength(2);
  });
});

describe('[M2] over several routers', () => {
  test('top has the sessions of all, and their sums', async () => {
    const { start, join } = opened();
    const [a, b] = [await start(), await start()];
    await join(a, 'joe');
    const jane = await join(b, 'jane');
    const timer = setInterval(() => jane.publish('com.example.news'), 5);
    onTestFinished(() => clearInterval(timer));
    const news: TopNews[] = [];
    onTestFinished(a.top({ everyMs: 250, realm: 'shop' }, (each) => void news.push(each)));
    await expect
      .poll(() => news.at(-1)?.sessions.map(({ authid, node }) => [authid, node !== undefined]))
      .toEqual([
        ['jane', true],
        ['joe', false],
      ]);
    const last = news.at(-1);
    expect(last).toMatchObject({ count: 2, stats: { sessions: 2, refusals: expect.any(Object) } });
    await expect.poll(() => news.at(-1)?.perSecond.messagesIn ?? 0).toBeGreaterThan(1);
    await b.close();
    await expect.poll(() => news.at(-1)?.sessions.map(({ authid }) => authid)).toEqual(['joe']);
    expect(news.at(-1)?.stats.sessions).toBe(1);
  });

  test('uris and calls are those of all', async () => {
    const { start, join } = opened();
    const [a, b, c] = [await start(), await start(), await start()];
    const [joe, jane] = [await join(a, 'joe'), await join(b, 'jane')];
    for (const each of [joe, jane]) await each.subscribe('com.example.news', () => {}).ready;
    await jane.subscribe('com.example.only', () => {}).ready;
    await jane.register('com.example.hang', () => new Promise(() => {})).ready;
    joe.call('com.example.hang').catch(() => {});
    jane.call('com.example.hang').catch(() => {});
    for (const router of [a, b, c]) {
      await expect
        .poll(async () => (await router.calls()).calls.map(({ from, to }) => `${from.authid} ${to.authid}`).sort())
        .toEqual(['jane jane', 'joe jane']);
      await expect
        .poll(() => router.uris({ realm: 'shop' }))
        .toMatchObject({
          topics: [
            { uri: 'com.example.news', sessions: 2 },
            { uri: 'com.example.only', sessions: 1 },
          ],
          procedures: [{ uri: 'com.example.hang', callees: [{ authid: 'jane' }], running: 2 }],
        });
    }
  });
});
