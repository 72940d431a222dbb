/* A rejection says which procedure or topic it was about, and its stack has the line of whoever awaits it. */
import { ApplicationError, type WampError } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

async function bench() {
  const { router, connect } = testBench();
  const connection = connect('joe');
  connection.on('error', () => {});
  const session = await connection.open();
  await connection.register('com.test.fails', () => {
    throw new Error('broken on purpose');
  }).ready;
  return { router, connection, session };
}

describe('an error of a call', () => {
  it.each(['connection', 'session'] as const)('[H8] by the %s names the procedure, and its stack the caller', async (scope) => {
    const caller = (await bench())[scope];
    async function myCheckout(): Promise<unknown> {
      return await caller.call('com.test.fails', [1]);
    }
    const error = (await failure(myCheckout())) as WampError;
    expect(error).toBeInstanceOf(ApplicationError);
    expect(error).toMatchObject({ uri: 'wamp.error.runtime_error', procedure: 'com.test.fails' });
    expect(error.stack).toContain('wamp.error.runtime_error: broken on purpose');
    expect(error.stack).toContain('myCheckout');
  });

  it('[H8] that was not sent names it, too', async () => {
    const { connection } = await bench();
    for (const call of [connection.call('com.test.x', [1n]), connection.callResult('com.test.x', [1n])])
      expect(await failure(call)).toMatchObject({ name: 'SerializationError', procedure: 'com.test.x' });
    expect(await failure(connection.call('not a uri'))).toMatchObject({ uri: 'wamp.error.invalid_uri', procedure: 'not a uri' });
  });
});

it('[H8] calls that one loss ends have an error each', async () => {
  const { router, connection, session } = await bench();
  await connection.register('com.test.slow', () => new Promise(() => {})).ready;
  await connection.register('com.test.slower', () => new Promise(() => {})).ready;
  const calls = [failure(session.call('com.test.slow')), failure(session.call('com.test.slower'))];
  await router.settled();
  router.cut();
  const [one, other] = await Promise.all(calls);
  expect(one).toMatchObject({ name: 'ConnectionLostError', procedure: 'com.test.slow' });
  expect(other).toMatchObject({ name: 'ConnectionLostError', procedure: 'com.test.slower' });
  expect(await session.ended).not.toHaveProperty('procedure');
});

it('[H8] an error of a publication names the topic', async () => {
  const { connection, session } = await bench();
  for (const scope of [connection, session]) {
    expect(await failure(scope.publish('com.test.t', [1n], null, { acknowledge: true }))).toMatchObject({ topic: 'com.test.t' });
    expect(() => scope.publish('com.test.t', [1n])).toThrow(expect.objectContaining({ topic: 'com.test.t' }));
  }
});

it('[H8] an error of a registration or a subscription names its URI', async () => {
  const { connection, session } = await bench();
  expect(await failure(session.register('com.test.fails', () => 1))).toMatchObject({ procedure: 'com.test.fails' });
  expect(await failure(connection.register('com.test.fails', () => 1).ready)).toMatchObject({ procedure: 'com.test.fails' });
  expect(await failure(session.subscribe('not a uri', () => {}))).toMatchObject({ topic: 'not a uri' });
});

it('[H4] calls of a connection have the time limit of its defaults, unless they have their own', async () => {
  const { clock, connect } = testBench();
  const connection = connect('joe', { defaults: { timeoutMs: 100 } });
  await connection.register('com.test.slow', () => new Promise(() => {})).ready;
  const outcomes: string[] = [];
  const watch = (name: string, call: Promise<unknown>): void =>
    void call.catch((error: WampError) => outcomes.push(`${name} ${error.uri}`));
  watch('default', connection.call('com.test.slow'));
  watch('its own', connection.call('com.test.slow', null, null, { timeoutMs: 200 }));
  watch('none', connection.call('com.test.slow', null, null, { timeoutMs: Number.POSITIVE_INFINITY }));
  await clock.advance(150);
  expect(outcomes).toEqual(['default wamp.error.timeout']);
  await clock.advance(10_000);
  expect(outcomes).toEqual(['default wamp.error.timeout', 'its own wamp.error.timeout']);
});
