/* What a user's own code does where nobody awaits it: it is told once, and nothing else is lost. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Connection, defineMiddleware, fromHistory, nextEvent } from '../../src/index.ts';
import { Router } from '../../src/router/index.ts';
import { ManualClock, TestRouter } from '../../src/testing/index.ts';

const open = { realms: { realm1: 'open' } } as const;
const failing = async (): Promise<void> => {
  throw new Error('my mistake');
};

let consoled: ReturnType<typeof vi.spyOn>;
beforeEach(() => {
  consoled = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => vi.restoreAllMocks());

describe('[H2] a listener that fails', () => {
  test.each(['open', 'status'] as const)("of '%s', at once or later, is reported to on('error')", async (event) => {
    const told: string[] = [];
    const connection = new Connection({ url: new Router(open), realm: 'realm1' });
    connection.on('error', (error, { where }) => told.push(`${where}: ${(error as Error).message}`));
    connection.on(event, failing as () => void);
    connection.on(event, () => {
      throw new Error('at once');
    });
    await connection.open();
    await vi.waitFor(() => expect(told).toContain('listener: my mistake'));
    expect(told).toContain('listener: at once');
    expect(consoled).not.toHaveBeenCalled();
    await connection.close();
  });

  test("of 'error' itself goes to the console, and to no other listener", async () => {
    const connection = new Connection({ url: new Router(open), realm: 'realm1' });
    connection.on('error', failing as () => void);
    connection.on('open', () => {
      throw new Error('at once');
    });
    await connection.open();
    await vi.waitFor(() => expect(consoled).toHaveBeenCalledTimes(1));
    await connection.close();
  });

  test('in wireLog goes to the console, even if it fails later', async () => {
    const connection = new Connection({ url: new Router(open), realm: 'realm1', wireLog: failing as () => void });
    await connection.open();
    await vi.waitFor(() => expect(consoled).toHaveBeenCalled());
    await connection.close();
  });
});

test.each([
  ['a promise', async () => 1000],
  ['"x"', () => 'x'],
  ['NaN', () => Number.NaN],
  ['-5', () => -5],
])('[H1] retry.decide that gives %s ends the connection with an error', async (got, decide) => {
  const url = { name: 'nowhere', connect: () => Promise.reject(new Error('nobody listens')) };
  const connection = new Connection({ url, realm: 'realm1', retry: { decide: decide as () => number } });
  await expect(connection.open()).rejects.toThrow(`expected milliseconds or false of retry.decide, got ${got}`);
});

test('[H1] fromHistory refuses a missing call and unknown options', async () => {
  expect(() => fromHistory({ limits: 5 } as object)).toThrow("expected an option of fromHistory (limit), got 'limits'");
  expect(() => fromHistory({ limit: 1.5 })).toThrow('a whole number from 1');
  const told: unknown[] = [];
  const connection = new Connection({ url: new Router(open), realm: 'realm1' });
  connection.on('error', (error) => told.push(error));
  const handle = connection.subscribe('com.test.news', () => {}, { recoverWith: fromHistory as never });
  await handle.ready;
  const said = () => `${told.map(String).join()} ${String(handle.error)}`;
  await vi.waitFor(() => expect(said()).toContain('an option of fromHistory'));
  await connection.close();
});

test('[H1] [H7] the tools for tests refuse invalid values', async () => {
  const router = new TestRouter();
  expect(() => router.cut({ authId: 'anna' } as object)).toThrow(
    "expected { session, authid, authrole } of a connection, got 'authId'",
  );
  expect(() => router.cut(5 as never)).toThrow('got number');
  for (const type of ['call', 'CALLS', '', undefined as never]) {
    expect(() => router.count(type)).toThrow(/expected a type of message \(HELLO, .*YIELD\), got /);
    expect(() => router.cutDuring(type)).toThrow('expected a type of message');
  }
  expect(() => router.delay('x' as never)).toThrow('expected milliseconds from 0 on');
  await expect(new ManualClock().advance(Number.NaN)).rejects.toThrow('expected milliseconds from 0 on, got NaN');
  await router.close();
});

describe('[H1] an endless loop', () => {
  test('in a middleware that does not return the result of next() is reported once, and the process continues', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const forgetful = defineMiddleware({
      call(context: never, next: (context: never) => unknown) {
        void next(context);
      },
    } as unknown as Parameters<typeof defineMiddleware>[0]);
    const connection = new Connection({ url: new Router(open), realm: 'realm1', middleware: [forgetful] });
    await expect(connection.call('com.test.nobody')).rejects.toThrow('expected call of a middleware to give what next() gives');
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    await connection.close();
  });

  test('in nextEvent with an invalid time is refused', async () => {
    const connection = new Connection({ url: new Router(open), realm: 'realm1' });
    for (const timeoutMs of [Number.NaN, -1, '20'])
      await expect(nextEvent(connection, 'com.test.news', { timeoutMs: timeoutMs as number })).rejects.toThrow(
        'expected timeoutMs to be milliseconds',
      );
    await connection.close();
  });

  test('in inputs with an invalid iterator is reported', async () => {
    const connection = new Connection({ url: new Router(open), realm: 'realm1' });
    await connection.register('com.test.sum', () => 1).ready;
    const inputsFrom = { [Symbol.iterator]: () => ({ next: () => 5 }) } as unknown as Iterable<unknown>;
    await expect(connection.call('com.test.sum', [], null, { inputsFrom })).rejects.toThrow('as iterators do, got 5');
    await connection.close();
  });
});
