import { ConnectionLostError, type Transport } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { Liveness } from '../../src/client/features/liveness/liveness.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** A line whose life is in the test's hands. */
function watched(idleMs = 1000, timeoutMs = 500) {
  const clock = new ManualClock();
  let answer = (): void => {};
  const probe = vi.fn((answered: () => void) => {
    answer = answered;
  });
  const lost = vi.fn();
  const pulse = { heardAt: clock.elapsed(), moved: 0, neededMs: 0, ask: probe };
  const liveness = new Liveness(clock, idleMs, timeoutMs, pulse, lost);
  return { clock, pulse, probe, lost, liveness, answer: () => answer() };
}

describe('[N4] a watched connection', () => {
  it('is asked after a silence, and closed after another', async () => {
    const { clock, probe, lost } = watched();
    await clock.advance(999);
    expect(probe).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(probe).toHaveBeenCalledTimes(1);
    await clock.advance(499);
    expect(lost).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(lost.mock.calls).toEqual([[1500]]);
    expect(clock.pending).toBe(0);
  });

  it('is alive whatever comes', async () => {
    const { clock, pulse, probe, lost } = watched();
    for (let i = 0; i < 10; i++) {
      await clock.advance(900);
      pulse.heardAt = clock.elapsed();
    }
    expect(probe).not.toHaveBeenCalled();
    await clock.advance(1200); // asked after 1000
    pulse.heardAt = clock.elapsed();
    await clock.advance(900);
    expect([probe, lost].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  });

  it('is not asked for as long after an answer as after a message', async () => {
    const { clock, probe, lost, answer } = watched();
    await clock.advance(1000);
    answer();
    await clock.advance(999);
    expect(probe).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(probe).toHaveBeenCalledTimes(2);
    await clock.advance(500);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('is alive while bytes move, as with a large message on a slow network', async () => {
    const { clock, pulse, lost } = watched();
    await clock.advance(1000);
    for (let i = 0; i < 10; i++) {
      pulse.moved++;
      await clock.advance(500);
    }
    expect(lost).not.toHaveBeenCalled();
    await clock.advance(500);
    expect(lost).toHaveBeenCalledTimes(1);
  });

  it('gets more time after a sleep, because what came meanwhile is read after the timer', async () => {
    const { clock, lost, pulse } = watched();
    await clock.advance(1000);
    const now = clock.elapsed();
    vi.spyOn(clock, 'elapsed').mockImplementation(() => now + 3_600_000); // the lid was closed
    await clock.advance(500);
    expect(lost).not.toHaveBeenCalled();
    vi.restoreAllMocks();
    pulse.heardAt = clock.elapsed();
    await clock.advance(500);
    expect(lost).not.toHaveBeenCalled();
  });

  it('is closed in a tab whose timers are always late, too', async () => {
    const { clock, lost } = watched();
    const now = clock.elapsed.bind(clock);
    let lateMs = 0;
    vi.spyOn(clock, 'elapsed').mockImplementation(() => now() + lateMs);
    await clock.advance(1000);
    lateMs = 60_000;
    await clock.advance(500);
    expect(lost).not.toHaveBeenCalled();
    lateMs = 120_000;
    await clock.advance(60_500);
    expect(lost).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  it('ignores an answer that comes after the question was given up', async () => {
    const { clock, lost, liveness, answer } = watched();
    liveness.ask(100);
    const first = answer;
    await clock.advance(100);
    expect(lost).toHaveBeenCalledTimes(1);
    liveness.stop();
    first();
    expect(clock.pending).toBe(0);
  });
});

describe('[N4] a connection', () => {
  it('notices that it is half-open, rejects pending requests, and comes back', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    const handle = joe.subscribe('com.test.news', () => {});
    await handle.ready;
    router.blackhole({ authid: 'joe' });
    const call = failure(joe.call('wamp.session.list', null, null, { retryOnLoss: 'never' }));
    await clock.advance(29_999);
    expect(joe.status.state).toBe('joined');
    await clock.advance(1);
    expect(joe.status).toMatchObject({ state: 'waiting', error: { uri: 'wamp.error.network_failure' } });
    expect(await call).toMatchObject({ delivery: 'unknown', message: expect.stringContaining('30000 ms (liveness)') });
    expect(handle.state).toBe('lost');
  });

  it('asks with a call that anyone may make, and accepts a refusal as an answer', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { liveness: { idleMs: 1000, timeoutMs: 1000, probe: 'com.test.nobody_there' } });
    await joe.open();
    await clock.advance(10_000);
    expect(joe.status.state).toBe('joined');
    const calls = router.log.filter(({ type }) => type === 'CALL').map(({ message }) => message[3]);
    expect(calls.length).toBeGreaterThan(5);
    expect(new Set(calls)).toEqual(new Set(['com.test.nobody_there']));
  });

  it('does not ask while messages come', async () => {
    const { router, connect, clock } = testBench();
    const [joe, ann] = [connect('joe'), connect('ann', { liveness: false })];
    await joe.subscribe('com.test.news', () => {}).ready;
    await ann.open();
    for (let i = 0; i < 10; i++) {
      await clock.advance(15_000);
      ann.publish('com.test.news', [i]);
    }
    expect(router.count('CALL')).toBe(0);
  });

  it('is never asked with liveness: false', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { liveness: false });
    await joe.open();
    const restore = router.blackhole();
    await clock.advance(3_600_000);
    expect(joe.status.state).toBe('joined');
    restore();
  });

  it('leaves no old session behind if a dead connection comes back: its GOODBYE arrives', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe');
    await joe.register('com.test.mine', () => 1).ready;
    const restore = router.blackhole();
    await clock.advance(30_000);
    restore();
    await clock.advance(1000);
    expect(router.sessions).toHaveLength(1);
    expect(joe.handles.map(({ state }) => state)).toEqual(['active']);
  });

  it.each([
    [{ joinTimeoutMs: -1 }, 'joinTimeoutMs of Connection'],
    [{ retry: { minMs: Number.NaN } }, 'minMs of retry'],
    [{ liveness: { idleMs: 0 } }, 'idleMs of liveness'],
    [{ liveness: { timeoutMs: '5' as unknown as number } }, 'timeoutMs of liveness'],
    [{ offline: { timeoutMs: -5 } }, 'timeoutMs of offline'],
  ])('refuses anything but a duration: %j', (options, name) => {
    const { connect } = testBench();
    expect(() => connect('joe', options)).toThrow(new RegExp(`^expected ${name} to be milliseconds from [01] on, got `));
  });
});

it('[N4] a probe that is not a URI is refused at once', () => {
  const { connect } = testBench();
  expect(() => connect('joe', { liveness: { probe: 'a b' } })).toThrow('expected probe of liveness to be a URI, got "a b"');
});

describe('session.rtt', () => {
  it('[N4] measures how long the router takes to answer', async () => {
    const { router, connect, clock } = testBench();
    const session = await connect('joe').open();
    router.delay(20);
    const rtt = session.rtt();
    await clock.advance(40);
    expect(await rtt).toBe(40);
  });

  it('[N4] accepts a refusal as an answer', async () => {
    const { connect } = testBench();
    const session = await connect('joe', { liveness: { probe: 'com.test.nobody_there' } }).open();
    expect(await session.rtt()).toBe(0);
  });

  it('[N2] rejects after its time and by its signal, and when the session ends', async () => {
    const { router, connect, clock } = testBench();
    const joe = connect('joe', { retry: false });
    const session = await joe.open();
    router.blackhole();
    const controller = new AbortController();
    const [late, aborted, lost] = [
      failure(session.rtt({ timeoutMs: 100 })),
      failure(session.rtt({ signal: controller.signal })),
      failure(session.rtt()),
    ];
    controller.abort(new Error('enough'));
    await clock.advance(100);
    expect([(await late).name, (await aborted).message]).toEqual(['TimeoutError', 'enough']);
    router.cut();
    expect(await lost).toBeInstanceOf(ConnectionLostError);
    expect(await failure(session.rtt())).toMatchObject({ delivery: 'not-sent' });
    expect(await failure(session.rtt({ signal: controller.signal }))).toBeInstanceOf(Error);
  });

  it('[N4] uses pings if the transport has them, and then calls nothing', async () => {
    const { router, connect } = testBench();
    let pings = 0;
    const url = {
      name: 'with ping',
      connect: (dial: Parameters<typeof router.connect>[0]): Transport => {
        const transport = router.connect(dial);
        const ping = (answered: () => void): void => {
          pings++;
          queueMicrotask(answered);
        };
        return Object.assign(transport, { ping });
      },
    };
    const session = await connect('joe', { url }).open();
    await session.rtt();
    expect([pings, router.count('CALL')]).toEqual([1, 0]);
  });
});
