/*
 * A hook may never settle. A call with hooks still ends by its signal, by its time, and with the session or connection. While its request waits
 * for an answer, the limits of the request count, and the hooks may still change the outcome; so the time here is that of the hooks: until the
 * first request, and then from each answer on.
 */
import type { Clock } from '../../../base/clock.ts';
import { TimeoutError } from '../../../base/errors.ts';
import type { Off } from '../../../base/words.ts';
import type { WaitOptions } from '../../api/options.ts';
import { limit, reasonOf } from '../../kernel/limit.ts';
import { about, type Subject } from '../../kernel/said.ts';

/** Of a session or connection. */
export interface Bounds {
  readonly clock: Clock;
  /** Calls that have not settled: each is called with why, when the session or connection ends. */
  readonly held: Set<(why: unknown) => void>;
  /** For calls without their own. */
  readonly timeoutMs?: number | undefined;
}

interface Context {
  readonly options: WaitOptions;
}

export function within<C extends Context, T>(
  { clock, held, timeoutMs: byDefault }: Bounds,
  subject: Subject,
  uri: string,
  context: C,
  hook: (context: C, last: (context: C) => Promise<T>) => Promise<T>,
  last: (context: C) => Promise<T> | undefined,
): Promise<T> {
  const { signal, timeoutMs } = context.options;
  const ms = subject === 'procedure' ? (timeoutMs ?? byDefault) : timeoutMs;
  // Anything but a signal is refused by the verb.
  const heard = typeof signal?.addEventListener === 'function' ? signal : undefined;
  return new Promise((resolve, reject) => {
    let isOver = false;
    let underWay = 0;
    let off: Off | undefined;
    let timer: unknown;
    const end = (): void => {
      isOver = true;
      off?.();
      clock.clearTimeout(timer);
      held.delete(ended);
    };
    const fail = (reason: unknown): void => {
      end();
      reject(reason);
    };
    /** A moment later: the hooks may still say what becomes of it. */
    const ended = (why: unknown): void => {
      timer ??= clock.setTimeout(() => fail(about(why, subject, uri)), 0);
    };
    const late = (limitMs: number): unknown =>
      about(new TimeoutError(`no answer in ${limitMs} ms, by its middleware`), subject, uri);
    const watch = (): void => {
      off?.();
      off = isOver ? undefined : limit(clock, { signal: heard, timeoutMs: underWay ? 0 : ms }, fail, late);
    };
    const request = async (given: C): Promise<T> => {
      if (isOver) throw new TypeError(`next() was called when ${uri} was over`);
      underWay++;
      watch();
      try {
        return await (last({ ...given, options: { signal, timeoutMs, ...given.options } }) as Promise<T>);
      } finally {
        underWay--;
        watch();
      }
    };
    if (heard?.aborted) return fail(reasonOf(heard));
    held.add(ended);
    watch();
    (async () => hook(context, request))().then((outcome) => {
      end();
      resolve(outcome);
    }, fail);
  });
}
