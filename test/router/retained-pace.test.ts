/* Retained events go out at the reader's pace, beside the tests of slow consumers (out-queue.test.ts). The transport counts what it is given until the client reads. */
import { type LogEntry, Router } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';
import { CALL, Code, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../fixtures/messages.ts';
import { join } from './open-router.ts';
import { SlowLine } from './slow-line.ts';

const MAX = 10_000;
const TOPICS = 200;
const SLOW = 'autostrada.error.slow_consumer';

const kept = Array.from({ length: TOPICS }, (_, i) => i + 1);
const get = SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'com.kept.');
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

async function bench(onQueueFull: 'close' | 'drop-events' = 'close') {
  const limits = { maxMessageBytes: MAX, maxQueuedBytes: MAX, onQueueFull };
  const log: LogEntry[] = [];
  const router = new Router({ realms: { realm1: 'open' }, limits }, { log: (entry) => log.push(entry) });
  onTestFinished(() => router.close());
  const publisher = await join(router);
  for (const i of kept)
    publisher.send(PUBLISH(i, { retain: true, acknowledge: i === TOPICS }, `com.kept.t${i}`, [i, 'x'.repeat(500)]));
  await publisher.next(); // all of them are kept
  return { router, log, publisher };
}

test('[G2] [K5] retained events of more bytes than a queue may have go out as the client reads, before newer events', async () => {
  const { router, publisher } = await bench();
  const line = new SlowLine(router);
  line.say(get);
  await settled();
  expect(line.events.length).toBeGreaterThan(1);
  expect(line.events.length).toBeLessThan(TOPICS / 4);
  publisher.send(PUBLISH(TOPICS + 1, {}, 'com.kept.t1', ['new']));
  await line.readAll(() => line.events.includes('new'));
  expect(line.events).toEqual([...kept, 'new']);
  expect(line.types.slice(0, 2)).toEqual([Code.WELCOME, Code.SUBSCRIBED]);
  expect(line.longest).toBeLessThan(MAX);
  expect(router.stats()).toMatchObject({ slowConsumers: 0, queuedBytes: 0 });
});

test('[G2] [K5] so do those of one topic after the other, each in its order, and answers keep their place', async () => {
  const { router } = await bench();
  const line = new SlowLine(router);
  line.say(get);
  line.say(SUBSCRIBE(2, { match: 'wildcard', get_retained: true }, 'com..'));
  line.say(SUBSCRIBE(3, { match: 'wildcard', get_retained: true }, 'com.kept.'));
  line.say(CALL(4, {}, 'wamp.session.count'));
  await line.readAll(() => line.types.includes(Code.RESULT));
  expect(line.events).toEqual([...kept, ...kept, ...kept]);
  const others = line.types.filter((type) => type !== Code.EVENT);
  expect(others).toEqual([Code.WELCOME, Code.SUBSCRIBED, Code.SUBSCRIBED, Code.SUBSCRIBED, Code.RESULT]);
  expect(line.types.at(-1)).toBe(Code.RESULT);
  expect(line.longest).toBeLessThan(MAX);
});

test('[G2] [K5] a session that does not read them ends when too many new events wait behind them', async () => {
  const { router, publisher, log } = await bench();
  const line = new SlowLine(router);
  line.say(get);
  for (let i = 1; i <= 100; i++) publisher.send(PUBLISH(TOPICS + i, {}, 'com.kept.t1', ['x'.repeat(100)]));
  await expect.poll(() => line.sent.at(-1)).toMatchObject([Code.ABORT, {}, SLOW]);
  expect(line.longest).toBeLessThan(MAX + 500);
  expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 0, slowConsumers: 1, queuedBytes: 0 });
  expect(log.map(({ message }) => message)).toContain(
    `ended a session: over ${MAX} bytes wait for it (limits.maxQueuedBytes, limits.onQueueFull)`,
  );
});

test("[G2] [K5] with 'drop-events' it loses new events, and gets all retained ones and its answers", async () => {
  const { router, publisher } = await bench('drop-events');
  const line = new SlowLine(router);
  line.say(get);
  for (let i = 1; i <= 100; i++)
    publisher.send(PUBLISH(TOPICS + i, { acknowledge: i === 100 }, 'com.kept.t1', ['new', 'x'.repeat(100)]));
  await publisher.next(); // the router has seen all of them
  expect(router.stats().droppedEvents).toBeGreaterThan(10);
  line.say(CALL(2, {}, 'wamp.session.count'));
  await line.readAll(() => line.types.includes(Code.RESULT));
  expect(line.events.filter((each) => each !== 'new')).toEqual(kept);
  expect(line.events.length).toBe(TOPICS + 100 - router.stats().droppedEvents);
  expect(line.types.at(-1)).toBe(Code.RESULT);
});

test('[G2] [K5] a session that unsubscribes meanwhile gets no more of them, and one that ends leaves nothing behind', async () => {
  const { router } = await bench();
  const line = new SlowLine(router);
  line.say(get);
  await settled();
  const [, , id] = line.sent.find(([type]) => type === Code.SUBSCRIBED) ?? [];
  line.say(UNSUBSCRIBE(2, Number(id)));
  await line.readAll(() => line.types.includes(Code.UNSUBSCRIBED));
  expect(line.types.at(-1)).toBe(Code.UNSUBSCRIBED);
  expect(line.events.length).toBeLessThan(TOPICS / 4);
  line.bufferedBytes = 0;
  for (const i of [3, 4, 5]) line.say(SUBSCRIBE(i, { match: 'prefix', get_retained: true }, 'com.kept.'));
  await settled();
  line.close();
  await expect.poll(() => router.stats()).toMatchObject({ sessions: 1, subscriptions: 0, queuedBytes: 0, slowConsumers: 0 });
});

test('[G2] [K5] the end of a session does not wait for them, and its answers come first', async () => {
  const { router } = await bench();
  const line = new SlowLine(router);
  line.say(get);
  line.say(CALL(2, {}, 'wamp.session.count'));
  await settled();
  expect(line.types).not.toContain(Code.RESULT);
  router.kill(Number(line.sent[0]?.[1]));
  expect(line.types.slice(-2)).toEqual([Code.RESULT, Code.GOODBYE]);
  line.close();
});
