/* A stream of events whose subscriber loses its connection, end to end. */
import { fromHistory, type Match, type Session } from 'autostrada';
import type { RouterConfig } from 'autostrada/router';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';

const config: RouterConfig = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: { guest: { permissions: 'all' } },
      history: [
        { uri: 'com.example.ticks', limit: 1000 },
        { uri: 'com.example.game.', match: 'prefix', limit: 1000 },
      ],
    },
  },
};

/** The line is lost: no GOODBYE. */
function cut(session: Session | undefined): void {
  (session as unknown as { link: { close(): void } }).link.close();
}

function contract(bench: Bench): void {
  it.each<[Match, string, string]>([
    ['exact', 'com.example.ticks', 'com.example.ticks'],
    ['prefix', 'com.example.game.', 'com.example.game.7'],
  ])(
    '[N10] a %s subscription with fromHistory() gets every event once, in order, even if the connection is cut',
    async (match, uri, topic) => {
      const subscriber = bench.connect({ retry: { minMs: 5, maxMs: 5 } });
      const publisher = bench.connect();
      const [got, errors]: [number[], unknown[]] = [[], []];
      subscriber.on('status', () => {});
      subscriber.on('error', (error) => errors.push(error));
      await subscriber.subscribe(uri, ([n]: [number]) => got.push(n), { match, recoverWith: fromHistory() }).ready;
      const count = 90;
      for (let n = 1; n <= count; n++) {
        const published = publisher.publish(topic, [n], null, { acknowledge: true });
        if (n % 30 === 10) cut(subscriber.session);
        if (n % 30 === 20) await subscriber.open(); // and the rest comes live, or while the gap is filled
        await published;
      }
      await expect.poll(() => got.length).toBeGreaterThanOrEqual(count);
      expect(got).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(errors).toEqual([]);
    },
  );

  it('[N10] a snapshot is taken while live events wait, so that the final state is right', async () => {
    const subscriber = bench.connect({ retry: { minMs: 5, maxMs: 5 } });
    const publisher = bench.connect();
    subscriber.on('status', () => {});
    let price = 0;
    await publisher.register('com.example.price', () => price).ready;
    const set = async (value: number): Promise<void> => {
      price = value;
      await publisher.publish('com.example.price_changed', [value], null, { acknowledge: true });
    };
    let shown = -1;
    let snapshots = 0;
    await subscriber.subscribe('com.example.price_changed', ([value]: [number]) => (shown = value), {
      recoverWith: async ({ session, signal }) => {
        shown = await session.call<number>('com.example.price', [], null, { signal });
        snapshots++;
      },
    }).ready;
    await expect.poll(() => shown).toBe(0);
    await set(1);
    await expect.poll(() => shown).toBe(1);
    cut(subscriber.session);
    await set(2);
    await subscriber.open();
    await set(3);
    await expect.poll(() => snapshots).toBe(2);
    await expect.poll(() => shown).toBe(3);
  });
}

overMatrix('gaps', contract, config);
