/* Caller and callee, publisher and subscriber, with different serializers: the router decodes and encodes again. */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { CALL, Code, ERROR, EVENT, INVOCATION, PUBLISH, RESULT, YIELD } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { expectUnread, HUGE, join, openRouter, register, sendHuge, subscribe } from './open-router.ts';

const add = 'com.example.add';
const topic = 'com.example.topic';
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

const makers: { readonly [name: string]: () => Serializer } = { json: () => json(), msgpack: () => msgpack(), cbor: () => cbor() };
const payload = [
  [
    null,
    true,
    'Grüße \u{1f600}',
    -1.5,
    2 ** 32 + 1,
    -(2 ** 40),
    2 ** 53,
    Uint8Array.of(0, 255, 7),
    { deep: [Uint8Array.of(), { 'a.b': '' }] },
  ],
  { bytes: Uint8Array.of(1, 2, 3), list: [[[]]], constructor: 1, big: 2 ** 53 },
] as const;

const wide = (router: Router) => joinedClient(router, 'realm1', msgpack({ int64: 'bigint' }));
const poor = (router: Router) => joinedClient(router, 'realm1', msgpack());

for (const [from, to] of [
  ['json', 'msgpack'],
  ['msgpack', 'json'],
  ['msgpack', 'msgpack'],
  ['json', 'cbor'],
  ['cbor', 'json'],
  ['msgpack', 'cbor'],
  ['cbor', 'msgpack'],
  ['cbor', 'cbor'],
] as const) {
  describe(`from ${from} to ${to}`, () => {
    const both = async (router: Router) =>
      [await joinedClient(router, 'realm1', makers[from]?.()), await joinedClient(router, 'realm1', makers[to]?.())] as const;

    test('[R43] [R83] arguments, results and errors arrive unchanged, even bytes and large integers', async () => {
      const { router } = openRouter();
      const [caller, callee] = await both(router);
      const id = await register(callee, add);
      caller.send(CALL(1, {}, add, ...payload), CALL(2, {}, add));
      await callee.expect(INVOCATION(1, id, {}, ...payload));
      callee.send(YIELD(1, {}, ...payload), ERROR('INVOCATION', 2, {}, 'com.example.error', ...payload));
      await caller.expect(RESULT(1, {}, ...payload));
      await caller.expect(ERROR('CALL', 2, {}, 'com.example.error', ...payload));
    });

    test('[R23] [R83] an event arrives unchanged', async () => {
      const { router } = openRouter();
      const [publisher, subscriber] = await both(router);
      const id = await subscribe(subscriber, topic);
      publisher.send(PUBLISH(1, {}, topic, ...payload));
      await subscriber.expect(EVENT(id, expect.any(Number), {}, ...payload));
    });
  });
}

test('[R83] an event reaches subscribers of every kind, each in its own serializer', async () => {
  const { router } = openRouter();
  const publisher = await join(router);
  const subscribers = [];
  for (const name of ['json', 'msgpack', 'cbor', 'json', 'msgpack', 'cbor']) {
    subscribers.push(await joinedClient(router, 'realm1', makers[name]?.()));
  }
  const ids = [];
  for (const subscriber of subscribers) ids.push(await subscribe(subscriber, topic));
  publisher.send(PUBLISH(1, { acknowledge: true }, topic, ...payload));
  const [, , publication] = await publisher.next();
  for (const subscriber of subscribers) await subscriber.expect(EVENT(ids[0], publication, {}, ...payload));
});

test('[R83] [C85] exact integers of 64 bits go from CBOR to MessagePack and back, if both sides ask for them', async () => {
  const { router } = openRouter();
  const [caller, callee] = [await joinedClient(router, 'realm1', cbor({ int64: 'bigint' })), await wide(router)];
  const exact = [2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n + 1n, 2 ** 53, -(2 ** 53)];
  const id = await register(callee, add);
  caller.send(CALL(1, {}, add, exact));
  await callee.expect(INVOCATION(1, id, {}, exact));
  callee.send(YIELD(1, {}, exact));
  await caller.expect(RESULT(1, {}, exact));
});

describe('a value that the other side’s serializer cannot hold', () => {
  test('[R83] in a CALL fails that call only, and does not reach the callee', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await join(router), await poor(router)];
    const id = await register(callee, add);
    sendHuge(caller, CALL(1, {}, add, [[HUGE]]));
    caller.send(CALL(2, {}, add, [5]));
    await caller.expect(ERROR('CALL', 1, {}, INVALID_ARGUMENT, [expect.stringContaining('64 bits')]));
    await expectUnread(callee, INVOCATION(1, id, {}, [5])); // and no invocation id is left out
    callee.send(YIELD(1, {}, [6]));
    await caller.expect(RESULT(2, {}, [6]));
  });

  test('[R83] in a YIELD fails that call only', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await poor(router), await join(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add), CALL(2, {}, add));
    sendHuge(callee, YIELD(1, {}, [], { much: HUGE }));
    callee.send(YIELD(2, {}, [6]));
    await caller.expect(ERROR('CALL', 1, {}, INVALID_ARGUMENT, [expect.stringContaining('64 bits')]));
    await caller.expect(RESULT(2, {}, [6]));
    await expectUnread(callee, INVOCATION(1, expect.any(Number), {}), INVOCATION(2, expect.any(Number), {}));
  });

  test('[R83] in a callee’s ERROR is removed, and the URI is kept', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await poor(router), await join(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add));
    sendHuge(callee, ERROR('INVOCATION', 1, {}, 'com.example.error', [HUGE]));
    await caller.expect(ERROR('CALL', 1, {}, 'com.example.error', [expect.stringContaining('64 bits')]));
  });

  test('[R83] in a PUBLISH is not sent to those subscribers only', async () => {
    const { router } = openRouter();
    const [publisher, one, rich] = [await join(router), await poor(router), await join(router)];
    const id = await subscribe(one, topic);
    await subscribe(rich, topic);
    sendHuge(publisher, PUBLISH(1, { acknowledge: true }, topic, [HUGE]));
    publisher.send(PUBLISH(2, {}, topic, ['small']));
    await rich.expect(EVENT(id, expect.any(Number), {}, [2 ** 64]));
    await rich.expect(EVENT(id, expect.any(Number), {}, ['small']));
    await expectUnread(one, EVENT(id, expect.any(Number), {}, ['small']));
    expect((await publisher.next())[0]).toBe(Code.PUBLISHED);
  });
});

test.each(['json', 'msgpack', 'cbor'])(
  '[R43] a member __proto__ in a payload of %s changes nothing and is not passed on',
  async (name) => {
    const { router } = openRouter();
    const [client, subscriber] = [await joinedClient(router, 'realm1', makers[name]?.()), await join(router)];
    const id = await subscribe(subscriber, topic);
    if (name === 'json')
      client.sendFrame(`[16, 1, {"__proto__": {"acknowledge": true}}, "${topic}", [{"__proto__": {"x": 1}, "y": 2}]]`);
    else client.send(PUBLISH(1, {}, topic, [Object.defineProperty({ y: 2 }, '__proto__', { value: { x: 1 }, enumerable: true })]));
    await expectUnread(client);
    await subscriber.expect(EVENT(id, expect.any(Number), {}, [{ y: 2 }]));
    expect(({} as { x?: number }).x).toBeUndefined();
  },
);
