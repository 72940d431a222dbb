/* Over every transport: retained events that are together longer than the queue of a session may be. */
import { Connection, type ConnectionOptions } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { type Listener, rawSocket, webSocket } from 'autostrada/node';
import type { Router } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from './listening.ts';

const ways: readonly (readonly [string, (listener: Listener, router: Router) => ConnectionOptions['url']])[] = [
  ['WebSocket', ({ url }) => webSocket(url)],
  ['RawSocket', ({ rawSocketUrl = '' }) => rawSocket(rawSocketUrl)],
  ['long-poll', ({ longPollUrl = '' }) => longPoll(longPollUrl)],
  ['the same process', (_, router) => router],
];

const TOPICS = 400;
const BYTES = 8000;

test.each(ways)(
  '[G2] [K5] get_retained gives all events of many subscribers over %s, and ends nobody',
  { timeout: 30_000 },
  async (_, way) => {
    const { router, listener, warnings } = await listening({}, { maxMessageBytes: 2 ** 18, maxQueuedBytes: 2 ** 18 });
    const connect = async (): Promise<Connection> => {
      const connection = new Connection({ url: way(listener, router), realm: 'realm1', retry: false });
      connection.on('error', () => {});
      await connection.open();
      onTestFinished(() => connection.close());
      return connection;
    };
    const publisher = await connect();
    const kept = Array.from({ length: TOPICS }, (__, i) => i);
    for (const i of kept)
      await publisher.publish(`com.kept.t${i}`, [i, 'x'.repeat(BYTES)], null, {
        retain: true,
        acknowledge: i % 10 === 0 || undefined,
      });
    const heard = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const got: unknown[] = [];
        const subscriber = await connect();
        await subscriber.subscribe('com.kept.', ([i]) => void got.push(i), { match: 'prefix', get_retained: true }).ready;
        expect(await subscriber.call('wamp.session.count')).toBeGreaterThan(1);
        return got;
      }),
    );
    await publisher.publish('com.kept.t0', ['new'], null, { acknowledge: true });
    await expect.poll(() => heard.map((got) => got.at(-1)), { timeout: 20_000 }).toEqual(heard.map(() => 'new'));
    for (const got of heard) expect(got).toEqual([...kept, 'new']);
    expect(warnings).toEqual([]);
    expect(router.stats().slowConsumers).toBe(0);
  },
);
