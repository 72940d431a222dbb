import { ConnectionLostError, TransportError } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

describe('[N6] reconnect', () => {
  it('leaves the session and connects again at once; handles come back, and running requests reject', async () => {
    const { router, connect } = testBench();
    const joe = connect('joe');
    const handle = joe.subscribe('com.test.news', () => {});
    await handle.ready;
    const before = joe.session;
    const seen: string[] = [];
    joe.on('status', ({ state }) => seen.push(state));
    const call = failure(joe.call('wamp.session.count'));
    joe.reconnect();
    expect(seen).toEqual(['waiting', 'connecting']);
    expect(await call).toBeInstanceOf(ConnectionLostError);
    const session = await joe.open();
    expect(session).not.toBe(before);
    await router.settled();
    expect([handle.state, router.sessions.length, router.count('GOODBYE')]).toEqual(['active', 1, 2]);
  });

  it('ends a wait between attempts', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    const up = router.down();
    await clock.advance(100_000);
    up();
    joe.reconnect();
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
  });

  it('ends the current attempt, and makes another', async () => {
    const { router, connect, clock } = testBench();
    const signals: AbortSignal[] = [];
    const url = {
      name: 'slow, then not',
      connect: (dial: Parameters<typeof router.connect>[0]) => {
        signals.push(dial.signal);
        return signals.length === 1 ? new Promise<never>(() => {}) : router.connect(dial);
      },
    };
    const joe = connect('joe', { url });
    const opened = joe.open();
    joe.reconnect();
    await clock.advance(0);
    expect(await opened).toBe(joe.session);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('connects again whatever the policy says, and obeys it afterwards', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { retry: false });
    await joe.open();
    joe.reconnect();
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
    router.cut();
    expect(await joe.closed).toBeInstanceOf(ConnectionLostError);
  });

  it('opens an idle connection, and does nothing on a closed or closing one', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    joe.reconnect();
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
    const closing = joe.close();
    joe.reconnect();
    await closing;
    joe.reconnect();
    await clock.advance(60_000);
    expect([joe.status.state, router.sessions.length]).toEqual(['closed', 0]);
  });

  it('may be called by the listener of the loss, which may also close', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { retry: { minMs: 30_000 } });
    const off = joe.on('status', ({ state }) => state === 'waiting' && joe.reconnect());
    await joe.open();
    router.cut();
    await clock.advance(0);
    expect(joe.status.state).toBe('joined');
    off();
    joe.on('status', ({ state }) => state === 'waiting' && void joe.close());
    joe.reconnect();
    await clock.advance(60_000);
    expect(joe.status.state).toBe('closed');
  });
});

describe('stats', () => {
  it('counts reconnects, frames, waiting and dropped requests', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { liveness: false });
    expect(joe.stats()).toEqual({
      reconnects: 0,
      pending: 0,
      waiting: 0,
      droppedPublications: 0,
      framesIn: 0,
      framesOut: 0,
      losses: [],
    });
    await joe.open();
    const restore = router.blackhole();
    const call = failure(joe.call('wamp.session.count', null, null, { retryOnLoss: 'never' }));
    expect(joe.stats()).toMatchObject({ reconnects: 0, pending: 1, framesIn: 1, framesOut: 2 });
    restore();
    const up = router.down();
    await call;
    joe.publish('com.test.news');
    joe.publish('com.test.news', [], null, { whenOffline: 'wait' });
    const late = failure(joe.call('wamp.session.count', null, null, { timeoutMs: 100 }));
    expect(joe.stats()).toMatchObject({ pending: 0, waiting: 2, droppedPublications: 1 });
    await clock.advance(40_000);
    expect((await late).name).toBe('TimeoutError');
    expect(joe.stats()).toMatchObject({ waiting: 0, droppedPublications: 2 });
    up();
    await clock.advance(30_000);
    expect(joe.stats()).toMatchObject({ reconnects: 1, pending: 0, framesIn: 2 });
  });

  it('does not count an invalid event that waited as dropped, but reports it', async () => {
    const { connect, clock } = testBench();
    const joe = connect('joe');
    const told = vi.fn();
    joe.on('error', told);
    joe.publish('com.test.a', [() => {}], null, { whenOffline: 'wait' });
    await joe.open();
    await clock.advance(0);
    expect(told.mock.calls).toMatchObject([[{ uri: 'wamp.error.invalid_payload' }, { where: 'connection', uri: 'com.test.a' }]]);
    expect(joe.stats().droppedPublications).toBe(0);
  });
});

it('[N6] a connection tries the next URL of its list after a loss, and begins with the first after a stable session', async () => {
  const { router, connect, clock } = testBench();
  const dialled: string[] = [];
  const named = (name: string, isUp: boolean) => ({
    name,
    connect: (dial: Parameters<typeof router.connect>[0]) => {
      dialled.push(name);
      if (!isUp) throw new TransportError(`${name} is down`);
      return router.connect(dial);
    },
  });
  const joe = connect('joe', { url: [named('a', false), named('b', true)] });
  await Promise.all([joe.open(), clock.advance(1000)]);
  await clock.advance(10_000);
  router.cut();
  await clock.advance(5000);
  expect(dialled).toEqual(['a', 'b', 'a', 'b']);
});
