/* A router comes to rest while its clients go on calling, over every transport: no call that runs is cut off. */
import { ApplicationError, Connection, ConnectionLostError, type ConnectionOptions } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { type Listener, listen, rawSocket, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestCluster } from '../fixtures/nodes.ts';
import { listening } from './listening.ts';

type Way = (listener: Listener) => ConnectionOptions['url'];

const ways: readonly (readonly [string, Way])[] = [
  ['WebSocket', ({ url }) => webSocket(url)],
  ['RawSocket', ({ rawSocketUrl = '' }) => rawSocket(rawSocketUrl)],
  ['long-poll', ({ longPollUrl = '' }) => longPoll(longPollUrl)],
];

const CALLERS = 20;
const SLOW_MS = 5;

async function bench(way: Way = ({ url }) => webSocket(url)) {
  const { router, listener } = await listening();
  const connect = async (): Promise<Connection> => {
    const connection = new Connection({ url: way(listener), realm: 'realm1', retry: false });
    connection.on('error', () => {});
    connection.on('status', () => {});
    await connection.open();
    onTestFinished(() => connection.close());
    return connection;
  };
  const stop = async (drainMs: number): Promise<number> => {
    const left = await router.drain(drainMs);
    await listener.close();
    await router.close({ goodbye: false });
    return left;
  };
  return { router, connect, stop };
}

/** Answers after some milliseconds. `begun`: the calls that reached it. */
async function slow(callee: Connection, procedure: string) {
  const calls = { begun: 0 };
  await callee.register(procedure, async () => {
    calls.begun++;
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    return 'done';
  }).ready;
  return calls;
}

/** Calls until a call fails. @returns How many were answered, and the failure. */
async function loop(caller: Connection, procedure: string): Promise<{ readonly answered: number; readonly failure: unknown }> {
  for (let answered = 0; ; answered++) {
    const outcome = await caller.call(procedure).catch((error: unknown) => ({ error }));
    if (outcome !== 'done') return { answered, failure: outcome };
  }
}

const sum = (counts: readonly { readonly answered: number }[]): number => counts.reduce((all, { answered }) => all + answered, 0);

describe('[K3] drain under steady traffic', () => {
  test.each(ways)('answers every call that has reached a callee, over %s', async (_, way) => {
    const { connect, stop } = await bench(way);
    const calls = await slow(await connect(), 'com.example.slow');
    const callers = await Promise.all(Array.from({ length: CALLERS }, connect));
    const loops = callers.map((caller) => loop(caller, 'com.example.slow'));
    await expect.poll(() => calls.begun).toBeGreaterThan(5 * CALLERS);
    expect(await stop(60_000)).toBe(0);
    const outcomes = await Promise.all(loops);
    expect(sum(outcomes)).toBe(calls.begun);
  });

  test('also of callers that always have several calls, and tells them that the rest was not carried out', async () => {
    const { connect, stop } = await bench();
    const calls = await slow(await connect(), 'com.example.slow');
    const caller = await connect();
    const loops = Array.from({ length: CALLERS }, () => loop(caller, 'com.example.slow'));
    await expect.poll(() => calls.begun).toBeGreaterThan(5 * CALLERS);
    expect(await stop(60_000)).toBe(0);
    const outcomes = await Promise.all(loops);
    expect(sum(outcomes)).toBe(calls.begun);
    for (const { failure } of outcomes) {
      const { error } = Object(failure);
      if (!(error instanceof ConnectionLostError)) expect(error).toMatchObject({ uri: 'wamp.error.unavailable' });
    }
  });

  test('serves the calls that a running call makes', async () => {
    const { connect, stop } = await bench();
    const inner = await slow(await connect(), 'com.example.inner');
    const outer = await connect();
    let begun = 0;
    await outer.register('com.example.slow', async () => {
      begun++;
      for (let i = 0; i < 5; i++) await outer.call('com.example.inner');
      return 'done';
    }).ready;
    const callers = await Promise.all(Array.from({ length: CALLERS }, connect));
    const loops = callers.map((caller) => loop(caller, 'com.example.slow'));
    await expect.poll(() => begun).toBeGreaterThan(2 * CALLERS);
    expect(await stop(60_000)).toBe(0);
    expect(sum(await Promise.all(loops))).toBe(begun);
    expect(inner.begun).toBe(5 * begun);
  });

  test('serves new calls while one of the first still runs', async () => {
    const { router, connect, stop } = await bench();
    const callee = await connect();
    const calls = await slow(callee, 'com.example.slow');
    const answers: ((value: string) => void)[] = [];
    await callee.register('com.example.long', () => new Promise((resolve) => answers.push(resolve))).ready;
    const [caller, other] = [await connect(), await connect()];
    const long = caller.call('com.example.long');
    await expect.poll(() => router.stats().calls).toBe(1);
    const stopped = stop(60_000);
    for (let i = 0; i < 10; i++) expect(await other.call('com.example.slow')).toBe('done');
    expect(calls.begun).toBe(10);
    answers[0]?.('late');
    expect(await long).toBe('late');
    expect(await stopped).toBe(0);
  });

  test('ends with GOODBYE if that is asked for', async () => {
    const { router, connect } = await bench();
    const calls = await slow(await connect(), 'com.example.slow');
    const [busy, caller] = [await connect(), await connect()];
    const answers: ((value: string) => void)[] = [];
    await busy.register('com.example.long', () => new Promise((resolve) => answers.push(resolve))).ready;
    const reasons: unknown[] = [];
    router.on('leave', (_session, reason) => void reasons.push(reason));
    const loops = [loop(caller, 'com.example.slow'), loop(await connect(), 'com.example.long')];
    await expect.poll(() => calls.begun).toBeGreaterThan(5);
    const drained = router.drain(4000, { goodbye: 'com.example.moved' });
    await expect.poll(() => reasons).toEqual(['com.example.moved']);
    answers[0]?.('done');
    expect(await drained).toBe(0);
    expect((await Promise.all(loops)).map(({ answered }) => answered)).toEqual([calls.begun, 1]);
    await expect(router.drain(1, { goodbye: 'no uri' })).rejects.toThrow('expected goodbye of drain to be');
  });

  test('answers calls of other nodes that wait until a registration is complete', async () => {
    const cluster = new TestCluster();
    const node = async (): Promise<Router> => {
      const router = new Router({ realms: { realm1: 'open' } }, { log: () => {}, cluster: cluster.engine() });
      onTestFinished(() => router.close());
      await router.ready;
      return router;
    };
    const [near, far] = [await node(), await node(), await node()];
    const listener = await listen(near, { port: 0 });
    onTestFinished(() => listener.close());
    const connect = (url: ConnectionOptions['url']): Connection => {
      const connection = new Connection({ url, realm: 'realm1', retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection;
    };
    const [callee, caller] = [connect(webSocket(listener.url)), connect(far)];
    await Promise.all([callee.open(), caller.open()]);
    const [first = '', , third = ''] = cluster.names;
    const release = cluster.hold(third, first); // so REGISTERED waits, while the node of the caller knows the procedure
    const registration = callee.register('com.example.add', () => 3);
    const call = caller.call('com.example.add', [], {}, { waitForCalleeMs: 60_000 });
    await expect.poll(() => far.stats().calls).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50)); // it is at the other node by now
    let isDrained = false;
    const drained = near.drain(60_000).finally(() => {
      isDrained = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isDrained).toBe(false);
    release();
    await registration.ready;
    expect(await call).toBe(3);
    expect(await drained).toBe(0);
  });

  test('answers calls of another node that are on the line when it comes to rest: they have not begun', async () => {
    const cluster = new TestCluster();
    const node = async (): Promise<Router> => {
      const router = new Router({ realms: { realm1: 'open' } }, { log: () => {}, cluster: cluster.engine() });
      onTestFinished(() => router.close());
      await router.ready;
      return router;
    };
    const [near, far] = [await node(), await node()];
    const listener = await listen(near, { port: 0 });
    onTestFinished(() => listener.close());
    const connect = (url: ConnectionOptions['url']): Connection => {
      const connection = new Connection({ url, realm: 'realm1', retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection;
    };
    const [callee, caller] = [connect(webSocket(listener.url)), connect(far)];
    const calls = await slow(callee, 'com.example.slow');
    expect(await caller.call('com.example.slow')).toBe('done');
    const [first = '', second = ''] = cluster.names;
    const release = cluster.hold(second, first);
    const call = caller.call('com.example.slow').catch((error: unknown) => error);
    await expect.poll(() => far.stats().calls).toBe(1);
    let isDrained = false;
    const drained = near.drain(60_000).finally(() => {
      isDrained = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isDrained).toBe(false);
    release();
    expect(await drained).toBe(0);
    await near.close({ goodbye: false });
    expect(await call).toMatchObject({ uri: expect.stringMatching(/^wamp\.error\.(unavailable|no_available_callee)$/) });
    expect(calls.begun).toBe(1);
  });

  test('begins no call of another node of its cluster once it has said that nothing runs', async () => {
    const cluster = new TestCluster();
    const node = async (): Promise<Router> => {
      const router = new Router({ realms: { realm1: 'open' } }, { log: () => {}, cluster: cluster.engine() });
      onTestFinished(() => router.close());
      await router.ready;
      return router;
    };
    const [near, far] = [await node(), await node()];
    const listener = await listen(near, { port: 0 });
    onTestFinished(() => listener.close());
    const connect = (url: ConnectionOptions['url']): Connection => {
      const connection = new Connection({ url, realm: 'realm1', retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      return connection;
    };
    const [callee, caller] = [connect(webSocket(listener.url)), connect(far)];
    const calls = await slow(callee, 'com.example.slow');
    expect(await caller.call('com.example.slow')).toBe('done');
    expect(await near.drain(60_000)).toBe(0);
    await expect(caller.call('com.example.slow')).rejects.toBeInstanceOf(ApplicationError);
    expect(calls.begun).toBe(1);
  });
});
