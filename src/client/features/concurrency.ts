/*
 * Callee protection: an endpoint that runs only so many invocations at once. More wait for their turn, in order, and leave when they are
 * stopped; the rest is refused.
 */

import { show } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import { any } from '../../base/options.ts';
import { isThenable, type Uri } from '../../base/words.ts';
import type { RegisterOptions } from '../api/options.ts';
import type { AnyEndpoint } from '../kernel/callbacks.ts';
import type { Feature } from '../kernel/kernel.ts';
import { reasonOf } from '../kernel/limit.ts';
import { type AnyGenerator, isGenerator, type Step } from './generators.ts';

export const concurrency: Feature = {
  name: 'concurrency',
  register: { maxConcurrency: any, maxWaiting: any },
  install(kernel) {
    kernel.endpoint = protect;
  },
};

/**
 * The endpoint within its limits, and the options without them.
 *
 * @throws TypeError for limits that cannot be.
 */
export function protect(
  procedure: Uri,
  endpoint: AnyEndpoint,
  options: RegisterOptions | undefined,
): [AnyEndpoint, RegisterOptions | undefined] {
  if (options?.maxConcurrency === undefined && options?.maxWaiting === undefined) return [endpoint, options];
  const { maxConcurrency, maxWaiting = 0, ...rest } = options;
  checkCount('maxConcurrency', maxConcurrency, 1);
  checkCount('maxWaiting', maxWaiting, 0);
  return [typeof endpoint === 'function' ? limited(procedure, endpoint, maxConcurrency, maxWaiting) : endpoint, rest];
}

function checkCount(name: string, value: unknown, least: number): asserts value is number {
  if (!(typeof value === 'number' && Math.floor(value) === value && value >= least))
    throw new TypeError(`expected ${name} to be a whole number from ${least}, got ${show(value)}`);
}

/** Returns what the endpoint returns, or a promise of that. It may be a generator. */
function limited(procedure: Uri, endpoint: AnyEndpoint, maxConcurrency: number, maxWaiting: number): AnyEndpoint {
  let running = 0;
  const waiting = new Set<() => void>();
  /** Whoever waits takes the place over: nobody comes in between. It begins a moment later, or a queue would run on one stack. */
  const leave = (): void => {
    const [next] = waiting;
    if (!next) running--;
    else {
      waiting.delete(next);
      void Promise.resolve().then(next);
    }
  };
  const passOn = <T>(value: T): T => {
    leave();
    return value;
  };
  const fail = (error: unknown): never => {
    leave();
    throw error;
  };
  const run = (given: Parameters<AnyEndpoint>): unknown => {
    let outcome: unknown;
    try {
      outcome = endpoint(...given);
    } catch (error) {
      fail(error);
    }
    if (isGenerator(outcome)) return followed(outcome, leave);
    return isThenable(outcome) ? outcome.then(passOn, fail) : passOn(outcome);
  };
  return (...given) => {
    if (running < maxConcurrency) {
      running++;
      return run(given);
    }
    if (waiting.size >= maxWaiting)
      throw new ApplicationError('wamp.error.unavailable', [
        `${procedure} is busy: ${maxConcurrency} invocations run, ${maxWaiting} wait`,
      ]);
    const { signal } = given[2];
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        if (signal.aborted) return leave(); // at the same moment
        try {
          resolve(run(given));
        } catch (error) {
          reject(error);
        }
      };
      const stop = (): void => {
        waiting.delete(go);
        reject(reasonOf(signal));
      };
      waiting.add(go);
      signal.addEventListener('abort', stop);
    });
  };
}

/** The generator, and `over` once when it is. */
function followed(generator: AnyGenerator, over: () => void): AnyGenerator {
  let isOver = false;
  const end = (): void => {
    if (!isOver) over();
    isOver = true;
  };
  const step = async (go: () => Step): Promise<IteratorResult<unknown, unknown>> => {
    try {
      const given = await go();
      if (given.done) end();
      return given;
    } catch (error) {
      end();
      throw error;
    }
  };
  return {
    next: () => step(() => generator.next()),
    throw: (error: unknown) => step(() => generator.throw(error)),
    return: (value: unknown) => step(() => generator.return(value)),
    [Symbol.asyncIterator]() {
      return this;
    },
  } as AnyGenerator;
}
