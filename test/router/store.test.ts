/* A store that answers late, never, or with an error. That everything works over a late one is shown by the contract suite. */
import type { RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Keeping } from '../../src/router/broker/keeping.ts';
import { memoryStore } from '../../src/router/store/memory-store.ts';
import type { RealmStore, StoreBounds, StoredEvent } from '../../src/router/store/store.ts';
import { formats } from '../../src/serializer/formats/formats.ts';
import { HeldStore } from '../fixtures/late-store.ts';
import { settled } from '../fixtures/manual-clock.ts';
import { CALL, Code, ERROR, EVENT, PUBLISH, PUBLISHED, RESULT, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { Asker, firsts, GET_EVENTS } from './asker.ts';
import { expectUnread, join, openRouter } from './open-router.ts';

const kept = 'com.example.kept';
const other = 'com.example.other';
const FAILED = 'autostrada.error.store_failed';
const any = expect.any(Number);
const text = [expect.any(String)];

const config: RouterConfig = {
  realms: {
    realm1: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } }, history: [{ uri: kept, limit: 10 }] },
  },
};

const bounds: StoreBounds = {
  histories: [],
  maxRetainedTopics: 10,
  maxRetainedBytes: 10_000,
  maxRetainedAgeMs: Number.POSITIVE_INFINITY,
  now: () => Date.now(),
  spend: () => {},
};
const event: StoredEvent = {
  publication: 1,
  topic: kept,
  time: 1,
  details: {},
  payload: undefined,
  audience: undefined,
  excluded: undefined,
  session: undefined,
};

function held() {
  const store = new HeldStore();
  return { store, ...openRouter(config, { store }) };
}

describe('a store that answers late', () => {
  test('[K5] is asked only for what is kept', async () => {
    const { store, router } = held();
    const [one, two] = [new Asker(await join(router)), new Asker(await join(router))];
    await one.subscribe(other);
    await two.publish(other, [1]);
    await one.peer.expect(EVENT(any, any, {}, [1]));
    expect(store.asked).toEqual([]);
  });

  test('[K5] delays PUBLISHED, and what its publisher sends later, but no event and no other session', async () => {
    const { store, router } = held();
    const [publisher, subscriber] = [await join(router), await join(router)];
    subscriber.send(SUBSCRIBE(1, {}, kept), SUBSCRIBE(2, {}, other));
    await subscriber.expect(SUBSCRIBED(1, any));
    await subscriber.expect(SUBSCRIBED(2, any));
    publisher.send(PUBLISH(1, { acknowledge: true }, kept, [1]), PUBLISH(2, {}, other, [2]), SUBSCRIBE(3, {}, 'com.example.more'));
    await subscriber.expect(EVENT(any, any, {}, [1]));
    await expectUnread(publisher);
    await expectUnread(subscriber);
    subscriber.send(SUBSCRIBE(3, {}, 'com.example.third'));
    await subscriber.expect(SUBSCRIBED(3, any));
    await store.answer();
    await publisher.expect(PUBLISHED(1, any));
    await publisher.expect(SUBSCRIBED(3, any));
    await subscriber.expect(EVENT(any, any, {}, [2]));
  });

  test('[K5] delays nothing of a publisher that does not ask for PUBLISHED, up to a bound', async () => {
    const { store, router } = held();
    const [publisher, subscriber] = [await join(router), await join(router)];
    subscriber.send(SUBSCRIBE(1, {}, kept));
    await subscriber.expect(SUBSCRIBED(1, any));
    for (let n = 1; n <= 1100; n++) publisher.send(PUBLISH(n, {}, kept, [n]));
    for (let n = 1; n <= 1025; n++) await subscriber.expect(EVENT(any, any, {}, [n]));
    await expectUnread(subscriber);
    store.isHolding = false;
    await store.answer();
    for (let n = 1026; n <= 1100; n++) await subscriber.expect(EVENT(any, any, {}, [n]));
  });

  test('[K5] delays SUBSCRIBED until the retained event is known, which is the newest one then', async () => {
    const { store, router } = held();
    const [publisher, subscriber] = [await join(router), await join(router)];
    publisher.send(PUBLISH(1, { retain: true }, other, ['old']));
    publisher.send(PUBLISH(2, { retain: true }, 'com.example.third', ['third']));
    subscriber.send(SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'com.example'));
    await settled();
    publisher.send(PUBLISH(3, { retain: true }, other, ['new']), PUBLISH(4, { forget: true }, 'com.example.third'));
    await expectUnread(subscriber);
    await store.answer();
    await subscriber.expect(SUBSCRIBED(1, any));
    await subscriber.expect(EVENT(any, any, { retained: true, topic: other }, ['new']));
    await expectUnread(subscriber);
    publisher.send(PUBLISH(5, {}, other, ['live']));
    await subscriber.expect(EVENT(any, any, { topic: other }, ['live']));
  });

  test('[K5] delays the answer of get_events, and it has no later events', async () => {
    const { store, router } = held();
    const [reader, publisher] = [await join(router), await join(router)];
    store.isHolding = false;
    reader.send(SUBSCRIBE(1, {}, kept));
    const [, , id] = await reader.next();
    await new Asker(publisher).publish(kept, [1]);
    await reader.expect(EVENT(id, any, {}, [1]));
    store.isHolding = true;
    reader.send(CALL(2, {}, GET_EVENTS, [id]), SUBSCRIBE(3, {}, other));
    await settled();
    publisher.send(PUBLISH(2, {}, kept, [2]));
    await reader.expect(EVENT(id, any, {}, [2]));
    await expectUnread(reader);
    store.isHolding = false;
    await store.answer();
    await reader.expect(RESULT(2, {}, [expect.objectContaining({ args: [1] })]));
    await reader.expect(SUBSCRIBED(3, any));
  });

  test('[K5] loses no message of a publisher whose connection is lost meanwhile', async () => {
    const { store, router } = held();
    const [publisher, subscriber] = [await join(router), await join(router)];
    subscriber.send(SUBSCRIBE(1, {}, other));
    await subscriber.expect(SUBSCRIBED(1, any));
    publisher.send(PUBLISH(1, { acknowledge: true }, kept, [1]), PUBLISH(2, {}, other, [2]));
    await settled();
    publisher.close();
    await settled();
    expect(router.sessions).toHaveLength(2);
    await store.answer();
    await subscriber.expect(EVENT(any, any, {}, [2]));
    await expect.poll(() => router.sessions.length).toBe(1);
  });

  test('[K5] does not keep a session that has left', async () => {
    const { store, router } = held();
    const client = await join(router);
    client.send(SUBSCRIBE(1, { get_retained: true }, kept));
    await settled();
    client.close();
    await expect.poll(() => router.sessions.length).toBe(0);
    await store.answer();
    expect(router.stats().subscriptions).toBe(1); // that of the history
  });
});

describe('a store that never answers', () => {
  test('[K5] fails the requests that need it after ten seconds, and no others', async () => {
    const { router, clock, log } = held();
    const clients = [await join(router), await join(router), await join(router)] as const;
    const [publisher, subscriber, reader] = clients;
    const id = await new Asker(reader).subscribe(kept);
    publisher.send(PUBLISH(1, { acknowledge: true, retain: true }, kept, [1]), SUBSCRIBE(2, {}, other));
    subscriber.send(SUBSCRIBE(1, { get_retained: true }, kept), SUBSCRIBE(2, {}, other));
    await reader.expect(EVENT(id, any, {}, [1]));
    reader.send(CALL(2, {}, GET_EVENTS, [id]), SUBSCRIBE(3, {}, other));
    await settled();
    await clock.advance(9_999);
    for (const client of clients) await expectUnread(client);
    await clock.advance(1);
    await publisher.expect(ERROR('PUBLISH', 1, {}, FAILED, text));
    await publisher.expect(SUBSCRIBED(2, any));
    await subscriber.expect(ERROR('SUBSCRIBE', 1, {}, FAILED, text));
    await subscriber.expect(SUBSCRIBED(2, any));
    await reader.expect(ERROR('CALL', 2, {}, FAILED, text));
    await reader.expect(SUBSCRIBED(3, any));
    const errors = log.filter(({ level }) => level === 'error');
    expect(errors).toMatchObject([{ message: expect.stringContaining('no answer in 10000 ms') }]);
  });
});

describe('a store that throws', () => {
  test('[K5] fails the requests that need it; it is logged, and so is its recovery', async () => {
    const { store, router, log } = held();
    store.isHolding = false;
    store.error = new Error('the disk is full');
    const [asker, subscriber] = [new Asker(await join(router)), await join(router)];
    subscriber.send(SUBSCRIBE(1, {}, kept));
    await subscriber.expect(SUBSCRIBED(1, any));
    asker.send(16, { acknowledge: true, retain: true }, kept, [1]);
    await asker.peer.expect(ERROR('PUBLISH', 1, {}, FAILED, text));
    await subscriber.expect(EVENT(any, any, {}, [1])); // it was delivered all the same
    asker.send(32, { get_retained: true }, kept);
    await asker.peer.expect(ERROR('SUBSCRIBE', 2, {}, FAILED, text));
    const id = await asker.subscribe(kept);
    await asker.refused(FAILED, GET_EVENTS, [id]);
    await asker.refused(FAILED, 'autostrada.topic.forget', [kept]);
    expect(log.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('the disk is full'), error: store.error },
    ]);
    store.error = undefined;
    await asker.publish(kept, [2]);
    expect(log.at(-1)).toMatchObject({ message: 'the store works again' });
  });
});

describe('a retained event that is taken back', () => {
  test('[K5] by the procedure is not sent to later subscribers; its history has it still', async () => {
    const { router } = openRouter(config);
    const asker = new Asker(await join(router));
    const id = await asker.subscribe(kept);
    await asker.publish(kept, [1], { retain: true });
    expect((await asker.call('autostrada.topic.forget', [kept])).args).toEqual([true]);
    expect((await asker.call('autostrada.topic.forget', [kept])).args).toEqual([false]);
    const late = await join(router);
    late.send(SUBSCRIBE(1, { get_retained: true }, kept));
    await late.expect(SUBSCRIBED(1, id));
    await expectUnread(late);
    expect(firsts(await asker.events(id))).toEqual([1]);
  });

  test('[K5] by an event goes to the subscribers as that event does', async () => {
    const { router } = openRouter(config);
    const [asker, subscriber] = [new Asker(await join(router)), await join(router)];
    await asker.publish(other, [1], { retain: true });
    await asker.publish(other, [2], { retain: true, eligible_authrole: ['guest'] });
    subscriber.send(SUBSCRIBE(1, {}, other));
    await subscriber.expect(SUBSCRIBED(1, any));
    await asker.publish(other, ['gone'], { forget: true });
    await subscriber.expect(EVENT(any, any, {}, ['gone']));
    const late = await join(router);
    late.send(SUBSCRIBE(1, { get_retained: true }, other));
    await late.expect(SUBSCRIBED(1, any));
    await expectUnread(late);
  });

  test('[K5] needs the permission to call the procedure, and to publish to the topic', async () => {
    const { router } = openRouter({
      realms: {
        realm1: {
          authroles: {
            none: { permissions: [{ uri: 'com.', match: 'prefix', allow: 'all' }] },
            some: {
              permissions: [
                { uri: 'autostrada.topic.forget', allow: ['call'] },
                { uri: kept, allow: ['publish'] },
                { uri: other, allow: ['subscribe'] },
              ],
            },
          },
        },
      },
    });
    const none = new Asker(await joinedClient(router.as({ authrole: 'none' })));
    const some = new Asker(await joinedClient(router.as({ authrole: 'some' })));
    await none.publish(kept, [1], { retain: true });
    await none.refused('wamp.error.not_authorized', 'autostrada.topic.forget', [kept]);
    await some.refused('wamp.error.not_authorized', 'autostrada.topic.forget', [other]);
    expect((await some.call('autostrada.topic.forget', [kept])).args).toEqual([true]);
    for (const args of [[], [1], ['com..x']]) await some.refused('wamp.error.invalid_argument', 'autostrada.topic.forget', args);
  });
});

describe('a retained event that is bound to its session', () => {
  test('[K5] goes with the session, however that ends, and others stay', async () => {
    const { router } = openRouter(config);
    const [publisher, neighbour] = [new Asker(await join(router)), new Asker(await join(router))];
    await neighbour.publish('com.example.shared', ['for all'], { retain: true });
    await publisher.publish('com.example.bound', [1], { retain: true, session_bound: true });
    await publisher.publish('com.example.free', [2], { retain: true });
    await publisher.publish('com.example.shared', ['some'], { retain: true, session_bound: true, eligible_authrole: ['guest'] });
    await publisher.publish('com.example.replaced', [3], { retain: true, session_bound: true });
    await neighbour.publish('com.example.replaced', [4], { retain: true });
    const found = async (): Promise<unknown[]> => {
      const late = new Asker(await join(router));
      await late.subscribe('com.example.', { match: 'prefix', get_retained: true });
      await settled();
      const events = late.peer.unread.map(([, , , , args]) => (args as unknown[])[0]);
      late.peer.close();
      return events.sort();
    };
    expect(await found()).toEqual([1, 2, 4, 'some']);
    publisher.peer.close();
    await expect.poll(() => router.sessions.length).toBe(1);
    expect(await found()).toEqual([2, 4, 'for all']);
  });

  test('[K5] is not kept if it is a testament: its session has ended', async () => {
    const { router } = openRouter(config);
    const client = new Asker(await join(router));
    const options = { publish_options: { retain: true, session_bound: true } };
    await client.call('wamp.session.add_testament', [other, ['gone'], {}], options);
    client.peer.close();
    await expect.poll(() => router.sessions.length).toBe(0);
    const late = await join(router);
    late.send(SUBSCRIBE(1, { get_retained: true }, other));
    await late.expect(SUBSCRIBED(1, any));
    await expectUnread(late);
  });

  test('[K5] refuses options of the wrong type, as all options', async () => {
    const { router } = openRouter(config);
    for (const options of [{ forget: 1 }, { session_bound: 'yes' }]) {
      const client = await join(router);
      client.send(PUBLISH(1, options, other));
      expect((await client.end())[0]?.[0]).toBe(Code.ABORT);
    }
  });
});

test('[K5] a session may ask for several things that wait, one after the other', async () => {
  const { store, router } = held();
  const client = await join(router);
  client.send(PUBLISH(1, { acknowledge: true, retain: true }, kept, [1]), SUBSCRIBE(2, { get_retained: true }, kept));
  client.send(PUBLISH(3, { acknowledge: true, retain: true, exclude_me: false }, kept, [3]));
  for (let n = 0; n < 3; n++) {
    await settled();
    await store.answer();
  }
  await client.expect(PUBLISHED(1, any));
  const [, , id] = await client.next();
  await client.expect(EVENT(id, any, {}, [3]));
  await client.expect(PUBLISHED(3, any));
  client.send([34, 4, id]);
  await client.expect(UNSUBSCRIBED(4));
});

test.each([0, 1, 2, 3, 4, 5, 6, 8])(
  '[K5] an event that is retained %i microtasks after the answer is in it, or comes after it has been read',
  async (microtasks) => {
    let answer: (events: readonly StoredEvent[]) => void = () => {};
    const memory = memoryStore().open('realm1', bounds);
    const late = new Promise<readonly StoredEvent[]>((resolve) => {
      answer = resolve;
    });
    const store: RealmStore = {
      append: (event, places) => memory.append(event, places),
      forget: (topic) => memory.forget(topic),
      endSession: (id) => memory.endSession(id),
      search: (history, query) => memory.search(history, query),
      retained: () => late,
    };
    const keeping = new Keeping({ store, formats: formats(), clock: systemClock, log: () => {} });
    const found = keeping.retained(kept, 'exact');
    let read: readonly StoredEvent[] | undefined;
    if (!(found instanceof Promise)) throw new Error('expected a promise');
    // As a session that waits for it.
    void found.then((known) => {
      read = 'value' in known ? known.value : [];
    });
    answer([]);
    for (let i = 0; i < microtasks; i++) await undefined;
    const wasRead = read !== undefined;
    void keeping.append(event, { retain: true, histories: [] });
    await settled();
    expect(read).toEqual(wasRead ? [] : [event]);
  },
);
