/* Big things are cut, and nobody can tell by the order of what they get: fan-outs, retained events, sessions that leave. */
import { expect, test } from 'vitest';
import type { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { join, openRouter, register, subscribe } from './open-router.ts';

const topic = 'com.example.topic';
const add = 'com.example.add';
const MANY = 300;

/** When everything that waits for its turn is done. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

const first = (messages: readonly (readonly unknown[])[]): unknown[] => messages.map((message) => (message[4] as unknown[])[0]);

test('[G2] [R24] [R41] events of one publisher come in order to each of many subscribers, and its calls after them', async () => {
  const { router } = openRouter();
  const publisher = await join(router);
  const subscribers: ScriptedPeer[] = [];
  for (let i = 0; i < MANY; i++) {
    const subscriber = await join(router);
    await subscribe(subscriber, topic);
    subscribers.push(subscriber);
  }
  const [last] = subscribers.slice(-1);
  if (!last) throw new Error('expected subscribers');
  await register(last, add, 2);
  for (let i = 1; i <= 20; i++) publisher.send([16, i, {}, topic, [i]]);
  publisher.send([48, 21, {}, add]);
  await quiet();
  for (const subscriber of subscribers) {
    const events = subscriber.unread.filter(([code]) => code === 36);
    expect(first(events)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  }
  expect(last.unread.map(([code]) => code)).toEqual([...Array(20).fill(36), 68]);
});

test('[G2] [R22] who unsubscribes or comes while an event is on its way gets nothing that he could not have got at once', async () => {
  const { router } = openRouter();
  const publisher = await join(router);
  const subscribers: ScriptedPeer[] = [];
  let id: unknown;
  for (let i = 0; i < MANY; i++) {
    const subscriber = await join(router);
    id = await subscribe(subscriber, topic);
    subscribers.push(subscriber);
  }
  const late = await join(router);
  const [leaving] = subscribers.slice(-1);
  if (!leaving) throw new Error('expected subscribers');
  publisher.send([16, 1, {}, topic, ['x']]);
  leaving.send([34, 2, id]);
  late.send([32, 1, {}, topic]);
  await quiet();
  const codes = leaving.unread.map(([code]) => code);
  expect(codes.indexOf(36)).toBeLessThan(codes.indexOf(35));
  expect(codes.slice(codes.indexOf(35))).toEqual([35]);
  expect(late.unread.map(([code]) => code)).toEqual([33]);
});

test('[G2] [R29] retained events of many topics come before what is published later, each once', async () => {
  const { router } = openRouter();
  const publisher = await join(router);
  for (let i = 1; i <= MANY; i++) publisher.send([16, i, { retain: true }, `com.kept.t${i}`, [i]]);
  await quiet();
  const subscriber = await join(router);
  subscriber.send([32, 1, { match: 'prefix', get_retained: true }, 'com.kept.']);
  publisher.send([16, MANY + 1, {}, 'com.kept.t1', ['new']]);
  await quiet();
  const events = subscriber.unread.filter(([code]) => code === 36);
  expect(subscriber.unread[0]?.[0]).toBe(33);
  expect(first(events)).toEqual([...Array.from({ length: MANY }, (_, i) => i + 1), 'new']);
});

test('[G2] [R56] [R61] who leaves with much is gone at once; then it is told piece by piece, testaments behind it, and on_leave last', async () => {
  const { router } = openRouter();
  const watcher = await join(router);
  await subscribe(watcher, 'wamp.registration.on_unregister');
  await subscribe(watcher, 'wamp.session.on_leave', 2);
  await subscribe(watcher, topic, 3);
  const callee = await join(router);
  for (let i = 1; i <= MANY; i++) await register(callee, `${add}.p${i}`, i);
  callee.send([48, MANY + 1, {}, 'wamp.session.add_testament', [topic, ['gone']]]);
  await callee.expect([50, MANY + 1, {}]);
  const caller = await join(router);
  callee.close();
  await quiet();
  caller.send([48, 1, {}, `${add}.p1`]);
  expect((await caller.next()).slice(0, 5)).toEqual([8, 48, 1, {}, 'wamp.error.no_such_procedure']);
  const told = watcher.unread.filter(([code]) => code === 36);
  expect(told).toHaveLength(MANY + 2);
  expect(told.at(-2)?.[4]).toEqual(['gone']);
  expect(told.at(-1)?.[4]).toEqual([expect.any(Number), expect.any(String), 'anonymous']);
  expect(router.stats()).toMatchObject({ registrations: 0, calls: 0 });
});
