/*
 * What the types of run-time contracts and of middleware must accept, infer and refuse. Compiled, never run.
 */
import {
  type AnyRequester,
  Connection,
  type ConnectionOptions,
  type Contract,
  callStream,
  defineMiddleware,
  events,
  type Hooks,
  type Middleware,
  type Requester,
  Result,
  registerAll,
  type Session,
  type Untyped,
  withOptions,
} from 'autostrada';
import { type ApiOf, type ContractDefinition, defineContract, type InferApi, type Schema } from 'autostrada/contract';
import { diagnostics } from 'autostrada/node';
import { type Instrument, telemetry } from 'autostrada/telemetry';
import * as v from 'valibot';
import { z } from 'zod';
import type { ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };
declare const uri: string;

// ── valibot
const shop = defineContract({
  procedures: {
    'com.shop.price': { args: v.tuple([v.string()]), result: v.number() },
    'com.shop.report': {
      args: v.tuple([v.string()]),
      progress: v.number(),
      input: v.string(),
      result: v.object({ rows: v.number() }),
    },
    'chess.player..move': { args: v.tuple([v.string(), v.object({ from: v.string() })]), result: v.boolean() },
    'com.shop.ping': {},
  },
  topics: { 'com.shop.opened': { args: v.tuple([v.number()]), kwargs: v.object({ at: v.string() }) } },
});
const checked = new Connection({ url: 'ws://x', realm: 'shop', contract: shop });
type(checked).is<Connection<InferApi<typeof shop>>>(true);
type(await checked.call('com.shop.price', ['a'])).is<number>(true);
type(await checked.call('com.shop.ping')).is<void>(true);
type(await checked.call(`chess.player.${uri}.move`, ['g', { from: 'e2' }])).is<boolean>(true);
type(await checked.call('com.shop.report', ['x'], null, { inputsFrom: ['a'], onProgress: (n) => type(n).is<number>(true) })).is<{
  rows: number;
}>(true);
checked.register('com.shop.price', ([sku]) => sku.length);
checked.subscribe('com.shop.opened', ([n], { at }) => [n.toFixed(), at.length]);
checked.publish('com.shop.opened', [1], { at: 'noon' });
for await (const { args } of events(checked, 'com.shop.opened')) type(args).is<[number]>(true);
for await (const rows of callStream(withOptions(checked, { timeoutMs: 5 }), 'com.shop.report', ['x'])) type(rows).is<number>(true);
registerAll(checked, { 'com.shop.price': ([sku]) => sku.length });
// @ts-expect-error from the schema
checked.call('com.shop.price', [1]);
// @ts-expect-error a typo
checked.call('com.shop.prise', ['a']);
// @ts-expect-error no arguments in the schema
checked.call('com.shop.ping', [1]);
// @ts-expect-error wrong result
checked.register('com.shop.price', () => 'much');
// @ts-expect-error the pattern's own arguments
checked.call('chess.player.joe.move', ['g']);
// @ts-expect-error keywords are required here
checked.publish('com.shop.opened', [1]);
declare const viaType: Connection<InferApi<typeof shop>>;
type(await viaType.call('com.shop.price', ['a'])).is<number>(true);
type((await checked.open()).call).is<Session<InferApi<typeof shop>>['call']>(true);

// ── zod
const lobby = defineContract({ procedures: { 'chess.lobby.join': { result: z.object({ game: z.string() }) } } }, { check: 'both' });
type(await new Connection({ url: 'ws://x', realm: 'chess', contract: lobby }).call('chess.lobby.join')).is<{ game: string }>(true);
// @ts-expect-error no such side
defineContract({}, { check: 'outgoing' });
// @ts-expect-error no schema
defineContract({ procedures: { 'a.b': { args: String } } });

// ── by hand
declare const pair: Schema<Result<[number, number], { unit: string }>>;
const hand = defineContract({ procedures: { 'a.pair': { result: pair } } });
declare const byHand: Connection<InferApi<typeof hand>>;
type(await byHand.call('a.pair')).is<Result<[number, number], { unit: string }>>(true);
byHand.register('a.pair', () => new Result([1, 2], { unit: 'm' }));

// ── open, and of several
declare const open: Connection<InferApi<typeof shop> & Untyped>;
type(await open.call<string>('com.other', [1])).is<string>(true);
type(await open.call('com.shop.price', ['a'])).is<number>(true);
// @ts-expect-error what an open contract knows, it checks
open.call('com.shop.price', [1]);
declare const several: Connection<InferApi<typeof shop> & InferApi<typeof hand>>;
type(await several.call('a.pair')).is<Result<[number, number], { unit: string }>>(true);
type(await several.call('com.shop.price', ['a'])).is<number>(true);
new Connection<InferApi<typeof shop> & Untyped>({ url: 'ws://x', realm: 'shop', middleware: [shop] });

// ── what is typed by hand stays so, and fits where its contract is asked for
const plain: ConnectionOptions = { url: 'ws://x', realm: 'shop' };
type(new Connection(plain)).is<Connection>(true);
type(new Connection({ url: 'ws://x', realm: 'shop' })).is<Connection>(true);
type(new Connection<ShopApi>({ url: 'ws://x', realm: 'shop' })).is<Connection<ShopApi>>(true);
// @ts-expect-error another contract
new Connection<ShopApi>({ url: 'ws://x', realm: 'shop', contract: shop });
declare function asks(requester: Requester<InferApi<typeof shop>>): void;
declare function library(requester: AnyRequester): void;
asks(checked);
library(checked);
type<ApiOf<{ procedures: { 'a.b': { args: Schema<[string]> } } }>['procedures']>({ 'a.b': { args: ['x'] } });
const definition: ContractDefinition = { topics: { 'a.b': { args: v.tuple([v.string()]) } } };
const contract: Contract<unknown> = defineContract(definition);

// ── middleware
const hooks: Hooks = {
  async call({ procedure, args, kwargs, options }, next) {
    type(options.timeoutMs).is<number | undefined>(true);
    return new Result([...(await next({ procedure, args, kwargs, options: { ...options, timeoutMs: 5 } })).args]);
  },
  publish: (context, next) => next({ ...context, topic: `x.${context.topic}` }),
  invocation: (context, next) => next({ ...context, details: { ...context.details, _user: context.details.caller_authid } }),
  event: ({ details }, next) => next({ args: [details.topic], kwargs: {}, details }),
};
declare const instrument: Instrument;
const all: readonly Middleware[] = [
  defineMiddleware(hooks),
  telemetry(instrument),
  telemetry(instrument, { inKwargs: true }),
  diagnostics(),
  contract,
];
new Connection({ url: 'ws://x', realm: 'shop', middleware: all });
// @ts-expect-error hooks are no middleware yet
new Connection({ url: 'ws://x', realm: 'shop', middleware: [hooks] });
// @ts-expect-error a hook gives a Result
defineMiddleware({ call: async () => 5 });
// @ts-expect-error no such hook
defineMiddleware({ calls: async (context, next) => next(context) });
// @ts-expect-error not a list
new Connection({ url: 'ws://x', realm: 'shop', middleware: diagnostics() });
