/*
 * Requests that may be sent again after a loss (`retryOnLoss: 'unknown'`).
 */
import { type Clock, elapsed } from '../../../base/clock.ts';
import { ConnectionLostError, TimeoutError } from '../../../base/errors.ts';
import type { CallOptions } from '../../api/options.ts';
import { timeLeft } from '../../kernel/time-left.ts';

/** Sends until there is an answer, or no session to send it in, within the time of them all. Inputs can be taken only once, so such a call is not repeated. */
export async function repeat<T>(clock: Clock, options: CallOptions, once: (left: CallOptions) => Promise<T>): Promise<T> {
  const { inputsFrom } = options;
  const since = elapsed(clock);
  let left = options;
  let lost: unknown;
  for (;;) {
    try {
      return await once(left);
    } catch (error) {
      const isLost = error instanceof ConnectionLostError;
      // That which waited last was not sent; one before it was.
      if (lost && error instanceof TimeoutError)
        throw new TimeoutError(`no answer in ${options.timeoutMs} ms, and it may have run`, { cause: lost });
      // Not sent again is not the same as never sent.
      if (!isLost || error.delivery === 'not-sent' || inputsFrom !== undefined) throw (isLost && lost) || error;
      lost = error;
      left = timeLeft(clock, options, since);
    }
  }
}
