import { describe, expect, test } from 'vitest';
import {
  CALL,
  Code,
  ERROR,
  INVOCATION,
  type Payload,
  REGISTER,
  RESULT,
  UNREGISTER,
  UNREGISTERED,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, join, openRouter, register } from './open-router.ts';

const add = 'com.example.add';
const INVALID = 'wamp.error.invalid_uri';
const invalid = ['', '.', 'a..b', 'a.', '.a', 'a b', 'a#b'];

describe('REGISTER', () => {
  test('[R40] is answered with a different id for each procedure', async () => {
    const { router } = openRouter();
    const callee = await join(router);
    const first = await register(callee, add, 1);
    expect(first).toSatisfy((id: unknown) => Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 2 ** 53);
    expect(await register(callee, 'com.example.sub', 2)).not.toBe(first);
  });

  test('[R40] of a procedure that is taken is refused, for others and for the same session', async () => {
    const { router } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    await register(one, add);
    two.send(REGISTER(1, {}, add));
    await expectError(two, 64, 1, 'wamp.error.procedure_already_exists');
    one.send(REGISTER(2, {}, add));
    await expectError(one, 64, 2, 'wamp.error.procedure_already_exists');
  });

  test.each([...invalid, 'wamp.nothing.here', 'wamp'])('[R40] of %j is refused, and the session continues', async (uri) => {
    const { router } = openRouter();
    const callee = await join(router);
    callee.send(REGISTER(1, {}, uri));
    await expectError(callee, 64, 1, INVALID);
    await register(callee, add, 2);
  });
});

describe('UNREGISTER', () => {
  test('[R41] frees the procedure', async () => {
    const { router } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    const id = await register(one, add);
    one.send(UNREGISTER(2, id));
    await one.expect(UNREGISTERED(2));
    two.send(CALL(1, {}, add));
    await expectError(two, 48, 1, 'wamp.error.no_such_procedure');
    expect(await register(two, add, 2)).not.toBe(id);
  });

  test('[R41] of an unknown id, of one of another session, and twice is refused', async () => {
    const { router } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    const id = await register(one, add);
    two.send(UNREGISTER(1, id), UNREGISTER(2, 4711));
    await expectError(two, 66, 1, 'wamp.error.no_such_registration');
    await expectError(two, 66, 2, 'wamp.error.no_such_registration');
    one.send(UNREGISTER(2, id), UNREGISTER(3, id));
    await one.expect(UNREGISTERED(2));
    await expectError(one, 66, 3, 'wamp.error.no_such_registration');
  });

  test('[R41] lets running calls be answered', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    const id = await register(callee, add);
    caller.send(CALL(1, {}, add), CALL(2, {}, add));
    await callee.expect(INVOCATION(1, id, {}));
    await callee.expect(INVOCATION(2, id, {}));
    callee.send(UNREGISTER(2, id));
    await callee.expect(UNREGISTERED(2));
    callee.send(YIELD(1, {}, [5]), ERROR('INVOCATION', 2, {}, 'com.example.error'));
    await caller.expect(RESULT(1, {}, [5]));
    await caller.expect(ERROR('CALL', 2, {}, 'com.example.error'));
  });
});

describe('CALL', () => {
  test.each<[string, Payload]>([
    ['no payload', []],
    ['args', [[1, 'two', null]]],
    ['args and kwargs', [[1], { three: { four: [5] } }]],
    ['kwargs', [[], { six: 7 }]],
  ])('[R42] [R43] [R44] goes to the callee with %s, and its YIELD to the caller', async (_, payload) => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    const id = await register(callee, add);
    caller.send(CALL(1, {}, add, ...payload));
    await callee.expect(INVOCATION(1, id, {}, ...payload));
    callee.send(YIELD(1, {}, ...payload));
    await caller.expect(RESULT(1, {}, ...payload));
  });

  test('[R44] is answered by the callee’s ERROR with its URI and payload', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add), CALL(2, {}, add));
    callee.send(
      ERROR('INVOCATION', 1, {}, 'com.example.error', ['too', 'much'], { limit: 3 }),
      ERROR('INVOCATION', 2, { _mine: 1 }, 'com.example.plain'),
    );
    await caller.expect(ERROR('CALL', 1, {}, 'com.example.error', ['too', 'much'], { limit: 3 }));
    await caller.expect(ERROR('CALL', 2, {}, 'com.example.plain'));
  });

  test.each([add, 'wamp.nothing.here', '__proto__', 'constructor'])(
    '[R42] of %s, which is not registered, is refused',
    async (uri) => {
      const { router } = openRouter();
      const caller = await join(router);
      caller.send(CALL(1, {}, uri));
      await expectError(caller, 48, 1, 'wamp.error.no_such_procedure');
    },
  );

  test.each(invalid)('[R42] of the invalid procedure %j is refused, and the session continues', async (uri) => {
    const { router } = openRouter();
    const caller = await join(router);
    caller.send(CALL(1, {}, uri), CALL(2, {}, add));
    await expectError(caller, 48, 1, INVALID);
    await expectError(caller, 48, 2, 'wamp.error.no_such_procedure');
  });

  test('[R42] [R44] may be to the own session', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const id = await register(client, add);
    client.send(CALL(2, {}, add, [1]));
    await client.expect(INVOCATION(1, id, {}, [1]));
    client.send(YIELD(1, {}, [2]));
    await client.expect(RESULT(2, {}, [2]));
  });

  test('[R42] gets invocation ids from 1 for each callee, counted over procedures and callers', async () => {
    const { router } = openRouter();
    const [callee, other, one, two] = [await join(router), await join(router), await join(router), await join(router)];
    await register(callee, add, 1);
    await register(callee, 'com.example.sub', 2);
    await register(other, 'com.example.other', 1);
    one.send(CALL(1, {}, 'com.example.nothing'), CALL(2, {}, add), CALL(3, {}, 'com.example.sub'));
    two.send(CALL(1, {}, 'com.example.other'), CALL(2, {}, add));
    const ids = [await callee.next(), await callee.next(), await callee.next()].map(([, id]) => id);
    expect(ids).toEqual([1, 2, 3]);
    expect((await other.next())[1]).toBe(1);
  });

  test('[R44] is answered in the order in which the callee answers', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add), CALL(2, {}, add), CALL(3, {}, add));
    callee.send(YIELD(3, {}, ['third']), YIELD(1, {}, ['first']), YIELD(2, {}, ['second']));
    await caller.expect(RESULT(3, {}, ['third']));
    await caller.expect(RESULT(1, {}, ['first']));
    await caller.expect(RESULT(2, {}, ['second']));
  });

  test('[R44] is answered to its own caller, even if others have the same request id', async () => {
    const { router } = openRouter();
    const [callee, one, two] = [await join(router), await join(router), await join(router)];
    await register(callee, add);
    one.send(CALL(1, {}, add, ['one']));
    two.send(CALL(1, {}, add, ['two']));
    callee.send(YIELD(2, {}, ['for two']), YIELD(1, {}, ['for one']));
    await one.expect(RESULT(1, {}, ['for one']));
    await two.expect(RESULT(1, {}, ['for two']));
  });

  test('[R11] stays in its realm', async () => {
    const { router } = openRouter();
    const [callee, stranger] = [await join(router), await joinedClient(router, 'realm2')];
    const id = await register(callee, add);
    stranger.send(CALL(1, {}, add), UNREGISTER(2, id), REGISTER(3, {}, add));
    await expectError(stranger, 48, 1, 'wamp.error.no_such_procedure');
    await expectError(stranger, 66, 2, 'wamp.error.no_such_registration');
    expect((await stranger.next())[0]).toBe(Code.REGISTERED);
    await expectUnread(callee);
  });
});

describe('[R56] the order of messages', () => {
  test('has invocations as they were called, over all procedures', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    await register(callee, 'com.example.a', 1);
    await register(callee, 'com.example.b', 2);
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    caller.send(...numbers.map((i) => CALL(i + 1, {}, i % 3 ? 'com.example.a' : 'com.example.b', [i])));
    await new Promise((resolve) => setImmediate(resolve));
    expect(callee.unread.map((invocation) => invocation[4])).toEqual(numbers.map((i) => [i]));
  });

  test('has REGISTERED before the first invocation, even in one tick', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    callee.send(REGISTER(1, {}, add), CALL(2, {}, add));
    caller.send(CALL(1, {}, add));
    const [code, , id] = await callee.next();
    expect(code).toBe(Code.REGISTERED);
    await callee.expect(INVOCATION(1, id, {}));
    await callee.expect(INVOCATION(2, id, {}));
  });
});
