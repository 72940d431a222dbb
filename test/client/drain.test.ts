import { type Connection, ConnectionLostError, drain, TimeoutError } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { INTERRUPT, INVOCATION, PUBLISHED, REGISTERED, RESULT } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** An endpoint that answers when told. */
function held(): { endpoint: () => Promise<unknown>; answer(value: unknown): void } {
  let answer: (value: unknown) => void = () => {};
  return { endpoint: () => new Promise((resolve) => (answer = resolve)), answer: (value) => answer(value) };
}
const settledBy = (promise: Promise<unknown>) => {
  const settled = vi.fn();
  promise.then(settled, settled);
  return settled;
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('[N8] session.idle', () => {
  it('resolves at once when nothing is running', async () => {
    const { session, peer } = await join();
    const idle = settledBy(session.idle());
    await turn();
    expect(idle).toHaveBeenCalledExactlyOnceWith(undefined);
    expect(peer.unread).toEqual([]);
    await session.leave();
    const afterwards = settledBy(session.idle());
    await turn();
    expect(afterwards).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  it('waits for invocations, until they are answered with YIELD or ERROR, or the caller gives up', async () => {
    const { session, peer } = await join();
    const rejects: ((error: unknown) => void)[] = [];
    const registering = session.register('a.b', () => new Promise((_, reject) => rejects.push(reject)));
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, {}), INVOCATION(2, 5, {}));
    await registering;
    await turn();
    const idle = settledBy(session.idle());
    rejects[0]?.(new Error('one'));
    await turn();
    expect(idle).not.toHaveBeenCalled();
    peer.send(INTERRUPT(2, { mode: 'killnowait' }));
    await turn();
    expect(idle).toHaveBeenCalledWith(undefined);
  });

  it('waits for answers, until they come or their callers give up', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    session.call('a.b').catch(() => {});
    session.publish('a.c', [], null, { acknowledge: true }).catch(() => {});
    session.call('a.d', [], null, { signal: controller.signal }).catch(() => {});
    session.publish('a.e');
    const idle = settledBy(session.idle());
    peer.send(RESULT(1, { progress: true }), RESULT(1, {}), PUBLISHED(2, 9));
    await turn();
    expect(idle).not.toHaveBeenCalled();
    controller.abort();
    await turn();
    expect(idle).toHaveBeenCalledWith(undefined);
  });

  it('rejects after its time, and names what is running; by its signal; and when the session ends', async () => {
    const { router, connect, clock } = testBench();
    const service = connect('service');
    await service.register('a.b', () => new Promise(() => {})).ready;
    connect('client')
      .call('a.b')
      .catch(() => {});
    await router.settled();
    const { session } = service;
    if (!session) throw new Error('no session');
    session.call('a.b').catch(() => {});
    const late = failure(session.idle({ timeoutMs: 1000 }));
    await clock.advance(1000);
    expect(await late).toBeInstanceOf(TimeoutError);
    expect((await late).message).toBe('not idle in 1000 ms: 2 invocations, 1 requests are unanswered');
    const controller = new AbortController();
    const aborted = failure(session.idle({ signal: controller.signal, timeoutMs: 1000 }));
    controller.abort(new Error('enough'));
    expect((await aborted).message).toBe('enough');
    expect((await failure(session.idle({ signal: controller.signal }))).message).toBe('enough');
    const lost = failure(session.idle({ timeoutMs: 1000 }));
    router.cut({ authid: 'service' });
    expect(await lost).toBeInstanceOf(ConnectionLostError);
  });
});

describe('[N8] drain', () => {
  it('takes no new work, lets running work finish, and closes', async () => {
    const { router, connect, clock } = testBench();
    const [service, client] = [connect('service'), connect('client')];
    const work = held();
    await service.register('a.b', work.endpoint).ready;
    await service.subscribe('a.topic', () => {}).ready;
    await service.session?.register('a.c', () => 1);
    const running = client.call('a.b');
    await router.settled();
    const drained = drain(service);
    expect(service.handles).toEqual([]);
    await router.settled();
    for (const procedure of ['a.b', 'a.c'])
      expect((await failure(client.call(procedure))).uri).toBe('wamp.error.no_such_procedure');
    expect([router.stats().subscriptions, service.status.state]).toEqual([0, 'joined']);
    await clock.advance(500);
    work.answer('done');
    expect(await running).toBe('done');
    expect(await drained).toEqual({ interrupted: false, elapsedMs: 500 });
    expect(service.status).toEqual({ state: 'closed', error: undefined });
    expect(router.count('GOODBYE', { authid: 'service' })).toBe(2);
  });

  it('[H2] waits for a session if requests wait for one: before the first, and after a loss', async () => {
    const { router, connect, clock } = testBench();
    const heard: unknown[] = [];
    const listener = connect('listener');
    await listener.subscribe('a.topic', ([value]: [string]) => void heard.push(value)).ready;
    await listener.register('a.b', () => 'answered').ready;
    const first = connect('job');
    first.publish('a.topic', ['before the first session']);
    expect((await drain(first)).interrupted).toBe(false);
    const second = connect('job');
    second.on('error', () => {});
    await second.open();
    const over = router.down();
    await router.settled();
    const call = second.call('a.b');
    const drained = drain(second);
    over();
    await clock.advance(60_000);
    expect([await call, (await drained).interrupted]).toEqual(['answered', false]);
    await router.settled();
    expect(heard).toEqual(['before the first session']);
  });

  it('[H2] reports that no session came in time', async () => {
    const { router, connect, clock } = testBench();
    const job = connect('job');
    job.on('error', () => {});
    const over = router.down();
    const publishing = failure(job.publish('a.topic', ['lost'], null, { acknowledge: true }));
    const drained = drain(job, { timeoutMs: 1000 });
    await clock.advance(1000);
    expect((await drained).interrupted).toBe(true);
    expect((await publishing).uri).toBe('wamp.close.normal');
    over();
  });

  it('waits for requests that a running endpoint makes', async () => {
    const { router, connect } = testBench();
    const [service, other, client] = [connect('service'), connect('other'), connect('client')];
    const work = held();
    await other.register('a.inner', work.endpoint).ready;
    await service.register('a.outer', async () => `got ${await service.call('a.inner')}`).ready;
    const running = client.call('a.outer');
    await router.settled();
    const drained = drain(service);
    await router.settled();
    work.answer('it');
    expect(await running).toBe('got it');
    expect((await drained).interrupted).toBe(false);
  });

  const busy = async () => {
    const bench = testBench();
    const service = bench.connect('service');
    await service.register('a.b', () => new Promise(() => {})).ready;
    const running = failure(bench.connect('client').call('a.b'));
    await bench.router.settled();
    return { ...bench, service, running };
  };
  const closed = (service: Connection) => expect(service.status).toEqual({ state: 'closed', error: undefined });

  it('rejects after its time', async () => {
    const { clock, service, running } = await busy();
    const drained = drain(service);
    await clock.advance(9_999);
    expect(service.status.state).toBe('joined');
    await clock.advance(1);
    expect(await drained).toEqual({ interrupted: true, elapsedMs: 10_000 });
    expect((await running).uri).toBe('wamp.error.canceled');
    closed(service);
  });

  it('rejects when its signal aborts, and still closes', async () => {
    const { service } = await busy();
    const controller = new AbortController();
    const drained = drain(service, { signal: controller.signal, timeoutMs: 0 });
    controller.abort();
    expect(await drained).toEqual({ interrupted: true, elapsedMs: 0 });
    closed(service);
  });

  it('is interrupted by the loss of the connection, which does not come back', async () => {
    const { router, clock, service } = await busy();
    const drained = drain(service);
    router.cut({ authid: 'service' });
    expect(await drained).toEqual({ interrupted: true, elapsedMs: 0 });
    await clock.advance(60_000);
    closed(service);
  });

  it('ends on a connection that is dead without anybody noticing', async () => {
    const { router, connect, clock } = testBench();
    const service = connect('service');
    await service.register('a.b', () => 1).ready;
    router.blackhole();
    const drained = drain(service, { timeoutMs: 1000 });
    await clock.advance(3000);
    expect(await drained).toEqual({ interrupted: true, elapsedMs: 3000 });
  });

  it('closes a connection that waits, is closed, or was never opened; it may be called twice', async () => {
    const { router, connect } = testBench();
    const up = router.down();
    const waiting = connect('waiting');
    waiting.open().catch(() => {});
    await router.settled();
    expect(waiting.status.state).toBe('waiting');
    const report = { interrupted: false, elapsedMs: 0 };
    expect(await Promise.all([drain(waiting), drain(waiting), drain(connect('idle'))])).toEqual([report, report, report]);
    closed(waiting);
    up();
    const open = connect('open');
    await open.open();
    expect(await Promise.all([drain(open), drain(open)])).toEqual([report, report]);
  });
});
