/* What 3.3.8 leaves open, and memory. The rest of retention is in broker-advanced.test.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUri } from '../../src/protocol/uri.ts';
import { matcher, matches } from '../../src/router/patterns/pattern-index.ts';
import { RetainedEvents } from '../../src/router/store/retained-events.ts';
import type { Audience, StoredEvent } from '../../src/router/store/store.ts';
import { EVENT } from '../fixtures/messages.ts';
import { joinedClient, type List } from '../fixtures/scripted-peer.ts';
import { Asker } from './asker.ts';
import { join, openRouter } from './open-router.ts';

const topic = 'com.example.topic';

/** What comes after SUBSCRIBED, and before the answer to the next request. */
async function retained(asker: Asker, uri = topic, options: object = {}): Promise<List[]> {
  await asker.subscribe(uri, { get_retained: true, ...options });
  const end = asker.send(48, {}, 'com.example.nothing');
  const events: List[] = [];
  for (let list = await asker.peer.next(); list[2] !== end; list = await asker.peer.next()) events.push(list);
  return events;
}

const payloads = (events: readonly List[]): unknown[] => events.map(([, , , , args]) => (args as List | undefined)?.[0]);

describe('a retained event', () => {
  test('[R29] keeps its publication, details and payload', async () => {
    const { router } = openRouter();
    const publisher = new Asker(await joinedClient(router.as({ authid: 'joe', authrole: 'user' })));
    const [joe] = router.sessions;
    publisher.send(16, { retain: true, disclose_me: true, acknowledge: true }, topic, [1], { two: 2 });
    const [, , publication] = await publisher.peer.next();
    const details = { publisher: joe?.id, publisher_authid: 'joe', publisher_authrole: 'user', retained: true };
    publisher.peer.close();
    const subscriber = new Asker(await join(router));
    const [event] = await retained(subscriber);
    expect(event).toEqual(EVENT(expect.any(Number), publication, details, [1], { two: 2 }));
    const [again] = await retained(subscriber, 'com.', { match: 'prefix' });
    expect(again).toEqual(EVENT(expect.any(Number), publication, { ...details, topic }, [1], { two: 2 }));
  });

  test('[R29] [R24] goes to its publisher if the event did', async () => {
    const { router } = openRouter();
    const [publisher, other] = [new Asker(await join(router)), new Asker(await join(router))];
    await publisher.publish(topic, ['not mine'], { retain: true });
    expect(payloads(await retained(publisher))).toEqual([]);
    expect(payloads(await retained(other))).toEqual(['not mine']);
    await publisher.publish('com.example.mine', ['mine'], { retain: true, exclude_me: false });
    expect(payloads(await retained(publisher, 'com.example.mine'))).toEqual(['mine']);
  });

  test('[R29] is sent again to a session that subscribes again', async () => {
    const { router } = openRouter();
    const [publisher, subscriber] = [new Asker(await join(router)), new Asker(await join(router))];
    await publisher.publish(topic, [1], { retain: true });
    expect(payloads(await retained(subscriber))).toEqual([1]);
    expect(payloads(await retained(subscriber))).toEqual([1]);
    expect(payloads(await retained(subscriber, topic, { get_retained: false }))).toEqual([]);
  });

  test('[R29] is kept without a payload, too', async () => {
    const { router } = openRouter();
    const publisher = new Asker(await join(router));
    await publisher.publish(topic, [1], { retain: true });
    await publisher.publish(topic, [], { retain: true });
    expect(await retained(new Asker(await join(router)))).toEqual([
      EVENT(expect.any(Number), expect.any(Number), { retained: true }),
    ]);
  });

  test('[R29] [R25] for certain sessions is kept beside the one for all, until a newer one for all comes', async () => {
    const { router } = openRouter();
    const publisher = new Asker(await join(router));
    const admin = async () => payloads(await retained(new Asker(await joinedClient(router.as({ authrole: 'admin' })))));
    const guest = async () => payloads(await retained(new Asker(await join(router))));
    await publisher.publish(topic, ['admins only'], { retain: true, eligible_authrole: ['admin'] });
    expect([await admin(), await guest()]).toEqual([['admins only'], []]);
    await publisher.publish(topic, ['all'], { retain: true });
    expect([await admin(), await guest()]).toEqual([['all'], ['all']]);
    await publisher.publish(topic, ['admins again'], { retain: true, eligible_authrole: ['admin'] });
    await publisher.publish(topic, ['nobody'], { retain: true, eligible: [] });
    expect([await admin(), await guest()]).toEqual([['admins again'], ['all']]);
  });

  test.each<[string, (session: number) => object, boolean]>([
    ['eligible', (session) => ({ eligible: [session] }), true],
    ['eligible', () => ({ eligible: [1] }), false],
    ['eligible_authid', () => ({ eligible_authid: ['joe'] }), true],
    ['eligible_authid', () => ({ eligible_authid: ['ann'] }), false],
    ['eligible_authrole', () => ({ eligible_authrole: ['user'] }), true],
    ['eligible_authrole', () => ({ eligible_authrole: [] }), false],
    ['exclude', (session) => ({ exclude: [session] }), false],
    ['exclude', () => ({ exclude: [1] }), true],
    ['exclude_authid', () => ({ exclude_authid: ['joe'] }), false],
    ['exclude_authid', () => ({ exclude_authid: ['ann'] }), true],
    ['exclude_authrole', () => ({ exclude_authrole: ['user'] }), false],
    ['exclude_authrole', () => ({ exclude_authrole: ['admin'] }), true],
  ])('[R29] [R25] is checked for its %s once more', async (_, options, gets) => {
    const { router } = openRouter();
    const joe = new Asker(await joinedClient(router.as({ authid: 'joe', authrole: 'user' })));
    const publisher = new Asker(await join(router));
    await publisher.publish(topic, [1], { retain: true, ...options(router.sessions[0]?.id ?? 0) });
    expect(payloads(await retained(joe))).toEqual(gets ? [1] : []);
  });
});

describe('retained events in memory', () => {
  const limits = { maxRetainedTopics: 10_000, maxRetainedBytes: 2 ** 26, maxRetainedAgeMs: Number.POSITIVE_INFINITY };
  const retention = (more: Partial<typeof limits> = {}, now = () => 0) =>
    new RetainedEvents({ ...limits, ...more, now, spend: () => {} });
  const event = (uri: string, args?: Uint8Array, audience?: Audience, time = 0): StoredEvent => ({
    publication: 1,
    topic: uri,
    time,
    details: {},
    payload: args && { serializer: 'json', args },
    audience,
    excluded: undefined,
    session: undefined,
  });
  const topics = (kept: RetainedEvents): string[] => [...new Set(kept.find('', 'prefix').map(({ topic: uri }) => uri))];

  test('[G2] [R29] are kept for as many topics as the limit says; the oldest is forgotten', () => {
    const kept = retention();
    for (let n = 0; n < 10_000; n++) kept.retain(event(`com.t${n}`));
    kept.retain(event('com.t0')); // new again
    kept.retain(event('com.more'));
    expect(topics(kept)).toHaveLength(10_000);
    expect(kept.find('com.t0', 'exact')).toHaveLength(1);
    expect(kept.find('com.t1', 'exact')).toEqual([]);
  });

  test('[G2] [R29] are kept up to the limit of bytes', () => {
    const kept = retention();
    const bytes = new Uint8Array(16 * 2 ** 20);
    for (const uri of ['a', 'b', 'c', 'd', 'e']) kept.retain(event(uri, bytes));
    expect(topics(kept)).toEqual(['c', 'd', 'e']);
    for (let n = 0; n < 100; n++) kept.retain(event('e', bytes)); // each in place of the last
    expect(topics(kept)).toEqual(['c', 'd', 'e']);
    kept.retain(event('f', new Uint8Array(2 ** 26)));
    expect(topics(kept)).toEqual(['f']);
    for (let n = 0; n < 100; n++) kept.retain(event('g', bytes, { exclude: [7] }));
    expect(topics(kept)).toEqual(['g']);
  });

  test('[G2] [R29] are counted with the lists of their receivers', () => {
    const kept = retention({ maxRetainedBytes: 2 ** 20 });
    const ids = Array.from({ length: 10_000 }, (_, i) => i + 2 ** 40);
    for (const audience of [
      { exclude: ids },
      { exclude_authid: ids.map(String) },
      { exclude: ids, exclude_authrole: ids.map(String) },
    ]) {
      for (let n = 0; n < 10; n++) kept.retain(event(`com.t${n}`, undefined, audience));
      expect(topics(kept).length).toBeLessThan(3);
    }
  });

  test('[K5] [R29] are kept up to the limit of age', () => {
    let now = 0;
    const kept = retention({ maxRetainedAgeMs: 1000 }, () => now);
    kept.retain(event('a', undefined, undefined, 0));
    kept.retain(event('b', undefined, { exclude: [7] }, 0));
    now = 900;
    kept.retain(event('b', undefined, { exclude: [8] }, 900));
    now = 1000;
    expect(kept.find('', 'prefix')).toHaveLength(3);
    now = 1001;
    expect(kept.find('', 'prefix')).toMatchObject([{ topic: 'b', time: 900 }]);
    now = 2000;
    expect(topics(kept)).toEqual([]);
    expect(kept.size).toBe(0);
  });
});

test('a compiled pattern matches the same as a plain one', () => {
  const uri = fc
    .array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 1, maxLength: 4 })
    .map((components) => components.join('.'));
  const match = fc.constantFrom('exact', 'prefix', 'wildcard');
  fc.assert(
    fc.property(uri, match, uri, (pattern, kind, topicUri) => {
      fc.pre(isUri(topicUri));
      expect(matcher(pattern, kind)(topicUri)).toBe(matches(pattern, kind, topicUri));
    }),
    { numRuns: 1000 },
  );
});
