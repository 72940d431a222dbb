import { describe, expect, test } from 'vitest';
import { CALL, EVENT, INVOCATION, RESULT, UNREGISTERED, UNSUBSCRIBED, YIELD } from '../fixtures/messages.ts';
import { joinedClient, type ScriptedPeer } from '../fixtures/scripted-peer.ts';
import { Asker } from './asking.ts';
import { expectError, expectUnread, join, openRouter } from './open-router.ts';

const able = {
  subscriber: { features: { subscription_revocation: true } },
  callee: { features: { registration_revocation: true } },
};

/** joe understands revocations, ann does not, max asks for them. */
async function house() {
  const { router } = openRouter();
  const [joe, ann, max] = [
    new Asker(await joinedClient(router, 'realm1', undefined, able)),
    new Asker(await join(router)),
    new Asker(await join(router)),
  ];
  const [joeId = 0, annId = 0, maxId = 0] = router.sessions.map(({ id }) => id);
  return { router, joe, ann, max, joeId, annId, maxId };
}

const call = (peer: ScriptedPeer, request: number, procedure: string): void => peer.send(CALL(request, {}, procedure));

describe('a registration', () => {
  test('[R55] can be revoked, and the callee is notified with the reason', async () => {
    const { joe, ann, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b');
    expect(await max.ask('wamp.registration.remove_callee', [id, joeId, 'com.example.enough'])).toBeUndefined();
    await joe.peer.expect(UNREGISTERED(0, { registration: id, reason: 'com.example.enough' }));
    call(ann.peer, 1, 'a.b');
    await expectError(ann.peer, 48, 1, 'wamp.error.no_such_procedure');
    joe.send(66, id);
    await expectError(joe.peer, 66, 2, 'wamp.error.no_such_registration');
    expect(await joe.claim(64, 'a.b')).not.toBe(id);
  });

  test.each([
    [[], { reason: 'moving elsewhere' }, { reason: 'moving elsewhere' }],
    [[null], {}, {}],
    [[], {}, {}],
  ])('[R55] with %j and %j has details that end with %j', async (args, kwargs, details) => {
    const { joe, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b');
    await max.ask('wamp.registration.remove_callee', [id, joeId, ...args], kwargs);
    await joe.peer.expect(UNREGISTERED(0, { registration: id, ...details }));
  });

  test('[R55] is revoked without notifying a callee that has not announced the feature', async () => {
    const { joe, ann, max, annId } = await house();
    const id = await ann.claim(64, 'a.b');
    await max.ask('wamp.registration.remove_callee', [id, annId, 'com.example.enough']);
    call(joe.peer, 1, 'a.b');
    await expectError(joe.peer, 48, 1, 'wamp.error.no_such_procedure');
    await expectUnread(ann.peer);
  });

  test('[R55] [R46] of several callees continues with the others', async () => {
    const { joe, ann, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b', { invoke: 'first' });
    await ann.claim(64, 'a.b', { invoke: 'first' });
    await max.ask('wamp.registration.remove_callee', [id, joeId]);
    await joe.peer.next();
    max.call('a.b');
    expect(await ann.peer.next()).toEqual(INVOCATION(1, id, {}));
    await expectUnread(joe.peer);
  });

  test('[R55] may be revoked while calls run, which are still answered', async () => {
    const { joe, ann, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b');
    call(ann.peer, 1, 'a.b');
    await joe.peer.next();
    await max.ask('wamp.registration.remove_callee', [id, joeId]);
    await joe.peer.next();
    joe.peer.send(YIELD(1, {}, ['done']));
    await ann.peer.expect(RESULT(1, {}, ['done']));
  });

  test('[R55] is revoked for the callee before the events about it, and both before the answer', async () => {
    const { joe, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b');
    const watch = await joe.claim(32, 'wamp.registration.', { match: 'prefix' });
    await max.claim(32, 'wamp.registration.', { match: 'prefix' });
    const request = max.call('wamp.registration.remove_callee', [id, joeId]);
    const event = (topic: string) => EVENT(watch, expect.any(Number), { topic }, [joeId, id]);
    const told = [event('wamp.registration.on_unregister'), event('wamp.registration.on_delete')];
    await expectUnread(joe.peer, UNREGISTERED(0, { registration: id }), ...told);
    await expectUnread(max.peer, ...told, RESULT(request, {}));
  });

  test('[R55] of oneself, of nobody and of another session gets the right answer', async () => {
    const { joe, max, joeId, annId, maxId } = await house();
    const id = await joe.claim(64, 'a.b');
    const mine = await max.claim(64, 'a.c');
    expect(await max.ask('wamp.registration.remove_callee', [mine, maxId])).toBeUndefined();
    await max.refused('wamp.error.no_such_registration', 'wamp.registration.remove_callee', [mine, maxId]);
    await max.refused('wamp.error.no_such_registration', 'wamp.registration.remove_callee', [id, annId]);
    await max.refused('wamp.error.no_such_registration', 'wamp.registration.remove_callee', [4711, joeId]);
    await max.refused('wamp.error.no_such_session', 'wamp.registration.remove_callee', [id, 4711]);
    expect(await max.ask('wamp.registration.count_callees', [id])).toBe(1);
  });

  test('[R55] can be revoked by the embedding program', async () => {
    const { router, joe, max, joeId } = await house();
    const id = await joe.claim(64, 'a.b');
    router.revokeRegistration(id, joeId, 'com.example.enough');
    router.revokeRegistration(id, joeId);
    router.revokeRegistration(id, 4711);
    await expectUnread(joe.peer, UNREGISTERED(0, { registration: id, reason: 'com.example.enough' }));
    expect(await max.ask('wamp.registration.match', ['a.b'])).toBeNull();
  });
});

describe('a subscription', () => {
  test('[R32] can be revoked, and the subscriber is notified with the reason', async () => {
    const { joe, ann, max, joeId } = await house();
    const id = await joe.claim(32, 'a.b');
    await ann.claim(32, 'a.b');
    expect(await max.ask('wamp.subscription.remove_subscriber', [id, joeId, 'com.example.enough'])).toBeUndefined();
    await joe.peer.expect(UNSUBSCRIBED(0, { subscription: id, reason: 'com.example.enough' }));
    max.send(16, {}, 'a.b');
    await ann.peer.expect(EVENT(id, expect.any(Number), {}));
    joe.send(34, id);
    await expectError(joe.peer, 34, 2, 'wamp.error.no_such_subscription');
    expect(await joe.claim(32, 'a.b')).toBe(id);
  });

  test('[R32] is revoked without notifying a subscriber that has not announced the feature', async () => {
    const { ann, max, annId } = await house();
    const id = await ann.claim(32, 'a.b');
    await max.ask('wamp.subscription.remove_subscriber', [id, annId], { reason: 'com.example.enough' });
    max.send(16, {}, 'a.b');
    await expectUnread(ann.peer);
  });

  test('[R32] is revoked for the subscriber before the events about it, and both before the answer', async () => {
    const { joe, max, joeId } = await house();
    const watch = await joe.claim(32, 'wamp.subscription.', { match: 'prefix' });
    await max.claim(32, 'wamp.subscription.', { match: 'prefix' });
    const id = await joe.claim(32, 'a.b');
    for (const { peer } of [joe, joe, max, max]) await peer.next(); // on_create, on_subscribe
    const request = max.call('wamp.subscription.remove_subscriber', [id, joeId]);
    const event = (topic: string) => EVENT(watch, expect.any(Number), { topic }, [joeId, id]);
    const told = [event('wamp.subscription.on_unsubscribe'), event('wamp.subscription.on_delete')];
    await expectUnread(joe.peer, UNSUBSCRIBED(0, { subscription: id }), ...told);
    await expectUnread(max.peer, ...told, RESULT(request, {}));
  });

  test('[R32] of oneself, of nobody and of another session gets the right answer', async () => {
    const { joe, max, joeId, annId, maxId } = await house();
    const id = await joe.claim(32, 'a.b');
    const mine = await max.claim(32, 'a.c');
    expect(await max.ask('wamp.subscription.remove_subscriber', [mine, maxId])).toBeUndefined();
    await max.refused('wamp.error.no_such_subscription', 'wamp.subscription.remove_subscriber', [mine, maxId]);
    await max.refused('wamp.error.no_such_subscription', 'wamp.subscription.remove_subscriber', [id, annId]);
    await max.refused('wamp.error.no_such_subscription', 'wamp.subscription.remove_subscriber', [4711, joeId]);
    await max.refused('wamp.error.no_such_session', 'wamp.subscription.remove_subscriber', [id, 4711]);
    expect(await max.ask('wamp.subscription.count_subscribers', [id])).toBe(1);
  });

  test('[R32] can be revoked by the embedding program', async () => {
    const { router, joe, max, joeId } = await house();
    const id = await joe.claim(32, 'a.b');
    router.revokeSubscription(id, joeId, 'com.example.enough');
    router.revokeSubscription(id, joeId);
    router.revokeSubscription(id, 4711);
    await expectUnread(joe.peer, UNSUBSCRIBED(0, { subscription: id, reason: 'com.example.enough' }));
    expect(await max.ask('wamp.subscription.match', ['a.b'])).toBeNull();
  });

  test('[R32] [R11] of another realm cannot be revoked', async () => {
    const { router, max } = await house();
    const other = new Asker(await joinedClient(router, 'realm2', undefined, able));
    const id = await other.claim(32, 'a.b');
    await max.refused('wamp.error.no_such_session', 'wamp.subscription.remove_subscriber', [id, router.sessions.at(-1)?.id]);
    await expectUnread(other.peer);
  });
});
