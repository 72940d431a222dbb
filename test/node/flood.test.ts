/* A publisher floods a subscriber that never reads, over real sockets: memory holds, and others go on. */
import { Connection } from 'autostrada';
import type { RouterLimits } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PUBLISH, SUBSCRIBE } from '../fixtures/messages.ts';
import { listening, rawSession } from './listening.ts';

const LIMIT = 500_000;
const EVENT = 10_000;
/** 50 MB, so what the system's own socket buffers take does not matter. */
const EVENTS = 5_000;

async function flood(onQueueFull: RouterLimits['onQueueFull']) {
  const { router, listener } = await listening({}, { maxQueuedBytes: LIMIT, onQueueFull });
  const subscriber = await rawSession(listener.url);
  subscriber.send(SUBSCRIBE(1, {}, 'com.example.flood'));
  const [, , subscription] = await subscriber.next();
  const [slow] = router.sessions;
  subscriber.socket.pause();
  const publisher = new Connection({ url: listener.url, realm: 'realm1' });
  onTestFinished(() => publisher.close());
  let most = 0;
  for (let i = 0; i < EVENTS; i++) {
    publisher.publish('com.example.flood', ['x'.repeat(EVENT)]);
    if (i % 50 === 49) {
      await publisher.publish('com.example.mark', [], null, { acknowledge: true });
      most = Math.max(most, slow?.queuedBytes ?? 0);
    }
  }
  expect(most).toBeLessThan(LIMIT + 2 * EVENT);
  return { router, subscriber, subscription, publisher, slow };
}

describe('a session that reads nothing for a while', () => {
  test('[J1] [R84] gets all that waits for it, in order', { timeout: 30_000 }, async () => {
    const { router, listener } = await listening({}, { maxQueuedBytes: 50_000_000 });
    const peer = await rawSession(listener.url);
    const [session] = router.sessions;
    peer.send(SUBSCRIBE(1, {}, 'com.example.own'));
    await peer.next();
    const got: unknown[] = [];
    peer.socket.on('message', (frame: Buffer) => got.push(JSON.parse(String(frame))[4][0]));
    peer.socket.pause();
    const count = 40_000;
    for (let i = 2; i <= count; i++) {
      peer.send(PUBLISH(i, { exclude_me: false }, 'com.example.own', [i, 'x'.repeat(200)]));
      if (i % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => router.stats().messagesIn, { timeout: 10_000 }).toBe(count);
    expect(session?.queuedBytes).toBeGreaterThan(100_000); // more than the system takes
    peer.socket.resume();
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(count - 1);
    expect(got).toEqual(Array.from({ length: count - 1 }, (_, i) => i + 2));
    await expect.poll(() => session?.queuedBytes).toBe(0);
  });
});

describe('a flood to a subscriber that never reads', () => {
  test('[R84] ends that subscriber by default', async () => {
    const { router, subscriber, publisher } = await flood(undefined);
    expect(router.stats()).toMatchObject({ sessions: 1, slowConsumers: 1, droppedEvents: 0 });
    subscriber.socket.resume();
    expect(await publisher.call('wamp.session.count')).toBe(1);
  });

  test('[R84] skips that subscriber if events are dropped, and it gets events again when it reads', async () => {
    const { router, subscriber, subscription, publisher, slow } = await flood('drop-events');
    expect(router.stats()).toMatchObject({ sessions: 2, slowConsumers: 0 });
    expect(slow?.droppedEvents).toBe(router.stats().droppedEvents);
    expect(slow?.droppedEvents).toBeGreaterThan(0);
    subscriber.socket.resume();
    await expect.poll(() => slow?.queuedBytes).toBe(0);
    publisher.publish('com.example.flood', ['again']);
    let last = await subscriber.next();
    while ((last[4] as string[])[0] !== 'again') last = await subscriber.next();
    expect(last.slice(0, 2)).toEqual([36, subscription]);
  });
});
