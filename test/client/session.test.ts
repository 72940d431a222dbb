import { Connection, ConnectionLostError, JoinError, ProtocolError, type Session } from 'autostrada';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ABORT,
  AUTHENTICATE,
  CHALLENGE,
  ERROR,
  EVENT,
  GOODBYE,
  HELLO,
  INVOCATION,
  PUBLISH,
  PUBLISHED,
  REGISTERED,
  RESULT,
  SUBSCRIBED,
  WELCOME,
} from '../fixtures/messages.ts';
import { type List, ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, join } from '../fixtures/scripted-session.ts';

const connections: Connection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});

describe('joining', () => {
  it('[C01] says HELLO first, with the realm and the roles', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'com.example.realm', retry: false, hello: { _mine: 1, agent: 'me' } });
    const opening = failure(connection.open());
    const peer = await router.peer();
    const [type, realm, details] = (await peer.next()) as [number, string, { roles: object }];
    expect([type, realm]).toEqual([1, 'com.example.realm']);
    expect(Object.keys(details.roles)).toEqual(['publisher', 'subscriber', 'caller', 'callee']);
    expect(details).toMatchObject({ _mine: 1, agent: 'me' });
    peer.close();
    await opening;
  });

  it('[C01] refuses a realm that is not a URI before anything is sent', () => {
    expect(() => new Connection({ url: new ScriptedRouter(), realm: 'not a realm' })).toThrow(
      /realm: expected a URI .* got "not a realm"/,
    );
  });

  it.each<[string, List]>([
    ['RESULT', RESULT(1, {})],
    ['GOODBYE', GOODBYE({}, 'wamp.close.normal')],
    ['ERROR', ERROR('CALL', 1, {}, 'a.b')],
    ['HELLO', HELLO('realm1', { roles: { caller: {} } })],
  ])('[C02] treats %s while joining as a violation', async (_, list) => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(list);
    const [type, details, reason] = (await peer.next()) as [number, { message: string }, string];
    expect([type, reason]).toEqual([3, 'wamp.error.protocol_violation']);
    await peer.end();
    const error = await opening;
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error.message).toBe(details.message);
  });

  it('[C03] shows the members of WELCOME', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    connections.push(connection);
    const opening = connection.open();
    const peer = await router.peer();
    await peer.next();
    const roles = { broker: { features: { event_retention: true, odd: 1 } }, dealer: {} };
    peer.send(WELCOME(2 ** 53, { roles, realm: 'other', authid: 'joe', authrole: 'user', authmethod: 'ticket', x_extra: [1] }));
    const session = await opening;
    expect(session).toMatchObject({
      id: 2 ** 53,
      realm: 'other',
      authid: 'joe',
      authrole: 'user',
      authmethod: 'ticket',
      isOpen: true,
    });
    expect(session.features).toEqual({ broker: { event_retention: true, odd: false }, dealer: {} });
    expect(session.details.x_extra).toEqual([1]);
    void answerGoodbye(peer);
  });

  it.each<[string, List, object]>([
    ['3', ABORT({ message: 'why' }, 'wamp.error.no_such_realm'), { args: [], kwargs: {} }],
    ['4', ABORT({ message: 'why' }, 'wamp.error.no_such_realm', [1]), { args: [1], kwargs: {} }],
    ['5', ABORT({ message: 'why' }, 'wamp.error.no_such_realm', [1], { a: 2 }), { args: [1], kwargs: { a: 2 } }],
  ])('[C04] rejects with the reason and payload of an ABORT of %s elements', async (_, abort, payload) => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(abort);
    const error = await opening;
    expect(error).toBeInstanceOf(JoinError);
    expect(error).toMatchObject({
      uri: 'wamp.error.no_such_realm',
      reason: 'wamp.error.no_such_realm',
      details: { message: 'why' },
      ...payload,
    });
    expect(error.message).toContain('why');
    expect(connection.status).toEqual({ state: 'closed', error });
  });

  it('[C04] replaces synonyms of a reason, and keeps the reason', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(ABORT({}, 'wamp.error.no_auth_method'));
    expect(await opening).toMatchObject({ uri: 'wamp.error.no_matching_auth_method', reason: 'wamp.error.no_auth_method' });
  });

  it('answers a CHALLENGE with the credentials, which are asked again at each join', async () => {
    const router = new ScriptedRouter();
    const begin = vi.fn(() => ({
      authid: 'joe',
      onchallenge: async (method: string, extra: object) => `${method} ${JSON.stringify(extra)}`,
    }));
    const connection = new Connection({ url: router, realm: 'realm1', auth: { authmethods: ['ticket'], begin } });
    connections.push(connection);
    const opening = connection.open();
    const peer = await router.peer();
    expect((await peer.next())[2]).toMatchObject({ authmethods: ['ticket'], authid: 'joe' });
    peer.send(CHALLENGE('ticket', { a: 1 }));
    await peer.expect(AUTHENTICATE('ticket {"a":1}', {}));
    peer.send(welcome());
    await opening;
    expect(begin).toHaveBeenCalledOnce();
    void answerGoodbye(peer);
  });

  it('[C70] aborts a CHALLENGE for a method that was not offered', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    const opening = failure(connection.open());
    const peer = await router.peer();
    await peer.next();
    peer.send(CHALLENGE('ticket', {}));
    expect(await peer.next()).toMatchObject(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await opening).toMatchObject({ name: 'JoinError', uri: 'wamp.error.cannot_authenticate' });
  });

  it('hands over messages that come in the same read as WELCOME', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    connection.on('error', () => {});
    const opening = connection.open();
    const ended = new Promise((resolve) => connection.on('open', (session) => void session.ended.then(resolve)));
    const peer = await router.peer();
    await peer.next();
    peer.send(welcome(), GOODBYE({}, 'wamp.close.logout'));
    await opening;
    expect(await ended).toMatchObject({ uri: 'wamp.close.logout' });
  });
});

describe('an open session', () => {
  it.each<[string, List]>([
    ['WELCOME', welcome()],
    ['CHALLENGE', CHALLENGE('ticket', {})],
    ['HELLO', HELLO('realm1', { roles: { caller: {} } })],
  ])('[C05] aborts after a second %s', async (name, list) => {
    const { session, peer } = await join();
    const call = failure(session.call('com.example.add'));
    await peer.next();
    peer.send(list);
    const [type, { message }, reason] = (await peer.next()) as [number, { message: string }, string];
    expect([type, reason]).toEqual([3, 'wamp.error.protocol_violation']);
    expect(message).toContain(name);
    const lost = { uri: 'wamp.error.protocol_violation', message: `we aborted the session: ${message}` };
    expect(await call).toMatchObject({ name: 'ConnectionLostError', ...lost });
    expect(await session.ended).toMatchObject(lost);
  });

  it.each<[string, List | string, RegExp]>([
    ['an undecodable frame', '[36,', /cannot decode a frame as json/],
    ['an empty list', '[]', /got an empty list/],
    ['no list', '{}', /which is a list, got \{\}/],
    ['an unknown code', [99, 1], /expected a message code of WAMP, got 99/],
    ['a wrong length', [50, 1], /expected RESULT with 3 to 5 elements, got 2/],
    ['a wrong element', [50, '1', {}], /expected RESULT.request to be an id from 1 to 2\^53, got "1"/],
    ['a wrong known detail', EVENT(1, 1, { publisher: 'joe' }), /EVENT.details.publisher to be an id .* got "joe"/],
    ['what only a router receives', PUBLISH(1, {}, 'a.b'), /got PUBLISH/],
    ['a result that nobody asked for', RESULT(9, {}), /got RESULT for request 9/],
    ['an answer of the wrong kind', PUBLISHED(1, 5), /got PUBLISHED for request 1, but no PUBLISH/],
    ['an event of no subscription', EVENT(9, 9, {}), /subscription 9/],
    ['an invocation of no registration', INVOCATION(1, 9, {}), /registration 9/],
    ['an error of a wrong type', ERROR('INVOCATION', 1, {}, 'a.b'), /INVOCATION/],
  ])('[C11] aborts after %s, and tells the reason to all that wait', async (_, sent, why) => {
    const { session, peer } = await join();
    const call = failure(session.call('com.example.add'));
    await peer.next();
    if (typeof sent === 'string') peer.sendFrame(sent);
    else peer.send(sent);
    expect(await peer.next()).toMatchObject(ABORT({ message: expect.stringMatching(why) }, 'wamp.error.protocol_violation'));
    await peer.end();
    expect((await call).message).toMatch(why);
    expect(session.isOpen).toBe(false);
  });

  it('[C11] aborts after a binary frame for JSON', async () => {
    const { peer } = await join();
    peer.sendFrame(new Uint8Array([1]));
    expect(await peer.next()).toMatchObject(
      ABORT({ message: 'expected a text frame for json, got a binary one' }, 'wamp.error.protocol_violation'),
    );
  });

  it('[C06] says GOODBYE and ignores everything but the answer', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1' });
    const opening = connection.open();
    const peer = await router.joined();
    const session = await opening;
    const heard = vi.fn();
    const subscribing = session.subscribe('a.b', heard);
    await peer.next();
    peer.send(SUBSCRIBED(1, 5));
    await subscribing;
    const leaving = session.leave({ reason: 'wamp.close.logout', message: 'bye' });
    expect(session.isOpen).toBe(false);
    await peer.expect(GOODBYE({ message: 'bye' }, 'wamp.close.logout'));
    peer.send(EVENT(5, 1, {}), RESULT(99, {}), GOODBYE({}, 'anything.at.all'));
    await leaving;
    expect(heard).not.toHaveBeenCalled();
    expect(await session.ended).toBeUndefined();
    expect(connection.status).toEqual({ state: 'closed', error: undefined });
    expect((await peer.end()).length).toBe(0);
  });

  it('[C06] accepts a GOODBYE that crosses its own as the answer', async () => {
    const { session, peer } = await join();
    peer.send(GOODBYE({}, 'wamp.close.system_shutdown'));
    await session.leave();
    expect(await session.ended).toBeUndefined();
    expect((await peer.end()).map(([type]) => type)).toEqual([6]);
  });

  it('[C07] answers GOODBYE once, and ends what is pending', async () => {
    const { session, peer, connection } = await join();
    const call = failure(session.call('a.b'));
    await peer.next();
    peer.send(GOODBYE({ message: 'maintenance' }, 'wamp.close.system_shutdown'));
    await peer.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    expect(await peer.end()).toEqual([]);
    expect(await call).toMatchObject({ name: 'ConnectionLostError', uri: 'wamp.close.system_shutdown', delivery: 'unknown' });
    expect((await call).message).toContain('maintenance');
    expect(await connection.closed).toMatchObject({ uri: 'wamp.close.system_shutdown' });
  });

  it('[C08] does not answer ABORT', async () => {
    const { session, peer } = await join();
    const call = failure(session.call('a.b'));
    await peer.next();
    peer.send(ABORT({}, 'wamp.error.protocol_violation'));
    expect(await peer.end()).toEqual([]);
    expect(await call).toMatchObject({ uri: 'wamp.error.protocol_violation' });
  });

  it('[C09] rejects all pending requests when the connection is lost, and ends subscriptions and registrations', async () => {
    const { session, peer } = await join();
    const subscribing = session.subscribe('a.b', () => {});
    const registering = session.register('a.c', () => {});
    await peer.next();
    await peer.next();
    peer.send(SUBSCRIBED(1, 5), REGISTERED(2, 6));
    const [subscription, registration] = await Promise.all([subscribing, registering]);
    const waiting = [
      session.call('a.b'),
      session.publish('a.b', [], null, { acknowledge: true }),
      session.subscribe('a.d', () => {}),
      session.register('a.e', () => {}),
    ].map((each) => failure(each));
    peer.close(1011, 'gone');
    for (const error of await Promise.all(waiting)) {
      expect(error).toBeInstanceOf(ConnectionLostError);
      expect(error).toMatchObject({ uri: 'wamp.error.network_failure', delivery: 'unknown' });
      expect(error.message).toContain('gone');
    }
    expect([subscription.isActive, registration.isActive, session.isOpen]).toEqual([false, false, false]);
    expect(await subscription.ended).toBeInstanceOf(ConnectionLostError);
    expect(session.subscriptions).toEqual([]);
    expect(session.registrations).toEqual([]);
    expect(await failure(session.call('a.b'))).toMatchObject({ delivery: 'not-sent' });
    expect(() => session.publish('a.b')).toThrow(ConnectionLostError);
    await expect(subscription.unsubscribe()).resolves.toBeUndefined();
  });

  it('[C10] counts requests of all types from 1, and skips no number for one that could not be sent', async () => {
    const { session, peer } = await join();
    session.publish('a.b', ['x']);
    void failure(session.call('a.b'));
    await failure(session.call('a.b', [() => {}]));
    await failure(session.call('no uri', []));
    void failure(session.subscribe('a.b', () => {}));
    const ids = [await peer.next(), await peer.next(), await peer.next()].map((list) => [list[0], list[1]]);
    expect(ids).toEqual([
      [16, 1],
      [48, 2],
      [32, 3],
    ]);
  });

  it('[C12] ignores unknown keys, and accepts 2^53 as an id', async () => {
    const { session, peer } = await join();
    const heard = new Promise((resolve) => void session.subscribe('a.b', (_args, _kwargs, details) => resolve(details)));
    await peer.next();
    peer.send(SUBSCRIBED(1, 2 ** 53), EVENT(2 ** 53, 2 ** 53, { something: 1, _else: [] }));
    expect(await heard).toMatchObject({ publication: 2 ** 53, topic: 'a.b', something: 1 });
  });

  it.each<[string, (session: Session) => Promise<unknown>]>([
    ['call', (session) => session.call('a..b')],
    ['publish', (session) => session.publish('a b', [], null, { acknowledge: true })],
    ['subscribe', (session) => session.subscribe('a.b.', () => {})],
    ['register', (session) => session.register('a#b', () => {})],
    ['register below wamp.', (session) => session.register('wamp.mine' as 'x', () => {})],
    ['publish below wamp.', (session) => session.publish('wamp.mine' as 'x', [], null, { acknowledge: true })],
  ])('[C13] refuses a wrong URI before anything is sent: %s', async (_, attempt) => {
    const { session, peer } = await join();
    expect(await failure(attempt(session))).toMatchObject({ name: 'ApplicationError', uri: 'wamp.error.invalid_uri' });
    session.publish('a.b');
    await peer.expect(PUBLISH(1, {}, 'a.b'));
  });

  it('[C14] leaves out empty args and kwargs', async () => {
    const { session, peer } = await join();
    session.publish('a.b', [], {});
    session.publish('a.b', null, { x: 1 });
    await peer.expect(PUBLISH(1, {}, 'a.b'));
    await peer.expect(PUBLISH(2, {}, 'a.b', [], { x: 1 }));
  });

  it('[C15] sends every lower-case option unchanged, and refuses an unknown one with a capital letter', async () => {
    const { session, peer } = await join();
    session.publish('a.b', [0], null, { exclude_me: false, retain: true, _mine: 1, x_more: 'y', disclose_me: undefined });
    await peer.expect(PUBLISH(1, { exclude_me: false, retain: true, _mine: 1, x_more: 'y' }, 'a.b', [0]));
    const plain = session as unknown as { call(...request: unknown[]): Promise<unknown> }; // as JavaScript sees it
    await expect(plain.call('a.b', [], {}, { timeoutMS: 5 })).rejects.toThrow(/expected an option of call .*got 'timeoutMS'/);
  });
});
