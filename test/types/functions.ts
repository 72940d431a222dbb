/*
 * What the types of the functions must accept, infer and refuse. Compiled, never run.
 */
import {
  type ApplicationError,
  type CallStream,
  type Connection,
  callStream,
  type Dict,
  defineError,
  drain,
  type EventStream,
  events,
  nextEvent,
  type RegistrationGroup,
  type Requester,
  Result,
  registerAll,
  type Session,
  type Status,
  statuses,
  type WampEvent,
  withOptions,
} from 'autostrada';
import { ManualClock, TestRouter } from 'autostrada/testing';
import type { Item, ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

declare const shop: Connection<ShopApi>;
declare const session: Session<ShopApi>;
declare const untyped: Connection;
// biome-ignore lint/suspicious/noExplicitAny: no contract, spelt out
declare const anything: Connection<any>;
declare const asks: Requester<ShopApi>;
declare const name: string;

// ── events, nextEvent
type(events(shop, 'com.shop.price_changed')).is<EventStream<[sku: string, price: number], { currency: string }>>(true);
type(events(session, `com.shop.item.${name}.changed`, { onOverflow: 'latest' })).is<EventStream<[item: Item], {}>>(true);
type(events(shop, 'com.shop.item..changed', { match: 'wildcard' })).is<EventStream<[item: Item], {}>>(true);
for await (const { args, kwargs } of events(shop, 'com.shop.price_changed')) {
  type(args[1]).is<number>(true);
  type(kwargs.currency).is<string>(true);
}
type(events(untyped, 'com.any')).is<EventStream<readonly unknown[], Dict>>(true);
type(events<[string]>(untyped, 'com.any')).is<EventStream<[string], Dict>>(true);
type(events<[string]>(anything, 'com.any', { match: 'prefix', maxBuffered: 3 })).is<EventStream<[string], Dict>>(true);
type((await nextEvent(shop, 'com.shop.order_placed')).args[0].id).is<string>(true);
type(await nextEvent<[number]>(untyped, 'com.any', { timeoutMs: 5 })).is<WampEvent<[number], Dict>>(true);
for await (const { args } of events(shop, 'wamp.session.on_join')) type(args[0].authid).is<string>(true);
// @ts-expect-error a typo
events(shop, 'com.shop.price_chnged');
// @ts-expect-error a typo
void nextEvent(session, 'com.shop.price_chnged');
// @ts-expect-error no such policy
events(shop, 'com.shop.price_changed', { onOverflow: 'drop' });
// @ts-expect-error a requester does not subscribe
events(asks, 'com.shop.price_changed');

// ── callStream
type(callStream(shop, 'com.shop.report.build', ['2026-11'])).is<CallStream<number, { rows: number; csv: string }>>(true);
type(callStream(asks, 'com.shop.report.build', ['2026-11'], null, { maxBuffered: 3, timeoutMs: 5 })).is<
  CallStream<number, { rows: number; csv: string }>
>(true);
type(callStream(untyped, 'com.any')).is<CallStream<unknown, unknown>>(true);
type(callStream<number, string>(untyped, 'com.any', [1])).is<CallStream<number, string>>(true);
// @ts-expect-error a typo
callStream(shop, 'com.shop.report.bild', ['2026-11']);
// @ts-expect-error an argument is missing
callStream(shop, 'com.shop.report.build');

// ── statuses, withOptions
for await (const status of statuses(shop)) type(status).is<Status>(true);
type(withOptions(shop, { timeoutMs: 5 })).is<Requester<ShopApi>>(true);
type(await withOptions(session, { disclose_me: true, _x: 1 }).call('com.shop.price', ['a1'])).is<number>(true);
// @ts-expect-error not for more than one request
withOptions(shop, { onProgress: () => {} });

// ── registerAll, drain
type(
  registerAll(shop, {
    'com.shop.price': ([sku], { currency = 'EUR' }) => sku.length + currency.length,
    'com.shop.order.place': ([order]) => new Result([order.id, 1]),
    'com.shop.report.build': async function* ([month]) {
      yield month.length;
      return { rows: 1, csv: '' };
    },
  }),
).is<RegistrationGroup>(true);
registerAll(untyped, { 'com.any': ([n]: [number]) => n, 'com.other': () => {} }, { invoke: 'random' });
// @ts-expect-error a typo
registerAll(shop, { 'com.shop.prise': () => 1 });
// @ts-expect-error the price is a number
registerAll(shop, { 'com.shop.price': () => 'much' });
type((await drain(shop, { timeoutMs: 5 })).interrupted).is<boolean>(true);

// ── defineError
const OutOfStock = defineError<[sku: string], { readonly left: number }>('com.shop.error.out_of_stock');
const Plain = defineError('com.shop.error.plain');
declare const error: unknown;
if (error instanceof OutOfStock) {
  type(error.args).is<[sku: string]>(true);
  type(error.kwargs.left).is<number>(true);
}
if (OutOfStock.is(error)) type(error).is<ApplicationError<[sku: string], { readonly left: number }>>(true);
new OutOfStock(['a1'], { left: 3 }, { cause: error });
new Plain();
// @ts-expect-error keywords are missing
new OutOfStock(['a1']);
// @ts-expect-error another type
new OutOfStock([1], { left: 3 });
// @ts-expect-error takes nothing
new Plain(['a1']);

// ── testing
const router = new TestRouter({ realms: { shop: 'open' } }, { clock: new ManualClock() });
type(router.down()).is<() => void>(true);
router.cut({ authid: 'joe', session: 1, authrole: 'user' });
// @ts-expect-error no such key
router.cut({ user: 'joe' });
