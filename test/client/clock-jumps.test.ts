/* A clock on the wall that is set, by a person or a time server, changes nothing that lasts. */
import { drain, type Gap, workerClock } from 'autostrada';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const HOUR = 3_600_000;
const jumps = [
  ['back by an hour', -HOUR],
  ['forth by an hour', HOUR],
  ['back by a day', -24 * HOUR],
  ['forth by a day', 24 * HOUR],
] as const;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe.each(jumps)('a clock that is set %s', (_, jumpMs) => {
  it('[H7] does not change when a dead connection is noticed', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.open();
    clock.shift(jumpMs);
    router.blackhole();
    await clock.advance(29_999);
    expect(joe.status.state).toBe('joined');
    await clock.advance(1);
    expect(joe.status).toMatchObject({ state: 'waiting', error: { message: expect.stringContaining('30000 ms (liveness)') } });
  });

  it('[H7] does not close a connection that is alive', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    const session = await joe.open();
    router.delay(100);
    await clock.advance(20_000); // it asks
    clock.shift(jumpMs);
    await clock.advance(60_000);
    expect(joe.session).toBe(session);
  });

  it('[H7] does not change how long a call waits for a session', async () => {
    const { router, connect, clock } = testBench();
    await connect('ann').register('com.test.hang', () => new Promise(() => {})).ready;
    const joe = connect('joe');
    await joe.open();
    router.cut({ authid: 'joe' });
    await router.settled();
    const settled = vi.fn();
    const call = failure(joe.call('com.test.hang', [], null, { timeoutMs: 10_000 }));
    void call.then(settled);
    await clock.advance(100);
    clock.shift(jumpMs);
    await clock.advance(9899);
    expect([router.count('CALL'), settled.mock.calls.length]).toEqual([1, 0]);
    await clock.advance(1);
    expect((await call).name).toBe('TimeoutError');
  });

  it('[H7] does not change the total time of a call that is sent again', async () => {
    const { router, connect, clock } = testBench();
    await connect('ann').register('com.test.hang', () => new Promise(() => {})).ready;
    const joe = connect('joe');
    await joe.open();
    const settled = vi.fn();
    const call = failure(joe.call('com.test.hang', [], null, { timeoutMs: 10_000, retryOnLoss: 'unknown' }));
    void call.then(settled);
    await clock.advance(1000);
    clock.shift(jumpMs);
    router.cut({ authid: 'joe' });
    await clock.advance(8999);
    expect([router.count('CALL'), settled.mock.calls.length]).toEqual([2, 0]);
    await clock.advance(1);
    expect((await call).name).toBe('TimeoutError');
  });

  it('[H7] does not end the attempts too early or too late', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { retry: { minMs: 1000, maxMs: 1000, maxElapsedMs: 5000 } });
    router.down();
    joe.open().catch(() => {});
    await router.settled();
    clock.shift(jumpMs);
    await clock.advance(4499);
    expect(joe.status.state).toBe('waiting');
    await clock.advance(1000);
    expect(joe.status.state).toBe('closed');
  });

  it('[H7] changes neither when a session is stable nor when it is not', async () => {
    for (const [livesMs, attempt] of [
      [1000, 1],
      [6000, 0],
    ] as const) {
      const { router, connect, clock } = testBench();
      const joe = connect('joe');
      await joe.open();
      clock.shift(jumpMs);
      await clock.advance(livesMs);
      router.cut();
      await router.settled();
      expect(joe.status).toMatchObject({ state: 'waiting', attempt });
    }
  });

  it('[H7] changes neither a round trip nor the duration of a drain', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    const session = await joe.open();
    router.delay(20);
    const rtt = session.rtt();
    clock.shift(jumpMs);
    await clock.advance(40);
    expect(await rtt).toBe(40);
    const drained = drain(joe);
    clock.shift(jumpMs);
    await clock.advance(1000);
    expect((await drained).elapsedMs).toBe(40);
  });

  it('[H7] reports the begin of a gap by the clock as it is now', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    const gaps: (Gap | undefined)[] = [];
    await joe.subscribe('com.test.news', () => {}, { recoverWith: ({ gap }) => void gaps.push(gap) }).ready;
    await clock.advance(5000);
    clock.shift(jumpMs);
    router.cut();
    await clock.advance(1000);
    const { from, to } = gaps[1] ?? {};
    expect([clock.now() - Number(from), clock.now() - Number(to)]).toEqual([6000, expect.any(Number)]);
    expect(Number(to)).toBeGreaterThanOrEqual(Number(from));
  });

  it('[H7] reports no gap that ends before it begins, if it is set during the gap', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { retry: { decide: () => 1000 } });
    const gaps: (Gap | undefined)[] = [];
    await joe.subscribe('com.test.news', () => {}, { recoverWith: ({ gap }) => void gaps.push(gap) }).ready;
    await clock.advance(5000);
    router.cut();
    await clock.advance(500);
    clock.shift(jumpMs);
    await clock.advance(500);
    const { from, to } = gaps[1] ?? {};
    expect([clock.now() - Number(from), clock.now() - Number(to)]).toEqual([6000, 0]);
  });

  it('[H7] lets timers fire on time when their worker fails', () => {
    class FailingWorker {
      onerror = (_event: object): void => {};
      constructor() {
        made.push(this);
      }
      postMessage(): void {}
    }
    const made: FailingWorker[] = [];
    vi.stubGlobal('Worker', FailingWorker);
    vi.useFakeTimers();
    const clock = workerClock();
    const due = vi.fn();
    clock.setTimeout(due, 100);
    vi.setSystemTime(Date.now() + jumpMs);
    made[0]?.onerror({});
    vi.advanceTimersByTime(99);
    expect(due).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(due).toHaveBeenCalledTimes(1);
  });
});

it('[H7] durations use now() if a custom clock has nothing else', async () => {
  const { connect, clock } = testBench();
  const own = {
    now: () => clock.elapsed(),
    setTimeout: clock.setTimeout.bind(clock),
    clearTimeout: clock.clearTimeout.bind(clock),
  };
  const session = await connect('joe', { environment: { clock: own, random: () => 0.5 } }).open();
  expect(await session.rtt()).toBe(0);
});
