/*
 * Wraps functions that users give the router, so that no error reaches the process: neither an exception, nor a promise that
 * rejects. Hooks whose answer is awaited are guarded where they are called.
 */
import { type Clock, elapsed, systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { isThenable, oneLine } from '../../base/words.ts';
import type { LogEntry } from './log.ts';

/** For a result that is not awaited: if it is a promise after all, its rejection is reported. */
export function quietly(given: unknown, threw: (error: unknown) => void): void {
  if (isThenable(given)) Promise.resolve(given).catch(threw);
}

/** So many errors are printed with their stack. */
const MOST_STACKS = 100;

/** The default log. It does not log sessions that join and leave. It prints an error with its stack once; after that, in one line. */
function toConsole(): (entry: LogEntry) => void {
  const printed = new Set<string>();
  return ({ level, message, error }) => {
    if (level !== 'warn' && level !== 'error') return;
    const text = `autostrada router: ${message}`;
    if (level === 'warn' || error === undefined) return console[level](text);
    const line = `${text}: ${oneLine(messageOf(error))}`;
    if (printed.has(line) || printed.size >= MOST_STACKS) return console.error(line);
    printed.add(line);
    console.error(text, error);
  };
}

/** A log that throws must not end the logged session. Messages contain text from peers, so they are escaped here, for all logs. */
export function guardedLog(log: (entry: LogEntry) => unknown = toConsole()): (entry: LogEntry) => void {
  return (entry) => {
    try {
      quietly(log({ ...entry, message: oneLine(entry.message) }), () => {});
    } catch {
      // there is nowhere left to report it
    }
  };
}

/** No timer of the router may end the process. If a clock throws, the system's clock is used. */
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
