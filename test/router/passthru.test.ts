/* WAMP "Payload Passthru Mode", the router's side: what is mirrored, and each cell of its error matrix. */
import { json } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import type { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { CALL, Code, ERROR, EVENT, HELLO, INVOCATION, PUBLISH, REGISTER, RESULT, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, HUGE, join, openRouter, register, sendHuge, subscribe } from './open-router.ts';

const add = 'com.example.add';
const topic = 'com.example.topic';
const UNSUPPORTED = 'wamp.error.feature_not_supported';
const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'cbor', ppt_cipher: 'aes256gcm', ppt_keyid: 'key1' };
const packed = [Uint8Array.of(0, 1, 255)];
const features = { features: { payload_passthru_mode: true, progressive_call_results: true, call_canceling: true } };
const able = { publisher: features, subscriber: features, caller: features, callee: features };

const joinAble = (router: Router, serializer = json()): Promise<ScriptedPeer> => joinedClient(router, 'realm1', serializer, able);

test('[R63] [R03] is announced by both roles of the router', async () => {
  const client = scriptedClient(openRouter().router);
  client.send(HELLO('realm1', { roles: able }));
  const [, , details] = await client.next();
  const announces = { features: { payload_passthru_mode: true } };
  expect(details).toMatchObject({ roles: { broker: announces, dealer: announces } });
});

describe('a call', () => {
  test('[R63] goes to the callee with its attributes, and so does each answer to the caller; the payload is not changed', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router), await joinAble(router)];
    const id = await register(callee, add);
    for (const request of [1, 2]) caller.send(CALL(request, { ...ppt, receive_progress: true, rkey: 'no' }, add, packed));
    for (const request of [1, 2]) await callee.expect(INVOCATION(request, id, { ...ppt, receive_progress: true }, packed));
    const answer = { ppt_scheme: 'mqtt', x_mine: 1 };
    callee.send(
      YIELD(1, { ...answer, progress: true }, packed),
      YIELD(1, answer, packed),
      ERROR('INVOCATION', 2, ppt, 'a.error', packed),
    );
    await caller.expect(RESULT(1, { ppt_scheme: 'mqtt', progress: true }, packed));
    await caller.expect(RESULT(1, { ppt_scheme: 'mqtt' }, packed));
    await caller.expect(ERROR('CALL', 2, ppt, 'a.error', packed));
  });

  test.each([
    ['json', 'msgpack', json(), msgpack()],
    ['msgpack', 'json', msgpack(), json()],
  ])('[R63] [R83] from %s to %s keeps its bytes', async (_from, _to, from, to) => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router, from), await joinAble(router, to)];
    const id = await register(callee, add);
    caller.send(CALL(1, ppt, add, packed));
    await callee.expect(INVOCATION(1, id, ppt, packed));
    callee.send(YIELD(1, ppt, packed));
    await caller.expect(RESULT(1, ppt, packed));
  });

  test('[R63] [R52] is rerouted only to a callee that supports it', async () => {
    const { router } = openRouter();
    const reroutes = { callee: { features: { ...features.features, call_reroute: true } } };
    const [caller, busy, plain, free] = [
      await joinAble(router),
      await joinedClient(router, 'realm1', json(), reroutes),
      await join(router),
      await joinedClient(router, 'realm1', json(), reroutes),
    ];
    for (const callee of [busy, plain, free]) {
      callee.send(REGISTER(1, { invoke: 'first' }, add));
      expect((await callee.next())[0]).toBe(Code.REGISTERED);
    }
    caller.send(CALL(1, ppt, add, packed));
    expect(await busy.next()).toEqual(INVOCATION(1, expect.any(Number), ppt, packed));
    busy.send(ERROR('INVOCATION', 1, {}, 'wamp.error.unavailable'));
    expect(await free.next()).toEqual(INVOCATION(1, expect.any(Number), ppt, packed));
    await expectUnread(plain);
  });

  test('[R63] [R61] cannot be in a testament of a session that did not announce it', async () => {
    const { router } = openRouter();
    const [able1, plain] = [await joinAble(router), await join(router)];
    for (const client of [able1, plain])
      client.send(CALL(1, {}, 'wamp.session.add_testament', [topic, packed, {}], { publish_options: ppt }));
    await able1.expect(RESULT(1, {}));
    await expectError(plain, 48, 1, UNSUPPORTED);
  });

  test('[R63] is accepted with any payload: nexus sends the raw object with `native`', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router), await joinAble(router)];
    const id = await register(callee, add);
    caller.send(CALL(1, { ppt_scheme: 'mqtt', ppt_serializer: 'native' }, add, [{ a: 1 }, 2], { k: 1 }));
    await callee.expect(INVOCATION(1, id, { ppt_scheme: 'mqtt', ppt_serializer: 'native' }, [{ a: 1 }, 2], { k: 1 }));
  });

  test('[R63] with an empty scheme is a plain one, for any caller and callee', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await join(router), await join(router)];
    const id = await register(callee, add);
    caller.send(CALL(1, { ppt_scheme: '', ppt_serializer: 'cbor' }, add, [1]));
    await callee.expect(INVOCATION(1, id, {}, [1]));
  });

  test('[R63] of a caller that did not announce it is a violation, and reaches nobody', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await join(router), await joinAble(router)];
    await register(callee, add);
    caller.send(CALL(1, ppt, add, packed));
    await expectAbort(caller, 'got ppt_scheme from a caller that did not announce payload_passthru_mode');
    await expectUnread(callee);
  });

  test('[R63] to a callee that did not announce it is refused', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router), await join(router)];
    const id = await register(callee, add);
    caller.send(CALL(1, ppt, add, packed), CALL(2, {}, add));
    await expectError(caller, 48, 1, UNSUPPORTED);
    await expectUnread(callee, INVOCATION(1, id, {}));
  });

  test('[R63] to the router itself is refused, even if a pattern would match', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router), await joinAble(router)];
    callee.send(REGISTER(1, { match: 'wildcard' }, '..count'));
    await callee.next();
    caller.send(CALL(1, ppt, 'wamp.session.count', packed));
    await expectError(caller, 48, 1, UNSUPPORTED);
    await expectUnread(callee);
  });
});

describe('an answer', () => {
  const announcing = { ...features, features: { progressive_call_results: true } };
  /** A call of who has not announced it, under way. */
  async function called(): Promise<{ router: Router; caller: ScriptedPeer; callee: ScriptedPeer }> {
    const { router } = openRouter();
    const [caller, callee] = [await joinedClient(router, 'realm1', json(), { caller: announcing }), await joinAble(router)];
    await register(callee, add);
    caller.send(CALL(1, { receive_progress: true }, add));
    await callee.next();
    return { router, caller, callee };
  }

  test.each([
    ['YIELD', YIELD(1, ppt, packed)],
    ['ERROR', ERROR('INVOCATION', 1, ppt, 'a.error', packed)],
  ])('[R63] by %s of a callee that did not announce it is a violation; the caller gets an error', async (_, answer) => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router), await join(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add));
    await callee.next();
    callee.send(answer);
    await expectAbort(callee, 'got ppt_scheme from a callee that did not announce payload_passthru_mode');
    await expectError(caller, 48, 1, 'wamp.error.canceled');
  });

  test.each([{}, { progress: true }])(
    '[R63] by YIELD %j to a caller that did not announce it is refused for both',
    async (more) => {
      const { router, caller, callee } = await called();
      callee.send(YIELD(1, { ...ppt, ...more }, packed), YIELD(1, {}, ['late']));
      await expectError(callee, 70, 1, UNSUPPORTED);
      await expectError(caller, 48, 1, UNSUPPORTED);
      await expectUnread(caller);
      await expectUnread(callee);
      expect(router.sessions).toHaveLength(2);
    },
  );

  test('[R63] by ERROR to a caller that did not announce it keeps its URI', async () => {
    const { caller, callee } = await called();
    callee.send(ERROR('INVOCATION', 1, ppt, 'a.error', packed));
    await caller.expect(ERROR('CALL', 1, {}, 'a.error', [expect.stringContaining('payload is left out')]));
    await expectUnread(callee);
  });

  test('[R63] [R83] by ERROR whose payload does not fit the caller’s serializer keeps its URI', async () => {
    const { router } = openRouter();
    const [caller, callee] = [await joinAble(router, msgpack()), await joinAble(router)];
    await register(callee, add);
    caller.send(CALL(1, {}, add));
    await callee.next();
    sendHuge(callee, ERROR('INVOCATION', 1, ppt, 'a.error', [HUGE]));
    await caller.expect(ERROR('CALL', 1, {}, 'a.error', [expect.stringContaining('64 bits')]));
  });
});

describe('an event', () => {
  test('[R63] goes with its attributes to subscribers that announced it, and to no others', async () => {
    const { router } = openRouter();
    const [publisher, one, two, deaf] = [
      await joinAble(router),
      await joinAble(router),
      await joinAble(router),
      await join(router),
    ];
    const id = await subscribe(one, topic);
    for (const other of [two, deaf]) await subscribe(other, topic);
    publisher.send(PUBLISH(1, { acknowledge: true, ...ppt }, topic, packed), PUBLISH(2, {}, topic, ['plain']));
    const [, , publication] = await publisher.next();
    for (const subscriber of [one, two]) {
      await subscriber.expect(EVENT(id, publication, ppt, packed));
      await subscriber.expect(EVENT(id, expect.any(Number), {}, ['plain']));
    }
    await expectUnread(deaf, EVENT(id, expect.any(Number), {}, ['plain']));
  });

  test('[R63] [R25] only reaches the sessions that the publisher names', async () => {
    const { router } = openRouter();
    const [publisher, one, two] = [await joinAble(router), await joinAble(router), await joinAble(router)];
    for (const subscriber of [one, two]) await subscribe(subscriber, topic);
    publisher.send(PUBLISH(1, { eligible_authid: ['nobody'], ...ppt }, topic, packed));
    await expectUnread(one);
    await expectUnread(two);
  });

  test('[R63] [R29] keeps its attributes when it is retained; others get the plain one before it', async () => {
    const { router } = openRouter();
    const [publisher, late, deaf] = [await joinAble(router), await joinAble(router), await join(router)];
    publisher.send(
      PUBLISH(1, { retain: true }, topic, ['plain']),
      PUBLISH(2, { retain: true, acknowledge: true, ...ppt }, topic, packed),
    );
    await publisher.next();
    for (const subscriber of [late, deaf]) subscriber.send(SUBSCRIBE(1, { get_retained: true }, topic));
    const [, , id] = await late.next();
    await late.expect(EVENT(id, expect.any(Number), { ...ppt, retained: true }, packed));
    await deaf.next();
    await expectUnread(deaf, EVENT(id, expect.any(Number), { retained: true }, ['plain']));
  });

  test('[R63] of a publisher that did not announce it is a violation', async () => {
    const { router } = openRouter();
    const [publisher, subscriber] = [await join(router), await joinAble(router)];
    await subscribe(subscriber, topic);
    publisher.send(PUBLISH(1, ppt, topic, packed));
    await expectAbort(publisher, 'got ppt_scheme from a publisher that did not announce payload_passthru_mode');
    await expectUnread(subscriber);
  });
});

test('[R84] an event that does not fit a subscriber’s serializer is logged, once for each session', async () => {
  const { router, log } = openRouter();
  const poor = (): Promise<ScriptedPeer> => joinedClient(router, 'realm1', msgpack());
  const publisher = await join(router);
  const [one, two] = [await poor(), await poor()];
  for (const subscriber of [one, two]) await subscribe(subscriber, topic);
  for (const request of [1, 2]) sendHuge(publisher, PUBLISH(request, { retain: true }, topic, [HUGE]));
  const late = await poor();
  late.send(SUBSCRIBE(1, { get_retained: true }, topic));
  expect((await late.next())[0]).toBe(Code.SUBSCRIBED);
  await expectUnread(late);
  const message = expect.stringMatching(/ does not get the event of publication \d+, .* 64 bits/);
  const warnings = log.filter(({ level }) => level === 'warn');
  expect(warnings).toEqual(Array(3).fill(expect.objectContaining({ message, session: expect.any(Number) })));
  expect(new Set(warnings.map(({ session }) => session)).size).toBe(3);
});
