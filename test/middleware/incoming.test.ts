/* Hooks around what comes in: invocations and events. */
import {
  ApplicationError,
  defineMiddleware,
  type EventContext,
  type Hooks,
  type InvocationContext,
  type InvocationDetails,
  Result,
} from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  Code,
  ERROR,
  EVENT,
  INTERRUPT,
  INVOCATION,
  REGISTER,
  REGISTERED,
  SUBSCRIBE,
  SUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

type Next = (context?: object) => Promise<Result>;
type AnyEndpoint = (args: readonly unknown[], kwargs: object, details: InvocationDetails) => unknown;
const features = { dealer: { progressive_call_invocations: true, progressive_call_results: true, call_canceling: true } };

async function callee(endpoint: AnyEndpoint, hooks: readonly unknown[], who: 'connection' | 'session' = 'connection') {
  const middleware = hooks.map((invocation) => defineMiddleware({ invocation } as Hooks));
  const joined = await join({ middleware }, features);
  const { connection, session } = joined;
  const ready = who === 'connection' ? connection.register('a.b', endpoint).ready : session.register('a.b', endpoint);
  await joined.peer.expect(REGISTER(1, {}, 'a.b'));
  joined.peer.send(REGISTERED(1, 5));
  await ready;
  return joined;
}

describe('[N14] an invocation hook', () => {
  it.each(['connection', 'session'] as const)('sees the invocations of the %s, once each, and its Result', async (who) => {
    const seen: unknown[] = [];
    const hook = async (context: InvocationContext, next: Next) => {
      seen.push({ ...context, details: { ...context.details } });
      const result = await next(context);
      seen.push(result);
      return result;
    };
    const { peer } = await callee(([n]) => Number(n) + 1, [hook], who);
    peer.send(INVOCATION(1, 5, { caller: 3 }, [1], { k: 2 }));
    await peer.expect(YIELD(1, {}, [2]));
    expect(seen).toEqual([
      { args: [1], kwargs: { k: 2 }, details: { caller: 3, registration: 5, procedure: 'a.b' } },
      new Result([2]),
    ]);
  });

  it('may change the input and the output of the endpoint', async () => {
    const endpoint = vi.fn((args: readonly unknown[], kwargs: object) => new Result([args.length], kwargs));
    const hook = async (_: InvocationContext, next: Next) => {
      const { args, kwargs } = await next({ args: [1, 2, 3], kwargs: { k: 1 } });
      return new Result([...args, 'more'], kwargs);
    };
    const { peer } = await callee(endpoint, [hook]);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(YIELD(1, {}, [3, 'more'], { k: 1 }));
    expect(endpoint).toHaveBeenCalledExactlyOnceWith([1, 2, 3], { k: 1 }, { registration: 5, procedure: 'a.b' });
  });

  it('starts the endpoint during the handling of the INVOCATION, in order', async () => {
    const order: unknown[] = [];
    const { peer } = await callee(
      ([n]) => void order.push(n),
      [(_: object, next: Next) => next(), (c: object, next: Next) => next(c)],
    );
    peer.send(INVOCATION(1, 5, {}, [1]), INVOCATION(2, 5, {}, [2]), INVOCATION(3, 5, {}, [3]));
    for (let n = 0; n < 3; n++) await peer.next();
    expect(order).toEqual([1, 2, 3]);
  });

  it.each<[string, unknown, string, string]>([
    ['throws at once', () => raise(new Error('no')), 'wamp.error.runtime_error', 'no'],
    ['rejects', async () => raise(new Error('no')), 'wamp.error.runtime_error', 'no'],
    ['throws an ApplicationError', () => raise(new ApplicationError('a.error', ['x'])), 'a.error', 'x'],
    [
      'gives nothing',
      (_: object, next: Next) => void next(),
      'wamp.error.runtime_error',
      'expected invocation of a middleware to give what next() gives, got nothing',
    ],
    [
      'gives a bare value',
      async () => 5,
      'wamp.error.runtime_error',
      'expected invocation of a middleware to give what next() gives, got 5',
    ],
    [
      'calls next twice',
      async (_: object, next: Next) => Promise.all([next(), next()]),
      'wamp.error.runtime_error',
      'next() was called twice by invocation of a middleware',
    ],
    [
      'hands on args that are no list',
      (_: object, next: Next) => next({ args: 'x' }),
      'wamp.error.runtime_error',
      'expected next() of invocation to be given args, a list, got "x"',
    ],
  ])('that %s is answered by one ERROR, and the session continues', async (_, hook, uri, message) => {
    const endpoint = vi.fn(() => 1);
    const { peer, session } = await callee(endpoint, [hook]);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(uri === 'a.error' ? ERROR('INVOCATION', 1, {}, uri, [message]) : ERROR('INVOCATION', 1, {}, uri, [message]));
    await settled();
    expect(endpoint.mock.calls.length).toBeLessThanOrEqual(1);
    expect(peer.unread).toEqual([]);
    expect(session.isOpen).toBe(true);
  });

  it('may answer without the endpoint', async () => {
    const endpoint = vi.fn(() => 1);
    const { peer } = await callee(endpoint, [async () => new Result(['mine'])]);
    peer.send(INVOCATION(1, 5, {}));
    await peer.expect(YIELD(1, {}, ['mine']));
    expect(endpoint).not.toHaveBeenCalled();
  });

  it.each<[string, (details: InvocationDetails) => object]>([
    ['as they came', (details) => details],
    ['as a copy with more in it', (details) => ({ ...details, user: 'joe' })],
    ['as an object that inherits from them', (details) => Object.create(details)],
  ])('passes details on %s, and signal, progress and further inputs work', async (_, pass) => {
    const seen: unknown[] = [];
    const endpoint = async (_args: unknown, _kwargs: unknown, details: InvocationDetails & { user?: string }) => {
      seen.push(details.user, details.sendProgress('half'), details.procedure);
      for await (const input of details.furtherInputs) seen.push(input);
      details.signal.addEventListener('abort', () => seen.push((details.signal.reason as ApplicationError).uri));
      await new Promise(() => {});
    };
    const inner = vi.fn((context: InvocationContext, next: Next) => {
      expect(context.details.signal.aborted).toBe(false);
      return next(context);
    });
    const { peer } = await callee(endpoint as AnyEndpoint, [
      (context: InvocationContext, next: Next) => next({ ...context, details: pass(context.details) }),
      inner,
    ]);
    peer.send(INVOCATION(1, 5, { receive_progress: true, progress: true }));
    await peer.expect(YIELD(1, { progress: true }, ['half']));
    peer.send(INVOCATION(1, 5, { progress: true }, ['more']), INVOCATION(1, 5, {}));
    await settled();
    peer.send(INTERRUPT(1, { mode: 'killnowait' }));
    await settled();
    expect(seen).toEqual([pass({ user: undefined } as never) && seen[0], true, 'a.b', 'more', 'wamp.error.canceled']);
    expect(seen[0]).toBe('user' in pass({} as InvocationDetails) ? 'joe' : undefined);
    expect(inner).toHaveBeenCalledTimes(1);
  });

  it('surrounds a generator: its yields are progress, by the given sendProgress', async () => {
    const sent: unknown[] = [];
    const hook = (context: InvocationContext, next: Next) =>
      next({
        ...context,
        details: {
          ...context.details,
          sendProgress: (value: unknown) => sent.push(value) > 0 && context.details.sendProgress(`${value}!`),
        },
      });
    const endpoint = async function* () {
      yield 1;
      yield 2;
      return 'done';
    };
    const { peer } = await callee(endpoint, [hook]);
    peer.send(INVOCATION(1, 5, { receive_progress: true }));
    await peer.expect(YIELD(1, { progress: true }, ['1!']));
    await peer.expect(YIELD(1, { progress: true }, ['2!']));
    await peer.expect(YIELD(1, {}, ['done']));
    expect(sent).toEqual([1, 2]);
  });

  it('stops a generator when the caller cancels', async () => {
    const ended = vi.fn();
    const endpoint = async function* () {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        ended();
      }
    };
    const result = vi.fn((context: object, next: Next) => next(context));
    const { peer } = await callee(endpoint, [result]);
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    peer.send(INTERRUPT(1, { mode: 'killnowait' }));
    await settled();
    expect(ended).toHaveBeenCalledTimes(1);
    await expect(result.mock.results[0]?.value).rejects.toMatchObject({ uri: 'wamp.error.canceled' });
    expect(peer.unread).toEqual([]);
  });

  it('that waits longer than the session sends no answer', async () => {
    let go = (): void => {};
    const { peer, session, reported } = await callee(
      () => 1,
      [
        async (_: object, next: Next) => {
          await new Promise<void>((resolve) => {
            go = resolve;
          });
          return next();
        },
      ],
    );
    peer.send(INVOCATION(1, 5, {}));
    await settled();
    await session.leave();
    go();
    await settled();
    expect(peer.unread.filter(([type]) => type === Code.YIELD)).toEqual([]);
    expect(reported).toEqual([]);
  });
});

describe('[N14] an event hook', () => {
  async function subscriber(
    handler: (...given: unknown[]) => unknown,
    hooks: readonly unknown[],
    who: 'connection' | 'session' = 'connection',
  ) {
    const joined = await join({ middleware: hooks.map((event) => defineMiddleware({ event } as Hooks)) });
    const { connection, session } = joined;
    const ready = who === 'connection' ? connection.subscribe('a.b', handler).ready : session.subscribe('a.b', handler);
    await joined.peer.expect(SUBSCRIBE(1, {}, 'a.b'));
    joined.peer.send(SUBSCRIBED(1, 5));
    await ready;
    return joined;
  }
  const details = { publication: 9, subscription: 5, topic: 'a.b' };

  it.each(['connection', 'session'] as const)('sees the events of the %s, in order, and may change or drop them', async (who) => {
    const handler = vi.fn();
    const hook = (context: EventContext, next: Next) =>
      context.args[0] === 2 ? undefined : next({ args: [...context.args, 'more'] });
    const { peer } = await subscriber(handler, [hook], who);
    peer.send(EVENT(5, 9, {}, [1], { k: 1 }), EVENT(5, 9, {}, [2]), EVENT(5, 9, {}, [3]));
    await settled();
    expect(handler.mock.calls).toEqual([
      [[1, 'more'], { k: 1 }, details],
      [[3, 'more'], {}, details],
    ]);
  });

  it.each<[string, unknown, string]>([
    ['throws', () => raise(new Error('no')), 'no'],
    ['rejects', async () => raise(new Error('no')), 'no'],
    ['calls next twice', (_: object, next: Next) => [next(), next()], 'next() was called twice by event of a middleware'],
  ])('that %s is reported to on(error), and the next event is delivered', async (_, hook, message) => {
    const handler = vi.fn();
    const { peer, reported, session } = await subscriber(handler, [hook]);
    peer.send(EVENT(5, 9, {}, [1]), EVENT(5, 9, {}, [2]));
    await settled();
    expect(reported.map(({ error, where, uri }) => [(error as Error).message, where, uri])).toEqual([
      [message, 'event', 'a.b'],
      [message, 'event', 'a.b'],
    ]);
    expect(session.isOpen).toBe(true);
  });

  it('sees the result or the error of the handler, and may hide it', async () => {
    const seen: unknown[] = [];
    const hook = async (context: EventContext, next: Next) => {
      try {
        seen.push(await next(context));
      } catch (error) {
        seen.push((error as Error).message);
      }
    };
    const handler = vi.fn().mockReturnValueOnce(1).mockResolvedValueOnce(2).mockRejectedValueOnce(new Error('three'));
    const { peer, reported } = await subscriber(handler, [hook]);
    peer.send(EVENT(5, 9, {}), EVENT(5, 9, {}), EVENT(5, 9, {}));
    await settled();
    expect([...seen].sort()).toEqual([1, 2, 'three']);
    expect(reported).toEqual([]);
  });

  it('leaves anything but a function unchanged, so that the method refuses it', async () => {
    const { session } = await subscriber(() => {}, [(context: object, next: Next) => next(context)]);
    await expect(session.subscribe('a.c', 5 as never)).rejects.toThrow('expected the handler of a.c to be a function, got number');
  });
});

describe('[N14] hooks in a connection that reconnects', () => {
  it('run once in each session', async () => {
    const { router, connect, clock } = testBench();
    const counts = { call: 0, publish: 0, invocation: 0, event: 0 };
    const counting = (kind: keyof typeof counts) => (context: never, next: (context: never) => never) => {
      counts[kind]++;
      return next(context);
    };
    const hooks = {
      call: counting('call'),
      publish: counting('publish'),
      invocation: counting('invocation'),
      event: counting('event'),
    } as unknown as Hooks;
    const ann = connect('ann', { middleware: [defineMiddleware(hooks)] });
    await ann.register('a.b', () => 1).ready;
    await ann.subscribe('a.c', () => {}).ready;
    for (let round = 1; round <= 2; round++) {
      await ann.call('a.b');
      await ann.session?.call('a.b');
      await ann.publish('a.c', [], null, { acknowledge: true, exclude_me: false });
      await ann.session?.publish('a.c', [], null, { acknowledge: true, exclude_me: false });
      await router.settled();
      expect(counts).toEqual({ call: 2 * round, publish: 2 * round, invocation: 2 * round, event: 2 * round });
      router.cut();
      await clock.advance(1000);
    }
  });
});

function raise(error: Error): never {
  throw error;
}
