// Errors and results of this layer in endpoints of `connection.native`, those of `autostrada` in endpoints of this layer, and what both do with a bare text.
import { ApplicationError, Result, TimeoutError } from 'autostrada';
import autobahn from 'autostrada/autobahn';
import { expect, test } from 'vitest';
import { ERROR, INVOCATION, REGISTERED, YIELD } from '../fixtures/messages.ts';
import { Bench, settle } from './bench.ts';

type Answers = Record<'native' | 'legacy', unknown>;

/** What goes out when an endpoint of each API runs this. */
async function answersOf(run: () => unknown): Promise<Answers> {
  const bench = new Bench({ on_user_error: () => {} });
  await bench.open();
  const { line, connection, session } = bench;
  void connection.native.register('com.example.native', run);
  void session.register('com.example.legacy', run);
  line.deliver(REGISTERED(1, 61), REGISTERED(2, 62));
  await settle();
  line.sent.length = 0;
  line.deliver(INVOCATION(901, 61, {}));
  await settle();
  line.deliver(INVOCATION(902, 62, {}));
  await settle();
  const [native, legacy] = line.sent;
  return { native, legacy };
}

const throwing = (thrown: unknown) => (): never => {
  throw thrown;
};
class NotFound extends autobahn.Error {
  constructor(id: number) {
    super('com.example.not_found', ['no such user'], { id });
  }
}

test.each<[string, () => unknown, readonly [uri: string, args?: unknown[], kwargs?: object]]>([
  ['an autobahn.Error', throwing(new autobahn.Error('com.example.e', [1], { k: 2 })), ['com.example.e', [1], { k: 2 }]],
  ['a rejection with an autobahn.Error', () => Promise.reject(new autobahn.Error('com.example.e', [1])), ['com.example.e', [1]]],
  ['a class that extends autobahn.Error', throwing(new NotFound(5)), ['com.example.not_found', ['no such user'], { id: 5 }]],
  ['an ApplicationError', throwing(new ApplicationError('com.example.e', [1], { k: 2 })), ['com.example.e', [1], { k: 2 }]],
  ['another error of the client', throwing(new TimeoutError('too slow')), ['wamp.error.timeout', ['too slow']]],
])('[H11] %s means the same in both APIs', async (_what, run, [uri, ...payload]) => {
  const { native, legacy } = await answersOf(run);
  expect(native).toEqual(ERROR('INVOCATION', 901, {}, uri, ...payload));
  expect(legacy).toEqual(ERROR('INVOCATION', 902, {}, uri, ...payload));
});

test.each<[string, () => unknown, readonly [args?: unknown[], kwargs?: object]]>([
  ['an autobahn.Result', () => new autobahn.Result([1, 2], { k: 3 }), [[1, 2], { k: 3 }]],
  ['a promise of an autobahn.Result', async () => new autobahn.Result([1, 2]), [[1, 2]]],
  ['a Result', () => new Result([1, 2], { k: 3 }), [[1, 2], { k: 3 }]],
  ['what only looks like one', () => ({ args: [1], kwargs: {} }), [[{ args: [1], kwargs: {} }]]],
])('[H11] %s means the same in both APIs', async (_what, run, payload) => {
  const { native, legacy } = await answersOf(run);
  expect(native).toEqual(YIELD(901, {}, ...payload));
  expect(legacy).toEqual(YIELD(902, {}, ...payload));
});

test.each<[unknown]>([['no such user'], [404]])('[H11] an autobahn.Error with the bare argument %j keeps it', async (bare) => {
  const { native, legacy } = await answersOf(throwing(Reflect.construct(autobahn.Error, ['com.example.e', bare])));
  expect(legacy).toEqual(ERROR('INVOCATION', 902, {}, 'com.example.e', [bare]));
  const text = expect.stringContaining(JSON.stringify(bare));
  expect(native).toEqual(ERROR('INVOCATION', 901, {}, 'com.example.e', [text]));
});

test('[H11] an autobahn.Error with an invalid URI is a runtime error in `connection.native`, and its text is there', async () => {
  const { native } = await answersOf(throwing(new autobahn.Error('not found', ['x'])));
  const text = expect.stringContaining('"not found"');
  expect(native).toEqual(ERROR('INVOCATION', 901, {}, 'wamp.error.runtime_error', [text]));
});

test('[H11] a class that extends autobahn.Error or autobahn.Result may have members of its own with any name', () => {
  class Own extends autobahn.Error {
    constructor() {
      super('com.example.e');
      Object.assign(this, { uri: 'https://example.com/', details: 5 });
    }
  }
  expect({ ...new Own() }).toEqual({ error: 'com.example.e', args: [], kwargs: {}, uri: 'https://example.com/', details: 5 });
  expect({ ...Object.assign(new autobahn.Result([1]), { details: 5 }) }).toEqual({ args: [1], kwargs: {}, details: 5 });
});

test('[H11] the classes of both APIs stay apart for `instanceof`', () => {
  expect(new autobahn.Error('a.b') instanceof Error).toBe(false);
  expect(new autobahn.Error('a.b') instanceof ApplicationError).toBe(false);
  expect((new ApplicationError('a.b') as unknown) instanceof autobahn.Error).toBe(false);
  expect(new autobahn.Result() instanceof Result).toBe(false);
  expect((new Result() as unknown) instanceof autobahn.Result).toBe(false);
  expect(new autobahn.Error('a.b') instanceof NotFound).toBe(false);
  expect(Object.keys(new autobahn.Error('a.b'))).toEqual(['error', 'args', 'kwargs']);
});

test('[H11] an autobahn.Result with a bare argument fails the call', async () => {
  const { legacy } = await answersOf(() => Reflect.construct(autobahn.Result, [42]));
  expect(legacy).toEqual(
    ERROR('INVOCATION', 902, {}, 'wamp.error.runtime_error', ['expected args to be a list, got number: write [value]']),
  );
});
