/*
 * What users give the router to be called, such that nothing of it reaches the process: neither what it throws, nor a promise that it gives and that
 * rejects. What is answered by a hook, and so waited for, is guarded where it is asked.
 */
import { type Clock, elapsed, systemClock } from '../../clock.ts';
import { isThenable, oneLine } from '../../words.ts';
import type { LogEntry } from './log.ts';

/** Nobody waits for this: where it is a promise after all, its rejection is told. */
export function quietly(given: unknown, threw: (error: unknown) => void): void {
  if (isThenable(given)) Promise.resolve(given).catch(threw);
}

/** Where nobody has given a log. What comes and goes is nobody's business then. */
function toConsole({ level, message, error }: LogEntry): void {
  if (level !== 'warn' && level !== 'error') return;
  console[level](`autostrada router: ${message}`, ...(level === 'error' && error !== undefined ? [error] : []));
}

/** A log that throws must not end the session that is logged. Messages hold what peers say, so they are made harmless here, for all. */
export function guardedLog(log: (entry: LogEntry) => unknown = toConsole): (entry: LogEntry) => void {
  return (entry) => {
    try {
      quietly(log({ ...entry, message: oneLine(entry.message) }), () => {});
    } catch {
      // there is nobody left to tell
    }
  };
}

/** No timer of the router ends the process, and where a clock throws, the system's goes on. */
export function guardedClock(clock: Clock, log: (entry: LogEntry) => void): Clock {
  let hasThrown = false;
  const or = <T>(own: () => T, instead: () => T): T => {
    try {
      return own();
    } catch (error) {
      if (!hasThrown) log({ level: 'error', message: 'an exception: the clock (logged once)', error });
      hasThrown = true;
      return instead();
    }
  };
  const tell = (error: unknown): void => log({ level: 'error', message: 'an exception: the clock', error });
  const now = (): number => clock.now();
  const passed = (): number => elapsed(clock);
  const passedInstead = (): number => elapsed(systemClock);
  return {
    now: () => or(now, systemClock.now),
    elapsed: () => or(passed, passedInstead),
    setTimeout(callback, ms) {
      const guarded = (): void => {
        try {
          callback();
        } catch (error) {
          log({ level: 'error', message: 'an exception: a timer', error });
        }
      };
      return or(
        () => {
          const timer = clock.setTimeout(guarded, ms);
          quietly(timer, tell);
          return timer;
        },
        () => systemClock.setTimeout(guarded, ms),
      );
    },
    clearTimeout: (timer) =>
      or(
        () => quietly(clock.clearTimeout(timer), tell),
        () => systemClock.clearTimeout(timer),
      ),
  };
}
