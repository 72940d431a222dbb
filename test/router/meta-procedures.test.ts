import { describe, expect, test } from 'vitest';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { Asker } from './asking.ts';
import { join, openRouter } from './open-router.ts';

const CREATED = '1970-01-01T00:16:40.000Z'; // where the manual clock begins

async function house() {
  const { router, clock } = openRouter();
  const [asker, joe, ann] = [new Asker(await join(router)), new Asker(await join(router)), new Asker(await join(router))];
  const [, joeId = 0, annId = 0] = router.sessions.map(({ id }) => id);
  return { router, clock, asker, joe, ann, joeId, annId };
}

describe('the meta API for registrations', () => {
  test('[R54] lists the ids by match', async () => {
    const { asker, joe } = await house();
    expect(await asker.ask('wamp.registration.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
    const exact = [await joe.claim(64, 'a.b'), await joe.claim(64, 'a.c')];
    const prefix = [await joe.claim(64, 'a', { match: 'prefix' })];
    const wildcard = [await joe.claim(64, 'a..c', { match: 'wildcard' })];
    expect(await asker.ask('wamp.registration.list')).toEqual({ exact, prefix, wildcard });
  });

  test('[R54] finds with lookup the one with exactly this URI and match, or null', async () => {
    const { asker, joe } = await house();
    const exact = await joe.claim(64, 'a.b');
    const prefix = await joe.claim(64, 'a.b', { match: 'prefix' });
    expect(await asker.ask('wamp.registration.lookup', ['a.b'])).toBe(exact);
    expect(await asker.ask('wamp.registration.lookup', ['a.b', {}])).toBe(exact);
    expect(await asker.ask('wamp.registration.lookup', ['a.b', null])).toBe(exact);
    expect(await asker.ask('wamp.registration.lookup', ['a.b', { match: 'exact' }])).toBe(exact);
    expect(await asker.ask('wamp.registration.lookup', ['a.b', { match: 'prefix' }])).toBe(prefix);
    expect(await asker.ask('wamp.registration.lookup', ['a.b', { match: 'wildcard' }])).toBeNull();
    expect(await asker.ask('wamp.registration.lookup', ['a.b.c'])).toBeNull();
    expect(await asker.ask('wamp.registration.lookup', ['wamp.session.count'])).toBeNull();
  });

  test('[R54] finds with match the one that a call would reach, or null', async () => {
    const { asker, joe } = await house();
    const prefix = await joe.claim(64, 'a.b', { match: 'prefix' });
    const wildcard = await joe.claim(64, 'a..c', { match: 'wildcard' });
    const exact = await joe.claim(64, 'a.b.c');
    expect(await asker.ask('wamp.registration.match', ['a.b.c'])).toBe(exact);
    expect(await asker.ask('wamp.registration.match', ['a.b.d'])).toBe(prefix);
    expect(await asker.ask('wamp.registration.match', ['a.x.c'])).toBe(wildcard);
    expect(await asker.ask('wamp.registration.match', ['x'])).toBeNull();
  });

  test('[R54] gives with get a fixed list of fields, with the match and invoke that apply', async () => {
    const { asker, joe, clock } = await house();
    const plain = await joe.claim(64, 'a.b');
    expect(await asker.ask('wamp.registration.get', [plain])).toEqual({
      id: plain,
      created: CREATED,
      uri: 'a.b',
      match: 'exact',
      invoke: 'single',
    });
    await clock.advance(1500);
    const shared = await joe.claim(64, 'a..', { match: 'wildcard', invoke: 'roundrobin', x_mine: 1, disclose_caller: true });
    expect(await asker.ask('wamp.registration.get', [shared])).toEqual({
      id: shared,
      created: '1970-01-01T00:16:41.500Z',
      uri: 'a..',
      match: 'wildcard',
      invoke: 'roundrobin',
    });
  });

  test('[R54] gives with list_callees and count_callees its callees, in order of registering', async () => {
    const { asker, joe, ann, joeId, annId } = await house();
    const id = await ann.claim(64, 'a.b', { invoke: 'random' });
    await joe.claim(64, 'a.b', { invoke: 'random' });
    expect(await asker.ask('wamp.registration.list_callees', [id])).toEqual([annId, joeId]);
    expect(await asker.ask('wamp.registration.count_callees', [id])).toBe(2);
    ann.peer.close();
    expect(await asker.ask('wamp.registration.list_callees', [id])).toEqual([joeId]);
    expect(await asker.ask('wamp.registration.count_callees', [id])).toBe(1);
  });

  test.each(['get', 'list_callees', 'count_callees'])('[R54] does not find with %s a registration that has ended', async (name) => {
    const { asker, joe } = await house();
    const id = await joe.claim(64, 'a.b');
    joe.peer.close();
    await asker.refused('wamp.error.no_such_registration', `wamp.registration.${name}`, [id]);
    await asker.refused('wamp.error.no_such_registration', `wamp.registration.${name}`, [4711]);
  });
});

describe('the meta API for subscriptions', () => {
  test('[R31] lists the ids by match', async () => {
    const { asker, joe } = await house();
    expect(await asker.ask('wamp.subscription.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
    const exact = [await joe.claim(32, 'a.b'), await joe.claim(32, 'a.c')];
    const prefix = [await joe.claim(32, 'a', { match: 'prefix' })];
    const wildcard = [await joe.claim(32, 'a..c', { match: 'wildcard' })];
    expect(await asker.ask('wamp.subscription.list')).toEqual({ exact, prefix, wildcard });
  });

  test('[R31] finds with lookup the one with exactly this URI and match, or null', async () => {
    const { asker, joe } = await house();
    const exact = await joe.claim(32, 'a.b');
    const wildcard = await joe.claim(32, 'a..', { match: 'wildcard' });
    expect(await asker.ask('wamp.subscription.lookup', ['a.b'])).toBe(exact);
    expect(await asker.ask('wamp.subscription.lookup', ['a.b', null])).toBe(exact);
    expect(await asker.ask('wamp.subscription.lookup', ['a..', { match: 'wildcard' }])).toBe(wildcard);
    expect(await asker.ask('wamp.subscription.lookup', ['a.b', { match: 'prefix' }])).toBeNull();
    expect(await asker.ask('wamp.subscription.lookup', ['a.b.c'])).toBeNull();
  });

  test('[R31] finds with match all that an event would reach, or null', async () => {
    const { asker, joe } = await house();
    const ids = [
      await joe.claim(32, 'a.b.c'),
      await joe.claim(32, 'a', { match: 'prefix' }),
      await joe.claim(32, 'a..c', { match: 'wildcard' }),
    ];
    expect(await asker.ask('wamp.subscription.match', ['a.b.c'])).toEqual(ids);
    expect(await asker.ask('wamp.subscription.match', ['a.b'])).toEqual([ids[1]]);
    expect(await asker.ask('wamp.subscription.match', ['x'])).toBeNull();
  });

  test('[R31] gives with get a fixed list of fields, with the match that applies', async () => {
    const { asker, joe } = await house();
    const id = await joe.claim(32, 'a.b', { x_mine: 1, nkey: 'k' });
    expect(await asker.ask('wamp.subscription.get', [id])).toEqual({ id, created: CREATED, uri: 'a.b', match: 'exact' });
  });

  test('[R31] gives with list_subscribers and count_subscribers its subscribers, in order of subscribing', async () => {
    const { asker, joe, ann, joeId, annId } = await house();
    const id = await ann.claim(32, 'a.b');
    await joe.claim(32, 'a.b');
    expect(await asker.ask('wamp.subscription.list_subscribers', [id])).toEqual([annId, joeId]);
    expect(await asker.ask('wamp.subscription.count_subscribers', [id])).toBe(2);
    ann.peer.close();
    expect(await asker.ask('wamp.subscription.list_subscribers', [id])).toEqual([joeId]);
    expect(await asker.ask('wamp.subscription.count_subscribers', [id])).toBe(1);
  });

  test.each(['get', 'list_subscribers', 'count_subscribers'])(
    '[R31] does not find with %s a subscription that has ended',
    async (name) => {
      const { asker, joe } = await house();
      const id = await joe.claim(32, 'a.b');
      joe.peer.close();
      await asker.refused('wamp.error.no_such_subscription', `wamp.subscription.${name}`, [id]);
      await asker.refused('wamp.error.no_such_subscription', `wamp.subscription.${name}`, [4711]);
    },
  );
});

test.each([
  ['registration.lookup', []],
  ['registration.lookup', [7]],
  ['registration.lookup', ['not a uri']],
  ['registration.lookup', ['a.b', 'prefix']],
  ['registration.lookup', ['a.b', { match: 'regex' }]],
  ['registration.lookup', ['a..b', { match: 'prefix' }]],
  ['registration.match', [null]],
  ['registration.match', ['a..b']],
  ['registration.get', ['1']],
  ['registration.list_callees', []],
  ['registration.count_callees', [{}]],
  ['registration.remove_callee', [null, 1]],
  ['registration.remove_callee', [1]],
  ['registration.remove_callee', [1, 2, 3]],
  ['subscription.lookup', [[]]],
  ['subscription.lookup', ['a.b', { match: 1 }]],
  ['subscription.match', []],
  ['subscription.get', [null]],
  ['subscription.list_subscribers', [true]],
  ['subscription.count_subscribers', ['a.b']],
  ['subscription.remove_subscriber', ['a.b', 1]],
  ['subscription.remove_subscriber', [1, 2, 3]],
])('[R54] [R31] the meta API refuses wamp.%s with %j', async (procedure, args) => {
  await (await house()).asker.refused('wamp.error.invalid_argument', `wamp.${procedure}`, args);
});

test.each(['wamp.registration.whatever', 'wamp.subscription.count_suscribers', 'wamp.registration', 'wamp.constructor'])(
  '[R54] [R31] the meta API has no %s',
  async (procedure) => (await house()).asker.refused('wamp.error.no_such_procedure', procedure),
);

test('[R54] [R31] [R11] the meta API describes only its own realm', async () => {
  const { router, asker } = await house();
  const other = new Asker(await joinedClient(router, 'realm2'));
  const [registration, subscription] = [await other.claim(64, 'a.b'), await other.claim(32, 'a.b')];
  expect(await asker.ask('wamp.registration.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
  expect(await asker.ask('wamp.subscription.match', ['a.b'])).toBeNull();
  await asker.refused('wamp.error.no_such_registration', 'wamp.registration.get', [registration]);
  await asker.refused('wamp.error.no_such_subscription', 'wamp.subscription.get', [subscription]);
});

test('[R31] [R54] [R60] the meta API needs permission like any other call and subscription', async () => {
  const { router } = openRouter({
    realms: {
      realm1: {
        anonymous: 'guest',
        authroles: { guest: { permissions: [{ uri: 'wamp.subscription.', match: 'prefix', allow: ['call'] }] } },
      },
    },
  });
  const guest = new Asker(await join(router));
  expect(await guest.ask('wamp.subscription.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
  await guest.refused('wamp.error.not_authorized', 'wamp.registration.list');
  await guest.refused('wamp.error.not_authorized', 'wamp.session.kill_all');
  guest.send(32, {}, 'wamp.subscription.on_create');
  expect((await guest.peer.next())[4]).toBe('wamp.error.not_authorized');
});
