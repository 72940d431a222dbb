/* Registering, unregistering and registering again, in any order and any timing, ends as the last call says. */
import type { Connection, DurableRegistration } from 'autostrada';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fixtures/manual-clock.ts';
import {
  ERROR,
  INVOCATION,
  REGISTER,
  REGISTERED,
  SUBSCRIBE,
  SUBSCRIBED,
  UNREGISTER,
  UNREGISTERED,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

describe('a procedure that is registered again', () => {
  it('[H5] [C50] waits while an abandoned REGISTER is unanswered, and is sent after its UNREGISTER', async () => {
    const { connection, peer } = await join();
    const first = connection.register('a.b', () => 1);
    await peer.expect(REGISTER(1, {}, 'a.b'));
    const left = vi.fn();
    void first.unregister().then(left);
    const second = connection.register('a.b', () => 2);
    await settled();
    expect(peer.unread).toEqual([]);
    peer.send(REGISTERED(1, 5));
    await peer.expect(UNREGISTER(2, 5));
    await peer.expect(REGISTER(3, {}, 'a.b'));
    expect(left).not.toHaveBeenCalled();
    peer.send(UNREGISTERED(2), REGISTERED(3, 6), INVOCATION(1, 6, {}));
    await peer.expect(YIELD(1, {}, [2]));
    expect([first.state, second.state, left.mock.calls.length]).toEqual(['closed', 'active', 1]);
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('[H5] [C50] is unregistered once, and its unregister() waits for that', async () => {
    const { connection, peer } = await join();
    const handle = connection.register('a.b', () => 1);
    await peer.expect(REGISTER(1, {}, 'a.b'));
    const left = handle.unregister();
    expect(handle.unregister()).toBe(left);
    peer.send(REGISTERED(1, 5), INVOCATION(1, 5, {}));
    await peer.expect(UNREGISTER(2, 5));
    await peer.expect(YIELD(1, {}, [1])); // it crossed
    peer.send(UNREGISTERED(2));
    await left;
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('[H5] [C50] is not sent if it was given up while it waited', async () => {
    const { connection, peer } = await join();
    const handles: DurableRegistration[] = [];
    const leaving: Promise<void>[] = [];
    for (let i = 0; i < 4; i++) {
      const handle = connection.register('a.b', () => i);
      handles.push(handle);
      if (i < 3) leaving.push(handle.unregister());
    }
    await peer.expect(REGISTER(1, {}, 'a.b'));
    peer.send(REGISTERED(1, 5));
    await peer.expect(UNREGISTER(2, 5));
    await peer.expect(REGISTER(3, {}, 'a.b'));
    peer.send(UNREGISTERED(2), REGISTERED(3, 5));
    await Promise.all(leaving);
    expect(handles.map(({ state }) => state)).toEqual(['closed', 'closed', 'closed', 'active']);
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('[H5] [C50] waits in a session as well, if a signal or a timeout ended the first one', async () => {
    const { session, peer } = await join();
    const controller = new AbortController();
    const first = failure(session.register('a.b', () => 1, { signal: controller.signal }));
    await peer.expect(REGISTER(1, {}, 'a.b'));
    controller.abort(new Error('enough'));
    await first;
    const second = session.register('a.b', () => 2);
    const late = failure(session.register('a.b', () => 3, { timeoutMs: 1 }));
    expect((await late).message).toBe('no answer to REGISTER in 1 ms');
    const other = failure(session.register('a.b', () => 4, { match: 'prefix' }));
    await peer.expect(REGISTER(2, { match: 'prefix' }, 'a.b')); // another one: it waits for nobody
    peer.send(REGISTERED(1, 5), ERROR('REGISTER', 2, {}, 'com.test.no'));
    await peer.expect(UNREGISTER(3, 5));
    await peer.expect(REGISTER(4, {}, 'a.b'));
    peer.send(UNREGISTERED(3), REGISTERED(4, 6));
    expect([(await second).id, (await other).uri]).toEqual([6, 'com.test.no']);
  });

  it('[H5] [C50] is refused if another session has it, whether the first was given up or not', async () => {
    const { connection, peer } = await join();
    const first = connection.register('a.b', () => 1);
    await peer.expect(REGISTER(1, {}, 'a.b'));
    const left = first.unregister();
    const second = connection.register('a.b', () => 2);
    peer.send(ERROR('REGISTER', 1, {}, 'wamp.error.procedure_already_exists'));
    await left;
    await peer.expect(REGISTER(2, {}, 'a.b'));
    peer.send(ERROR('REGISTER', 2, {}, 'wamp.error.procedure_already_exists'));
    expect((await failure(second.ready)).uri).toBe('wamp.error.procedure_already_exists');
  });

  it('[H5] [C50] rejects if the session ends while it waits', async () => {
    const { session, connection, peer } = await join();
    const left = connection.register('a.b', () => 1).unregister();
    const second = connection.register('a.b', () => 2);
    const third = failure(session.register('a.b', () => 3));
    peer.close();
    await left;
    expect(await third).toMatchObject({ name: 'ConnectionLostError', delivery: 'not-sent' });
    await connection.closed;
    expect(second.state).toBe('closed');
  });

  it('[H5] [C50] may be registered in the listener of its own end', async () => {
    const { connect } = testBench();
    const joe = connect('joe');
    const first = joe.register('com.test.add', () => 1);
    await first.ready;
    let second: DurableRegistration | undefined;
    first.on('state', () => {
      second = joe.register('com.test.add', () => 2);
    });
    await first.unregister();
    await second?.ready;
    expect(await connect('ann').call('com.test.add')).toBe(2);
  });
});

it('[H5] [C36] a subscription that is given up before its answer is unsubscribed once, and unsubscribe() waits for that', async () => {
  const { connection, peer } = await join();
  const left = vi.fn();
  void connection
    .subscribe('a.b', () => {})
    .unsubscribe()
    .then(left);
  await peer.expect(SUBSCRIBE(1, {}, 'a.b'));
  peer.send(SUBSCRIBED(1, 5));
  await peer.expect(UNSUBSCRIBE(2, 5));
  expect(left).not.toHaveBeenCalled();
  peer.send(UNSUBSCRIBED(2));
  await settled();
  expect([left.mock.calls.length, peer.unread]).toEqual([1, []]);
});

describe('any order and timing of registering and unregistering', () => {
  type Step = 'mount' | 'unmount' | 'turn' | 'cut' | 'pass';
  /** Always the same for a seed. */
  function* steps(seed: number, count: number): Generator<Step> {
    let state = seed;
    const kinds: readonly Step[] = ['mount', 'unmount', 'mount', 'unmount', 'turn', 'turn', 'cut', 'pass'];
    for (let i = 0; i < count; i++) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      yield kinds[(state >> 16) % kinds.length] ?? 'turn';
    }
  }

  const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
  it.each(seeds)('[H5] leads to the state that the last call asks for: seed %i', async (seed) => {
    const { router, clock, connect } = testBench();
    const joe: Connection = connect('joe');
    await joe.open();
    let mounted: { readonly handle: DurableRegistration; readonly number: number } | undefined;
    let heard: (() => void) | undefined;
    let number = 0;
    for (const step of steps(seed, 40)) {
      if (step === 'mount' && !mounted) {
        const mine = ++number;
        mounted = { handle: joe.register('com.test.page', () => mine), number: mine };
        const subscription = joe.subscribe('com.test.page', () => {});
        heard = () => void subscription.unsubscribe();
      } else if (step === 'unmount') {
        void mounted?.handle.unregister();
        heard?.();
        mounted = heard = undefined;
      } else if (step === 'turn') await settled();
      else if (step === 'cut') router.cut({ authid: 'joe' });
      else if (step === 'pass') await clock.advance(300);
    }
    await clock.advance(60_000);
    await router.settled();
    const { registrations, subscriptions } = router.stats();
    expect([registrations, subscriptions, joe.handles.length]).toEqual(mounted ? [1, 1, 2] : [0, 0, 0]);
    expect(router.count('ERROR')).toBe(0);
    if (mounted) expect([mounted.handle.state, await connect('ann').call('com.test.page')]).toEqual(['active', mounted.number]);
    expect(router.count('UNREGISTER')).toBeLessThanOrEqual(router.count('REGISTERED'));
    expect(router.count('REGISTER')).toBeLessThanOrEqual(number + router.count('HELLO'));
  });
});
