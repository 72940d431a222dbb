import { json, type Serializer } from 'autostrada';
import type { AuthorizationRequest, Decision, RealmConfig, RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { CALL, Code, EVENT, GOODBYE, INVOCATION, PUBLISH, REGISTER, RESULT, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, openRouter, register, subscribe } from './open-router.ts';

/** Guests are asked for at the hook; `com.free.` is theirs without. */
const config: RouterConfig = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: {
        guest: { permissions: [{ uri: 'com.free.', match: 'prefix', allow: 'all' }] },
        staff: { permissions: 'all' },
      },
    },
  },
};

/** A hook that decides when told. */
function slowHook() {
  const asked: { readonly request: AuthorizationRequest; decide(answer: boolean | Decision): void; fail(error: unknown): void }[] =
    [];
  const authorize = (request: AuthorizationRequest): Promise<boolean | Decision> =>
    new Promise((resolve, reject) => asked.push({ request, decide: resolve, fail: reject }));
  return { asked, authorize };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const staffOf = (
  router: Parameters<typeof joinedClient>[0] & { as(principal: { authrole: string }): never },
): Promise<ScriptedPeer> => joinedClient(router.as({ authrole: 'staff' }));

describe('an authorize hook', () => {
  test('[R62] is called if no rule matches, with what was asked for', async () => {
    const requests: AuthorizationRequest[] = [];
    const { router } = openRouter(config, { authorize: (request) => requests.push(request) > 0 });
    const guest = await joinedClient(router);
    guest.send(
      SUBSCRIBE(1, {}, 'com.free.topic'),
      SUBSCRIBE(2, { match: 'prefix' }, 'com.asked.'),
      REGISTER(3, {}, 'com.asked.procedure'),
    );
    for (const code of [33, 33, 65]) expect((await guest.next())[0]).toBe(code);
    const session = expect.objectContaining({ authrole: 'guest', id: router.sessions[0]?.id });
    expect(requests).toEqual([
      { realm: 'realm1', session, action: 'subscribe', uri: 'com.asked.', match: 'prefix' },
      { realm: 'realm1', session, action: 'register', uri: 'com.asked.procedure', match: 'exact' },
    ]);
  });

  test('[R62] that refuses gives not_authorized; one that fails or returns nonsense gives authorization_failed, and it is logged', async () => {
    const answers = [
      () => false,
      () => Promise.resolve({ allow: false }),
      () => Promise.reject(new Error('db')),
      () => 'yes' as never,
    ];
    const { router, log } = openRouter(config, { authorize: () => (answers.shift() ?? (() => true))() });
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'a.b'), CALL(2, {}, 'a.b'), CALL(3, {}, 'a.b'), CALL(4, {}, 'a.b'));
    await expectError(guest, 48, 1, 'wamp.error.not_authorized');
    await expectError(guest, 48, 2, 'wamp.error.not_authorized');
    await expectError(guest, 48, 3, 'wamp.error.authorization_failed');
    await expectError(guest, 48, 4, 'wamp.error.authorization_failed');
    expect(log.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(
      Array(2).fill('an authorizer failed'),
    );
    guest.send(CALL(5, {}, 'a.b'));
    await expectError(guest, 48, 5, 'wamp.error.no_such_procedure');
  });

  test('[R62] that does not answer is given up after ten seconds', async () => {
    const { asked, authorize } = slowHook();
    const { router, clock } = openRouter(config, { authorize });
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'a.b'));
    await settled();
    expect(asked.length).toBe(1);
    await clock.advance(10_000);
    await expectError(guest, 48, 1, 'wamp.error.authorization_failed');
  });

  test('[R62] is called once if it says that its answer may be kept', async () => {
    let count = 0;
    const { router } = openRouter(config, { authorize: async () => ({ allow: ++count > 0, cache: true }) });
    const [one, two] = [await joinedClient(router), await joinedClient(router)];
    for (const client of [one, two]) {
      client.send(CALL(1, {}, 'a.b'), CALL(2, {}, 'a.b'));
      await expectError(client, 48, 1, 'wamp.error.no_such_procedure');
      await expectError(client, 48, 2, 'wamp.error.no_such_procedure');
    }
    expect(count).toBe(1);
  });

  test('[R28] [R56] [R62] keeps the order of a session’s requests, and delays no other session', async () => {
    const { asked, authorize } = slowHook();
    const { router } = openRouter(config, { authorize });
    const [guest, staff, other] = [await joinedClient(router), await staffOf(router as never), await joinedClient(router)];
    const topics = [await subscribe(staff, 'com.slow.topic', 1), await subscribe(staff, 'com.free.topic', 2)];
    const registration = await register(staff, 'com.free.add', 3);
    guest.send(
      PUBLISH(1, {}, 'com.slow.topic', [1]),
      PUBLISH(2, {}, 'com.free.topic', [2]),
      CALL(3, {}, 'com.free.add', [3]),
      PUBLISH(4, {}, 'com.slow.topic', [4]),
      CALL(5, {}, 'com.free.add', [5]),
    );
    other.send(PUBLISH(1, {}, 'com.free.topic', ['other']));
    await staff.expect(EVENT(topics[1], expect.any(Number), {}, ['other']));
    await expectUnread(staff);
    asked.shift()?.decide(true);
    await staff.expect(EVENT(topics[0], expect.any(Number), {}, [1]));
    await staff.expect(EVENT(topics[1], expect.any(Number), {}, [2]));
    await staff.expect(INVOCATION(1, registration, {}, [3]));
    await expectUnread(staff);
    asked.shift()?.decide(true);
    await staff.expect(EVENT(topics[0], expect.any(Number), {}, [4]));
    await staff.expect(INVOCATION(2, registration, {}, [5]));
  });

  test('[R28] has SUBSCRIBED answered before the first event, however late it decides', async () => {
    const { asked, authorize } = slowHook();
    const { router } = openRouter(config, { authorize });
    const [guest, staff] = [await joinedClient(router), await staffOf(router as never)];
    guest.send(SUBSCRIBE(1, {}, 'com.slow.topic'));
    await settled();
    staff.send(PUBLISH(1, {}, 'com.slow.topic', ['before']));
    await settled();
    asked.shift()?.decide(true);
    await settled();
    staff.send(PUBLISH(2, {}, 'com.slow.topic', ['after']));
    const [code, request, subscription] = await guest.next();
    expect([code, request]).toEqual([33, 1]);
    await guest.expect(EVENT(subscription, expect.any(Number), {}, ['after']));
  });

  test('[R06] makes GOODBYE wait for earlier requests', async () => {
    const { asked, authorize } = slowHook();
    const { router } = openRouter(config, { authorize });
    const [guest, staff] = [await joinedClient(router), await staffOf(router as never)];
    const subscription = await subscribe(staff, 'com.slow.topic');
    guest.send(PUBLISH(1, {}, 'com.slow.topic', ['last words']), GOODBYE({}, 'wamp.close.normal'));
    await expectUnread(guest);
    asked.shift()?.decide(true);
    await guest.expect(GOODBYE({}, 'wamp.close.goodbye_and_out'));
    await staff.expect(EVENT(subscription, expect.any(Number), {}, ['last words']));
  });

  test('[R07] [R62] has no effect if the session has ended', async () => {
    const { asked, authorize } = slowHook();
    const { router } = openRouter(config, { authorize });
    const guest = await joinedClient(router);
    guest.send(SUBSCRIBE(1, {}, 'com.slow.topic'), SUBSCRIBE(2, {}, 'com.free.topic'));
    await settled();
    guest.close();
    await settled();
    asked.shift()?.decide(true);
    await settled();
    expect(router.stats()).toMatchObject({ sessions: 0, subscriptions: 0 });
  });

  test('[R05] makes a violation behind a waiting message end the session in its turn', async () => {
    const { asked, authorize } = slowHook();
    const { router } = openRouter(config, { authorize });
    const guest = await joinedClient(router);
    guest.send(SUBSCRIBE(1, {}, 'com.slow.topic'), YIELD(5, {}));
    await expectUnread(guest);
    asked.shift()?.decide(false);
    await expectError(guest, 32, 1, 'wamp.error.not_authorized');
    await expectAbort(guest, 'got YIELD for invocation 5, which was never made');
  });
});

test('[R62] [R10] a failure while an answer of the router waits for an authorizer ends that session, and no other', async () => {
  const plain = json();
  const serializer: Serializer = {
    ...plain,
    isStandard: false,
    encode: (list) => {
      if (Array.isArray(list) && (list[0] as { publication?: unknown } | undefined)?.publication)
        throw new Error('of the serializer');
      return plain.encode(list);
    },
  };
  const realm1: RealmConfig = {
    anonymous: 'guest',
    authroles: { guest: { permissions: [{ uri: 'wamp.', match: 'prefix', allow: 'all' }] } },
    history: [{ uri: 'com.kept', limit: 1 }],
  };
  const { router } = openRouter({ realms: { realm1 } }, { authorize: () => Promise.resolve(true) });
  const bystander = await joinedClient(router);
  const guest = await joinedClient(router, 'realm1', serializer);
  guest.send(PUBLISH(1, {}, 'com.kept', [1]), SUBSCRIBE(2, {}, 'com.kept'));
  const [, , subscription] = await guest.next();
  guest.send(CALL(3, {}, 'wamp.subscription.get_events', [subscription]));
  // The fault is not the caller's, and what it was is for the log.
  await expectAbort(guest, 'internal error', 'autostrada.error.internal_error');
  bystander.send(CALL(1, {}, 'wamp.session.count'));
  await bystander.expect(RESULT(1, {}, [1]));
});

test('[R62] a kept answer applies to one authrole and one URI, whatever characters they contain', async () => {
  const asked: unknown[] = [];
  const { router } = openRouter(
    { realms: { realm1: { authroles: { a: { permissions: [] }, 'a.com.b': { permissions: [] } } } } },
    { authorize: ({ session, uri }) => ({ allow: asked.push([session.authrole, uri]) > 1, cache: true }) },
  );
  const first = await joinedClient(router.as({ authrole: 'a' }));
  first.send(SUBSCRIBE(1, {}, 'com.b.com.c'));
  await expectError(first, 32, 1, 'wamp.error.not_authorized');
  const second = await joinedClient(router.as({ authrole: 'a.com.b' }));
  second.send(SUBSCRIBE(1, {}, 'com.c'));
  expect((await second.next())[0]).toBe(Code.SUBSCRIBED);
  expect(asked).toHaveLength(2);
});
