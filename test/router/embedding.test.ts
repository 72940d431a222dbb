/* The router as its host sees it: principals, events, the log, lines from outside. */
import { Connection, json, type Transport } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { memoryPair } from '../../src/transport/memory.ts';
import { settled } from '../fixtures/manual-clock.ts';
import { ABORT, CALL, Code, GOODBYE, HELLO, SUBSCRIBE } from '../fixtures/messages.ts';
import { joinedClient, ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectUnread, join, openRouter, register, roles } from './open-router.ts';

describe('router.connect with `as`', () => {
  test('[R03] logs a component in as the principal that the host names', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router.as({ authid: 'backend', authrole: 'service' }));
    client.send(HELLO('realm1', { roles, authid: 'somebody else' }));
    const [, , details] = await client.next();
    expect(details).toMatchObject({ authid: 'backend', authrole: 'service', authmethod: 'internal' });
    expect(router.sessions).toMatchObject([{ authid: 'backend', authrole: 'service', transport: { kind: 'memory' } }]);
  });

  test('makes an authid if none is given', async () => {
    const { router } = openRouter();
    await joinedClient(router.as({ authrole: 'service' }));
    expect(router.sessions).toMatchObject([{ authid: expect.stringMatching(/./), authrole: 'service' }]);
  });

  test('uses the same realm as other clients', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await joinedClient(router.as({ authrole: 'service' })), await join(router)];
    await register(callee, 'com.example.add');
    caller.send(CALL(1, {}, 'com.example.add'));
    expect((await callee.next())[0]).toBe(Code.INVOCATION);
  });

  test('applies to the next session on the same connection', async () => {
    const { router } = openRouter();
    const client = await joinedClient(router.as({ authid: 'backend', authrole: 'service' }));
    client.send(GOODBYE({}, 'wamp.close.close_realm'), HELLO('realm1', { roles }));
    await client.next();
    expect((await client.next())[2]).toMatchObject({ authid: 'backend', authrole: 'service' });
  });

  test('gives a url for a Connection', async () => {
    const { router } = openRouter();
    const connection = new Connection({ url: router.as({ authid: 'backend', authrole: 'service' }), realm: 'realm1' });
    await connection.open();
    expect(router.sessions).toMatchObject([{ authid: 'backend' }]);
    await connection.close();
  });
});

describe('the events of a router', () => {
  test('[R07] include join with the session, and leave with the session and the reason', async () => {
    const { router } = openRouter();
    const seen: unknown[] = [];
    router.on('join', (session) => seen.push(['join', session.id, session.realm, router.sessions.length]));
    router.on('leave', (session, reason) => seen.push(['leave', session.id, reason, router.sessions.length]));
    const client = await join(router);
    const [id] = router.sessions.map((session) => session.id);
    client.close();
    await client.end();
    await settled();
    expect(seen).toEqual([
      ['join', id, 'realm1', 1],
      ['leave', id, 'wamp.error.network_failure', 0],
    ]);
  });

  test('do not happen for a client that was refused', async () => {
    const { router } = openRouter();
    const seen: unknown[] = [];
    router.on('join', (session) => seen.push(session));
    router.on('leave', (session) => seen.push(session));
    const client = scriptedClient(router);
    client.send(HELLO('nowhere', { roles }));
    await client.end();
    await settled();
    expect(seen).toEqual([]);
  });

  test('end with the function that `on` returns', async () => {
    const { router } = openRouter();
    let joins = 0;
    const off = router.on('join', () => joins++);
    await join(router);
    off();
    off();
    await join(router);
    expect(joins).toBe(1);
  });

  test('continue with the next listener if one throws, and no session is disturbed', async () => {
    const { router, log } = openRouter();
    const thrown = new Error('in a listener');
    const seen: string[] = [];
    for (const event of ['join', 'leave'] as const) {
      router.on(event, () => {
        throw thrown;
      });
      router.on(event, () => seen.push(event));
    }
    const [one, two] = [await join(router), await join(router)];
    one.send(GOODBYE({}, 'wamp.close.close_realm'));
    await one.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    expect(seen).toEqual(['join', 'join', 'leave']);
    expect(log.filter(({ level }) => level === 'error').map(({ error }) => error)).toEqual([thrown, thrown, thrown]);
    await register(two, 'com.example.add');
  });

  test('let a session be killed at once in join, after its WELCOME', async () => {
    const { router } = openRouter();
    router.on('join', ({ id }) => router.kill(id, 'com.example.full'));
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }), SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await client.next())[0]).toBe(Code.WELCOME);
    await expectUnread(client, GOODBYE({}, 'com.example.full'));
    expect(router.sessions).toEqual([]);
  });

  test('accept functions only', () => {
    const { router } = openRouter();
    expect(() => router.on('join', 'x' as never)).toThrow(TypeError);
  });
});

test('the log says who joins, who leaves and why', async () => {
  const { router, log } = openRouter();
  const client = await join(router);
  const [session] = router.sessions;
  client.send(GOODBYE({}, 'wamp.close.close_realm'));
  await client.next();
  expect(log).toEqual([
    { level: 'info', message: `${session?.authid} joined realm1`, session: session?.id },
    { level: 'info', message: `${session?.authid} left realm1: wamp.close.close_realm`, session: session?.id },
  ]);
});

test('a log hook that throws disturbs no session, and no session is left', async () => {
  const log = () => {
    throw new Error('disk full');
  };
  const router = new Router({ realms: { realm1: 'open' } }, { log });
  const [one, two] = [await join(router), await join(router)];
  one.send([]);
  expect((await one.end()).map(([code]) => code)).toEqual([3]);
  two.send(GOODBYE({}, 'wamp.close.close_realm'));
  await two.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
  expect(router.sessions).toEqual([]);
  two.close();
  await router.close();
});

describe('router.attach', () => {
  function line(): [Transport, ScriptedPeer] {
    const [ours, theirs] = memoryPair(json());
    return [ours, new ScriptedPeer(theirs)];
  }

  test('takes a transport from outside, and says where it comes from', async () => {
    const { router } = openRouter();
    const [transport, client] = line();
    router.attach(transport, { kind: 'carrier pigeon', peer: 'roof', isSecure: false });
    client.send(HELLO('realm1', { roles }));
    await client.next();
    expect(router.sessions).toMatchObject([{ transport: { kind: 'carrier pigeon', peer: 'roof', isSecure: false } }]);
  });

  test('[R08] aborts the connection when the router is closed', async () => {
    const { router, clock } = openRouter();
    await router.close();
    const [transport, client] = line();
    router.attach(transport, { kind: 'test' });
    expect(await client.end()).toEqual([ABORT({ message: 'the router is closing' }, 'wamp.close.system_shutdown')]);
    expect(clock.pending).toBe(0);
  });
});

describe('router.connect', () => {
  const { signal } = new AbortController();

  test("uses the client's first serializer", () => {
    const { router } = openRouter();
    const [first, second] = [msgpack(), json()];
    const transport = router.connect({ serializers: [first, second], signal });
    expect(transport.serializer).toBe(first);
    transport.close();
  });

  test('rejects if there is no serializer', () => {
    const { router } = openRouter();
    expect(() => router.connect({ serializers: [], signal })).toThrow('expected a serializer, got none');
  });
});

test('two routers are separate', async () => {
  const [one, two] = [openRouter().router, new Router({ realms: { realm1: 'open' } })];
  await join(one);
  expect(two.sessions).toEqual([]);
  await two.close();
});
