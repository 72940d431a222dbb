/* Events to many that come close together: they share writes, and it looks as if each had gone to everybody at its publication. */
import { json, type Transport, type TransportReceiver } from 'autostrada';
import { type LogEntry, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EventSeries } from '../../src/router/session/event-series.ts';
import { ManualClock } from '../fixtures/manual-clock.ts';
import { CALL, Code, HELLO, PUBLISH, REGISTER, SUBSCRIBE, UNSUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import type { ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { join, subscribe } from './open-router.ts';

/** While it is busy, five milliseconds have passed whenever it is asked. */
class BusyClock extends ManualClock {
  isBusy = false;
  private spentMs = 0;
  override elapsed(): number {
    if (this.isBusy) this.spentMs += 5;
    return super.elapsed() + this.spentMs;
  }
}

/** More than are served at once. */
const MANY = 80;
const topic = 'com.example.topic';

async function slices(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** A connection that counts how often it is written to, and can be given several frames at once. */
class Writes implements Transport {
  readonly serializer = json();
  bufferedBytes = 0;
  readonly hasUtf8 = true;
  readonly maxFrameBytes: number | undefined;
  readonly writes: unknown[][] = [];
  readonly lists: (readonly unknown[])[] = [];
  private receiver: TransportReceiver | undefined;

  constructor(router: Router, roles: object = { subscriber: {}, publisher: {}, caller: {}, callee: {} }, maxFrameBytes?: number) {
    this.maxFrameBytes = maxFrameBytes;
    router.attach(this, { kind: 'writes' });
    this.say(HELLO('realm1', { roles }));
    this.take();
  }
  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    onTestFinished(() => this.close());
  }
  say(...lists: (readonly unknown[])[]): void {
    for (const list of lists) this.receiver?.frame(new TextEncoder().encode(JSON.stringify(list)));
  }
  send(frame: Uint8Array | string): void {
    this.writes.push([read(frame)]);
  }
  sendAll(frames: readonly Uint8Array[]): void {
    this.lists.push(frames);
    this.writes.push(frames.map(read));
  }
  /** What was written, and forgets it. Of an EVENT its first argument, of everything else its code. */
  take(): unknown[][] {
    const writes = this.writes.splice(0);
    return writes.map((write) => write.map((message) => brief(message as unknown[])));
  }
  close(): void {
    this.receiver?.closed({ clean: true });
    this.receiver = undefined;
  }
}

function read(frame: Uint8Array | string): unknown {
  return JSON.parse(typeof frame === 'string' ? frame : new TextDecoder().decode(frame));
}

function brief(message: readonly unknown[]): unknown {
  return message[0] === Code.EVENT ? (message[4] as unknown[])[0] : message[0];
}

/** Many subscribers to one topic, after a first event to them that took a while: the router rests. */
async function resting(config: RouterConfig = { realms: { realm1: 'open' } }) {
  const clock = new BusyClock();
  const log: LogEntry[] = [];
  const router = new Router(config, { clock, log: (entry) => log.push(entry) });
  onTestFinished(async () => {
    const closed = router.close();
    await clock.advance(2000);
    await closed;
    expect(router.stats()).toMatchObject({ sessions: 0, subscriptions: 0, registrations: 0, calls: 0, queuedBytes: 0 });
    expect(clock.pending).toBe(0);
  });
  const sinks = Array.from({ length: MANY }, () => new Writes(router));
  for (const sink of sinks) sink.say(SUBSCRIBE(1, {}, topic));
  const publisher = await join(router);
  let request = 0;
  const publish = (...values: unknown[]): void => publisher.send(...values.map((value) => PUBLISH(++request, {}, topic, [value])));
  await slices();
  clock.isBusy = true;
  publish('first');
  await slices();
  clock.isBusy = false;
  const [one, last] = [sinks[0], sinks.at(-1)] as [Writes, Writes];
  expect(one.take()).toEqual([[Code.SUBSCRIBED], ['first']]);
  for (const sink of sinks) sink.take();
  return { clock, log, router, sinks, one, last, publisher, publish, nextRequest: () => ++request };
}

describe('events to many', () => {
  test('[J1] go out at once while the router is quiet', async () => {
    const { clock, one, publish } = await resting();
    await clock.advance(1000);
    publish('a');
    await slices();
    expect(one.take()).toEqual([['a']]);
    publish('b'); // writing took no time by the clock, so it did not rest
    await slices();
    expect(one.take()).toEqual([['b']]);
  });

  test('[J1] share a write after a rest, at most 20 ms, and every subscriber the same frames', async () => {
    const { clock, one, last, publish } = await resting();
    publish('a', 'b');
    await slices();
    publish('c');
    await slices();
    expect(one.take()).toEqual([]);
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['a', 'b', 'c']]);
    expect(last.take()).toEqual([['a', 'b', 'c']]);
    expect(one.lists.at(-1)).toBe(last.lists.at(-1));
  });

  test('[J1] [R24] come before what is sent to a subscriber later, and only that subscriber gets them early', async () => {
    const { clock, one, last, publish } = await resting();
    publish('a', 'b');
    await slices();
    one.say(CALL(2, {}, 'wamp.session.count'));
    await slices();
    expect(one.take()).toEqual([['a', 'b'], [Code.RESULT]]);
    publish('c');
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['c']]);
    expect(last.take()).toEqual([['a', 'b', 'c']]);
  });

  test('[J1] [R28] keep the order of their publisher over topics with few and with many subscribers', async () => {
    const { clock, sinks, one, last, publisher, nextRequest, publish } = await resting();
    one.say(SUBSCRIBE(2, {}, 'com.example.few'));
    for (const sink of sinks) sink.say(SUBSCRIBE(3, { match: 'prefix' }, 'com.other.'));
    await slices();
    for (const sink of sinks) sink.take();
    publish('a');
    publisher.send(PUBLISH(nextRequest(), {}, 'com.other.topic', ['b']));
    publish('c');
    publisher.send(PUBLISH(nextRequest(), {}, 'com.example.few', ['d']));
    publish('e');
    await slices();
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['a', 'b', 'c'], ['d'], ['e']]);
    expect(last.take()).toEqual([['a', 'b', 'c', 'e']]);
  });

  test('[J1] [R22] do not reach who subscribes later, and of those that wait none that unsubscribed or left', async () => {
    const { clock, router, one, last, publish } = await resting();
    publish('a');
    await slices();
    const late = new Writes(router);
    late.say(SUBSCRIBE(1, {}, topic));
    last.close();
    publish('b');
    await clock.advance(20);
    await slices();
    expect(late.take()).toEqual([[Code.SUBSCRIBED], ['b']]);
    expect(last.take()).toEqual([]);
    expect(one.take()).toEqual([['a', 'b']]);
  });

  test('[J1] are left out for their own publisher and for whoever is excluded; the others still share', async () => {
    const { clock, sinks, one, last } = await resting();
    one.say(PUBLISH(2, {}, topic, ['a']), PUBLISH(3, { exclude_me: false }, topic, ['b']));
    last.say(PUBLISH(2, {}, topic, ['c']));
    await slices();
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['b', 'c']]);
    expect(last.take()).toEqual([['a', 'b']]);
    expect(sinks[5]?.take()).toEqual([['a', 'b', 'c']]);
    expect(sinks[5]?.lists.at(-1)).toBe(sinks[6]?.lists.at(-1));
  });

  test('[J1] [R84] are bounded: when too many wait, they leave before the rest is over, and their publisher waits', async () => {
    const { one, publish } = await resting();
    const values = Array.from({ length: 1000 }, (_, i) => i);
    publish(...values);
    await slices(500);
    const writes = one.take();
    expect(writes.flat()).toEqual(values.slice(0, writes.flat().length));
    expect(writes.flat().length).toBeGreaterThan(700);
    for (const write of writes) expect(write.length).toBeLessThanOrEqual(258);
  });

  test('[J1] reach every session as they should when each session is left out of other ones: a new beginning is made in time', async () => {
    const { clock, router, sinks, publisher, nextRequest } = await resting();
    const ids = router.sessions.map(({ id }) => id);
    const count = 120;
    const exclude = (value: number): number => (value * 7) % MANY;
    publisher.send(
      ...Array.from({ length: count }, (_, value) => PUBLISH(nextRequest(), { exclude: [ids[exclude(value)]] }, topic, [value])),
    );
    await slices();
    await clock.advance(20);
    await slices();
    for (const [i, sink] of sinks.entries()) {
      const expected = Array.from({ length: count }, (_, value) => value).filter((value) => exclude(value) !== i);
      expect(sink.take().flat()).toEqual(expected);
    }
    let series = new EventSeries();
    for (let i = 0; i < 5000; i++) {
      const event = { event: { type: Code.EVENT, subscription: 1, publication: i, details: {} }, frames: new Map() } as const;
      if (i < 3) series = series.with(event);
      else series.with(event);
    }
    expect(series.events.map(({ event }) => event.publication)).toEqual([0, 1, 2]);
    expect([series.isFull, new EventSeries().isFull]).toEqual([true, false]);
  });

  test('[J1] that are long are sent one by one, each after a look at the queue', async () => {
    const { one, last, publish } = await resting();
    const long = 'x'.repeat(140_000);
    publish(long, long);
    await slices();
    expect(one.take()).toEqual([[long], [long]]);
    expect(one.lists.flat().length).toBe(1); // the first one of all
    expect(last.take()).toEqual([[long], [long]]);
  });

  test('[J1] [R43] that one subscriber cannot take are left out for it only, and that is logged once', async () => {
    const { clock, router, log, one, publish } = await resting();
    const short = new Writes(router, undefined, 3000);
    short.say(SUBSCRIBE(1, {}, topic));
    await slices();
    short.take();
    const long = 'x'.repeat(4000);
    publish('a', long, 'b', long, 'c');
    await slices();
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['a', long, 'b', long, 'c']]);
    expect(short.take()).toEqual([['a'], ['b'], ['c']]);
    expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining('takes 40'),
    ]);
  });

  test('[J1] [R84] are dropped together when the queue of a subscriber is full, and each is counted', async () => {
    const { clock, router, one, last, publish } = await resting({
      realms: { realm1: 'open' },
      limits: { maxQueuedBytes: 1000, onQueueFull: 'drop-events' },
    });
    one.bufferedBytes = 1500;
    one.say(CALL(2, {}, 'wamp.session.count')); // after it the length of the queue is known
    publish('a', 'b', 'c');
    await slices();
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([[Code.RESULT]]);
    expect(last.take()).toEqual([['a', 'b', 'c']]);
    expect(router.stats()).toMatchObject({ droppedEvents: 3 });
    one.bufferedBytes = 0;
    publish('d');
    await clock.advance(20);
    await slices();
    expect(one.take()).toEqual([['d']]);
  });

  test('[J1] [R10] that wait come before the GOODBYE of the router', async () => {
    const { router, one, publish } = await resting();
    publish('a');
    await slices();
    const [first] = router.sessions;
    router.kill(first?.id ?? 0);
    expect(one.take()).toEqual([['a'], [Code.GOODBYE]]);
  });
});

test('[J1] [R24] a call of a subscriber to another one stays behind the events', async () => {
  const { one, last, publish, clock } = await resting();
  last.say(REGISTER(2, {}, 'com.example.add'));
  await slices();
  last.take();
  publish('a');
  await slices();
  one.say(CALL(2, {}, 'com.example.add'));
  await slices();
  const invoked = last.take();
  expect(invoked.map((write) => write.length)).toEqual([1, 1]);
  expect(invoked[0]).toEqual(['a']);
  last.say(YIELD(1, {}));
  await slices();
  expect(one.take()).toEqual([['a'], [Code.RESULT]]);
  await clock.advance(20);
  await slices();
  expect([one.take(), last.take()]).toEqual([[], []]);
});

test('[J1] [R22] an UNSUBSCRIBED ends the events of that subscription, also those that wait', async () => {
  const { one, publish, clock, router } = await resting();
  const peer: ScriptedPeer = await join(router);
  const id = await subscribe(peer, topic);
  publish('a');
  await slices();
  peer.send(UNSUBSCRIBE(2, id));
  await slices();
  expect(peer.unread.map(([code]) => code)).toEqual([Code.UNSUBSCRIBED]);
  await clock.advance(20);
  await slices();
  expect(peer.unread.map(([code]) => code)).toEqual([Code.UNSUBSCRIBED]);
  expect(one.take()).toEqual([['a']]);
});
