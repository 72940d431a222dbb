/* What is cut into slices, by a clock that goes on at each look, so that a slice is over after sixteen units: order, ends, and the sum of all queues. */
import { json, type Transport, type TransportReceiver } from 'autostrada';
import { type LogEntry, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { CALL, Code, ERROR, HELLO, PUBLISH, REGISTER, RESULT, SUBSCRIBE, UNSUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import type { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { join, register, subscribe } from './open-router.ts';

/** Twenty milliseconds have passed whenever it is asked. */
class TickingClock extends ManualClock {
  looks = 0;
  override elapsed(): number {
    return 20 * this.looks++;
  }
}

const MANY = 300;
const topic = 'com.example.topic';

/** @param configured - How many subscriptions stay whoever leaves: those with a history. */
function ticking(config: RouterConfig = { realms: { realm1: 'open' } }, configured = 0) {
  const clock = new TickingClock();
  const log: LogEntry[] = [];
  const router = new Router(config, { clock, log: (entry) => log.push(entry) });
  onTestFinished(async () => {
    const closed = router.close();
    await clock.advance(2000);
    await closed;
    expect(router.stats()).toMatchObject({ sessions: 0, subscriptions: configured, registrations: 0, calls: 0, queuedBytes: 0 });
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });
  return { router, clock, log };
}

async function slices(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

const quiet = (): Promise<void> => slices(600);
const events = (peer: ScriptedPeer): unknown[] =>
  peer.unread.filter(([code]) => code === Code.EVENT).map((message) => (message[4] as unknown[] | undefined)?.[0]);

async function crowd(
  router: Router,
  count = MANY,
  prefix = false,
): Promise<{ readonly peers: ScriptedPeer[]; readonly id: unknown }> {
  const peers: ScriptedPeer[] = [];
  let id: unknown;
  for (let i = 0; i < count; i++) {
    const peer = await join(router);
    peer.send(SUBSCRIBE(1, prefix ? { match: 'prefix' } : {}, prefix ? 'com.example.' : topic));
    [, , id] = await peer.next();
    peers.push(peer);
  }
  return { peers, id };
}

describe('a fan-out to many', () => {
  test('[G2] [R24] is cut, and others are served in between; each subscriber gets all events in order, and then the next call', async () => {
    const { router } = ticking();
    const { peers } = await crowd(router);
    const [publisher, other] = [await join(router), await join(router)];
    const last = peers[MANY - 1] as ScriptedPeer;
    await register(last, 'com.example.add', 2);
    publisher.send(...[1, 2, 3].map((i) => PUBLISH(i, { acknowledge: true }, topic, [i])), CALL(4, {}, 'com.example.add'));
    await slices(3);
    expect(events(last)).toEqual([]);
    other.send(CALL(1, {}, 'wamp.session.count'));
    expect((await other.next()).slice(0, 2)).toEqual([50, 1]);
    expect(events(last)).not.toContain(3); // it did not wait for the end
    await quiet();
    for (const peer of peers) expect(events(peer)).toEqual([1, 2, 3]);
    expect(last.unread.map(([code]) => code)).toEqual([36, 36, 36, 68]);
    expect(publisher.unread.map(([code]) => code)).toEqual([17, 17, 17]);
  });

  test('[G2] [R22] skips sessions that unsubscribed, left or came while it was running', async () => {
    const { router } = ticking();
    const { peers, id } = await crowd(router);
    const [publisher, late] = [await join(router), await join(router)];
    const [unsubscribing, leaving, last] = peers.slice(-3) as [ScriptedPeer, ScriptedPeer, ScriptedPeer];
    publisher.send(PUBLISH(1, {}, topic, ['x']));
    await slices(2);
    expect(events(last)).toEqual([]);
    unsubscribing.send(UNSUBSCRIBE(2, id));
    leaving.close();
    await subscribe(late, topic);
    await quiet();
    expect(unsubscribing.unread.map(([code]) => code)).toEqual([35]);
    expect(events(leaving)).toEqual([]);
    expect(events(late)).toEqual([]);
    expect(events(last)).toEqual(['x']);
  });

  test('[G2] [R61] [R07] is finished when its publisher is lost or killed, and then come the testaments', async () => {
    for (const how of ['lost', 'killed']) {
      const { router } = ticking();
      const { peers } = await crowd(router);
      const last = peers[MANY - 1] as ScriptedPeer;
      const publisher = await join(router);
      const ours = router.sessions.at(-1)?.id ?? 0;
      publisher.send(CALL(1, {}, 'wamp.session.add_testament', [topic, ['testament']]));
      await publisher.next();
      publisher.send(PUBLISH(2, {}, topic, [1]), PUBLISH(3, {}, topic, [2]));
      await slices(2);
      if (how === 'lost') publisher.close(1006);
      else router.kill(ours);
      await quiet();
      expect(events(last)).toEqual([1, 2, 'testament']);
    }
  });
});

test('[G2] [R29] retained events of many topics come before events that are published meanwhile, each once', async () => {
  const { router } = ticking();
  const [publisher, subscriber] = [await join(router), await join(router)];
  for (let i = 1; i <= MANY; i++) publisher.send(PUBLISH(i, { retain: true }, `com.kept.t${i}`, [i]));
  await quiet();
  subscriber.send(SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'com.kept.'));
  await slices(3);
  expect(events(subscriber).length).toBeLessThan(MANY);
  publisher.send(PUBLISH(MANY + 1, { retain: true }, `com.kept.t${MANY}`, ['new']));
  await quiet();
  expect(events(subscriber)).toEqual([...Array.from({ length: MANY }, (_, i) => i + 1), 'new']);
});

test('[G2] [R42] a burst of calls that search many wildcards is cut after each of them', async () => {
  const { router } = ticking();
  const callee = await join(router);
  for (let i = 0; i < 512; i++) {
    const head = Array.from({ length: 9 }, (_, bit) => ((i >> bit) & 1 ? '' : 'c'));
    callee.send(REGISTER(i + 1, { match: 'wildcard' }, [...head, 'z'].join('.')));
  }
  await quiet();
  const [caller, other] = [await join(router), await join(router)];
  for (let i = 1; i <= 16; i++) caller.send(CALL(i, {}, `${'c.'.repeat(9)}c`));
  await slices(1);
  other.send(CALL(1, {}, 'wamp.session.count'));
  expect((await other.next()).slice(0, 2)).toEqual([50, 1]);
  expect(caller.unread.length).toBeLessThan(8);
  await quiet();
  expect(caller.unread.map((message) => message[2])).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
});

test('[G2] [R29] a burst of subscriptions that search many retained topics is cut', async () => {
  const { router } = ticking();
  const [publisher, subscriber, other] = [await join(router), await join(router), await join(router)];
  for (let i = 1; i <= 2000; i++) publisher.send(PUBLISH(i, { retain: true }, `com.kept.t${i}`));
  await quiet();
  for (let i = 1; i <= 16; i++) subscriber.send(SUBSCRIBE(i, { match: 'wildcard', get_retained: true }, `com..none${i}`));
  await slices(1);
  other.send(CALL(1, {}, 'wamp.session.count'));
  expect((await other.next()).slice(0, 2)).toEqual([50, 1]);
  expect(subscriber.unread.length).toBeLessThan(8);
  await quiet();
  expect(subscriber.unread.map(([code, request]) => [code, request])).toEqual(Array.from({ length: 16 }, (_, i) => [33, i + 1]));
});

const withHistory: RouterConfig = {
  realms: { realm1: { anonymous: 'user', authroles: { user: { permissions: 'all' } }, history: [{ uri: topic, limit: 5000 }] } },
};

test('[G2] [R31] a question to a long history is answered in pieces, and later messages of its caller wait', async () => {
  const { router } = ticking(withHistory, 1);
  const [publisher, caller, other] = [await join(router), await join(router), await join(router)];
  for (let i = 1; i <= 5000; i++) publisher.send(PUBLISH(i, {}, topic, [i]));
  await quiet();
  const id = await subscribe(caller, topic);
  const ask = (request: number, filter: object): readonly unknown[] =>
    CALL(request, {}, 'wamp.subscription.get_events', [id], filter);
  caller.send(
    ask(2, { topic: 'com.example.never' }),
    ask(3, { limit: 2 }),
    ask(4, { limit: 2, reverse: true }),
    CALL(5, {}, 'wamp.session.count'),
  );
  await slices(1);
  other.send(CALL(1, {}, 'wamp.session.count'));
  expect((await other.next()).slice(0, 2)).toEqual([50, 1]);
  expect(caller.unread).toEqual([]);
  publisher.send(PUBLISH(5001, {}, topic, [5001])); // the first one is dropped
  await quiet();
  const answers = caller.unread.filter(([code]) => code === Code.RESULT);
  expect(answers.map((message) => message[1])).toEqual([2, 3, 4, 5]);
  const values = answers.slice(0, 3).map((message) => ((message[3] ?? []) as { args: unknown[] }[]).map(({ args }) => args[0]));
  expect(values).toEqual([[], [2, 3], [5001, 5000]]);
});

test('[G2] a question to a long history ends with its session', async () => {
  const { router } = ticking(withHistory, 1);
  const [publisher, caller] = [await join(router), await join(router)];
  for (let i = 1; i <= 5000; i++) publisher.send(PUBLISH(i, {}, topic, [i]));
  await quiet();
  const id = await subscribe(caller, topic);
  for (let i = 2; i <= 50; i++) caller.send(CALL(i, {}, 'wamp.subscription.get_events', [id], { topic: 'com.example.never' }));
  await slices(1);
  router.kill(router.sessions.at(-1)?.id ?? 0);
  await slices(6); // fewer than one of the questions takes
  expect(router.stats().sessions).toBe(1);
  expect(router.stats().subscriptions).toBe(1); // the configured one
});

describe('a session that leaves with many registrations', () => {
  test('[G2] [R07] [R45] has no effect on routing at once: its procedures are free, and no call reaches it', async () => {
    const { router } = ticking();
    const callee = await join(router);
    for (let i = 1; i <= MANY; i++) callee.send(REGISTER(i, {}, `com.example.p${i}`));
    await quiet();
    const [caller, heir] = [await join(router), await join(router)];
    callee.close();
    await slices(2);
    expect(router.stats().registrations).toBeGreaterThan(100);
    caller.send(CALL(1, {}, `com.example.p${MANY}`));
    expect((await caller.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, 'wamp.error.no_such_procedure'));
    await register(heir, `com.example.p${MANY - 1}`);
    caller.send(CALL(2, {}, `com.example.p${MANY - 1}`));
    expect((await heir.next())[0]).toBe(Code.INVOCATION);
    heir.send(YIELD(1, {}));
    await caller.expect(RESULT(2, {}));
    await quiet();
    expect(router.stats().registrations).toBe(1);
  });

  test('[G2] [R56] is reported to many watching sessions in order, with on_leave last', async () => {
    const { router } = ticking();
    const watchers: ScriptedPeer[] = [];
    for (let i = 0; i < 100; i++) {
      const watcher = await join(router);
      watcher.send(SUBSCRIBE(1, { match: 'prefix' }, 'wamp.'));
      watchers.push(watcher);
    }
    await quiet();
    const leaving = await join(router);
    for (let i = 1; i <= 20; i++) leaving.send(SUBSCRIBE(i, {}, `com.example.t${i}`));
    await slices(3000);
    for (const watcher of watchers) while (watcher.unread.length > 0) await watcher.next();
    leaving.close();
    await slices(3000);
    const told = (watcher: ScriptedPeer): unknown[] =>
      watcher.unread.map(([, , , details]) => (details as { topic: string }).topic);
    const expected = Array.from({ length: 20 }, () => ['wamp.subscription.on_unsubscribe', 'wamp.subscription.on_delete']).flat();
    for (const watcher of watchers) expect(told(watcher)).toEqual([...expected, 'wamp.session.on_leave']);
  });

  test('[G2] [R60] may be one of many that kill_all ends, piece by piece', async () => {
    const { router } = ticking();
    await crowd(router, 200);
    const killer = await join(router);
    killer.send(CALL(1, {}, 'wamp.session.kill_all'));
    await killer.expect(RESULT(1, {}, [200]));
    await quiet();
    expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 0 });
  });
});

class StuckLine implements Transport {
  readonly serializer = json();
  bufferedBytes = 0;
  last: unknown[] = [];
  private receiver: TransportReceiver | undefined;

  constructor(router: Router) {
    router.attach(this, { kind: 'stuck' });
    this.say(HELLO('realm1', { roles: { subscriber: {} } }));
    this.say(SUBSCRIBE(1, {}, topic));
  }
  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }
  say(list: readonly unknown[]): void {
    this.receiver?.frame(JSON.stringify(list));
  }
  send(frame: string): void {
    this.bufferedBytes += frame.length;
    this.last = JSON.parse(frame);
  }
  pause(): void {}
  resume(): void {}
  close(): void {
    this.receiver?.closed({ clean: true });
    this.receiver = undefined;
  }
}

describe('the total of what waits for all sessions', () => {
  test('[G2] [R84] is limited: the session with most ends, the others stay', async () => {
    const { router, log } = ticking({ realms: { realm1: 'open' }, limits: { maxTotalQueuedBytes: 100_000 } });
    const lines = [new StuckLine(router), new StuckLine(router), new StuckLine(router)];
    const [full] = lines as [StuckLine];
    await quiet();
    const publisher = await join(router);
    full.bufferedBytes = 60_000;
    for (let i = 1; i <= 10; i++) publisher.send(PUBLISH(i, {}, topic, ['x'.repeat(2000)]));
    await quiet();
    expect(full.last[2]).toBe('autostrada.error.slow_consumer');
    expect(router.stats()).toMatchObject({ sessions: 3, slowConsumers: 1 });
    expect(log.filter(({ level }) => level === 'warn')[0]?.message).toContain('limits.maxTotalQueuedBytes');
    for (const line of lines) line.close();
  });

  test('[G2] [R84] does not include a session that reads nothing for queueTimeoutMs: it ends, by a clock that is never set back', async () => {
    const clock = new ManualClock();
    const router = new Router({ realms: { realm1: 'open' }, limits: { queueTimeoutMs: 60_000 } }, { clock });
    const [stuck, slow] = [new StuckLine(router), new StuckLine(router)];
    const publisher = await join(router);
    publisher.send(PUBLISH(1, {}, topic, ['x'.repeat(100_000)]));
    await quiet();
    for (let i = 0; i < 6; i++) {
      await clock.advance(15_000);
      slow.bufferedBytes -= 1000;
    }
    await quiet();
    expect(stuck.last[2]).toBe('autostrada.error.slow_consumer');
    expect(slow.last[0]).toBe(Code.EVENT);
    expect(router.stats().sessions).toBe(2);
    slow.close();
    publisher.close();
    await quiet();
    expect(clock.pending).toBe(0);
  });
});

test('[G2] after a connection is lost, its own waiting requests are dropped; what it published is still delivered', async () => {
  const { router } = ticking();
  const [watcher, lost] = [await join(router), await join(router)];
  watcher.send(SUBSCRIBE(1, {}, 'wamp.subscription.on_create'), SUBSCRIBE(2, {}, topic));
  await watcher.next();
  await watcher.next();
  const asked = Array.from({ length: MANY }, (_, i) => SUBSCRIBE(i + 1, {}, `com.example.late.${i}`));
  lost.send(...asked, PUBLISH(MANY + 1, {}, topic, ['the last word']));
  lost.close();
  await quiet();
  const heard = events(watcher);
  expect(heard.filter((first) => first === 'the last word')).toHaveLength(1);
  expect(heard.length).toBeLessThan(MANY / 2);
  expect(router.stats()).toMatchObject({ sessions: 1, subscriptions: 2 });
});
