/* The ids of requests: any that is not under way, and with `strictRequestIds` 1, 2, 3 … over all types of requests. */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, join, openRouter } from './open-router.ts';

const topic = 'com.example.topic';
const add = 'com.example.add';
const more = { progress: true };
const realms = { realm1: 'open' } as const;

const requests: { readonly [name: string]: (request: number) => List } = {
  SUBSCRIBE: (request) => [32, request, {}, topic],
  UNSUBSCRIBE: (request) => [34, request, 1],
  PUBLISH: (request) => [16, request, { acknowledge: true }, topic],
  REGISTER: (request) => [64, request, {}, 'com.example.mine'],
  UNREGISTER: (request) => [66, request, 1],
  CALL: (request) => [48, request, {}, 'com.example.nothing'],
};

async function callee(router: Router): Promise<ScriptedPeer> {
  const client = await joinedClient(router, 'realm1', undefined, { callee: { features: { progressive_call_invocations: true } } });
  client.send([64, 1, {}, add]);
  await client.next();
  return client;
}

const caller = (router: Router): Promise<ScriptedPeer> =>
  joinedClient(router, 'realm1', undefined, { caller: { features: { progressive_call_invocations: true } } });

describe('ids of requests', () => {
  const ids: { readonly [how: string]: readonly number[] } = {
    'at random': [5632080697101732, 3, 2 ** 53, 77, 2, 8123],
    'with gaps': [2, 4, 5, 9, 100, 1000],
    'that fall': [6, 5, 4, 3, 2, 1],
    'that were used before': [1, 1, 1, 1, 1, 1],
  };
  test.each(Object.entries(ids))('[G3] [R09] %s are taken, of every type', async (_, numbers) => {
    const { router } = openRouter();
    const client = await join(router);
    for (const [i, request] of Object.values(requests).entries()) {
      const id = numbers[i] ?? 0;
      client.send(request(id));
      const answer = await client.next();
      expect(answer[answer[0] === 8 ? 2 : 1]).toBe(id);
    }
    await expectUnread(client);
  });

  test('[G3] [R09] [R42] calls with ids at random are answered each, however they end', async () => {
    const { router } = openRouter();
    const [one, asking] = [await callee(router), await join(router)];
    asking.send([48, 900, {}, add], [48, 12, {}, add], [48, 2 ** 52, {}, add]);
    for (let i = 0; i < 3; i++) await one.next();
    one.send([70, 3, {}, ['c']], [70, 1, {}, ['a']], [8, 68, 2, {}, 'com.example.error']);
    await asking.expect([50, 2 ** 52, {}, ['c']]);
    await asking.expect([50, 900, {}, ['a']]);
    await asking.expect([8, 48, 12, {}, 'com.example.error']);
  });

  test('[G3] [R09] [R51] of progressive calls may fall: a lower id that is not open is a new call', async () => {
    const { router } = openRouter();
    const [one, asking] = [await callee(router), await caller(router)];
    asking.send([48, 50, more, add, [1]], [48, 20, more, add, [2]], [48, 50, {}, add, [3]], [48, 10, {}, add, [4]]);
    asking.send([48, 20, {}, add, [5]]);
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

  describe.each(Object.entries(requests))('[G3] [R09] %s with the id of a call', (name, request) => {
    test('that is under way is a violation', async () => {
      const { router } = openRouter();
      const [one, asking] = [await callee(router), await join(router)];
      asking.send([48, 7, {}, add]);
      await one.next();
      asking.send(request(7));
      await expectAbort(asking, 'got request id 7, which is under way as a call');
    });

    test('that is over is taken', async () => {
      const { router } = openRouter();
      const [one, asking] = [await callee(router), await join(router)];
      asking.send([48, 7, {}, add]);
      await one.next();
      one.send([70, 1, {}]);
      await asking.expect([50, 7, {}]);
      asking.send(request(7));
      expect((await asking.next())[0], name).not.toBe(3);
    });
  });

  test('[G3] [R09] a call that waits to be killed is under way', async () => {
    const { router } = openRouter();
    const one = await joinedClient(router, 'realm1', undefined, { callee: { features: { call_canceling: true } } });
    one.send([64, 1, {}, add]);
    await one.next();
    const asking = await join(router);
    asking.send([48, 7, {}, add], [49, 7, { mode: 'kill' }], [48, 7, {}, add]);
    await expectAbort(asking, 'got request id 7, which is under way as a call');
  });

  test('[G3] [R09] two sessions may have the same', async () => {
    const { router } = openRouter();
    const [one, asking, other] = [await callee(router), await join(router), await join(router)];
    asking.send([48, 7, {}, add]);
    await one.next();
    other.send([48, 7, {}, add]);
    await one.next();
    one.send([70, 2, {}, ['other']], [70, 1, {}, ['asking']]);
    await asking.expect([50, 7, {}, ['asking']]);
    await other.expect([50, 7, {}, ['other']]);
  });
});

describe('with strictRequestIds', () => {
  async function violate(lists: readonly List[], message: string): Promise<void> {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const [bystander, client] = [await join(router), await join(router)];
    client.send(...lists);
    expect((await client.end()).at(-1)).toEqual([3, { message }, 'wamp.error.protocol_violation']);
    await expectUnread(bystander);
  }
  test.each(Object.entries(requests))('[R09] %s that does not begin with 1 is a violation', (_, request) =>
    violate([request(2)], 'expected request id 1, the next of this session, got 2'),
  );
  test.each(Object.entries(requests))('[R09] %s with an id that was used is a violation', (_, request) =>
    violate([[16, 1, {}, topic], request(1)], 'expected request id 2, the next of this session, got 1'),
  );
  test('[R09] a gap is a violation, the one of a progressive call, too', () =>
    violate(
      [
        [16, 1, {}, topic],
        [16, 3, {}, topic],
      ],
      'expected request id 2, the next of this session, got 3',
    ));

  test('[R09] all types of requests count in one row', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const client = await join(router);
    client.send(...Object.values(requests).map((request, i) => request(i + 1)));
    const codes = [];
    for (let i = 0; i < 6; i++) codes.push((await client.next())[0]);
    expect(codes).toEqual([33, 8, 17, 65, 8, 8]);
  });

  test('[R51] [R09] further inputs have the id of the first; one after the last is a violation', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const [one, asking] = [await callee(router), await caller(router)];
    asking.send([48, 1, more, add], [16, 2, {}, topic], [48, 1, {}, add], [48, 3, more, add]);
    expect([(await one.next())[1], (await one.next())[1], (await one.next())[1]]).toEqual([1, 1, 2]);
    asking.send([48, 1, {}, add]);
    await expectAbort(asking, 'expected request id 4, the next of this session, got 1');
  });

  test('[R51] remembers a thousand that may go on; of older ones every CALL is dropped', async () => {
    const { router } = openRouter({ realms, strictRequestIds: true });
    const asking = await caller(router);
    const nobody = 'com.example.nobody';
    for (let request = 1; request <= 1002; request++) asking.send([48, request, more, nobody]);
    for (let request = 1; request <= 1002; request++) await expectError(asking, 48, request, 'wamp.error.no_such_procedure');
    asking.send([48, 1, {}, nobody], [48, 2, {}, nobody], [48, 1002, {}, nobody]);
    await expectUnread(asking);
    asking.send([48, 1002, {}, nobody]);
    await expectAbort(asking, 'expected request id 1003, the next of this session, got 1002');
  });
});
