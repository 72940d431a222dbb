/* Whatever is asked of a session or a connection has an outcome, however it ends. */
import { type Connection, ConnectionLostError, callStream, drain, events, nextEvent, type Session } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { testBench } from '../testing/bench.ts';

type Limits = { readonly signal?: AbortSignal; readonly timeoutMs?: number };
/** Nobody answers any of these. */
type Ask = (session: Session, connection: Connection, limits: Limits) => Promise<unknown>;
const asks: { readonly [what: string]: Ask } = {
  call: (session, _, limits) => session.call('com.test.hang', [], {}, limits),
  callResult: (session, _, limits) => session.callResult('com.test.hang', [], {}, limits),
  'call with inputs': (session, _, limits) => session.call('com.test.hang', [], {}, { ...limits, inputsFrom: [1] }),
  publish: (session, _, limits) => session.publish('com.test.news', [], {}, { ...limits, acknowledge: true }),
  subscribe: (session, _, limits) => session.subscribe('com.test.news', () => {}, limits),
  register: (session, _, limits) => session.register('com.test.more', () => {}, limits),
  rtt: (session, _, limits) => session.rtt(limits),
  idle: (session, _, limits) => session.idle(limits),
  'connection.call': (_, connection, limits) => connection.call('com.test.hang', [], {}, { ...limits, retryOnLoss: 'never' }),
  'connection.publish': (_, connection, limits) => connection.publish('com.test.news', [], {}, { ...limits, acknowledge: true }),
  nextEvent: (session, _, limits) => nextEvent(session, 'com.test.news', limits),
  'a stream of events': (session, _, limits) => events(session, 'com.test.news', limits).next(),
  'a stream of progress': (session, _, limits) => callStream(session, 'com.test.hang', [], {}, limits).next(),
  'the result of a stream': (session, _, limits) => callStream(session, 'com.test.hang', [], {}, limits).result,
};
/** Those that wait for nobody but the router, and have no limits of their own. */
const ends: { readonly [what: string]: Ask } = {
  leave: (session) => session.leave(),
  ended: (session) => session.ended,
  close: (_, connection) => connection.close(),
  closed: (_, connection) => connection.closed,
  drain: (_, connection) => drain(connection),
  unsubscribe: (session) => session.subscriptions[0]?.unsubscribe() ?? Promise.reject(),
  unregister: (session) => session.registrations[0]?.unregister() ?? Promise.reject(),
};

/** A connection on a line that carries nothing any more; `hang` would not be answered either. */
async function silenced() {
  const bench = testBench();
  const { router, connect, clock } = bench;
  const connection = connect('joe', { retry: false, liveness: false });
  const session = await connection.open();
  await session.subscribe('com.test.here', () => {});
  await session.register('com.test.hang', () => new Promise(() => {}));
  const restore = router.blackhole();
  const outcome = (asked: Promise<unknown>): Promise<string> =>
    asked.then(
      () => 'resolved',
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  return { router, clock, connection, session, restore, outcome };
}

const losses = ['the connection is cut', 'the router closes the session', 'garbage comes', 'it is left', 'it is closed'] as const;

describe('[N1] every promise settles', () => {
  describe.each(losses)('when %s', (loss) => {
    it.each(Object.entries({ ...asks, ...ends }))('with %s', async (_, ask) => {
      const { router, clock, connection, session, restore, outcome } = await silenced();
      const settled = outcome(ask(session, connection, {}));
      const sent = router.count('CALL');
      if (loss === 'the connection is cut') router.cut();
      else if (loss === 'it is left') void session.leave();
      else if (loss === 'it is closed') void connection.close();
      else if (loss === 'garbage comes') router.garbage();
      else router.kill(session.id);
      restore(); // what was held back arrives before that
      await clock.advance(10_000);
      expect(await settled).toMatch(/^(resolved|ConnectionLostError|ApplicationError)$/);
      await clock.advance(60_000);
      expect(router.count('CALL')).toBeLessThanOrEqual(sent + 1); // sent once at most, never later
    });
  });

  const requests = Object.entries(asks).filter(([what]) => what !== 'idle');
  it.each(requests)('%s is never sent when it was rejected while there was no session', async (_, ask) => {
    const { router, connect, clock } = testBench();
    const connection = connect('joe', { offline: { timeoutMs: 500 }, retry: { minMs: 10_000, maxMs: 10_000 } });
    const session = await connection.open();
    const up = router.down();
    await session.ended;
    const rejected = ask(session, connection, {}).catch((error: unknown) => error);
    await clock.advance(1000);
    expect(await rejected).toMatchObject({ delivery: 'not-sent' });
    const before = router.log.length;
    up();
    await clock.advance(20_000);
    expect(router.log.slice(before).map(({ type }) => type)).toEqual(['HELLO', 'WELCOME']);
  });

  it('and says whether the request may have run', async () => {
    const { router, connection, session } = await silenced();
    const sent = session.call('com.test.hang').catch((error: unknown) => error);
    router.cut();
    expect(await sent).toBeInstanceOf(ConnectionLostError);
    expect([await sent, await session.call('com.test.hang').catch((error: unknown) => error)]).toMatchObject([
      { delivery: 'unknown' },
      { delivery: 'not-sent' },
    ]);
    expect(await connection.closed).toBeInstanceOf(ConnectionLostError);
  });
});

describe('[N2] everything that waits can be ended', () => {
  it.each(Object.entries(asks))('with %s: by time', async (what, ask) => {
    const { clock, connection, session, outcome } = await silenced();
    if (what === 'idle') void session.call('com.test.hang').catch(() => {});
    // `timeoutMs` of a stream of events is for the answer to its subscription.
    const settled = outcome(ask(session, connection, { timeoutMs: 50 }));
    await clock.advance(50);
    expect(await settled).toBe('TimeoutError');
  });

  it.each(Object.entries(asks))('with %s: by signal, before and after the request', async (what, ask) => {
    const { clock, connection, session } = await silenced();
    if (what === 'idle') void session.call('com.test.hang').catch(() => {});
    const controller = new AbortController();
    const asked = ask(session, connection, { signal: controller.signal }).catch((error: unknown) => error);
    await clock.advance(10);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await asked).toBe(reason);
    expect(await ask(session, connection, { signal: controller.signal }).catch((error: unknown) => error)).toBe(reason);
  });

  it('with open, in all phases of the handshake', async () => {
    const { router, connect, clock } = testBench();
    const silent = { name: 'silent', connect: () => new Promise<never>(() => {}) };
    const mute = { name: 'mute', connect: () => ({ ...nothing }) };
    for (const url of [silent, mute]) {
      const late = connect('joe', { url, joinTimeoutMs: 100, retry: false })
        .open()
        .catch((error: unknown) => error);
      const limited = connect('joe', { url })
        .open({ timeoutMs: 50 })
        .catch((error: unknown) => error);
      const controller = new AbortController();
      const given = connect('joe', { url })
        .open({ signal: controller.signal })
        .catch((error: unknown) => error);
      controller.abort(new Error('enough'));
      await clock.advance(100);
      expect([await late, await limited, await given]).toMatchObject([
        { name: 'TimeoutError', message: expect.stringContaining('joinTimeoutMs') },
        { name: 'TimeoutError' },
        { message: 'enough' },
      ]);
    }
    expect(router.sessions).toEqual([]);
  });
});

/** A line on which nobody ever says anything. */
const nothing = {
  serializer: { name: 'json', isBinary: false, encode: JSON.stringify, decode: () => [] },
  bufferedBytes: 0,
  start: () => {},
  send: () => {},
  close: () => {},
};
