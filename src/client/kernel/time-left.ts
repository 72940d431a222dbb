import { type Clock, elapsed } from '../../base/clock.ts';
import type { WaitOptions } from '../api/options.ts';

/** The options with what is left of their time. `since`: when it began, on the clock for durations. */
export function timeLeft<O extends WaitOptions | undefined>(clock: Clock, options: O, since: number): O {
  const { timeoutMs } = options ?? {};
  return timeoutMs ? { ...options, timeoutMs: Math.max(1, Math.ceil(timeoutMs - (elapsed(clock) - since))) } : options;
}
