import type { AuthroleConfig, PermissionRule, Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { ABORT, ERROR, EVENT, GOODBYE, HELLO, REGISTER, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { Asker } from './asker.ts';
import { expectUnread, join, openRouter, register, subscribe } from './open-router.ts';

const ADD = 'wamp.session.add_testament';
const FLUSH = 'wamp.session.flush_testaments';
const topic = 'com.example.gone';

/** joe, who leaves testaments, and a watcher of `com.example.`. */
async function family() {
  const { router, clock } = openRouter();
  const joe = new Asker(await joinedClient(router.as({ authid: 'joe', authrole: 'user' })));
  const watcher = await join(router);
  watcher.send(SUBSCRIBE(1, { match: 'prefix' }, 'com.example.'));
  await watcher.next();
  return { router, clock, joe, watcher };
}

async function add(asker: Asker, args: List, kwargs?: object): Promise<void> {
  expect(await asker.call(ADD, args, kwargs)).toEqual({ args: [], kwargs: undefined }); // no return value
}

/** What the watcher has heard: the first argument of each event. */
async function heard(watcher: ScriptedPeer): Promise<unknown[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return watcher.unread.map(([, , , , args]) => (args as List)[0]);
}

describe('a testament', () => {
  const endings: { readonly [how: string]: (joe: ScriptedPeer, router: Router) => void } = {
    'it says GOODBYE': (joe) => joe.send(GOODBYE({}, 'wamp.close.close_realm')),
    'it aborts': (joe) => joe.send(ABORT({}, 'com.example.enough')),
    'its line is lost': (joe) => joe.close(1006),
    'it breaks the protocol': (joe) => joe.send([]),
    'what it sends is no message': (joe) => joe.sendFrame('{'),
    'the router kills it': (_, router) => router.kill(router.sessions[0]?.id ?? 0),
  };

  test.each(Object.keys(endings))('[R61] [R07] is published once when %s', async (how) => {
    const { router, joe, watcher } = await family();
    await add(joe, [topic, ['joe'], { left: true }]);
    await expectUnread(watcher);
    endings[how]?.(joe.peer, router);
    await watcher.expect(EVENT(expect.any(Number), expect.any(Number), { topic }, ['joe'], { left: true }));
    await expectUnread(watcher);
  });

  test('[R61] is published when another session kills it, but not by kill_all', async () => {
    const { router, joe, watcher } = await family();
    await add(joe, [topic, ['joe']]);
    const killer = new Asker(await join(router));
    await killer.call('wamp.session.kill', [router.sessions[0]?.id]);
    expect(await heard(watcher)).toEqual(['joe']);
    const ann = new Asker(await join(router));
    await add(ann, ['com.other.gone', ['ann']]);
    await killer.subscribe('com.other.gone');
    expect(await killer.call('wamp.session.kill_all', [])).toEqual({ args: [2], kwargs: undefined });
    ann.peer.close();
    await expectUnread(killer.peer);
  });

  test('[R61] is one of several, in order, detached before destroyed', async () => {
    const { joe, watcher } = await family();
    await add(joe, [topic, [1], {}]);
    await add(joe, [topic, [2], {}], { scope: 'detached' });
    await add(joe, [topic, [3], {}], { scope: 'destroyed' });
    await add(joe, [topic, [4], {}], { scope: 'detached' });
    joe.peer.close();
    expect(await heard(watcher)).toEqual([2, 4, 1, 3]);
  });

  test('[R61] can be flushed, by its scope', async () => {
    const { router, joe, watcher } = await family();
    const ann = new Asker(await join(router));
    for (const asker of [joe, ann]) {
      await add(asker, [topic, ['destroyed']]);
      await add(asker, [topic, ['detached']], { scope: 'detached' });
    }
    expect(await joe.call(FLUSH, [])).toEqual({ args: [], kwargs: undefined });
    joe.peer.close();
    expect(await heard(watcher)).toEqual(['detached']);
    await ann.call(FLUSH, [], { scope: 'detached' });
    await ann.call(FLUSH, [], { scope: 'detached' }); // nothing is there any more
    ann.peer.close();
    expect(await heard(watcher)).toEqual(['detached', 'destroyed']);
  });

  test('[R61] ends with its session, not with the connection', async () => {
    const { joe, watcher } = await family();
    await add(joe, [topic, [1]]);
    joe.peer.send(GOODBYE({}, 'wamp.close.close_realm'), HELLO('realm1', { roles: { caller: {} } }));
    await joe.peer.next();
    await joe.peer.next();
    expect(await heard(watcher)).toEqual([1]);
    joe.peer.close();
    expect(await heard(watcher)).toEqual([1]);
  });

  test('[R07] [R61] is published when everything of the session is removed, before on_leave, and not to itself', async () => {
    const { router, joe, watcher } = await family();
    await subscribe(watcher, 'wamp.session.on_leave', 2);
    const caller = new Asker(await join(router));
    await joe.subscribe(topic);
    await add(joe, [topic, ['joe']], { publish_options: { exclude_me: false } });
    joe.peer.send(REGISTER(3, {}, 'com.example.slow'));
    await joe.peer.next();
    caller.send(48, {}, 'com.example.slow');
    await joe.peer.next();
    await caller.subscribe(topic);
    joe.peer.send(GOODBYE({}, 'wamp.close.close_realm'));
    expect((await caller.peer.next())[4]).toBe('wamp.error.canceled'); // its calls are settled first
    expect((await caller.peer.next())[4]).toEqual(['joe']);
    expect((await watcher.next())[4]).toEqual(['joe']);
    expect((await watcher.next())[4]).toEqual([expect.any(Number), 'joe', 'user']);
    await joe.peer.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await expectUnread(joe.peer);
    await register(watcher, 'com.example.slow', 3);
  });
});

describe('the publish_options of a testament', () => {
  test('[R61] [R25] [R27] [R29] choose the receivers, disclose the publisher, and retain', async () => {
    const { router, joe, watcher } = await family();
    const [session] = router.sessions;
    const admin = new Asker(await joinedClient(router.as({ authrole: 'admin' })));
    const id = await admin.subscribe(topic);
    const publish_options = { eligible_authrole: ['admin'], disclose_me: true, retain: true, acknowledge: true };
    await add(joe, [topic, ['joe'], null], { publish_options });
    joe.peer.close();
    const details = { publisher: session?.id, publisher_authid: 'joe', publisher_authrole: 'user' };
    await admin.peer.expect(EVENT(id, expect.any(Number), details, ['joe']));
    await admin.subscribe(topic, { get_retained: true });
    await admin.peer.expect(EVENT(id, expect.any(Number), { ...details, retained: true }, ['joe']));
    await expectUnread(watcher);
  });

  test('[R61] [R30] allow the history to keep it', async () => {
    const authroles = { guest: { permissions: 'all' as const } };
    const { router } = openRouter({ realms: { realm1: { anonymous: 'guest', authroles, history: [{ uri: topic, limit: 1 }] } } });
    const [one, two] = [new Asker(await join(router)), new Asker(await join(router))];
    const id = await two.subscribe(topic);
    await add(one, [topic, ['one']]);
    one.peer.close();
    await two.peer.next();
    expect((await two.events(id)).map(({ args }) => args)).toEqual([['one']]);
  });
});

describe('an invalid testament', () => {
  test.each<[string, string, List, object?]>([
    ['invalid_argument', ADD, []],
    ['invalid_argument', ADD, [7, [], {}]],
    ['invalid_argument', ADD, [null, [], {}]],
    ['invalid_argument', ADD, [topic, 'args', {}]],
    ['invalid_argument', ADD, [topic, {}, {}]],
    ['invalid_argument', ADD, [topic, [], []]],
    ['invalid_argument', ADD, [topic, [], 'kwargs']],
    ['invalid_argument', ADD, [topic, [], {}], { scope: 'gone' }],
    ['invalid_argument', ADD, [topic, [], {}], { scope: 7 }],
    ['invalid_argument', ADD, [topic, [], {}], { publish_options: [] }],
    ['invalid_argument', ADD, [topic, [], {}], { publish_options: { retain: 1 } }],
    ['invalid_argument', ADD, [topic, [], {}], { publish_options: { eligible: 'joe' } }],
    ['invalid_argument', FLUSH, [], { scope: '' }],
    ['invalid_uri', ADD, ['com..gone', [], {}]],
    ['invalid_uri', ADD, ['not a uri', [], {}]],
    ['invalid_uri', ADD, ['', [], {}]],
    ['invalid_uri', ADD, ['wamp.session.on_leave', [], {}]],
    ['invalid_uri', ADD, ['wamp', [], {}]],
  ])('[R61] with %s is refused: %s %j %j', async (error, procedure, args, kwargs) => {
    const { joe, watcher } = await family();
    await joe.refused(`wamp.error.${error}`, procedure, args, kwargs);
    joe.peer.close();
    await expectUnread(watcher);
  });

  test('[R61] is refused with the name of the argument', async () => {
    const { joe } = await family();
    const request = joe.send(48, {}, ADD, [topic, [], {}], { publish_options: { retain: 1 } });
    const text = 'publish_options.retain: expected a boolean, got 1';
    await joe.peer.expect(ERROR('CALL', request, {}, 'wamp.error.invalid_argument', [text]));
  });

  test('[R61] is one that the session could not publish itself', async () => {
    const permissions: PermissionRule[] = [
      { uri: 'wamp.', match: 'prefix', allow: ['call'] },
      { uri: 'com.example.quiet', allow: ['publish'], disclose: false },
      { uri: 'com.example.told', allow: ['publish'], disclose: true },
      { uri: 'com.example.told', match: 'prefix', allow: ['subscribe'] },
    ];
    const authroles: { [authrole: string]: AuthroleConfig } = { guest: { permissions }, admin: { permissions: 'all' } };
    const { router } = openRouter({ realms: { realm1: { anonymous: 'guest', authroles } } });
    const guest = new Asker(await joinedClient(router));
    await guest.refused('wamp.error.not_authorized', ADD, ['com.example.other', [], {}]);
    const disclosed = { publish_options: { disclose_me: true } };
    await guest.refused('wamp.error.option_disallowed.disclose_me', ADD, ['com.example.quiet', [], {}], disclosed);
    await add(guest, ['com.example.told', [1], {}]);
    await add(guest, ['com.example.quiet', [2], {}]);
    const admin = await joinedClient(router.as({ authrole: 'admin' }));
    await subscribe(admin, 'com.example.told', 1);
    await subscribe(admin, 'com.example.quiet', 2);
    guest.peer.close();
    expect((await admin.next())[3]).toMatchObject({ publisher_authrole: 'guest' });
    expect((await admin.next())[3]).toEqual({});
  });

  test('[R61] is one of more than 100, or beyond 4 MiB', async () => {
    const { router, joe, watcher } = await family();
    for (let n = 0; n < 100; n++) await add(joe, [topic, [n]], { scope: n % 2 ? 'detached' : 'destroyed' });
    await joe.refused('wamp.error.payload_size_exceeded', ADD, [topic, [100]]);
    await joe.call(FLUSH, []);
    await add(joe, [topic, [101]]);
    joe.peer.close();
    expect(await heard(watcher)).toHaveLength(51);
    const ann = new Asker(await join(router));
    const big = 'x'.repeat(0.9 * 2 ** 20);
    for (let n = 0; n < 4; n++) await add(ann, [topic, [big]]);
    await ann.refused('wamp.error.payload_size_exceeded', ADD, [topic, [big]]);
    await add(ann, [topic, ['small']]);
  });
});
