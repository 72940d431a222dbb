/*
 * What the types of recoveries must accept, infer and refuse. Compiled, never run.
 */
import { type Connection, fromHistory, type Gap, type Recovery, type Session, type Untyped } from 'autostrada';
import type { Item, Order, ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

declare const typed: Connection<ShopApi>;
declare const untyped: Connection;
declare const open: Connection<ShopApi & Untyped>;
declare const session: Session;

// ── fromHistory fits everything, and takes nothing from what is inferred
typed.subscribe('com.shop.order_placed', ([order]) => type(order).is<Order>(true), { recoverWith: fromHistory({ limit: 500 }) });
typed.subscribe('com.shop.item..changed', ([item]) => type(item).is<Item>(true), { match: 'wildcard', recoverWith: fromHistory() });
untyped.subscribe('com.any', ([n]: [number]) => type(n).is<number>(true), { recoverWith: fromHistory() });
open.subscribe('com.any', ([n]: [number]) => n, { recoverWith: fromHistory() });
type(fromHistory()).is<Recovery>(true);

// ── the app's own
typed.subscribe('com.shop.price_changed', () => {}, {
  recoverWith: async ({ gap, session, subscription, deliver, signal }) => {
    type(gap).is<Gap | undefined>(true);
    type(subscription.id).is<number>(true);
    type(signal).is<AbortSignal>(true);
    await session.call('com.any', [], null, { signal });
    deliver({ args: ['a1', 2], kwargs: { currency: 'CHF' }, details: { publication: 1, subscription: 2, topic: 'a' } });
    // @ts-expect-error no such event
    deliver({ args: [1, 2], kwargs: { currency: 'CHF' }, details: { publication: 1, subscription: 2, topic: 'a' } });
  },
});
untyped.subscribe('com.any', ([n]: [number]) => n, {
  recoverWith: ({ deliver }) => {
    deliver({ args: [1], kwargs: {}, details: { publication: 1, subscription: 2, topic: 'a' } });
    // @ts-expect-error no such event
    deliver({ args: ['x'], kwargs: {}, details: { publication: 1, subscription: 2, topic: 'a' } });
  },
});
// @ts-expect-error a recovery is a function
untyped.subscribe('com.any', () => {}, { recoverWith: 'history' });
// @ts-expect-error a session has no gaps: it ends with its connection
void session.subscribe('com.any', () => {}, { recoverWith: fromHistory() });
// @ts-expect-error a number
fromHistory({ limit: '5' });
