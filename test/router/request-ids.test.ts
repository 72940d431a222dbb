/* The ids of requests: any that is not under way, and with `strictRequestIds` 1, 2, 3 … over all types of requests. */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import {
  ABORT,
  CALL,
  CANCEL,
  Code,
  ERROR,
  PUBLISH,
  REGISTER,
  RESULT,
  SUBSCRIBE,
  UNREGISTER,
  UNSUBSCRIBE,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, join, openRouter } from './open-router.ts';

const topic = 'com.example.topic';
const add = 'com.example.add';
const more = { progress: true };
const realms = { realm1: 'open' } as const;

const requests: { readonly [name: string]: (request: number) => List } = {
  SUBSCRIBE: (request) => SUBSCRIBE(request, {}, topic),
  UNSUBSCRIBE: (request) => UNSUBSCRIBE(request, 1),
  PUBLISH: (request) => PUBLISH(request, { acknowledge: true }, topic),
  REGISTER: (request) => REGISTER(request, {}, 'com.example.mine'),
  UNREGISTER: (request) => UNREGISTER(request, 1),
  CALL: (request) => CALL(request, {}, 'com.example.nothing'),
};

async function callee(router: Router): Promise<ScriptedPeer> {
  const client = await joinedClient(router, 'realm1', undefined, { callee: { features: { progressive_call_invocations: true } } });
  client.send(REGISTER(1, {}, add));
  await client.next();
  return client;
}

const caller = (router: Router): Promise<ScriptedPeer> =>
  joinedClient(router, 'realm1', undefined, { caller: { features: { progressive_call_invocations: true } } });

describe('a request id', () => {
  const ids: { readonly [how: string]: readonly number[] } = {
    'at random': [5632080697101732, 3, 2 ** 53, 77, 2, 8123],
    'with gaps': [2, 4, 5, 9, 100, 1000],
    'that fall': [6, 5, 4, 3, 2, 1],
    'that were used before': [1, 1, 1, 1, 1, 1],
  };
  test.each(Object.entries(ids))('[G3] [R09] is accepted: %s, for every type', async (_, numbers) => {
    const { router } = openRouter();
    const client = await join(router);
    for (const [i, request] of Object.values(requests).entries()) {
      const id = numbers[i] ?? 0;
      client.send(request(id));
      const answer = await client.next();
      expect(answer[answer[0] === Code.ERROR ? 2 : 1]).toBe(id);
    }
    await expectUnread(client);
  });

  test('[G3] [R09] [R42] may be random for calls, which are all answered, however they end', async () => {
    const { router } = openRouter();
    const [one, asking] = [await callee(router), await join(router)];
    asking.send(CALL(900, {}, add), CALL(12, {}, add), CALL(2 ** 52, {}, add));
    for (let i = 0; i < 3; i++) await one.next();
    one.send(YIELD(3, {}, ['c']), YIELD(1, {}, ['a']), ERROR('INVOCATION', 2, {}, 'com.example.error'));
    await asking.expect(RESULT(2 ** 52, {}, ['c']));
    await asking.expect(RESULT(900, {}, ['a']));
    await asking.expect(ERROR('CALL', 12, {}, 'com.example.error'));
  });

  test('[G3] [R09] [R51] may be lower for a progressive call: one that is not open is a new call', async () => {
    const { router } = openRouter();
    const [one, asking] = [await callee(router), await caller(router)];
    asking.send(CALL(50, more, add, [1]), CALL(20, more, add, [2]), CALL(50, {}, add, [3]), CALL(10, {}, add, [4]));
    asking.send(CALL(20, {}, add, [5]));
    const seen = [];
    for (let i = 0; i < 5; i++) {
      const [, id, , , args] = await one.next();
      seen.push([id, ...(args as List)]);
    }
    expect(seen).toEqual([
      [1, 1],
      [2, 2],
      [1, 3],
      [3, 4],
      [2, 5],
    ]);
  });

  describe.each(Object.entries(requests))('[G3] [R09] of a call, used by %s', (name, request) => {
    test('while the call runs, is a violation', async () => {
      const { router } = openRouter();
      const [one, asking] = [await callee(router), await join(router)];
      asking.send(CALL(7, {}, add));
      await one.next();
      asking.send(request(7));
      await expectAbort(asking, 'got request id 7, which is still in use by a call');
    });

    test('after the call has ended, is accepted', async () => {
      const { router } = openRouter();
      const [one, asking] = [await callee(router), await join(router)];
      asking.send(CALL(7, {}, add));
      await one.next();
      one.send(YIELD(1, {}));
      await asking.expect(RESULT(7, {}));
      asking.send(request(7));
      expect((await asking.next())[0], name).not.toBe(Code.ABORT);
    });
  });

  test('[G3] [R09] is in use while its call waits to be killed', async () => {
    const { router } = openRouter();
    const one = await joinedClient(router, 'realm1', undefined, { callee: { features: { call_canceling: true } } });
    one.send(REGISTER(1, {}, add));
    await one.next();
    const asking = await join(router);
    asking.send(CALL(7, {}, add), CANCEL(7, { mode: 'kill' }), CALL(7, {}, add));
    await expectAbort(asking, 'got request id 7, which is still in use by a call');
  });

  test('[G3] [R09] may be the same in two sessions', async () => {
    const { router } = openRouter();
    const [one, asking, other] = [await callee(router), await join(router), await join(router)];
    asking.send(CALL(7, {}, add));
    await one.next();
    other.send(CALL(7, {}, add));
    await one.next();
    one.send(YIELD(2, {}, ['other']), YIELD(1, {}, ['asking']));
    await asking.expect(RESULT(7, {}, ['asking']));
    await other.expect(RESULT(7, {}, ['other']));
  });
});

describe('a request id with strictRequestIds', () => {
  async function violate(lists: readonly List[], message: string): Promise<void> {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const [bystander, client] = [await join(router), await join(router)];
    client.send(...lists);
    expect((await client.end()).at(-1)).toEqual(ABORT({ message }, 'wamp.error.protocol_violation'));
    await expectUnread(bystander);
  }
  test.each(Object.entries(requests))('[R09] in %s is a violation if the first is not 1', (_, request) =>
    violate([request(2)], 'expected request id 1, the next of this session, got 2'),
  );
  test.each(Object.entries(requests))('[R09] in %s is a violation if it was used before', (_, request) =>
    violate([PUBLISH(1, {}, topic), request(1)], 'expected request id 2, the next of this session, got 1'),
  );
  test('[R09] is a violation after a gap, even one of a progressive call', () =>
    violate([PUBLISH(1, {}, topic), PUBLISH(3, {}, topic)], 'expected request id 2, the next of this session, got 3'));

  test('[R09] is counted over all types of requests', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const client = await join(router);
    client.send(...Object.values(requests).map((request, i) => request(i + 1)));
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await client.next())[0]);
    expect(codes).toEqual([33, 8, 17, 65, 8, 8]);
  });

  test('[R51] [R09] is that of the first input for further inputs; one after the last is a violation', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const [one, asking] = [await callee(router), await caller(router)];
    asking.send(CALL(1, more, add), PUBLISH(2, {}, topic), CALL(1, {}, add), CALL(3, more, add));
    expect([(await one.next())[1], (await one.next())[1], (await one.next())[1]]).toEqual([1, 1, 2]);
    asking.send(CALL(1, {}, add));
    await expectAbort(asking, 'expected request id 4, the next of this session, got 1');
  });

  test('[R51] is remembered for a thousand open calls; of older ones every CALL is dropped', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const asking = await caller(router);
    const nobody = 'com.example.nobody';
    for (let request = 1; request <= 1002; request++) asking.send(CALL(request, more, nobody));
    for (let request = 1; request <= 1002; request++) await expectError(asking, 48, request, 'wamp.error.no_such_procedure');
    asking.send(CALL(1, {}, nobody), CALL(2, {}, nobody), CALL(1002, {}, nobody));
    await expectUnread(asking);
    asking.send(CALL(1002, {}, nobody));
    await expectAbort(asking, 'expected request id 1003, the next of this session, got 1002');
  });
});
