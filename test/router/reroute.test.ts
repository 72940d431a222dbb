/* WAMP "Call Re-Routing": a callee that is not available, and who is asked in its place. */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { CALL, CANCEL, Code, ERROR, INTERRUPT, INVOCATION, REGISTER, RESULT, UNREGISTER, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, openRouter } from './open-router.ts';

const add = 'com.example.add';
const more = { progress: true };
const able = {
  call_reroute: true,
  call_canceling: true,
  call_timeout: true,
  progressive_call_results: true,
  progressive_call_invocations: true,
};
const unavailable = (id: unknown): List => ERROR('INVOCATION', id, {}, 'wamp.error.unavailable');

async function callees(router: Router, count: number, options: object, features: object = able): Promise<ScriptedPeer[]> {
  const all: ScriptedPeer[] = [];
  for (let i = 0; i < count; i++) all.push(await callee(router, options, features));
  return all;
}
async function callee(router: Router, options: object, features: object = able): Promise<ScriptedPeer> {
  const one = await joinedClient(router, 'realm1', undefined, { callee: { features } });
  one.send(REGISTER(1, options, add));
  expect((await one.next())[0]).toBe(Code.REGISTERED);
  return one;
}
const caller = (router: Router): Promise<ScriptedPeer> =>
  joinedClient(router, 'realm1', undefined, { caller: { features: { progressive_call_invocations: true } } });

/** Who is asked, one after the other, when nobody is available. */
async function order(all: readonly ScriptedPeer[], asking: ScriptedPeer): Promise<number[]> {
  const asked: number[] = [];
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const index = all.findIndex((each) => each.unread.length > 0);
    if (index < 0) break;
    asked.push(index);
    const [, id] = (await all[index]?.next()) ?? [];
    all[index]?.send(unavailable(id));
  }
  await expectError(asking, 48, 1, 'wamp.error.no_available_callee');
  return asked;
}

describe('[R52] a rerouted call follows the policy', () => {
  test.each<[string, number[]]>([
    ['single', [0]],
    ['first', [0, 1, 2]],
    ['last', [2, 1, 0]],
    ['roundrobin', [0, 1, 2]],
  ])('%s, until no callee is left', async (invoke, asked) => {
    const { router } = openRouter();
    const all = await callees(router, invoke === 'single' ? 1 : 3, { invoke });
    const asking = await caller(router);
    asking.send(CALL(1, {}, add));
    expect(await order(all, asking)).toEqual(asked);
  });

  test('random, which asks any callee, but none twice', async () => {
    const { router } = openRouter();
    const all = await callees(router, 4, { invoke: 'random' });
    const asking = await caller(router);
    asking.send(CALL(1, {}, add));
    expect((await order(all, asking)).sort()).toEqual([0, 1, 2, 3]);
  });

  test('roundrobin, from the middle and past the end, and the turn moves on', async () => {
    const { router } = openRouter();
    const [one, two, three] = await callees(router, 3, { invoke: 'roundrobin' });
    const asking = await caller(router);
    asking.send(CALL(1, {}, add), CALL(2, {}, add));
    await one?.next();
    expect((await two?.next())?.[1]).toBe(1);
    two?.send(unavailable(1));
    expect((await three?.next())?.[1]).toBe(1);
    asking.send(CALL(3, {}, add));
    expect((await one?.next())?.[1]).toBe(2);
  });
});

test('[R52] a rerouted call has the same content, and its answer is passed back', async () => {
  const { router } = openRouter();
  const [one, two] = await callees(router, 2, { invoke: 'first', disclose_caller: true });
  const asking = await caller(router);
  asking.send(CALL(1, { receive_progress: true }, add, [1, { deep: [2] }], { k: 3 }));
  const first = await one?.next();
  one?.send(unavailable(1), YIELD(1, {}, ['too late']));
  expect(await two?.next()).toEqual(first);
  expect(first?.[3]).toMatchObject({ receive_progress: true, caller: router.sessions[2]?.id });
  two?.send(YIELD(1, more, [1]), YIELD(1, {}, [6]));
  await asking.expect(RESULT(1, more, [1]));
  await asking.expect(RESULT(1, {}, [6]));
});

test('[R52] a rerouted call skips callees that have left, and reaches new ones', async () => {
  const { router } = openRouter();
  const [one, two] = await callees(router, 2, { invoke: 'first' });
  const asking = await caller(router);
  asking.send(CALL(1, {}, add));
  await one?.next();
  two?.close();
  const three = await callee(router, { invoke: 'first' });
  one?.send(unavailable(1));
  await three.next();
  await expectUnread(asking);
  three.send(unavailable(1));
  await expectError(asking, 48, 1, 'wamp.error.no_available_callee');
});

test('[R52] a rerouted call continues when the unavailable callee has unregistered meanwhile', async () => {
  const { router } = openRouter();
  const [one, two] = await callees(router, 2, { invoke: 'last' });
  const asking = await caller(router);
  asking.send(CALL(1, {}, add));
  const [, , id] = (await two?.next()) ?? [];
  two?.send(UNREGISTER(2, id), unavailable(1));
  expect((await one?.next())?.slice(0, 2)).toEqual([68, 1]);
});

describe('[R52] the error `unavailable` reaches the caller unchanged', () => {
  async function answered(features: object, before: (one: ScriptedPeer, asking: ScriptedPeer) => void, options: object = {}) {
    const { router } = openRouter();
    const one = await callee(router, { invoke: 'first' }, features);
    const two = await callee(router, { invoke: 'first' });
    const asking = await caller(router);
    asking.send(CALL(1, options, add));
    await one.next();
    before(one, asking);
    await new Promise((resolve) => setImmediate(resolve));
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable', ['busy']));
    let last = await asking.next();
    if (last[0] === Code.RESULT) last = await asking.next();
    expect(last).toEqual(ERROR('CALL', 1, {}, 'wamp.error.unavailable', ['busy']));
    await expectUnread(two);
  }
  test('from a callee that did not announce rerouting', () => answered({ call_canceling: true }, () => {}));
  test('after a progressive result was sent', () =>
    answered(able, (one) => one.send(YIELD(1, more, [1])), { receive_progress: true }));
  test('after a further input was sent', () => answered(able, (_, asking) => asking.send(CALL(1, more, add, [2])), more));
  test('for a call that was cancelled with kill', () => answered(able, (_, asking) => asking.send(CANCEL(1, { mode: 'kill' }))));
});

test('[R52] a progressive result that the caller did not ask for does not prevent rerouting', async () => {
  const { router } = openRouter();
  const [one, two] = await callees(router, 2, { invoke: 'first' });
  const asking = await caller(router);
  asking.send(CALL(1, {}, add));
  await one?.next();
  one?.send(YIELD(1, more, [1]), unavailable(1));
  expect((await two?.next())?.slice(0, 2)).toEqual([Code.INVOCATION, 1]);
});

test('[R52] [R51] a rerouted progressive call sends its first input again, and the others follow', async () => {
  const { router } = openRouter();
  const one = await callee(router, { invoke: 'first' });
  const plain = await callee(router, { invoke: 'first' }, { call_reroute: true });
  const two = await callee(router, { invoke: 'first' });
  const asking = await caller(router);
  asking.send(CALL(1, more, add, ['a']));
  const [, , id] = await one.next();
  one.send(unavailable(1));
  await two.expect(INVOCATION(1, id, more, ['a']));
  asking.send(CALL(1, {}, add, ['b']));
  await two.expect(INVOCATION(1, id, {}, ['b']));
  await expectUnread(one);
  await expectUnread(plain);
});

describe('[R52] [R50] the timeout of a rerouted call', () => {
  test('counts from the CALL', async () => {
    const { router, clock } = openRouter();
    const [one, two] = await callees(router, 2, { invoke: 'first' });
    const asking = await caller(router);
    asking.send(CALL(1, { timeout: 500 }, add));
    await one?.next();
    await clock.advance(400);
    one?.send(unavailable(1));
    await two?.next();
    await clock.advance(99);
    await expectUnread(asking);
    await clock.advance(1);
    await expectError(asking, 48, 1, 'wamp.error.timeout');
    await two?.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.timeout' }));
  });

  test('starts again in full with a progressive result', async () => {
    const { router, clock } = openRouter();
    const [one, two] = await callees(router, 2, { invoke: 'first' });
    const asking = await caller(router);
    asking.send(CALL(1, { timeout: 500, receive_progress: true }, add));
    await one?.next();
    await clock.advance(400);
    one?.send(unavailable(1));
    await two?.next();
    two?.send(YIELD(1, more, [1]));
    await asking.next();
    await clock.advance(499);
    await expectUnread(asking);
    await clock.advance(1);
    await expectError(asking, 48, 1, 'wamp.error.timeout');
  });

  test('is the rest of it for a callee that watches it itself', async () => {
    const { router, clock } = openRouter();
    const [one, two] = await callees(router, 2, { invoke: 'first', forward_timeout: true });
    const asking = await caller(router);
    asking.send(CALL(1, { timeout: 500 }, add));
    expect((await one?.next())?.[3]).toEqual({ timeout: 500 });
    await clock.advance(400);
    one?.send(unavailable(1));
    expect((await two?.next())?.[3]).toEqual({ timeout: 100 });
  });
});
