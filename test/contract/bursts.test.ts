/*
 * WAMP "Ordering Guarantees" when very much comes at once: the router cuts bursts and fan-outs into slices, clients are read in batches, and nothing may
 * overtake anything on the way.
 */
import { json, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import { freshBench } from '../fixtures/matrix.ts';
import type { WayName } from '../fixtures/ways.ts';

const BURST = 5000;
const inOrder = (count: number): number[] => [...Array(count).keys()];

const over: readonly (readonly [WayName, string, () => Serializer])[] = [
  ['memory', 'json', () => json()],
  ['websocket', 'json', () => json()],
  ['websocket', 'cbor', () => cbor()],
  ['rawsocket', 'msgpack', () => msgpack()],
  ['longpoll', 'json', () => json()],
];

for (const [way, name, serializer] of over) {
  describe(`a burst over ${way}, ${name}`, () => {
    const bench = freshBench(way, serializer);

    /** What a subscriber hears, by publisher. */
    async function listener(
      topic: string,
      match: 'exact' | 'prefix' | 'wildcard' = 'exact',
    ): Promise<ReadonlyMap<string, number[]>> {
      const heard = new Map<string, number[]>();
      const take = ([who, n]: [string, number]): void => {
        const numbers = heard.get(who);
        if (numbers) numbers.push(n);
        else heard.set(who, [n]);
      };
      await bench.connect().subscribe(topic, take, { match }).ready;
      return heard;
    }

    test('[G2] [R28] [C32] of publications, by two sessions to two topics each, reaches every subscriber in the order of each publisher', async () => {
      const all = [await listener('com.burst.', 'prefix'), await listener('com..one', 'wildcard'), await listener('com.burst.one')];
      const publishers = [bench.connect(), bench.connect()];
      for (const publisher of publishers) await publisher.open();
      for (let n = 0; n < BURST; n++) {
        for (const [i, publisher] of publishers.entries())
          publisher.publish(n % 2 === 0 ? 'com.burst.one' : 'com.burst.two', [`${i}`, n]);
      }
      const even = inOrder(BURST).filter((n) => n % 2 === 0);
      for (const [i, heard] of all.entries()) {
        const expected = i === 0 ? inOrder(BURST) : even;
        for (const who of ['0', '1']) {
          await expect.poll(() => heard.get(who)?.length, { timeout: 15_000 }).toBe(expected.length);
          expect(heard.get(who)).toEqual(expected);
        }
      }
      expect(bench.router.stats()).toMatchObject({ droppedEvents: 0, droppedPublications: 0 });
    });

    test('[G2] [R56] [R42] of calls to two procedures reaches their callee in the order of the caller', async () => {
      const [callee, caller] = [bench.connect(), bench.connect()];
      const asked: number[] = [];
      const take = ([n]: [number]): number => asked.push(n);
      await callee.register('com.burst.one', take).ready;
      await callee.register('com.burst.two', take).ready;
      await caller.open();
      const calls = inOrder(BURST).map((n) => caller.call<number>(n % 2 === 0 ? 'com.burst.one' : 'com.burst.two', [n]));
      expect(await Promise.all(calls)).toEqual(inOrder(BURST).map((n) => n + 1));
      expect(asked).toEqual(inOrder(BURST));
    });

    test('[G2] [R28] [R44] of calls that publish before they answer: each caller hears the event before the result', async () => {
      const [callee, caller] = [bench.connect(), bench.connect()];
      const others = await Promise.all(inOrder(20).map(() => listener('com.burst.done')));
      const seen: string[] = [];
      await caller.subscribe('com.burst.done', ([, n]: [string, number]) => void seen.push(`event ${n}`)).ready;
      const work = ([n]: [number]): number => {
        callee.publish('com.burst.done', ['callee', n]);
        return n;
      };
      await callee.register('com.burst.work', work).ready;
      const count = BURST / 10;
      await Promise.all(
        inOrder(count).map((n) => caller.call<number>('com.burst.work', [n]).then((got) => seen.push(`result ${got}`))),
      );
      for (const n of inOrder(count)) expect(seen.indexOf(`event ${n}`)).toBeLessThan(seen.indexOf(`result ${n}`));
      for (const heard of others) {
        await expect.poll(() => heard.get('callee')?.length).toBe(count);
        expect(heard.get('callee')).toEqual(inOrder(count));
      }
    });

    test('[G2] [R48] [R51] of progressive results comes in order, with the last one at the end', async () => {
      const [callee, caller] = [bench.connect(), bench.connect()];
      await callee.register('com.burst.count', (_args, _kwargs, { sendProgress }) => {
        for (let n = 0; n < BURST; n++) sendProgress(n);
        return 'end';
      }).ready;
      const seen: unknown[] = [];
      seen.push(await caller.call('com.burst.count', [], null, { onProgress: (value) => seen.push(value) }));
      expect(seen).toEqual([...inOrder(BURST), 'end']);
    });

    test('[G2] [R28] of events has none before SUBSCRIBED, and none is missing after it', async () => {
      const publisher = bench.connect();
      await publisher.open();
      let isDone = false;
      const flood = async (): Promise<void> => {
        while (!isDone) {
          for (let n = 0; n < 100; n++) publisher.publish('com.burst.flood', ['flood', n]);
          await publisher.publish('com.burst.flood', ['flood', 100], null, { acknowledge: true });
        }
      };
      const flooding = flood();
      for (let i = 0; i < 20; i++) {
        const connection = bench.connect();
        const failures: unknown[] = [];
        connection.on('error', (error) => failures.push(error));
        const heard: number[] = [];
        const subscription = await connection.subscribe('com.burst.flood', ([, n]: [string, number]) => void heard.push(n)).ready;
        await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThan(100);
        expect(heard.slice(1).every((n, k) => n === ((heard[k] as number) + 1) % 101)).toBe(true);
        await subscription.unsubscribe();
        expect(failures).toEqual([]);
      }
      isDone = true;
      await flooding;
    });
  });
}
