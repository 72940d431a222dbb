/* Our client with nexus as the router: what works between us works between others. */
import { Connection, fromHistory, json, Result } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import * as meta from 'autostrada/meta';
import { msgpack } from 'autostrada/msgpack';
import { rawSocket } from 'autostrada/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { buildNexus, type Nexus, startNexus } from './nexus.ts';

const built = buildNexus();
if ('whyNot' in built) it(`NO NEXUS: ${built.whyNot}`, ({ skip }) => skip());

const ways = {
  websocket: ({ webSocketUrl }: Nexus) => webSocketUrl,
  rawsocket: ({ rawSocketUrl }: Nexus) => rawSocket(rawSocketUrl),
};

describe.runIf('program' in built)('with nexus', () => {
  let nexus: Nexus | undefined;
  beforeAll(async () => {
    if ('program' in built) nexus = await startNexus(built.program);
  }, 60_000);
  afterAll(() => nexus?.stop());

  for (const [way, toUrl] of Object.entries(ways)) {
    describe.each([json(), msgpack(), cbor()])(`over ${way}, $name`, (serializer) => {
      let connections: Connection[] = [];
      const connect = (): Connection => {
        if (!nexus) throw new Error('nexus is not there');
        const connection = new Connection({ url: toUrl(nexus), realm: 'realm1', serializers: [serializer] });
        connections.push(connection);
        return connection;
      };
      afterEach(async () => {
        for (const connection of connections) await connection.close();
        connections = [];
      });

      it('[C40] [C50] [C84] [C85] calls, with integers, bytes and errors', async () => {
        const [callee, caller] = [connect(), connect()];
        await callee.register('com.example.echo', (args: unknown[], kwargs: object) => new Result(args, kwargs)).ready;
        const args = [1, 2 ** 40, -5, 'ü', null, { a: [true] }];
        expect(await caller.callResult('com.example.echo', args, { k: 1 })).toMatchObject({ args, kwargs: { k: 1 } });
        expect(await caller.call('com.example.echo', [Uint8Array.of(0, 1, 255)])).toEqual(Uint8Array.of(0, 1, 255));
        expect(await failure(caller.call('com.example.nobody'))).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
      });

      it('[C41] [C52] [C45] [C57] calls with progress, both ways', async () => {
        const [callee, caller] = [connect(), connect()];
        await callee.register('com.example.sum', async ([first]: [number], _kwargs, { furtherInputs, sendProgress }) => {
          let sum = first;
          for await (const input of furtherInputs) {
            sum += Number(input);
            sendProgress(sum);
          }
          return sum;
        }).ready;
        const heard: unknown[] = [];
        const options = { inputsFrom: [2, 3], onProgress: (value: unknown) => heard.push(value) };
        expect(await caller.call('com.example.sum', [1], null, options)).toBe(6);
        expect(heard).toEqual([3, 6]);
      });

      it('[C42] [C43] [C53] cancels, and gives up in time; the endpoint stops', async () => {
        const [callee, caller] = [connect(), connect()];
        const stopped: unknown[] = [];
        let started = (): void => {};
        const isRunning = new Promise<void>((resolve) => (started = resolve));
        await callee.register('com.example.slow', (_args, _kwargs, { signal }) => {
          signal.addEventListener('abort', () => stopped.push(signal.reason.uri));
          started();
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        }).ready;
        const controller = new AbortController();
        const call = failure(caller.call('com.example.slow', [], null, { signal: controller.signal }));
        await isRunning;
        controller.abort();
        expect((await call).name).toBe('AbortError');
        expect((await failure(caller.call('com.example.slow', [], null, { timeoutMs: 50 }))).uri).toBe('wamp.error.timeout');
        await expect.poll(() => stopped.length).toBe(2);
      });

      it('[C20] [C31] [C33] publishes and subscribes, by pattern too', async () => {
        const [publisher, subscriber] = [connect(), connect()];
        const heard: unknown[] = [];
        await subscriber.subscribe(
          'com.example.news.',
          ([value]: [unknown], kwargs, { topic }) => heard.push([value, kwargs, topic]),
          { match: 'prefix' },
        ).ready;
        await publisher.publish('com.example.news.a', [1], { k: 2 }, { acknowledge: true });
        await expect.poll(() => heard).toEqual([[1, { k: 2 }, 'com.example.news.a']]);
      });

      it('[C35] asks for sessions, registrations, subscriptions and history', async () => {
        const [callee, asker] = [connect(), connect()];
        const session = await asker.open();
        await callee.register('com.example.here', () => 1).ready;
        await callee.subscribe('com.example.history', () => {}).ready;
        expect(await meta.listSessions(asker)).toContain(session.id);
        expect(await meta.countSessions(asker)).toBeGreaterThanOrEqual(2);
        const registration = (await meta.findRegistration(asker, 'com.example.here')) ?? 0;
        expect(await meta.getRegistration(asker, registration)).toMatchObject({ uri: 'com.example.here', match: 'exact' });
        expect(await meta.countCallees(asker, registration)).toBe(1);
        const subscription = (await meta.lookupSubscription(asker, 'com.example.history')) ?? 0;
        expect(await meta.countSubscribers(asker, subscription)).toBe(1);
        expect(await meta.findRegistration(asker, 'com.example.nobody')).toBeUndefined();
      });
    });
  }

  it('[C35] evens out the history of nexus, which forgets it with its last subscriber', async () => {
    if (!nexus) throw new Error('nexus is not there');
    const fresh = await startNexus('program' in built ? built.program : '');
    const connection = new Connection({ url: fresh.webSocketUrl, realm: 'realm1' });
    try {
      await connection.subscribe('com.example.history', () => {}).ready;
      for (const value of [0, 1, 2]) await connection.publish('com.example.history', [value], null, { acknowledge: true });
      const subscription = (await meta.lookupSubscription(connection, 'com.example.history')) ?? 0;
      const values = (events: readonly { readonly args?: readonly unknown[] }[]) => events.map(({ args }) => args?.[0]);
      expect(values(await meta.getEvents(connection, subscription))).toEqual([0, 1, 2]);
      expect(values(await meta.getEvents(connection, subscription, { limit: 2 }))).toEqual([0, 1]);
      expect(values(await meta.getEvents(connection, subscription, { reverse: true, limit: 1 }))).toEqual([2]);
    } finally {
      await connection.close();
      fresh.stop();
    }
  });

  it('[N10] fills a gap from the history of nexus, which knows no publications to begin from', async () => {
    if (!nexus) throw new Error('nexus is not there');
    const fresh = await startNexus('program' in built ? built.program : '');
    const [reader, writer] = [1, 2].map(
      () => new Connection({ url: fresh.webSocketUrl, realm: 'realm1', retry: { maxMs: 10 } }),
    ) as [Connection, Connection];
    try {
      reader.on('status', () => {});
      const heard: unknown[] = [];
      const publish = (value: number) => writer.publish('com.example.history', [value], null, { acknowledge: true });
      await writer.subscribe('com.example.history', () => {}).ready; // nexus forgets it with the last subscriber
      const handle = reader.subscribe('com.example.history', ([value]: [number]) => heard.push(value), {
        recoverWith: fromHistory(),
      });
      await handle.ready;
      for (const value of [1, 2]) await publish(value);
      await expect.poll(() => heard).toEqual([1, 2]);
      const { session } = reader;
      await writer.call('wamp.session.kill', [session?.id ?? 0], { reason: 'wamp.close.killed' });
      await session?.ended;
      for (const value of [3, 4]) await publish(value);
      await expect.poll(() => handle.state).toBe('active');
      await publish(5);
      await expect.poll(() => heard).toEqual([1, 2, 3, 4, 5]);
    } finally {
      await Promise.all([reader.close(), writer.close()]);
      fresh.stop();
    }
  });
});
