/*
 * Endpoints that are async generators: what they yield is progress, what they return is the result.
 */
import type { Pace } from './pace.ts';
import type { Run } from './run.ts';

/** What an `async function*` gives. */
export type Generator = AsyncGenerator<unknown, unknown, void>;

export function isGenerator(value: unknown): value is Generator {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Symbol === 'function' && // not in the oldest browsers
    Symbol.asyncIterator in value &&
    'next' in value &&
    'throw' in value &&
    'return' in value
  );
}

/**
 * Runs it to its end. Stopped meanwhile, its `finally` runs.
 *
 * @param send - Sends progress; what that throws is thrown at the `yield`.
 * @param report - Told what the `finally` of a stopped one throws.
 * @returns What it returns. Rejects with what it throws, or with why it was stopped.
 */
export async function generate(
  run: Run,
  generator: Generator,
  send: (value: unknown) => unknown,
  pace: Pace,
  report: (error: unknown) => void,
): Promise<unknown> {
  const stop = (): void => void (async () => generator.return(undefined))().then(undefined, report);
  run.onStop = stop;
  if (run.stopped) {
    stop();
    throw run.stopped;
  }
  let step = generator.next();
  for (;;) {
    const { done, value } = await step;
    if (done) {
      if (value === undefined && run.stopped) throw run.stopped;
      return value;
    }
    await pace.next();
    step = offer(generator, send, value);
  }
}

function offer(generator: Generator, send: (value: unknown) => unknown, value: unknown): ReturnType<Generator['next']> {
  try {
    send(value);
  } catch (error) {
    return generator.throw(error);
  }
  return generator.next();
}
