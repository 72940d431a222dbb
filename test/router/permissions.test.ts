import type { PermissionRule, RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { Permissions } from '../../src/router/authorization/permissions.ts';
import { matches } from '../../src/router/patterns/pattern-index.ts';
import { CALL, ERROR, EVENT, HELLO, INVOCATION, PUBLISH, REGISTER, SUBSCRIBE, SUBSCRIBED } from '../fixtures/messages.ts';
import { joinedClient, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, expectError, expectUnread, openRouter, register, roles, subscribe } from './open-router.ts';

const NOT_AUTHORIZED = 'wamp.error.not_authorized';

function guests(permissions: readonly PermissionRule[] | 'all', more: object = {}): RouterConfig {
  return {
    realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions, ...more }, staff: { permissions: 'all' } } } },
  };
}

describe('a rule of an authrole', () => {
  const decide = (rules: readonly PermissionRule[]) => new Permissions({ permissions: rules });

  test('[R62] decides if it is the most specific one: exact, then the longest prefix, then a wildcard', () => {
    const permissions = decide([
      { uri: 'com.', match: 'prefix', allow: 'all' },
      { uri: 'com.shop.', match: 'prefix', allow: ['call'] },
      { uri: 'com.shop.price', allow: [] },
      { uri: 'org..news', match: 'wildcard', allow: ['subscribe'] },
    ]);
    expect(permissions.decide('publish', 'com.example', 'exact', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('publish', 'com.shop.sale', 'exact', 'joe')).toBe('denied');
    expect(permissions.decide('call', 'com.shop.buy', 'exact', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('call', 'com.shop.price', 'exact', 'joe')).toBe('denied');
    expect(permissions.decide('subscribe', 'org.wamp.news', 'exact', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('subscribe', 'net.wamp.news', 'exact', 'joe')).toBeUndefined();
  });

  test.each([
    // what is asked, and whether `com.public.` (prefix, all), `com.public.secret` (exact, none), `org..news` (wildcard) allow it
    ['com.public.a.', 'prefix', true],
    ['com.public.', 'prefix', false], // the exact rule lies in it
    ['com.public.s', 'prefix', false],
    ['com.public.secret.', 'prefix', true],
    ['com.', 'prefix', false], // reaches beyond every rule
    ['', 'prefix', false],
    ['com.public..a', 'wildcard', true],
    ['com.public.', 'wildcard', false],
    ['com..a', 'wildcard', false],
    ['org..news', 'wildcard', true],
    ['org.wamp.news', 'wildcard', true],
    ['..news', 'wildcard', false],
    ['org..', 'wildcard', false],
  ] as const)('[R62] covers a pattern only completely, with no other rule inside it: %s by %s', (uri, match, isAllowed) => {
    const permissions = decide([
      { uri: 'com.public.', match: 'prefix', allow: 'all' },
      { uri: 'com.public.secret', allow: [] },
      { uri: 'org..news', match: 'wildcard', allow: 'all' },
    ]);
    expect(typeof permissions.decide('subscribe', uri, match, 'joe') === 'object').toBe(isAllowed);
  });
});

describe('the decisions for a URI and for a pattern', () => {
  const uris = ['a.b.c', 'a.x.c', 'a.b', 'a.bb.c', 'b.b.c', 'a'];
  const patterns = [
    ['a.', 'prefix'],
    ['a.b', 'prefix'],
    ['a..c', 'wildcard'],
    ['.b.c', 'wildcard'],
    ['', 'prefix'],
  ] as const;
  const rules = [...uris.map((uri) => [uri, 'exact'] as const), ...patterns];

  test('[R62] agree: a session that may have the pattern may have all that it matches', () => {
    // Every pair of rules, one that allows and one that does not, in a realm that allows nothing else.
    for (const [one, oneMatch] of rules) {
      for (const [other, otherMatch] of rules) {
        if (one === other && oneMatch === otherMatch) continue;
        const permissions = new Permissions({
          permissions: [
            { uri: one, match: oneMatch, allow: 'all' },
            { uri: other, match: otherMatch, allow: [] },
          ],
        });
        for (const [pattern, match] of patterns) {
          if (typeof permissions.decide('subscribe', pattern, match, 'joe') !== 'object') continue;
          const denied = uris.filter(
            (uri) => matches(pattern, match, uri) && typeof permissions.decide('subscribe', uri, 'exact', 'joe') !== 'object',
          );
          expect(denied, `${pattern} (${match}) with ${one} (${oneMatch}) allowed, ${other} (${otherMatch}) not`).toEqual([]);
        }
      }
    }
  });

  test('[R62] follow the longest prefix, even if it ends inside a component', () => {
    const permissions = new Permissions({
      permissions: [
        { uri: 'com.', match: 'prefix', allow: 'all' },
        { uri: 'com.sec', match: 'prefix', allow: [] },
      ],
    });
    expect(permissions.decide('call', 'com.secret.x', 'exact', 'joe')).toBe('denied');
  });
});

describe('a rule with {authid}', () => {
  const permissions = new Permissions({
    permissions: [
      { uri: 'chess.player.{authid}.move', allow: ['register'] },
      { uri: 'chess.player..move', match: 'wildcard', allow: ['call'] },
      { uri: 'home.{authid}.', match: 'prefix', allow: 'all' },
    ],
  });

  test('[R62] allows the URIs of the own authid, and not those of others', () => {
    expect(permissions.decide('register', 'chess.player.joe.move', 'exact', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('register', 'chess.player.jane.move', 'exact', 'joe')).toBe('denied');
    expect(permissions.decide('call', 'chess.player.jane.move', 'exact', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('subscribe', 'home.joe.', 'prefix', 'joe')).toEqual({ disclose: undefined });
    expect(permissions.decide('subscribe', 'home.jane.', 'prefix', 'joe')).toBeUndefined();
  });

  test.each(['', 'a.b', '.', 'a b', '#'])('[R62] never matches an authid that is not a single component: %j', (authid) => {
    for (const uri of [`home.${authid}.x`, 'home.a.b.x', 'home..x', 'home.a.x'])
      expect(permissions.decide('publish', uri, 'exact', authid)).toBeUndefined();
  });

  test('[R62] never treats an authid as a pattern or a template', () => {
    expect(permissions.decide('publish', 'home.joe.x', 'exact', '{authid}')).toBeUndefined();
    expect(permissions.decide('publish', 'home.joe.x', 'exact', '*')).toBeUndefined();
  });
});

describe('a realm with permissions', () => {
  test('[R62] refuses what no rule allows, whether it exists or not, and continues', async () => {
    const { router } = openRouter(guests([{ uri: 'com.open.', match: 'prefix', allow: 'all' }]));
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    await register(staff, 'com.shut.add');
    const said = (what: string) => [`guest may not ${what}`];
    guest.send(
      CALL(1, {}, 'com.shut.add'),
      CALL(2, {}, 'com.shut.nothing'),
      REGISTER(3, {}, 'com.shut.mine'),
      SUBSCRIBE(4, {}, 'com.shut.topic'),
      PUBLISH(5, { acknowledge: true }, 'com.shut.topic'),
      PUBLISH(6, {}, 'com.shut.topic'),
      SUBSCRIBE(7, {}, 'com.open.topic'),
    );
    await guest.expect(ERROR('CALL', 1, {}, NOT_AUTHORIZED, said('call com.shut.add')));
    await guest.expect(ERROR('CALL', 2, {}, NOT_AUTHORIZED, said('call com.shut.nothing')));
    await guest.expect(ERROR('REGISTER', 3, {}, NOT_AUTHORIZED, said('register com.shut.mine')));
    await guest.expect(ERROR('SUBSCRIBE', 4, {}, NOT_AUTHORIZED, said('subscribe com.shut.topic')));
    await guest.expect(ERROR('PUBLISH', 5, {}, NOT_AUTHORIZED, said('publish com.shut.topic')));
    await guest.expect(SUBSCRIBED(7, expect.any(Number)));
    await expectUnread(staff);
  });

  test('[R62] requires permission for the router’s own procedures as well', async () => {
    const { router } = openRouter(guests([]));
    const guest = await joinedClient(router);
    guest.send(CALL(1, {}, 'wamp.session.count'));
    await expectError(guest, 48, 1, NOT_AUTHORIZED);
  });

  test('[R02] refuses clients without credentials, unless it has a role for them', async () => {
    const { router } = openRouter({ realms: { realm1: { authroles: { staff: { permissions: 'all' } } } } });
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles }));
    await expectAbort(client, "offered anonymous; the realm 'realm1' has none", 'wamp.error.no_matching_auth_method');
  });

  test('[R27] [R47] discloses the caller or publisher always or never, as the rule says', async () => {
    const { router } = openRouter(
      guests([
        { uri: 'com.told.', match: 'prefix', allow: 'all', disclose: true },
        { uri: 'com.secret.', match: 'prefix', allow: 'all', disclose: false },
      ]),
    );
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    const told = await register(staff, 'com.told.who', 1);
    staff.send(REGISTER(2, { disclose_caller: true }, 'com.secret.who'));
    const [, , secret] = await staff.next();
    const subscription = await subscribe(staff, 'com.told.news', 3);
    const own = router.sessions.find(({ authrole }) => authrole === 'guest');
    guest.send(CALL(1, {}, 'com.told.who'), CALL(2, {}, 'com.secret.who'), PUBLISH(3, {}, 'com.told.news'));
    const who = (role: string) => ({ [role]: own?.id, [`${role}_authid`]: own?.authid, [`${role}_authrole`]: 'guest' });
    await staff.expect(INVOCATION(1, told, who('caller')));
    await staff.expect(INVOCATION(2, secret, {})); // the callee asks, and the caller's rule says no
    await staff.expect(EVENT(subscription, expect.any(Number), who('publisher')));
    const denied = 'wamp.error.option_disallowed.disclose_me';
    guest.send(
      CALL(4, { disclose_me: true }, 'com.secret.who'),
      PUBLISH(5, { disclose_me: true, acknowledge: true }, 'com.secret.news'),
      PUBLISH(6, { disclose_me: true }, 'com.secret.news'),
      REGISTER(7, { disclose_caller: true }, 'com.secret.other'),
    );
    await expectError(guest, 48, 4, denied);
    await expectError(guest, 16, 5, denied);
    await expectError(guest, 64, 7, denied);
  });

  test('[R33] [R53] tells the trust level of an authrole', async () => {
    const { router } = openRouter(guests('all', { trustlevel: 2 }));
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    const registration = await register(staff, 'com.example.add');
    const subscription = await subscribe(staff, 'com.example.news', 2);
    guest.send(CALL(1, {}, 'com.example.add'), PUBLISH(2, {}, 'com.example.news'));
    await staff.expect(INVOCATION(1, registration, { trustlevel: 2 }));
    await staff.expect(EVENT(subscription, expect.any(Number), { trustlevel: 2 }));
  });
});
