/*
 * Requests that may be sent again after a loss (`retryOnLoss: 'unknown'`).
 */
import type { Clock } from '../clock.ts';
import { ConnectionLostError } from '../errors.ts';
import type { CallOptions } from './verbs.ts';

/** Sends until there is an answer, or no session to send it in, within the time of them all. Inputs can be taken only once, so such a call is not repeated. */
export async function repeat<T>(clock: Clock, options: CallOptions, once: (left: CallOptions) => Promise<T>): Promise<T> {
  const { timeoutMs, inputsFrom } = options;
  const since = clock.now();
  let left = options;
  let lost: unknown;
  for (;;) {
    try {
      return await once(left);
    } catch (error) {
      const isLost = error instanceof ConnectionLostError;
      // Not sent again is not the same as never sent.
      if (!isLost || error.delivery === 'not-sent' || inputsFrom !== undefined) throw (isLost && lost) || error;
      lost = error;
      if (timeoutMs) left = { ...options, timeoutMs: Math.max(1, timeoutMs - (clock.now() - since)) };
    }
  }
}
