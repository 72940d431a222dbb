/* `router.explain`: why something is allowed or refused, and who would get it. */
import { Connection } from 'autostrada';
import { type ExplainQuestion, type Explanation, type PermissionRule, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { difference } from '../../src/base/nearest.ts';
import { nearMisses } from '../../src/router/inspect/near.ts';

const rules: readonly PermissionRule[] = [
  { uri: 'com.', match: 'prefix', allow: 'all' },
  { uri: 'com.example.', match: 'prefix', allow: ['subscribe', 'call'] },
  { uri: 'com.example.news', allow: ['subscribe'] },
  { uri: 'org..price', match: 'wildcard', allow: ['publish'] },
  { uri: 'net.{authid}.', match: 'prefix', allow: ['publish'] },
  { uri: 'edu.example', allow: 'all' },
];

const config: RouterConfig = {
  realms: {
    shop: {
      anonymous: 'guest',
      users: { joe: { authrole: 'user', ticket: 'secret of joe' } },
      authroles: {
        guest: { permissions: rules },
        user: { permissions: rules, authorizer: 'com.example.may' },
        staff: { permissions: 'all' },
      },
    },
  },
};

function open(given: RouterConfig = config, hooks: ConstructorParameters<typeof Router>[1] = {}) {
  const router = new Router(given, { log: () => {}, ...hooks });
  onTestFinished(() => router.close());
  const connect = async (authid: string, authrole: string, realm = 'shop'): Promise<Connection> => {
    const connection = new Connection({ url: router.as({ authid, authrole }), realm });
    onTestFinished(() => connection.close());
    await connection.open();
    return connection;
  };
  const explain = (
    action: ExplainQuestion['action'],
    uri: string,
    as: string,
    more: Partial<ExplainQuestion> = {},
  ): Promise<Explanation> => router.explain({ action, uri, as, ...more });
  return { router, connect, explain };
}

describe('explain', () => {
  test('[M1] names the rule that decides, and those that match and do not count', async () => {
    const { explain } = open();
    const answer = await explain('publish', 'com.example.x', 'guest');
    expect(answer).toMatchObject({
      realm: 'shop',
      who: { authid: null, authrole: 'guest', sessions: 0 },
      allowed: false,
      by: 'rules',
      rules: [rules[1]],
      shadowed: [rules[0]],
    });
    expect(answer.says.slice(0, 3)).toEqual([
      "a user with the authrole guest may not publish com.example.x: the rule { uri: 'com.example.', match: 'prefix' } allows subscribe, call.",
      "The rule { uri: 'com.', match: 'prefix' } matches, too, but is less specific.",
      'A publication that is refused has an answer only with acknowledge: true.',
    ]);
  });

  test('[M1] answers what a session of that user really gets, for each action and each kind of rule', async () => {
    const { connect, explain } = open();
    const uris = [
      'com.x',
      'com.example.x',
      'com.example.news',
      'org.x.price',
      'net.jane.x',
      'net.joe.x',
      'edu.example',
      'wamp.session.count',
    ];
    const jane = await connect('jane', 'guest');
    const { session } = jane;
    if (!session) throw new Error('expected a session');
    const attempts: { readonly [action in ExplainQuestion['action']]: (uri: string) => Promise<unknown> } = {
      call: (uri) => session.call(uri),
      publish: (uri) => session.publish(uri, [], null, { acknowledge: true }),
      subscribe: (uri) => session.subscribe(uri, () => {}),
      register: (uri) => session.register(uri, () => {}),
    };
    for (const uri of uris)
      for (const action of ['call', 'publish', 'subscribe', 'register'] as const) {
        const { allowed } = await explain(action, uri, 'jane');
        const error: unknown = await attempts[action](uri).then(
          () => undefined,
          ({ uri }) => uri,
        );
        const isRefused = error === 'wamp.error.not_authorized' || error === 'wamp.error.invalid_uri';
        expect([action, uri, allowed]).toEqual([action, uri, !isRefused]);
      }
  });

  test('[M1] fills in {authid}, of a user who is not connected, too', async () => {
    const { explain } = open();
    expect(await explain('publish', 'net.joe.x', 'joe')).toMatchObject({
      who: { authid: 'joe', authrole: 'user', sessions: 0 },
      allowed: true,
      rules: [{ uri: 'net.joe.' }],
    });
    expect(await explain('publish', 'net.jane.x', 'joe')).toMatchObject({ allowed: null, by: 'authorizer' });
    expect(await explain('publish', 'net.guest.x', 'guest')).toMatchObject({ allowed: false, by: 'no rule' });
  });

  test('[M1] says of rules that do not match what they lack', async () => {
    const { explain } = open();
    const answer = await explain('call', 'edu.example.add', 'guest');
    expect(answer).toMatchObject({ allowed: false, by: 'no rule', nearRules: [{ uri: 'edu.example', why: 'exact' }] });
    expect(answer.says).toContain(
      "The rule { uri: 'edu.example', match: 'exact' } does not match: it is exact; with match: 'prefix' it would match.",
    );
  });

  test('[M4] names an authorizer, and asks it only when it is told to', async () => {
    const { connect, explain } = open();
    const asked: unknown[] = [];
    const staff = await connect('boss', 'staff');
    await staff.register('com.example.may', ([, uri]) => {
      asked.push(uri);
      return uri === 'tv.example';
    }).ready;
    await connect('joe', 'user');
    expect(await explain('call', 'tv.example', 'joe')).toMatchObject({ allowed: null, authorizer: 'com.example.may' });
    expect(asked).toEqual([]);
    expect(await explain('call', 'tv.example', 'joe', { ask: true })).toMatchObject({ allowed: true, by: 'authorizer' });
    expect(await explain('call', 'tv.other', 'joe', { ask: true })).toMatchObject({ allowed: false, by: 'authorizer' });
    expect(asked).toEqual(['tv.example', 'tv.other']);
    const hooked = open({ realms: { shop: { authroles: { guest: { permissions: [] } } } } }, { authorize: () => true });
    await hooked.connect('jane', 'guest');
    expect(await hooked.explain('call', 'tv.example', 'jane')).toMatchObject({ allowed: null, by: 'authorize' });
    expect(await hooked.explain('call', 'tv.example', 'jane', { ask: true })).toMatchObject({ allowed: true, by: 'authorize' });
  });

  test('[M1] shows who gets a publication; and if nobody does, what is nearly the same', async () => {
    const { connect, explain } = open();
    const staff = await connect('boss', 'staff');
    await staff.subscribe('com.example.lamp.kitchen', () => {}).ready;
    await staff.subscribe('com.exam', () => {}, { match: 'prefix' }).ready;
    await staff.subscribe('com..lamp', () => {}, { match: 'wildcard' }).ready;
    const used = (uri: string, match: string) => ({ uri, match, sessions: 1, routers: 0 });
    expect(await explain('publish', 'com.example.lamp.kitchen', 'staff')).toMatchObject({
      found: [used('com.example.lamp.kitchen', 'exact'), used('com.exam', 'prefix')],
      near: [],
    });
    const nearOf = async (uri: string) => (await explain('publish', uri, 'staff')).near.map(({ uri, why }) => [uri, why]);
    expect(await nearOf('com.eaxmple.lamp.kitchen')).toEqual([
      ['com.example.lamp.kitchen', 'spelling'],
      ['com.exam', 'spelling'],
      ['com..lamp', 'components'],
    ]);
    expect(await nearOf('COM.example.lamp.kitchen')).toEqual([
      ['com.example.lamp.kitchen', 'case'],
      ['com.exam', 'case'],
    ]);
    expect(await nearOf('com')).toEqual([
      ['com..lamp', 'components'],
      ['com.example.lamp.kitchen', 'longer'],
      ['com.exam', 'longer'],
    ]);
    expect(await nearOf('tv.quite.different')).toEqual([]);
  });

  test('[M1] shows who answers a call; the router answers what is its own', async () => {
    const { connect, explain } = open();
    const staff = await connect('boss', 'staff');
    await staff.register('com.example.add', () => 3).ready;
    expect(await explain('call', 'com.example.add', 'staff')).toMatchObject({ found: [{ uri: 'com.example.add', sessions: 1 }] });
    expect((await explain('call', 'com.example.ad', 'staff')).says).toContain(
      'com.example.add has 1 callee: it is spelt nearly the same.',
    );
    expect((await explain('call', 'wamp.session.count', 'staff')).says).toContain('The router answers it.');
    expect((await explain('register', 'com.example.add', 'staff')).found).toHaveLength(1);
  });

  test('[M1] says of URIs that nobody may use why that is', async () => {
    const { explain } = open();
    expect(await explain('publish', 'wamp.session.on_join', 'staff')).toMatchObject({ allowed: false, by: 'reserved' });
    expect(await explain('call', 'not a uri', 'staff')).toMatchObject({ allowed: false, by: 'uri' });
    expect(await explain('subscribe', 'com.', 'guest', { match: 'prefix' })).toMatchObject({
      allowed: false,
      by: 'rules',
      rules: [],
    });
  });

  test('[M1] knows an open realm', async () => {
    const { explain } = open({ realms: { lab: 'open' } });
    expect(await explain('publish', 'com.x', 'anybody')).toMatchObject({
      allowed: true,
      by: 'open',
      who: { authrole: 'anonymous' },
    });
  });

  test.each<[string, object, string]>([
    [
      'an unknown name',
      { action: 'call', uri: 'com.x', as: 'jo' },
      "an authrole of shop (guest, user, staff), got 'jo'; did you mean 'joe'?",
    ],
    ['an unknown realm', { action: 'call', uri: 'com.x', as: 'joe', realm: 'shob' }, "(shop), got 'shob'; did you mean 'shop'?"],
    ['nobody', { action: 'call', uri: 'com.x' }, 'expected as of explain, got nothing'],
    ['no action', { uri: 'com.x', as: 'joe' }, 'expected action of explain, got nothing'],
    ['another action', { action: 'kill', uri: 'com.x', as: 'joe' }, 'action of explain'],
    ['a pattern of a call', { action: 'call', uri: 'com.', match: 'prefix', as: 'joe' }, "'exact' for call, got 'prefix'"],
    ['an unknown member', { action: 'call', uri: 'com.x', as: 'joe', url: 1 }, "'url'"],
  ])('[M1] refuses %s, and says what was expected', async (_, question, text) => {
    const { router } = open();
    // Many callers are not written in TypeScript.
    const refused = await Reflect.apply(router.explain, router, [question]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(String(refused)).toContain(text);
  });

  test('[M1] never shows a secret', async () => {
    const { explain } = open();
    expect(JSON.stringify(await explain('call', 'com.x', 'joe'))).not.toContain('secret');
  });
});

describe('what is nearly the same', () => {
  test('[M1] has at most five, the nearest first', () => {
    const used = Array.from(
      { length: 30 },
      (_, i) => ({ uri: `com.example.news${i}`, match: 'exact', sessions: i, routers: 0 }) as const,
    );
    const near = nearMisses('com.example.news', [...used, { uri: 'com.Example.news', match: 'exact', sessions: 1, routers: 0 }]);
    expect(near.map(({ uri }) => uri)).toEqual(['com.Example.news', ...[9, 8, 7, 6].map((i) => `com.example.news${i}`)]);
  });

  test.each<[string, string, boolean]>([
    ['com.exmaple.news', 'com.example.news', true],
    ['com.example.new', 'com.example.news', true],
    ['com.example.nesws', 'com.example.news', true],
    ['com.example.news', 'com.example.news', false],
    ['com.example.news', 'com.example.sports', false],
    ['a', 'b', true],
    ['ab', 'cd', false],
  ])('[M1] %s and %s: %s', (one, other, isNear) => {
    expect(difference(one, other) !== undefined).toBe(isNear);
  });
});
