/* What `autostrada/testing` is for: the tests of somebody's service. The real router in this process, faults on demand, no sockets, no sleeps. */
import { ApplicationError, Connection, ConnectionLostError, callStream, drain, nextEvent } from 'autostrada';
import { ManualClock, TestRouter } from 'autostrada/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Item, ShopApi } from '../types/shop-api.ts';
import { type Backend, OutOfStock, startShop, UnknownSku } from './shop-service.ts';

let router: TestRouter;
let clock: ManualClock;
let shop: ReturnType<typeof startShop>;
let customer: Connection<ShopApi>;
const items = new Map<string, Item>();

const backend: Backend = {
  find: async (sku) => items.get(sku),
  price: async () => 9.5,
  save: async (item) => void items.set(item.sku, item),
  rows: async function* () {
    for (let n = 0; n < 250; n++) yield `row ${n}`;
  },
};

beforeEach(async () => {
  items.clear();
  items.set('a1', { sku: 'a1', title: 'Anvil', stock: 3 });
  clock = new ManualClock();
  router = new TestRouter({ realms: { shop: 'open' } }, { clock });
  // Without jitter both come back at the same time, the service first.
  const environment = { clock, random: () => 0.5 };
  shop = startShop(backend, { url: router.as({ authid: 'shop', authrole: 'service' }), environment });
  customer = new Connection({ url: router.as({ authid: 'joe', authrole: 'customer' }), realm: 'shop', environment });
  for (const connection of [shop.connection, customer]) connection.on('status', () => {});
  await shop.endpoints.ready;
});
afterEach(async () => {
  await customer.close();
  await shop.connection.close();
  expect(router.sessions).toEqual([]);
  await router.close();
});

test('the service gives the price', async () => {
  expect(await customer.call('com.shop.price', ['a1'])).toBe(9.5);
});

test('an order returns id and total', async () => {
  const order = { id: 'o1', lines: [{ sku: 'a1', quantity: 2 }] };
  const { args } = await customer.call('com.shop.order.place', [order], { idempotency_key: 'k1' });
  const [id, total] = args;
  expect([id, total]).toEqual(['o1', 19]);
});

test('errors keep their type and payload across the wire', async () => {
  const error = await customer.call('com.shop.item.get', ['nope']).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(UnknownSku);
  expect(error).toBeInstanceOf(ApplicationError);
  if (error instanceof UnknownSku) expect(error.args[0].toUpperCase()).toBe('NOPE');

  const order = { id: 'o2', lines: [{ sku: 'a1', quantity: 9 }] };
  const refused = await customer.call('com.shop.order.place', [order], { idempotency_key: 'k2' }).catch((error: unknown) => error);
  expect(OutOfStock.is(refused) && refused.kwargs.left).toBe(3);
});

test('restocking is reported to watching clients', async () => {
  const changed = nextEvent(customer, 'com.shop.item.a1.changed', { timeoutMs: 1_000 });
  await customer.call('com.shop.item.restock', ['a1', 4]);
  expect((await changed).args[0].stock).toBe(7);
});

test('a report shows its progress', async () => {
  const report = callStream(customer, 'com.shop.report.build', ['2026-11']);
  const progress: number[] = [];
  for await (const rows of report) progress.push(rows);
  expect([progress, (await report.result).rows]).toEqual([[100, 200], 250]);
});

test('the service comes back after the router was down, and its clients do not notice', async () => {
  const up = router.down();
  const price = customer.call('com.shop.price', ['a1']); // waits: nothing was sent
  await clock.advance(10_000);
  up();
  await clock.advance(15_000);
  expect(await price).toBe(9.5);
  expect(router.count('REGISTER', { authid: 'shop' })).toBe(10);
});

test('the service takes its procedures back from its own lost session', async () => {
  const gone = router.ghosts();
  router.cut({ authid: 'shop' });
  await clock.advance(1_000);
  expect(shop.endpoints.registrations.map(({ state }) => state)).toContain('lost');
  gone();
  await clock.advance(30_000);
  expect(shop.endpoints.registrations.every(({ state }) => state === 'active')).toBe(true);
});

test('a connection that is lost during a call says that the order may have been carried out', async () => {
  router.cutDuring('RESULT', { authid: 'joe' });
  const order = { id: 'o3', lines: [{ sku: 'a1', quantity: 1 }] };
  const error = await customer.call('com.shop.order.place', [order], { idempotency_key: 'k3' }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConnectionLostError);
  if (error instanceof ConnectionLostError) expect(error.delivery).toBe('unknown');
});

test('[N4] the service notices a half-open connection', async () => {
  const restore = router.blackhole({ authid: 'shop' });
  await clock.advance(30_000); // 20 s of silence, 10 s for the probe
  expect(shop.connection.status.state).toBe('waiting');
  restore();
  await clock.advance(30_000);
  expect(shop.connection.status.state).toBe('joined');
});

test('the service finishes running calls before it ends', async () => {
  const report = customer.call('com.shop.report.build', ['2026-11']);
  await router.settled();
  const drained = drain(shop.connection, { timeoutMs: 5_000 });
  expect((await report).rows).toBe(250);
  expect((await drained).interrupted).toBe(false);
  await expect(customer.call('com.shop.price', ['a1'])).rejects.toMatchObject({ uri: 'wamp.error.no_such_procedure' });
});
