import type { Clock } from '../../base/clock.ts';
import type { Off } from '../../base/words.ts';
import type { WaitOptions } from '../api/options.ts';

/**
 * What is to be called when a signal aborts: one listener for all, since Node.js warns of a leak at eleven on one signal. It belongs to the
 * signals, which keep it alive.
 */
const heard = new WeakMap<AbortSignal, { readonly calls: Set<() => void>; readonly run: () => void }>();

/** Signals of React Native, and of browsers before 2022, do not know why they were aborted. */
export function reasonOf({ reason }: AbortSignal): unknown {
  return reason === undefined ? Object.assign(new Error('the signal was aborted'), { name: 'AbortError' }) : reason;
}

/** Calls `listener` when the signal aborts, unless it was let go before. */
export function onAbort(signal: AbortSignal | undefined, listener: (reason: unknown) => void): Off {
  if (!signal) return () => {};
  let all = heard.get(signal);
  if (!all) {
    const calls = new Set<() => void>();
    const run = (): void => {
      for (const call of [...calls]) if (calls.has(call)) call();
    };
    all = { calls, run };
    heard.set(signal, all);
    signal.addEventListener('abort', all.run);
  }
  const { calls, run } = all;
  const call = (): void => listener(reasonOf(signal)); // the same function twice is two listeners
  calls.add(call);
  return () => {
    calls.delete(call);
    if (calls.size > 0 || heard.get(signal)?.run !== run) return;
    heard.delete(signal);
    signal.removeEventListener('abort', run);
  };
}

/**
 * Gives up by signal and by time.
 *
 * @param late - What is wrong when the time is over.
 * @returns Lets go of both.
 */
export function limit(
  clock: Clock,
  { signal, timeoutMs }: WaitOptions,
  giveUp: (reason: unknown) => void,
  late: (timeoutMs: number) => unknown,
): Off {
  const timer = timeoutMs && timeoutMs < Number.POSITIVE_INFINITY && clock.setTimeout(() => giveUp(late(timeoutMs)), timeoutMs);
  const off = onAbort(signal, giveUp);
  return () => {
    off();
    clock.clearTimeout(timer);
  };
}
