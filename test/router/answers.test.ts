/* Answers that come late, twice, from the wrong one, or not at all: callers and callees that leave during a call. */
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import {
  ABORT,
  CALL,
  CANCEL,
  Code,
  ERROR,
  GOODBYE,
  HELLO,
  INTERRUPT,
  INVOCATION,
  REGISTER,
  RESULT,
  SUBSCRIBE,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, join, openRouter, register } from './open-router.ts';

const add = 'com.example.add';

/** A call under way: the callee has the INVOCATION. */
async function callUnderWay(): Promise<{ router: Router; callee: ScriptedPeer; caller: ScriptedPeer }> {
  const { router } = openRouter();
  const [callee, caller] = [await join(router), await join(router)];
  await register(callee, add);
  caller.send(CALL(1, {}, add));
  await callee.next();
  return { router, callee, caller };
}

const leave: { readonly [how: string]: (client: ScriptedPeer) => void } = {
  'says GOODBYE': (client) => client.send(GOODBYE({}, 'wamp.close.close_realm')),
  aborts: (client) => client.send(ABORT({}, 'com.example.enough')),
  'loses its connection': (client) => client.close(1006),
  'breaks the protocol': (client) => client.send([99]),
};
const answers: { readonly [name: string]: List } = {
  YIELD: YIELD(1, {}, ['late']),
  ERROR: ERROR('INVOCATION', 1, {}, 'com.example.late'),
};

describe('a callee that leaves', () => {
  test.each(Object.entries(leave))('[R45] because it %s gives its callers ERROR canceled', async (_, how) => {
    const { callee, caller } = await callUnderWay();
    caller.send(CALL(2, {}, add));
    await callee.next();
    how(callee);
    for (const request of [1, 2]) await caller.expect(ERROR('CALL', request, {}, 'wamp.error.canceled', [expect.any(String)]));
    caller.send(CALL(3, {}, add));
    await caller.expect(ERROR('CALL', 3, {}, 'wamp.error.no_such_procedure', [expect.any(String)]));
    await expectUnread(caller);
  });

  test('[R45] because it is killed gives its callers ERROR canceled, and its late answer is ignored', async () => {
    const { router, callee, caller } = await callUnderWay();
    callee.send(YIELD(1, {}, ['on the way']));
    router.kill(router.sessions[0]?.id ?? 0);
    await caller.expect(ERROR('CALL', 1, {}, 'wamp.error.canceled', [expect.any(String)]));
    await expectUnread(caller);
  });

  test('[R45] does not stop the answers that it gave before', async () => {
    const { callee, caller } = await callUnderWay();
    callee.send(YIELD(1, {}, ['in time']), GOODBYE({}, 'wamp.close.close_realm'));
    await caller.expect(RESULT(1, {}, ['in time']));
    await expectUnread(caller);
  });

  test('[R45] and that has called itself gets no error', async () => {
    const { router } = openRouter();
    const client = await join(router);
    await register(client, add);
    client.send(CALL(2, {}, add));
    await client.next();
    client.send(GOODBYE({}, 'wamp.close.close_realm'));
    await expectUnread(client, GOODBYE({}, 'wamp.close.goodbye_and_out'));
  });
});

describe('a caller that leaves', () => {
  for (const [name, answer] of Object.entries(answers)) {
    test.each(Object.entries(leave))(
      `[R44] [R45] because it %s tells its callee nothing, and a late ${name} is ignored`,
      async (_, how) => {
        const { router, callee, caller } = await callUnderWay();
        how(caller);
        await expectUnread(callee); // no INTERRUPT: canceling is not announced
        callee.send(answer, SUBSCRIBE(2, {}, 'com.example.topic'));
        expect((await callee.next())[0]).toBe(Code.SUBSCRIBED);
        expect(router.sessions).toHaveLength(1);
      },
    );
  }

  test('[R44] [R06] and comes back on the same connection gets no answer to a call of the session before', async () => {
    const { callee, caller } = await callUnderWay();
    caller.send(GOODBYE({}, 'wamp.close.close_realm'), HELLO('realm1', { roles: { caller: {} } }), CALL(1, {}, add, ['again']));
    await caller.next();
    await caller.next();
    expect((await callee.next())[1]).toBe(2);
    callee.send(YIELD(1, {}, ['to the old session']), YIELD(2, {}, ['to the new one']));
    await caller.expect(RESULT(1, {}, ['to the new one']));
    await expectUnread(caller);
  });
});

describe('an answer', () => {
  for (const [name, answer] of Object.entries(answers)) {
    test(`[R44] by ${name} to a call that was answered is ignored`, async () => {
      const { callee, caller } = await callUnderWay();
      callee.send(YIELD(1, {}, ['first']), answer);
      await expectUnread(caller, RESULT(1, {}, ['first']));
      expect(callee.closed).toBeUndefined();
    });

    test(`[R44] by ${name} of another callee is a violation, and the call continues`, async () => {
      const { router, callee, caller } = await callUnderWay();
      const thief = await join(router);
      thief.send(answer);
      await expectAbort(thief, `got ${name} for invocation 1, which was never made`);
      callee.send(YIELD(1, {}, ['right']));
      await expectUnread(caller, RESULT(1, {}, ['right']));
    });
  }

  test('[R44] in one tick with others is sent in order', async () => {
    const { callee, caller } = await callUnderWay();
    caller.send(CALL(2, {}, add), CALL(3, {}, 'com.example.nothing'));
    callee.send(YIELD(1, {}, [1]), ERROR('INVOCATION', 2, {}, 'com.example.error'));
    await expectUnread(
      caller,
      ERROR('CALL', 3, {}, 'wamp.error.no_such_procedure', [expect.any(String)]),
      RESULT(1, {}, [1]),
      ERROR('CALL', 2, {}, 'com.example.error'),
    );
  });
});

describe('the timeout of a call', () => {
  async function timed(features: object, registering: object = {}) {
    const { router, clock } = openRouter();
    const callee = await joinedClient(router, 'realm1', undefined, { callee: { features } });
    callee.send(REGISTER(1, registering, add));
    const [, , id] = await callee.next();
    const caller = await join(router);
    return { callee, caller, clock, id };
  }

  test('[R50] is watched by the router for a callee that asked for it and did not announce the feature', async () => {
    const { callee, caller, clock, id } = await timed({ call_canceling: true }, { forward_timeout: true });
    caller.send(CALL(1, { timeout: 500 }, add));
    await callee.expect(INVOCATION(1, id, {}));
    await clock.advance(500);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
    await callee.expect(INTERRUPT(1, { mode: 'killnowait', reason: 'wamp.error.timeout' }));
  });

  test('[R50] is watched by the router for a callee that can watch it but did not ask for it', async () => {
    const { callee, caller, clock, id } = await timed({ call_timeout: true });
    caller.send(CALL(1, { timeout: 500 }, add));
    await callee.expect(INVOCATION(1, id, {}));
    await clock.advance(500);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
    await expectUnread(callee); // it knows no INTERRUPT
    callee.send(YIELD(1, {}, ['late']));
    await expectUnread(caller);
  });

  test('[R50] that the callee watches ends with the callee’s ERROR', async () => {
    const { callee, caller } = await timed({ call_timeout: true }, { forward_timeout: true });
    caller.send(CALL(1, { timeout: 500 }, add));
    await callee.next();
    callee.send(ERROR('INVOCATION', 1, {}, 'wamp.error.timeout', ['no answer in 500 ms']));
    await caller.expect(ERROR('CALL', 1, {}, 'wamp.error.timeout', ['no answer in 500 ms']));
  });

  test('[R50] [R49] still applies when a cancelled call waits for its callee', async () => {
    const { callee, caller, clock } = await timed({ call_canceling: true });
    caller.send(CALL(1, { timeout: 500 }, add), CANCEL(1, { mode: 'kill' }));
    await callee.next();
    await callee.expect(INTERRUPT(1, { mode: 'kill', reason: 'wamp.error.canceled' }));
    await clock.advance(500);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
  });

  test.each([[{}], [{ timeout: 0 }]])('[R50] means no limit with %j', async (options) => {
    const { callee, caller, clock } = await timed({ call_canceling: true });
    caller.send(CALL(1, options, add));
    await callee.next();
    await clock.advance(10_000_000);
    await expectUnread(caller);
    callee.send(YIELD(1, {}));
    await caller.expect(RESULT(1, {}));
  });
});

test('[R44] nobody can answer an invocation of another callee: ids count for each session', async () => {
  const { callee, caller, router } = await callUnderWay();
  const other = await join(router);
  await register(other, 'com.example.other');
  other.send(YIELD(1, {}, ['stolen']));
  await expectAbort(other, 'got YIELD for invocation 1, which was never made');
  callee.send(YIELD(1, {}, ['mine']));
  await caller.expect(RESULT(1, {}, ['mine']));
});
