/*
 * `session.idle()`: waits until no invocation runs in a session, and no request waits for its answer.
 */
import { TimeoutError, type WampError } from '../../base/errors.ts';
import { checkOptions } from '../../base/options.ts';
import type { WaitOptions } from '../api/options.ts';
import type { Feature } from '../kernel/kernel.ts';
import { limit } from '../kernel/limit.ts';
import { promised, throwIfAborted, waiting } from '../kernel/settle.ts';

export const idle: Feature = {
  name: 'idle',
  install({ began, clock }) {
    began.push((session) => {
      const checks = new Set<(error?: WampError) => void>();
      const check = (error?: WampError): void => {
        if (checks.size > 0) for (const each of [...checks]) each(error);
      };
      session.settled.push(check);
      session.over.push(check);

      const isIdle = (): boolean => session.running + session.pending === 0;
      const wait = (options: WaitOptions): Promise<void> =>
        promised(({ resolve, reject }) => {
          throwIfAborted(options);
          const end = (settle: () => void): void => {
            off();
            checks.delete(check);
            settle();
          };
          const check = (error?: WampError): void => {
            if (error) end(() => reject(error));
            else if (isIdle()) end(resolve);
          };
          const off = limit(
            clock,
            options,
            (reason) => end(() => reject(reason)),
            (ms) =>
              new TimeoutError(`not idle in ${ms} ms: ${session.running} invocations, ${session.pending} requests are unanswered`),
          );
          checks.add(check);
          check();
        });
      const idle = async (options: WaitOptions = {}): Promise<void> => {
        checkOptions('idle', options, waiting);
        return wait(options);
      };
      Object.assign(session, { idle });
    });
  },
};
