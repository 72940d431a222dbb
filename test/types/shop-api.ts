// The contract that (b), (c) and (e) share: types only, nothing of it is in a bundle.
import type { Result } from 'autostrada';

export interface Item {
  readonly sku: string;
  readonly title: string;
  readonly stock: number;
}
export interface Order {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}
export interface ShopApi {
  procedures: {
    'com.shop.price': { args: [sku: string]; kwargs: { currency?: string }; result: number };
    'com.shop.item.get': { args: [sku: string]; result: Item };
    'com.shop.item.restock': { args: [sku: string, by: number] };
    'com.shop.order.place': {
      args: [order: Order];
      kwargs: { idempotency_key: string };
      result: Result<[id: string, total: number]>;
    };
    'com.shop.report.build': { args: [month: string]; progress: number; result: { rows: number; csv: string } };
  };
  topics: {
    'com.shop.price_changed': { args: [sku: string, price: number]; kwargs: { currency: string } };
    'com.shop.order_placed': { args: [order: Order] };
    [uri: `com.shop.item.${string}.changed`]: { args: [item: Item] };
  };
}
