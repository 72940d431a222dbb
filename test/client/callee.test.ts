import { ApplicationError, Result } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  Code,
  ERROR,
  INVOCATION,
  type Payload,
  REGISTER,
  REGISTERED,
  UNREGISTER,
  UNREGISTERED,
  YIELD,
} from '../fixtures/messages.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

type Endpoint = (args: unknown[], kwargs: object, details: object) => unknown;

async function callee(endpoint: Endpoint): Promise<Joined> {
  const joined = await join();
  const registering = joined.session.register('a.b', endpoint as () => unknown);
  await joined.peer.expect(REGISTER(1, {}, 'a.b'));
  joined.peer.send(REGISTERED(1, 5));
  await registering;
  return joined;
}

describe('a value that an endpoint throws and that cannot be read', () => {
  const trap = Object.defineProperty({}, 'message', {
    get() {
      throw new Error('a getter that throws');
    },
  });
  const uri = Object.defineProperty(new Error('odd'), 'uri', {
    get() {
      throw new Error('a getter that throws');
    },
  });
  it.each([
    ['at once, without a message', () => raise(trap)],
    ['later, without a message', async () => raise(trap)],
    ['at once, without a URI', () => raise(uri)],
    ['later, without a URI', async () => raise(uri)],
  ])('[C51] is answered by ERROR, and the session continues: %s', async (_, endpoint) => {
    const { peer, session } = await callee(endpoint);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.runtime_error', [expect.any(String)]));
    await settled();
    expect(session.isOpen).toBe(true);
  });
});

function raise(thrown: unknown): never {
  throw thrown;
}

describe('registering', () => {
  it('[C50] calls the endpoint for an INVOCATION that comes in the same read as REGISTERED', async () => {
    const { session, peer } = await join();
    const endpoint = vi.fn((args: readonly unknown[], _kwargs: object, _details: object) => args.length);
    const registering = session.register('a.b', endpoint);
    await peer.next();
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, { caller: 3 }, ['x', 'y'], { k: 1 }));
    expect(await registering).toMatchObject({ id: 5, procedure: 'a.b', isActive: true });
    await peer.expect(YIELD(1, {}, [2]));
    expect(endpoint).toHaveBeenCalledExactlyOnceWith(['x', 'y'], { k: 1 }, { caller: 3, registration: 5, procedure: 'a.b' });
  });

  it('[C50] rejects with the ERROR of the router', async () => {
    const { session, peer } = await join();
    const registering = failure(session.register('a.b', () => {}));
    await peer.next();
    peer.send(ERROR('REGISTER', 1, {}, 'wamp.error.procedure_already_exists'));
    expect(await registering).toMatchObject({ uri: 'wamp.error.procedure_already_exists' });
  });

  it('[C50] keeps the newer endpoint where the router gives one id twice, and ends the older', async () => {
    const { session, peer } = await join();
    const [first, second] = [session.register('a.b', () => 'first'), session.register('a.b', () => 'second')];
    peer.send(REGISTERED(1, 5), REGISTERED(2, 5), INVOCATION(1, 5, {}));
    const [older, newer] = await Promise.all([first, second]);
    expect(await older.ended).toBeUndefined();
    expect([older.isActive, newer.isActive]).toEqual([false, true]);
    await older.unregister(); // it is the newer one's
    expect((await peer.next())[0]).toBe(Code.REGISTER);
    expect((await peer.next())[0]).toBe(Code.REGISTER);
    await peer.expect(YIELD(1, {}, ['second']));
  });

  it('[C55] sends the options for matching and invoking', async () => {
    const { session, peer } = await join();
    const options = {
      match: 'wildcard',
      invoke: 'roundrobin',
      disclose_caller: true,
      forward_timeout: true,
      force_reregister: true,
    } as const;
    void session.register('a..b', () => {}, options).catch(() => {});
    await peer.expect(REGISTER(1, options, 'a..b'));
  });

  it('[H5] [C50] answers what crosses UNREGISTER, lets running invocations finish, and refuses what comes after UNREGISTERED; an unknown registration is a violation', async () => {
    const { session, peer } = await join();
    const finish: ((value: string) => void)[] = [];
    const registering = session.register('a.b', () => new Promise<string>((resolve) => finish.push(resolve)));
    await peer.next();
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, {}));
    const registration = await registering;
    const leaving = registration.unregister();
    expect([registration.isActive, session.registrations]).toEqual([false, []]);
    await peer.expect(UNREGISTER(2, 5));
    peer.send(INVOCATION(2, 5, {}), UNREGISTERED(2));
    await leaving;
    expect(await registration.ended).toBeUndefined();
    finish[1]?.('crossed');
    await peer.expect(YIELD(2, {}, ['crossed']));
    finish[0]?.('done');
    await peer.expect(YIELD(1, {}, ['done']));
    await registration.unregister();
    peer.send(INVOCATION(3, 5, {}));
    expect(await peer.next()).toMatchObject(ERROR('INVOCATION', 3, {}, 'wamp.error.unavailable', [expect.any(String)]));
    expect([session.isOpen, finish.length]).toEqual([true, 2]);
    peer.send(INVOCATION(4, 6, {}));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
  });

  it('[H5] [C50] lets the router ask another callee when REGISTER was abandoned before its answer', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    const registering = failure(session.register('a.b', () => 1, { signal: controller.signal }));
    await peer.next();
    controller.abort(new Error('enough'));
    await registering;
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, {}), UNREGISTERED(2));
    await peer.expect(UNREGISTER(2, 5));
    expect((await peer.next()).slice(0, 5)).toEqual(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    expect(session.isOpen).toBe(true);
  });

  it('[H5] [C50] continues serving when the router refuses UNREGISTER', async () => {
    const { session, peer } = await join();
    const registering = session.register('a.b', () => 'here');
    await peer.next();
    peer.send(REGISTERED(1, 5));
    const leaving = failure((await registering).unregister());
    await peer.expect(UNREGISTER(2, 5));
    peer.send(ERROR('UNREGISTER', 2, {}, 'wamp.error.not_authorized'), INVOCATION(1, 5, {}));
    expect((await leaving).uri).toBe('wamp.error.not_authorized');
    await peer.expect(YIELD(1, {}, ['here']));
  });
});

describe('invocations', () => {
  it.each<[string, Endpoint, Payload]>([
    ['a value', () => 7, [[7]]],
    ['null', () => null, [[null]]],
    ['nothing', () => undefined, []],
    ['a list', () => [1, 2], [[[1, 2]]]],
    ['a Result', () => new Result([1, 2], { k: 3 }), [[1, 2], { k: 3 }]],
    ['a promise', async () => 'later', [['later']]],
    ['what only looks like a Result', () => ({ args: [1], kwargs: {} }), [[{ args: [1], kwargs: {} }]]],
  ])('[C51] yield %s', async (_, endpoint, payload) => {
    const { peer } = await callee(endpoint);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(YIELD(1, {}, ...payload));
  });

  const thrown: [string, unknown, unknown[], boolean][] = [
    ['an Error', new Error('broken'), ['wamp.error.runtime_error', ['broken']], true],
    ['a string', 'broken', ['wamp.error.runtime_error', ['broken']], true],
    ['null', null, ['wamp.error.runtime_error', ['null']], true],
    ['undefined', undefined, ['wamp.error.runtime_error', ['undefined']], true],
    ['an object', { code: 5 }, ['wamp.error.runtime_error', ['{"code":5}']], true],
    ['an ApplicationError', new ApplicationError('com.mine', [1], { k: 2 }), ['com.mine', [1], { k: 2 }], false],
    [
      'an error of another copy of the package',
      Object.assign(new Error('x'), { uri: 'com.theirs', args: [1], kwargs: {} }),
      ['com.theirs', [1]],
      false,
    ],
    ['an error with no usable URI', Object.assign(new Error('x'), { uri: 'no uri' }), ['wamp.error.runtime_error', ['x']], true],
    ['an ApplicationError with no usable URI', new ApplicationError('no uri', [1]), ['wamp.error.runtime_error', ['no uri']], true],
    [
      'an ApplicationError with a bare text',
      Reflect.construct(ApplicationError, ['com.mine', 'no such user']),
      ['com.mine', ['com.mine: no such user']],
      true,
    ],
    [
      'an ApplicationError with a bare number',
      Reflect.construct(ApplicationError, ['com.mine', 404]),
      ['com.mine', ['com.mine: 404']],
      true,
    ],
    ['an error that cannot be sent', new ApplicationError('com.mine', [() => {}]), ['com.mine', ['com.mine']], true],
  ];
  for (const [name, value, answer, isReported] of thrown) {
    it.each(['sync', 'async'])(`[C51] answer ${name}, thrown %s, and the session continues`, async (how) => {
      const { peer, session, reported } = await callee(() => {
        if (how === 'sync') throw value;
        return Promise.reject(value);
      });
      peer.send(INVOCATION(1, 5, {}), INVOCATION(2, 5, {}));
      await peer.expect([8, 68, 1, {}, ...answer]);
      await peer.expect([8, 68, 2, {}, ...answer]);
      expect(session.isOpen).toBe(true);
      expect(reported.length > 0).toBe(isReported);
    });
  }

  it.each<[string, () => unknown, RegExp]>([
    [
      'a cycle',
      () => {
        const a: unknown[] = [];
        a.push(a);
        return a;
      },
      /args\[0\]\[0\]: .* a cycle/,
    ],
    ['a BigInt', () => 1n, /a bigint/],
    ['a function', () => () => {}, /a function/],
    ['a Map', () => new Map(), /a Map/],
  ])('[C51] answer ERROR for %s, which cannot be sent', async (_, endpoint, why) => {
    const { peer, session, reported } = await callee(endpoint);
    peer.send(INVOCATION(1, 5, {}));
    expect(await peer.next()).toMatchObject(ERROR('INVOCATION', 1, {}, 'wamp.error.invalid_payload', [expect.stringMatching(why)]));
    expect(session.isOpen).toBe(true);
    expect(reported).toMatchObject([{ where: 'invocation', uri: 'a.b' }]);
  });

  it('do not send the stack of an error', async () => {
    const { peer } = await callee(() => {
      throw new Error('broken');
    });
    peer.send(INVOCATION(1, 5, {}));
    expect(JSON.stringify(await peer.next())).not.toContain('callee.test');
  });

  it('[C54] name the procedure that was called', async () => {
    const { peer } = await callee((_args, _kwargs, details) => ({ ...details }));
    peer.send(INVOCATION(1, 5, { procedure: 'a.b.c', caller_authid: 'joe', trustlevel: 2, timeout: 5 }));
    expect(await peer.next()).toMatchObject(
      YIELD(1, {}, [{ procedure: 'a.b.c', caller_authid: 'joe', trustlevel: 2, timeout: 5 }]),
    );
  });

  it('with the id of a running one are a violation', async () => {
    const { peer } = await callee(() => new Promise(() => {}));
    peer.send(INVOCATION(1, 5, {}), INVOCATION(1, 5, {}));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.protocol_violation'));
  });

  it('are not answered after the session has ended', async () => {
    let finish: (value: string) => void = () => {};
    const { peer, session } = await callee(() => new Promise<string>((resolve) => (finish = resolve)));
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    peer.close();
    await session.ended;
    finish('late');
    await settled();
    expect(peer.unread).toEqual([]);
  });
});
