/* What is the router's own, below `wamp.` and `autostrada.`: who may call it, who may hear it, and that nobody can take its place. */
import type { PermissionRule, RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { CALL, Code, ERROR, EVENT, PUBLISH, REGISTER, RESULT, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import { joinedClient } from '../fixtures/scripted-peer.ts';
import { expectError, expectUnread, join, openRouter, register, subscribe } from './open-router.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const NOT_AUTHORIZED = 'wamp.error.not_authorized';
const EVERYTHING: PermissionRule = { uri: '', match: 'prefix', allow: 'all' };

function guests(permissions: readonly PermissionRule[] | 'all'): RouterConfig {
  return { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions }, staff: { permissions: 'all' } } } } };
}

describe('a procedure below wamp.', () => {
  test.each([
    ['an empty prefix', [EVERYTHING]],
    ['a prefix that only begins like it', [{ uri: 'wam', match: 'prefix', allow: 'all' }]],
    ['a prefix without the dot, which is one of wampum.price as well', [{ uri: 'wamp', match: 'prefix', allow: 'all' }]],
    ['a wildcard', [{ uri: '..', match: 'wildcard', allow: 'all' }]],
    ['a wildcard whose end fits', [{ uri: '.session.kill_all', match: 'wildcard', allow: 'all' }]],
  ] as const)('[G2] [R62] is not allowed by %s', async (_, permissions) => {
    const { router } = openRouter(guests(permissions));
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'wamp.session.kill_all'), CALL(2, {}, 'wamp.session.count'));
    await expectError(guest, 48, 1, NOT_AUTHORIZED);
    await expectError(guest, 48, 2, NOT_AUTHORIZED);
  });

  test.each([
    ['its own rule', [EVERYTHING, { uri: 'wamp.session.count', allow: ['call'] }]],
    ['a prefix that begins with wamp.', [{ uri: 'wamp.session.', match: 'prefix', allow: ['call'] }]],
    ['a wildcard that begins with wamp.', [{ uri: 'wamp..count', match: 'wildcard', allow: ['call'] }]],
    ["'all'", 'all'],
  ] as const)('[G2] [R62] is allowed by %s', async (_, permissions) => {
    const { router } = openRouter(guests(permissions));
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'wamp.session.count'));
    await guest.expect(RESULT(1, {}, [1]));
  });

  test('[G2] [R62] is not allowed by {authid}, whatever the authid', async () => {
    const { router } = openRouter(guests([{ uri: '{authid}.', match: 'prefix', allow: 'all' }]));
    const guest = await joinedClient(router.as({ authid: 'wamp', authrole: 'guest' }));
    guest.send(CALL(1, {}, 'wamp.session.count'));
    await expectError(guest, 48, 1, NOT_AUTHORIZED);
  });

  test('[G2] [R62] about the session itself is allowed by any rule, for topics that it may use', async () => {
    const { router } = openRouter(guests([EVERYTHING, { uri: 'com.secret', allow: [] }]));
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'wamp.session.add_testament', ['com.gone', [], {}]), CALL(2, {}, 'wamp.session.flush_testaments'));
    expect((await guest.next()).slice(0, 2)).toEqual([50, 1]);
    expect((await guest.next()).slice(0, 2)).toEqual([50, 2]);
    guest.send(CALL(3, {}, 'wamp.session.add_testament', ['com.secret', [], {}]));
    await expectError(guest, 48, 3, NOT_AUTHORIZED);
  });

  test('[G2] [R62] is decided by the hook if no rule names it', async () => {
    const asked: string[] = [];
    const authorize = ({ uri }: { readonly uri: string }): boolean => asked.push(uri) === 1;
    const { router } = openRouter(guests([EVERYTHING]), { authorize });
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'wamp.session.count'), CALL(2, {}, 'wamp.session.list'));
    await guest.expect(RESULT(1, {}, [1]));
    await expectError(guest, 48, 2, NOT_AUTHORIZED);
    expect(asked).toEqual(['wamp.session.count', 'wamp.session.list']);
  });
});

describe('an event below wamp.', () => {
  test('[G2] [R62] needs a rule that names it; a wider pattern alone gives it to nobody', async () => {
    const { router } = openRouter(guests([EVERYTHING]));
    const guest = await joinedClient(router);
    guest.send(SUBSCRIBE(1, {}, 'wamp.session.on_join'), SUBSCRIBE(2, { match: 'prefix' }, 'wamp.'));
    await expectError(guest, 32, 1, NOT_AUTHORIZED);
    await expectError(guest, 32, 2, NOT_AUTHORIZED);
    guest.send(SUBSCRIBE(3, { match: 'prefix' }, ''));
    const [, , subscription] = await guest.next();
    const other = await joinedClient(router);
    other.send(PUBLISH(1, {}, 'com.news'));
    await guest.expect(EVENT(subscription, expect.any(Number), { topic: 'com.news' }));
    await expectUnread(guest);
  });

  test('[G2] [R62] comes by a wider pattern to a session with permission for its name', async () => {
    const { router } = openRouter(guests([EVERYTHING, { uri: 'wamp.session.on_join', allow: ['subscribe'] }]));
    const guest = await joinedClient(router);
    guest.send(SUBSCRIBE(1, { match: 'prefix' }, ''));
    const [, , subscription] = await guest.next();
    await joinedClient(router);
    await guest.expect(EVENT(subscription, expect.any(Number), { topic: 'wamp.session.on_join' }, [expect.any(Object)]));
    await expectUnread(guest);
  });

  test('[G2] [R62] comes to a subscription that the hook has allowed', async () => {
    const { router } = openRouter(guests([]), { authorize: () => true });
    const guest = await joinedClient(router);
    const byName = await subscribe(guest, 'wamp.session.on_join');
    guest.send(SUBSCRIBE(2, { match: 'prefix' }, ''));
    const [, , byPattern] = await guest.next();
    await joinedClient(router);
    await settled();
    const came = guest.unread.filter(
      ([, , , details]) => (details as { topic?: string }).topic !== 'wamp.subscription.on_subscribe',
    );
    expect(new Set(came.map(([, subscription]) => subscription))).toEqual(new Set([byName, byPattern]));
  });
});

describe.each(['wamp', 'autostrada'])('[G2] a URI below %s. in an open realm', (first) => {
  test('can neither be registered nor published, nor be in a testament', async () => {
    const { router } = openRouter();
    const client = await join(router);
    const uri = `${first}.example`;
    client.send(
      REGISTER(1, {}, uri),
      PUBLISH(2, { acknowledge: true }, uri),
      CALL(3, {}, 'wamp.session.add_testament', [uri, [], {}]),
    );
    await expectError(client, 64, 1, 'wamp.error.invalid_uri');
    await expectError(client, 16, 2, 'wamp.error.invalid_uri');
    await expectError(client, 48, 3, 'wamp.error.invalid_uri');
    client.send(REGISTER(4, {}, `${first}`), REGISTER(5, {}, `${first}x.example`));
    await expectError(client, 64, 4, 'wamp.error.invalid_uri');
    expect((await client.next())[0]).toBe(Code.REGISTERED);
  });

  test('is not answered by a pattern', async () => {
    const { router } = openRouter();
    const [callee, caller] = [await join(router), await join(router)];
    callee.send(REGISTER(1, { match: 'prefix' }, ''));
    expect((await callee.next())[0]).toBe(Code.REGISTERED);
    caller.send(CALL(1, {}, `${first}.example`));
    await expectError(caller, 48, 1, 'wamp.error.no_such_procedure');
    await expectUnread(callee);
  });
});

test('[G2] an error URI below autostrada. reaches the caller', async () => {
  const { router } = openRouter();
  const [callee, caller] = [await join(router), await join(router)];
  await register(callee, 'com.example');
  caller.send(CALL(1, {}, 'com.example'));
  const [, invocation] = await callee.next();
  callee.send(ERROR('INVOCATION', invocation, {}, 'autostrada.error.example'));
  await caller.expect(ERROR('CALL', 1, {}, 'autostrada.error.example'));
});

describe('what a program in the process of the router adds below autostrada.', () => {
  const rules: readonly PermissionRule[] = [EVERYTHING, { uri: 'autostrada.component.get', allow: ['call'] }];
  const own = (permissions: readonly PermissionRule[] | 'all' = rules) => {
    const { router } = openRouter(guests(permissions));
    return { guest: () => joinedClient(router), staff: () => joinedClient(router.as({ authid: 'up', authrole: 'staff' })) };
  };

  test('[K1] is called by those whose rule names it, and by nobody else', async () => {
    const { guest, staff } = own();
    const [one, callee] = [await guest(), await staff()];
    await register(callee, 'autostrada.component.get');
    await register(callee, 'autostrada.component.stop', 2);
    one.send(CALL(1, {}, 'autostrada.component.stop'), CALL(2, {}, 'autostrada.component.get', ['shop']));
    await expectError(one, 48, 1, NOT_AUTHORIZED);
    const [type, invocation, , , args] = await callee.next();
    expect([type, args]).toEqual([Code.INVOCATION, ['shop']]);
    callee.send(YIELD(Number(invocation), {}, ['it runs']));
    await one.expect(RESULT(2, {}, ['it runs']));
  });

  test('[K1] cannot be registered or published by others, even if they may do everything', async () => {
    const { guest } = own('all');
    const one = await guest();
    one.send(REGISTER(1, {}, 'autostrada.component.get'), PUBLISH(2, { acknowledge: true }, 'autostrada.component.on_state'));
    await expectError(one, 64, 1, 'wamp.error.invalid_uri');
    await expectError(one, 16, 2, 'wamp.error.invalid_uri');
    one.send(CALL(3, {}, 'autostrada.component.get'));
    await expectError(one, 48, 3, 'wamp.error.no_such_procedure');
  });

  test('[K1] never takes a name below wamp.', async () => {
    const up = await own().staff();
    up.send(REGISTER(1, {}, 'wamp.component.get'));
    await expectError(up, 64, 1, 'wamp.error.invalid_uri');
  });

  test('[K1] a registration by pattern does not answer for it', async () => {
    const { guest } = own('all');
    const [one, other] = [await guest(), await guest()];
    other.send(REGISTER(1, { match: 'prefix' }, 'auto'));
    expect((await other.next())[0]).toBe(Code.REGISTERED);
    one.send(CALL(1, {}, 'autostrada.component.get'));
    await expectError(one, 48, 1, 'wamp.error.no_such_procedure');
    await expectUnread(other);
  });

  test('[K1] its events reach subscribers by a wider pattern only if a rule names the topic', async () => {
    const { router } = openRouter(guests(rules));
    const [one, up] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    const all = await joinedClient(router.as({ authrole: 'staff' }));
    for (const each of [one, all]) {
      each.send(SUBSCRIBE(1, { match: 'prefix' }, ''));
      expect((await each.next())[0]).toBe(Code.SUBSCRIBED);
    }
    up.send(PUBLISH(1, {}, 'autostrada.component.on_state', ['shop']));
    expect((await all.next())[0]).toBe(Code.EVENT);
    await settled();
    await expectUnread(one);
  });
});
