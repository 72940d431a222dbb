/* Options of REGISTER that Crossbar.io has: `concurrency` and `force_reregister`; and what is said about options that nobody knows here. */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import type { ManualClock } from '../fixtures/manual-clock.ts';
import {
  CALL,
  CANCEL,
  Code,
  ERROR,
  INVOCATION,
  PUBLISH,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  UNREGISTER,
  UNREGISTERED,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, join, openRouter, subscribe } from './open-router.ts';

const add = 'com.example.add';
const FULL = 'crossbar.error.max_concurrency_reached';
const able = {
  call_canceling: true,
  call_timeout: true,
  call_reroute: true,
  progressive_call_results: true,
  progressive_call_invocations: true,
  registration_revocation: true,
};

async function callee(router: Router, options: object, procedure = add, features: object = able): Promise<[ScriptedPeer, unknown]> {
  const client = await joinedClient(router, 'realm1', undefined, { callee: { features } });
  client.send(REGISTER(1, options, procedure));
  const [code, , id] = await client.next();
  expect(code).toBe(Code.REGISTERED);
  return [client, id];
}

/** Each call goes to the callee with this index, or is refused. */
async function expectCalls(
  asking: ScriptedPeer,
  callees: readonly ScriptedPeer[],
  to: readonly (number | 'full')[],
): Promise<void> {
  for (const target of to) {
    const request = next++;
    asking.send(CALL(request, {}, add));
    if (target === 'full') await expectError(asking, 48, request, FULL);
    else expect((await callees[target]?.next())?.[0]).toBe(Code.INVOCATION);
  }
  for (const each of callees) await expectUnread(each);
}
let next = 1;

describe('the option concurrency', () => {
  test('[G3] [R46] limits the running calls, and the next one is accepted when one is answered', async () => {
    const { router } = openRouter();
    const [[one], asking] = [await callee(router, { concurrency: 2 }), await join(router)];
    await expectCalls(asking, [one], [0, 0, 'full']);
    one.send(YIELD(1, {}));
    expect((await asking.next())[0]).toBe(Code.RESULT);
    await expectCalls(asking, [one], [0, 'full']);
    one.send(ERROR('INVOCATION', 2, {}, 'com.example.error'));
    expect((await asking.next())[0]).toBe(Code.ERROR);
    await expectCalls(asking, [one], [0, 'full']);
  });

  const policies: readonly (readonly [string, readonly (number | 'full')[]])[] = [
    ['first', [0, 1, 1, 2, 2, 2]],
    ['last', [2, 2, 2, 1, 1, 0]],
    ['roundrobin', [0, 1, 2, 1, 2, 2]],
  ];
  test.each(policies)('[G3] [R46] lets the policy %s choose the others, until nobody is free', async (invoke, order) => {
    const { router } = openRouter();
    const callees: ScriptedPeer[] = [];
    for (const concurrency of [1, 2, 3]) callees.push((await callee(router, { invoke, concurrency }))[0]);
    const asking = await join(router);
    await expectCalls(asking, callees, [...order, 'full', 'full']);
    callees[1]?.send(YIELD(1, {}));
    expect((await asking.next())[0]).toBe(Code.RESULT);
    await expectCalls(asking, callees, [1, 'full']);
  });

  test('[G3] [R46] lets the policy random choose the others, until nobody is free', async () => {
    const { router } = openRouter();
    const callees: ScriptedPeer[] = [];
    for (const concurrency of [1, 2, 3]) callees.push((await callee(router, { invoke: 'random', concurrency }))[0]);
    const asking = await join(router);
    for (let request = 1; request <= 7; request++) asking.send(CALL(request, {}, add));
    await expectError(asking, 48, 7, FULL);
    expect(callees.map(({ unread }) => unread.length)).toEqual([1, 2, 3]);
  });

  test('[G3] [R46] is no limit if it is absent', async () => {
    const { router } = openRouter();
    const [one] = await callee(router, { invoke: 'first', concurrency: 1 });
    const [two] = await callee(router, { invoke: 'first' });
    await expectCalls(await join(router), [one, two], [0, 1, 1, 1]);
  });

  test('[G3] [R46] counts each procedure of a callee separately', async () => {
    const { router } = openRouter();
    const [one] = await callee(router, { concurrency: 1 });
    one.send(REGISTER(2, { concurrency: 1 }, 'com.example.other'));
    await one.next();
    const asking = await join(router);
    asking.send(CALL(1, {}, add), CALL(2, {}, 'com.example.other'), CALL(3, {}, add), CALL(4, {}, 'com.example.other'));
    await expectError(asking, 48, 3, FULL);
    await expectError(asking, 48, 4, FULL);
    expect([(await one.next())[1], (await one.next())[1]]).toEqual([1, 2]);
  });

  const ends: { readonly [how: string]: (asking: ScriptedPeer, clock: ManualClock) => unknown } = {
    'the caller cancels': (asking) => asking.send(CANCEL(1, {})),
    'the caller skips': (asking) => asking.send(CANCEL(1, { mode: 'skip' })),
    'the caller leaves': (asking) => asking.close(),
    'the time is over': (_, clock) => clock.advance(100),
  };
  test.each(Object.entries(ends))('[G3] [R46] does not count a call any more when %s', async (_, end) => {
    const { router, clock } = openRouter();
    const [[one], asking, other] = [await callee(router, { concurrency: 1 }), await join(router), await join(router)];
    asking.send(CALL(1, { timeout: 100 }, add));
    await one.next();
    await end(asking, clock);
    await new Promise((resolve) => setImmediate(resolve));
    while (one.unread.length > 0) await one.next();
    await expectCalls(other, [one], [0, 'full']);
    one.send(YIELD(1, {})); // late, and nobody's
    await expectUnread(other);
    await expectCalls(other, [one], ['full']);
  });

  test('[G3] [R46] [R49] counts a call that is being killed until the callee answers', async () => {
    const { router } = openRouter();
    const [[one], asking, other] = [await callee(router, { concurrency: 1 }), await join(router), await join(router)];
    asking.send(CALL(1, {}, add), CANCEL(1, { mode: 'kill' }));
    await one.next();
    expect((await one.next())[0]).toBe(Code.INTERRUPT);
    await expectCalls(other, [one], ['full']);
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled'));
    await asking.next();
    await expectCalls(other, [one], [0]);
  });

  test('[G3] [R46] [R50] applies to calls whose timeout the callee watches itself', async () => {
    const { router, clock } = openRouter();
    const [[one], asking] = [await callee(router, { concurrency: 1, forward_timeout: true }), await join(router)];
    asking.send(CALL(1, { timeout: 100 }, add), CALL(2, { timeout: 100 }, add));
    expect((await one.next())[3]).toEqual({ timeout: 100 });
    await expectError(asking, 48, 2, FULL);
    await clock.advance(1000);
    asking.send(CALL(3, {}, add));
    await expectError(asking, 48, 3, FULL);
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.timeout'));
    await asking.next();
    asking.send(CALL(4, {}, add));
    expect((await one.next())[1]).toBe(2);
  });

  test('[G3] [R46] [R51] counts a progressive call once, however many inputs and results it has', async () => {
    const { router } = openRouter();
    const [one] = await callee(router, { concurrency: 1 });
    const asking = await joinedClient(router, 'realm1', undefined, { caller: { features: able } });
    const more = { progress: true };
    asking.send(CALL(1, { ...more, receive_progress: true }, add), CALL(1, more, add), CALL(2, {}, add), CALL(1, {}, add));
    await expectError(asking, 48, 2, FULL);
    for (let i = 0; i < 3; i++) expect((await one.next())[1]).toBe(1);
    one.send(YIELD(1, more));
    await asking.next();
    asking.send(CALL(3, {}, add));
    await expectError(asking, 48, 3, FULL);
    one.send(YIELD(1, {}));
    await asking.next();
    asking.send(CALL(4, {}, add));
    expect((await one.next())[1]).toBe(2);
  });

  test('[G3] [R46] [R52] lets a rerouted call go to a free callee, and frees the first one', async () => {
    const { router } = openRouter();
    const callees: ScriptedPeer[] = [];
    for (const concurrency of [1, 1, 5]) callees.push((await callee(router, { invoke: 'first', concurrency }))[0]);
    const [one, two, three] = callees;
    const asking = await join(router);
    asking.send(CALL(1, {}, add), CALL(2, {}, add));
    await one?.next();
    await two?.next();
    one?.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    expect((await three?.next())?.[1]).toBe(1);
    asking.send(CALL(3, {}, add));
    expect((await one?.next())?.[1]).toBe(2);
  });

  test('[G3] [R46] [R52] may leave no free callee for a rerouted call', async () => {
    const { router } = openRouter();
    const [[one], [two]] = [
      await callee(router, { invoke: 'roundrobin', concurrency: 1 }),
      await callee(router, { invoke: 'roundrobin', concurrency: 1 }),
    ];
    const asking = await join(router);
    asking.send(CALL(1, {}, add), CALL(2, {}, add));
    await one.next();
    await two.next();
    two.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    await expectError(asking, 48, 2, FULL);
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    expect((await two.next())[1]).toBe(2);
    two.send(ERROR('INVOCATION', 2, {}, 'wamp.error.unavailable'));
    await expectError(asking, 48, 1, 'wamp.error.no_available_callee');
  });

  test('[G3] [R46] does not count earlier calls for a repeated registration', async () => {
    const { router } = openRouter();
    const [[one, id], asking] = [await callee(router, { concurrency: 1 }), await join(router)];
    await expectCalls(asking, [one], [0]);
    one.send(UNREGISTER(2, id), REGISTER(3, { concurrency: 1 }, add));
    expect([(await one.next())[0], (await one.next())[0]]).toEqual([67, 65]);
    await expectCalls(asking, [one], [0, 'full']);
    one.send(YIELD(1, {})); // of the former
    await asking.next();
    await expectCalls(asking, [one], ['full']);
    one.send(YIELD(2, {}));
    await asking.next();
    await expectCalls(asking, [one], [0, 'full']);
  });

  test('[G3] [R46] may be raised by registering again', async () => {
    const { router } = openRouter();
    const [[one, id], asking] = [await callee(router, { invoke: 'first', concurrency: 1 }), await join(router)];
    await expectCalls(asking, [one], [0, 'full']);
    one.send(REGISTER(2, { invoke: 'first', concurrency: 2 }, add));
    await one.expect(REGISTERED(2, id));
    await expectCalls(asking, [one], [0, 'full']);
  });

  test.each([0, -1, 1.5, true, '1'])('[G3] [R10] cannot be %j, which is a violation', async (concurrency) => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(REGISTER(1, { concurrency }, add));
    await expectAbort(client, expect.stringMatching(/options.concurrency to be a positive integer, got/));
  });
});

describe('the option force_reregister', () => {
  const force = { force_reregister: true };

  test('[G3] [R40] [R55] takes a registration over; the former callee is notified, and still answers running calls', async () => {
    const { router } = openRouter();
    const [[old, id], asking] = [await callee(router, {}), await join(router)];
    asking.send(CALL(1, {}, add));
    await old.next();
    const [one, taken] = await callee(router, force);
    expect(taken).not.toBe(id);
    await old.expect(UNREGISTERED(0, { registration: id, reason: 'wamp.error.unregistered' }));
    asking.send(CALL(2, {}, add));
    await one.expect(INVOCATION(1, taken, {}));
    old.send(YIELD(1, {}, ['old']));
    await asking.expect(RESULT(1, {}, ['old']));
    one.send(YIELD(1, {}, ['new']));
    await asking.expect(RESULT(2, {}, ['new']));
    old.send(UNREGISTER(2, id));
    await expectError(old, 66, 2, 'wamp.error.no_such_registration');
    one.close();
    await expectUnread(old);
    asking.send(CALL(3, {}, add));
    await expectError(asking, 48, 3, 'wamp.error.no_such_procedure');
  });

  test('[G3] [R40] [R46] takes a shared registration from all, whatever the policy', async () => {
    const { router } = openRouter();
    const shared = { invoke: 'roundrobin' };
    const [[one, id], [two]] = [await callee(router, shared), await callee(router, shared)];
    const [three] = await callee(router, { ...force, invoke: 'last' });
    for (const each of [one, two]) await each.expect(UNREGISTERED(0, { registration: id, reason: 'wamp.error.unregistered' }));
    await expectCalls(await join(router), [one, two, three], [2, 2]);
    const [four] = await callee(router, { invoke: 'last' });
    await expectCalls(await join(router), [one, two, three, four], [3, 3]);
  });

  test('[G3] [R40] [R45] takes a registration with the same match only', async () => {
    const { router } = openRouter();
    const [exact] = await callee(router, {}, 'com.example');
    const [prefix] = await callee(router, { match: 'prefix' }, 'com.example');
    const [wildcard] = await callee(router, { match: 'wildcard' }, 'com.example');
    await callee(router, { ...force, match: 'prefix' }, 'com.example');
    expect((await prefix.next())[0]).toBe(Code.UNREGISTERED);
    for (const each of [exact, wildcard]) await expectUnread(each);
  });

  test('[G3] [R40] is an ordinary REGISTER if there is no other, and returns the same id to its own callee', async () => {
    const { router } = openRouter();
    const [one, id] = await callee(router, force);
    one.send(REGISTER(2, force, add));
    await one.expect(UNREGISTERED(0, { registration: id, reason: 'wamp.error.unregistered' }));
    expect((await one.next()).slice(0, 2)).toEqual([65, 2]);
    expect(router.stats().registrations).toBe(1);
  });

  test('[G3] [R55] does not notify a callee that did not announce revocation', async () => {
    const { router } = openRouter();
    const [old] = await callee(router, {}, add, {});
    await callee(router, force);
    await expectUnread(old);
  });

  test('[G3] [R54] is published in meta events, the end before the beginning', async () => {
    const { router } = openRouter();
    const [old, id] = await callee(router, {});
    const [was, watcher] = [router.sessions[0]?.id, await join(router)];
    const names: string[] = ['unregister', 'delete', 'create', 'register'];
    const topics = new Map<unknown, string>();
    for (const [i, name] of names.entries()) topics.set(await subscribe(watcher, `wamp.registration.on_${name}`, i + 1), name);
    const [, taken] = await callee(router, force);
    const is = router.sessions.at(-1)?.id;
    const seen = [];
    for (let i = 0; i < 4; i++) {
      const [, subscription, , , args] = await watcher.next();
      const [session, what] = args as [unknown, { id?: unknown } | number];
      seen.push([topics.get(subscription), session, typeof what === 'object' ? what.id : what]);
    }
    expect(seen).toEqual([
      ['unregister', was, id],
      ['delete', was, id],
      ['create', is, taken],
      ['register', is, taken],
    ]);
    await old.next();
  });

  test('[G3] [R40] takes nothing over without permission to register', async () => {
    const permissions = [{ uri: add, allow: ['call', 'register'] }] as const;
    const authroles = { user: { permissions }, guest: { permissions: [] } };
    const { router } = openRouter({ realms: { realm1: { anonymous: 'guest', authroles } } });
    const old = await joinedClient(router.as({ authid: 'joe', authrole: 'user' }));
    old.send(REGISTER(1, {}, add));
    await old.next();
    const guest = await join(router);
    guest.send(REGISTER(1, force, add));
    await expectError(guest, 64, 1, 'wamp.error.not_authorized');
    await expectUnread(old);
  });
});

describe('unknown options', () => {
  const told = (log: readonly { message: string }[]): unknown[] =>
    log.map(({ message }) => message).filter((message) => message.includes('ignores'));

  test('[G3] [R10] are named in the log, each once per session', async () => {
    const { router, log } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    const register: List = REGISTER(1, { concurency: 1, concurrency: 1, invoke: 'single', force_reregister: true, _mine: 1 }, add);
    const publish: List = PUBLISH(2, { acknowlege: true, exclude_me: true, _traceparent: 'x' }, add);
    const rest: readonly List[] = [
      SUBSCRIBE(3, { get_retaind: true, match: 'prefix' }, add),
      CALL(4, { timeuot: 1, timeout: 1, receive_progress: true, rkey: 'x' }, 'com.example.nobody'),
    ];
    one.send(register, publish, publish, register, ...rest);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told(log)).toEqual([
      'ignores an option of REGISTER that is not known here: "concurency"',
      'ignores an option of PUBLISH that is not known here: "acknowlege"',
      'ignores an option of SUBSCRIBE that is not known here: "get_retaind"',
      'ignores an option of CALL that is not known here: "timeuot"',
    ]);
    two.send(register);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told(log)).toHaveLength(5);
    expect(log.filter(({ message }) => message.includes('ignores'))).toMatchObject(
      [0, 0, 0, 0, 1].map((i) => ({ level: 'warn', session: router.sessions[i]?.id })),
    );
  });

  test('[G3] [R10] [R61] in a testament are named, too', async () => {
    const { router, log } = openRouter();
    const one = await join(router);
    const options = { retian: true, retain: true, acknowledge: true, _mine: 1 };
    one.send(CALL(1, {}, 'wamp.session.add_testament', [add, [], {}], { publish_options: options }));
    await one.expect(RESULT(1, {}));
    expect(told(log)).toEqual(['ignores an option of PUBLISH that is not known here: "retian"']);
  });

  test('[G3] [R10] are named at most twenty times in a session, cut and escaped', async () => {
    const { router, log } = openRouter();
    const client = await join(router);
    const names = Array.from({ length: 50 }, (_, i) => [`${i}\n${'x'.repeat(1000)}`, 1]);
    client.send(REGISTER(1, Object.fromEntries(names), add));
    await client.next();
    expect(told(log)).toHaveLength(20);
    expect(told(log)[0]).toMatch(/^[ -~]{1,120}$/);
  });
});
