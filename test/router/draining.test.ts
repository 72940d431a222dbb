/* What a router does before it closes: it finishes calls, and takes nobody new. */
import { Connection } from 'autostrada';
import { type EndedCall, Router } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';

function opened() {
  const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
  onTestFinished(() => router.close());
  const connect = async (): Promise<Connection> => {
    const connection = new Connection({ url: router, realm: 'realm1' });
    await connection.open();
    onTestFinished(() => connection.close());
    return connection;
  };
  return { router, connect };
}

test('[K3] drain waits for the calls that are running, and not for later ones', async () => {
  const { router, connect } = opened();
  const [callee, caller] = [await connect(), await connect()];
  const answers: ((value: string) => void)[] = [];
  await callee.register('com.example.slow', () => new Promise((resolve) => answers.push(resolve))).ready;
  const first = caller.call('com.example.slow');
  await expect.poll(() => answers.length).toBe(1);
  const drained = router.drain(60_000);
  const second = caller.call('com.example.slow');
  await expect.poll(() => answers.length).toBe(2);
  answers[0]?.('first');
  expect(await drained).toBe(0);
  expect(await first).toBe('first');
  answers[1]?.('second');
  expect(await second).toBe('second');
});

test('[K3] drain waits no longer than it may, and says how many calls are left', async () => {
  const { router, connect } = opened();
  const connection = await connect();
  await connection.register('com.example.never', () => new Promise(() => {})).ready;
  const call = connection.call('com.example.never');
  call.catch(() => {});
  await expect.poll(() => router.stats().calls).toBe(1);
  expect(await router.drain(30)).toBe(1);
  await expect(router.drain(-1)).rejects.toThrow('expected timeoutMs of drain to be milliseconds from 0 on, got -1');
});

test('[K3] a router that drains takes no new connections, and its sessions continue', async () => {
  const { router, connect } = opened();
  const connection = await connect();
  await router.drain(0);
  expect([router.isDraining, router.isClosed]).toEqual([true, false]);
  const late = new Connection({ url: router, realm: 'realm1', retry: { maxAttempts: 1, minMs: 1 } });
  await expect(late.open()).rejects.toThrow();
  await late.close();
  await connection.subscribe('com.example.news', () => {}).ready;
});

test('[K3] watchCalls gets every call at its end, with its outcome', async () => {
  const { router, connect } = opened();
  const ended: EndedCall[] = [];
  const off = router.watchCalls((call) => void ended.push(call));
  const connection = await connect();
  await connection.register('com.example.add', (args) => Number(args[0]) + 1).ready;
  await connection.register('com.example.fail', () => Promise.reject(new Error('no'))).ready;
  await connection.register('com.example.never', () => new Promise(() => {})).ready;
  await connection.call('com.example.add', [1]);
  await connection.call('com.example.fail').catch(() => {});
  await connection.call('com.example.never', [], {}, { timeoutMs: 20 }).catch(() => {});
  const abort = new AbortController();
  const canceled = connection.call('com.example.never', [], {}, { signal: abort.signal }).catch(() => {});
  await expect.poll(() => router.stats().calls).toBe(1);
  abort.abort();
  await canceled;
  await expect.poll(() => ended.length).toBe(4);
  expect(ended.map(({ procedure, outcome }) => `${procedure} ${outcome}`)).toEqual([
    'com.example.add result',
    'com.example.fail error',
    expect.stringMatching(/^com\.example\.never (timeout|canceled)$/),
    'com.example.never canceled',
  ]);
  for (const { realm, authrole, durationMs } of ended) {
    expect([realm, authrole]).toEqual(['realm1', 'anonymous']);
    expect(durationMs).toBeGreaterThanOrEqual(0);
  }
  off();
  await connection.call('com.example.add', [1]);
  expect(ended.length).toBe(4);
});

test('[K3] a listener of calls that throws disturbs nobody', async () => {
  const said: string[] = [];
  const router = new Router({ realms: { realm1: 'open' } }, { log: ({ message }) => said.push(message) });
  onTestFinished(() => router.close());
  router.watchCalls(() => {
    throw new Error('a bad listener');
  });
  const connection = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(() => connection.close());
  await connection.register('com.example.add', () => 1).ready;
  expect(await connection.call('com.example.add')).toBe(1);
  expect(said).toContain('a listener of the router threw');
});

test('[K3] census counts sessions that are alike together', async () => {
  const { router, connect } = opened();
  await connect();
  await connect();
  expect(router.census()).toEqual([
    {
      realm: 'realm1',
      authrole: 'anonymous',
      transport: 'memory',
      serializer: 'json',
      sessions: 2,
      queuedBytes: 0,
      longestQueueBytes: 0,
    },
  ]);
});

test('[K3] stats has bytes, events, publications and refused logins', async () => {
  const router = new Router({
    realms: { realm1: 'open', shut: { authroles: { user: { permissions: 'all' } } } },
  });
  onTestFinished(() => router.close());
  const connection = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(() => connection.close());
  const heard: unknown[] = [];
  await connection.subscribe('com.example.news', ([news]) => void heard.push(news)).ready;
  await connection.publish('com.example.news', ['x'], {}, { acknowledge: true, exclude_me: false });
  await expect.poll(() => heard.length).toBe(1);
  const refused = new Connection({ url: router, realm: 'shut' });
  await expect(refused.open()).rejects.toThrow();
  const { bytesIn, bytesOut, events, publications, refusedLogins } = router.stats();
  expect(bytesIn).toBeGreaterThan(100);
  expect(bytesOut).toBeGreaterThan(100);
  expect({ events, publications, refusedLogins }).toEqual({ events: 1, publications: 1, refusedLogins: 1 });
});
