/*
 * What the types of `autostrada/core` must accept and refuse: an option of a feature that is not there does not compile. Compiled, never run.
 */
import { type AnyRequester, callStream, drain, events, nextEvent, registerAll, statuses } from 'autostrada';
import {
  type Connected,
  concurrency,
  connect,
  defaults,
  durable,
  idle,
  join,
  liveness,
  offline,
  progressiveInputs,
  recovery,
} from 'autostrada/core';
import { countSessions } from 'autostrada/meta';
import type { ShopApi } from './shop-api.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function type<T>(value: T): { is<U>(same: Equal<T, U>): void };

const url = 'ws://127.0.0.1:8080/ws';
const realm = 'realm1';

// ── options of the connection
connect({ url, realm, retry: false }, []);
connect({ url, realm, liveness: false, offline: { maxWaiting: 1 } }, [liveness, offline]);
// @ts-expect-error liveness is not there
connect({ url, realm, liveness: false }, [offline]);
// @ts-expect-error there is no such option
connect({ url, realm, livenes: false }, [liveness]);
// @ts-expect-error one session is not retried
join({ url, realm, retry: false }, []);

// ── features that need others
connect({ url, realm }, [recovery, durable]);
// @ts-expect-error recovery needs durable
connect({ url, realm }, [recovery]);
// @ts-expect-error defaults needs offline
connect({ url, realm }, [durable, defaults]);
// @ts-expect-error recovery needs durable, which a joined session does not have
join({ url, realm }, [recovery, idle]);

// ── verbs
const bare = connect({ url, realm }, []);
// @ts-expect-error offline is not there
bare.call('a.b');
// @ts-expect-error durable is not there
bare.subscribe('a.b', () => {});
await (await bare.open()).call<number>('a.b', [1]);
const both = connect({ url, realm }, [offline, durable]);
type(await both.call<number>('a.b', [1], {}, { whenOffline: 'fail', timeoutMs: 1 })).is<number>(true);
// @ts-expect-error progressiveInputs is not there
both.call('a.b', [], {}, { inputsFrom: [1] });
// @ts-expect-error recovery is not there
both.subscribe('a.b', () => {}, { recoverWith: () => {} });
// @ts-expect-error concurrency is not there
both.register('a.b', () => {}, { maxConcurrency: 1 });
await both.publish('a.b', [1], {}, { acknowledge: true }).then(({ id }) => type(id).is<number>(true));
const more = connect({ url, realm }, [offline, durable, progressiveInputs, recovery, concurrency]);
more.call('a.b', [], {}, { inputsFrom: [1], maxInputsAhead: 1 });
more.subscribe('a.b', () => {}, { recoverWith: () => {} });
more.register('a.b', () => {}, { maxConcurrency: 1 });

// ── sessions
const session = await join({ url, realm }, []);
// @ts-expect-error idle is not there
session.idle();
// @ts-expect-error liveness is not there
session.rtt();
// @ts-expect-error a session does not wait for itself
session.call('a.b', [], {}, { whenOffline: 'wait' });
const watched = await join({ url, realm }, [idle, liveness]);
type(await watched.rtt()).is<number>(true);
await watched.idle({ timeoutMs: 1 });

// ── contracts
const shop = connect<[typeof offline], ShopApi>({ url, realm }, [offline]);
type(await shop.call('com.shop.price', ['a1'])).is<number>(true);
// @ts-expect-error not what the contract says
shop.call('com.shop.price', [1]);

// ── contracts, with functions that take any
const whole = connect<[typeof offline, typeof durable], ShopApi>({ url, realm }, [offline, durable]);
type(await callStream(whole, 'com.shop.price', ['a1']).result).is<number>(true);
type(await callStream(await whole.open(), 'com.shop.price', ['a1']).result).is<number>(true);
// @ts-expect-error not what the contract says
callStream(whole, 'com.shop.price', [1]);
type(await countSessions(whole)).is<number>(true);
await countSessions(await whole.open());
await countSessions(await join<[typeof idle], ShopApi>({ url, realm }, [idle]));
// @ts-expect-error offline is not there
await countSessions(bare);

// ── contracts, with a user's own functions that take any
const ask = (asker: AnyRequester) => asker.call('wamp.session.count');
for (const asker of [whole, shop, await whole.open(), await shop.open(), session, await bare.open(), more, await more.open()])
  type(await ask(asker)).is<number>(true);
await ask(await join<[typeof idle, typeof progressiveInputs], ShopApi>({ url, realm }, [idle, progressiveInputs]));
// @ts-expect-error offline is not there
await ask(bare);
const asWell = async (asker: AnyRequester): Promise<unknown> => {
  await asker.publish('a.b', [1], null, { acknowledge: true });
  await asker.callResult('a.b', [1], { x: 1 }, { timeoutMs: 5 });
  return asker.call<number>('a.b', [1]);
};
await asWell(whole);

// ── functions of the main entry
for await (const { args } of events<[string]>(both, 'a.b')) type(args).is<[string]>(true);
await nextEvent(session, 'a.b');
for await (const { state } of statuses(bare)) type(state).is<'idle' | 'connecting' | 'joined' | 'waiting' | 'closed'>(true);
await registerAll(both, { 'a.b': () => 1 }).ready;
await drain(connect({ url, realm }, [durable, idle]));
// @ts-expect-error durable is not there
events(bare, 'a.b');
// @ts-expect-error idle is not there
drain(both);

// ── the type of a connection with a contract
const features = [offline, durable] as const;
const named: Connected<ShopApi, typeof features> = connect<typeof features, ShopApi>({ url, realm }, features);
type(await named.call('com.shop.price', ['a1'])).is<number>(true);
