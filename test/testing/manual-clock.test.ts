import { ManualClock } from 'autostrada/testing';
import { describe, expect, it, vi } from 'vitest';

describe('[N13] ManualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = new ManualClock(5);
    const ring = vi.fn();
    clock.setTimeout(ring, 10);
    await clock.advance(9);
    expect([clock.now(), ring.mock.calls.length, clock.pending]).toEqual([14, 0, 1]);
    await clock.advance(1);
    expect([clock.now(), ring.mock.calls.length, clock.pending]).toEqual([15, 1, 0]);
  });

  it('runs due timers in order, and simultaneous ones in the order of setting', async () => {
    const clock = new ManualClock(0);
    const rang: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['b', 10],
      ['now', -1],
    ] as const)
      clock.setTimeout(() => rang.push(`${name}@${clock.now()}`), ms);
    await clock.advance(100);
    expect(rang).toEqual(['now@0', 'a@10', 'b@10', 'c@20']);
    expect(clock.now()).toBe(100);
  });

  it('runs timers that become due by others, through any number of promises', async () => {
    const clock = new ManualClock(0);
    const rang: number[] = [];
    const sleep = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimeout(resolve, ms));
    void (async () => {
      for (let round = 0; round < 5; round++) {
        await sleep(10);
        for (let i = 0; i < 50; i++) await Promise.resolve();
        rang.push(clock.now());
      }
    })();
    await clock.advance(50);
    expect(rang).toEqual([10, 20, 30, 40, 50]);
  });

  it('forgets a timer that was cleared, even while it runs others', async () => {
    const clock = new ManualClock();
    const ring = vi.fn();
    const later = clock.setTimeout(ring, 10);
    clock.setTimeout(() => clock.clearTimeout(later), 10 - 1);
    clock.clearTimeout('no timer');
    await clock.advance(100);
    expect(ring).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });

  it('settles promises before it returns, without any timer', async () => {
    const clock = new ManualClock();
    let isThere = false;
    void (async () => {
      for (let i = 0; i < 100; i++) await undefined;
      isThere = true;
    })();
    await clock.advance(0);
    expect(isThere).toBe(true);
  });

  it('does not depend on replaced timers', async () => {
    vi.useFakeTimers();
    try {
      const clock = new ManualClock();
      const ring = vi.fn();
      clock.setTimeout(ring, 10);
      await clock.advance(10);
      expect(ring).toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });
});
