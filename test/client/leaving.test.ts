/* Handles that are given back: nobody has to wait for it, and nobody hears of anything afterwards. */
import { type Connection, callStream, defineMiddleware, drain, events, nextEvent, registerAll, type Session } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import { EVENT, REGISTERED, RESULT, SUBSCRIBED } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** Rejections that nobody handles, as they end a process. */
const unhandled = vi.fn();
beforeEach(() => {
  unhandled.mockClear();
  process.on('unhandledRejection', unhandled);
});
afterEach(() => {
  process.off('unhandledRejection', unhandled);
  expect(unhandled.mock.calls).toEqual([]);
});

type Begin = (connection: Connection, session: Session) => unknown;

describe('a promise that nobody awaits when the connection is lost', () => {
  const begun: { readonly [what: string]: Begin } = {
    'handle.unsubscribe': (connection) => connection.handles.map((each) => 'unsubscribe' in each && each.unsubscribe()),
    'handle.unregister': (connection) => connection.handles.map((each) => 'unregister' in each && each.unregister()),
    'subscription.unsubscribe': (_, session) => session.subscriptions[0]?.unsubscribe(),
    'registration.unregister': (_, session) => session.registrations[0]?.unregister(),
    'a group': (connection) => registerAll(connection, { 'com.test.one': () => 1 }).unregister(),
    'handles that are pending': (connection) => [
      connection.subscribe('com.test.more', () => {}).ready,
      connection.register('com.test.more', () => {}).ready,
    ],
    'handles that are pending and given up': (connection) => [
      connection.subscribe('com.test.more', () => {}).unsubscribe(),
      connection.register('com.test.more', () => {}).unregister(),
    ],
    'session.subscribe': (_, session) => session.subscribe('com.test.more', () => {}),
    'session.register': (_, session) => session.register('com.test.more', () => {}),
    'a stream of events': (connection, session) => [
      events(connection, 'com.test.more').next(),
      events(session, 'com.test.more').next(),
      events(session, 'com.test.more').return?.(),
      events(session, 'com.test.more').ready,
    ],
    'a stream of progress': (_, session) => callStream(session, 'com.test.here').next(),
    drain: (connection) => drain(connection),
    leave: (_, session) => session.leave(),
    close: (connection) => connection.close(),
  };
  describe.each(['cut', 'kill', 'garbage'] as const)('by %s:', (loss) => {
    it.each(Object.entries(begun))('[H5] %s is not an unhandled rejection', async (_, begin) => {
      const { router, connect, clock } = testBench();
      const connection = connect('joe', { retry: false });
      connection.on('error', () => {});
      await connection.subscribe('com.test.here', () => {}).ready;
      const hang = (): Promise<never> => new Promise(() => {});
      await connection.register('com.test.here', hang).ready;
      const session = await connection.open();
      begin(connection, session);
      router.blackhole();
      if (loss === 'cut') router.cut();
      else if (loss === 'kill') router.kill(session.id);
      else router.garbage();
      await clock.advance(60_000);
      await settled();
    });
  });

  it('[H5] of a running generator is not an unhandled rejection', async () => {
    const { router, connect } = testBench();
    const [joe, ann] = [connect('joe', { retry: false }), connect('ann')];
    await joe.register('com.test.count', async function* () {
      for (let i = 0; ; i++) yield await new Promise<number>((resolve) => setTimeout(() => resolve(i), 1));
    }).ready;
    const calling = failure(ann.call('com.test.count', [], null, { onProgress: () => router.cut({ authid: 'joe' }) }));
    await calling;
    await settled();
  });

  it('[H5] of a session that has ended is not an unhandled rejection', async () => {
    const { connect } = testBench();
    const session = await connect('joe').open();
    await session.leave();
    void session.subscribe('com.test.here', () => {});
    void session.register('com.test.here', () => {});
    await settled();
  });

  it('[H5] resolves for all that wait for it', async () => {
    const { session, peer } = await join();
    const asking = [session.subscribe('a.b', () => {}), session.register('a.c', () => {})] as const;
    peer.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
    const [subscription, registration] = await Promise.all(asking);
    const leaving = [subscription.unsubscribe(), registration.unregister()];
    peer.close();
    expect(await Promise.all(leaving)).toEqual([undefined, undefined]);
  });
});

describe('an event after unsubscribe()', () => {
  it.each(['connection', 'session'])('[H5] is not delivered if an earlier handler unsubscribes: %s', async (scope) => {
    const { connect } = testBench();
    const joe = connect('joe');
    const session = await joe.open();
    const heard: string[] = [];
    let second: { unsubscribe(): Promise<void> } | undefined;
    const subscribe = async (name: string): Promise<typeof second> => {
      const handler = (): void => {
        heard.push(name);
        void second?.unsubscribe();
      };
      return scope === 'session' ? session.subscribe('com.test.news', handler) : joe.subscribe('com.test.news', handler).ready;
    };
    await subscribe('first');
    second = await subscribe('second');
    await subscribe('third');
    await connect('ann').publish('com.test.news', [], null, { acknowledge: true });
    await settled();
    expect(heard).toEqual(['first', 'third']);
  });

  it.each(['connection', 'session'])('[H5] is not delivered if a hook waits meanwhile: %s', async (scope) => {
    const { connect } = testBench();
    const waiting: (() => void)[] = [];
    const hook = defineMiddleware({
      event: async (context, next) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return next(context);
      },
    });
    const joe = connect('joe', { middleware: [hook] });
    const session = await joe.open();
    const heard: string[] = [];
    const subscribe = (name: string) =>
      scope === 'session'
        ? session.subscribe('com.test.news', () => heard.push(name))
        : joe.subscribe('com.test.news', () => heard.push(name)).ready;
    const left = await subscribe('left');
    await subscribe('stays');
    await connect('ann').publish('com.test.news', [], null, { acknowledge: true });
    await settled();
    await left.unsubscribe();
    for (const go of waiting) go();
    await settled();
    expect([waiting.length, heard]).toEqual([2, ['stays']]);
  });

  it('[H5] differs from an event that came before the loss, which a durable handler gets after it', async () => {
    const { connect, router } = testBench();
    let go = (): void => {};
    const hook = defineMiddleware({
      event: async (context, next) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return next(context);
      },
    });
    const joe = connect('joe', { middleware: [hook] });
    const heard: unknown[] = [];
    await joe.subscribe('com.test.news', ([news]: [string]) => heard.push(news)).ready;
    await connect('ann').publish('com.test.news', ['old'], null, { acknowledge: true });
    await settled();
    router.cut();
    await settled();
    go();
    await settled();
    expect(heard).toEqual(['old']);
  });

  it('[H5] is not given by a stream that was left', async () => {
    const { session, peer } = await join();
    const stream = events(session, 'a.b');
    const next = nextEvent(session, 'a.b');
    peer.send(SUBSCRIBED(1, 5), SUBSCRIBED(2, 5), EVENT(5, 1, {}, [1]));
    expect(await next).toMatchObject({ args: [1] });
    await stream.return?.();
    peer.send(EVENT(5, 2, {}, [2]));
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });
});

describe('retained events', () => {
  it('[H5] are delivered to the handlers that asked for them, and to no earlier handler', async () => {
    const { connect } = testBench();
    const [joe, ann] = [connect('joe'), connect('ann')];
    await ann.publish('com.test.state', ['on'], null, { acknowledge: true, retain: true });
    const heard: string[] = [];
    const ask = (name: string, get_retained?: boolean) =>
      joe.subscribe('com.test.state', ([state]: [string], _, { retained }) => heard.push(`${name} ${state} ${retained ?? ''}`), {
        get_retained,
      }).ready;
    await ask('first', true);
    await ask('second');
    await ask('third', true);
    await settled();
    expect(heard.splice(0)).toEqual(['first on true', 'third on true']);
    await ann.publish('com.test.state', ['off'], null, { acknowledge: true, retain: true });
    await settled();
    expect(heard).toEqual(['first off ', 'second off ', 'third off ']);
  });

  it('[H5] are not delivered if the last handler that asked has left or given up', async () => {
    const { session, peer } = await join();
    const heard = vi.fn();
    const controller = new AbortController();
    const options = { get_retained: true };
    const first = session.subscribe('a.b', heard, options);
    const second = failure(session.subscribe('a.b', heard, { ...options, signal: controller.signal }));
    controller.abort(new Error('enough'));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, { retained: true }), SUBSCRIBED(2, 5), EVENT(5, 1, { retained: true }));
    await Promise.all([first, second]);
    expect(heard).toHaveBeenCalledTimes(1);
    peer.send(EVENT(5, 2, {}));
    await settled();
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('[H5] are delivered to all handlers if none asked', async () => {
    const { session, peer } = await join();
    const heard = vi.fn();
    const subscribing = session.subscribe('a.b', heard);
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, { retained: true }));
    await subscribing;
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

it('[H6] a signal has one listener, however many calls, streams and endpoints use it', async () => {
  const { connect } = testBench();
  const [joe, ann] = [connect('joe'), connect('ann')];
  const { signal } = new AbortController();
  const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')];
  await joe.register('com.test.echo', ([x]: [number]) => x).ready;
  const calls = Array.from({ length: 20 }, (_, i) => (i % 2 ? joe : ann).call('com.test.echo', [i], null, { signal }));
  const streams = Array.from({ length: 20 }, () => events(ann, 'com.test.news', { signal }));
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  for (const stream of streams) await stream.return?.();
  expect([add.mock.calls.length, remove.mock.calls.length]).toEqual([1, 1]);
});

it('[H6] a signal ends all that use it, and nothing that has ended before', async () => {
  const { session, peer } = await join();
  const controller = new AbortController();
  const { signal } = controller;
  const answered = session.call('a.b', [], null, { signal });
  peer.send(RESULT(1, {}, ['answer']));
  expect(await answered).toBe('answer');
  const calls = [1, 2].map(() => failure(session.call('a.b', [], null, { signal })));
  const reason = new Error('enough');
  controller.abort(reason);
  expect(await Promise.all(calls)).toEqual([reason, reason]);
  expect(await failure(session.call('a.b', [], null, { signal }))).toBe(reason);
});
