/*
 * A service as somebody would write it, whose tests are service.test.ts.
 */
import { Connection, type ConnectionOptions, defineError, type RegistrationGroup, Result, registerAll } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import type { Item, ShopApi } from '../types/shop-api.ts';

export const UnknownSku = defineError<[sku: string]>('com.shop.error.unknown_sku');
export const OutOfStock = defineError<[sku: string], { readonly left: number }>('com.shop.error.out_of_stock');

/** Where the service gets what it needs; the test brings its own. */
export interface Backend {
  find(sku: string): Promise<Item | undefined>;
  price(sku: string, currency: string, signal: AbortSignal): Promise<number>;
  save(item: Item): Promise<void>;
  rows(month: string): AsyncIterable<string>;
}

export function startShop(
  backend: Backend,
  options: Pick<ConnectionOptions, 'url'> & Partial<ConnectionOptions<ShopApi>>,
): { connection: Connection<ShopApi>; endpoints: RegistrationGroup } {
  const connection = new Connection<ShopApi>({ realm: 'shop', serializers: [msgpack()], ...options });
  const known = async (sku: string): Promise<Item> => {
    const item = await backend.find(sku);
    if (!item) throw new UnknownSku([sku]);
    return item;
  };
  const endpoints = registerAll(
    connection,
    {
      'com.shop.price': async ([sku], { currency = 'EUR' }, { signal }) => {
        await known(sku);
        return backend.price(sku, currency, signal);
      },
      'com.shop.item.get': ([sku]) => known(sku),
      'com.shop.item.restock': async ([sku, by]) => {
        const item = await known(sku);
        const changed = { ...item, stock: item.stock + by };
        await backend.save(changed);
        connection.publish(`com.shop.item.${sku}.changed`, [changed], null, { retain: true });
      },
      'com.shop.order.place': async ([order], _kwargs, details) => {
        let total = 0;
        for (const { sku, quantity } of order.lines) {
          const item = await known(sku);
          if (item.stock < quantity) throw new OutOfStock([sku], { left: item.stock });
          total += quantity * (await backend.price(sku, 'EUR', details.signal));
        }
        await connection.publish('com.shop.order_placed', [order], null, { acknowledge: true, retryOnLoss: 'unknown' });
        return new Result([order.id, total]);
      },
      'com.shop.report.build': async function* ([month]) {
        const rows: string[] = [];
        for await (const row of backend.rows(month)) {
          rows.push(row);
          if (rows.length % 100 === 0) yield rows.length;
        }
        return { rows: rows.length, csv: rows.join('\n') };
      },
    },
    { invoke: 'roundrobin', maxConcurrency: 32, maxWaiting: 200 },
  );
  return { connection, endpoints };
}
