/*
 * Timers that run in a worker. Those of a hidden page fire once a minute in some browsers, which is late for a probe or a timeout.
 */
import { type Clock, elapsed, MAX_DELAY_MS, systemClock } from '../../base/clock.ts';

/** Runs in the worker. `ms` below 0: not any more. */
const SCRIPT = `const timers = {};
onmessage = ({ data: [id, ms] }) => {
  clearTimeout(timers[id]);
  delete timers[id];
  if (ms >= 0) timers[id] = setTimeout(() => { delete timers[id]; postMessage(id); }, ms);
};`;

/** What we use of a browser's Worker. */
interface Timekeeper {
  onmessage: ((event: MessageEvent<number>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: readonly [id: number, ms: number]): void;
}
interface Host {
  readonly Worker?: new (url: string) => Timekeeper;
  readonly URL?: { createObjectURL?(blob: unknown): string };
  readonly Blob?: new (parts: string[], options: { readonly type: string }) => unknown;
}

interface Timer {
  readonly callback: () => void;
  readonly dueAt: number;
  /** Of the page, where there is no worker. */
  own?: unknown;
}

/**
 * A clock for `environment.clock` of connections in pages that must notice and retry on time also while they are hidden. Its timers run
 * in a worker of its own; where there can be none (a Content-Security-Policy without `worker-src blob:`, no browser) it is the page's.
 *
 * @example new Connection({ url: '/ws', realm: 'realm1', environment: { clock: workerClock() } });
 */
export function workerClock(): Clock {
  const timers = new Map<number, Timer>();
  let lastId = 0;
  const fire = (id: number): void => {
    const timer = timers.get(id);
    timers.delete(id);
    timer?.callback();
  };
  const here = (id: number, timer: Timer): void => {
    timer.own = systemClock.setTimeout(() => fire(id), Math.max(0, timer.dueAt - elapsed(systemClock)));
  };
  let worker = hire(fire, () => {
    worker = undefined;
    for (const [id, timer] of timers) here(id, timer);
  });
  return {
    now: systemClock.now,
    elapsed: () => elapsed(systemClock),
    setTimeout: (callback, ms) => {
      const id = ++lastId;
      const timer = { callback, dueAt: elapsed(systemClock) + ms };
      timers.set(id, timer);
      if (worker) worker.postMessage([id, Math.max(0, Math.min(ms, MAX_DELAY_MS))]);
      else here(id, timer);
      return id;
    },
    clearTimeout: (id) => {
      if (typeof id !== 'number') return;
      const timer = timers.get(id);
      if (!timer) return;
      timers.delete(id);
      systemClock.clearTimeout(timer.own);
      worker?.postMessage([id, -1]);
    },
  };
}

function hire(fire: (id: number) => void, fail: () => void): Timekeeper | undefined {
  const { Worker, Blob, URL }: Host = globalThis;
  if (!Worker || !Blob || !URL?.createObjectURL) return undefined;
  try {
    const worker = new Worker(URL.createObjectURL(new Blob([SCRIPT], { type: 'text/javascript' })));
    worker.onmessage = ({ data }) => fire(data);
    worker.onerror = (event) => {
      event.preventDefault?.(); // a page that does not allow it is no error
      fail();
    };
    return worker;
  } catch {
    return undefined;
  }
}
