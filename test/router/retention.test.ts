/* What 3.3.8 leaves open, and memory. The rest of retention is in broker-advanced.test.ts. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUri } from '../../src/protocol/uri.ts';
import { recipients } from '../../src/router/broker/recipients.ts';
import { Retention } from '../../src/router/broker/retention.ts';
import { matcher, matches } from '../../src/router/patterns/pattern-index.ts';
import type { LiveSession } from '../../src/router/session/session.ts';
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
  const limits = { maxRetainedTopics: 10_000, maxRetainedBytes: 2 ** 26 };
  const nobody = { id: 1 } as LiveSession;
  const event = (...args: unknown[]) => ({ type: 36, publication: 1, details: {}, args }) as const;
  const topics = (retention: Retention): string[] => retention.forSubscriber('', 'prefix', nobody).map(([uri]) => uri);

  test('[G2] [R29] are kept for as many topics as the limit says; the oldest is forgotten', () => {
    const retention = new Retention(limits);
    for (let n = 0; n < 10_000; n++) retention.retain(`com.t${n}`, event(), undefined, undefined);
    retention.retain('com.t0', event(), undefined, undefined); // new again
    retention.retain('com.more', event(), undefined, undefined);
    expect(topics(retention)).toHaveLength(10_000);
    expect(retention.forSubscriber('com.t0', 'exact', nobody)).toHaveLength(1);
    expect(retention.forSubscriber('com.t1', 'exact', nobody)).toEqual([]);
  });

  test('[G2] [R29] are kept up to the limit of bytes', () => {
    const retention = new Retention(limits);
    const text = 'x'.repeat(8 * 2 ** 20); // twice that in memory
    for (const uri of ['a', 'b', 'c', 'd', 'e']) retention.retain(uri, event(text), undefined, undefined);
    expect(topics(retention)).toEqual(['c', 'd', 'e']);
    for (let n = 0; n < 100; n++) retention.retain('e', event(text), undefined, undefined); // each in place of the last
    expect(topics(retention)).toEqual(['c', 'd', 'e']);
    retention.retain('f', event(new Uint8Array(2 ** 26)), undefined, undefined);
    expect(topics(retention)).toEqual(['f']);
    for (let n = 0; n < 100; n++) retention.retain('g', event(text), recipients({ exclude: [7] }), undefined);
    expect(topics(retention)).toEqual(['g']);
  });

  test('[G2] [R29] are counted with the lists of their receivers', () => {
    const retention = new Retention({ maxRetainedTopics: 10_000, maxRetainedBytes: 2 ** 20 });
    const ids = Array.from({ length: 10_000 }, (_, i) => i + 2 ** 40);
    for (const options of [
      { exclude: ids },
      { exclude_authid: ids.map(String) },
      { exclude: ids, exclude_authrole: ids.map(String) },
    ]) {
      for (let n = 0; n < 10; n++) retention.retain(`com.t${n}`, event(), recipients(options), undefined);
      expect(topics(retention).length).toBeLessThan(3);
    }
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
