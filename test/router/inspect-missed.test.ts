/* What `inspect` says of events that subscribers do not get. */
import { Connection } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PUBLISH, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { HUGE, join, openRouter, sendHuge, subscribe } from './open-router.ts';
import { SlowLine } from './slow-line.ts';
import { watching } from './watching.ts';

async function opened(limits: RouterConfig['limits']) {
  const router = new Router({ realms: { realm1: 'open' }, limits }, { log: () => {} });
  onTestFinished(() => router.close());
  const publisher = new Connection({ url: router, realm: 'realm1' });
  onTestFinished(() => publisher.close());
  await publisher.open();
  return { router, publisher };
}

describe('[M1] inspect shows an event that a subscriber does not get', () => {
  test('because too much waits for it: in the row of the publication, and in that of the subscriber', async () => {
    const { router, publisher } = await opened({ maxQueuedBytes: 2000, onQueueFull: 'drop-events' });
    const quick = new Connection({ url: router, realm: 'realm1' });
    onTestFinished(() => quick.close());
    await quick.open();
    await quick.subscribe('com.example.news', () => {}).ready;
    const line = new SlowLine(router);
    await expect.poll(() => line.types).toEqual([2]);
    line.say(SUBSCRIBE(1, {}, 'com.example.news'));
    await expect.poll(() => line.types).toEqual([2, 33]);
    const slow = router.sessions.find(({ transport }) => transport.kind === 'slow');
    const all = watching(router, { kinds: ['publish'] });
    const one = watching(router, { session: slow?.id, kinds: ['event'] });
    for (let i = 0; i < 4; i++) await publisher.publish('com.example.news', ['x'.repeat(900)], {}, { acknowledge: true });
    await expect
      .poll(() => all.rows().map(({ receivers, says }) => [receivers?.sessions, says]))
      .toEqual([
        [2, 'for 2 sessions'],
        [2, 'for 2 sessions'],
        [1, 'for 1 session, 1 subscriber reading too slowly: too much waits already (limits.onQueueFull)'],
        [1, 'for 1 session, 1 subscriber reading too slowly: too much waits already (limits.onQueueFull)'],
      ]);
    await expect
      .poll(() => one.rows().map(({ uri, state, says }) => [uri, state, says]))
      .toEqual([
        ['com.example.news', 'done', 'sent'],
        ['com.example.news', 'done', 'sent'],
        ['com.example.news', 'failed', 'too much waits for it already (limits.onQueueFull)'],
        ['com.example.news', 'failed', 'too much waits for it already (limits.onQueueFull)'],
      ]);
    line.close();
  });

  test('because its serializer has no such value', async () => {
    const { router, clock } = openRouter();
    const [publisher, other] = [await join(router), await joinedClient(router, 'realm1', msgpack())];
    await subscribe(other, 'com.example.news');
    const { rows } = watching(router, { session: router.sessions[1]?.id, kinds: ['event'] });
    sendHuge(publisher, PUBLISH(1, {}, 'com.example.news', [HUGE]));
    publisher.send(PUBLISH(2, {}, 'com.example.news', [1]));
    await expect
      .poll(async () => {
        await clock.advance(100); // news come together
        return rows().map(({ state }) => state);
      })
      .toEqual(['failed', 'done']);
    expect(rows()[0]?.says).toMatch(/64 bits/);
  });
});

describe('[M1] inspect says more of what fails', () => {
  const start = async () => {
    const router = new Router({ realms: { realm1: 'open', realm2: 'open' } }, { log: () => {} });
    onTestFinished(() => router.close());
    const connect = async (authid: string, realm = 'realm1') => {
      const connection = new Connection({ url: router.as({ authid, authrole: 'anonymous' }), realm, retry: false });
      connection.on('error', () => {});
      onTestFinished(() => connection.close());
      await connection.open();
      return connection;
    };
    return { router, connect };
  };

  test('with `failed`, what succeeds does not use up the rate', async () => {
    const { router, connect } = await start();
    const one = await connect('joe');
    await one.register('com.example.add', () => 1).ready;
    const { rows, seen } = watching(router, { failed: true, perSecond: 2 });
    for (let i = 0; i < 30; i++) await one.call('com.example.add');
    await one.call('com.example.ad').catch(() => {});
    await expect.poll(() => rows().map(({ uri }) => uri)).toEqual(['com.example.ad']);
    expect(seen.skipped).toBe(0);
    for (let i = 0; i < 30; i++) await one.call('com.example.none').catch(() => {});
    await expect.poll(() => seen.skipped).toBeGreaterThan(20);
    expect(rows().length).toBeLessThan(10);
  });

  test('whose the procedure is that somebody else wants to register', async () => {
    const { router, connect } = await start();
    const [joe, jane] = [await connect('joe'), await connect('jane')];
    await joe.register('com.example.add', () => 1).ready;
    const { rows } = watching(router, { kinds: ['register'] });
    await jane.register('com.example.add', () => 1).ready.catch(() => {});
    const says = `wamp.error.procedure_already_exists: com.example.add is registered already; by joe (${joe.session?.id})`;
    await expect.poll(() => rows().map((row) => row.says)).toEqual([says]);
  });

  test('which other realm has the callee or the subscribers', async () => {
    const { router, connect } = await start();
    const [joe, jane] = [await connect('joe'), await connect('jane', 'realm2')];
    await jane.register('com.example.add', () => 1).ready;
    await jane.subscribe('com.example.', () => {}, { match: 'prefix' }).ready;
    const { rows } = watching(router, { realm: 'realm1' });
    await joe.call('com.example.add').catch(() => {});
    await joe.publish('com.example.news', [], {}, { acknowledge: true });
    await expect
      .poll(() => rows().map((row) => row.says))
      .toEqual([
        'wamp.error.no_such_procedure: nobody has registered com.example.add; realm2 has a callee, which is another realm',
        'nobody gets it; realm2 has subscribers, which is another realm',
      ]);
    const { says } = await router.explain({ realm: 'realm1', action: 'publish', uri: 'com.example.news', as: 'joe' });
    expect(says).toContain('The realm realm2 has subscribers.');
  });
});
