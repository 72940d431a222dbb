import { describe, expect, test } from 'vitest';
import { Code, EVENT, EVENT_RECEIVED, PUBLISH, SUBSCRIBE, SUBSCRIBED, UNSUBSCRIBE, UNSUBSCRIBED } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, join, openRouter, subscribe } from './open-router.ts';

const topic = 'com.example.topic';
const INVALID = 'wamp.error.invalid_uri';
const invalid = ['', '.', 'a..b', 'a.', '.a', 'a b', 'a#b', 'a\n', 'a\u00a0b'];

describe('SUBSCRIBE', () => {
  test('[R20] twice by one session gives the same id, and each event once', async () => {
    const { router } = openRouter();
    const [client, publisher] = [await join(router), await join(router)];
    const first = await subscribe(client, topic, 1);
    expect(await subscribe(client, topic, 2)).toBe(first);
    publisher.send(PUBLISH(1, {}, topic));
    await expectUnread(client, EVENT(first, expect.any(Number), {}));
  });

  test('[R20] by another session gives the same id, and another id for another topic', async () => {
    const { router } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    const id = await subscribe(one, topic);
    expect(id).toSatisfy((value: unknown) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2 ** 53);
    expect(await subscribe(two, topic)).toBe(id);
    expect(await subscribe(two, 'com.example.other', 2)).not.toBe(id);
  });

  test.each(invalid)('[R22] to the invalid topic %j is refused, and the session continues', async (uri) => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(SUBSCRIBE(1, {}, uri));
    await expectError(client, 32, 1, INVALID);
    await subscribe(client, topic, 2);
  });

  test.each(['wamp.session.on_join', 'Ünïcode.Ä', '__proto__', 'constructor', 'a-b.C'])('[R22] to %s is accepted', async (uri) => {
    const { router } = openRouter();
    await subscribe(await join(router), uri);
  });

  test('[R20] with match exact is the same as without', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const id = await subscribe(client, topic);
    client.send(SUBSCRIBE(2, { match: 'exact' }, topic));
    await client.expect(SUBSCRIBED(2, id));
  });
});

describe('UNSUBSCRIBE', () => {
  test('[R21] ends the events of this session, and of no other', async () => {
    const { router } = openRouter();
    const [one, two, publisher] = [await join(router), await join(router), await join(router)];
    const id = await subscribe(one, topic);
    await subscribe(two, topic);
    one.send(UNSUBSCRIBE(2, id));
    await one.expect(UNSUBSCRIBED(2));
    publisher.send(PUBLISH(1, {}, topic, [1]));
    await expectUnread(two, EVENT(id, expect.any(Number), {}, [1]));
    await expectUnread(one);
  });

  test('[R21] of an unknown id, of one of another session, and twice is refused', async () => {
    const { router } = openRouter();
    const [one, two] = [await join(router), await join(router)];
    const id = await subscribe(one, topic);
    two.send(UNSUBSCRIBE(1, id), UNSUBSCRIBE(2, 4711));
    await expectError(two, 34, 1, 'wamp.error.no_such_subscription');
    await expectError(two, 34, 2, 'wamp.error.no_such_subscription');
    one.send(UNSUBSCRIBE(2, id), UNSUBSCRIBE(3, id));
    await one.expect(UNSUBSCRIBED(2));
    await expectError(one, 34, 3, 'wamp.error.no_such_subscription');
  });

  test('[R21] is needed once for a topic that was subscribed to twice', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const id = await subscribe(client, topic, 1);
    await subscribe(client, topic, 2);
    client.send(UNSUBSCRIBE(3, id), PUBLISH(4, { exclude_me: false }, topic));
    await expectUnread(client, UNSUBSCRIBED(3));
  });
});

describe('PUBLISH', () => {
  test('[R23] reaches every subscriber with the same publication id, which is that of PUBLISHED', async () => {
    const { router } = openRouter();
    const [one, two, publisher] = [await join(router), await join(router), await join(router)];
    const id = await subscribe(one, topic);
    await subscribe(two, topic);
    publisher.send(PUBLISH(1, { acknowledge: true }, topic, [1, 'two'], { three: [3] }));
    const [code, request, publication] = await publisher.next();
    expect([code, request]).toEqual([17, 1]);
    await one.expect(EVENT(id, publication, {}, [1, 'two'], { three: [3] }));
    await two.expect(EVENT(id, publication, {}, [1, 'two'], { three: [3] }));
  });

  test('[R23] gets a new publication id each time', async () => {
    const { router } = openRouter();
    const publisher = await join(router);
    publisher.send(PUBLISH(1, { acknowledge: true }, topic), PUBLISH(2, { acknowledge: true }, topic));
    expect((await publisher.next())[2]).not.toBe((await publisher.next())[2]);
  });

  test.each([{}, { acknowledge: false }])('[R23] with %j is not answered', async (options) => {
    const { router } = openRouter();
    const publisher = await join(router);
    publisher.send(PUBLISH(1, options, topic), PUBLISH(2, options, 'a..b'), PUBLISH(3, options, 'wamp.session.on_join'));
    await expectUnread(publisher);
    expect(publisher.closed).toBeUndefined();
  });

  test.each([...invalid, 'wamp.session.on_join', 'wamp'])('[R22] [R23] to %j is refused, and reaches nobody', async (uri) => {
    const { router } = openRouter();
    const [publisher, subscriber] = [await join(router), await join(router)];
    subscriber.send(SUBSCRIBE(1, {}, uri));
    await subscriber.next();
    publisher.send(PUBLISH(1, { acknowledge: true }, uri), PUBLISH(2, {}, uri));
    await expectError(publisher, 16, 1, INVALID);
    await expectUnread(subscriber);
  });

  test('[R22] to a topic that only begins like a reserved one is accepted', async () => {
    const { router } = openRouter();
    const publisher = await join(router);
    publisher.send(PUBLISH(1, { acknowledge: true }, 'wampum.beads'));
    expect((await publisher.next())[0]).toBe(Code.PUBLISHED);
  });

  test.each([
    [{}, 0],
    [{ exclude_me: true }, 0],
    [{ exclude_me: false }, 1],
  ])('[R24] with %j reaches the publisher %i times', async (options, times) => {
    const { router } = openRouter();
    const client = await join(router);
    await subscribe(client, topic);
    client.send(PUBLISH(2, options, topic));
    await expectUnread(client, ...Array(times).fill(EVENT(expect.any(Number), expect.any(Number), {})));
  });

  test('[R11] stays in its realm', async () => {
    const { router } = openRouter();
    const [here, there] = [await join(router), await joinedClient(router, 'realm2')];
    const publisher = await join(router);
    await subscribe(here, topic);
    const theirs = await subscribe(there, topic);
    publisher.send(PUBLISH(1, {}, topic));
    await expectUnread(there);
    expect(here.unread).toHaveLength(1);
    here.send(UNSUBSCRIBE(2, theirs));
    await here.next();
    await expectError(here, 34, 2, 'wamp.error.no_such_subscription');
  });
});

describe('[R28] the order of messages', () => {
  test('has PUBLISHED before the publisher’s own event', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const id = await subscribe(client, topic);
    client.send(PUBLISH(2, { acknowledge: true, exclude_me: false }, topic));
    const [code, , publication] = await client.next();
    expect(code).toBe(Code.PUBLISHED);
    await client.expect(EVENT(id, publication, {}));
  });

  test('has SUBSCRIBED before the first event, even in one tick', async () => {
    const { router } = openRouter();
    const [client, publisher] = [await join(router), await join(router)];
    client.send(SUBSCRIBE(1, {}, topic), PUBLISH(2, { exclude_me: false }, topic, ['mine']));
    publisher.send(PUBLISH(1, {}, topic, ['theirs']));
    const [code, , id] = await client.next();
    expect(code).toBe(Code.SUBSCRIBED);
    await client.expect(EVENT(id, expect.any(Number), {}, ['mine']));
    await client.expect(EVENT(id, expect.any(Number), {}, ['theirs']));
  });

  test('has events of one publisher as they were published, over all topics', async () => {
    const { router } = openRouter();
    const [client, publisher] = [await join(router), await join(router)];
    await subscribe(client, 'com.example.a', 1);
    await subscribe(client, 'com.example.b', 2);
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    publisher.send(...numbers.map((i) => PUBLISH(i + 1, {}, i % 3 ? 'com.example.a' : 'com.example.b', [i])));
    await new Promise((resolve) => setImmediate(resolve));
    expect(client.unread.map((event) => event[4])).toEqual(numbers.map((i) => [i]));
  });

  test('has no event for a subscriber that comes after a PUBLISH of the same tick', async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(PUBLISH(1, { exclude_me: false }, topic), SUBSCRIBE(2, {}, topic));
    await expectUnread(client, SUBSCRIBED(2, expect.any(Number)));
  });
});

test('EVENT_RECEIVED, which Autobahn may send, is ignored', async () => {
  const { router } = openRouter();
  const client = await join(router);
  client.send(EVENT_RECEIVED(4711));
  await expectUnread(client);
  expect(client.closed).toBeUndefined();
});
