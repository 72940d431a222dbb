/* Clients that take no more than so many bytes a frame, as RawSocket lets them say. */
import { json } from 'autostrada';
import type { Router } from 'autostrada/router';
import { describe, expect, it } from 'vitest';
import { memoryPair } from '../../src/transport/memory.ts';
import { ABORT, CALL, Code, ERROR, GOODBYE, HELLO, INVOCATION, PUBLISH, RESULT, YIELD } from '../fixtures/messages.ts';
import { joinedClient, ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectUnread, join, openRouter, register, roles, subscribe } from './open-router.ts';

const SIZE = 'wamp.error.payload_size_exceeded';
const LIMIT = 2048;
const long = 'x'.repeat(LIMIT);

function limitedClient(router: Router, maxFrameBytes = LIMIT): ScriptedPeer {
  const [theirs, ours] = memoryPair(json());
  router.attach(Object.assign(ours, { maxFrameBytes }), { kind: 'memory' });
  return new ScriptedPeer(theirs);
}

async function limited(router: Router): Promise<ScriptedPeer> {
  const client = limitedClient(router);
  client.send(HELLO('realm1', { roles }));
  expect((await client.next())[0]).toBe(Code.WELCOME);
  return client;
}

describe('a client with a limit', () => {
  it('[R81] does not get a longer event, and others do', async () => {
    const { router } = openRouter();
    const [small, big, publisher] = [await limited(router), await join(router), await join(router)];
    for (const client of [small, big]) await subscribe(client, 'a.b');
    publisher.send(PUBLISH(1, {}, 'a.b', [long]), PUBLISH(2, {}, 'a.b', ['short']));
    expect((await big.next())[4]).toEqual([long]);
    expect((await big.next())[4]).toEqual(['short']);
    expect((await small.next())[4]).toEqual(['short']);
    await expectUnread(small);
  });

  it('[R81] counts bytes, not characters', async () => {
    const { router } = openRouter();
    const [small, publisher] = [await limited(router), await join(router)];
    await subscribe(small, 'a.b');
    const umlauts = 'ä'.repeat(LIMIT / 2);
    const pairs = '😀'.repeat(LIMIT / 4);
    const some = ['ä', 'ࠀ', '😀'].map((letter) => letter.repeat(200)); // 400, 600 and 800 bytes
    publisher.send(PUBLISH(1, {}, 'a.b', [umlauts]), PUBLISH(2, {}, 'a.b', [pairs]), PUBLISH(3, {}, 'a.b', some));
    expect((await small.next())[4]).toEqual(some);
    await expectUnread(small);
  });

  it('[R81] does not get a longer invocation: the caller is told', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await limited(router), await join(router)];
    await register(callee, 'a.b');
    caller.send(CALL(1, {}, 'a.b', [long]), CALL(2, {}, 'a.b', ['short']));
    expect((await caller.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, SIZE));
    expect(await callee.next()).toEqual(INVOCATION(1, expect.any(Number), {}, ['short'])); // its first
  });

  it.each([
    ['result', {}],
    ['progressive result', { progress: true }],
  ])('[R81] gets an error for a longer %s', async (_, options) => {
    const { router } = openRouter();
    const features = { call_canceling: true, progressive_call_results: true };
    const [callee, caller] = [await joinedClient(router, 'realm1', json(), { callee: { features } }), await limited(router)];
    await register(callee, 'a.b');
    caller.send(CALL(1, { receive_progress: true }, 'a.b'));
    await callee.next();
    callee.send(YIELD(1, options, [long]));
    expect((await caller.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, SIZE));
    callee.send(YIELD(1, {}, ['too late']));
    await expectUnread(caller);
  });

  it('[R81] gets an error without its payload, or without its URI, if those are too long', async () => {
    const { router } = openRouter({ realms: { realm1: 'open' }, limits: { maxUriLength: 10_000 } });
    const [callee, caller] = [await join(router), await limited(router)];
    await register(callee, 'a.b');
    caller.send(CALL(1, {}, 'a.b'), CALL(2, {}, 'a.b'), CALL(3, {}, `a.${long}`));
    // Nobody has registered the third: the text that names it is too long as well.
    expect(await caller.next()).toEqual(ERROR('CALL', 3, {}, SIZE));
    await callee.next();
    callee.send(ERROR('INVOCATION', 1, {}, 'a.error', [long]), ERROR('INVOCATION', 2, {}, `a.${long}`));
    expect((await caller.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, 'a.error'));
    expect(await caller.next()).toEqual(ERROR('CALL', 2, {}, SIZE));
  });

  it('[R81] gets an error for a longer answer of the router itself', async () => {
    const { router } = openRouter();
    const small = await limited(router);
    const others = await Promise.all(Array.from({ length: 200 }, () => join(router)));
    small.send(CALL(1, {}, 'wamp.session.list'), CALL(2, {}, 'wamp.session.count'));
    expect((await small.next()).slice(0, 5)).toEqual(ERROR('CALL', 1, {}, SIZE));
    expect(await small.next()).toEqual(RESULT(2, {}, [others.length + 1]));
  });

  it('[R81] [R08] gets GOODBYE without its text, if that is too long', async () => {
    const { router } = openRouter();
    const [one, two] = [await limited(router), await limited(router)];
    const [first, second] = router.sessions;
    router.kill(first?.id ?? 0, 'a.reason', long);
    router.kill(second?.id ?? 0, `a.${long}`);
    expect(await one.next()).toEqual(GOODBYE({}, 'a.reason'));
    expect(await two.next()).toEqual(GOODBYE({}, SIZE));
  });

  it('[R81] is aborted if even WELCOME is too long', async () => {
    const { router } = openRouter();
    const client = limitedClient(router, 300);
    client.send(HELLO('realm1', { roles }));
    const message = expect.stringMatching(/^WELCOME takes \d+ bytes, and the other side takes at most 300$/);
    expect(await client.end()).toEqual([ABORT({ message }, SIZE)]);
  });
});
