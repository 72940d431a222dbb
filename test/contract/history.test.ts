/* Event history, retained events and testaments, end to end. */
import type { Session } from 'autostrada';
import type { RouterConfig } from 'autostrada/router';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const all = { permissions: 'all' } as const;
const config: RouterConfig = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: { guest: all },
      history: [
        { uri: 'com.example.chat', limit: 5 },
        { uri: 'com.example.game..moves', match: 'wildcard', limit: 100 },
      ],
    },
    realm2: 'open',
  },
};

const acknowledge = { acknowledge: true } as const;

/** The line is lost: no GOODBYE. */
function cut(session: Session): void {
  (session as unknown as { link: { close(): void } }).link.close();
}

function contract(bench: Bench): void {
  it('[R30] [C35] the history tells a late client what was published, including bytes and big integers', async () => {
    const [publisher, late] = [bench.connect(), bench.connect()];
    const ids: number[] = [];
    for (let n = 1; n <= 7; n++) {
      const payload = [n, new Uint8Array([n, 0, 255]), 2 ** 53];
      ids.push((await publisher.publish('com.example.chat', payload, { n }, acknowledge)).id);
    }
    const session = await late.open();
    expect(session.features.broker?.event_history).toBe(true);
    const { id } = await session.subscribe('com.example.chat', () => {});
    const { args: events, kwargs } = await session.callResult('wamp.subscription.get_events', [id]);
    expect(kwargs.is_limit_reached).toBeUndefined();
    expect(events).toEqual(
      [3, 4, 5, 6, 7].map((n) => ({
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        subscription: id,
        publication: ids[n - 1],
        details: {},
        args: [n, new Uint8Array([n, 0, 255]), 2 ** 53],
        kwargs: { n },
      })),
    );
    const filter = { after_publication: ids[3] ?? 0, from_time: '2024-01-01T00:00:00+01:00', reverse: true, limit: 2 } as const;
    const some = await session.callResult('wamp.subscription.get_events', [id], filter);
    expect(some.args.map(({ kwargs }) => kwargs)).toEqual([{ n: 7 }, { n: 6 }]);
  });

  it('[R30] [C35] the history of a pattern is found by the id that its subscribers get', async () => {
    const [publisher, late] = [bench.connect(), bench.connect()];
    await publisher.publish('com.example.game.7.moves', ['e4'], null, acknowledge);
    await publisher.publish('com.example.game.8.moves', ['d4'], null, acknowledge);
    const session = await late.open();
    const { id } = await session.subscribe('com.example.game..moves', () => {}, { match: 'wildcard' });
    const game7 = await session.callResult('wamp.subscription.get_events', [id], { topic: 'com.example.game.7.moves' });
    expect(game7.args).toMatchObject([{ details: { topic: 'com.example.game.7.moves' }, args: ['e4'] }]);
    await session.subscriptions[0]?.unsubscribe();
    await publisher.publish('com.example.game.7.moves', ['e5'], null, acknowledge);
    expect((await session.callResult('wamp.subscription.get_events', [id])).args.map(({ args }) => args)).toEqual([
      ['e4'],
      ['d4'],
      ['e5'],
    ]);
  });

  it('[R30] [K5] the history keeps events that have subscribers, at every router and process', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => bench.connect().open()));
    const heard: unknown[] = [];
    const subscriptions = await Promise.all(
      sessions.map((session) => session.subscribe('com.example.chat', ([n]) => heard.push(n), { get_retained: true })),
    );
    for (const [n, session] of sessions.entries())
      await session.publish('com.example.chat', [n], null, { acknowledge: true, exclude_me: false, retain: true });
    await expect.poll(() => heard.length).toBe(16);
    const [id] = subscriptions.map((subscription) => subscription.id);
    for (const session of sessions) {
      const { args } = await session.callResult('wamp.subscription.get_events', [id ?? 0]);
      expect(args.map(({ args: [n] = [] }) => n)).toEqual([0, 1, 2, 3]);
    }
  });

  it('[R30] the history cuts an answer that would be too large, and says so', async () => {
    const [publisher, late] = [bench.connect(), bench.connect()];
    for (let n = 1; n <= 5; n++)
      await publisher.publish('com.example.game.7.moves', [n, 'x'.repeat(300 * 1024)], null, acknowledge);
    const session = await late.open();
    const { id } = await session.subscribe('com.example.game..moves', () => {}, { match: 'wildcard' });
    const { args: events, kwargs } = await session.callResult('wamp.subscription.get_events', [id], { reverse: true });
    expect(events.map(({ args }) => args?.[0])).toEqual([5, 4, 3]);
    expect(kwargs).toEqual({ is_limit_reached: true });
  });

  it('[R30] the history refuses invalid arguments, and subscriptions without a history', async () => {
    const session = await bench.connect().open();
    const ask = (id: number, filter = {}): Promise<unknown> => session.call('wamp.subscription.get_events', [id], filter);
    const [kept, other] = [await session.subscribe('com.example.chat', () => {}), await session.subscribe('com.other', () => {})];
    expect(await failure(ask(kept.id, { limit: 0 }))).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      args: ['limit: expected a positive integer, got 0'],
    });
    expect((await failure(ask(other.id))).uri).toBe('wamp.error.history_unavailable');
    expect((await failure(ask(1))).uri).toBe('wamp.error.no_such_subscription');
  });

  it('[R29] [C35] the broker sends retained events to a subscriber that asks for them, once for each topic of a pattern', async () => {
    const [publisher, late] = [bench.connect(), bench.connect()];
    const retain = { acknowledge: true, retain: true } as const;
    await publisher.publish('com.example.lamp.1', ['off'], null, retain);
    await publisher.publish('com.example.lamp.2', ['off'], null, retain);
    const { id } = await publisher.publish('com.example.lamp.1', ['on'], null, retain);
    await publisher.publish('com.example.lamp.1', ['secret'], null, { ...retain, eligible_authrole: ['admin'] });
    const heard: unknown[] = [];
    const lamp = { match: 'prefix', get_retained: true } as const;
    await late.subscribe(
      'com.example.lamp.',
      (args, _kwargs, { topic, retained, publication }) => heard.push([topic, args?.[0], retained, publication]),
      lamp,
    ).ready;
    await publisher.publish('com.example.lamp.2', ['on'], null, acknowledge);
    await expect
      .poll(() => heard)
      .toEqual([
        ['com.example.lamp.2', 'off', true, expect.any(Number)],
        ['com.example.lamp.1', 'on', true, id],
        ['com.example.lamp.2', 'on', undefined, expect.any(Number)],
      ]);
  });

  it.each<[string, (session: Session) => unknown]>([
    ['its line is cut', cut],
    ['it is killed', ({ id }) => bench.router.kill(id)],
    ['it leaves', (session) => session.leave()],
  ])('[R61] [R07] the router publishes the testaments of a session when %s, detached before destroyed', async (_, end) => {
    const [watcher, connection] = [bench.connect(), bench.connect({ retry: false })];
    connection.on('error', () => {}); // it is to end badly
    const heard: unknown[] = [];
    await watcher.subscribe('com.example.gone', (args, kwargs, { publisher }) => heard.push([args, kwargs, publisher])).ready;
    const session = await connection.open();
    expect(session.features.dealer?.testament_meta_api).toBe(true);
    const publish_options = { disclose_me: true };
    expect(
      await session.call('wamp.session.add_testament', ['com.example.gone', ['joe', new Uint8Array([7])], {}], { publish_options }),
    ).toBeUndefined();
    await session.call('wamp.session.add_testament', ['com.example.gone', [], { state: 'detached' }], { scope: 'detached' });
    await end(session);
    await expect
      .poll(() => heard)
      .toEqual([
        [[], { state: 'detached' }, undefined],
        [['joe', new Uint8Array([7])], {}, session.id],
      ]);
  });

  it('[R61] the router forgets testaments that are flushed', async () => {
    const [watcher, connection] = [bench.connect(), bench.connect()];
    const heard: unknown[] = [];
    await watcher.subscribe('com.example.gone', ([word]: [string]) => heard.push(word)).ready;
    const session = await connection.open();
    await session.call('wamp.session.add_testament', ['com.example.gone', ['crashed'], {}]);
    await session.call('wamp.session.flush_testaments');
    await session.call('wamp.session.add_testament', ['com.example.gone', ['left'], {}]);
    await session.leave();
    await expect.poll(() => heard).toEqual(['left']);
  });
}

overMatrix('history, retained events and testaments', contract, config);
