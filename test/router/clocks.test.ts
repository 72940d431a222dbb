/* [G2] Durations do not go by the clock on the wall, which may be set. */
import type { Clock } from 'autostrada';
import { ManualClock } from 'autostrada/testing';
import { describe, expect, test } from 'vitest';
import { elapsed, systemClock } from '../../src/base/clock.ts';
import { Throttle } from '../../src/router/limits/throttle.ts';
import { CALL, ERROR, PUBLISH, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, join, openRouter, register } from './open-router.ts';

const HOUR = 3_600_000;
const set = [HOUR, -HOUR] as const;

describe('[G2] a clock that is set by an hour', () => {
  test.each(set)('(%i ms) ends no block after failed logins, and makes none longer', (ms) => {
    const clock = new ManualClock();
    const throttle = new Throttle(clock);
    for (let i = 0; i < 10; i++) throttle.failed('a');
    clock.shift(ms);
    expect(throttle.enter('a')).toBe(false);
  });

  test.each(set)('(%i ms) keeps no address blocked for longer', async (ms) => {
    const clock = new ManualClock();
    const throttle = new Throttle(clock);
    for (let i = 0; i < 10; i++) throttle.failed('a');
    clock.shift(ms);
    await clock.advance(6_000);
    expect(throttle.enter('a')).toBe(true);
  });

  test.each(set)('[R50] (%i ms) does not change the timeout of a call', async (ms) => {
    const { router, clock } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    await register(callee, 'a.b');
    caller.send(CALL(1, { timeout: 1000 }, 'a.b'));
    await callee.next();
    clock.shift(ms);
    await clock.advance(999);
    await expectUnread(caller);
    await clock.advance(1);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
  });

  test.each(set)('[R52] (%i ms) does not change the deadline of a call that goes to another callee', async (ms) => {
    const { router, clock } = openRouter();
    const callees = [];
    for (let i = 0; i < 2; i++) {
      const callee = await joinedClient(router, 'realm1', undefined, { callee: { features: { call_reroute: true } } });
      callee.send(REGISTER(1, { invoke: 'first' }, 'a.b'));
      await callee.next();
      callees.push(callee);
    }
    const caller = await join(router);
    caller.send(CALL(1, { timeout: 1000 }, 'a.b'));
    await callees[0]?.next();
    await clock.advance(400);
    clock.shift(ms);
    callees[0]?.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    await callees[1]?.next();
    await clock.advance(599);
    await expectUnread(caller);
    await clock.advance(1);
    await expectError(caller, 48, 1, 'wamp.error.timeout');
  });

  test.each(set)('[R01] (%i ms) does not change the time to join', async (ms) => {
    const { router, clock } = openRouter({ realms: { realm1: 'open' }, limits: { joinTimeoutMs: 50 } });
    const client = scriptedClient(router);
    clock.shift(ms);
    await clock.advance(49);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    await expectAbort(client, expect.any(String));
  });

  test('[R30] changes the times that are shown for the past', async () => {
    const { router, clock } = openRouter({
      realms: { realm1: { anonymous: 'a', authroles: { a: { permissions: 'all' } }, history: [{ uri: 'a.b', limit: 5 }] } },
    });
    const peer = await join(router);
    peer.send(PUBLISH(1, {}, 'a.b', [1]));
    await expectUnread(peer);
    clock.shift(HOUR);
    peer.send(PUBLISH(2, {}, 'a.b', [2]), SUBSCRIBE(3, {}, 'a.b'));
    const [, , subscription] = await peer.next();
    peer.send(CALL(4, {}, 'wamp.subscription.get_events', [subscription]));
    const [, , , events] = await peer.next();
    const times = (events as { timestamp: string }[]).map(({ timestamp }) => Date.parse(timestamp));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(HOUR);
  });
});

test('[G2] the platform’s clock has a separate time for durations, and a clock without it uses now()', () => {
  expect(elapsed(systemClock)).toBeLessThan(systemClock.now());
  const plain: Clock = { now: () => 7, setTimeout: () => 0, clearTimeout: () => {} };
  expect(elapsed(plain)).toBe(7);
});
