import type { PermissionRule, RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { Permissions } from '../../src/router/permissions.ts';
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

  test('[R62] the most specific one decides: exact, then the longest prefix, then a wildcard', () => {
    const permissions = decide([
      { uri: 'com.', match: 'prefix', allow: 'all' },
      { uri: 'com.shop.', match: 'prefix', allow: ['call'] },
      { uri: 'com.shop.price', allow: [] },
      { uri: 'org..news', match: 'wildcard', allow: ['subscribe'] },
    ]);
    expect(permissions.decide('publish', 'com.example', 'exact')).toEqual({ disclose: undefined });
    expect(permissions.decide('publish', 'com.shop.sale', 'exact')).toBe('denied');
    expect(permissions.decide('call', 'com.shop.buy', 'exact')).toEqual({ disclose: undefined });
    expect(permissions.decide('call', 'com.shop.price', 'exact')).toBe('denied');
    expect(permissions.decide('subscribe', 'org.wamp.news', 'exact')).toEqual({ disclose: undefined });
    expect(permissions.decide('subscribe', 'net.wamp.news', 'exact')).toBeUndefined();
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
  ] as const)('[R62] a pattern must lie in one rule, with none inside it: %s by %s', (uri, match, isAllowed) => {
    const permissions = decide([
      { uri: 'com.public.', match: 'prefix', allow: 'all' },
      { uri: 'com.public.secret', allow: [] },
      { uri: 'org..news', match: 'wildcard', allow: 'all' },
    ]);
    expect(typeof permissions.decide('subscribe', uri, match) === 'object').toBe(isAllowed);
  });
});

describe('a realm with permissions', () => {
  test('[R62] refuses what no rule allows, whether it is there or not, and goes on', async () => {
    const { router } = openRouter(guests([{ uri: 'com.open.', match: 'prefix', allow: 'all' }]));
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    await register(staff, 'com.shut.add');
    const said = (what: string) => [`guest may not ${what}`];
    guest.send(
      [48, 1, {}, 'com.shut.add'],
      [48, 2, {}, 'com.shut.nothing'],
      [64, 3, {}, 'com.shut.mine'],
      [32, 4, {}, 'com.shut.topic'],
      [16, 5, { acknowledge: true }, 'com.shut.topic'],
      [16, 6, {}, 'com.shut.topic'],
      [32, 7, {}, 'com.open.topic'],
    );
    await guest.expect([8, 48, 1, {}, NOT_AUTHORIZED, said('call com.shut.add')]);
    await guest.expect([8, 48, 2, {}, NOT_AUTHORIZED, said('call com.shut.nothing')]);
    await guest.expect([8, 64, 3, {}, NOT_AUTHORIZED, said('register com.shut.mine')]);
    await guest.expect([8, 32, 4, {}, NOT_AUTHORIZED, said('subscribe com.shut.topic')]);
    await guest.expect([8, 16, 5, {}, NOT_AUTHORIZED, said('publish com.shut.topic')]);
    await guest.expect([33, 7, expect.any(Number)]);
    await expectUnread(staff);
  });

  test('[R62] the router’s own procedures need leave as well', async () => {
    const { router } = openRouter(guests([]));
    const guest = await joinedClient(router);
    guest.send([48, 1, {}, 'wamp.session.count']);
    await expectError(guest, 48, 1, NOT_AUTHORIZED);
  });

  test('[R02] lets nobody in without credentials, if it does not say as what', async () => {
    const { router } = openRouter({ realms: { realm1: { authroles: { staff: { permissions: 'all' } } } } });
    const client = scriptedClient(router);
    client.send([1, 'realm1', { roles }]);
    await expectAbort(client, "offered anonymous; the realm 'realm1' has none", 'wamp.error.no_matching_auth_method');
  });

  test('[R27] [R47] tells always who it is, or never, as the rule says', async () => {
    const { router } = openRouter(
      guests([
        { uri: 'com.told.', match: 'prefix', allow: 'all', disclose: true },
        { uri: 'com.secret.', match: 'prefix', allow: 'all', disclose: false },
      ]),
    );
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    const told = await register(staff, 'com.told.who', 1);
    staff.send([64, 2, { disclose_caller: true }, 'com.secret.who']);
    const [, , secret] = await staff.next();
    const subscription = await subscribe(staff, 'com.told.news', 3);
    const own = router.sessions.find(({ authrole }) => authrole === 'guest');
    guest.send([48, 1, {}, 'com.told.who'], [48, 2, {}, 'com.secret.who'], [16, 3, {}, 'com.told.news']);
    const who = (role: string) => ({ [role]: own?.id, [`${role}_authid`]: own?.authid, [`${role}_authrole`]: 'guest' });
    await staff.expect([68, 1, told, who('caller')]);
    await staff.expect([68, 2, secret, {}]); // the callee asks, and the caller's rule says no
    await staff.expect([36, subscription, expect.any(Number), who('publisher')]);
    const denied = 'wamp.error.option_disallowed.disclose_me';
    guest.send(
      [48, 4, { disclose_me: true }, 'com.secret.who'],
      [16, 5, { disclose_me: true, acknowledge: true }, 'com.secret.news'],
      [16, 6, { disclose_me: true }, 'com.secret.news'],
      [64, 7, { disclose_caller: true }, 'com.secret.other'],
    );
    await expectError(guest, 48, 4, denied);
    await expectError(guest, 16, 5, denied);
    await expectError(guest, 64, 7, denied);
  });

  test('[R33] [R53] tells how far an authrole is trusted', async () => {
    const { router } = openRouter(guests('all', { trustlevel: 2 }));
    const [guest, staff] = [await joinedClient(router), await joinedClient(router.as({ authrole: 'staff' }))];
    const registration = await register(staff, 'com.example.add');
    const subscription = await subscribe(staff, 'com.example.news', 2);
    guest.send([48, 1, {}, 'com.example.add'], [16, 2, {}, 'com.example.news']);
    await staff.expect([68, 1, registration, { trustlevel: 2 }]);
    await staff.expect([36, subscription, expect.any(Number), { trustlevel: 2 }]);
  });
});
