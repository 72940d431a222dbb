/*
 * What the types must accept, infer and refuse. Compiled, never run.
 */
import {
  type AnyRequester,
  type Connection,
  type HistoryEvent,
  type PayloadPassthru,
  passthru,
  type Requester,
  Result,
  type Session,
  type Untyped,
} from 'autostrada';
import * as meta from 'autostrada/meta';
import type { Item, ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

declare const typed: Connection<ShopApi>;
declare const session: Session<ShopApi>;
declare const untyped: Connection;
declare const open: Connection<ShopApi & Untyped>;
// biome-ignore lint/suspicious/noExplicitAny: no contract, spelt out
declare const anything: Connection<any>;
declare const asks: Requester<ShopApi>;
declare const uri: string;

// ── call
type(await typed.call('com.shop.price', ['a1'])).is<number>(true);
type(await session.call('com.shop.price', ['a1'], { currency: 'EUR' }, { timeoutMs: 1 })).is<number>(true);
type(await typed.call('com.shop.item.restock', ['a1', 2])).is<void>(true);
type(await typed.call('com.shop.order.place', [{ id: '1', lines: [] }], { idempotency_key: 'k' })).is<
  Result<[id: string, total: number]>
>(true);
type(await typed.call('wamp.session.count')).is<number>(true);
type((await typed.callResult('com.shop.price', ['a1'])).args).is<[number]>(true);
// @ts-expect-error a typo
typed.call('com.shop.prise', ['a1']);
// @ts-expect-error args missing
typed.call('com.shop.price');
// @ts-expect-error wrong type
typed.call('com.shop.price', [1]);
// @ts-expect-error too many
typed.call('com.shop.price', ['a', 'b']);
// @ts-expect-error the classic: not a list
typed.call('com.shop.price', 'a1');
// @ts-expect-error the other classic: options where kwargs belong
typed.call('com.shop.item.get', ['a1'], { timeoutMs: 3 });
// @ts-expect-error kwargs are required here
typed.call('com.shop.order.place', [{ id: '1', lines: [] }]);
// @ts-expect-error unknown keyword
typed.call('com.shop.price', ['a1'], { curency: 'EUR' });
// @ts-expect-error Autobahn's `timeout` limits nothing here
typed.call('com.shop.price', ['a1'], null, { timeout: 5000 });
// @ts-expect-error misspelt option
typed.call('com.shop.price', ['a1'], null, { timeoutMS: 5000 });
typed.call('com.shop.price', ['a1'], null, { _mine: 1, x_cb: true });
// @ts-expect-error a closed contract is closed to computed URIs
typed.call(uri);

// ── untyped, open, any
type(await untyped.call('com.any', [1, 2])).is<unknown>(true);
type(await untyped.call<number>('com.any', [1, 2])).is<number>(true);
type(await untyped.call(uri)).is<unknown>(true);
type(await untyped.call('wamp.session.count')).is<number>(true);
const { args: past, kwargs: cut } = await untyped.callResult('wamp.subscription.get_events', [1], { limit: 5, reverse: true });
type(past).is<readonly HistoryEvent[]>(true);
type(cut.is_limit_reached).is<boolean | undefined>(true);
// @ts-expect-error a filter that is none
untyped.callResult('wamp.subscription.get_events', [1], { limt: 5 });
// @ts-expect-error WAMP's own procedures are typed everywhere
untyped.call('wamp.session.get', ['1']);
// @ts-expect-error the classic is caught without a contract too
untyped.call('com.any', 'hello');
type(await open.call<string>('com.other', [1])).is<string>(true);
type(await open.call('com.shop.price', ['a1'])).is<number>(true);
// @ts-expect-error what an open contract knows, it checks
open.call('com.shop.price', [1]);
open.call(uri, [1]);
type(await anything.call('x', [1])).is<unknown>(true);
const first: number = await untyped.call('x'); // return-type inference is R, as with explicit <number>

// ── register
typed.register('com.shop.price', ([sku], { currency }) => sku.length + (currency?.length ?? 0));
typed.register('com.shop.price', async () => 1);
typed.register('com.shop.item.restock', () => {});
typed.register('com.shop.order.place', ([order]) => new Result([order.id, 1]));
// @ts-expect-error wrong result
typed.register('com.shop.price', () => 'x');
// @ts-expect-error not a Result of that shape
typed.register('com.shop.order.place', ([order]) => [order.id, 1]);
// @ts-expect-error `wamp.` is the router's
typed.register('wamp.session.count', () => 1);
untyped.register('com.add', ([a, b]: [number, number]) => a + b);
// @ts-expect-error reserved without a contract too
untyped.register('wamp.session.count', () => 1);
// @ts-expect-error reserved without a contract too
untyped.publish('wamp.session.on_join', []);
// @ts-expect-error unknown until annotated
untyped.register('com.add', ([a, b]) => a + b);
// @ts-expect-error `await` does not turn a handle into a promise of one: `.ready` does
(await typed.register('com.shop.price', () => 1)).nothing;

// ── publish and subscribe
typed.publish('com.shop.price_changed', ['a1', 2], { currency: 'EUR' });
type(typed.publish('com.shop.price_changed', ['a1', 2], { currency: 'EUR' })).is<void>(true);
type(typed.publish('com.shop.price_changed', ['a1', 2], { currency: 'EUR' }, { acknowledge: true })).is<
  Promise<{ readonly id: number }>
>(true as never);
typed.publish('com.shop.item.a1.changed', [{ sku: 'a1', title: '', stock: 1 }]);
typed.publish(`com.shop.item.${uri}.changed`, [{ sku: 'a1', title: '', stock: 1 }]);
// @ts-expect-error kwargs required
typed.publish('com.shop.price_changed', ['a1', 2]);
// @ts-expect-error wrong payload on a pattern
typed.publish('com.shop.item.a1.changed', [1]);
// @ts-expect-error reserved
typed.publish('wamp.session.on_join', []);
typed.subscribe('com.shop.price_changed', ([sku, price], { currency }, { publisher_authid }) => [
  sku.length,
  price.toFixed(),
  currency,
  publisher_authid,
]);
typed.subscribe('com.shop.item.a1.changed', ([item]) => item.stock);
typed.subscribe('com.shop.item..changed', ([item], _k, { topic }) => [item.stock, topic], { match: 'wildcard' });
typed.subscribe(
  'com.shop.',
  (args) => type(args).is<[sku: string, price: number] | [order: import('./shop-api.ts').Order] | [item: Item]>(true),
  { match: 'prefix' },
);
typed.subscribe('wamp.session.on_join', ([{ authid }]) => authid);
// @ts-expect-error no topic of the contract can match
typed.subscribe('com.shopp.', () => {}, { match: 'prefix' });
// @ts-expect-error not a topic
typed.subscribe('com.shop.price', () => {});
untyped.subscribe('com.any', ([x]: [string]) => x.length);
untyped.subscribe('com.any.', ([x]: [string]) => x.length, { match: 'prefix' });
untyped.subscribe(uri, () => {});

// ── a library that only asks takes a Requester; any contract goes in
async function price(asker: Requester<ShopApi>) {
  return asker.call('com.shop.price', ['a1']);
}
void price(typed);
void price(session);

// ── what works with any contract
declare function library(asker: AnyRequester): void;
for (const asker of [typed, session, untyped, open, anything, asks]) library(asker);
type(await meta.countSessions(typed)).is<number>(true);
type(await meta.findRegistration(session, 'com.shop.price')).is<number | undefined>(true);
await meta.removeCallee(asks, 1, 2, 'com.example.enough');
// @ts-expect-error an id is a number
await meta.getSession(typed, '1');
// @ts-expect-error no such match
await meta.lookupSubscription(typed, 'com.shop.', 'regex');

// ── payload passthru
const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'msgpack' } as const;
type(await typed.call('com.shop.price', ['a1'], null, ppt)).is<number>(true);
typed.publish('com.shop.price_changed', ['a1', 2], { currency: 'EUR' }, { ...ppt, ppt_keyid: uri });
typed.subscribe('com.shop.price_changed', ([sku], _k, { ppt_scheme }) => [sku.length, ppt_scheme?.length]);
untyped.register('com.add', ([a, b]: [number, number], _k, details) => new Result([a + b], {}, { ...details }));
typed.register('com.shop.order.place', ([order]) => new Result([order.id, 1], {}, ppt));
// @ts-expect-error attributes are strings
typed.call('com.shop.price', ['a1'], null, { ppt_scheme: 1 });
// @ts-expect-error a misspelt attribute
typed.call('com.shop.price', ['a1'], null, { ppt_schema: 'x_mine' });
const sealed: PayloadPassthru = { ...passthru(), unpack: (item, { ppt_keyid }) => ({ args: [item.length, ppt_keyid] }) };

export { first, sealed };
