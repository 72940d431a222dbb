/*
 * The functions of `autostrada/meta` with a router played by hand: what they send, and what they make of the answers of different routers.
 */
import * as meta from 'autostrada/meta';
import { describe, expect, it } from 'vitest';
import { ERROR, RESULT } from '../fixtures/messages.ts';
import type { List, ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { failure, type Joined, join } from '../fixtures/scripted-session.ts';

/** Expects this CALL, and answers with these positional results. */
async function answers(peer: ScriptedPeer, call: List, ...results: unknown[]): Promise<void> {
  const [code, request, options, ...rest] = await peer.next();
  expect([code, options, ...rest]).toEqual([48, {}, ...call]);
  peer.send(RESULT(request, {}, ...(results.length > 0 ? [results] : [])));
}

async function refuses(peer: ScriptedPeer, call: List, uri: string): Promise<void> {
  const [, request, , ...rest] = await peer.next();
  expect(rest).toEqual(call);
  peer.send(ERROR('CALL', request, {}, uri, ['no']));
}

type Ask = (session: Joined['session']) => Promise<unknown>;
const KILLED = { reason: 'wamp.close.killed' };
const about = { session: 5, authid: 'joe', authrole: 'user', authmethod: 'ticket', authprovider: 'static' };
const registration = { id: 3, created: '2026-01-01T00:00:00.000Z', uri: 'a.b', match: 'exact', invoke: 'single' };
const subscription = { id: 3, created: '2026-01-01T00:00:00.000Z', uri: 'a.b', match: 'exact' };
const lists = { exact: [1, 2], prefix: [], wildcard: [3] };

/** What is asked, the CALL that goes out, what the router answers, what comes of it. */
const cases: readonly (readonly [name: string, ask: Ask, call: List, results: readonly unknown[], value: unknown])[] = [
  ['countSessions', (s) => meta.countSessions(s), ['wamp.session.count'], [2], 2],
  ['countSessions', (s) => meta.countSessions(s, ['user']), ['wamp.session.count', [['user']]], [1], 1],
  ['listSessions', (s) => meta.listSessions(s), ['wamp.session.list'], [[5, 6]], [5, 6]],
  ['listSessions', (s) => meta.listSessions(s, []), ['wamp.session.list', [[]]], [[]], []],
  ['getSession', (s) => meta.getSession(s, 5), ['wamp.session.get', [5]], [about], about],
  ['killSession', (s) => meta.killSession(s, 5), ['wamp.session.kill', [5], KILLED], [], undefined],
  [
    'killSession',
    (s) => meta.killSession(s, 5, { reason: 'a.b', message: 'go' }),
    ['wamp.session.kill', [5], { reason: 'a.b', message: 'go' }],
    [],
    undefined,
  ],
  ['killByAuthid', (s) => meta.killByAuthid(s, 'joe'), ['wamp.session.kill_by_authid', ['joe'], KILLED], [[5, 6]], 2],
  ['killByAuthid on nexus', (s) => meta.killByAuthid(s, 'joe'), ['wamp.session.kill_by_authid', ['joe'], KILLED], [2], 2],
  ['killByAuthrole', (s) => meta.killByAuthrole(s, 'user'), ['wamp.session.kill_by_authrole', ['user'], KILLED], [2], 2],
  [
    'killByAuthrole on Crossbar.io',
    (s) => meta.killByAuthrole(s, 'user'),
    ['wamp.session.kill_by_authrole', ['user'], KILLED],
    [[5]],
    1,
  ],
  ['killAll', (s) => meta.killAll(s, { message: 'go' }), ['wamp.session.kill_all', [], { ...KILLED, message: 'go' }], [4], 4],
  ['listRegistrations', (s) => meta.listRegistrations(s), ['wamp.registration.list'], [lists], lists],
  ['findRegistration', (s) => meta.findRegistration(s, 'a.b'), ['wamp.registration.match', ['a.b']], [3], 3],
  ['findRegistration', (s) => meta.findRegistration(s, 'a.b'), ['wamp.registration.match', ['a.b']], [null], undefined],
  ['findRegistration on nexus', (s) => meta.findRegistration(s, 'a.b'), ['wamp.registration.match', ['a.b']], [0], undefined],
  ['lookupRegistration', (s) => meta.lookupRegistration(s, 'a.b'), ['wamp.registration.lookup', ['a.b']], [3], 3],
  ['lookupRegistration on nexus', (s) => meta.lookupRegistration(s, 'a.b'), ['wamp.registration.lookup', ['a.b']], [0], undefined],
  [
    'lookupRegistration',
    (s) => meta.lookupRegistration(s, 'a', 'prefix'),
    ['wamp.registration.lookup', ['a', { match: 'prefix' }]],
    [null],
    undefined,
  ],
  ['getRegistration', (s) => meta.getRegistration(s, 3), ['wamp.registration.get', [3]], [registration], registration],
  [
    'getRegistration on nexus',
    (s) => meta.getRegistration(s, 3),
    ['wamp.registration.get', [3]],
    [{ ...registration, match: '', invoke: '' }],
    registration,
  ],
  ['listCallees', (s) => meta.listCallees(s, 3), ['wamp.registration.list_callees', [3]], [[5, 6]], [5, 6]],
  ['countCallees', (s) => meta.countCallees(s, 3), ['wamp.registration.count_callees', [3]], [2], 2],
  ['removeCallee', (s) => meta.removeCallee(s, 3, 5), ['wamp.registration.remove_callee', [3, 5]], [], undefined],
  ['removeCallee', (s) => meta.removeCallee(s, 3, 5, 'a.b'), ['wamp.registration.remove_callee', [3, 5, 'a.b']], [null], undefined],
  ['listSubscriptions', (s) => meta.listSubscriptions(s), ['wamp.subscription.list'], [lists], lists],
  [
    'listSubscriptions where a kind is missing',
    (s) => meta.listSubscriptions(s),
    ['wamp.subscription.list'],
    [{ exact: [1], prefix: null }],
    { exact: [1], prefix: [], wildcard: [] },
  ],
  ['findSubscriptions', (s) => meta.findSubscriptions(s, 'a.b'), ['wamp.subscription.match', ['a.b']], [[1, 2]], [1, 2]],
  ['findSubscriptions', (s) => meta.findSubscriptions(s, 'a.b'), ['wamp.subscription.match', ['a.b']], [null], []],
  [
    'lookupSubscription',
    (s) => meta.lookupSubscription(s, 'a..', 'wildcard'),
    ['wamp.subscription.lookup', ['a..', { match: 'wildcard' }]],
    [3],
    3,
  ],
  ['lookupSubscription on nexus', (s) => meta.lookupSubscription(s, 'a.b'), ['wamp.subscription.lookup', ['a.b']], [0], undefined],
  ['getSubscription', (s) => meta.getSubscription(s, 3), ['wamp.subscription.get', [3]], [subscription], subscription],
  [
    'getSubscription on nexus',
    (s) => meta.getSubscription(s, 3),
    ['wamp.subscription.get', [3]],
    [{ ...subscription, match: '' }],
    subscription,
  ],
  ['listSubscribers', (s) => meta.listSubscribers(s, 3), ['wamp.subscription.list_subscribers', [3]], [[5]], [5]],
  ['countSubscribers', (s) => meta.countSubscribers(s, 3), ['wamp.subscription.count_subscribers', [3]], [1], 1],
  ['removeSubscriber', (s) => meta.removeSubscriber(s, 3, 5), ['wamp.subscription.remove_subscriber', [3, 5]], [], undefined],
  [
    'removeSubscriber',
    (s) => meta.removeSubscriber(s, 3, 5, 'enough of it'),
    ['wamp.subscription.remove_subscriber', [3, 5, 'enough of it']],
    [],
    undefined,
  ],
  ['addTestament', (s) => meta.addTestament(s, 'a.b'), ['wamp.session.add_testament', ['a.b', [], {}]], [], undefined],
  [
    'addTestament on Crossbar.io',
    (s) => meta.addTestament(s, 'a.b', [1], { k: 2 }, { retain: true }, 'detached'),
    ['wamp.session.add_testament', ['a.b', [1], { k: 2 }], { publish_options: { retain: true }, scope: 'detached' }],
    [4711],
    undefined,
  ],
  ['flushTestaments on Crossbar.io', (s) => meta.flushTestaments(s), ['wamp.session.flush_testaments'], [2], undefined],
  [
    'flushTestaments',
    (s) => meta.flushTestaments(s, 'detached'),
    ['wamp.session.flush_testaments', [], { scope: 'detached' }],
    [],
    undefined,
  ],
];

it.each(cases)('%s: %s sends %j; %j becomes %j', async (_name, ask, call, results, value) => {
  const { session, peer } = await join();
  const asking = ask(session);
  await answers(peer, call, ...results);
  expect(await asking).toEqual(value);
});

it('rejects with the router’s error', async () => {
  const { session, peer } = await join();
  const asking = failure(meta.getSession(session, 5));
  await refuses(peer, ['wamp.session.get', [5]], 'wamp.error.no_such_session');
  expect(await asking).toMatchObject({ name: 'ApplicationError', uri: 'wamp.error.no_such_session', args: ['no'] });
});

it('also works over a connection', async () => {
  const { connection, peer } = await join();
  const asking = meta.countSessions(connection);
  await answers(peer, ['wamp.session.count'], 1);
  expect(await asking).toBe(1);
});

describe('the meta API on nexus', () => {
  it('counts subscribers under nexus’s misspelt name', async () => {
    const { session, peer } = await join();
    const asking = meta.countSubscribers(session, 3);
    await refuses(peer, ['wamp.subscription.count_subscribers', [3]], 'wamp.error.no_such_procedure');
    await answers(peer, ['wamp.subscription.count_suscribers', [3]], 2);
    expect(await asking).toBe(2);
  });

  it('asks once when the subscription does not exist', async () => {
    const { session, peer } = await join();
    const asking = failure(meta.countSubscribers(session, 3));
    await refuses(peer, ['wamp.subscription.count_subscribers', [3]], 'wamp.error.no_such_subscription');
    expect(await asking).toMatchObject({ uri: 'wamp.error.no_such_subscription' });
    expect(peer.unread).toEqual([]);
  });
});

describe('the meta API on Crossbar.io', () => {
  it.each(['session', 'connection'] as const)('replaces kill_all: it kills each session, but not the %s that asks', async (who) => {
    const joined = await join();
    const { peer } = joined;
    const asking = meta.killAll(joined[who], { reason: 'a.b' });
    await refuses(peer, ['wamp.session.kill_all', [], { reason: 'a.b' }], 'wamp.error.no_such_procedure');
    await answers(peer, ['wamp.session.list'], [5, 7, 6, 8]); // ours is 7
    await answers(peer, ['wamp.session.kill', [5], { reason: 'a.b' }]);
    await refuses(peer, ['wamp.session.kill', [6], { reason: 'a.b' }], 'wamp.error.no_such_session'); // it has left
    await answers(peer, ['wamp.session.kill', [8], { reason: 'a.b' }], null);
    expect(await asking).toBe(2);
  });

  it('may lack the permission for that', async () => {
    const { session, peer } = await join();
    const asking = failure(meta.killAll(session));
    await refuses(peer, ['wamp.session.kill_all', [], KILLED], 'wamp.error.no_such_procedure');
    await answers(peer, ['wamp.session.list'], [5, 7]);
    await refuses(peer, ['wamp.session.kill', [5], KILLED], 'wamp.error.not_authorized');
    expect(await asking).toMatchObject({ uri: 'wamp.error.not_authorized' });
  });

  it('does not kill its own session if that cannot be identified', async () => {
    const { session, peer } = await join();
    const { call, callResult, publish } = session;
    const asking = failure(
      meta.killAll({ call: call.bind(session), callResult: callResult.bind(session), publish: publish.bind(session) }),
    );
    await refuses(peer, ['wamp.session.kill_all', [], KILLED], 'wamp.error.no_such_procedure');
    expect(await asking).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
    expect(peer.unread).toEqual([]);
  });
});

describe('getEvents', () => {
  const event = (n: number) => ({ timestamp: `2026-01-01T00:00:0${n}Z`, subscription: 3, publication: n, details: {}, args: [n] });

  it.each([[[]], [[event(1)]], [[event(1), event(2)]]])('[C35] treats each positional result as one event: %j', async (events) => {
    const { session, peer } = await join();
    const asking = meta.getEvents(session, 3, { limit: 5, topic: 'a.b' });
    await answers(peer, ['wamp.subscription.get_events', [3], { limit: 5, topic: 'a.b' }], ...events);
    expect(await asking).toEqual(events);
  });

  it('[C35] uses the order of the router that was asked for it', async () => {
    const { session, peer } = await join();
    const asking = meta.getEvents(session, 3, { reverse: true });
    await answers(peer, ['wamp.subscription.get_events', [3], { reverse: true }], event(2), event(1));
    expect(await asking).toEqual([event(2), event(1)]);
  });

  it.each([
    [{}, [1, 2]],
    [{ reverse: true }, [2, 1]],
  ])('[C35] reads Crossbar.io’s list, newest first, with its own fields: %j', async (filter, order) => {
    const { session, peer } = await join();
    const asking = meta.getEvents(session, 3, filter);
    const theirs = (n: number) => ({
      time_ns: 1767225600000000000 + n * 1e9,
      realm: 'realm1',
      session_id: 5,
      authid: 'joe',
      authrole: 'user',
      publication: n,
      topic: 'a.b',
      args: [n],
      kwargs: null,
    });
    await answers(peer, ['wamp.subscription.get_events', [3], ...('reverse' in filter ? [filter] : [])], [theirs(2), theirs(1)]);
    expect(await asking).toEqual(
      order.map((n) => ({
        timestamp: `2026-01-01T00:00:0${n}.000Z`,
        subscription: 3,
        publication: n,
        details: { topic: 'a.b', publisher: 5, publisher_authid: 'joe', publisher_authrole: 'user' },
        args: [n],
      })),
    );
  });

  it('[C35] accepts an empty list from Crossbar.io', async () => {
    const { session, peer } = await join();
    const asking = meta.getEvents(session, 3);
    await answers(peer, ['wamp.subscription.get_events', [3]], []);
    expect(await asking).toEqual([]);
  });

  describe('when not all events fit into one message', () => {
    const part = async (peer: ScriptedPeer, filter: object, events: readonly unknown[], kwargs: object) => {
      const [, request, , ...call] = await peer.next();
      expect(call).toEqual(['wamp.subscription.get_events', [3], ...(Object.keys(filter).length > 0 ? [filter] : [])]);
      peer.send(RESULT(request, {}, events, kwargs));
    };
    const cut = { is_limit_reached: true };

    it('[C35] asks again for those after the last one', async () => {
      const { session, peer } = await join();
      const asking = meta.getEvents(session, 3);
      await part(peer, {}, [event(1), event(2)], cut);
      await part(peer, { after_publication: 2 }, [event(3)], cut);
      await part(peer, { after_publication: 3 }, [event(4)], {});
      expect(await asking).toEqual([1, 2, 3, 4].map(event));
    });

    it('[C35] asks again for those before the last one, backwards, as many as needed', async () => {
      const { session, peer } = await join();
      const asking = meta.getEvents(session, 3, { reverse: true, limit: 3 });
      await part(peer, { reverse: true, limit: 3 }, [event(4), event(3)], cut);
      await part(peer, { reverse: true, limit: 1, before_publication: 3 }, [event(2)], cut); // nexus: as many as were asked for
      expect(await asking).toEqual([4, 3, 2].map(event));
    });

    it.each([[[]], [[event(2)]]])('[C35] ends when a router reports more events, but gives %j', async (more) => {
      const { session, peer } = await join();
      const asking = meta.getEvents(session, 3);
      await part(peer, {}, [event(1), event(2)], cut);
      await part(peer, { after_publication: 2 }, more, cut);
      expect(await asking).toEqual([event(1), event(2), ...more]);
    });
  });
});
