/* What a program loses it is told of, once: where it awaits or listens, else by `on('error')`, else on the console. */
import { Connection, type ConnectionOptions, type DurableRegistration, type DurableSubscription, ticket } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { ABORT, CALL, ERROR, GOODBYE, PUBLISH, REGISTERED, SUBSCRIBED } from '../fixtures/messages.ts';
import { type ScriptedPeer, ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

let clock: ManualClock;
let router: ScriptedRouter;
const written = vi.fn();

beforeEach(() => {
  clock = new ManualClock();
  router = new ScriptedRouter();
  written.mockReset();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'error').mockImplementation((text: string, error: unknown) => written(text, String(error)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

function connect(options: Partial<ConnectionOptions> = {}): Connection {
  const connection = new Connection({ url: router, realm: 'realm1', liveness: false, environment: { clock }, ...options });
  onTestFinished(() => connection.close());
  return connection;
}

/** What `on('error')` is told. */
function listening(connection: Connection): unknown[] {
  const told: unknown[] = [];
  connection.on('error', (error, { where, uri }) => told.push([(error as Error).message, where, uri]));
  return told;
}

async function refuse(peer: ScriptedPeer): Promise<void> {
  await peer.next();
  peer.send(ABORT({ message: 'who?' }, 'wamp.error.not_authorized'));
  await settled();
}

/** A router that nobody reaches. */
const down = {
  name: 'down',
  connect: () => {
    throw new Error('nobody there');
  },
};

describe('an event before the first session', () => {
  it('[H2] opens the connection, and waits in order with other requests', async () => {
    const connection = connect();
    connection.publish('a.one', [1]);
    expect(connection.status.state).toBe('connecting');
    void connection.call('a.two').catch(() => {});
    connection.publish('a.three');
    expect(connection.stats()).toMatchObject({ waiting: 3, droppedPublications: 0 });
    const peer = await router.joined();
    await peer.expect(PUBLISH(1, {}, 'a.one', [1]));
    await peer.expect(CALL(2, {}, 'a.two'));
    await peer.expect(PUBLISH(3, {}, 'a.three'));
    void answerGoodbye(peer);
  });

  it('[H2] waits after close() and open(), too, even while the connection is being closed', async () => {
    const connection = connect();
    const opening = connection.open();
    const first = await router.joined();
    await opening;
    const closing = connection.close();
    connection.open();
    connection.publish('a.one');
    void answerGoodbye(first);
    await closing;
    const peer = await router.joined();
    await peer.expect(PUBLISH(1, {}, 'a.one'));
    void answerGoodbye(peer);
  });

  it('[H2] waits while the router cannot be reached yet, as long as `offline` says; the first that is dropped is reported', async () => {
    const connection = connect({ url: [down, down, router], retry: { decide: () => 500 }, offline: { timeoutMs: 600 } });
    const told = listening(connection);
    connection.publish('a.early');
    connection.publish('a.early');
    await clock.advance(500);
    connection.publish('a.late');
    await clock.advance(100);
    expect(connection.stats()).toMatchObject({ waiting: 1, droppedPublications: 2 });
    expect(told).toEqual([
      [
        'an event was dropped, and further ones are only counted (stats): the connection was down for 600 ms; nothing was sent',
        'connection',
        'a.early',
      ],
    ]);
    await clock.advance(400);
    const peer = await router.joined();
    await peer.expect(PUBLISH(1, {}, 'a.late'));
    void answerGoodbye(peer);
  });

  it('[H2] counts for the limit together with calls; further ones are dropped', async () => {
    const connection = connect({ offline: { maxWaiting: 2 } });
    void connection.call('a.call').catch(() => {});
    for (let number = 1; number < 5; number++) connection.publish('a.news', [number]);
    expect(connection.stats()).toMatchObject({ waiting: 2, droppedPublications: 3 });
    expect(written.mock.calls).toEqual([
      ['autostrada: in connection a.news:', expect.stringContaining('2 requests wait already (offline.maxWaiting)')],
    ]);
    const peer = await router.joined();
    await peer.expect(CALL(1, {}, 'a.call'));
    await peer.expect(PUBLISH(2, {}, 'a.news', [1]));
    void answerGoodbye(peer);
  });

  it("[H2] does not wait with whenOffline: 'drop', which opens the connection and reports nothing", async () => {
    const connection = connect();
    const told = listening(connection);
    connection.publish('a.one', null, null, { whenOffline: 'drop' });
    expect([connection.status.state, connection.stats().droppedPublications, told]).toEqual(['connecting', 1, []]);
    void answerGoodbye(await router.joined());
  });

  it('[H2] is dropped when the connection ends: the error of the connection tells it, or a report of its own', async () => {
    const refused = connect();
    const told = listening(refused);
    refused.publish('a.one');
    refused.publish('a.two');
    await refuse(await router.peer());
    expect(told).toEqual([[expect.stringContaining('who?'), 'connection', undefined]]);
    expect(refused.stats()).toMatchObject({ waiting: 0, droppedPublications: 2 });

    const closed = connect({ url: down });
    const heard = listening(closed);
    closed.publish('a.one');
    await closed.close();
    closed.publish('a.two');
    expect(heard).toEqual([[expect.stringContaining('an event was dropped'), 'connection', 'a.one']]);
    expect([closed.stats().droppedPublications, closed.status.state]).toEqual([2, 'closed']);
  });
});

it('[H2] an event is dropped while a later session is missing, and that is reported once for each connection', async () => {
  const bench = testBench();
  const joe = bench.connect('joe', { retry: { minMs: 30_000 } });
  const told = listening(joe);
  await joe.open();
  for (let loss = 1; loss < 3; loss++) {
    bench.router.cut();
    await bench.clock.advance(0);
    joe.publish('com.test.news');
    joe.publish('com.test.news');
    joe.reconnect();
    await joe.open();
  }
  expect(told).toEqual([
    [expect.stringMatching(/^an event was dropped.*: the connection is down$/), 'connection', 'com.test.news'],
  ]);
  expect(joe.stats().droppedPublications).toBe(4);
});

describe.each(['subscribe', 'register'] as const)('the request %s', (verb) => {
  const ask = (connection: Connection, uri: string, given: () => void): DurableSubscription | DurableRegistration =>
    verb === 'subscribe' ? connection.subscribe(uri, given) : connection.register(uri, given);
  const closed = async (): Promise<Connection> => {
    const connection = connect();
    await connection.close();
    return connection;
  };

  it('[H2] on a closed connection is reported once: to the code that awaits it, to a listener, or on the console', async () => {
    const connection = await closed();
    const handle = ask(connection, 'a.one', () => {});
    expect([handle.state, handle.error?.message]).toEqual(['closed', 'the connection is closed']);
    await settled();
    expect(written.mock.calls).toEqual([
      [`autostrada: in ${verb === 'register' ? 'registration' : 'subscription'} a.one:`, expect.stringContaining('closed')],
    ]);
    const told = listening(connection);
    ask(connection, 'a.two', () => {});
    await settled();
    expect(told).toEqual([['the connection is closed', expect.any(String), 'a.two']]);
    expect(await failure(ask(connection, 'a.three', () => {}).ready)).toMatchObject({ uri: 'wamp.close.normal' });
    await settled();
    expect([told.length, written.mock.calls.length, connection.status.state]).toEqual([1, 1, 'closed']);
  });

  it('[H2] without a function is reported in the same way', async () => {
    const connection = connect();
    const told = listening(connection);
    ask(connection, 'a.one', undefined as never);
    expect(await failure(ask(connection, 'a.two', undefined as never).ready)).toBeInstanceOf(TypeError);
    await settled();
    expect(told).toEqual([
      [expect.stringMatching(/^expected the .* of a.one to be a function, got undefined$/), expect.any(String), 'a.one'],
    ]);
  });
});

describe('a second registration by the same client', () => {
  it('[H2] [C50] rejects when the router refuses it', async () => {
    const connection = connect();
    const told = listening(connection);
    const first = connection.register('a.b', () => 1);
    const second = connection.register('a.b', () => 2);
    const peer = await router.joined();
    peer.send(REGISTERED(1, 5), ERROR('REGISTER', 2, {}, 'wamp.error.procedure_already_exists'));
    await settled();
    expect([first.state, second.state, told.length]).toEqual(['active', 'closed', 1]);
    void answerGoodbye(peer);
  });

  it('[H2] [C50] ends the first handle when the router gives both one id, and that is reported', async () => {
    const connection = connect();
    const told = listening(connection);
    const shared = { invoke: 'roundrobin' } as const;
    const first = connection.register('a.b', () => 1, shared);
    const second = connection.register('a.b', () => 2, shared);
    const peer = await router.joined();
    peer.send(REGISTERED(1, 5), REGISTERED(2, 5));
    await settled();
    expect([first.state, second.state, connection.handles]).toEqual(['closed', 'active', [second]]);
    expect(told).toEqual([
      ['wamp.error.no_such_registration: this session has given a.b up, or to another handle', 'registration', 'a.b'],
    ]);
    void answerGoodbye(peer);
  });

  it('[H2] is reported when the session itself gives it up, as with subscriptions', async () => {
    const { session, connection, peer, reported } = await join();
    const handle = connection.subscribe('a.b', () => {});
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    await handle.ready;
    void session.subscriptions[0]?.unsubscribe();
    await settled();
    expect([handle.state, reported]).toMatchObject(['closed', [{ where: 'subscription', uri: 'a.b' }]]);
  });
});

describe('the end of a connection', () => {
  let exitCode: typeof process.exitCode;
  beforeEach(() => {
    exitCode = process.exitCode;
    process.exitCode = undefined;
  });
  afterEach(() => {
    process.exitCode = exitCode;
  });
  const login = { auth: ticket({ authid: 'joe', ticket: 'old' }) };

  it('[H2] is reported to the code that waited, and not printed', async () => {
    const silent = { name: 'silent', connect: () => new Promise<never>(() => {}) };
    const connection = connect({ url: silent });
    const told = listening(connection);
    const other = connect({ url: silent });
    const opening = [connection, other].map((each) => failure(each.open({ timeoutMs: 500 })));
    await clock.advance(500);
    expect(await Promise.all(opening)).toMatchObject([{ name: 'TimeoutError' }, { name: 'TimeoutError' }]);
    expect([connection.status.state, told, written.mock.calls, process.exitCode]).toEqual(['closed', [], [], undefined]);
  });

  it('[H8] makes the process fail when a login is refused for good at the start and nobody is told', async () => {
    const connection = connect(login);
    connection.register('a.b', () => 1);
    connection.publish('a.c');
    connection.on('status', () => {}); // shows it, and does nothing about it
    await refuse(await router.peer());
    expect([connection.status.state, process.exitCode]).toEqual(['closed', 1]);
  });

  it('[H8] makes the process fail after a reconnect, too, when nothing is awaited any more', async () => {
    const connection = connect({ ...login, retry: { decide: ({ proposal }) => proposal && 10 } });
    const ready = connection.register('a.b', () => 1).ready;
    const first = await router.joined();
    first.send(REGISTERED(1, 5));
    await ready;
    first.send(GOODBYE({}, 'wamp.close.system_shutdown'));
    await settled();
    await clock.advance(10);
    await refuse(await router.peer());
    expect([connection.status.state, process.exitCode]).toEqual(['closed', 1]);
    expect(written.mock.calls).toEqual([['autostrada: in connection:', expect.stringContaining('who?')]]);
  });

  it('[H8] keeps the exit code that the program has set', async () => {
    process.exitCode = 7;
    connect(login).register('a.b', () => 1);
    await refuse(await router.peer());
    expect(process.exitCode).toBe(7);
  });

  it.each<[string, (connection: Connection) => void]>([
    ['open()', (connection) => void connection.open().catch(() => {})],
    ['a call', (connection) => void connection.call('a.b').catch(() => {})],
    ['an acknowledged event', (connection) => void connection.publish('a.b', [], {}, { acknowledge: true }).catch(() => {})],
    ['`ready`', (connection) => void connection.register('a.b', () => 1).ready.catch(() => {})],
    ['`closed`', (connection) => void [connection.subscribe('a.b', () => {}), connection.closed]],
    ["on('error')", (connection) => void [connection.subscribe('a.b', () => {}), connection.on('error', () => {})]],
  ])('[H8] is left to a program that has %s, and not printed', async (_, ask) => {
    const connection = connect(login);
    ask(connection);
    await refuse(await router.peer());
    expect([connection.status.state, process.exitCode, written.mock.calls]).toEqual(['closed', undefined, []]);
  });

  /** Rejections that nobody handles. */
  const unhandled = (): unknown[] => {
    const seen: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (error) => seen.push((error as Error).message));
    onTestFinished(() => {
      process.removeAllListeners('unhandledRejection');
      for (const other of others) process.on('unhandledRejection', other);
    });
    return seen;
  };

  it('[H8] is an unhandled rejection when open() is not awaited, and nobody learns of it elsewhere', async () => {
    const seen = unhandled();
    const connection = connect(login);
    connection.open();
    connection.register('a.b', () => 1);
    await refuse(await router.peer());
    await settled();
    expect([seen, written.mock.calls]).toEqual([[expect.stringContaining('who?')], []]);
  });

  it.each<[string, (connection: Connection) => void]>([
    ["on('status')", (connection) => void connection.on('status', () => {})],
    ['a call', (connection) => void connection.call('a.b').catch(() => {})],
    ['`closed`', (connection) => void connection.closed],
    ['close()', (connection) => void connection.close()],
  ])('[H8] lets open() be ignored when there is %s', async (_, ask) => {
    const seen = unhandled();
    const connection = connect(login);
    connection.open();
    ask(connection);
    if (connection.status.state !== 'closed') await refuse(await router.peer());
    await settled();
    expect([connection.status.state, seen, written.mock.calls]).toEqual(['closed', [], []]);
  });

  it('[H8] by close() is not a failure', async () => {
    const connection = connect(login);
    connection.register('a.b', () => 1);
    await connection.close();
    expect([process.exitCode, written.mock.calls]).toEqual([undefined, []]);
  });

  it('[H8] has no effect on platforms without a process', async () => {
    // For the client alone: the test runner needs its own meanwhile.
    const real = process;
    Object.defineProperty(globalThis, 'process', {
      configurable: true,
      get: () => (new Error().stack?.includes('/kernel/ending.') ? undefined : real),
    });
    onTestFinished(() => void Object.defineProperty(globalThis, 'process', { configurable: true, writable: true, value: real }));
    const connection = connect(login);
    connection.register('a.b', () => 1);
    await refuse(await router.peer());
    expect([connection.status.state, process.exitCode]).toEqual(['closed', undefined]);
  });
});
