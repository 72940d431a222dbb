// `upgrades.restore`: what was there comes back, and a program that redoes all in `onopen` has nothing twice.
import { expect, test } from 'vitest';
import {
  ERROR,
  EVENT,
  GOODBYE,
  INVOCATION,
  REGISTER,
  REGISTERED,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTER,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { Bench, settle } from './bench.ts';

const upgrades = { restore: true };

test('a subscription comes back with its handler, and its object is of the new session', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const heard: unknown[] = [];
  const asked = bench.session.subscribe('com.example.t', (args) => heard.push(args));
  expect(bench.line.sent).toEqual([SUBSCRIBE(1, {}, 'com.example.t')]);
  bench.line.deliver(SUBSCRIBED(1, 51), EVENT(51, 1, {}, ['in the same read']));
  const subscription = await asked;
  await bench.reconnected();
  expect(bench.line.sent).toEqual([SUBSCRIBE(1, {}, 'com.example.t')]);
  bench.line.deliver(SUBSCRIBED(1, 52), EVENT(52, 2, {}, ['after']));
  await settle();
  expect(heard).toEqual([['in the same read'], ['after']]);
  expect(subscription).toMatchObject({ id: 52, active: true });
  expect(subscription.session).toBe(bench.session);
  expect(bench.session.subscriptions).toEqual([[subscription]]);

  const leaving = subscription.unsubscribe();
  expect(bench.line.sent[1]).toEqual(UNSUBSCRIBE(2, 52));
  bench.line.deliver(UNSUBSCRIBED(2));
  expect(await leaving).toBe(true);
  await bench.reconnected();
  expect(bench.line.sent).toEqual([]);
});

test('a registration comes back, and is unregistered by its object', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const asked = bench.session.register('com.example.p', ([x]: number[] = []) => (x ?? 0) + 1);
  bench.line.deliver(REGISTERED(1, 61));
  const registration = await asked;
  await bench.reconnected();
  expect(bench.line.sent).toEqual([REGISTER(1, {}, 'com.example.p')]);
  bench.line.deliver(REGISTERED(1, 62), INVOCATION(900, 62, {}, [1]));
  await settle();
  expect(bench.line.sent[1]).toEqual(YIELD(900, {}, [2]));
  const leaving = registration.unregister();
  bench.line.deliver(UNREGISTERED(2));
  await leaving;
  expect(registration.active).toBe(false);
  await bench.reconnected();
  expect(bench.line.sent).toEqual([]);
});

test('what onopen asks for again takes the place of what came back: one request, one handler, one object that is active', async () => {
  const bench = new Bench({ upgrades });
  const heard: unknown[] = [];
  const given: { active: boolean; id: number }[] = [];
  let opens = 0;
  bench.connection.onopen = (session) => {
    const open = ++opens;
    session.subscribe('com.example.t', () => heard.push(`open ${open}`)).then((subscription) => given.push(subscription));
    session.register('com.example.p', () => `open ${open}`).then((registration) => given.push(registration));
  };
  await bench.open();
  bench.line.deliver(SUBSCRIBED(1, 51), REGISTERED(2, 61));
  await settle();
  await bench.reconnected();
  expect(bench.line.sent).toEqual([SUBSCRIBE(1, {}, 'com.example.t'), REGISTER(2, {}, 'com.example.p')]);
  bench.line.deliver(SUBSCRIBED(1, 52), REGISTERED(2, 62), EVENT(52, 1, {}), INVOCATION(900, 62, {}));
  await settle();
  expect(heard).toEqual(['open 2']);
  expect(bench.line.sent[2]).toEqual(YIELD(900, {}, ['open 2']));
  expect(given.map(({ id, active }) => [id, active])).toEqual([
    [51, false],
    [61, false],
    [52, true],
    [62, true],
  ]);
  expect(bench.session.subscriptions.length).toBe(1);
});

test('what is asked for again later, when it is back already, takes its place as well', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const heard: string[] = [];
  const first = bench.session.subscribe('com.example.t', () => heard.push('first'));
  const other = bench.session.subscribe('com.example.t', () => heard.push('other'));
  bench.line.deliver(SUBSCRIBED(1, 51), SUBSCRIBED(2, 51));
  await Promise.all([first, other]);
  await bench.reconnected();
  bench.line.deliver(SUBSCRIBED(1, 52), SUBSCRIBED(2, 52));
  await settle();
  const again = await bench.session.subscribe('com.example.t', () => heard.push('again'));
  expect(again.id).toBe(52);
  expect((await first).active).toBe(false);
  bench.line.deliver(EVENT(52, 1, {}));
  await settle();
  expect(heard.sort()).toEqual(['again', 'other']);
  expect(bench.line.sent.length).toBe(2);
});

test('a refusal rejects, and does not come back', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const asked = bench.session.subscribe('com.example.t', () => {});
  bench.line.deliver(ERROR('SUBSCRIBE', 1, {}, 'wamp.error.not_authorized', ['no']));
  expect(await asked.then(undefined, (error: unknown) => error)).toEqual({
    error: 'wamp.error.not_authorized',
    args: ['no'],
    kwargs: {},
  });
  await bench.reconnected();
  expect(bench.line.sent).toEqual([]);
});

test('what is given up while the connection is down does not come back', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const asked = [bench.session.subscribe('com.example.t', () => {}), bench.session.subscribe('com.example.t', () => {})] as const;
  const registering = bench.session.register('com.example.p', () => {});
  bench.line.deliver(SUBSCRIBED(1, 51), SUBSCRIBED(2, 51), REGISTERED(3, 61));
  const [first, second] = await Promise.all(asked);
  const registration = await registering;
  const before = bench.session;
  const given: unknown[] = [];
  await bench.reconnected((line) => {
    line.drop();
    given.push(first.unsubscribe(), before.unsubscribe(second), registration.unregister());
    expect(() => first.unsubscribe()).toThrow('session not open');
  });
  expect(await Promise.all(given)).toEqual([false, true, undefined]);
  expect([first.active, second.active, registration.active]).toEqual([false, false, false]);
  expect(bench.line.sent).toEqual([]);
  await bench.reconnected();
  expect(bench.line.sent).toEqual([]);
});

test('what is given up in a new session before the router has answered is given back, and does not come back', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const subscribing = bench.session.subscribe('com.example.t', () => {});
  const registering = bench.session.register('com.example.p', () => {});
  bench.line.deliver(SUBSCRIBED(1, 51), REGISTERED(2, 61));
  const [subscription, registration] = [await subscribing, await registering];
  await bench.reconnected();
  const given = [subscription.unsubscribe(), registration.unregister()];
  bench.line.deliver(SUBSCRIBED(1, 52), REGISTERED(2, 62));
  expect(bench.line.sent.slice(2)).toEqual([UNSUBSCRIBE(3, 52), UNREGISTER(4, 62)]);
  bench.line.deliver(UNSUBSCRIBED(3), UNREGISTERED(4));
  expect(await Promise.all(given)).toEqual([true, undefined]);
  await bench.reconnected();
  expect(bench.line.sent).toEqual([]);
});

test('after close() nothing is to come back, so giving it up throws as without the upgrade', async () => {
  const bench = new Bench({ upgrades });
  await bench.open();
  const subscribing = bench.session.subscribe('com.example.t', () => {});
  const registering = bench.session.register('com.example.p', () => {});
  bench.line.deliver(SUBSCRIBED(1, 51), REGISTERED(2, 61));
  const [subscription, registration] = [await subscribing, await registering];
  bench.connection.close();
  bench.line.deliver(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  await settle();
  expect(() => subscription.unsubscribe()).toThrow('session not open');
  expect(() => registration.unregister()).toThrow('session not open');
});
