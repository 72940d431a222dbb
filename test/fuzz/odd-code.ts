/* Endpoints and handlers as users write them, and as they had better not. */
import { ApplicationError } from 'autostrada';
import type { Random } from './random.ts';

interface Details {
  readonly signal: AbortSignal;
  readonly sendProgress: (value: unknown) => boolean;
}

type Code = (args: readonly unknown[], kwargs: object, details: Details) => unknown;

class Trap {
  get message(): string {
    throw new Error('a getter that throws');
  }
}

type Then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => unknown;

function thenable(then: Then): object {
  return Object.fromEntries([['then', then]]);
}

function cycle(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}

function odd(random: Random): unknown {
  const values: readonly (() => unknown)[] = [
    () => undefined,
    () => null,
    () => 10n,
    () => Symbol('odd'),
    () => () => 1,
    () => new Map([[1, 2]]),
    cycle,
    () => ({ args: 'no list', kwargs: 7 }),
    () => Object.create(null),
    () => new Trap(),
    () => new Date(Number.NaN),
    () => new Error('an error as a value'),
    () => ({ toJSON: () => cycle() }),
    () => '\ud800',
    () => Number.NaN,
  ];
  return random.pick(values)();
}

function oddThrown(random: Random): unknown {
  const values: readonly (() => unknown)[] = [
    () => new Error('thrown'),
    () => new ApplicationError('com.mine.error', [odd(random)], { odd: odd(random) }),
    () => ({ uri: 'not a uri', args: 7 }),
    () => ({ uri: 'com.mine.error', args: [odd(random)], kwargs: cycle() }),
    () => odd(random),
    () => Object.assign(new Error('aborted'), { name: 'AbortError' }),
  ];
  return random.pick(values)();
}

/** For an endpoint or a handler; decided once, so that the same index gives the same. */
export function oddCode(random: Random): Code {
  const value = odd(random);
  const thrown = oddThrown(random);
  const codes: readonly Code[] = [
    (args, kwargs) => ({ args, kwargs }),
    (args) => args[0],
    () => value,
    async () => value,
    () => {
      throw thrown;
    },
    async () => {
      throw thrown;
    },
    () => new Promise(() => {}),
    (_args, _kwargs, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
    (_args, _kwargs, { sendProgress }) => {
      sendProgress?.(1);
      return 2;
    },
    async (_args, _kwargs, { sendProgress }) => {
      await undefined;
      sendProgress?.(value);
      return 2;
    },
    () =>
      thenable(() => {
        throw thrown;
      }),
    () => thenable((resolve, reject) => [resolve(1), reject(2), resolve(3)]),
  ];
  return random.pick(codes);
}
