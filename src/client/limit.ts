import type { Clock } from '../clock.ts';
import type { Off } from '../words.ts';
import type { WaitOptions } from './verbs.ts';

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
  const onAbort = (): void => giveUp(signal?.reason);
  const timer = timeoutMs && clock.setTimeout(() => giveUp(late(timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', onAbort);
  return () => {
    signal?.removeEventListener('abort', onAbort);
    clock.clearTimeout(timer);
  };
}
