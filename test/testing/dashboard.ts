/*
 * A dashboard as somebody would write it, with gaps filled in three ways; its test is dashboard.test.ts.
 */
import { Connection, type ConnectionOptions, fromHistory, type Status } from 'autostrada';
import type { Item, Order, ShopApi } from '../types/shop-api.ts';

function badgeOf(status: Status): string {
  switch (status.state) {
    case 'idle':
    case 'connecting':
      return 'connecting …';
    case 'joined':
      return `online as ${status.session.authid}`;
    case 'waiting':
      return status.retryAt ? `offline, again at ${status.retryAt.toISOString()}` : 'no network';
    case 'closed':
      return status.error ? `signed out: ${status.error.message}` : 'closed';
    default:
      return status satisfies never;
  }
}

export interface Dashboard {
  readonly connection: Connection<ShopApi>;
  readonly items: ReadonlyMap<string, Item>;
  readonly orders: readonly Order[];
  readonly prices: ReadonlyMap<string, number>;
  readonly badges: readonly string[];
  readonly isStale: boolean;
}

export function openDashboard(options: Pick<ConnectionOptions, 'url'> & Partial<ConnectionOptions<ShopApi>>): Dashboard {
  const connection = new Connection<ShopApi>({ realm: 'shop', ...options });
  const badges: string[] = [];
  connection.on('status', (status) => badges.push(badgeOf(status)));

  // 1. State topics: the router keeps the last event, and every (re)subscribe asks for it. No code.
  const items = new Map<string, Item>();
  connection.subscribe('com.shop.item..changed', ([item]) => items.set(item.sku, item), { match: 'wildcard', get_retained: true });

  // 2. A log: what was missed comes from the router's history, in order, each event once.
  const orders: Order[] = [];
  const log = connection.subscribe('com.shop.order_placed', ([order]) => void orders.push(order), {
    recoverWith: fromHistory({ limit: 500 }),
  });

  // 3. The app's own snapshot: runs after SUBSCRIBED, live events wait until it is there.
  const prices = new Map<string, number>();
  connection.subscribe('com.shop.price_changed', ([sku, price]) => void prices.set(sku, price), {
    recoverWith: async ({ signal }) => {
      for (const sku of items.keys()) prices.set(sku, await connection.call('com.shop.price', [sku], null, { signal }));
    },
  });
  return {
    connection,
    items,
    orders,
    prices,
    badges,
    get isStale() {
      return log.state !== 'active';
    },
  };
}
