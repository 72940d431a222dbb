/* [G2] What a stranger sends that is too long, or too much: answered, and nothing else is lost. */
import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import {
  ABORT,
  AUTHENTICATE,
  CALL,
  Code,
  ERROR,
  GOODBYE,
  HELLO,
  REGISTER,
  RESULT,
  UNREGISTERED,
  UNSUBSCRIBED,
  YIELD,
} from '../fixtures/messages.ts';
import { joinedClient, type List, type ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { Asker } from './asking.ts';
import { expectAbort, expectError, expectUnread, join, openRouter, register, roles } from './open-router.ts';

const INVALID_URI = 'wamp.error.invalid_uri';
const LIMIT = 'autostrada.error.limit_exceeded';
const SIZE = 'wamp.error.payload_size_exceeded';
const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

const limits = {
  maxUriLength: 100,
  maxUriComponents: 8,
  maxListLength: 3,
  maxSubscriptions: 2,
  maxRegistrations: 2,
  maxCalls: 2,
  maxCallBytes: 4096,
  maxTestaments: 2,
  maxTestamentBytes: 4096,
};
const open = () => openRouter({ realms: { realm1: 'open' }, limits });

const longest = `a.${'b'.repeat(98)}`;
const tooLong = [`${longest}b`, 'a'.repeat(500_000), '.'.repeat(500_000), Array.from({ length: 9 }, () => 'a').join('.')];

/** The next message is this ERROR, with a text that is no longer than one reads. */
async function expectShortError(peer: ScriptedPeer, type: number, request: number, uri: string): Promise<void> {
  const [code, of, id, , error, args] = await peer.next();
  expect([code, of, id, error]).toEqual([8, type, request, uri]);
  expect(String((args as List)[0]).length).toBeLessThan(300);
}

describe('[G2] a URI that is too long, or has too many components', () => {
  test.each<[string, number, object]>([
    ['SUBSCRIBE', 32, {}],
    ['SUBSCRIBE of a prefix', 32, { match: 'prefix' }],
    ['SUBSCRIBE of a wildcard', 32, { match: 'wildcard' }],
    ['REGISTER', 64, {}],
    ['REGISTER of a prefix', 64, { match: 'prefix' }],
    ['REGISTER of a wildcard', 64, { match: 'wildcard' }],
    ['CALL', 48, {}],
    ['PUBLISH', 16, { acknowledge: true }],
  ])('[R12] is refused in %s, and the session continues', async (_, code, options) => {
    const { router } = open();
    const asker = new Asker(await join(router));
    for (const uri of tooLong) await expectShortError(asker.peer, code, asker.send(code, options, uri), INVALID_URI);
    expect(await asker.ask('wamp.session.count')).toBe(1);
    expect(router.stats()).toMatchObject({ subscriptions: 0, registrations: 0, calls: 0, droppedPublications: 0 });
  });

  test('is refused in a CALL even if a pattern matches it', async () => {
    const { router } = open();
    const [callee, asker] = [await join(router), new Asker(await join(router))];
    callee.send(REGISTER(1, { match: 'prefix' }, 'a'));
    await callee.next();
    for (const uri of [...tooLong, 'a..b', 'a b', 'a#'])
      await expectShortError(asker.peer, 48, asker.send(48, {}, uri), INVALID_URI);
    await expectUnread(callee);
  });

  test('is dropped in a PUBLISH without acknowledge, counted, and logged once for each session', async () => {
    const { router, log } = open();
    const askers = [new Asker(await join(router)), new Asker(await join(router))];
    for (const asker of askers) {
      for (const uri of [...tooLong, 'a..b']) asker.send(16, {}, uri);
      expect(await asker.ask('wamp.session.count')).toBe(2);
    }
    expect(router.stats().droppedPublications).toBe(10);
    const warnings = log.filter(({ level }) => level === 'warn');
    expect(warnings).toHaveLength(2);
    for (const { message } of warnings) {
      expect(message).toContain('a publication was dropped');
      expect(message.length).toBeLessThan(300);
    }
  });

  test('is accepted up to the limits', async () => {
    const { router } = open();
    const asker = new Asker(await join(router));
    const most = Array.from({ length: 8 }, () => 'a').join('.');
    for (const uri of [longest, most]) await asker.claim(32, uri);
    for (const uri of [longest, most]) await asker.claim(64, uri);
  });

  test('[R06] ends the session that uses it as a realm, an authid or an authmethod', async () => {
    const { router } = open();
    const long = 'x'.repeat(50_000);
    const hellos: readonly [List, string][] = [
      [HELLO(long, { roles }), INVALID_URI],
      [HELLO('.'.repeat(90), { roles }), INVALID_URI],
      [HELLO('realm1', { roles, authid: long }), INVALID_ARGUMENT],
      [HELLO('realm1', { roles, authmethods: ['ticket', long] }), INVALID_ARGUMENT],
      [HELLO('realm1', { roles, authmethods: Array.from({ length: 1000 }, () => 'ticket') }), INVALID_ARGUMENT],
    ];
    for (const [hello, reason] of hellos) {
      const client = scriptedClient(router);
      client.send(hello);
      const [abort] = await client.end();
      expect([abort?.[0], abort?.[2]]).toEqual([3, reason]);
      expect(JSON.stringify(abort).length).toBeLessThan(400);
    }
    expect(router.sessions).toEqual([]);
  });

  test('refuses the login if a hook returns it as a name', async () => {
    const findUser = () => ({ authrole: 'x'.repeat(5000), ticket: 'secret' });
    const { router, log } = openRouter({ realms: { realm1: { authroles: {} } }, limits }, { findUser });
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles, authid: 'joe', authmethods: ['ticket'] }));
    expect((await client.next())[0]).toBe(Code.CHALLENGE);
    client.send(AUTHENTICATE('secret', {}));
    await expectAbort(client, expect.any(String), 'wamp.error.authentication_failed');
    expect(log.some(({ level, message }) => level === 'error' && message.includes('authrole'))).toBe(true);
  });

  test('in a callee’s error becomes another error', async () => {
    const { router } = open();
    const [callee, caller] = [await join(router), await join(router)];
    await register(callee, 'a.b');
    for (const [i, uri] of tooLong.entries()) {
      caller.send(CALL(i + 1, {}, 'a.b'));
      const [, id] = await callee.next();
      callee.send(ERROR('INVOCATION', id, {}, uri));
      await expectShortError(caller, 48, i + 1, INVALID_URI);
    }
    expect(router.stats().calls).toBe(0);
  });

  test('in a reason is not told to watching sessions', async () => {
    const { router, log } = open();
    const reasons: string[] = [];
    router.on('leave', (_, reason) => reasons.push(reason));
    const [one, two] = [await join(router), await join(router)];
    one.send(GOODBYE({}, 'x'.repeat(500_000)));
    await one.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    two.send(ABORT({}, 'x'.repeat(500_000)));
    await two.end();
    expect(reasons).toEqual([INVALID_URI, INVALID_URI]);
    for (const { message } of log) expect(message.length).toBeLessThan(300);
  });

  test.each<[string, List, object | undefined, string]>([
    ['wamp.session.kill', [], { reason: 'x'.repeat(200) }, INVALID_URI],
    ['wamp.session.kill_all', [], { reason: 'x'.repeat(200) }, INVALID_URI],
    ['wamp.session.kill_all', [], { message: 'x'.repeat(200) }, INVALID_ARGUMENT],
    ['wamp.session.kill_by_authrole', ['anonymous'], { message: 'x'.repeat(200) }, INVALID_ARGUMENT],
    ['wamp.session.add_testament', ['x'.repeat(200), [], {}], undefined, INVALID_URI],
    ['wamp.session.add_testament', ['a.b', [], {}], { publish_options: { exclude: [1, 2, 3, 4] } }, LIMIT],
    ['wamp.registration.remove_callee', [1, 1, 'x'.repeat(200)], undefined, INVALID_ARGUMENT],
    ['wamp.subscription.remove_subscriber', [1, 1, 'x'.repeat(200)], undefined, INVALID_ARGUMENT],
    ['wamp.subscription.lookup', [`${'x'.repeat(200)}..`], undefined, INVALID_ARGUMENT],
  ])('with %s is refused with %j', async (procedure, args, kwargs, error) => {
    const { router } = open();
    const [asker, other] = [new Asker(await join(router)), await join(router)];
    const given = procedure === 'wamp.session.kill' ? [router.sessions[1]?.id] : [...args];
    await expectShortError(asker.peer, 48, asker.call(procedure, given, kwargs), error);
    await expectUnread(other);
  });
});

describe('[G2] the limit for one session', () => {
  test('applies to subscriptions; one that it already has may be repeated', async () => {
    const { router } = open();
    const asker = new Asker(await join(router));
    const first = await asker.claim(32, 'a.1');
    await asker.claim(32, 'a.', { match: 'prefix' });
    for (const match of ['exact', 'prefix', 'wildcard']) await expectError(asker.peer, 32, asker.send(32, { match }, 'a.3'), LIMIT);
    expect(await asker.claim(32, 'a.1')).toBe(first);
    const gone = asker.send(34, first);
    await asker.peer.expect(UNSUBSCRIBED(gone));
    await asker.claim(32, 'a.3');
    await new Asker(await join(router)).claim(32, 'a.4');
  });

  test('applies to registrations', async () => {
    const { router } = open();
    const asker = new Asker(await join(router));
    const first = await asker.claim(64, 'a.1', { invoke: 'roundrobin' });
    await asker.claim(64, 'a.', { match: 'prefix' });
    for (const match of ['exact', 'prefix', 'wildcard']) await expectError(asker.peer, 64, asker.send(64, { match }, 'a.3'), LIMIT);
    expect(await asker.claim(64, 'a.1', { invoke: 'roundrobin' })).toBe(first);
    const gone = asker.send(66, first);
    await asker.peer.expect(UNREGISTERED(gone));
    await asker.claim(64, 'a.3');
  });

  test('applies to running calls, but the router itself still answers', async () => {
    const { router } = open();
    const [callee, asker] = [await join(router), new Asker(await join(router))];
    await register(callee, 'a.b');
    const [one] = [asker.call('a.b'), asker.call('a.b')];
    await expectError(asker.peer, 48, asker.call('a.b'), LIMIT);
    expect(await asker.ask('wamp.session.count')).toBe(2);
    callee.send(YIELD(1, {}));
    await asker.peer.expect(RESULT(one, {}));
    asker.call('a.b');
    for (const id of [1, 2, 3]) expect((await callee.next())[1]).toBe(id);
    await expectUnread(callee);
  });

  test('applies to progressive calls, which are free again when they end', async () => {
    const { router } = open();
    const features = { progressive_call_invocations: true, call_canceling: true, progressive_call_results: true };
    const callee = await joinedClient(router, 'realm1', undefined, { callee: { features } });
    await register(callee, 'a.b');
    const caller = await joinedClient(router, 'realm1', undefined, {
      caller: { features: { progressive_call_invocations: true, payload_passthru_mode: true } },
    });
    const big = { progress: true, _traceparent: 'x'.repeat(3000) };
    caller.send(CALL(1, big, 'a.b'));
    await expectError(caller, 48, 1, SIZE);
    caller.send(CALL(2, { progress: true, _traceparent: 'x'.repeat(1000) }, 'a.b'));
    caller.send(CALL(3, { progress: true, _traceparent: 'x'.repeat(1000) }, 'a.b'));
    await expectError(caller, 48, 3, SIZE);
    const [, id] = await callee.next();
    callee.send(YIELD(id, {}));
    await caller.expect(RESULT(2, {}));
    caller.send(CALL(2, {}, 'a.b'), CALL(4, { progress: true, _traceparent: 'x'.repeat(1000) }, 'a.b'));
    expect((await callee.next())[0]).toBe(Code.INVOCATION);
  });

  test('keeps a call that is too long to be stored from a second callee', async () => {
    const { router } = open();
    const features = { call_reroute: true };
    const callees = [];
    for (let i = 0; i < 2; i++) {
      const callee = await joinedClient(router, 'realm1', undefined, { callee: { features } });
      callee.send(REGISTER(1, { invoke: 'first' }, 'a.b'));
      await callee.next();
      callees.push(callee);
    }
    const caller = await join(router);
    caller.send(CALL(1, {}, 'a.b', ['x'.repeat(5000)]), CALL(2, {}, 'a.b', ['short']));
    for (const id of [1, 2]) {
      await callees[0]?.next();
      callees[0]?.send(ERROR('INVOCATION', id, {}, 'wamp.error.unavailable'));
    }
    await caller.expect(ERROR('CALL', 1, {}, 'wamp.error.unavailable'));
    expect((await callees[1]?.next())?.[4]).toEqual(['short']);
  });

  test('applies to testaments and their lists', async () => {
    const { router } = openRouter({ realms: { realm1: 'open' }, limits: { ...limits, maxListLength: 1000 } });
    const asker = new Asker(await join(router));
    const exclude = Array.from({ length: 500 }, (_, i) => i + 1);
    await asker.refused(SIZE, 'wamp.session.add_testament', ['a.b', [], {}], { publish_options: { exclude } });
    await asker.refused(SIZE, 'wamp.session.add_testament', ['a.b', ['x'.repeat(5000)], {}]);
    for (let i = 0; i < 2; i++) await asker.ask('wamp.session.add_testament', ['a.b', [], {}]);
    await asker.refused(SIZE, 'wamp.session.add_testament', ['a.b', [], {}]);
  });

  test.each(['exclude', 'exclude_authid', 'exclude_authrole', 'eligible', 'eligible_authid', 'eligible_authrole'])(
    'applies to the list %s of a PUBLISH',
    async (name) => {
      const { router } = open();
      const asker = new Asker(await join(router));
      const list = (length: number) => Array.from({ length }, (_, i) => (name.includes('auth') ? `a${i}` : i + 1));
      const fine = asker.send(16, { acknowledge: true, [name]: list(3) }, 'a.b');
      expect((await asker.peer.next()).slice(0, 2)).toEqual([17, fine]);
      await expectError(asker.peer, 16, asker.send(16, { acknowledge: true, [name]: list(4) }, 'a.b'), LIMIT);
      asker.send(16, { [name]: list(4) }, 'a.b');
      expect(await asker.ask('wamp.session.count')).toBe(1);
      expect(router.stats().droppedPublications).toBe(1);
    },
  );

  test('keeps only features that the router needs', async () => {
    const { router } = open();
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`feature${i}`, true]));
    await joinedClient(router, 'realm1', undefined, { callee: { features: { ...many, call_canceling: true } } });
    const [session] = router.sessions;
    expect(JSON.stringify(Reflect.get(session ?? {}, 'features'))).not.toContain('feature1');
    expect(JSON.stringify(Reflect.get(session ?? {}, 'features'))).toContain('"call_canceling":true');
  });
});

test('[G2] a payload that is deeper than the limit fails, and the session continues', async () => {
  const { router } = openRouter({ realms: { realm1: 'open' }, limits: { maxDepth: 20 } });
  const deep = (request: number, levels: number): string =>
    `[16,${request},{"acknowledge":true},"a.b",${'['.repeat(levels)}${']'.repeat(levels)}]`;
  const peer = await join(router);
  peer.sendFrame(deep(1, 15));
  expect((await peer.next()).slice(0, 2)).toEqual([17, 1]);
  peer.sendFrame(deep(2, 25));
  await expectError(peer, 16, 2, INVALID_ARGUMENT);
});

describe('[G2] a list from the router', () => {
  const small = { realms: { realm1: 'open' }, limits: { maxMessageBytes: 128 + 17 * 10 } } as const; // ten ids

  test('is refused when it is too long for an answer, and can be read in parts', async () => {
    const { router } = openRouter(small);
    const asker = new Asker(await join(router));
    for (let i = 0; i < 12; i++) await asker.claim(32, `a.${i}`, { match: ['exact', 'prefix', 'wildcard'][i % 3] });
    for (let i = 0; i < 12; i++) await asker.claim(64, `a.${i}`, { match: ['exact', 'prefix', 'wildcard'][i % 3] });
    for (const kind of ['subscription', 'registration']) {
      const procedure = `wamp.${kind}.list`;
      await expectShortError(asker.peer, 48, asker.call(procedure), SIZE);
      await asker.refused(SIZE, procedure, [], { limit: 11 });
      const found: number[] = [];
      for (;;) {
        const page = (await asker.ask(procedure, [], { limit: 5, after: found.at(-1) ?? 0 })) as Record<string, number[]>;
        const ids = Object.values(page).flat();
        expect(Object.keys(page)).toEqual(['exact', 'prefix', 'wildcard']);
        found.push(...ids.sort((a, b) => a - b));
        if (ids.length < 5) break;
      }
      expect(found).toHaveLength(12);
      expect(new Set(found).size).toBe(12);
    }
  });

  test('may be sessions, subscribers, callees and matching subscriptions', async () => {
    const { router } = openRouter(small);
    const askers: Asker[] = [];
    for (let i = 0; i < 12; i++) askers.push(new Asker(await join(router)));
    const [asker] = askers as [Asker];
    let [subscription, registration] = [0, 0];
    for (const each of askers) subscription = await each.claim(32, 'a.b');
    for (const each of askers) registration = await each.claim(64, 'a.b', { invoke: 'random' });
    for (let i = 0; i < 12; i++) await asker.claim(32, 'x'.repeat(i + 1), { match: 'prefix' });
    const lists: [string, unknown[]][] = [
      ['wamp.session.list', []],
      ['wamp.session.list', [['anonymous']]],
      ['wamp.subscription.list_subscribers', [subscription]],
      ['wamp.registration.list_callees', [registration]],
      ['wamp.subscription.match', ['x'.repeat(20)]],
    ];
    for (const [procedure, args] of lists) {
      await asker.refused(SIZE, procedure, args);
      const first = (await asker.ask(procedure, args, { limit: 10 })) as number[];
      expect(first).toEqual([...first].sort((a, b) => a - b));
      const rest = (await asker.ask(procedure, args, { after: first.at(-1) })) as number[];
      expect([first.length, rest.length, new Set([...first, ...rest]).size]).toEqual([10, 2, 12]);
    }
    await asker.refused(SIZE, 'wamp.session.kill_by_authid', [router.sessions[1]?.authid]).catch(() => {});
  });

  test('accepts a limit and an id, and nothing else', async () => {
    const { router } = openRouter(small);
    const asker = new Asker(await join(router));
    for (const kwargs of [{ limit: 0 }, { limit: -1 }, { limit: 1.5 }, { limit: '5' }, { after: -1 }, { after: 'x' }])
      await asker.refused(INVALID_ARGUMENT, 'wamp.session.list', [], kwargs);
    expect(await asker.ask('wamp.session.list', [], { limit: null, after: null })).toHaveLength(1);
  });

  test('keeps kill_by_authid from ending sessions that the answer could not list', async () => {
    const { router } = openRouter(small);
    const back = router.as({ authid: 'joe', authrole: 'user' });
    for (let i = 0; i < 11; i++) await joinedClient(back);
    const asker = new Asker(await join(router));
    await asker.refused(SIZE, 'wamp.session.kill_by_authid', ['joe']);
    expect(await asker.ask('wamp.session.count')).toBe(12);
    expect(await asker.ask('wamp.session.kill_by_authrole', ['user'])).toBe(11);
  });
});

test('[G2] a session is found by its id without a search', async () => {
  const router = new Router({ realms: { realm1: 'open' } });
  const [one, two] = [new Asker(await join(router)), await join(router)];
  const [, other] = router.sessions;
  expect(await one.ask('wamp.session.get', [other?.id])).toMatchObject({ session: other?.id });
  router.kill(other?.id ?? 0, 'com.example.enough');
  expect((await two.next())[2]).toBe('com.example.enough');
  two.close();
  await two.end();
  await one.refused('wamp.error.no_such_session', 'wamp.session.get', [other?.id]);
  one.peer.close();
});
