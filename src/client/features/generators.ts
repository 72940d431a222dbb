/*
 * Endpoints that are generators, async ones or not: what they yield is progress, what they return is the result.
 */
import { type Awaitable, isThenable } from '../../base/words.ts';
import type { Feature, KernelInvocation } from '../kernel/kernel.ts';
import { createPace, type Pace } from '../kernel/pace.ts';

/** What an `async function*` gives, or a `function*`. */
export type AnyGenerator = AsyncGenerator<unknown, unknown, void> | Generator<unknown, unknown, void>;
export type Step = Awaitable<IteratorResult<unknown, unknown>>;

export function isGenerator(value: unknown): value is AnyGenerator {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Symbol === 'function' && // not in the oldest browsers
    (Symbol.asyncIterator in value || Symbol.iterator in value) &&
    'next' in value &&
    'throw' in value &&
    'return' in value
  );
}

export const generators: Feature = {
  name: 'generators',
  install(kernel) {
    kernel.outcome = (given, session, invocation, { sendProgress }) => {
      if (!isGenerator(given)) return undefined;
      const report = (error: unknown): void => kernel.report(error, 'invocation', invocation.procedure);
      return generate(invocation, given, sendProgress, createPace(kernel.clock, session.link), report);
    };
  },
};

/**
 * Runs it to its end. Stopped meanwhile, its `finally` runs.
 *
 * @param send - Sends progress; what that throws is thrown at the `yield`.
 * @param report - Told what the `finally` of a stopped one throws.
 * @returns What it returns. Rejects with what it throws, or with why it was stopped.
 */
export async function generate(
  invocation: KernelInvocation,
  generator: AnyGenerator,
  send: (value: unknown) => unknown,
  pace: Pace,
  report: (error: unknown) => void,
): Promise<unknown> {
  const stop = (): void => void (async () => generator.return(undefined))().then(undefined, report);
  if (invocation.stopped) {
    stop();
    throw invocation.stopped;
  }
  invocation.watch((why) => why && stop());
  let step: Step = generator.next();
  for (;;) {
    const { done, value } = await step;
    if (done) {
      if (value === undefined && invocation.stopped) throw invocation.stopped;
      return value;
    }
    await pace();
    // An async generator has awaited what it yields.
    step = isThenable(value)
      ? value.then(
          (awaited) => offer(generator, send, awaited),
          (error) => generator.throw(error),
        )
      : offer(generator, send, value);
  }
}

function offer(generator: AnyGenerator, send: (value: unknown) => unknown, value: unknown): Step {
  try {
    send(value);
  } catch (error) {
    return generator.throw(error);
  }
  return generator.next();
}
