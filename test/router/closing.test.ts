import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { ABORT, CALL, Code, EVENT, GOODBYE, HELLO, PUBLISH, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectUnread, join, openRouter, register, roles, subscribe } from './open-router.ts';

const bye = GOODBYE({}, 'wamp.close.close_realm');
const andOut = GOODBYE({}, 'wamp.close.goodbye_and_out');

function kill(router: Router, reason?: string, message?: string): void {
  for (const { id } of router.sessions) router.kill(id, reason, message);
}

describe("a client's GOODBYE", () => {
  test('[R06] is answered, and the connection stays open for another session', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }));
    const [, first] = await client.next();
    await subscribe(client, 'com.example.topic');
    client.send(bye);
    await client.expect(andOut);
    expect(router.sessions).toEqual([]);
    client.send(HELLO('realm2', { roles }));
    const [code, second] = await client.next();
    expect(code).toBe(Code.WELCOME);
    expect(second).not.toBe(first);
    expect(router.sessions).toMatchObject([{ id: second, realm: 'realm2' }]);
    await subscribe(client, 'com.example.topic', 1); // ids count from 1 again
  });

  test('[R06] may be followed by HELLO in the same tick', async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(bye, HELLO('realm1', { roles }), SUBSCRIBE(1, {}, 'com.example.topic'));
    await client.expect(andOut);
    expect((await client.next())[0]).toBe(Code.WELCOME);
    expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('[R01] [R06] may be followed by nothing but HELLO', async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(bye, SUBSCRIBE(1, {}, 'com.example.topic'));
    await client.expect(andOut);
    await expectAbort(client, 'expected HELLO or GOODBYE, got SUBSCRIBE');
  });

  test('[R06] may be sent twice: the second is ignored, and the connection stays open for HELLO', async () => {
    const { router, log } = openRouter();
    const client = await join(router);
    client.send(bye, bye);
    await client.expect(andOut);
    client.send(bye, HELLO('realm1', { roles }));
    expect((await client.next())[0]).toBe(Code.WELCOME);
    expect(log.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  test('[R01] before any session is a violation', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    client.send(bye);
    await expectAbort(client, 'expected HELLO, got GOODBYE');
  });

  test('[R06] is answered by the last message of the session', async () => {
    const { router } = openRouter();
    const [client, other] = [await join(router), await join(router)];
    await subscribe(client, 'com.example.topic');
    client.send(bye);
    other.send(PUBLISH(1, {}, 'com.example.topic', ['too late']));
    await expectUnread(client, andOut);
  });

  test('[R06] keeps the connection open only as long as a new one', async () => {
    const { router, clock } = openRouter();
    const client = await join(router);
    client.send(bye);
    await client.expect(andOut);
    await clock.advance(10_000);
    await expectAbort(client, 'expected HELLO in 10000 ms, got nothing');
  });
});

describe('what a session has', () => {
  const endings: { readonly [how: string]: (client: ScriptedPeer, router: Router) => void } = {
    'it says GOODBYE': (client) => client.send(bye),
    'it aborts': (client) => client.send(ABORT({ message: 'enough' }, 'com.example.enough')),
    'its line is lost': (client) => client.close(1006),
    'it breaks the protocol': (client) => client.send([]),
    'it is killed': (_, router) => router.kill(router.sessions[0]?.id ?? 0),
  };
  const reasons = [
    'wamp.close.close_realm',
    'com.example.enough',
    'wamp.error.network_failure',
    'wamp.error.protocol_violation',
    'wamp.close.killed',
  ];

  test.each(Object.keys(endings).map((how, i) => [how, reasons[i]]))('[R07] is removed when %s', async (how, reason) => {
    const { router } = openRouter();
    const left: unknown[] = [];
    router.on('leave', (session, why) => left.push(session.id, why));
    const client = await join(router);
    const [id] = router.sessions.map((session) => session.id);
    const other = await join(router);
    await register(client, 'com.example.add', 1);
    await subscribe(client, 'com.example.topic', 2);
    const mine = await subscribe(other, 'com.example.topic', 1);
    endings[how]?.(client, router);
    await new Promise((resolve) => setImmediate(resolve));
    expect(left).toEqual([id, reason]);
    await register(other, 'com.example.add', 2); // the procedure is free
    other.send(PUBLISH(3, { acknowledge: true, exclude_me: false }, 'com.example.topic', [1]));
    const [, , publication] = await other.next();
    await other.expect(EVENT(mine, publication, {}, [1]));
    expect(router.sessions).toHaveLength(1);
    expect(left).toHaveLength(2); // a session leaves once
  });

  test('[R20] [R07] leaves a topic without subscribers, which gets a new subscription later', async () => {
    const { router } = openRouter();
    const [first, second] = [await join(router), await join(router)];
    const before = await subscribe(first, 'com.example.topic');
    first.send(bye);
    await first.expect(andOut);
    expect(await subscribe(second, 'com.example.topic')).not.toBe(before);
  });

  test('[R07] is removed after an ABORT, which is not answered', async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(ABORT({}, 'wamp.close.system_shutdown', ['why'], { more: 1 }));
    expect(await client.end()).toEqual([]);
  });
});

describe('killing a session', () => {
  test('[R06] sends GOODBYE with the reason, and closes the connection when the client has answered', async () => {
    const { router, clock } = openRouter();
    const client = await join(router);
    kill(router, 'com.example.tired', 'too tired');
    expect(router.sessions).toEqual([]);
    await client.expect(GOODBYE({ message: 'too tired' }, 'com.example.tired'));
    expect(client.closed).toBeUndefined();
    client.send(andOut);
    expect(await client.end()).toEqual([]);
    expect(client.closed?.code).toBe(1000);
    expect(clock.pending).toBe(0);
  });

  test('[R06] does not wait for the answer for ever', async () => {
    const { router, clock } = openRouter();
    const client = await join(router);
    kill(router);
    await client.expect(GOODBYE({}, 'wamp.close.killed'));
    await clock.advance(999);
    expect(client.closed).toBeUndefined();
    await clock.advance(1);
    expect(await client.end()).toEqual([]);
  });

  test("[R06] accepts the client's own GOODBYE as the answer", async () => {
    const { router } = openRouter();
    const client = await join(router);
    client.send(bye); // crosses the router's
    kill(router);
    expect(await client.end()).toEqual([GOODBYE({}, 'wamp.close.killed')]);
  });

  test('[R06] ignores late messages, and sends nothing more', async () => {
    const { router } = openRouter();
    const [client, other] = [await join(router), await join(router)];
    await subscribe(client, 'com.example.topic', 1);
    router.kill(router.sessions[0]?.id ?? 0);
    client.send(
      CALL(2, {}, 'com.example.add'),
      PUBLISH(3, { acknowledge: true }, 'com.example.topic'),
      YIELD(7, {}),
      SUBSCRIBE(99, {}, 'a'),
    );
    other.send(PUBLISH(1, {}, 'com.example.topic'));
    await expectUnread(client, GOODBYE({}, 'wamp.close.killed'));
    await expectUnread(other);
    expect(client.closed).toBeUndefined();
  });

  test('[R06] sends nothing more, even after a frame that is not a message, and closes the connection in time', async () => {
    const { router, clock } = openRouter();
    const client = await join(router);
    kill(router);
    await client.expect(GOODBYE({}, 'wamp.close.killed'));
    client.sendFrame('{');
    await expectUnread(client);
    expect(client.closed).toBeUndefined();
    await clock.advance(1000);
    expect(await client.end()).toEqual([]);
  });

  test('does nothing for an unknown id', async () => {
    const { router } = openRouter();
    const client = await join(router);
    router.kill(1);
    await expectUnread(client);
  });

  test('[R06] lets nobody join on the connection that it is closing', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const joins: unknown[] = [];
    router.on('join', (session) => joins.push(session));
    kill(router);
    await client.expect(GOODBYE({}, 'wamp.close.killed'));
    client.send(andOut, HELLO('realm1', { roles }));
    expect(await client.end()).toEqual([]);
    expect(joins).toEqual([]);
  });
});

describe('closing a router', () => {
  test('[R08] says GOODBYE system_shutdown to every session of every realm, and resolves when all connections are closed', async () => {
    const { router } = openRouter();
    const clients = [await join(router), await join(router), await joinedClient(router, 'realm2')];
    let isClosed = false;
    const closed = router.close().then(() => {
      isClosed = true;
    });
    for (const client of clients) await client.expect(GOODBYE({}, 'wamp.close.system_shutdown'));
    expect(isClosed).toBe(false);
    for (const client of clients) client.send(andOut);
    await closed;
    expect(router.sessions).toEqual([]);
  });

  test.each([undefined, 'com.example.moved'])('[R07] [R08] is the reason for leave and log, with goodbye %s', async (goodbye) => {
    const { router, log, clock } = openRouter();
    const left: unknown[] = [];
    router.on('leave', (_, why) => left.push(why));
    const [answers, sendsNonsense, isLost, isSilent] = [
      await join(router),
      await join(router),
      await join(router),
      await join(router),
    ];
    const closed = router.close({ goodbye });
    answers.send(andOut);
    sendsNonsense.sendFrame('{');
    isLost.close(1006);
    for (const client of [sendsNonsense, isSilent]) await client.next();
    await clock.advance(1000);
    await closed;
    const reason = goodbye ?? 'wamp.close.system_shutdown';
    expect(left).toEqual([reason, reason, reason, reason]);
    expect(log.filter(({ message }) => message.endsWith(`left realm1: ${reason}`))).toHaveLength(4);
  });

  test('[R08] aborts connections that have not sent HELLO yet', async () => {
    const { router } = openRouter();
    const client = scriptedClient(router);
    await router.close();
    await expectAbort(client, 'the router is closing', 'wamp.close.system_shutdown');
  });

  test('[R08] waits no longer than 2 s for an answer', async () => {
    const { router, clock } = openRouter();
    const client = await join(router);
    const closed = router.close();
    await clock.advance(1000);
    await closed;
    expect(await client.end()).toEqual([GOODBYE({}, 'wamp.close.system_shutdown')]);
  });

  test('ends at once without sessions, and may be repeated', async () => {
    const { router } = openRouter();
    await router.close();
    expect(router.isClosed).toBe(true);
    await router.close();
    expect([router.isClosed, router.sessions.length]).toEqual([true, 0]);
  });

  test('refuses later connections', async () => {
    const { router } = openRouter();
    await router.close();
    expect(() => scriptedClient(router)).toThrow('the router is closed');
    expect(() => scriptedClient(router.as({ authrole: 'service' }))).toThrow('the router is closed');
  });

  test('resolves for everybody when a listener of leave closes the router as well', async () => {
    const { router } = openRouter();
    const client = await join(router);
    let inner: Promise<void> | undefined;
    router.on('leave', () => {
      inner = router.close();
    });
    const outer = router.close();
    await client.expect(GOODBYE({}, 'wamp.close.system_shutdown'));
    client.send(andOut);
    await outer;
    await inner;
  });

  test('lets nobody join between GOODBYE and the end of the connection', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const joins: unknown[] = [];
    router.on('join', (session) => joins.push(session));
    const closed = router.close();
    client.send(andOut, HELLO('realm1', { roles }));
    await closed;
    expect(joins).toEqual([]);
  });
});

describe('a router that closes', () => {
  test('[G3] [R08] without GOODBYE sends nothing, and accepts nothing any more', async () => {
    const { router, log } = openRouter();
    const left: string[] = [];
    router.on('leave', (_, reason) => left.push(reason));
    const [one, two] = [await join(router), await join(router)];
    await subscribe(two, 'com.example.topic');
    const closed = router.close({ goodbye: false });
    one.send(PUBLISH(1, {}, 'com.example.topic'), [34]);
    expect(await one.end()).toEqual([]);
    expect(await two.end()).toEqual([]);
    for (const { closed } of [one, two]) expect(closed).toMatchObject({ code: 1012, reason: 'wamp.close.system_shutdown' });
    await closed;
    expect(left).toEqual(['wamp.close.system_shutdown', 'wamp.close.system_shutdown']);
    expect(log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
    expect(router.sessions).toEqual([]);
  });

  test('[G3] [R08] says GOODBYE with the given reason', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const closed = router.close({ goodbye: 'com.example.moved' });
    await client.expect(GOODBYE({}, 'com.example.moved'));
    client.send(andOut);
    await closed;
  });

  test.each(['', 'not a uri', true, 5])('[G3] [R08] refuses %j as the reason, and stays open', async (goodbye) => {
    const { router } = openRouter();
    const client = await join(router);
    expect(() => router.close({ goodbye: goodbye as string })).toThrow('expected goodbye of close to be a URI, got ');
    await expectUnread(client);
  });
});
