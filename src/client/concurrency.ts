/*
 * Callee protection: an endpoint that runs only so many invocations at once. More wait for their turn, in order, and leave when they are
 * stopped; the rest is refused.
 */

import { ApplicationError } from '../errors.ts';
import { show } from '../protocol/checks.ts';
import type { Uri } from '../words.ts';
import { type Generator, isGenerator } from './generate.ts';
import type { AnyEndpoint } from './invocations.ts';
import type { InvocationDetails } from './payload.ts';
import type { RegisterOptions } from './verbs.ts';

type Invoke = (...given: never[]) => unknown;

/**
 * The endpoint within its limits, and the options without them.
 *
 * @throws TypeError for limits that are none.
 */
export function protect(
  procedure: Uri,
  endpoint: AnyEndpoint,
  options: RegisterOptions | undefined,
): readonly [AnyEndpoint, RegisterOptions | undefined] {
  if (options?.maxConcurrency === undefined && options?.maxWaiting === undefined) return [endpoint, options];
  const { maxConcurrency, maxWaiting = 0, ...rest } = options;
  checkCount('maxConcurrency', maxConcurrency, 1);
  checkCount('maxWaiting', maxWaiting, 0);
  return [typeof endpoint === 'function' ? limited(procedure, endpoint as Invoke, maxConcurrency, maxWaiting) : endpoint, rest];
}

function checkCount(name: string, value: unknown, least: number): asserts value is number {
  if (!(typeof value === 'number' && Math.floor(value) === value && value >= least))
    throw new TypeError(`expected ${name} to be a whole number from ${least}, got ${show(value)}`);
}

/** As a generator, which the endpoint may turn out to be, and which begins at once. */
function limited(procedure: Uri, endpoint: Invoke, maxConcurrency: number, maxWaiting: number): Invoke {
  let running = 0;
  let waiting: readonly ((isMyTurn: boolean) => void)[] = [];
  const turn = (signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      waiting = [...waiting, resolve];
      signal.addEventListener('abort', () => {
        waiting = waiting.filter((each) => each !== resolve);
        resolve(false);
      });
    });
  return async function* (...given): Generator {
    let signal: AbortSignal | undefined;
    if (running < maxConcurrency) running++;
    else {
      if (waiting.length >= maxWaiting)
        throw new ApplicationError('wamp.error.unavailable', [
          `${procedure} is busy: ${maxConcurrency} invocations run, ${maxWaiting} wait`,
        ]);
      signal = (given[2] as unknown as InvocationDetails).signal;
      if (!(await turn(signal))) throw signal.reason;
    }
    try {
      if (signal?.aborted) throw signal.reason;
      const outcome = endpoint(...given);
      return isGenerator(outcome) ? yield* outcome : await outcome;
    } finally {
      // Whoever waits takes the place over at once: nobody comes in between.
      const [next, ...others] = waiting;
      waiting = others;
      if (next) next(true);
      else running--;
    }
  };
}
