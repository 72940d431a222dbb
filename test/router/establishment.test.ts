import { describe, expect, test } from 'vitest';
import { routerRoles } from '../../src/protocol/features.ts';
import { ABORT, AUTHENTICATE, CALL, Code, ERROR, GOODBYE, HELLO, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectUnread, join, openRouter, roles, VIOLATION } from './open-router.ts';

const anId = expect.toSatisfy((id: unknown) => Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 2 ** 53, 'an id');

describe('HELLO', () => {
  test('[R03] is answered by WELCOME with a random session id, the roles and the identity', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }));
    const [code, session, details, ...rest] = await client.next();
    expect([code, session, rest]).toEqual([2, anId, []]);
    expect(details).toEqual({
      realm: 'realm1',
      agent: 'autostrada',
      roles: routerRoles,
      authid: expect.stringMatching(/^anonymous-./),
      authrole: 'anonymous',
      authmethod: 'anonymous',
      authprovider: 'static',
      _max_message_bytes: 2 ** 20,
    });
    expect(router.sessions).toMatchObject([{ id: session, realm: 'realm1', authrole: 'anonymous', transport: { kind: 'memory' } }]);
  });

  test('[R03] gives every session a different id and authid', async () => {
    const { router } = openRouter();
    for (let i = 0; i < 20; i++) await join(router);
    expect(new Set(router.sessions.map(({ id }) => id)).size).toBe(20);
    expect(new Set(router.sessions.map(({ authid }) => authid)).size).toBe(20);
  });

  test('[R10] may have unknown roles, features and details', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    const details = {
      roles: { caller: { features: { flying: true, _mine: 1 } }, juggler: 7 },
      agent: 'test',
      _secret: [1],
      resumable: 1,
    };
    client.send(HELLO('realm1', details));
    expect((await client.next())[0]).toBe(Code.WELCOME);
  });

  test('[R10] may be followed by a request in the same tick', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }), SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await client.next())[0]).toBe(Code.WELCOME);
    expect((await client.next()).slice(0, 2)).toEqual([33, 1]);
  });

  test.each(['realm one', 'a..b', '', 'a#b', '.realm1'])(
    '[R02] with the invalid realm URI %j ends in ABORT invalid_uri',
    async (realm) => {
      const { router } = openRouter();
      const client = scriptedClient(router);
      client.send(HELLO(realm, { roles }));
      await expectAbort(
        client,
        `realm: expected a URI with no empty component and no white space or '#', got ${JSON.stringify(realm)}`,
        'wamp.error.invalid_uri',
      );
    },
  );

  test.each(['nowhere', 'Realm1', '__proto__', 'constructor'])(
    '[R02] with the unknown realm %s ends in ABORT no_such_realm',
    async (realm) => {
      const { router } = openRouter();
      const client = scriptedClient(router);
      client.send(HELLO(realm, { roles }));
      await expectAbort(client, `no realm '${realm}' here`, 'wamp.error.no_such_realm');
      expect(router.sessions).toEqual([]);
    },
  );

  test.each([{}, { juggler: {} }, { broker: {}, dealer: {} }])('[R02] with the roles %j ends in ABORT', async (roles) => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }));
    await expectAbort(client, 'expected HELLO.Details.roles to have publisher, subscriber, caller or callee');
  });

  test.each([
    [[1, 'realm1'], 'expected HELLO with 3 elements, got 2'],
    [HELLO('realm1', {}), 'expected HELLO.details.roles to be there, got nothing'],
    [[1, 'realm1', []], 'expected HELLO.details to be a dict, got []'],
    [[1, null, { roles }], 'expected HELLO.realm to be a URI, got null'],
    [HELLO('realm1', { roles: [] }), 'expected HELLO.details.roles to be a dict, got []'],
    [HELLO('realm1', { roles: { caller: true } }), 'expected HELLO.details.roles.caller to be a dict, got true'],
    [HELLO('realm1', { roles: { caller: { features: [] } } }), 'expected HELLO.details.roles.caller.features to be a dict, got []'],
    [HELLO('realm1', { roles, authmethods: 'ticket' }), 'expected HELLO.details.authmethods to be a list of strings, got "ticket"'],
    [HELLO('realm1', { roles, authid: 7 }), 'expected HELLO.details.authid to be a string, got 7'],
  ])('[R02] [R10] that is %j ends in ABORT protocol_violation', async (hello, message) => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(hello);
    await expectAbort(client, message);
  });
});

describe('a connection without HELLO', () => {
  test.each([
    [SUBSCRIBE(1, {}, 'com.example.topic'), 'SUBSCRIBE'],
    [CALL(1, {}, 'com.example.add'), 'CALL'],
    [GOODBYE({}, 'wamp.close.close_realm'), 'GOODBYE'],
    [AUTHENTICATE('signature', {}), 'AUTHENTICATE'],
    [YIELD(1, {}), 'YIELD'],
    [ERROR('INVOCATION', 1, {}, 'com.example.error'), 'ERROR'],
  ])('[R01] [R05] is aborted if %j comes first', async (list, name) => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(list);
    await expectAbort(client, `expected HELLO, got ${name}`);
  });

  test('[R01] is closed without an answer when the client aborts', async () => {
    const { router, clock } = openRouter();
    const client = scriptedClient(router);
    client.send(ABORT({}, 'wamp.error.cannot_authenticate'));
    expect(await client.end()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('[R01] is aborted when the time for HELLO is over, and not before', async () => {
    const { router, clock } = openRouter();
    const client = scriptedClient(router);
    await clock.advance(9_999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    await expectAbort(client, 'expected HELLO in 10000 ms, got nothing');
  });

  test('[R01] has the time that the configuration says', async () => {
    const { router, clock } = openRouter({ realms: { realm1: 'open' }, limits: { joinTimeoutMs: 50 } });
    const client = scriptedClient(router);
    await clock.advance(50);
    await expectAbort(client, 'expected HELLO in 50 ms, got nothing');
  });

  test('[R01] leaves no deadline when it is lost', async () => {
    const { router, clock } = openRouter();
    const client = scriptedClient(router);
    client.close();
    await client.end();
    await expectUnread(client);
    expect(clock.pending).toBe(0);
  });

  test('[R01] disturbs no session', async () => {
    const { router, clock } = openRouter();
    const bystander = await join(router);
    const client = scriptedClient(router);
    client.send(CALL(1, {}, 'com.example.add'));
    await client.end();
    await clock.advance(60_000); // who has joined in time may stay
    await expectUnread(bystander);
    expect(router.sessions).toHaveLength(1);
  });
});

test('[R05] a second HELLO is a violation that ends the session', async () => {
  const { router, log } = openRouter();
  const client = await join(router);
  client.send(HELLO('realm1', { roles }));
  await expectAbort(client, 'expected a message of an open session, got HELLO');
  expect(router.sessions).toEqual([]);
  expect(log.filter(({ level }) => level === 'warn')).toMatchObject([{ error: { uri: VIOLATION } }]);
});
