import { expect, it } from 'vitest';
import { type Bench, overMatrix, overMixed } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

type Heard = { args: unknown; kwargs: unknown; details: { publication: number; topic: string } };

function listener(): { heard: Heard[]; handler: (args: unknown, kwargs: unknown, details: Heard['details']) => void } {
  const heard: Heard[] = [];
  return { heard, handler: (args, kwargs, details) => void heard.push({ args, kwargs, details }) };
}

function contract(bench: Bench): void {
  it('[R20] [C32] an event reaches every subscriber, with one publication id', async () => {
    const [publisher, ...subscribers] = [bench.connect(), bench.connect(), bench.connect(), bench.connect()];
    const ears = await Promise.all(
      subscribers.map(async (subscriber) => {
        const ear = listener();
        await subscriber.subscribe('com.example.news', ear.handler as () => void).ready;
        return ear;
      }),
    );
    const { id } = await publisher.publish('com.example.news', ['extra'], { n: 1 }, { acknowledge: true });
    for (const { heard } of ears) await expect.poll(() => heard.length).toBe(1);
    expect(ears.map(({ heard }) => heard[0])).toEqual(
      ears.map(() => ({
        args: ['extra'],
        kwargs: { n: 1 },
        details: expect.objectContaining({ publication: id, topic: 'com.example.news' }),
      })),
    );
  });

  it('[R24] [C21] an event does not reach its publisher, unless it asks for that', async () => {
    const connection = bench.connect();
    const { heard, handler } = listener();
    await connection.subscribe('com.example.news', handler as () => void).ready;
    await connection.publish('com.example.news', [1], null, { acknowledge: true });
    await connection.publish('com.example.news', [2], null, { acknowledge: true, exclude_me: false });
    await expect.poll(() => heard.map(({ args }) => args)).toEqual([[2]]);
  });

  it('[R28] events keep the order of a publisher, over all topics', async () => {
    const [publisher, subscriber] = [bench.connect(), bench.connect()];
    const order: unknown[] = [];
    await subscriber.subscribe('com.example.one', ([n]: [number]) => order.push(n)).ready;
    await subscriber.subscribe('com.example.two', ([n]: [number]) => order.push(n)).ready;
    const session = await publisher.open();
    for (let n = 0; n < 100; n++) session.publish(`com.example.${n % 3 ? 'one' : 'two'}`, [n]);
    await expect.poll(() => order.length).toBe(100);
    expect(order).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('[C31] [R21] events stop when the last of several handlers unsubscribes', async () => {
    const [publisher, subscriber] = [bench.connect(), bench.connect()];
    const order: string[] = [];
    const first = await subscriber.subscribe('com.example.news', () => order.push('first')).ready;
    const second = await subscriber.subscribe('com.example.news', () => order.push('second')).ready;
    const publish = (): Promise<unknown> => publisher.publish('com.example.news', [], null, { acknowledge: true });
    await publish();
    await expect.poll(() => order).toEqual(['first', 'second']);
    await first.unsubscribe();
    await publish();
    await expect.poll(() => order).toEqual(['first', 'second', 'second']);
    await second.unsubscribe();
    expect(subscriber.session?.subscriptions).toEqual([]);
    await publish();
    await subscriber.call('com.example.flush').catch(() => {}); // answers come after events
    expect(order.length).toBe(3);
  });

  it('[R23] [C20] the broker acknowledges publications, and refuses forbidden ones', async () => {
    const connection = bench.connect();
    const publication = await connection.publish('com.example.nobody.listens', [], null, { acknowledge: true });
    expect(publication.id).toBeGreaterThanOrEqual(1);
    expect(await failure(connection.publish('not a uri', [], null, { acknowledge: true }))).toMatchObject({
      uri: 'wamp.error.invalid_uri',
    });
  });

  it('[R11] events stay within their realm', async () => {
    const [here, there] = [bench.connect(), bench.connect({ realm: 'realm2' })];
    const { heard, handler } = listener();
    await there.subscribe('com.example.news', handler as () => void).ready;
    await here.publish('com.example.news', [], null, { acknowledge: true });
    await there.call('com.example.flush').catch(() => {});
    expect(heard).toEqual([]);
  });
}

overMatrix('events', contract);

overMixed('events', (_bench, pair) => {
  it('[R83] events carry bytes, big integers and text', async () => {
    const [publisher, subscriber] = pair();
    const { heard, handler } = listener();
    await subscriber.subscribe('com.example.news', handler as () => void).ready;
    const args = [new Uint8Array([1, 2, 3]), 2 ** 53, '\u0000not base64', { deep: [new Uint8Array(0)] }];
    await publisher.publish('com.example.news', args, null, { acknowledge: true });
    await expect.poll(() => heard.length).toBe(1);
    expect(heard[0]?.args).toEqual(args);
  });
});
