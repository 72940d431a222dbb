import { describe, expect, test } from 'vitest';
import { ABORT, Code, EVENT, GOODBYE, REGISTER, SUBSCRIBE, UNREGISTER, UNSUBSCRIBE } from '../fixtures/messages.ts';
import type { List } from '../fixtures/scripted-peer.ts';
import { Asker } from './asking.ts';
import { join, openRouter } from './open-router.ts';

const CREATED = '1970-01-01T00:16:40.000Z'; // where the manual clock begins

/** A watcher of everything below wamp., and two others. `told`: what came, as topics and arguments. */
async function watched(what = 'wamp.') {
  const { router, clock } = openRouter();
  const [watcher, joe, ann] = [new Asker(await join(router)), new Asker(await join(router)), new Asker(await join(router))];
  const [, joeId = 0, annId = 0] = router.sessions.map(({ id }) => id);
  await watcher.claim(32, what, { match: 'prefix' });
  return { router, clock, watcher, joe, ann, joeId, annId, told: () => events(watcher) };
}

/** All that has come to somebody; events as [topic, ...args]. */
async function events({ peer }: Asker): Promise<unknown[]> {
  await new Promise((resolve) => setImmediate(resolve));
  const all: unknown[] = [];
  while (peer.unread.length > 0) all.push(await peer.next());
  return all.map((list) => shown(list as List));
}
function shown([code, , third, details, args]: List): unknown {
  if (code === Code.EVENT) return [(details as { topic?: string }).topic, ...(args as unknown[])];
  return typeof third === 'number' ? [code, third] : [code];
}

describe('a subscription', () => {
  test('[R31] causes on_create and on_subscribe if it is the first, on_subscribe for others, and nothing if repeated', async () => {
    const { joe, ann, joeId, annId, told } = await watched();
    const id = await joe.claim(32, 'a.b');
    expect(await told()).toEqual([
      ['wamp.subscription.on_create', joeId, { id, created: CREATED, uri: 'a.b', match: 'exact' }],
      ['wamp.subscription.on_subscribe', joeId, id],
    ]);
    await ann.claim(32, 'a.b');
    expect(await told()).toEqual([['wamp.subscription.on_subscribe', annId, id]]);
    await ann.claim(32, 'a.b');
    expect(await told()).toEqual([]);
  });

  test('[R31] causes on_unsubscribe when each one ends, and on_delete after the last', async () => {
    const { joe, ann, joeId, annId, told } = await watched('wamp.subscription.');
    const id = await joe.claim(32, 'a.b', { match: 'prefix' });
    await ann.claim(32, 'a.b', { match: 'prefix' });
    await told();
    joe.send(34, id);
    expect(await told()).toEqual([['wamp.subscription.on_unsubscribe', joeId, id]]);
    ann.send(34, id);
    expect(await told()).toEqual([
      ['wamp.subscription.on_unsubscribe', annId, id],
      ['wamp.subscription.on_delete', annId, id],
    ]);
    joe.send(34, id); // refused
    expect(await told()).toEqual([]);
  });

  test('[R31] causes no event for topics below wamp.', async () => {
    const { joe, told } = await watched();
    for (const [uri, match] of [
      ['wamp.session.on_join', 'exact'],
      ['wamp.subscription.', 'prefix'],
      ['wamp..on_create', 'wildcard'],
    ])
      await joe.claim(32, uri ?? '', { match });
    joe.peer.close();
    expect(await told()).toEqual([['wamp.session.on_leave', expect.any(Number), expect.any(String), expect.any(String)]]);
  });

  test('[R31] [R54] is also reported to the session that makes it, after its own answer', async () => {
    const { router } = openRouter();
    const joe = new Asker(await join(router));
    const [{ id: joeId } = { id: 0 }] = router.sessions;
    const all = await joe.claim(32, '', { match: 'prefix' });
    const created = { id: all, created: CREATED, uri: '', match: 'prefix' };
    expect(await events(joe)).toEqual([
      ['wamp.subscription.on_create', joeId, created],
      ['wamp.subscription.on_subscribe', joeId, all],
    ]);
    joe.peer.send(SUBSCRIBE(2, {}, 'a.b'), REGISTER(3, {}, 'a.c')); // in one read
    const told = await events(joe);
    const [id, registration] = [Number((told[0] as number[])[1]), Number((told[3] as number[])[1])];
    expect(told).toEqual([
      [33, id],
      ['wamp.subscription.on_create', joeId, { id, created: CREATED, uri: 'a.b', match: 'exact' }],
      ['wamp.subscription.on_subscribe', joeId, id],
      [65, registration],
      ['wamp.registration.on_create', joeId, { id: registration, created: CREATED, uri: 'a.c', match: 'exact', invoke: 'single' }],
      ['wamp.registration.on_register', joeId, registration],
    ]);
    joe.peer.send(UNSUBSCRIBE(4, id), UNREGISTER(5, registration), UNSUBSCRIBE(6, all));
    expect(await events(joe)).toEqual([
      [35],
      ['wamp.subscription.on_unsubscribe', joeId, id],
      ['wamp.subscription.on_delete', joeId, id],
      [67],
      ['wamp.registration.on_unregister', joeId, registration],
      ['wamp.registration.on_delete', joeId, registration],
      [35], // nobody is left to be told of this one
    ]);
  });

  test('[R31] is reported before a retained event, which it did not cause', async () => {
    const { joe, ann, told } = await watched('wamp.subscription.on_s');
    joe.send(16, { retain: true }, 'a.b', ['kept']);
    ann.send(32, { match: 'prefix', get_retained: true }, '');
    const [subscribed, ...rest] = (await events(ann)) as unknown[][];
    const [, id] = subscribed ?? [];
    expect(rest.map(([topic]) => topic)).toEqual(['wamp.subscription.on_create', 'wamp.subscription.on_subscribe', 'a.b']);
    expect(await told()).toEqual([['wamp.subscription.on_subscribe', expect.any(Number), id]]);
  });
});

describe('a registration', () => {
  test('[R54] causes on_create and on_register, then on_unregister and on_delete, in this order', async () => {
    const { joe, ann, joeId, annId, told } = await watched('wamp.registration.');
    const id = await joe.claim(64, 'a.b', { invoke: 'last' });
    expect(await told()).toEqual([
      ['wamp.registration.on_create', joeId, { id, created: CREATED, uri: 'a.b', match: 'exact', invoke: 'last' }],
      ['wamp.registration.on_register', joeId, id],
    ]);
    await ann.claim(64, 'a.b', { invoke: 'last' });
    await ann.claim(64, 'a.b', { invoke: 'last' }); // has it already
    ann.send(64, { invoke: 'first' }, 'a.b'); // refused
    expect(await told()).toEqual([['wamp.registration.on_register', annId, id]]);
    joe.send(66, id);
    expect(await told()).toEqual([['wamp.registration.on_unregister', joeId, id]]);
    ann.send(66, id);
    expect(await told()).toEqual([
      ['wamp.registration.on_unregister', annId, id],
      ['wamp.registration.on_delete', annId, id],
    ]);
  });
});

describe('a session that ends', () => {
  const endings: readonly (readonly [string, (joe: Asker, watcher: Asker, id: number) => void])[] = [
    ['by GOODBYE', ({ peer }) => peer.send(GOODBYE({}, 'wamp.close.close_realm'))],
    ['by ABORT', ({ peer }) => peer.send(ABORT({}, 'com.example.enough'))],
    ['as the line drops', ({ peer }) => peer.close()],
    ['by a violation', ({ peer }) => peer.send([99])],
    ['as it is killed', (_joe, watcher, id) => watcher.call('wamp.session.kill', [id])],
  ];
  test.each(endings)(
    '[R07] [R31] [R54] [R60] %s loses its subscriptions and registrations, and is reported to have left',
    async (_how, end) => {
      const { joe, ann, joeId, watcher, told } = await watched();
      const [one, two] = [await joe.claim(32, 'a.1'), await joe.claim(32, 'a.2')];
      await ann.claim(32, 'a.2');
      const registration = await joe.claim(64, 'a.3');
      await told();
      end(joe, watcher, joeId);
      expect((await told()).filter((list) => (list as unknown[])[0] !== Code.RESULT)).toEqual([
        ['wamp.subscription.on_unsubscribe', joeId, one],
        ['wamp.subscription.on_delete', joeId, one],
        ['wamp.subscription.on_unsubscribe', joeId, two],
        ['wamp.registration.on_unregister', joeId, registration],
        ['wamp.registration.on_delete', joeId, registration],
        ['wamp.session.on_leave', joeId, expect.any(String), 'anonymous'],
      ]);
      expect((await events(ann)).length).toBe(0);
    },
  );

  test('[R60] [R31] [R54] because of kill_all is not reported', async () => {
    const { joe, ann, watcher, told } = await watched();
    await joe.claim(32, 'a.1');
    await ann.claim(64, 'a.2');
    await told();
    expect(await watcher.ask('wamp.session.kill_all')).toBe(2);
    expect(await told()).toEqual([]);
    expect(await watcher.ask('wamp.registration.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
  });

  test('[R31] gets no event about its own end, even if it watches', async () => {
    const { watcher, joe, told } = await watched('');
    await joe.claim(32, 'a.1');
    await told();
    watcher.peer.send(GOODBYE({}, 'wamp.close.close_realm'));
    expect(await told()).toEqual([[6]]);
  });
});

describe('a watching session', () => {
  test('[R31] gets the same events as others, in the same order, each by its own subscription', async () => {
    const { watcher, joe, ann, joeId } = await watched();
    const creations = await ann.claim(32, 'wamp.subscription.on_create');
    await ann.claim(32, 'wamp..on_subscribe', { match: 'wildcard' });
    const id = await joe.claim(32, 'a.b');
    const [first, second] = [await events(watcher), await ann.peer.next()];
    expect(first.map((event) => (event as unknown[])[0])).toEqual([
      'wamp.subscription.on_create',
      'wamp.subscription.on_subscribe',
    ]);
    expect(second).toEqual(EVENT(creations, expect.any(Number), {}, [joeId, { id, created: CREATED, uri: 'a.b', match: 'exact' }]));
    expect(await events(ann)).toEqual([['wamp.subscription.on_subscribe', joeId, id]]);
  });

  test('[R31] gets no events after its subscription ends, and again after a new one', async () => {
    const { router } = openRouter();
    const [watcher, joe] = [new Asker(await join(router)), new Asker(await join(router))];
    for (const [uri, match] of [
      ['wamp.subscription.on_create', 'exact'],
      ['w', 'prefix'],
      ['', 'prefix'],
      ['..on_create', 'wildcard'],
      ['wamp.subscription.on_create', 'exact'],
    ]) {
      const id = await watcher.claim(32, uri ?? '', { match });
      await events(watcher);
      const watched = await joe.claim(32, 'a.b');
      expect(await events(watcher)).toContainEqual(expect.arrayContaining([expect.objectContaining({ id: watched })]));
      joe.send(34, watched);
      await joe.peer.next();
      watcher.send(34, id);
      await events(watcher);
      joe.send(34, await joe.claim(32, 'a.b'));
      await joe.peer.next();
      expect(await events(watcher)).toEqual([]);
    }
  });

  test('[R60] gets on_join after the WELCOME of others, and not its own', async () => {
    const { router, told } = await watched('wamp.session.');
    const late = new Asker(await join(router));
    expect(await told()).toEqual([['wamp.session.on_join', expect.objectContaining({ session: router.sessions.at(-1)?.id })]]);
    expect(await events(late)).toEqual([]);
  });
});

test('[R31] three thousand subscriptions of all kinds come and go at once', async () => {
  const { router } = openRouter();
  const [watcher, joe] = [new Asker(await join(router)), await join(router)];
  const matches = ['exact', 'prefix', 'wildcard'];
  for (let i = 1; i <= 2_999; i++) joe.send(SUBSCRIBE(i, { match: matches[i % 3] }, `com.example.topic${i}`));
  await events(watcher);
  const { exact, prefix, wildcard } = (await watcher.ask('wamp.subscription.list')) as { [match: string]: unknown[] };
  expect([exact?.length, prefix?.length, wildcard?.length]).toEqual([999, 1_000, 1_000]);
  joe.close();
  expect(await watcher.ask('wamp.subscription.list')).toEqual({ exact: [], prefix: [], wildcard: [] });
});
