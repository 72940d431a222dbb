/* A payload of the user's that is none costs that answer: the caller gets an error, the service is told, and its session goes on. */
import { ApplicationError, Result, type WampError } from 'autostrada';
import { expect, it } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

async function service(endpoint: () => unknown) {
  const { connect } = testBench();
  const [callee, caller] = [connect('joe'), connect('ann')];
  const told: string[] = [];
  callee.on('error', (error) => told.push((error as Error).message));
  await callee.register('com.test.p', endpoint).ready;
  const before = callee.session;
  const answer = (await failure(caller.call('com.test.p', null, null, { onProgress: () => {} }))) as WampError;
  expect(callee.session).toBe(before);
  return { answer, told };
}

const none: readonly (readonly [args: unknown, kwargs: unknown, text: string])[] = [
  ['text', undefined, 'expected args to be a list, got string: write [value]'],
  [5, undefined, 'expected args to be a list, got number: write [value]'],
  [{ a: 1 }, undefined, 'expected args to be a list, got object: write [value]'],
  [[1], 'text', 'expected kwargs to be an object, got String'],
  [[1], [2], 'expected kwargs to be an object, got a list'],
  [[1], new Map([['a', 1]]), 'expected kwargs to be an object, got Map'],
];

it.each(none)('[H3] a Result cannot be made of %j and %j', async (args, kwargs, text) => {
  const { answer, told } = await service(() => new Result(args as [], kwargs as object));
  expect(answer).toMatchObject({ uri: 'wamp.error.runtime_error', args: [text] });
  expect(told).toEqual([text]);
});

it.each(none)('[H3] an ApplicationError cannot be made of %j and %j', async (args, kwargs, text) => {
  const { answer, told } = await service(() => {
    throw new ApplicationError('com.test.refused', args as [], kwargs as object);
  });
  expect(answer.uri).toBe('com.test.refused');
  expect(told).toEqual([text]);
});

it.each(none)('[H3] progress cannot be sent with %j and %j', async (args, kwargs, text) => {
  const { answer } = await service(async function* () {
    yield new Result(args as [], kwargs as object);
  } as unknown as () => unknown);
  expect(answer).toMatchObject({ args: [text] });
});

it('[H3] a Map as keywords is refused in calls and publications, too', async () => {
  const { connect } = testBench();
  const connection = connect('joe');
  const session = await connection.open();
  const map = new Map([['a', 1]]) as unknown as object;
  for (const scope of [connection, session]) {
    expect((await failure(scope.call('com.test.p', [], map))).message).toBe('expected kwargs to be an object, got Map');
    expect(() => scope.publish('com.test.t', [], map)).toThrow('expected kwargs to be an object, got Map');
  }
});
