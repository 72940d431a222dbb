/*
 * Who waits until nothing is under way in a session.
 */
import type { Clock } from '../../clock.ts';
import { TimeoutError, type WampError } from '../../errors.ts';
import type { WaitOptions } from '../api/options.ts';
import { limit } from '../core/limit.ts';
import { promised, throwIfAborted } from '../core/requests.ts';

export class IdleWatch {
  private readonly clock: Clock;
  /** Invocations that run here, and requests without an answer. */
  private readonly underWay: () => readonly [invocations: number, requests: number];
  private readonly waiting = new Set<(error?: WampError) => void>();

  constructor(clock: Clock, underWay: () => readonly [invocations: number, requests: number]) {
    this.clock = clock;
    this.underWay = underWay;
  }

  wait(options: WaitOptions = {}): Promise<void> {
    return promised(({ resolve, reject }) => {
      throwIfAborted(options);
      const end = (how: (error?: unknown) => void, error?: unknown): void => {
        off();
        this.waiting.delete(check);
        how(error);
      };
      const check = (error?: WampError): void => {
        if (error) end(reject, error);
        else if (!this.underWay().some(Boolean)) end(resolve as () => void);
      };
      const off = limit(
        this.clock,
        options,
        (reason) => end(reject, reason),
        (ms) => new TimeoutError(`not idle in ${ms} ms: ${this.underWay().join(' invocations, ')} requests are under way`),
      );
      this.waiting.add(check);
      check();
    });
  }

  /** Something may have come to its end; with an error, the session has. */
  check(error?: WampError): void {
    if (this.waiting.size > 0) for (const check of [...this.waiting]) check(error);
  }
}
