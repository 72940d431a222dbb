/* Hooks around what goes out: calls and publications, of the connection and of its sessions. */
import {
  type CallContext,
  Connection,
  defineMiddleware,
  type Hooks,
  type Middleware,
  type PublishContext,
  Result,
} from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { CALL, CANCEL, ERROR, PUBLISH, PUBLISHED, RESULT } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const joinWith = (...hooks: Hooks[]) => join({ middleware: hooks.map(defineMiddleware) });
/** A hook from plain JavaScript. */
const odd = (hook: unknown): Hooks => ({ call: hook, publish: hook, invocation: hook, event: hook }) as Hooks;

describe('[N14] a call hook', () => {
  it.each(['connection', 'session'] as const)('sees the calls of the %s, once each, and its Result', async (who) => {
    const seen: unknown[] = [];
    const joined = await joinWith({
      async call(context, next) {
        seen.push(context);
        const result = await next(context);
        seen.push([result.args, result.kwargs, result.details]);
        return result;
      },
    });
    const calling = joined[who].call('a.b', [1], { k: 2 }, { _mine: 3 });
    await joined.peer.expect(CALL(1, { _mine: 3 }, 'a.b', [1], { k: 2 }));
    joined.peer.send(RESULT(1, { _its: 1 }, ['x']));
    expect(await calling).toBe('x');
    expect(seen).toEqual([{ procedure: 'a.b', args: [1], kwargs: { k: 2 }, options: { _mine: 3 } }, [['x'], {}, { _its: 1 }]]);
  });

  it('sees a call without arguments as empty, and callResult in the same way', async () => {
    const seen: CallContext[] = [];
    const { session, peer } = await joinWith({
      call(context, next) {
        seen.push(context);
        return next(context);
      },
    });
    const calls = [session.call('a.b'), session.callResult('a.c', null, null)];
    await peer.expect(CALL(1, {}, 'a.b'));
    await peer.expect(CALL(2, {}, 'a.c'));
    peer.send(RESULT(1, {}), RESULT(2, {}, [1, 2], { k: 3 }));
    expect(await calls[0]).toBeUndefined();
    expect(await calls[1]).toEqual(new Result([1, 2], { k: 3 }));
    expect(seen).toEqual(['a.b', 'a.c'].map((procedure) => ({ procedure, args: [], kwargs: {}, options: {} })));
  });

  it('may change everything, and what it leaves out of the context is not changed', async () => {
    const { connection, peer } = await joinWith(
      odd((context: object, next: (context: object) => unknown) => next({ ...context, procedure: 'c.d', args: [2] })),
      odd((_: object, next: (context: object) => unknown) => next({ kwargs: { k: 1 }, options: { disclose_me: true } })),
    );
    const calling = connection.call('a.b', [1]);
    await peer.expect(CALL(1, { disclose_me: true }, 'c.d', [2], { k: 1 }));
    peer.send(RESULT(1, {}, ['x'], { also: 1 }));
    expect(await calling).toEqual(new Result(['x'], { also: 1 }));
  });

  it('may answer itself, and call again', async () => {
    const cache = new Map<string, Result>();
    const { connection, peer } = await joinWith(
      {
        async call(context, next) {
          const result = cache.get(context.procedure) ?? (await next(context));
          cache.set(context.procedure, result);
          return result;
        },
      },
      { call: (context, next) => next(context).catch(() => next({ ...context, args: ['again'] })) },
    );
    const calling = connection.call('a.b', ['first']);
    await peer.expect(CALL(1, {}, 'a.b', ['first']));
    peer.send(ERROR('CALL', 1, {}, 'a.error'));
    await peer.expect(CALL(2, {}, 'a.b', ['again']));
    peer.send(RESULT(2, {}, [5]));
    expect([await calling, await connection.call('a.b')]).toEqual([5, 5]);
    expect(peer.unread).toEqual([]);
  });

  it('is outermost if it is first', async () => {
    const order: string[] = [];
    const named = (name: string): Hooks => ({
      async call(context, next) {
        order.push(`${name} in`);
        const result = await next(context);
        order.push(`${name} out`);
        return result;
      },
    });
    const { connection, peer } = await joinWith(named('first'), named('second'));
    const calling = connection.call('a.b');
    await peer.next();
    peer.send(RESULT(1, {}));
    await calling;
    expect(order).toEqual(['first in', 'second in', 'second out', 'first out']);
  });

  it.each<[string, unknown, RegExp]>([
    ['throws at once', () => raise(new Error('no')), /^no$/],
    ['rejects', async () => raise(new Error('no')), /^no$/],
    ['gives nothing', () => undefined, /^expected call of a middleware to give what next\(\) gives, got nothing$/],
    ['gives a bare value', async () => 5, /got 5$/],
    [
      'hands on args that are no list',
      (_: object, next: (c: object) => unknown) => next({ args: 'x' }),
      /^expected args to be a list/,
    ],
    ['hands on a procedure that is none', (_: object, next: (c: object) => unknown) => next({ procedure: 'a b' }), /a b/],
  ])('that %s rejects the call, and nothing is sent', async (_, hook, message) => {
    const { connection, session, peer } = await joinWith(odd(hook));
    for (const calling of [connection.call('a.b'), session.call('a.b'), session.callResult('a.b')])
      expect((await failure(calling)).message).toMatch(message);
    expect(peer.unread).toEqual([]);
    expect(session.isOpen).toBe(true);
  });

  it('that returns nothing is distinguished from the hooks around it', async () => {
    const { connection } = await joinWith(
      { call: async (context, next) => new Result((await next(context)).args) },
      odd(() => undefined),
    );
    expect((await failure(connection.call('a.b'))).message).toMatch(/^expected call of a middleware/);
  });

  it('passes progress, signal and further inputs on', async () => {
    const { connection, peer } = await join(
      { middleware: [defineMiddleware({ call: (context, next) => next(context) })] },
      {
        dealer: { call_canceling: true, progressive_call_results: true, progressive_call_invocations: true },
      },
    );
    const onProgress = vi.fn();
    const controller = new AbortController();
    const calling = failure(connection.call('a.b', [], null, { onProgress, signal: controller.signal, inputsFrom: [1] }));
    await peer.expect(CALL(1, { receive_progress: true, progress: true }, 'a.b'));
    await peer.expect(CALL(1, { progress: true }, 'a.b', [1]));
    await peer.expect(CALL(1, {}, 'a.b'));
    peer.send(RESULT(1, { progress: true }, [7]));
    await settled();
    expect(onProgress).toHaveBeenCalledExactlyOnceWith(7);
    controller.abort(new Error('enough'));
    expect((await calling).message).toBe('enough');
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
  });

  it('runs once around the wait for a session, and around repeated sending', async () => {
    const { router, connect, clock } = testBench();
    const hook = vi.fn((context: CallContext, next: (context: CallContext) => Promise<Result>) => next(context));
    const [service, client] = [connect('service'), connect('client', { middleware: [defineMiddleware({ call: hook })] })];
    let calls = 0;
    await service.register('a.b', () => (++calls === 1 ? new Promise(() => {}) : 'second')).ready;
    const calling = client.call('a.b', [], null, { retryOnLoss: 'unknown' }); // the connection is not open yet
    await router.settled();
    expect(calls).toBe(1);
    router.cut({ authid: 'client' });
    await clock.advance(1000);
    expect(await calling).toBe('second');
    expect(hook).toHaveBeenCalledTimes(1);
    await service.close();
  });
});

describe('[N14] a publish hook', () => {
  it.each(['connection', 'session'] as const)('sees the publications of the %s, once each, and may change them', async (who) => {
    const seen: PublishContext[] = [];
    const joined = await joinWith({
      publish(context, next) {
        seen.push(context);
        return next({ ...context, topic: 'c.d', options: { ...context.options, _mine: 1 } });
      },
    });
    expect(joined[who].publish('a.b', [1])).toBeUndefined();
    await joined.peer.expect(PUBLISH(1, { _mine: 1 }, 'c.d', [1]));
    const published = joined[who].publish('a.b', null, { k: 1 }, { acknowledge: true });
    await joined.peer.expect(PUBLISH(2, { acknowledge: true, _mine: 1 }, 'c.d', [], { k: 1 }));
    joined.peer.send(PUBLISHED(2, 99));
    expect(await published).toEqual({ id: 99 });
    expect(seen).toEqual([
      { topic: 'a.b', args: [1], kwargs: {}, options: {} },
      { topic: 'a.b', args: [], kwargs: { k: 1 }, options: { acknowledge: true } },
    ]);
  });

  it('that throws makes publish throw, or reject if there is a promise', async () => {
    const { connection, session, peer } = await joinWith(odd(() => raise(new Error('no'))));
    expect(() => connection.publish('a.b')).toThrow('no');
    expect(() => session.publish('a.b')).toThrow('no');
    expect((await failure(connection.publish('a.b', [], null, { acknowledge: true }))).message).toBe('no');
    expect(peer.unread).toEqual([]);
  });

  it('that rejects is reported to on(error) if nobody awaits it', async () => {
    const { connection, session, reported } = await joinWith(odd(async () => raise(new Error('no'))));
    connection.publish('a.b');
    session.publish('a.c');
    await settled();
    expect(reported).toEqual([
      { error: new Error('no'), where: 'publication', uri: 'a.b' },
      { error: new Error('no'), where: 'publication', uri: 'a.c' },
    ]);
  });

  it('that waits publishes later', async () => {
    const { connection, peer } = await joinWith(
      odd(async (_: object, next: (c: object) => unknown) => {
        await settled();
        return next({});
      }),
    );
    expect(connection.publish('a.b', [1])).toBeUndefined();
    expect(peer.unread).toEqual([]);
    await peer.expect(PUBLISH(1, {}, 'a.b', [1]));
  });

  it('that returns nothing rejects an acknowledged publication, and may drop another', async () => {
    const { connection, peer } = await joinWith(odd(() => undefined));
    connection.publish('a.b');
    expect((await failure(connection.publish('a.b', [], null, { acknowledge: true }))).message).toBe(
      'expected publish of a middleware to give what next() gives, got nothing',
    );
    expect(peer.unread).toEqual([]);
  });
});

describe('[N14] middleware', () => {
  it.each<[unknown, RegExp]>([
    [undefined, /^expected an object with functions \(call, publish, invocation, event\), got nothing$/],
    [() => {}, /got function$/],
    [{}, /got {}$/],
    [{ call: 5 }, /got {"call":5}$/],
    [{ call: () => {}, event: 'x' }, /"event":"x"/],
  ])('is refused if it is invalid: %o', (hooks, message) => {
    expect(() => defineMiddleware(hooks as Hooks)).toThrow(message);
  });

  it.each<[unknown, RegExp]>([
    [[{ call: () => {} }], /^expected middleware of defineMiddleware, got {}$/],
    [[() => {}], /got function$/],
    [[undefined], /got nothing$/],
    [5, /^expected middleware of Connection to be a list, got 5$/],
  ])('is refused by a connection if it is invalid: %o', (middleware, message) => {
    expect(() => new Connection({ url: 'ws://x', realm: 'realm1', middleware: middleware as Middleware[] })).toThrow(message);
  });

  it('may have its hooks on a prototype, and state', async () => {
    class Counter implements Hooks {
      count = 0;
      call(context: CallContext, next: (context: CallContext) => Promise<Result>) {
        this.count++;
        return next(context);
      }
    }
    const counter = new Counter();
    const { connection, peer } = await join({ middleware: [defineMiddleware(counter)] });
    const calling = connection.call('a.b');
    await peer.next();
    peer.send(RESULT(1, {}));
    await calling;
    expect(counter.count).toBe(1);
  });

  it('does not change the verbs of a connection without it', async () => {
    const { session, connection } = await join({ middleware: [] });
    expect(Object.hasOwn(session, 'call') || Object.hasOwn(session, 'publish')).toBe(false);
    const hooked = await joinWith({ event: (context, next) => next(context) });
    expect(Object.hasOwn(hooked.session, 'call') || Object.hasOwn(hooked.session, 'publish')).toBe(false);
    expect(connection.session).toBe(session);
  });
});

function raise(error: Error): never {
  throw error;
}
