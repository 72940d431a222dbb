/* `router.explain`, asked by strangers: typing errors, URIs that nobody expects, names that peers have chosen. It must say what a session really gets. */
import { Connection } from 'autostrada';
import { type ExplainQuestion, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nearMisses } from '../../src/router/inspect/near.ts';

const free: RouterConfig = { realms: { free: 'open' } };

async function open(config: RouterConfig = free) {
  const router = new Router(config, { log: () => {} });
  onTestFinished(() => router.close());
  const connection = new Connection({
    url: router.as({ authid: 'joe', authrole: 'guest' }),
    realm: Object.keys(config.realms)[0] ?? '',
  });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  const session = await connection.open();
  const explain = (action: ExplainQuestion['action'], uri: string, more: Partial<ExplainQuestion> = {}) =>
    router.explain({ action, uri, as: 'joe', ...more });
  return { router, session, explain };
}

const uris = [
  '__proto__',
  'constructor',
  'com.example.\x1b[2Jred',
  'com.example.\u202etxt',
  'com.example.\ud800',
  'com.example.ü',
  '',
  '.',
  'a..b',
  'a b',
  'a#b',
  `com.${'x'.repeat(2000)}`,
  `x${'.x'.repeat(100)}`,
  'wamp',
  'wamp.session.count',
  'wamp.sesion.count',
  'autostrada.nothing',
];

describe('explain, asked by a stranger', () => {
  test.each(uris)('[M1] says of %j what a session gets', async (uri) => {
    const { session, explain } = await open();
    const attempts: { readonly [action in ExplainQuestion['action']]: () => Promise<unknown> } = {
      call: () => session.call(uri),
      publish: () => session.publish(uri, [], null, { acknowledge: true }),
      subscribe: () => session.subscribe(uri, () => {}),
      register: () => session.register(uri, () => {}),
    };
    for (const action of ['call', 'publish', 'subscribe', 'register'] as const) {
      const { allowed, says } = await explain(action, uri);
      const error: unknown = await attempts[action]().then(
        () => undefined,
        ({ uri }) => uri,
      );
      expect([action, allowed]).toEqual([action, error === undefined || error === 'wamp.error.no_such_procedure']);
      expect(says.join('\n')).not.toMatch(/[^\P{C}\n]|\u2028/u);
      expect(says.join('\n').length).toBeLessThan(2000);
    }
  });

  test('[M1] says why something is not a URI, and with which match it would be one', async () => {
    const { explain } = await open();
    expect((await explain('subscribe', 'com..news')).says).toEqual([
      `joe (authrole guest) may not subscribe com..news: expected a URI with no empty component and no white space or '#', got "com..news".`,
      "With match: 'wildcard' it would be a pattern.",
    ]);
    expect((await explain('call', '')).says).toEqual([expect.stringContaining("may not call '': expected a URI")]);
    expect((await explain('call', 'x'.repeat(5000))).says).toEqual([expect.stringContaining('(limits.maxUriLength), got 5000')]);
  });

  test('[M1] does not claim that the router has every procedure below wamp., and a registration by pattern does not answer there', async () => {
    const { session, explain } = await open();
    await session.register('', () => 'mine', { match: 'prefix' });
    expect(await session.call('wamp.session.count')).toBe(1);
    expect(await explain('call', 'wamp.session.count')).toMatchObject({ found: [], near: [] });
    expect((await explain('call', 'wamp.session.count')).says).toContain('The router answers it.');
    await expect(session.call('wamp.sesion.count')).rejects.toThrow('wamp.error.no_such_procedure');
    expect((await explain('call', 'wamp.sesion.count')).says).toEqual([
      'joe (authrole guest) may call wamp.sesion.count: free is open to anybody.',
      'The router has no wamp.sesion.count.',
      'It has wamp.session.count: it is spelt nearly the same.',
    ]);
    expect((await explain('call', 'autostrada.nothing')).says).toContain('The router has no autostrada.nothing.');
  });

  test('[M1] shows a pattern with stars as what it is', async () => {
    const { session, explain } = await open();
    let received = 0;
    await session.subscribe('com.example.*', () => received++);
    await session.subscribe('com.*.news', () => received++, { match: 'wildcard' });
    await session.publish('com.example.news', [], null, { acknowledge: true, exclude_me: false });
    await session.call('wamp.session.count'); // events have come before
    expect(received).toBe(0);
    const { says, near } = await explain('publish', 'com.example.news');
    expect(near.map(({ uri, why }) => [uri, why])).toEqual([
      ['com.example.*', 'star'],
      ['com.*.news', 'star'],
    ]);
    expect(says).toContain(
      "com.example.* has 1 subscriber: * and + are letters like any other; an empty component matches any, with match: 'wildcard'.",
    );
  });

  test('[M1] says that stars in a URI are letters, and that a rule must name what is the router’s', async () => {
    const { session, explain } = await open({
      realms: { shop: { authroles: { guest: { permissions: [{ uri: '', match: 'prefix', allow: 'all' }] } } } },
    });
    await session.subscribe('com.example.*', () => {});
    expect((await explain('subscribe', 'com.example.*')).says).toContain(
      "In this URI * and + are letters like any other: an empty component matches any, with match: 'wildcard'; a beginning, with match: 'prefix'.",
    );
    await expect(session.call('wamp.session.count')).rejects.toThrow('wamp.error.not_authorized');
    expect((await explain('call', 'wamp.session.count')).says).toContain(
      "What is below 'wamp.' is the router's: only a rule that names it counts, such as { uri: 'wamp.', match: 'prefix' }.",
    );
  });

  test('[M1] of a pattern that rules divide it says what each allows', async () => {
    const { session, explain } = await open({
      realms: {
        shop: {
          authroles: {
            guest: {
              permissions: [
                { uri: 'com.example.', match: 'prefix', allow: ['subscribe'] },
                { uri: 'com.example.secret', allow: [] },
              ],
            },
          },
        },
      },
    });
    await expect(session.subscribe('com.example.', () => {}, { match: 'prefix' })).rejects.toThrow('not_authorized');
    expect((await explain('subscribe', 'com.example.', { match: 'prefix' })).says).toEqual([
      "joe (authrole guest) may not subscribe the prefix 'com.example.': rules of guest decide differently about parts of this pattern, or about a part only.",
      "The rule { uri: 'com.example.', match: 'prefix' } allows subscribe, where it matches.",
      "The rule { uri: 'com.example.secret', match: 'exact' } allows nothing, where it matches.",
    ]);
  });

  test('[M1] shows URIs and names of peers on one line, without commands to a terminal', async () => {
    const { router, session, explain } = await open();
    await session.subscribe('com.example.new\x1b[2J', () => {});
    const other = new Connection({ url: router.as({ authid: 'eve\n\x1b]0;root', authrole: 'a b' }), realm: 'free' });
    onTestFinished(() => other.close());
    await other.open();
    const { says } = await explain('publish', 'com.example.new\x1b[3J', { as: 'eve\n\x1b]0;root' });
    expect(says).toEqual([
      "'eve; \\x1b]0;root' (authrole 'a b') may publish com.example.new\\x1b[3J: free is open to anybody.",
      'Nobody subscribes to com.example.new\\x1b[3J.',
      'com.example.new\\x1b[2J has 1 subscriber: it is spelt nearly the same.',
    ]);
    const shop = await open({ realms: { shop: { authroles: { guest: { permissions: 'all' } } } } });
    await expect(shop.explain('call', 'a.b', { as: 'gu\x1b[1mest' })).rejects.toThrow("got 'gu\\x1b[1mest'");
  });

  test('[M1] an unknown name costs little among thousands of long ones', async () => {
    const nameOf = (i: number): string => `${'abcdefgh'.repeat(8)}${String(i).padStart(6, '0')}`;
    const users = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [nameOf(i), { authrole: 'guest', ticket: 'a long secret' }]),
    );
    const { explain } = await open({ realms: { shop: { users, authroles: { guest: { permissions: 'all' } } } } });
    // With a search for distant words this would take minutes.
    await expect(explain('call', 'a.b', { as: 'hgfedcba'.repeat(9) })).rejects.toThrow('expected a user');
    await expect(explain('call', 'a.b', { as: `${nameOf(7)}x` })).rejects.toThrow(`did you mean '${nameOf(7)}'?`);
  });
});

test('[M1] of names that differ by numbers the one with the fewest other letters comes first', () => {
  const used = Array.from(
    { length: 50_000 },
    (_, i) => ({ uri: `com.example.service${i}.method`, match: 'exact', sessions: 1, routers: 0 }) as const,
  );
  expect(nearMisses('com.example.service49980.metod', used)[0]).toMatchObject({
    uri: 'com.example.service49980.method',
    why: 'spelling',
  });
});
