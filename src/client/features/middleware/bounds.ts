/*
 * What hooks may hold up: whoever awaits a hooked verb hears of his own signal, of his own time, and of the end of the session or connection,
 * whatever a hook does. While a request is under way, that has its own limits, and what the hooks make of its end counts; so the time is
 * that of the hooks: to the first request, and then from each answer on.
 */
import type { Clock } from '../../../clock.ts';
import { TimeoutError } from '../../../errors.ts';
import type { Off } from '../../../words.ts';
import type { WaitOptions } from '../../api/options.ts';
import { limit, reasonOf } from '../../kernel/limit.ts';
import { about, type Subject } from '../../kernel/said.ts';

/** Of a session or connection. */
export interface Bounds {
  readonly clock: Clock;
  /** Those that are under way: each is told when it ends. */
  readonly held: Set<(why: unknown) => void>;
  /** For calls that say nothing. */
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
  // What is none is complained of by the verb.
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
