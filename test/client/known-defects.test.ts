/*
 * Defects that were seen in other WAMP clients for JavaScript: each is a test that ours passes. [P7] is in test/node, [P9] in test/package.
 */
import { Connection, ConnectionLostError } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ABORT,
  CALL,
  Code,
  ERROR,
  EVENT,
  INTERRUPT,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTER,
  REGISTERED,
  RESULT,
  SUBSCRIBE,
  SUBSCRIBED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const falsy = [0, false, '', null];

describe('a payload or an option', () => {
  it('[P1] is sent with an acknowledged publication', async () => {
    const { session, peer } = await join();
    const publishing = session.publish('com.test.a', [1], null, { acknowledge: true, exclude_me: false, retain: true });
    await peer.expect(PUBLISH(1, { acknowledge: true, exclude_me: false, retain: true }, 'com.test.a', [1]));
    peer.send(PUBLISHED(1, 100));
    expect((await publishing).id).toBe(100);
  });

  it.each(falsy)('[P2] may be %j', async (value) => {
    const { session, peer } = await join();
    session.publish('com.test.a', [value], { value });
    await peer.expect(PUBLISH(1, {}, 'com.test.a', [value], { value }));
    const call = session.call('com.test.p', [value]);
    await peer.expect(CALL(2, {}, 'com.test.p', [value]));
    peer.send(RESULT(2, {}, [value]));
    expect(await call).toBe(value);
    const registering = session.register('com.test.q', () => value);
    await peer.expect(REGISTER(3, {}, 'com.test.q'));
    peer.send(REGISTERED(3, 9));
    await registering;
    peer.send(INVOCATION(1, 9, {}));
    await peer.expect(YIELD(1, {}, [value]));
  });

  it('[P11] has a request id that begins with 1 and grows by one', async () => {
    const { session, peer } = await join();
    for (const request of [1, 2, 3]) {
      session.publish('com.test.a');
      await peer.expect(PUBLISH(request, {}, 'com.test.a'));
    }
  });
});

describe('handlers and endpoints', () => {
  it('[P3] can be unsubscribed after a subscription with options, and may throw', async () => {
    const { session, peer, reported } = await join();
    const options = { match: 'prefix', get_retained: true } as const;
    const throwing = (): never => {
      throw new Error('mine');
    };
    const subscribing = session.subscribe('com.test.', throwing, options);
    await peer.expect(SUBSCRIBE(1, options, 'com.test.'));
    peer.send(SUBSCRIBED(1, 5), EVENT(5, 100, { topic: 'com.test.a' }));
    const subscription = await subscribing;
    await settled();
    expect(reported).toEqual([{ error: new Error('mine'), where: 'event', uri: 'com.test.a' }]);
    const leaving = subscription.unsubscribe();
    await peer.expect(UNSUBSCRIBE(2, 5));
    peer.send(UNSUBSCRIBED(2));
    await leaving;
    expect(session.isOpen).toBe(true);
  });

  it('[P5] send the message of a thrown error, and answer INTERRUPT in an open session', async () => {
    const { session, peer } = await join();
    const registering = session.register('com.test.p', (_args, _kwargs, { signal }) => {
      if (signal.aborted) return 1;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    peer.send(REGISTERED(1, 9));
    await registering;
    const throwing = session.register('com.test.throws', () => {
      throw new Error('reason');
    });
    peer.send(REGISTERED(2, 10), INVOCATION(1, 10, {}), INVOCATION(2, 9, {}), INTERRUPT(2, { mode: 'kill' }));
    await throwing;
    await settled();
    const answers = peer.unread.filter(([type]) => type === Code.ERROR).map(([, ...rest]) => rest.slice(0, 5));
    expect(answers).toEqual([
      [68, 1, {}, 'wamp.error.runtime_error', ['reason']],
      [68, 2, {}, 'wamp.error.canceled', expect.anything()],
    ]);
    expect(session.isOpen).toBe(true);
  });

  it('[P6] send the message of a JavaScript error to the caller, and not an empty object', async () => {
    const { connect } = testBench();
    const [ann, joe] = [connect('ann'), connect('joe')];
    ann.on('error', () => {});
    await ann.register('com.test.p', () => JSON.parse('{')).ready;
    const error = await failure(joe.call('com.test.p'));
    expect(error.message).toMatch(/JSON/);
  });

  it('[P10] get every event while an endpoint runs', async () => {
    const { connect, router } = testBench();
    const [ann, joe] = [connect('ann'), connect('joe')];
    let finish = (): void => {};
    await ann.register('com.test.slow', () => new Promise<void>((resolve) => (finish = resolve))).ready;
    const got: unknown[] = [];
    await ann.subscribe('com.test.news', ([n]: [number]) => got.push(n)).ready;
    await joe.open();
    const call = joe.call('com.test.slow');
    for (const n of [1, 2, 3, 4, 5]) joe.publish('com.test.news', [n]);
    await router.settled();
    expect(got).toEqual([1, 2, 3, 4, 5]);
    finish();
    await call;
  });
});

describe('a lost connection', () => {
  it('[P6] [P10] [P11] settles all pending requests, and no answered request is pending any more', async () => {
    const { session, peer, connection } = await join({ retry: { minMs: 60_000, maxMs: 60_000 } });
    connection.on('status', () => {});
    const answered = session.call('com.test.p');
    peer.send(RESULT(1, {}, [1]));
    await answered;
    expect(connection.stats().pending).toBe(0);
    const pending = [
      session.call('com.test.p'),
      session.register('com.test.q', () => {}),
      session.subscribe('com.test.a', () => {}),
    ];
    expect(connection.stats().pending).toBe(3);
    peer.close();
    for (const each of pending) {
      expect(await failure(each)).toBeInstanceOf(ConnectionLostError);
      expect(await failure(each)).toMatchObject({ delivery: 'unknown', uri: 'wamp.error.network_failure' });
    }
    expect(connection.stats().pending).toBe(0);
  });

  it('[P4] never sends a rejected call later, so a repeated call runs once; ids begin with 1 again', async () => {
    const { router, connect, clock } = testBench();
    const ran: unknown[] = [];
    await connect('ann').register('com.test.pay', ([n]: [number]) => void ran.push(n)).ready;
    const joe = connect('joe', { offline: { timeoutMs: 5000 }, retry: { minMs: 20_000 } });
    await joe.open();
    await joe.call('com.test.pay', [0]);
    router.cut({ authid: 'joe' });
    await joe.session?.ended;
    const first = failure(joe.call('com.test.pay', [1]));
    await clock.advance(5000);
    expect(await first).toMatchObject({ name: 'ConnectionLostError', delivery: 'not-sent' });
    const again = joe.call('com.test.pay', [1], null, { timeoutMs: 60_000 });
    await clock.advance(60_000);
    await again;
    expect(ran).toEqual([0, 1]);
    const calls = router.log.filter(
      ({ direction, message }) => direction === 'in' && message[0] === Code.CALL && message[3] === 'com.test.pay',
    );
    expect(calls.map(({ message }) => message[1])).toEqual([1, 1]);
  });

  it('[P8] registers again until the router has noticed that the old session is dead', async () => {
    const { router, connect, clock } = testBench();
    const [ann, joe] = [connect('ann', { retry: { maxMs: 100 } }), connect('joe')];
    const told: unknown[] = [];
    ann.on('error', (error) => told.push(error));
    const handle = ann.register('com.test.p', () => 'here');
    await handle.ready;
    router.ghosts()();
    await clock.advance(1000);
    const refused = router.log.filter(
      ({ type, message }) => type === 'ERROR' && message[4] === 'wamp.error.procedure_already_exists',
    );
    expect(refused.length).toBeGreaterThan(0);
    await clock.advance(20_000);
    expect([handle.state, told]).toEqual(['active', []]);
    expect(await joe.call('com.test.p')).toBe('here');
  });
});

describe('a session with messages that cross', () => {
  it('[P6] accepts the router’s ERROR to a call that it has cancelled', async () => {
    const { session, peer } = await join({}, { dealer: { call_canceling: true } });
    const controller = new AbortController();
    const call = failure(session.call('com.test.p', [], null, { signal: controller.signal }));
    await peer.expect(CALL(1, {}, 'com.test.p'));
    controller.abort();
    expect((await call).name).toBe('AbortError');
    expect((await peer.next()).slice(0, 2)).toEqual([49, 1]);
    peer.send(ERROR('CALL', 1, {}, 'wamp.error.canceled'));
    const next = session.call('com.test.p');
    await peer.expect(CALL(2, {}, 'com.test.p'));
    peer.send(RESULT(2, {}, [7]));
    expect(await next).toBe(7);
  });

  it('[P6] drops an EVENT that crosses its UNSUBSCRIBE', async () => {
    const { session, peer } = await join();
    const got = vi.fn();
    const subscribing = session.subscribe('com.test.a', got);
    await peer.expect(SUBSCRIBE(1, {}, 'com.test.a'));
    peer.send(SUBSCRIBED(1, 5));
    const leaving = (await subscribing).unsubscribe();
    await peer.expect(UNSUBSCRIBE(2, 5));
    peer.send(EVENT(5, 100, {}), UNSUBSCRIBED(2));
    await leaving;
    expect([got.mock.calls, session.isOpen]).toEqual([[], true]);
  });

  it('[P6] says what was wrong when a peer breaks the protocol', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    onTestFinished(() => connection.close());
    connection.on('error', () => {});
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    peer.send(welcome());
    await opening;
    peer.send(EVENT(99, 100, {}));
    const end = await connection.closed;
    expect(end?.uri).toBe('wamp.error.protocol_violation');
    expect(end?.message).toContain('subscription 99');
    expect(await peer.end()).toMatchObject([ABORT({}, 'wamp.error.protocol_violation')]);
  });
});
