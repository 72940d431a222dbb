/* A client that sends too fast has to wait, over every transport; the others do not. */
import { batched, Connection, type ConnectionOptions, json } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { type Listener, rawSocket, webSocket } from 'autostrada/node';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from './listening.ts';

const ways: readonly (readonly [string, (listener: Listener) => Pick<ConnectionOptions, 'url' | 'serializers'>])[] = [
  ['WebSocket', ({ url }) => ({ url: webSocket(url) })],
  ['batched WebSocket', ({ url }) => ({ url: webSocket(url), serializers: [batched(json())] })],
  ['RawSocket', ({ rawSocketUrl = '' }) => ({ url: rawSocket(rawSocketUrl) })],
  ['long-poll', ({ longPollUrl = '' }) => ({ url: longPoll(longPollUrl) })],
];

test.each(ways)('[K3] a client that sends too fast over %s is slowed, loses nothing, and others are served', async (_, way) => {
  const { router, listener } = await listening({}, { messagesPerSecond: 200, burst: 20 });
  const connect = async (options: Pick<ConnectionOptions, 'url' | 'serializers'>): Promise<Connection> => {
    const connection = new Connection({ realm: 'realm1', ...options });
    await connection.open();
    onTestFinished(() => connection.close());
    return connection;
  };
  const fast = await connect(way(listener));
  const calm = await connect({ url: webSocket(listener.url) });
  const heard: unknown[] = [];
  const own = await connect({ url: router.as({ authid: 'watcher', authrole: 'any' }) });
  await own.subscribe('com.example.news', ([i]) => void heard.push(i)).ready;
  for (let i = 0; i < 100; i++) fast.publish('com.example.news', [i]);
  await expect.poll(() => router.stats().slowedSessions).toBe(1);
  await calm.publish('com.example.calm', [], {}, { acknowledge: true });
  expect(heard.length).toBeLessThan(100);
  await expect.poll(() => heard.length).toBe(100);
  expect(heard).toEqual(Array.from({ length: 100 }, (__, i) => i));
});

test.each(ways)("[K3] a client that sends too fast over %s ends with onTooFast: 'close'", async (_, way) => {
  const { router, listener } = await listening({}, { messagesPerSecond: 1, burst: 10, onTooFast: 'close' });
  const connection = new Connection({ realm: 'realm1', retry: { maxAttempts: 1 }, ...way(listener) });
  onTestFinished(() => connection.close());
  connection.on('error', () => {});
  const session = await connection.open();
  for (let i = 0; i < 20; i++) connection.publish('com.example.news', [i]);
  const error = await session.ended;
  expect(error).toMatchObject({ uri: 'autostrada.error.limit_exceeded' });
  expect(router.stats()).toMatchObject({ slowedSessions: 1 });
});
