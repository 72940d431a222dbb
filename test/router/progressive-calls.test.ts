/* WAMP "Progressive Call Invocations" at the router: several CALLs with one id are one call. */

import { msgpack } from 'autostrada/msgpack';
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import {
  CALL,
  CANCEL,
  ERROR,
  INTERRUPT,
  INVOCATION,
  REGISTER,
  RESULT,
  SUBSCRIBE,
  UNREGISTER,
  UNREGISTERED,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import {
  expectAbort,
  expectError,
  expectUnread,
  HUGE,
  type Opened,
  openRouter,
  register,
  sendHuge,
  VIOLATION,
} from './open-router.ts';

const upload = 'com.example.upload';
const more = { progress: true };
const able = { call_canceling: true, progressive_call_results: true, progressive_call_invocations: true, call_timeout: true };

async function callee(router: Router, options: object = {}, features: object = able): Promise<[ScriptedPeer, unknown]> {
  const client = await joinedClient(router, 'realm1', undefined, { callee: { features } });
  client.send(REGISTER(1, options, upload));
  return [client, (await client.next())[2]];
}

function caller(router: Router, features: object = { progressive_call_invocations: true }): Promise<ScriptedPeer> {
  return joinedClient(router, 'realm1', undefined, { caller: { features } });
}

interface UnderWay extends Opened {
  readonly one: ScriptedPeer;
  readonly asking: ScriptedPeer;
  readonly id: unknown;
}

/** A progressive call that has begun. */
async function underWay(options: object = more, registering: object = {}): Promise<UnderWay> {
  const opened = openRouter();
  const [one, id] = await callee(opened.router, registering);
  const asking = await caller(opened.router);
  asking.send(CALL(1, options, upload, ['first']));
  await one.next();
  return { ...opened, one, asking, id };
}

describe('further inputs', () => {
  test('[R51] [R09] go to the same invocation, with the details of the first and their own progress', async () => {
    const { router } = openRouter();
    const [one, id] = await callee(router, { disclose_caller: true });
    const asking = await caller(router);
    asking.send(
      CALL(1, { progress: true, receive_progress: true }, upload, ['a'], { size: 3 }),
      CALL(1, more, upload, ['b']),
      CALL(1, { progress: true, receive_progress: false, disclose_me: true, timeout: 1, _mine: 1 }, upload, ['c']),
      CALL(1, {}, upload),
      CALL(2, {}, 'com.example.nobody'),
    );
    const who = {
      caller: router.sessions[1]?.id,
      caller_authid: router.sessions[1]?.authid,
      caller_authrole: 'anonymous',
      receive_progress: true,
    };
    await one.expect(INVOCATION(1, id, { ...who, progress: true }, ['a'], { size: 3 }));
    await one.expect(INVOCATION(1, id, { ...who, progress: true }, ['b']));
    await one.expect(INVOCATION(1, id, { ...who, progress: true }, ['c']));
    await one.expect(INVOCATION(1, id, who));
    one.send(YIELD(1, more, ['half']), YIELD(1, {}, ['done']));
    await expectError(asking, 48, 2, 'wamp.error.no_such_procedure');
    await asking.expect(RESULT(1, more, ['half']));
    await asking.expect(RESULT(1, {}, ['done']));
  });

  test('[R51] stay with the callee of the first one, whoever is next', async () => {
    const { router } = openRouter();
    const [one] = await callee(router, { invoke: 'roundrobin' });
    const [two] = await callee(router, { invoke: 'roundrobin' });
    const asking = await caller(router);
    asking.send(CALL(1, more, upload, [1]), CALL(2, more, upload, [1]), CALL(1, more, upload, [2]), CALL(2, {}, upload, [2]));
    for (const each of [one, two]) for (const n of [1, 2]) expect((await each.next()).slice(4)).toEqual([[n]]);
    await expectUnread(one);
    await expectUnread(two);
  });

  test('[R51] [R41] continue after the procedure was unregistered', async () => {
    const { one, asking, id } = await underWay();
    one.send(UNREGISTER(2, id));
    await one.expect(UNREGISTERED(2));
    asking.send(CALL(1, {}, upload, ['last']));
    await one.expect(INVOCATION(1, id, {}, ['last']));
  });

  test('[R51] [R56] wait while an authorizer decides about the first, and need no permission themselves', async () => {
    let asked = 0;
    let allow: (is: boolean) => void = () => {};
    const authorize = ({ action }: { action: string }): boolean | Promise<boolean> => {
      if (action !== 'call') return true;
      asked++;
      return new Promise((resolve) => (allow = resolve));
    };
    const { router } = openRouter(
      { realms: { realm1: { anonymous: 'user', authroles: { user: { permissions: [] } } } } },
      { authorize },
    );
    const [one] = await callee(router);
    const asking = await caller(router);
    asking.send(CALL(1, more, upload, [1]), CALL(1, more, upload, [2]), CALL(1, {}, upload, [3]));
    await expectUnread(one);
    allow(true);
    for (const n of [1, 2, 3]) expect((await one.next()).slice(4)).toEqual([[n]]);
    expect(asked).toBe(1);
    asking.send(CALL(2, more, upload, [1]), CALL(2, {}, upload, [2]));
    await expectUnread(one);
    allow(false);
    await expectError(asking, 48, 2, 'wamp.error.not_authorized');
    await expectUnread(one);
    await expectUnread(asking);
  });

  test('[R51] that do not fit the callee’s serializer end the call at both ends', async () => {
    const { router } = openRouter();
    const one = await joinedClient(router, 'realm1', msgpack(), { callee: { features: able } });
    await register(one, upload);
    const asking = await caller(router);
    asking.send(CALL(1, more, upload));
    sendHuge(asking, CALL(1, more, upload, [HUGE]));
    asking.send(CALL(1, {}, upload));
    await one.next();
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
    await expectError(asking, 48, 1, 'wamp.error.invalid_argument');
    await expectUnread(one);
  });

  test('[R48] a progressive result that does not fit the caller’s serializer ends the call at both ends', async () => {
    const { router } = openRouter();
    const one = await joinedClient(router, 'realm1', undefined, { callee: { features: able } });
    await register(one, upload);
    const asking = await joinedClient(router, 'realm1', msgpack(), { caller: { features: able } });
    asking.send(CALL(1, { receive_progress: true }, upload));
    await one.next();
    sendHuge(one, YIELD(1, more, [HUGE]));
    one.send(YIELD(1, {}));
    await expectError(asking, 48, 1, 'wamp.error.invalid_argument');
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
    await expectUnread(asking);
  });
});

describe('after the end of a progressive call', () => {
  const ends: { readonly [how: string]: (one: ScriptedPeer, asking: ScriptedPeer) => void } = {
    'the callee’s result': (one) => one.send(YIELD(1, {}, ['early'])),
    'the callee’s error': (one) => one.send(ERROR('INVOCATION', 1, {}, 'com.example.full')),
    'the caller’s CANCEL': (_, asking) => asking.send(CANCEL(1, {})),
    'the callee’s leaving': (one) => one.close(),
  };
  test.each(Object.entries(ends))('[R51] [R09] by %s further inputs are dropped', async (_, end) => {
    const { one, asking } = await underWay();
    end(one, asking);
    expect([8, 50]).toContain((await asking.next())[0]);
    asking.send(CALL(1, more, upload, ['late']), CALL(1, {}, upload, ['last']), CALL(2, {}, 'com.example.nobody'));
    await expectError(asking, 48, 2, 'wamp.error.no_such_procedure');
    await expectUnread(one, ...(one.unread.length ? [INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' })] : []));
  });

  test('[G3] [R51] an input after the last is a new call', async () => {
    const { one, asking, id } = await underWay();
    asking.send(CALL(1, {}, upload, ['last']));
    await one.next();
    one.send(YIELD(1, {}));
    await asking.next();
    asking.send(CALL(1, {}, upload, ['again']));
    await one.expect(INVOCATION(2, id, {}, ['again']));
  });

  test('[R51] further inputs of refused calls are dropped as well', async () => {
    const { router } = openRouter({
      realms: {
        realm1: {
          anonymous: 'user',
          authroles: {
            user: {
              permissions: [
                { uri: 'com.open', match: 'prefix', allow: 'all' },
                { uri: 'wamp.', match: 'prefix', allow: ['call'] },
              ],
            },
          },
        },
      },
    });
    const asking = await caller(router);
    for (const [i, uri] of ['com.open.nobody', 'com.closed', 'wamp.session.count'].entries())
      asking.send(CALL(i + 1, more, uri), CALL(i + 1, more, uri), CALL(i + 1, {}, uri));
    for (const uri of ['no_such_procedure', 'not_authorized', 'feature_not_supported'])
      expect((await asking.next())[4]).toBe(`wamp.error.${uri}`);
    await expectUnread(asking);
  });

  test('[G3] [R51] a thousand are remembered; a forgotten one is a new call, and is answered', async () => {
    const { router } = openRouter();
    const asking = await caller(router);
    const nobody = 'com.example.nobody';
    for (let request = 1; request <= 1002; request++) asking.send(CALL(request, more, nobody));
    for (let request = 1; request <= 1002; request++) await expectError(asking, 48, request, 'wamp.error.no_such_procedure');
    asking.send(CALL(3, {}, nobody), CALL(1002, {}, nobody));
    await expectUnread(asking);
    asking.send(CALL(2, {}, nobody));
    await expectError(asking, 48, 2, 'wamp.error.no_such_procedure');
  });
});

describe('with limits.maxProgressiveCalls open progressive calls', () => {
  test('[G2] [R51] another one is refused, and the text names the limit', async () => {
    const { router } = openRouter({ realms: { realm1: 'open' }, limits: { maxProgressiveCalls: 2 } });
    const [one] = await callee(router);
    const asking = await caller(router);
    asking.send(CALL(1, more, upload), CALL(2, more, upload), CALL(3, more, upload), CALL(4, {}, upload));
    expect(await asking.next()).toEqual(
      ERROR('CALL', 3, {}, 'autostrada.error.limit_exceeded', [
        '2 progressive calls of this session wait for their last input (limits.maxProgressiveCalls)',
      ]),
    );
    for (const id of [1, 2, 3]) expect((await one.next())[1]).toBe(id); // the ordinary call is taken
    asking.send(CALL(1, {}, upload, ['last']), CALL(5, more, upload));
    expect((await one.next()).slice(4)).toEqual([['last']]);
    expect((await one.next())[1]).toBe(4);
  });

  test('[G3] [R51] (a thousand by default) earlier ones continue, and ordinary calls are accepted', async () => {
    const { router } = openRouter();
    const [one] = await callee(router);
    const asking = await caller(router);
    for (let request = 1; request <= 1000; request++) asking.send(CALL(request * 7, more, upload));
    for (let request = 1; request <= 1000; request++) expect((await one.next())[1]).toBe(request);
    asking.send(CALL(5, more, upload), CALL(5, more, upload), CALL(5, {}, upload));
    await expectError(asking, 48, 5, 'autostrada.error.limit_exceeded');
    await expectUnread(asking);
    asking.send(CALL(6, {}, upload), CALL(7, {}, upload, ['last']));
    expect((await one.next())[1]).toBe(1001);
    expect((await one.next()).slice(4)).toEqual([['last']]);
    asking.send(CALL(8, more, upload));
    expect((await one.next())[1]).toBe(1002);
  });
});

describe('[R51] [R09] the violations of a progressive call', () => {
  async function violate(first: readonly List[], then: List, message: string): Promise<void> {
    const { router } = openRouter();
    const [one] = await callee(router);
    const asking = await caller(router);
    asking.send(...first);
    for (const _ of first) await one.next();
    asking.send(then);
    await expectAbort(asking, message, VIOLATION);
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
  }
  test('include a further input of another procedure', () =>
    violate(
      [CALL(1, more, upload)],
      CALL(1, more, 'com.example.other'),
      'got CALL 1 of "com.example.other", which is still in use by another call',
    ));
  test('include a further input of an ordinary call', () =>
    violate([CALL(1, {}, upload)], CALL(1, more, upload), 'got request id 1, which is still in use by a call'));
  test('include a further input after the last', () =>
    violate(
      [CALL(1, more, upload), CALL(1, {}, upload)],
      CALL(1, {}, upload),
      'got request id 1, which is still in use by a call',
    ));
  test('include a request of another kind with the id of the call', () =>
    violate([CALL(1, more, upload)], SUBSCRIBE(1, {}, upload), 'got request id 1, which is still in use by a call'));
  test('include a progressive CALL of a caller that did not announce it', async () => {
    const { router } = openRouter();
    await callee(router);
    const asking = await caller(router, {});
    asking.send(CALL(1, more, upload));
    await expectAbort(asking, 'got a progressive CALL of a caller that did not announce progressive_call_invocations');
  });
});

test.each([[{ call_canceling: true }], [{}]])('[R51] a callee with no more than %j gets no further inputs', async (features) => {
  const { router } = openRouter();
  const [one] = await callee(router, {}, features);
  const asking = await caller(router);
  asking.send(CALL(1, more, upload), CALL(1, {}, upload));
  await expectError(asking, 48, 1, 'wamp.error.feature_not_supported');
  await expectUnread(one);
});

describe('a progressive call', () => {
  test('[R51] [R45] stops when its caller leaves', async () => {
    const { one, asking } = await underWay();
    asking.close();
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
  });

  test('[R51] [R49] sends no more inputs to a callee that was told to stop, and waits for its answer', async () => {
    const { one, asking } = await underWay();
    asking.send(CANCEL(1, { mode: 'kill' }), CALL(1, more, upload, ['late']));
    await one.expect(INTERRUPT(1, { mode: 'kill', reason: 'wamp.error.canceled' }));
    await expectUnread(one);
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled'));
    await asking.expect(ERROR('CALL', 1, {}, 'wamp.error.canceled'));
  });

  test('[R51] [R50] has its timeout until the first result, whatever inputs come', async () => {
    const { one, asking, clock } = await underWay({ progress: true, timeout: 500 });
    await clock.advance(400);
    asking.send(CALL(1, more, upload, [2]));
    await one.next();
    await clock.advance(100);
    await expectError(asking, 48, 1, 'wamp.error.timeout');
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.timeout' }));
    asking.send(CALL(1, {}, upload, ['late']));
    await expectUnread(one);
  });

  test('[R51] works in a session that calls itself, too', async () => {
    const { router } = openRouter();
    const self = await joinedClient(router, 'realm1', undefined, { callee: { features: able }, caller: { features: able } });
    self.send(REGISTER(1, {}, upload));
    const id = (await self.next())[2];
    self.send(CALL(2, more, upload, [1]), CALL(2, {}, upload, [2]));
    await self.expect(INVOCATION(1, id, more, [1]));
    await self.expect(INVOCATION(1, id, {}, [2]));
    self.send(YIELD(1, {}, ['both']));
    await self.expect(RESULT(2, {}, ['both']));
  });
});
