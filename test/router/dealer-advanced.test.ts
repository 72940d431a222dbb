import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import type { ManualClock } from '../fixtures/manual-clock.ts';
import {
  CALL,
  CANCEL,
  Code,
  ERROR,
  INTERRUPT,
  INVOCATION,
  REGISTER,
  RESULT,
  UNREGISTER,
  UNREGISTERED,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, join, openRouter } from './open-router.ts';

const add = 'com.example.add';
const able = { call_canceling: true, progressive_call_results: true, call_timeout: true };

async function callee(router: Router, features: object = able): Promise<ScriptedPeer> {
  return joinedClient(router, 'realm1', undefined, { callee: { features } });
}

async function register(client: ScriptedPeer, options: object = {}, uri = add, request = 1): Promise<unknown> {
  client.send(REGISTER(request, options, uri));
  const [code, answered, id] = await client.next();
  expect([code, answered]).toEqual([65, request]);
  return id;
}

describe('a registration by pattern', () => {
  test('[R43] [R42] tells the procedure, and the best match is called', async () => {
    const { router } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    const prefix = await register(one, { match: 'prefix' }, 'com.example.', 1);
    const wildcard = await register(one, { match: 'wildcard' }, 'com..other.add', 2);
    const exact = await register(one, {}, add, 3);
    for (const [i, uri] of ['com.example.sub', 'com.x.other.add', add].entries()) caller.send(CALL(i + 1, {}, uri));
    await one.expect(INVOCATION(1, prefix, { procedure: 'com.example.sub' }));
    await one.expect(INVOCATION(2, wildcard, { procedure: 'com.x.other.add' }));
    await one.expect(INVOCATION(3, exact, {}));
    caller.send(CALL(4, {}, 'org.nobody'));
    await expectError(caller, 48, 4, 'wamp.error.no_such_procedure');
  });

  test('[R40] may exist for the same procedure as exact, as a prefix and as a wildcard', async () => {
    const { router } = openRouter();
    const [one, two] = [await callee(router), await callee(router)];
    await register(one, {}, add, 1);
    await register(two, { match: 'prefix' }, add, 1);
    await register(two, { match: 'wildcard' }, add, 2);
    two.send(REGISTER(3, { match: 'prefix' }, add));
    await expectError(two, 64, 3, 'wamp.error.procedure_already_exists');
  });
});

describe('a shared registration', () => {
  /** Which of three callees get six calls. */
  async function shares(invoke: string): Promise<number[]> {
    const { router } = openRouter();
    const callees = [await callee(router), await callee(router), await callee(router)];
    const ids = [];
    for (const each of callees) ids.push(await register(each, { invoke }));
    expect(new Set(ids).size).toBe(1);
    const caller = await join(router);
    const order: number[] = [];
    for (let i = 1; i <= 6; i++) {
      caller.send(CALL(i, {}, add));
      await new Promise((resolve) => setImmediate(resolve));
      order.push(callees.findIndex((each) => each.unread.length > 0));
      await callees[order.at(-1) ?? 0]?.next();
    }
    return order;
  }

  test('[R46] calls in the order of registering with roundrobin', async () => {
    expect(await shares('roundrobin')).toEqual([0, 1, 2, 0, 1, 2]);
  });
  test('[R46] calls the first or the last callee with first and last', async () => {
    expect(await shares('first')).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await shares('last')).toEqual([2, 2, 2, 2, 2, 2]);
  });
  test('[R46] calls any callee with random', async () => {
    for (const index of await shares('random')) expect([0, 1, 2]).toContain(index);
  });

  test.each([
    ['single', 'single', 'already_exists'],
    ['single', 'roundrobin', 'already_exists'],
    ['roundrobin', 'single', 'exists_with_different_invocation_policy'],
    ['roundrobin', 'random', 'exists_with_different_invocation_policy'],
  ])('[G3] [R46] cannot have %s and then %s, and the error is that of Crossbar.io', async (first, second, error) => {
    const { router } = openRouter();
    await register(await callee(router), { invoke: first });
    const other = await callee(router);
    other.send(REGISTER(1, { invoke: second }, add));
    await expectError(other, 64, 1, `wamp.error.procedure_${error}`);
  });

  test('[R46] continues with the remaining callees, and is free when all have left', async () => {
    const { router } = openRouter();
    const [one, two, caller] = [await callee(router), await callee(router), await join(router)];
    const id = await register(one, { invoke: 'last' });
    await register(two, { invoke: 'last' });
    two.send(UNREGISTER(2, id));
    await two.expect(UNREGISTERED(2));
    caller.send(CALL(1, {}, add));
    await one.expect(INVOCATION(1, id, {}));
    one.send(YIELD(1, {}), UNREGISTER(2, id));
    await one.expect(UNREGISTERED(2));
    await register(two, { invoke: 'single' }, add, 3);
  });
});

test('[R47] the caller is disclosed when the caller or the callee asks for it', async () => {
  const { router } = openRouter();
  const one = await callee(router);
  const caller = await joinedClient(router.as({ authid: 'joe', authrole: 'user' }));
  const plain = await register(one, {}, 'com.example.plain', 1);
  const curious = await register(one, { disclose_caller: true }, 'com.example.curious', 2);
  caller.send(
    CALL(1, {}, 'com.example.plain'),
    CALL(2, { disclose_me: true }, 'com.example.plain'),
    CALL(3, {}, 'com.example.curious'),
  );
  const who = { caller: router.sessions[1]?.id, caller_authid: 'joe', caller_authrole: 'user' };
  await one.expect(INVOCATION(1, plain, {}));
  await one.expect(INVOCATION(2, plain, who));
  await one.expect(INVOCATION(3, curious, who));
});

describe('progressive results', () => {
  test('[R48] are passed on in order, if the caller asked', async () => {
    const { router } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, { receive_progress: true }, add));
    await one.expect(INVOCATION(1, id, { receive_progress: true }));
    one.send(
      YIELD(1, { progress: true }, [1]),
      YIELD(1, { progress: true }, [2]),
      YIELD(1, {}, [3]),
      YIELD(1, { progress: true }, [4]),
    );
    await caller.expect(RESULT(1, { progress: true }, [1]));
    await caller.expect(RESULT(1, { progress: true }, [2]));
    await caller.expect(RESULT(1, {}, [3]));
    await expectUnread(caller);
  });

  test('[R48] are dropped if the caller did not ask', async () => {
    const { router } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, {}, add));
    await one.expect(INVOCATION(1, id, {}));
    one.send(YIELD(1, { progress: true }, [1]), YIELD(1, {}, [2]));
    await caller.expect(RESULT(1, {}, [2]));
  });

  test('[G3] [R48] are also requested from a callee that cannot be stopped', async () => {
    const { router } = openRouter();
    const [one, caller] = [await callee(router, { progressive_call_results: true }), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, { receive_progress: true }, add));
    await one.expect(INVOCATION(1, id, { receive_progress: true }));
    one.send(YIELD(1, { progress: true }, [1]), YIELD(1, {}, [2]));
    await caller.expect(RESULT(1, { progress: true }, [1]));
    await caller.expect(RESULT(1, {}, [2]));
  });

  test('[H11] [R48] are not requested from a callee that did not announce them, but forwarded if the caller asked', async () => {
    const { router } = openRouter();
    const [one, caller] = [await callee(router, { call_canceling: true }), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, { receive_progress: true }, add), CALL(2, {}, add));
    await one.expect(INVOCATION(1, id, {}));
    await one.expect(INVOCATION(2, id, {}));
    one.send(YIELD(1, { progress: true }, [1]), YIELD(1, {}, [2]), YIELD(2, { progress: true }, [3]), YIELD(2, {}, [4]));
    await caller.expect(RESULT(1, { progress: true }, [1]));
    await caller.expect(RESULT(1, {}, [2]));
    await caller.expect(RESULT(2, {}, [4]));
  });

  const goes: { readonly [what: string]: (caller: ScriptedPeer, clock: ManualClock) => unknown } = {
    'the caller goes': (caller) => caller.close(),
    'the caller cancels': (caller) => caller.send(CANCEL(1, {})),
    'the caller cancels with kill': (caller) => caller.send(CANCEL(1, { mode: 'kill' })),
    'the time is over': (_, clock) => clock.advance(50),
  };
  test.each(Object.entries(goes))('[G3] [R48] [R49] from a callee that cannot be stopped are dropped after %s', async (_, go) => {
    const { router, clock } = openRouter();
    const [one, caller, other] = [await callee(router, { progressive_call_results: true }), await join(router), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, { receive_progress: true, timeout: 50 }, add));
    await one.expect(INVOCATION(1, id, { receive_progress: true }));
    one.send(YIELD(1, { progress: true }, [1]));
    await caller.expect(RESULT(1, { progress: true }, [1]));
    await go(caller, clock);
    await expectUnread(one);
    if (caller.unread.length > 0) expect((await caller.next())[0]).toBe(Code.ERROR);
    one.send(YIELD(1, { progress: true }, [2]), YIELD(1, {}, [3]));
    await expectUnread(caller);
    other.send(CALL(1, {}, add));
    await one.expect(INVOCATION(2, id, {}));
    expect(router.stats().calls).toBe(1);
  });
});

describe('CANCEL with mode', () => {
  async function running(features?: object) {
    const { router } = openRouter();
    const [one, caller] = [await callee(router, features), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, {}, add));
    await one.expect(INVOCATION(1, id, {}));
    return { router, one, caller };
  }

  test('[R49] skip gives the caller its ERROR, does not tell the callee, and drops its answer', async () => {
    const { one, caller } = await running();
    caller.send(CANCEL(1, { mode: 'skip' }));
    await expectError(caller, 48, 1, 'wamp.error.canceled');
    await expectUnread(one);
    one.send(YIELD(1, {}, ['late']));
    await expectUnread(caller);
  });

  test.each([[{}], [{ mode: 'killnowait' }]])('[R49] %j gives the caller its ERROR, and tells the callee', async (options) => {
    const { one, caller } = await running();
    caller.send(CANCEL(1, options), CANCEL(1, options));
    await expectError(caller, 48, 1, 'wamp.error.canceled');
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
    one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled'));
    await expectUnread(one);
    await expectUnread(caller);
  });

  test.each<[List, List]>([
    [ERROR('INVOCATION', 1, {}, 'com.example.stopped', [1]), ERROR('CALL', 1, {}, 'com.example.stopped', [1])],
    [YIELD(1, {}, ['done']), RESULT(1, {}, ['done'])],
  ])('[R49] kill gives the caller the callee’s answer: %j', async (answer, received) => {
    const { one, caller } = await running();
    caller.send(CANCEL(1, { mode: 'kill' }), CANCEL(1, { mode: 'skip' }));
    await one.expect(INTERRUPT(1, { mode: 'kill', reason: 'wamp.error.canceled' }));
    await expectUnread(caller);
    one.send(answer);
    await caller.expect(received);
  });

  describe('of a caller that forgets what it cancels, like Autobahn|JS,', () => {
    /** What Autobahn|JS 26.3 announces. */
    const autobahn = {
      caller: { features: { caller_identification: true, call_canceling: true, progressive_call_results: true } },
      callee: { features: { caller_identification: true, progressive_call_results: true, registration_revocation: true } },
    };

    async function canceling(roles: object, features?: object) {
      const { router } = openRouter();
      const [one, caller] = [await callee(router, features), await joinedClient(router, 'realm1', undefined, roles)];
      const id = await register(one);
      caller.send(CALL(1, {}, add));
      await one.expect(INVOCATION(1, id, {}));
      return { router, one, caller };
    }

    test.each([
      [{}, undefined],
      [{ mode: 'skip' }, undefined],
      [{ mode: 'killnowait' }, undefined],
      [{}, {}], // a callee that cannot be stopped
    ])('[G3] [R49] %j is not answered, and the call has ended', async (options, features) => {
      const { router, one, caller } = await canceling(autobahn, features);
      caller.send(CANCEL(1, options));
      await expectUnread(caller);
      expect(router.stats().calls).toBe(0);
      one.send(YIELD(1, {}, ['late']));
      await expectUnread(caller);
    });

    test.each([[undefined], [{}]])('[G3] [R49] kill waits for the answer, and gets it (callee: %j)', async (features) => {
      const { one, caller } = await canceling(autobahn, features);
      caller.send(CANCEL(1, { mode: 'kill' }));
      if (!features) {
        await one.expect(INTERRUPT(1, { mode: 'kill', reason: 'wamp.error.canceled' }));
        one.send(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['stopped']));
      }
      await expectError(caller, 48, 1, 'wamp.error.canceled');
    });

    test.each([
      [
        'announces canceling as a callee, too',
        { ...autobahn, callee: { features: { progressive_call_results: true, call_canceling: true } } },
      ],
      ['is no callee', { caller: autobahn.caller }],
      ['has no progressive results as a callee', { ...autobahn, callee: { features: {} } }],
    ])('[G3] [R49] is answered for another caller, which %s', async (_, roles) => {
      const { caller } = await canceling(roles);
      caller.send(CANCEL(1, {}));
      await expectError(caller, 48, 1, 'wamp.error.canceled');
    });
  });

  test('[R49] has no effect for a callee that cannot be told, and for ended calls', async () => {
    const { one, caller } = await running({});
    caller.send(CANCEL(1, { mode: 'kill' }), CANCEL(1, {}), CANCEL(99, {}));
    await expectError(caller, 48, 1, 'wamp.error.canceled');
    await expectUnread(one);
    await expectUnread(caller);
  });

  test('[R45] is sent to the callee when a caller leaves', async () => {
    const { one, caller } = await running();
    caller.close();
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.canceled' }));
    one.send(YIELD(1, {}, ['late']));
    await expectUnread(one);
    const quiet = await running({});
    quiet.caller.close();
    await expectUnread(quiet.one);
  });
});

describe('a timeout', () => {
  test('[R50] ends the call for the caller, and tells the callee', async () => {
    const { router, clock } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    const id = await register(one);
    caller.send(CALL(1, { timeout: 500 }, add));
    await one.expect(INVOCATION(1, id, {}));
    await clock.advance(499);
    await expectUnread(caller);
    await clock.advance(1);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
    await one.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.timeout' }));
  });

  test('[R50] starts again with each progressive result, and ends with the last', async () => {
    const { router, clock } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    await register(one);
    caller.send(CALL(1, { timeout: 500, receive_progress: true }, add));
    await one.next();
    for (let i = 0; i < 3; i++) {
      await clock.advance(400);
      one.send(YIELD(1, { progress: true }, [i]));
      await caller.expect(RESULT(1, { progress: true }, [i]));
    }
    one.send(YIELD(1, {}));
    await caller.expect(RESULT(1, {}));
    await clock.advance(10_000);
    await expectUnread(caller);
  });

  test('[R50] is left to a callee that asked for that', async () => {
    const { router, clock } = openRouter();
    const [one, caller] = [await callee(router), await join(router)];
    const id = await register(one, { forward_timeout: true });
    caller.send(CALL(1, { timeout: 500 }, add));
    await one.expect(INVOCATION(1, id, { timeout: 500 }));
    await clock.advance(10_000);
    await expectUnread(caller);
  });
});
