/* Endpoints that are async generators: what they yield is progress, what they return is the result. */
import { ApplicationError, type InvocationDetails, Result } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { Code, ERROR, INTERRUPT, INVOCATION, REGISTERED, YIELD } from '../fixtures/messages.ts';
import { type Joined, join } from '../fixtures/scripted-session.ts';

type Endpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;

const more = { progress: true };
const both = { progress: true, receive_progress: true };
const kill = { mode: 'kill' };

async function callee(endpoint: Endpoint): Promise<Joined> {
  const joined = await join({}, { dealer: { progressive_call_invocations: true } });
  const registering = joined.session.register('a.b', endpoint);
  await joined.peer.next();
  joined.peer.send(REGISTERED(1, 5));
  await registering;
  return joined;
}

describe('an async generator', () => {
  it('[C52] sends what it yields as progress, and its return value as the result', async () => {
    const { peer } = await callee(async function* ([to]) {
      for (let n = 1; n < Number(to); n++) yield n;
      yield new Result([1, 2], { k: 3 });
      return to;
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }, [3]));
    await peer.expect(YIELD(1, more, [1]));
    await peer.expect(YIELD(1, more, [2]));
    await peer.expect(YIELD(1, more, [1, 2], { k: 3 }));
    await peer.expect(YIELD(1, {}, [3]));
  });

  it('[C52] runs to its end even if the caller did not ask for progress', async () => {
    const { peer } = await callee(async function* () {
      yield 1;
      yield 2;
    });
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(YIELD(1, {}));
  });

  it('[C57] [C52] answers each input', async () => {
    const { peer } = await callee(async function* ([first], _kwargs, { furtherInputs }) {
      let sum = Number(first);
      for await (const input of furtherInputs) {
        sum += Number(input);
        yield sum;
      }
      return sum;
    });
    peer.send(INVOCATION(1, 5, both, [1]), INVOCATION(1, 5, both, [2]));
    await peer.expect(YIELD(1, more, [3]));
    peer.send(INVOCATION(1, 5, both, [3]));
    await peer.expect(YIELD(1, more, [6]));
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, {}, [6]));
  });

  it('[C51] [C52] answers ERROR with what it throws, after the progress before', async () => {
    const { peer } = await callee(async function* () {
      yield 1;
      throw new ApplicationError('com.example.full', ['enough']);
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, more, [1]));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'com.example.full', ['enough']));
  });

  it('[C52] may be the value of a promise', async () => {
    const generate = async function* () {
      yield 1;
      return 2;
    };
    const { peer } = await callee(async () => generate());
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, more, [1]));
    await peer.expect(YIELD(1, {}, [2]));
  });

  it('[C52] [C53] does not begin if the call is stopped before the promise has given it', async () => {
    const begun = vi.fn();
    const generate = async function* () {
      begun();
      yield 1;
    };
    const { peer } = await callee(async () => generate());
    peer.send(INVOCATION(1, 5, { receive_progress: true }), INTERRUPT(1, kill));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['the call was canceled']));
    expect(begun).not.toHaveBeenCalled();
  });

  it('[C51] has an error of its own promise class answered, even inside another promise', async () => {
    const broken = Object.defineProperty({}, 'then', {
      get: () => {
        throw new Error('broken');
      },
    });
    // biome-ignore lint/suspicious/noThenProperty: it is what is tested
    const given = { then: (resolve: (value: unknown) => void) => void Promise.resolve().then(() => resolve(broken)) };
    const { peer } = await callee(() => given);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.runtime_error', ['broken']));
  });

  it('[C53] of the user’s own class may throw when it is stopped, without harm', async () => {
    const generator = {
      next: () => new Promise(() => {}),
      throw: () => new Promise(() => {}),
      return: () => {
        throw new Error('no');
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    const { peer, session } = await callee(() => generator);
    peer.send(INVOCATION(1, 5, {}), INTERRUPT(1, { mode: 'killnowait' }));
    await settled();
    expect(session.isOpen).toBe(true);
  });

  it('[C52] gets an error at the yield for a value that cannot be sent', async () => {
    const { peer } = await callee(async function* () {
      try {
        yield () => {};
      } catch (error) {
        yield (error as Error).name;
      }
      return 'fine';
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, more, ['SerializationError']));
    await peer.expect(YIELD(1, {}, ['fine']));
  });

  /** Yields once, then does what it is told, and tells when it is cleaned up. */
  async function stopped(then: (details: InvocationDetails) => AsyncGenerator<unknown, unknown, void>) {
    const cleaned = vi.fn();
    const joined = await callee(async function* (_args, _kwargs, details) {
      try {
        yield 'begun';
        return yield* then(details);
      } finally {
        cleaned();
      }
    });
    joined.peer.send(INVOCATION(1, 5, both));
    await joined.peer.expect(YIELD(1, more, ['begun']));
    return { ...joined, cleaned };
  }

  it('[C53] runs its `finally` when it is stopped, and answers ERROR if the caller waits', async () => {
    const { peer, cleaned } = await stopped(async function* ({ furtherInputs }) {
      for await (const _ of furtherInputs) yield 'unheard';
      return 'unheard';
    });
    peer.send(INTERRUPT(1, kill));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['the call was canceled']));
    expect(cleaned).toHaveBeenCalledOnce();
  });

  it('[C53] runs its `finally` when it is stopped at a yield, too', async () => {
    const { peer, cleaned } = await stopped(async function* () {
      for (;;) yield await new Promise((resolve) => setImmediate(resolve));
    });
    peer.send(INTERRUPT(1, kill));
    let last = await peer.next();
    while (last[0] === Code.YIELD) last = await peer.next();
    expect(last).toEqual(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled', ['the call was canceled']));
    expect(cleaned).toHaveBeenCalledOnce();
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('[C53] may answer with what it has when it is stopped', async () => {
    const { peer } = await stopped(async function* ({ furtherInputs }) {
      try {
        for await (const _ of furtherInputs) yield 'unheard';
      } catch {}
      return 'half of it';
    });
    peer.send(INTERRUPT(1, kill));
    await peer.expect(YIELD(1, {}, ['half of it']));
  });

  it('[C53] runs its `finally` and answers nothing if nobody waits for it', async () => {
    const { peer, cleaned, session } = await stopped(async function* ({ furtherInputs }) {
      for await (const _ of furtherInputs) yield 'unheard';
      return 'unheard';
    });
    peer.send(INTERRUPT(1, { mode: 'killnowait' }));
    await settled();
    expect([cleaned.mock.calls.length, peer.unread, session.isOpen]).toEqual([1, [], true]);
  });

  it('has an error in its `finally` reported, and answers all the same', async () => {
    const { peer, reported } = await callee(async function* () {
      try {
        for (;;) yield await new Promise((resolve) => setImmediate(resolve));
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what a bad clean-up does
        throw new Error('no clean-up');
      }
    });
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    peer.send(INTERRUPT(1, kill));
    expect((await peer.next()).slice(0, 5)).toEqual(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled'));
    await settled();
    expect(reported).toEqual([{ error: new Error('no clean-up'), where: 'invocation', uri: 'a.b' }]);
  });

  it('yields to others if it never waits', async () => {
    const { peer } = await callee(async function* () {
      for (;;) yield 1;
    });
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    peer.send(INTERRUPT(1, kill));
    expect((await peer.next()).slice(0, 5)).toEqual(ERROR('INVOCATION', 1, {}, 'wamp.error.canceled'));
  });
});

describe('a generator that is not async', () => {
  it('[H1] [C52] works like an async one: it yields progress, even promises, and returns the result', async () => {
    const { peer } = await callee(function* ([to]) {
      for (let n = 1; n < Number(to); n++) yield n;
      yield Promise.resolve('later');
      return to;
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }, [3]));
    for (const item of [1, 2, 'later']) await peer.expect(YIELD(1, more, [item]));
    await peer.expect(YIELD(1, {}, [3]));
  });

  it('[H1] [C51] gets the error of a rejected promise, or of a value that cannot be sent, at the yield', async () => {
    const caught: unknown[] = [];
    const { peer } = await callee(function* () {
      for (const wrong of [Promise.reject(new Error('not today')), 10n ** 30n])
        try {
          yield wrong;
        } catch (error) {
          caught.push((error as Error).message);
        }
      throw new ApplicationError('a.broken');
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(ERROR('INVOCATION', 1, {}, 'a.broken'));
    expect(caught).toEqual(['not today', expect.stringContaining('cannot encode YIELD')]);
  });

  it('[H1] [C53] runs its `finally` when it is stopped', async () => {
    const cleaned = vi.fn();
    const { peer } = await callee(function* () {
      try {
        yield new Promise(() => {});
      } finally {
        cleaned();
      }
    });
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await settled();
    peer.send(INTERRUPT(1, kill));
    await settled();
    expect(cleaned).toHaveBeenCalledTimes(1);
  });
});
