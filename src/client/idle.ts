/*
 * Who waits until nothing is under way in a session.
 */
import type { Clock } from '../clock.ts';
import { TimeoutError, type WampError } from '../errors.ts';
import { promised, type Settle, throwIfAborted } from './requests.ts';
import type { WaitOptions } from './verbs.ts';

export class IdleWatch {
  private readonly clock: Clock;
  private readonly underWay: () => { readonly invocations: number; readonly requests: number };
  private waiting: readonly Settle<void>[] = [];

  constructor(clock: Clock, underWay: () => { readonly invocations: number; readonly requests: number }) {
    this.clock = clock;
    this.underWay = underWay;
  }

  wait(options: WaitOptions = {}): Promise<void> {
    return promised((settle) => {
      throwIfAborted(options);
      if (this.isIdle) return settle.resolve();
      const { signal, timeoutMs } = options;
      const stop = (): void => {
        this.waiting = this.waiting.filter((each) => each !== entry);
        signal?.removeEventListener('abort', onAbort);
        this.clock.clearTimeout(timer);
      };
      const entry: Settle<void> = {
        resolve: () => {
          stop();
          settle.resolve();
        },
        reject: (error) => {
          stop();
          settle.reject(error);
        },
      };
      const onAbort = (): void => entry.reject(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      const timer = timeoutMs ? this.clock.setTimeout(() => entry.reject(this.late(timeoutMs)), timeoutMs) : undefined;
      this.waiting = [...this.waiting, entry];
    });
  }

  /** Something may have come to its end. */
  check(): void {
    if (this.waiting.length > 0 && this.isIdle) for (const { resolve } of this.waiting) resolve();
  }

  /** The session has ended before. */
  end(error: WampError): void {
    for (const { reject } of this.waiting) reject(error);
  }

  private get isIdle(): boolean {
    const { invocations, requests } = this.underWay();
    return invocations + requests === 0;
  }

  private late(timeoutMs: number): TimeoutError {
    const { invocations, requests } = this.underWay();
    return new TimeoutError(`not idle in ${timeoutMs} ms: ${invocations} invocations run, ${requests} requests have no answer yet`);
  }
}
