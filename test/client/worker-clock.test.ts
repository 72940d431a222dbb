import { workerClock } from 'autostrada';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

class FakeWorker {
  static made: FakeWorker[] = [];
  readonly posted: unknown[] = [];
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;

  constructor() {
    FakeWorker.made.push(this);
  }

  postMessage(message: unknown): void {
    this.posted.push(message);
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.useFakeTimers();
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('[N5] the clock has its timers in a worker', () => {
  const clock = workerClock();
  const [a, b] = [vi.fn(), vi.fn()];
  clock.setTimeout(a, 100);
  const second = clock.setTimeout(b, 200);
  clock.clearTimeout(second);
  clock.clearTimeout(second);
  const [worker] = FakeWorker.made;
  expect(worker?.posted).toEqual([
    [1, 100],
    [2, 200],
    [2, -1],
  ]);
  worker?.onmessage?.({ data: 1 });
  worker?.onmessage?.({ data: 2 }); // it had fired before it heard
  expect([a, b].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  expect(vi.getTimerCount()).toBe(0);
});

it('[N5] the clock takes the timers over on time when the page does not allow a worker', () => {
  const clock = workerClock();
  const due = vi.fn();
  clock.setTimeout(due, 100);
  vi.advanceTimersByTime(60);
  FakeWorker.made[0]?.onerror?.({});
  vi.advanceTimersByTime(39);
  expect(due).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(due).toHaveBeenCalledTimes(1);
  clock.clearTimeout(clock.setTimeout(due, 1));
  expect(vi.getTimerCount()).toBe(0);
});

it('[N5] the clock works without workers', () => {
  vi.stubGlobal('Worker', undefined);
  const clock = workerClock();
  const due = vi.fn();
  clock.setTimeout(due, 100);
  clock.clearTimeout(clock.setTimeout(due, 1));
  vi.advanceTimersByTime(100);
  expect(due).toHaveBeenCalledTimes(1);
});
