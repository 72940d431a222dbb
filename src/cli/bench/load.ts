/*
 * When requests are sent, and how many wait for their answers: as fast as answers come, or at a rate that answers do not change.
 */
import { timer } from '../running/timer.ts';
import { Tally } from './tally.ts';

/** Timers of Node.js are precise to a millisecond; the rest of a wait gives way to the event loop only. */
const TIMER_MS = 2;
/** After Ctrl-C: what comes so soon still counts. */
const AFTER_STOP_MS = 500;
const LOOK_MS = 10;

export interface Load {
  readonly inFlight: number;
  readonly connections: number;
  /** Requests a second, of all connections. Undefined: each is sent when an answer has come. */
  readonly rate: number | undefined;
  readonly durationMs: number;
  /** How long to wait for answers after the last one that came. */
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
  /** Sends a request, and resolves with its answer. `at`: when it should have been sent. */
  send(connection: number, at: number): Promise<unknown>;
}

export interface Measured {
  readonly tally: Tally;
  readonly startedAt: number;
  /** When the last request was sent or should have been. */
  readonly stoppedAt: number;
  /** Of the rate: they should have been sent, but too many waited for answers. */
  readonly unsent: number;
}

/** Latencies count from when a request should have been sent, so that those that a slow answer delays count as slow, too. */
export async function measure(load: Load): Promise<Measured> {
  const { inFlight, connections, rate, durationMs, signal, send } = load;
  const tally = new Tally();
  // A connection is in it as often as it may send.
  const free = Array.from({ length: inFlight }, (_, i) => i % connections);
  let hasEnded = false;
  let wake = (): void => {};
  const freed = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  const stop = (): void => {
    hasEnded = true;
    wake();
  };
  signal.addEventListener('abort', stop);
  const startedAt = performance.now();
  const endsAt = startedAt + durationMs;
  const end = setTimeout(stop, durationMs);
  const isOver = (): boolean => hasEnded || signal.aborted || performance.now() >= endsAt;
  const start = (connection: number, at: number): void => {
    tally.sent++;
    const over = (): void => {
      free.push(connection);
      wake();
    };
    send(connection, at).then(
      () => {
        const now = performance.now();
        tally.answer(now - at, now);
        over();
      },
      (error: unknown) => {
        tally.fail(error, performance.now());
        over();
      },
    );
  };
  let next = 0;
  while (!isOver()) {
    const at = rate === undefined ? performance.now() : startedAt + (next * 1000) / rate;
    if (at >= endsAt) break;
    if (rate !== undefined) await until(at, signal);
    if (isOver()) break;
    const connection = free.shift();
    if (connection === undefined) await freed();
    else {
      start(connection, at);
      next++;
    }
  }
  if (rate !== undefined) await until(endsAt, signal);
  clearTimeout(end);
  const stoppedAt = Math.min(endsAt, performance.now());
  const due = rate === undefined ? next : Math.ceil(((stoppedAt - startedAt) * rate) / 1000 - 1e-6);
  await quiet(() => tally.settled, tally.sent, load.timeoutMs, signal);
  signal.removeEventListener('abort', stop);
  return { tally, startedAt, stoppedAt, unsent: Math.max(0, due - next) };
}

async function until(at: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const left = at - performance.now();
    if (left <= 0) return;
    if (left > TIMER_MS) await pause(left - TIMER_MS, signal);
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { up, clear } = timer(ms);
  let stop = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  signal.addEventListener('abort', stop);
  await Promise.race([up, stopped]);
  signal.removeEventListener('abort', stop);
  clear();
}

/** Resolves when `count` has reached `expected`, or has not grown for `timeoutMs`. */
export async function quiet(count: () => number, expected: number, timeoutMs: number, signal: AbortSignal): Promise<void> {
  let before = count();
  let since = performance.now();
  while (count() < expected) {
    const limit = signal.aborted ? Math.min(timeoutMs, AFTER_STOP_MS) : timeoutMs;
    if (count() !== before) {
      before = count();
      since = performance.now();
    } else if (performance.now() - since >= limit) return;
    await timer(Math.min(LOOK_MS, limit)).up;
  }
}
