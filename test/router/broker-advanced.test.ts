import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { Code, EVENT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, UNSUBSCRIBED, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, join, openRouter, subscribe } from './open-router.ts';

const topic = 'com.example.topic';
const ids = (router: Router): number[] => router.sessions.map(({ id }) => id);

async function pattern(client: ScriptedPeer, uri: string, match: string, request: number): Promise<unknown> {
  client.send(SUBSCRIBE(request, { match }, uri));
  const [code, answered, id] = await client.next();
  expect([code, answered]).toEqual([33, request]);
  return id;
}

describe('a subscription by pattern', () => {
  test('[R26] tells the topic, and gets one event for each publication', async () => {
    const { router } = openRouter();
    const [publisher, subscriber] = [await join(router), await join(router)];
    const exact = await subscribe(subscriber, topic, 1);
    const prefix = await pattern(subscriber, 'com.', 'prefix', 2);
    const wildcard = await pattern(subscriber, 'com..topic', 'wildcard', 3);
    await pattern(subscriber, 'org.', 'prefix', 4);
    expect(new Set([exact, prefix, wildcard]).size).toBe(3);
    publisher.send(PUBLISH(1, { acknowledge: true }, topic, [1]));
    const [, , publication] = await publisher.next();
    await subscriber.expect(EVENT(exact, publication, {}, [1]));
    await subscriber.expect(EVENT(prefix, publication, { topic }, [1]));
    await subscriber.expect(EVENT(wildcard, publication, { topic }, [1]));
    await expectUnread(subscriber);
  });

  test('[R20] [R26] is shared by topic and match, and ends with the last subscriber', async () => {
    const { router } = openRouter();
    const [one, two, publisher] = [await join(router), await join(router), await join(router)];
    const id = await pattern(one, 'com.', 'prefix', 1);
    expect(await pattern(two, 'com.', 'prefix', 1)).toBe(id);
    expect(await pattern(two, 'com.', 'wildcard', 2)).not.toBe(id);
    one.send(UNSUBSCRIBE(2, id));
    await one.expect(UNSUBSCRIBED(2));
    two.send(UNSUBSCRIBE(3, id));
    await two.expect(UNSUBSCRIBED(3));
    publisher.send(PUBLISH(1, { acknowledge: true }, topic));
    await publisher.next();
    await expectUnread(one);
    await expectUnread(two);
    expect(await pattern(one, 'com.', 'prefix', 3)).not.toBe(id);
  });

  test.each([
    ['a..b', 'prefix'],
    ['a b', 'wildcard'],
  ])('[R22] refuses %s as a %s', async (uri, match) => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(SUBSCRIBE(1, { match }, uri));
    await expectError(client, 32, 1, 'wamp.error.invalid_uri');
  });
});

describe('a black- or whitelist', () => {
  /** Three subscribers: joe and ann are users, max is an admin; and a publisher. */
  async function audience() {
    const router = new Router({ realms: { realm1: 'open' } });
    const who = [
      { authid: 'joe', authrole: 'user' },
      { authid: 'ann', authrole: 'user' },
      { authid: 'max', authrole: 'admin' },
    ];
    const subscribers = new Map<string, ScriptedPeer>();
    for (const principal of who) {
      const client = await joinedClient(router.as(principal));
      await subscribe(client, topic);
      subscribers.set(principal.authid, client);
    }
    return { router, subscribers, publisher: await joinedClient(router) };
  }

  test.each<[string, (sessions: number[]) => object, string[]]>([
    ['nothing', () => ({}), ['joe', 'ann', 'max']],
    ['exclude', ([joe]) => ({ exclude: [joe] }), ['ann', 'max']],
    ['exclude_authid', () => ({ exclude_authid: ['ann', 'nobody'] }), ['joe', 'max']],
    ['exclude_authrole', () => ({ exclude_authrole: ['user'] }), ['max']],
    ['eligible', ([joe, , max]) => ({ eligible: [joe, max] }), ['joe', 'max']],
    ['eligible_authid', () => ({ eligible_authid: ['ann'] }), ['ann']],
    ['eligible_authrole', () => ({ eligible_authrole: ['admin', 'user'] }), ['joe', 'ann', 'max']],
    ['an empty whitelist', () => ({ eligible: [] }), []],
    ['empty blacklists', () => ({ exclude: [], exclude_authid: [], exclude_authrole: [] }), ['joe', 'ann', 'max']],
    ['all at once', ([joe]) => ({ eligible_authrole: ['user'], exclude: [joe] }), ['ann']],
    ['a contradiction', () => ({ eligible_authid: ['joe'], exclude_authrole: ['user'] }), []],
  ])('[R25] with %s selects the right sessions', async (_, options, receivers) => {
    const { router, subscribers, publisher } = await audience();
    publisher.send(PUBLISH(1, { acknowledge: true, ...options(ids(router)) }, topic));
    await publisher.next();
    await new Promise((resolve) => setImmediate(resolve));
    expect([...subscribers].filter(([, client]) => client.unread.length > 0).map(([authid]) => authid)).toEqual(receivers);
    router.close().catch(() => {});
  });
});

test('[R27] the publisher is disclosed when it asks for it, and only then', async () => {
  const { router } = openRouter();
  const [subscriber, publisher] = [await join(router), await joinedClient(router.as({ authid: 'joe', authrole: 'user' }))];
  const id = await subscribe(subscriber, topic);
  publisher.send(PUBLISH(1, {}, topic), PUBLISH(2, { disclose_me: true }, topic));
  const details = { publisher: router.sessions[1]?.id, publisher_authid: 'joe', publisher_authrole: 'user' };
  await subscriber.expect(EVENT(id, expect.any(Number), {}) as List);
  await subscriber.expect(EVENT(id, expect.any(Number), details) as List);
});

describe('retained events and a subscriber', () => {
  const retained = async (client: ScriptedPeer, options: object, uri = topic, request = 1) => {
    client.send(SUBSCRIBE(request, { get_retained: true, ...options }, uri), YIELD(1, {})); // the second is a violation: it only ends the wait
    const lists: List[] = [];
    for (let list = await client.next(); list[0] !== Code.ABORT; list = await client.next()) lists.push(list);
    expect(lists.shift()?.[0]).toBe(Code.SUBSCRIBED);
    return lists.map(([, , publication, details, args]) => ({ publication, details, args }));
  };

  test('[R29] that asks for them: it gets the last one after SUBSCRIBED', async () => {
    const { router } = openRouter();
    const publisher = await join(router);
    publisher.send(
      PUBLISH(1, { retain: true, acknowledge: true }, topic, ['old']),
      PUBLISH(2, { retain: true, acknowledge: true }, topic, ['new']),
    );
    await publisher.next();
    const [, , publication] = await publisher.next();
    publisher.send(PUBLISH(3, {}, topic, ['not kept']));
    expect(await retained(await join(router), {})).toEqual([{ publication, details: { retained: true }, args: ['new'] }]);
    expect(await retained(await join(router), { get_retained: false })).toEqual([]);
    expect(await retained(await join(router), {}, 'com.example.other')).toEqual([]);
  });

  test('[R29] of a pattern: it gets the last one of each topic', async () => {
    const { router } = openRouter();
    const publisher = await join(router);
    for (const [i, name] of ['a', 'b', 'a'].entries()) publisher.send(PUBLISH(i + 1, { retain: true }, `com.example.${name}`, [i]));
    publisher.send(PUBLISH(4, { retain: true, acknowledge: true }, 'com.other.a', [3]));
    await publisher.next();
    const events = await retained(await join(router), { match: 'prefix' }, 'com.example.');
    expect(events.map(({ details, args }) => [details, args])).toEqual([
      [{ retained: true, topic: 'com.example.b' }, [1]],
      [{ retained: true, topic: 'com.example.a' }, [2]],
    ]);
    expect((await retained(await join(router), { match: 'wildcard' }, 'com..a')).map(({ args }) => args)).toEqual([[2], [3]]);
  });

  test('[R29] that an event was not meant for: it gets the last one that was', async () => {
    const { router } = openRouter();
    const publisher = await join(router);
    publisher.send(PUBLISH(1, { retain: true }, topic, ['for all']));
    publisher.send(PUBLISH(2, { retain: true, acknowledge: true, eligible_authrole: ['admin'] }, topic, ['for admins']));
    await publisher.next();
    expect((await retained(await join(router), {})).map(({ args }) => args)).toEqual([['for all']]);
    const admin = await joinedClient(router.as({ authid: 'max', authrole: 'admin' }));
    expect((await retained(admin, {})).map(({ args }) => args)).toEqual([['for admins']]);
  });
});
