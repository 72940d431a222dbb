/*
 * What the verbs must accept and infer beyond the plain call: generic wrappers, unions of URIs, options in variables. Compiled, never run.
 */
import {
  type AcknowledgedOptions,
  type ApiShape,
  type ArgsOf,
  type Callable,
  type CallOptions,
  type CallOptionsOf,
  type Connection,
  callStream,
  type Dict,
  type EndpointOf,
  type EventHandler,
  events,
  type KnownUri,
  type KwargsOf,
  type Mapped,
  type Match,
  nextEvent,
  type Payload,
  type Publication,
  type PublishOptions,
  type Requester,
  type ResultOf,
  type Session,
  type SpecOf,
  type Subscribable,
  type SubscribeOptions,
  type UnacknowledgedOptions,
  type Untyped,
  withOptions,
} from 'autostrada';
import type { Item, ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

declare const shop: Connection<ShopApi>;
declare const session: Session<ShopApi>;
declare const untyped: Connection;
declare const open: Connection<ShopApi & Untyped>;

// ── wrappers of the user's own, generic in the URI
type Procedure = KnownUri<ShopApi['procedures']>;
type Topic = KnownUri<ShopApi['topics']>;
type Spec<P> = SpecOf<Callable<ShopApi>, P>;
function ask<P extends Procedure>(
  procedure: P,
  ...payload: Payload<Spec<P>, CallOptionsOf<Spec<P>>>
): Promise<Mapped<ResultOf<Spec<P>>>> {
  return shop.call(procedure, ...payload);
}
type(await ask('com.shop.price', ['a1'])).is<number>(true);
function answer<P extends Procedure>(procedure: P, endpoint: EndpointOf<SpecOf<ShopApi['procedures'], P>>): void {
  shop.register(procedure, endpoint);
}
answer('com.shop.price', ([sku]) => sku.length);
function tell<T extends Topic>(topic: T, ...payload: Payload<SpecOf<ShopApi['topics'], T>, UnacknowledgedOptions>): void {
  shop.publish(topic, ...payload);
}
tell('com.shop.price_changed', ['a1', 2], { currency: 'EUR' });
type EventSpec<T> = SpecOf<Subscribable<ShopApi>, T>;
function hear<T extends Topic>(topic: T, handler: EventHandler<ArgsOf<EventSpec<T>>, KwargsOf<EventSpec<T>>>): void {
  shop.subscribe(topic, handler);
  void session.subscribe(topic, handler);
}
hear('com.shop.price_changed', ([sku, price]) => [sku.length, price.toFixed()]);
function hasty<Api extends ApiShape>(requester: Requester<Api>): Requester<Api> {
  return withOptions(requester, { timeoutMs: 5 });
}
type(await hasty(shop).call('com.shop.price', ['a1'])).is<number>(true);

// ── unions
declare const either: 'com.shop.price' | 'com.shop.item.get';
type(await shop.call(either, ['a1'])).is<number | Item>(true);

// ── what comes back from `publish`
declare const acknowledge: boolean;
declare const plain: PublishOptions;
declare const no: UnacknowledgedOptions;
declare const yes: AcknowledgedOptions;
declare const maybe: UnacknowledgedOptions | AcknowledgedOptions;
const item: Item = { sku: 'a1', title: '', stock: 1 };
type(untyped.publish('com.any')).is<void>(true);
type(untyped.publish('com.any', null, undefined, { acknowledge: true, timeoutMs: 3 })).is<Promise<Publication>>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, plain)).is<void>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, no)).is<void>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, yes)).is<Promise<Publication>>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, maybe)).is<void | Promise<Publication>>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, { acknowledge })).is<void | Promise<Publication>>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, { acknowledge: false })).is<void>(true);
type(shop.publish('com.shop.item.a1.changed', [item], {}, { acknowledge: undefined })).is<void>(true);

// ── keywords and options in variables
interface Keywords {
  readonly unit: string;
}
declare const keywords: Keywords;
declare const options: CallOptions;
declare const match: Match;
declare const byPrefix: SubscribeOptions;
untyped.call('com.any', [], keywords, options);
untyped.publish('com.any', [], keywords);
open.call('com.other', [1], keywords);
untyped.subscribe('com.any', () => {}, { match });
untyped.subscribe('com.any.', ([n]: [number]) => n, byPrefix);
void session.subscribe('com.shop.price_changed', ([sku]) => sku.length, { match: 'exact' });

// ── endpoints and handlers that stand elsewhere
declare function handler(args: readonly unknown[], kwargs: Dict): number;
untyped.register('com.any', handler);
untyped.subscribe('com.any', handler);
untyped.register('com.any', (numbers: number[]) => numbers);
untyped.register('com.any.', async ([a]: readonly [number], { unit }: Keywords) => `${a} ${unit}`, { match: 'prefix' });

// ── open: what it lists is checked, all else is as it is annotated
open.register('com.shop.price', ([sku]) => sku.length);
open.register('com.other', ([n]: [number]) => n);
open.subscribe('com.shop.order_placed', ([order]) => order.lines);
open.subscribe('com.shop.', ([n]: [number]) => n, { match: 'prefix' });
for await (const { args } of events<[string]>(open, 'com.other')) type(args).is<[string]>(true);
for await (const { args } of events(open, 'com.shop.order_placed')) type(args[0].id).is<string>(true);
for await (const { args } of events(untyped, 'com.', { match: 'prefix' })) type(args).is<readonly unknown[]>(true);
type((await nextEvent<[number]>(untyped, 'com.', { match: 'prefix' })).args).is<[number]>(true);
for await (const percent of callStream<number>(open, 'com.other')) type(percent).is<number>(true);
