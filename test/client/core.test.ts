/* `autostrada/core`: the kernel with the features that are named, and nothing of those that are not. */
import {
  Connection,
  defineMiddleware,
  drain,
  events,
  FatalError,
  registerAll,
  type Session,
  TransportError,
  withOptions,
} from 'autostrada';
import {
  concurrency,
  connect,
  defaults,
  durable,
  type Feature,
  formerSessions,
  generators,
  idle,
  join,
  liveness,
  middleware,
  offline,
  page,
  payloadPassthru,
  progressiveInputs,
  recovery,
  waitForCallee,
  wireLog,
} from 'autostrada/core';
import { Router } from 'autostrada/router';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ABORT, CALL, HELLO, RESULT, SUBSCRIBE, SUBSCRIBED } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

const realm = 'realm1';
const all = [
  durable,
  formerSessions,
  recovery,
  offline,
  waitForCallee,
  defaults,
  middleware,
  payloadPassthru,
  progressiveInputs,
  generators,
  concurrency,
  liveness,
  page,
  idle,
  wireLog,
] as const;

function realRouter(): Router {
  const router = new Router({ realms: { [realm]: 'open' } });
  onTestFinished(() => router.close());
  return router;
}

describe('[I3] join', () => {
  it('gives one session, with the verbs of a session', async () => {
    const router = realRouter();
    const [ann, bob] = await Promise.all([join({ url: router, realm }, []), join({ url: router, realm }, [])]);
    await ann.register('com.example.add', ([a, b]: [number, number]) => a + b);
    expect(await bob.call('com.example.add', [2, 3])).toBe(5);
    const got: unknown[] = [];
    await ann.subscribe('com.example.news', ([text]: [string]) => got.push(text));
    await bob.publish('com.example.news', ['hello'], {}, { acknowledge: true });
    await vi.waitFor(() => expect(got).toEqual(['hello']));
    await Promise.all([ann.leave(), bob.leave()]);
    expect(ann.isOpen).toBe(false);
  });

  it('announces no feature that is missing', async () => {
    const router = new ScriptedRouter();
    const features = async (given: readonly Feature[]): Promise<unknown> => {
      const joining = join({ url: router, realm }, given);
      const peer = await router.peer();
      const [, , details] = (await peer.next()) as [number, string, { roles: { caller: { features: object } } }];
      peer.send(ABORT({}, 'wamp.error.no_such_realm'));
      expect((await failure(joining)).uri).toBe('wamp.error.no_such_realm');
      return 'progressive_call_invocations' in details.roles.caller.features;
    };
    expect([await features([]), await features([progressiveInputs])]).toEqual([false, true]);
  });

  it('tries each address of a list once, in order, and rejects with the last error', async () => {
    const dead = (name: string) => ({ name, connect: () => Promise.reject(new TransportError(`${name} is dead`)) });
    const session = await join({ url: [dead('one'), realRouter()], realm }, []);
    expect(session.isOpen).toBe(true);
    await session.leave();
    const failed = await failure(join({ url: [dead('one'), dead('two')], realm }, []));
    expect(failed.message).toBe('two is dead');
    let asked = 0;
    const auth = (): never => {
      asked++;
      throw new FatalError('never again');
    };
    const fatal = await failure(join({ url: [realRouter(), realRouter()], realm, auth }, []));
    expect([fatal.message, asked]).toEqual(['never again', 1]);
  });

  it('ends by signal and by time, and closes the connections that it had opened', async () => {
    const router = new ScriptedRouter();
    const controller = new AbortController();
    const aborted = failure(join({ url: router, realm }, [], { signal: controller.signal }));
    const peer = await router.peer();
    controller.abort(new Error('enough'));
    expect(await aborted).toEqual(new Error('enough'));
    await peer.end();
    for (const reason of [null, 'enough', 5]) {
      const again = new AbortController();
      const given = join({ url: router, realm }, [], { signal: again.signal }).catch((error: unknown) => error);
      const other = await router.peer();
      again.abort(reason);
      expect(await given).toBe(reason);
      await other.end();
    }
    const late = await failure(join({ url: router, realm }, [], { timeoutMs: 5 }));
    expect(late.message).toBe('no session in 5 ms');
    expect((await failure(join({ url: router, realm }, [], { signal: AbortSignal.abort(new Error('before')) }))).message).toBe(
      'before',
    );
  });

  it('names the existing options, and accepts those of its features', async () => {
    const url = new ScriptedRouter();
    const wrong: object = { url, realm, liveness: false };
    expect(() => join(wrong as never, [])).toThrow(/expected an option of Connection \(url, .*\), got 'liveness'/);
    void join({ url, realm, liveness: false }, [liveness]).catch(() => {});
    expect(() => join({ url, realm }, [], { timeoutMs: -1 })).toThrow('expected timeoutMs of join to be milliseconds from 0 on');
  });

  it('refuses options of verbs that no feature brings', async () => {
    const session = await join({ url: realRouter(), realm }, []);
    const inputs: object = { inputsFrom: [1] };
    const refused = await failure(session.call('a.b', [], {}, inputs as never));
    expect(refused).toEqual(
      new TypeError("expected an option of call (signal, timeoutMs, cancelMode, onProgress), got 'inputsFrom'"),
    );
    expect('idle' in session || 'rtt' in session).toBe(false);
    await session.leave();
  });

  it('has what its features add to sessions', async () => {
    const session = await join({ url: realRouter(), realm }, [idle, liveness, generators, progressiveInputs]);
    await session.register('com.example.count', function* () {
      yield 1;
      return 2;
    });
    const progress: unknown[] = [];
    expect(await session.call('com.example.count', [], {}, { onProgress: (n) => progress.push(n) })).toBe(2);
    expect([progress, await session.rtt()]).toEqual([[1], expect.any(Number)]);
    await session.idle();
    await session.leave();
  });

  it.each<[string, (url: Router) => Promise<Pick<Session, 'call' | 'register' | 'leave'>>]>([
    ['join', (url) => join({ url, realm }, [])],
    ['connect', (url) => connect({ url, realm }, []).open()],
  ])('fails a call to a generator without that feature, and the session continues: %s', async (_, begin) => {
    const session = await begin(realRouter());
    const told = vi.spyOn(console, 'error').mockImplementation(() => {});
    await session.register('com.example.count', function* () {
      yield 1;
    });
    expect((await failure(session.call('com.example.count'))).message).toContain(
      'expected the feature generators for com.example.count, whose endpoint is a generator',
    );
    expect(told).toHaveBeenCalledTimes(1);
    told.mockRestore();
    expect(await session.call('wamp.session.count')).toBe(1);
    await session.leave();
  });
});

describe('[I3] connect', () => {
  it('comes back after a loss, and has no verbs of its own without features', async () => {
    const router = new ScriptedRouter();
    const connection = connect({ url: router, realm, retry: { minMs: 0 }, environment: { random: () => 0 } }, []);
    onTestFinished(() => connection.close());
    const opening = connection.open();
    const first = await router.joined();
    await opening;
    expect(Object.keys(connection).filter((name) => ['call', 'publish', 'subscribe', 'register'].includes(name))).toEqual([]);
    first.close();
    void answerGoodbye(await router.joined());
    await vi.waitFor(() => expect(connection.session?.isOpen).toBe(true));
    expect(connection.stats()).toMatchObject({ reconnects: 1, waiting: 0, droppedPublications: 0 });
  });

  it('has waiting requests and durable handles with those features', async () => {
    const router = new ScriptedRouter();
    const connection = connect({ url: router, realm }, [offline, durable]);
    onTestFinished(() => connection.close());
    const sum = connection.call<number>('com.example.add', [2, 3]);
    const handle = connection.subscribe('com.example.news', () => {});
    const peer = await router.joined();
    expect(await peer.next()).toEqual(SUBSCRIBE(1, {}, 'com.example.news'));
    peer.send(SUBSCRIBED(1, 5));
    expect(await peer.next()).toEqual(CALL(2, {}, 'com.example.add', [2, 3]));
    peer.send(RESULT(2, {}, [5]));
    expect([await sum, (await handle.ready).state]).toEqual([5, 'active']);
    void answerGoodbye(peer);
  });

  it('has middleware around its verbs', async () => {
    const called: string[] = [];
    const trace = defineMiddleware({
      call(context, next) {
        called.push(context.procedure);
        return next(context);
      },
    });
    const connection = connect({ url: realRouter(), realm, middleware: [trace] }, [offline, middleware]);
    await connection.call('wamp.session.count');
    expect(called).toEqual(['wamp.session.count']);
    await connection.close();
  });

  it('has defaults for its calls, even with `offline` alone', async () => {
    const connection = connect({ url: realRouter(), realm, defaults: { timeoutMs: 500 } }, [offline, defaults]);
    expect(await connection.call('wamp.session.count')).toBe(1);
    await connection.close();
  });

  it('is accepted by the functions of the main entry', async () => {
    const connection = connect({ url: realRouter(), realm }, [offline, durable, idle]);
    const group = registerAll(connection, { 'com.example.one': () => 1 });
    const stream = events(connection, 'com.example.news');
    await Promise.all([group.ready, stream.ready]);
    expect(await withOptions(connection, { timeoutMs: 500 }).call('com.example.one')).toBe(1);
    await connection.publish('com.example.news', ['hello'], {}, { acknowledge: true, exclude_me: false });
    expect((await stream.next()).value.args).toEqual(['hello']);
    expect(connection.handles.length).toBe(2);
    expect(await drain(connection)).toMatchObject({ interrupted: false });
    expect([connection.status.state, connection.handles]).toEqual(['closed', []]);
  });

  it('refuses anything but features, and a feature that needs another', () => {
    const url = new ScriptedRouter();
    // @ts-expect-error recovery needs durable
    expect(() => connect({ url, realm }, [recovery])).toThrow('expected the feature durable, which recovery needs, got recovery');
    expect(() => connect({ url, realm }, [undefined as never])).toThrow('expected features of autostrada/core, got nothing');
    expect(() => connect({ url, realm }, [{ name: 'mine' } as never])).toThrow('got {"name":"mine"}');
    expect(() => connect({ url, realm }, undefined as never)).toThrow('expected a list of features, got nothing');
  });

  it('behaves like Connection with all features, in any order', async () => {
    for (const features of [all, [...all].reverse()]) {
      const router = new ScriptedRouter();
      const options = { url: router, realm, defaults: { timeoutMs: 1000 }, offline: { maxWaiting: 1 } };
      const pair = [connect(options, features as typeof all), new Connection(options)] as const;
      const hellos: unknown[] = [];
      for (const connection of pair) {
        onTestFinished(() => connection.close());
        const call = connection.call('a.b');
        await expect(connection.call('a.b')).rejects.toThrow('1 requests wait already');
        const peer = await router.peer();
        hellos.push(await peer.next());
        peer.send(ABORT({}, 'wamp.error.no_such_realm'));
        await expect(call).rejects.toThrow('no_such_realm');
      }
      expect(hellos[0]).toEqual(hellos[1]);
      expect(hellos[0]).toEqual(HELLO(realm, expect.any(Object)));
    }
  });
});
