import { msgpack } from 'autostrada/msgpack';
import type { AuthroleConfig, HistoryRule, Router, RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { EventLog } from '../../src/router/store/event-log.ts';
import type { StoredEvent } from '../../src/router/store/store.ts';
import type { ManualClock } from '../fixtures/manual-clock.ts';
import { CALL, Code, ERROR, PUBLISH, RESULT, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { Asker, firsts, GET_EVENTS, type Stored } from './asker.ts';
import { expectError, join, openRouter, subscribe } from './open-router.ts';

const topic = 'com.example.topic';
const all: AuthroleConfig = { permissions: 'all' };

function config(history: readonly HistoryRule[], more: Partial<RouterConfig> = {}): RouterConfig {
  return { realms: { realm1: { anonymous: 'guest', authroles: { guest: all, admin: all }, history } }, ...more };
}

const historyLog = (bounds: { readonly limit: number; readonly maxBytes: number }) =>
  new EventLog({ uri: topic, match: 'exact', maxAgeMs: Number.POSITIVE_INFINITY, ...bounds }, () => 0);

const storedEvent = (publication: number, args?: Uint8Array): StoredEvent => ({
  publication,
  topic,
  time: 0,
  details: {},
  payload: args && { serializer: 'json', args },
  audience: undefined,
  excluded: undefined,
  session: undefined,
});

async function house(
  rules: readonly HistoryRule[] = [{ uri: topic, limit: 10 }],
): Promise<{ router: Router; clock: ManualClock; asker: Asker; id: unknown }> {
  const { router, clock } = openRouter(config(rules));
  const asker = new Asker(await join(router));
  const [{ uri, match = 'exact' } = { uri: topic }] = rules;
  return { router, clock, asker, id: await asker.subscribe(uri, { match }) };
}

describe('a history', () => {
  test('[K5] forgets by age also after the clock was set back', () => {
    let now = 10_000_000;
    const log = new EventLog({ uri: topic, match: 'exact', maxAgeMs: 1000, limit: 4, maxBytes: 100_000 }, () => now);
    const add = (publication: number): void => log.add({ ...storedEvent(publication), time: now });
    const kept = (): readonly number[] => log.all.map(({ publication }) => publication);
    for (const id of [1, 2, 3]) add(id);
    now = 5000;
    add(4);
    expect(kept()).toEqual([1, 2, 3, 4]);
    now = 5500;
    add(5);
    expect(kept()).toEqual([2, 3, 4, 5]);
    now = 6001;
    add(6);
    expect(kept()).toEqual([5, 6]); // those before the fourth one are at least as old
  });

  test('[R30] has the newest events, as many as the rule says, in the order in which they came', async () => {
    const { asker, id } = await house([{ uri: topic, limit: 3 }]);
    expect(await asker.events(id)).toEqual([]);
    for (const n of [1, 2]) await asker.publish(topic, [n]);
    expect(firsts(await asker.events(id))).toEqual([1, 2]);
    for (const n of [3, 4, 5, 6, 7]) await asker.publish(topic, [n]);
    await asker.publish('com.example.other', [8]);
    expect(firsts(await asker.events(id))).toEqual([5, 6, 7]);
  });

  test('[R30] keeps everything: time, subscription, publication, details, args and kwargs', async () => {
    const { router, clock, asker, id } = await house();
    await clock.advance(1234);
    const publisher = new Asker(await joinedClient(router.as({ authid: 'joe', authrole: 'admin' })));
    publisher.send(16, { disclose_me: true }, topic, [1], { two: 2 });
    const [, subscription, publication, details] = await asker.peer.next();
    const bare = await publisher.publish(topic, []);
    await asker.peer.next();
    const timestamp = '1970-01-01T00:16:41.234Z';
    expect(await asker.events(id)).toEqual([
      { timestamp, subscription, publication, details, args: [1], kwargs: { two: 2 } },
      { timestamp, subscription, publication: bare, details: {} },
    ]);
    expect(details).toMatchObject({ publisher_authid: 'joe' });
  });

  test('[R30] of a pattern names the topics', async () => {
    const { asker, id } = await house([{ uri: 'com..move', match: 'wildcard', limit: 3 }]);
    await asker.publish('com.a.move', [1]);
    await asker.publish('com.b.move', [2]);
    const events = await asker.events(id);
    expect(events.map(({ details }) => details)).toEqual([{ topic: 'com.a.move' }, { topic: 'com.b.move' }]);
    expect(firsts(await asker.events(id, { topic: 'com.b.move' }))).toEqual([2]);
  });

  test('[R30] exists for each rule', async () => {
    const { router, asker, id } = await house([
      { uri: topic, limit: 1 },
      { uri: 'com.', match: 'prefix', limit: 5 },
    ]);
    for (const n of [1, 2]) await asker.publish(topic, [n]);
    const other = new Asker(await join(router));
    const prefix = await other.subscribe('com.', { match: 'prefix' });
    expect(firsts(await other.events(id))).toEqual([2]);
    expect(firsts(await other.events(prefix))).toEqual([1, 2]);
  });

  test('[R30] is kept without subscribers, under the same id', async () => {
    const { router, asker, id } = await house();
    const other = await join(router);
    asker.send(34, id);
    await asker.peer.expect(UNSUBSCRIBED(2));
    await asker.publish(topic, ['nobody listens']);
    expect(await subscribe(other, topic)).toBe(id);
    other.close();
    expect(firsts(await asker.events(id))).toEqual(['nobody listens']);
  });

  test("[R30] has the publisher's own events, too", async () => {
    const { asker, id } = await house();
    await asker.publish(topic, ['mine']);
    expect(firsts(await asker.events(id))).toEqual(['mine']);
  });

  test("[R30] has the router's own events, if a rule is for them", async () => {
    const { router, asker, id } = await house([{ uri: 'wamp.session.on_join', limit: 2 }]);
    const joe = await joinedClient(router.as({ authid: 'joe', authrole: 'admin' }));
    expect((await asker.peer.next())[0]).toBe(Code.EVENT);
    expect((await asker.events(id)).map(({ args }) => args)).toMatchObject([[{ authrole: 'guest' }], [{ authid: 'joe' }]]);
    joe.close();
  });

  test('[R30] [R11] stays in its realm', async () => {
    const history = [{ uri: topic, limit: 1 }];
    const realm = { anonymous: 'guest', authroles: { guest: all }, history };
    const { router } = openRouter({ realms: { realm1: realm, realm2: realm } });
    const [here, there] = [new Asker(await join(router)), new Asker(await joinedClient(router, 'realm2'))];
    const [mine, theirs] = [await subscribe(here.peer, topic), await subscribe(there.peer, topic)];
    here.peer.send(PUBLISH(2, {}, topic, [1]), CALL(3, {}, GET_EVENTS, [mine]));
    expect((await here.peer.next())[3]).toHaveLength(1);
    there.peer.send(CALL(2, {}, GET_EVENTS, [theirs]), CALL(3, {}, GET_EVENTS, [mine]));
    await there.peer.expect(RESULT(2, {}));
    await expectError(there.peer, 48, 3, 'wamp.error.no_such_subscription');
  });

  test('[G2] [R30] keeps its limit of bytes, whatever its limit of events', () => {
    const log = historyLog({ limit: 1000, maxBytes: 2 ** 26 });
    const long = new Uint8Array(10 * 2 ** 20);
    const add = (n: number, args?: Uint8Array): void => log.add(storedEvent(n, args));
    const kept = (): (number | undefined)[] =>
      Array.from({ length: log.end - log.begin }, (_, i) => log.at(log.begin + i)?.publication);
    for (let n = 1; n <= 10; n++) add(n, long);
    expect(kept()).toEqual([5, 6, 7, 8, 9, 10]);
    for (let n = 11; n <= 20; n++) add(n);
    expect(kept()).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    add(21, new Uint8Array(2 ** 26));
    expect(kept()).toEqual([21]); // the last one always
    add(22);
    expect(kept()).toEqual([22]);
  });

  test('[K5] [R30] keeps its events up to their age', async () => {
    const { clock, asker, id } = await house([{ uri: topic, limit: 10, maxAgeMs: 1000 }]);
    for (const n of [1, 2, 3]) {
      await asker.publish(topic, [n]);
      await clock.advance(400);
    }
    expect(firsts(await asker.events(id))).toEqual([2, 3]);
    await clock.advance(1000);
    expect(await asker.events(id)).toEqual([]);
  });
});

test('[R30] [R29] [R61] a payload that is too deep to be passed on harms nobody', async () => {
  const { router, asker, id } = await house();
  const bad = await join(router);
  const deep = '['.repeat(100_000) + ']'.repeat(100_000);
  bad.sendFrame(`[16, 1, {"retain": true}, "${topic}", ${deep}]`);
  bad.sendFrame(`[48, 2, {}, "wamp.session.add_testament", ["${topic}", ${deep}]]`);
  await bad.expect(ERROR('CALL', 2, {}, 'wamp.error.invalid_argument', [expect.stringContaining('nested')]));
  await asker.publish(topic, ['fine']);
  bad.close();
  expect(firsts(await asker.events(id))).toEqual(['fine']);
  await asker.subscribe(topic, { get_retained: true });
  expect(firsts(await asker.events(id, { reverse: true, limit: 1 }))).toEqual(['fine']);
});

describe('the access to a history', () => {
  test('[R30] [R25] does not include events for certain sessions, which are not kept', async () => {
    const { router, asker, id } = await house();
    const [session] = router.sessions.map((each) => each.id);
    await asker.publish(topic, [1], { eligible: [session] });
    await asker.publish(topic, [2], { exclude: [session] });
    await asker.publish(topic, [3], { eligible: [] });
    await asker.publish(topic, [4], { exclude: [] });
    expect(firsts(await asker.events(id))).toEqual([4]);
  });

  test.each<[string, object, string[]]>([
    ['eligible_authid', { eligible_authid: ['joe'] }, ['joe']],
    ['eligible_authrole', { eligible_authrole: ['admin'] }, ['ann']],
    ['exclude_authid', { exclude_authid: ['joe'] }, ['ann']],
    ['exclude_authrole', { exclude_authrole: ['admin'] }, ['joe']],
    ['an empty whitelist', { eligible_authid: [] }, []],
    ['two at once', { eligible_authid: ['joe', 'ann'], exclude_authrole: ['guest'] }, ['ann']],
  ])('[R30] [R25] applies %s to the caller', async (_, options, knowing) => {
    const { router, asker, id } = await house();
    await asker.publish(topic, [1], options);
    const found: string[] = [];
    for (const principal of [
      { authid: 'joe', authrole: 'guest' },
      { authid: 'ann', authrole: 'admin' },
    ]) {
      const client = new Asker(await joinedClient(router.as(principal)));
      if ((await client.events(id, { limit: 1 })).length > 0) found.push(principal.authid);
    }
    expect(found).toEqual(knowing);
  });

  test('[R30] needs the permission to subscribe', async () => {
    const authroles = {
      guest: { permissions: [{ uri: 'wamp.', match: 'prefix', allow: ['call'] }] },
      admin: all,
    } satisfies { [authrole: string]: AuthroleConfig };
    const { router } = openRouter({
      realms: { realm1: { anonymous: 'guest', authroles, history: [{ uri: topic, limit: 1 }] } },
    });
    const admin = new Asker(await joinedClient(router.as({ authrole: 'admin' })));
    const id = await admin.subscribe(topic);
    await new Asker(await join(router)).refused('wamp.error.not_authorized', GET_EVENTS, [id]);
  });

  test('[R30] has different errors for unknown subscriptions and those without a history', async () => {
    const { asker } = await house();
    const id = await asker.subscribe('com.example.other');
    await asker.refused('wamp.error.history_unavailable', GET_EVENTS, [id]);
    await asker.refused('wamp.error.no_such_subscription', GET_EVENTS, [1]);
    for (const args of [[], ['1'], [null], [0]]) await asker.refused('wamp.error.invalid_argument', GET_EVENTS, args);
  });
});

describe('an answer of a history that would be too large', () => {
  const limits = { maxMessageBytes: 1000 }; // in MessagePack an event without a payload has about 110

  test('[R30] [R84] is cut, says so, and can be continued', async () => {
    const { router } = openRouter(config([{ uri: topic, limit: 100 }], { limits }));
    const asker = new Asker(await join(router));
    const id = await asker.subscribe(topic);
    for (let n = 1; n <= 10; n++) await asker.publish(topic, [n, 'é'.repeat(50)]);
    const { args, kwargs } = await asker.call(GET_EVENTS, [id]);
    expect(firsts(args as Stored[])).toEqual([1, 2, 3]);
    expect(kwargs).toEqual({ is_limit_reached: true });
    expect(firsts(await asker.events(id, { after_publication: (args[2] as Stored).publication }))).toEqual([4, 5, 6]);
    expect(firsts(await asker.events(id, { reverse: true }))).toEqual([10, 9, 8]);
    expect((await asker.call(GET_EVENTS, [id], { limit: 2 })).kwargs).toBeUndefined();
  });

  test('[R30] [R84] omits events that would never fit', async () => {
    const { router } = openRouter(config([{ uri: topic, limit: 100 }], { limits }));
    const [json, packed] = [new Asker(await join(router)), new Asker(await joinedClient(router, 'realm1', msgpack()))];
    const id = await packed.subscribe(topic);
    await packed.publish(topic, [1]);
    await packed.publish(topic, [2, new Uint8Array(640)]);
    await packed.publish(topic, [3]);
    expect(firsts(await packed.events(id))).toEqual([1, 2]);
    expect(firsts(await json.events(id))).toEqual([1, 3]); // in base64 it is longer than any answer
  });
});
