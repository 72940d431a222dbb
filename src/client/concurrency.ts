/*
 * Callee protection: an endpoint that runs only so many invocations at once. More wait for their turn, in order, and leave when they are
 * stopped; the rest is refused.
 */
import { ApplicationError } from '../errors.ts';
import { show } from '../protocol/checks.ts';
import type { Uri } from '../words.ts';
import type { AnyEndpoint } from './callee.ts';
import { type Generator, isGenerator } from './generate.ts';
import { isThenable } from './subscriber.ts';
import type { RegisterOptions } from './verbs.ts';

type Step = IteratorResult<unknown, unknown>;
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

function limited(procedure: Uri, endpoint: Invoke, maxConcurrency: number, maxWaiting: number): Invoke {
  let running = 0;
  let waiting: readonly (() => void)[] = [];
  const done = (): void => {
    running--;
    const [first, ...others] = waiting;
    waiting = others;
    first?.();
  };
  const run = (given: never[]): unknown => {
    running++;
    let outcome: unknown;
    try {
      outcome = endpoint(...given);
    } catch (thrown) {
      done();
      throw thrown;
    }
    if (isGenerator(outcome)) return watched(outcome, done);
    if (isThenable(outcome)) outcome.then(done, done);
    else done();
    return outcome;
  };
  return (...given) => {
    if (running < maxConcurrency) return run(given);
    if (waiting.length >= maxWaiting)
      throw new ApplicationError('wamp.error.unavailable', [
        `${procedure} is busy: ${maxConcurrency} invocations run, ${maxWaiting} wait`,
      ]);
    return inTurn(
      (start) => {
        waiting = [...waiting, start];
        return () => {
          waiting = waiting.filter((each) => each !== start);
        };
      },
      () => run(given),
    );
  };
}

/** The same generator; `done` is told once, when it is over. */
function watched(generator: Generator, done: () => void): Generator {
  let isOver = false;
  const over = (): void => {
    if (!isOver) done();
    isOver = true;
  };
  const watch = (step: Promise<Step>): Promise<Step> => {
    step.then(({ done: isLast }) => isLast && over(), over);
    return step;
  };
  return asGenerator(
    () => watch(generator.next()),
    () => watch(generator.return(undefined)),
    (thrown) => watch(generator.throw(thrown)),
  );
}

/** What runs later, as a generator: it can be stopped before, and may turn out to be one. */
function inTurn(enqueue: (start: () => void) => () => void, run: () => unknown): Generator {
  let inner: Generator | undefined;
  let start: (isStopped: boolean) => void = () => {};
  const turn = new Promise<boolean>((resolve) => {
    start = resolve;
  });
  const leave = enqueue(() => start(false));
  const over: Step = { done: true, value: undefined };
  const begin = async (): Promise<Step> => {
    if (await turn) return over;
    const outcome = run();
    if (!isGenerator(outcome)) return { done: true, value: await outcome };
    inner = outcome;
    return inner.next();
  };
  return asGenerator(
    () => inner?.next() ?? begin(),
    async () => {
      leave();
      start(true);
      return inner?.return(undefined) ?? over;
    },
    (thrown) => inner?.throw(thrown) ?? Promise.reject(thrown),
  );
}

function asGenerator(next: () => Promise<Step>, end: () => Promise<Step>, fail: (thrown: unknown) => Promise<Step>): Generator {
  const generator: Pick<Generator, 'next' | 'return' | 'throw' | typeof Symbol.asyncIterator> = {
    next,
    return: end,
    throw: fail,
    [Symbol.asyncIterator]: () => generator as Generator,
  };
  return generator as Generator;
}
