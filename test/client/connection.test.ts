import { Connection, type ConnectionOptions, FatalError, JoinError, type Status, TransportError } from 'autostrada';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  CALL,
  Code,
  ERROR,
  EVENT,
  GOODBYE,
  PUBLISH,
  PUBLISHED,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTER,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
} from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure } from '../fixtures/scripted-session.ts';

let clock: ManualClock;
let router: ScriptedRouter;
beforeEach(() => {
  clock = new ManualClock();
  router = new ScriptedRouter();
});

/** Jitter that always takes the whole delay. */
const random = (): number => 1;

function connect(options: Partial<ConnectionOptions> = {}): Connection & { states: string[] } {
  const connection = new Connection({ url: router, realm: 'realm1', environment: { clock, random }, ...options });
  const states: string[] = [];
  connection.on('status', ({ state }) => states.push(state));
  onTestFinished(async () => {
    await connection.close();
    expect(clock.pending, 'timers left behind').toBe(0);
  });
  return Object.assign(connection, { states });
}

async function welcomed(connection: Connection): Promise<ScriptedPeer> {
  const opening = connection.open();
  const peer = await router.joined();
  await opening;
  void answerGoodbye(peer);
  return peer;
}

const down = { name: 'nowhere', connect: () => Promise.reject(new TransportError('nobody listens')) };

describe('a connection that opens and closes', () => {
  it('opens once, however often open() is called, and gives the same session', async () => {
    const connection = connect();
    const opening = [connection.open(), connection.open()];
    const peer = await router.joined();
    const [one, two] = await Promise.all(opening);
    expect(one).toBe(two);
    expect(await connection.open()).toBe(one);
    expect(connection.session).toBe(one);
    expect(connection.states).toEqual(['connecting', 'joined']);
    void answerGoodbye(peer);
  });

  it('closes with GOODBYE, stays closed, and opens again', async () => {
    const connection = connect();
    const peer = await welcomed(connection);
    const closing = connection.close({ reason: 'wamp.close.logout', message: 'bye' });
    await closing;
    await connection.close();
    expect(connection.session).toBeUndefined();
    expect(await connection.closed).toBeUndefined();
    expect(peer.unread).toEqual([GOODBYE({ message: 'bye' }, 'wamp.close.logout')]);
    expect(peer.closed).toBeDefined();
    await clock.advance(100_000);
    expect(connection.states).toEqual(['connecting', 'joined', 'closed']);
    await welcomed(connection);
    expect(connection.status.state).toBe('joined');
    await connection.close();
    expect(await connection.closed).toBeUndefined();
  });

  it('closes a connection that is being made', async () => {
    const connection = connect();
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    await connection.close();
    expect(await opening).toMatchObject({ name: 'ConnectionLostError', delivery: 'not-sent', message: 'the connection is closed' });
    await peer.end();
  });

  it('does not wait for ever for the answer to GOODBYE', async () => {
    const connection = connect();
    const opening = connection.open();
    const peer = await router.joined();
    await opening;
    const closed = vi.fn();
    const closing = connection.close().then(closed);
    await clock.advance(1_000);
    expect(closed).not.toHaveBeenCalled();
    await clock.advance(1_000);
    await closing;
    expect(connection.status.state).toBe('closed');
    expect(await peer.end()).toEqual([GOODBYE(expect.anything(), 'wamp.close.normal')]);
  });

  it('closes at the end of a block with `await using`', async () => {
    let outside: Connection | undefined;
    {
      await using connection = connect();
      outside = connection;
      await welcomed(connection);
    }
    expect(outside.status.state).toBe('closed');
  });

  it('stays closed after session.leave()', async () => {
    const connection = connect();
    await welcomed(connection);
    await connection.session?.leave();
    expect(connection.status).toEqual({ state: 'closed', error: undefined });
  });

  it('requires a URL', () => {
    expect(() => new Connection({ realm: 'realm1' } as unknown as ConnectionOptions)).toThrow(/expected url/);
  });

  it.each(['', 'nonsense', 'http://host', 'ws://', 'ws://host:99999', 'ws://ho st', 'rs://host:1'])(
    'rejects at once for the URL %j',
    async (url) => {
      const connection = connect({ url });
      expect(await failure(connection.open())).toMatchObject({ name: 'TransportError', uri: 'autostrada.error.invalid_url' });
      expect(connection.states).toEqual(['closed']);
    },
  );
});

describe('[N6] a connection that reconnects', () => {
  it('tries again with growing delays up to a limit, and reports them', async () => {
    const connection = connect({ url: down, retry: { minMs: 100, maxMs: 1000 } });
    const waits: number[] = [];
    connection.on('status', (status) => {
      if (status.state === 'waiting' && status.retryAt) waits.push(status.retryAt.getTime() - clock.now());
    });
    void connection.open();
    await clock.advance(3_100);
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(connection.status).toMatchObject({ state: 'waiting', error: { message: 'nobody listens' } });
  });

  it('warns once on the console when there is no listener', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const connection = new Connection({ url: down, realm: 'realm1', environment: { clock, random } });
    void connection.open();
    await clock.advance(10_000);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.lastCall?.[0]).toMatch(/nobody listens; trying again/);
    await connection.close();
  });

  it('rejects with the cause after maxAttempts, maxElapsedMs, or at once without retry', async () => {
    const one = connect({ url: down, retry: { maxAttempts: 3, minMs: 10 } });
    const opening = failure(one.open());
    await clock.advance(100);
    expect((await opening).message).toBe('nobody listens');
    expect(one.states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting', 'closed']);
    const two = connect({ url: down, retry: { maxElapsedMs: 500, minMs: 100 } });
    const elapsed = failure(two.open());
    await clock.advance(1_000);
    expect((await elapsed).message).toBe('nobody listens');
    const three = connect({ url: down, retry: false });
    expect((await failure(three.open())).message).toBe('nobody listens');
    expect(three.states).toEqual(['connecting', 'closed']);
  });

  it('lets `decide` make the final decision', async () => {
    const decide = vi.fn(({ attempt }: { attempt: number }) => (attempt < 3 ? 7 : (false as const)));
    const connection = connect({ url: down, retry: { decide, minMs: 100 } });
    const opening = failure(connection.open());
    await clock.advance(14);
    await opening;
    expect(decide.mock.calls.map(([decision]) => decision)).toMatchObject([
      { attempt: 1, elapsedMs: 0, proposal: 100 },
      { attempt: 2, elapsedMs: 7, proposal: 200 },
      { attempt: 3, elapsedMs: 14, proposal: 400 },
    ]);
  });

  it('rejects open() after its time, with the last failure as its cause', async () => {
    const connection = connect({ url: down });
    const opening = failure(connection.open({ timeoutMs: 3_000 }));
    await clock.advance(3_000);
    expect(await opening).toMatchObject({ name: 'TimeoutError', cause: { message: 'nobody listens' } });
    expect((await opening).message).toBe('no session in 3000 ms: nobody listens');
    expect(connection.status.state).toBe('closed');
  });

  it('rejects open() after its signal aborts, but continues for another waiter', async () => {
    const connection = connect();
    const controller = new AbortController();
    const one = failure(connection.open({ signal: controller.signal }));
    const two = connection.open();
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await one).toBe(reason);
    const peer = await router.joined();
    await two;
    void answerGoodbye(peer);
  });

  it('[N3] comes back after the connection is lost, with its subscriptions and registrations', async () => {
    const connection = connect();
    const subscription = connection.subscribe('a.b', () => {}, { match: 'prefix' });
    const registration = connection.register('a.c', () => {});
    expect([subscription.state, registration.state]).toEqual(['pending', 'pending']);
    const first = await router.joined();
    await first.expect(SUBSCRIBE(1, { match: 'prefix' }, 'a.b'));
    await first.expect(REGISTER(2, {}, 'a.c'));
    first.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
    await Promise.all([subscription.ready, registration.ready]);
    const states: string[] = [];
    subscription.on('state', (state) => states.push(state));
    await clock.advance(10_000);
    first.close(1006);
    await settled();
    expect([subscription.state, registration.state]).toEqual(['lost', 'lost']);
    expect(subscription.error).toMatchObject({ uri: 'wamp.error.network_failure' });
    await clock.advance(500);
    const second = await router.joined();
    await second.expect(SUBSCRIBE(1, { match: 'prefix' }, 'a.b'));
    await second.expect(REGISTER(2, {}, 'a.c'));
    second.send(SUBSCRIBED(1, 8), REGISTERED(2, 9));
    await settled();
    expect(states).toEqual(['lost', 'active']);
    expect(registration.state).toBe('active');
    expect(connection.states).toEqual(['connecting', 'joined', 'waiting', 'connecting', 'joined']);
    void answerGoodbye(second);
  });

  it('resets the backoff only after a stable session', async () => {
    const connection = connect({ retry: { minMs: 100, stableMs: 5_000 } });
    const waits: number[] = [];
    connection.on('status', (status) => {
      if (status.state === 'waiting' && status.retryAt) waits.push(status.retryAt.getTime() - clock.now());
    });
    void connection.open();
    for (const age of [0, 4_999, 0, 5_000, 0]) {
      const peer = await router.joined();
      await clock.advance(age);
      peer.close();
      await settled();
      await clock.advance(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([100, 200, 400, 100, 100]);
  });

  it('ends a join that takes too long, and tries again', async () => {
    const connection = connect({ joinTimeoutMs: 1_000 });
    void connection.open();
    const peer = await router.peer();
    await peer.next();
    await clock.advance(1_000);
    expect(connection.status).toMatchObject({
      state: 'waiting',
      error: { name: 'TimeoutError', message: 'no session in 1000 ms (joinTimeoutMs)' },
    });
    expect((await peer.next())[0]).toBe(Code.ABORT);
    await peer.end();
  });

  it('tries every URL of a list before it stops because of an error that a retry cannot fix', async () => {
    const noWebSocket = (name: string) => ({
      name,
      connect: () => Promise.reject(new TransportError(`no WebSocket at ${name}`, { uri: 'autostrada.error.no_websocket' })),
    });
    const connection = connect({ url: [noWebSocket('one'), noWebSocket('two'), router] });
    const opening = connection.open();
    await clock.advance(500);
    await clock.advance(1000);
    const peer = await router.joined();
    await opening;
    void answerGoodbye(peer);
    await connection.close();
    const hopeless = connect({ url: [noWebSocket('one'), noWebSocket('two')] });
    const failed = failure(hopeless.open());
    await clock.advance(500);
    expect((await failed).message).toBe('no WebSocket at two');
  });

  it('tries a list of URLs in turn, and calls a url function before every attempt', async () => {
    const url = vi.fn(async () => [down, router]);
    const connection = connect({ url });
    const opening = connection.open();
    await clock.advance(500);
    const peer = await router.joined();
    await opening;
    expect(url.mock.calls).toMatchObject([
      [{ number: 1, previous: undefined }],
      [{ number: 2, previous: { message: 'nobody listens' } }],
    ]);
    expect(connection.status).toMatchObject({ state: 'joined', url: 'scripted' });
    void answerGoodbye(peer);
  });

  it('stops for a FatalError of the url function or the credentials', async () => {
    const connection = connect({
      url: () => {
        throw new FatalError('the account is gone');
      },
    });
    expect((await failure(connection.open())).message).toBe('the account is gone');
    const other = connect({ auth: { authmethods: ['ticket'], begin: () => Promise.reject(new FatalError('no token')) } });
    expect((await failure(other.open())).message).toBe('no token');
    expect(await other.closed).toBeInstanceOf(FatalError);
  });

  it('retries an unknown realm later, not at the first join', async () => {
    const connection = connect();
    const first = await welcomed(connection);
    await clock.advance(10_000);
    first.close();
    await clock.advance(500);
    const second = await router.peer();
    await second.next();
    second.send(ABORT({}, 'wamp.error.no_such_realm'));
    await settled();
    expect(connection.status).toMatchObject({ state: 'waiting', error: { uri: 'wamp.error.no_such_realm' } });
  });
});

describe('listeners that open and close a connection', () => {
  it('may close it during the handling of a loss, and it stays closed', async () => {
    const connection = connect();
    const handle = connection.subscribe('a.b', () => {});
    const peer = await router.joined();
    peer.send(SUBSCRIBED(1, 5));
    await handle.ready;
    handle.on('state', (state) => void (state === 'lost' && connection.close()));
    peer.close();
    await clock.advance(100_000);
    expect(connection.states).toEqual(['connecting', 'joined', 'closed']);
    expect(handle.state).toBe('closed');
  });

  it('may open it again when it has ended, and get a session', async () => {
    const connection = connect();
    const handle = connection.subscribe('a.b', () => {});
    await welcomed(connection);
    let opening: Promise<unknown> | undefined;
    handle.on('state', () => {
      opening = connection.open();
    });
    await connection.close();
    const peer = await router.joined();
    await opening;
    expect(connection.status.state).toBe('joined');
    void answerGoodbye(peer);
  });

  it('may throw in the wire log without ending anything', async () => {
    const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => spy.mockRestore());
    const connection = connect({
      wireLog: () => {
        throw new Error('a bad log');
      },
    });
    await welcomed(connection);
    expect(connection.session?.isOpen).toBe(true);
    expect(spy).toHaveBeenCalled();
  });

  it('may throw in a url or credentials function, which is called again', async () => {
    const begin = vi.fn().mockRejectedValueOnce(new Error('no token yet')).mockReturnValue({ authid: 'joe' });
    const url = vi.fn().mockRejectedValueOnce(new TypeError('fetch failed')).mockReturnValue(router);
    const connection = connect({ url, auth: { authmethods: ['ticket'], begin }, retry: { minMs: 10 } });
    const opening = connection.open();
    await clock.advance(100);
    expect(await (await router.peer()).end()).toEqual([]); // the line that found no credentials is closed
    const peer = await router.joined();
    await opening;
    expect([url.mock.calls.length, begin.mock.calls.length]).toEqual([3, 2]);
    void answerGoodbye(peer);
  });
});

describe('[N3] requests without a session', () => {
  it('are sent in order after the first of them has opened the connection', async () => {
    const connection = connect();
    const one = connection.call('a.one', [1]);
    connection.publish('a.dropped', [], null, { whenOffline: 'drop' });
    connection.publish('a.two', [2], null, { whenOffline: 'wait' });
    const three = connection.publish('a.three', [3], null, { acknowledge: true });
    const peer = await router.joined();
    await peer.expect(CALL(1, {}, 'a.one', [1]));
    await peer.expect(PUBLISH(2, {}, 'a.two', [2]));
    await peer.expect(PUBLISH(3, { acknowledge: true }, 'a.three', [3]));
    peer.send(RESULT(1, {}, ['x']), PUBLISHED(3, 77));
    expect(await one).toBe('x');
    expect(await three).toEqual({ id: 77 });
    void answerGoodbye(peer);
  });

  it('reject when they wait too long, are too many, or may not wait; none of these is ever sent', async () => {
    const connection = connect({
      url: [down, router],
      retry: { minMs: 60_000, maxMs: 60_000 },
      offline: { maxWaiting: 2, timeoutMs: 1_000 },
    });
    const slow = failure(connection.call('a.slow'));
    const limited = failure(connection.call('a.limited', [], {}, { timeoutMs: 100 }));
    expect(await failure(connection.call('a.many'))).toMatchObject({ name: 'ConnectionLostError', delivery: 'not-sent' });
    expect(await failure(connection.call('a.b', [], {}, { whenOffline: 'fail' }))).toMatchObject({ delivery: 'not-sent' });
    await clock.advance(1_000);
    expect(await slow).toMatchObject({ name: 'ConnectionLostError', delivery: 'not-sent' });
    expect(await limited).toMatchObject({ name: 'TimeoutError' });
    const controller = new AbortController();
    const aborted = failure(connection.call('a.b', [], {}, { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await aborted).message).toBe('enough');
    await clock.advance(60_000);
    const peer = await router.joined();
    await settled();
    expect(peer.unread).toEqual([]);
    void answerGoodbye(peer);
  });

  it('reject when the connection ends for good, and so do all later ones', async () => {
    const connection = connect();
    const call = failure(connection.call('a.b'));
    const subscription = connection.subscribe('a.b', () => {});
    const peer = await router.peer();
    await peer.next();
    peer.send(ABORT({ message: 'who?' }, 'wamp.error.no_such_realm'));
    expect(await call).toBeInstanceOf(JoinError);
    expect(await failure(subscription.ready)).toBeInstanceOf(JoinError);
    expect([subscription.state, subscription.error]).toMatchObject(['closed', { uri: 'wamp.error.no_such_realm' }]);
    expect(connection.handles).toEqual([]);
    expect(await failure(connection.call('a.b'))).toMatchObject({ delivery: 'not-sent' });
    const late = connection.register('a.b', () => {});
    expect(late.state).toBe('closed');
    await expect(late.ready).rejects.toThrow('the connection is closed');
  });
});

describe('[N3] durable handles', () => {
  it('report a refusal that nobody awaits, and reject the promise that is awaited', async () => {
    const connection = connect();
    const reported: unknown[] = [];
    connection.on('error', (error, context) => reported.push([error, context]));
    const quiet = connection.register('a.b', () => {});
    const watched = failure(connection.register('a.c', () => {}).ready);
    const peer = await router.joined();
    peer.send(
      ERROR('REGISTER', 1, {}, 'wamp.error.procedure_already_exists'),
      ERROR('REGISTER', 2, {}, 'wamp.error.not_authorized'),
    );
    expect(await watched).toMatchObject({ uri: 'wamp.error.not_authorized' });
    expect(reported).toMatchObject([[{ uri: 'wamp.error.procedure_already_exists' }, { where: 'registration', uri: 'a.b' }]]);
    expect(quiet.state).toBe('closed');
    expect(connection.handles).toEqual([]);
    void answerGoodbye(peer);
  });

  it('[H1] are refused at once for a wrong URI, without opening the connection', async () => {
    const connection = connect();
    const handle = connection.subscribe('a b', () => {});
    expect([handle.state, connection.status.state, connection.handles]).toEqual(['closed', 'idle', []]);
    expect(await failure(handle.ready)).toMatchObject({ uri: 'wamp.error.invalid_uri' });
  });

  it('can be given up at any time: before the session, before the answer, when active', async () => {
    const connection = connect();
    const before = connection.subscribe('a.before', () => {});
    await before.unsubscribe();
    const during = connection.subscribe('a.during', () => {});
    const after = connection.register('a.after', () => {});
    const peer = await router.joined();
    await peer.expect(SUBSCRIBE(1, {}, 'a.during'));
    await peer.expect(REGISTER(2, {}, 'a.after'));
    const left = during.unsubscribe(); // until the router has it back
    peer.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
    await peer.expect(UNSUBSCRIBE(3, 5));
    await after.ready;
    const leaving = after.unregister();
    await peer.expect(UNREGISTER(4, 6));
    peer.send(UNSUBSCRIBED(3), UNREGISTERED(4));
    await Promise.all([left, leaving]);
    expect([before.state, during.state, after.state]).toEqual(['closed', 'closed', 'closed']);
    await expect(before.ready).rejects.toThrow(/given up/);
    void answerGoodbye(peer);
  });

  it('are given up at the end of a block with `using`', async () => {
    const connection = connect();
    const peer = await welcomed(connection);
    {
      using handle = connection.subscribe('a.b', () => {});
      expect(handle.state).toBe('pending');
      await peer.expect(SUBSCRIBE(1, {}, 'a.b'));
      peer.send(SUBSCRIBED(1, 5));
      await handle.ready;
    }
    await peer.expect(UNSUBSCRIBE(2, 5));
  });

  it('get events in the same read as SUBSCRIBED', async () => {
    const connection = connect();
    const heard = vi.fn();
    connection.subscribe('a.b', heard);
    const peer = await router.joined();
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, {}, ['x']));
    await settled();
    expect(heard).toHaveBeenCalledOnce();
    void answerGoodbye(peer);
  });
});

describe('the listeners of a connection', () => {
  it('are called for each open; without them, errors that nobody awaits go to the console', async () => {
    const spy = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => spy.mockRestore());
    const connection = connect();
    const opened: Status[] = [];
    connection.on('open', () => opened.push(connection.status));
    connection.on('open', () => {
      throw new Error('a bad listener');
    });
    const peer = await welcomed(connection);
    expect(opened.map(({ state }) => state)).toEqual(['joined']);
    expect(spy.mock.lastCall).toMatchObject(
      [/in listener/, { message: 'a bad listener' }].map((each) => (each instanceof RegExp ? expect.stringMatching(each) : each)),
    );
    connection.subscribe('a.b', () => {
      throw new Error('a bad handler');
    });
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 1, {}));
    await settled();
    expect(spy.mock.lastCall?.[0]).toBe('autostrada: in event a.b:');
  });

  it('are not called any more after they were removed', async () => {
    const connection = connect();
    const listener = vi.fn();
    connection.on('status', listener)();
    await welcomed(connection);
    expect(listener).not.toHaveBeenCalled();
  });
});
