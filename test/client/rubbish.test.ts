/* Every function that programs import says what it expected when it is given something else; no error of the platform comes through. */
import * as autostrada from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { testBench } from '../testing/bench.ts';

type Any = (...given: unknown[]) => unknown;
const api = autostrada as unknown as Record<string, Any>;
const { Connection, SerializationError, WampError, ...others } = api;
const errors = Object.keys(others).filter((name) => name.endsWith('Error') && name !== 'defineError');
/** Their first argument is a connection or session. */
const verbs = ['callStream', 'drain', 'events', 'nextEvent', 'registerAll', 'statuses', 'withOptions'];
const alone = Object.keys(others).filter((name) => !errors.includes(name) && !verbs.includes(name) && name !== 'Result');
const rubbish: readonly unknown[] = [
  undefined,
  null,
  0,
  5,
  Number.NaN,
  'text',
  true,
  [],
  {},
  () => {},
  Symbol('x'),
  5n,
  new Map(),
  [null],
];

/** What the platform says of a mistake in our own code. */
const PLATFORM = /Cannot|is not a function|is not iterable|is not defined|not an object|undefined \(|is not a constructor|Invalid/;

async function outcome(run: () => unknown): Promise<unknown> {
  try {
    const given = run() as { readonly ready?: Promise<unknown>; readonly result?: Promise<unknown> } | undefined;
    return await Promise.race([given?.ready ?? given?.result ?? given, new Promise((resolve) => setTimeout(resolve, 5, 'waits'))]);
  } catch (error) {
    return error;
  }
}
function mustBeOurs(error: unknown): void {
  if (!(error instanceof Error)) return; // it took it
  expect(error.message).not.toMatch(PLATFORM);
  expect('uri' in error || /expected .*, got |is not a URI|URI/.test(error.message), String(error)).toBe(true);
}
const named = (values: readonly unknown[]) =>
  values.map((value) => [typeof value === 'symbol' ? 'symbol' : String(value) || '[]', value] as const);

describe.each(verbs)('[H3] the verb %s refuses rubbish', (name) => {
  it.each(named([...rubbish, { subscribe: 5, call: 5, register: 5, on: 5 }]))('like %s', async (_, given) => {
    for (const rest of [[], ['com.test.a'], ['com.test.a', [], {}, {}]]) {
      const error = await outcome(() => api[name]?.(given, ...rest));
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toMatch(new RegExp(`^expected ${name} of a connection.*, got `));
    }
  });

  it.each(named(rubbish))('like this on a connection: %s', async (_, given) => {
    const { connect } = testBench();
    const warned = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const rest of [[given], ['com.test.a', given], ['com.test.a', [], given], ['com.test.a', [], {}, given]]) {
      const connection = connect('ann');
      connection.on('error', () => {});
      mustBeOurs(await outcome(() => api[name]?.(connection, ...rest)));
    }
    warned.mockRestore();
  });
});

describe.each(alone)('[H3] the function %s refuses rubbish', (name) => {
  it.each(named(rubbish))('like %s', async (_, given) => {
    mustBeOurs(await outcome(() => api[name]?.(given)));
    mustBeOurs(await outcome(() => api[name]?.({ [name === 'passthru' ? 'serializers' : 'limit']: given })));
  });
});

it.each(named(rubbish))('[H3] new Connection(%s) is refused', (_, given) => {
  expect(() => new (Connection as unknown as new (given: unknown) => unknown)(given)).toThrow(/expected .*, got /);
});

describe('[H3] the options of a function', () => {
  it.each([
    ['events', ['com.test.a', { signal: 5 }], 'expected signal to be an AbortSignal, got 5'],
    ['events', ['com.test.a', { onSlow: 5 }], 'expected onSlow to be a function, got 5'],
    ['events', ['com.test.a', { maxBuffered: 'many' }], 'expected maxBuffered to be a whole number from 1, got many'],
    ['events', ['com.test.a', { maxBufferd: 5 }], "got 'maxBufferd'"],
    ['events', ['com.test.a', 5], 'expected options of events to be an object, got 5'],
    ['callStream', ['com.test.a', [], {}, { signal: 5 }], 'expected signal to be an AbortSignal, got 5'],
    ['callStream', ['com.test.a', [], {}, { onProgress: 5 }], 'expected onProgress to be a function, got 5'],
    ['callStream', ['com.test.a', [], {}, 5], 'expected options of callStream to be an object, got 5'],
    ['nextEvent', ['com.test.a', 5], 'expected options of nextEvent to be an object, got 5'],
    ['withOptions', [5], 'expected defaults of withOptions to be an object, got 5'],
    ['withOptions', [], 'expected defaults of withOptions to be an object, got undefined'],
    ['registerAll', [], 'expected endpoints of registerAll to be an object of functions, got undefined'],
    ['registerAll', [{ 'com.test.a': 5 }], 'expected the endpoint of com.test.a to be a function, got 5'],
    ['registerAll', [{ 'com.test.a': null }], 'expected the endpoint of com.test.a to be a function, got null'],
    ['drain', [5], 'expected options of drain to be an object, got 5'],
    ['drain', [{ timeoutMs: 'x' }], 'expected timeoutMs of drain to be milliseconds from 0 on, got x'],
    ['drain', [{ signal: 5 }], 'expected signal of drain to be an AbortSignal, got 5'],
  ] as const)('of %s cannot be %j', async (name, rest, message) => {
    const { router, connect } = testBench();
    const connection = connect('ann');
    connection.on('error', () => {});
    await connection.open();
    const error = await outcome(() => api[name]?.(connection, ...rest));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(message);
    await router.settled();
    expect([router.count('REGISTER'), router.count('SUBSCRIBE'), router.count('CALL')]).toEqual([0, 0, 0]);
  });
});

it('[H3] may be null', async () => {
  const { connect } = testBench();
  const connection = connect('ann');
  await connection.register('com.test.one', () => 1).ready;
  expect(await api.callStream?.(connection, 'com.test.one', null, null, null)).toMatchObject({ dropped: 0 });
  await autostrada.events(connection, 'com.test.a', null as never).ready;
  expect(typeof api.fromHistory?.(null)).toBe('function');
  await api.drain?.(connection, null);
});
