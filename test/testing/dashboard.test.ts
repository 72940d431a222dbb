/* Three kinds of gap, one option: a dashboard whose line is cut, and which shows afterwards what it would have shown without. */
import { Connection } from 'autostrada';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { expect, onTestFinished, test } from 'vitest';
import type { ShopApi } from '../types/shop-api.ts';
import { openDashboard } from './dashboard.ts';

const acknowledge = { acknowledge: true } as const;

test('[N10] a dashboard is complete again after a reconnect: states, log and snapshot', async () => {
  const clock = new ManualClock();
  const authroles = { staff: { permissions: 'all' } } as const;
  const router = new TestRouter(
    { realms: { shop: { authroles, history: [{ uri: 'com.shop.order_placed', limit: 100 }] } } },
    { clock },
  );
  const environment = { clock, random: () => 0.5 };
  const shop = new Connection<ShopApi>({ url: router.as({ authid: 'shop', authrole: 'staff' }), realm: 'shop', environment });
  const dashboard = openDashboard({ url: router.as({ authid: 'ann', authrole: 'staff' }), environment });
  const errors: unknown[] = [];
  dashboard.connection.on('error', (error) => errors.push(error));
  onTestFinished(async () => {
    await dashboard.connection.close();
    await shop.close();
    await router.close();
    expect(clock.pending).toBe(0);
  });

  const priceOf: { [sku: string]: number } = { a1: 10, b2: 20 };
  await shop.register('com.shop.price', ([sku]) => priceOf[sku] ?? 0).ready;
  const stock = (sku: string, count: number): Promise<unknown> =>
    shop.publish(`com.shop.item.${sku}.changed`, [{ sku, title: sku, stock: count }], null, { ...acknowledge, retain: true });
  const order = (id: string): Promise<unknown> => shop.publish('com.shop.order_placed', [{ id, lines: [] }], null, acknowledge);
  const price = (sku: string, value: number): Promise<unknown> => {
    priceOf[sku] = value;
    return shop.publish('com.shop.price_changed', [sku, value], { currency: 'EUR' }, acknowledge);
  };

  await dashboard.connection.open();
  await stock('a1', 3);
  await order('one');
  await price('a1', 11);
  await router.settled();

  router.cut({ authid: 'ann' });
  await dashboard.connection.session?.ended;
  expect([dashboard.isStale, dashboard.badges.at(-1)]).toEqual([true, expect.stringContaining('offline, again at')]);
  await stock('a1', 2);
  await stock('b2', 5);
  await order('two');
  await order('three');
  await price('a1', 12);
  await clock.advance(1000);
  await order('four');
  await price('b2', 21);
  await router.settled();

  expect([...dashboard.items.values()].map(({ sku, stock: count }) => [sku, count])).toEqual([
    ['a1', 2],
    ['b2', 5],
  ]);
  expect(dashboard.orders.map(({ id }) => id)).toEqual(['one', 'two', 'three', 'four']);
  expect(Object.fromEntries(dashboard.prices)).toEqual({ a1: 12, b2: 21 });
  expect([dashboard.isStale, dashboard.badges.at(-1), errors]).toEqual([false, 'online as ann', []]);
});
