/* What leaves the router where it should not: texts of hooks to strangers, controls of strangers to logs. And what a configuration says too little. */
import { ApplicationError, FatalError } from 'autostrada';
import { parseConfig, Router, type RouterConfig } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { oneLine } from '../../src/base/words.ts';
import { ABORT, AUTHENTICATE, CALL, Code, ERROR, GOODBYE, HELLO } from '../fixtures/messages.ts';
import { type ScriptedPeer, scriptedClient } from '../fixtures/scripted-peer.ts';
import { expectAbort, openRouter, roles } from './open-router.ts';

const realm = { authroles: { user: { permissions: 'all' } }, users: {} } as const;
const hello = HELLO('realm1', { roles, authmethods: ['ticket'], authid: 'joe' });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const FAILED = 'wamp.error.authentication_failed';

/** As the other copy of this package would make it. */
function foreign(name: string, members: object): Error {
  const error = Object.assign(new Error('said on purpose'), members);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  return error;
}

const APPLICATION = { uri: 'com.example.error.locked', args: ['x'], kwargs: {}, details: {} };
const silent: readonly (readonly [string, unknown])[] = [
  ['an Error', new Error('password hunter2')],
  ['an Error with a URI', Object.assign(new Error('at db://hunter2'), { uri: 'com.db.error' })],
  ['an object with a URI', { uri: 'com.db.error', message: 'hunter2' }],
  ['an Error like ours whose name is its own', Object.assign(new Error('hunter2'), { name: 'ApplicationError', ...APPLICATION })],
  ['a FatalError of somebody else', foreign('FatalError', { uri: 'com.db.error' })],
  ['an Error whose URI throws', Object.defineProperty(new Error('hunter2'), 'uri', { value: 'a..b' })],
];
const spoken: readonly (readonly [string, Error, string, string])[] = [
  [
    'an ApplicationError',
    new ApplicationError('com.example.error.locked', ['for today']),
    APPLICATION.uri,
    `${APPLICATION.uri}: for today`,
  ],
  ['a FatalError', new FatalError('no more'), 'autostrada.error.fatal', 'no more'],
  ['an ApplicationError of another copy', foreign('ApplicationError', APPLICATION), APPLICATION.uri, 'said on purpose'],
  [
    'a FatalError of another copy',
    foreign('FatalError', { uri: 'autostrada.error.fatal' }),
    'autostrada.error.fatal',
    'said on purpose',
  ],
];

const places = [
  ['findUser', (error: unknown) => () => Promise.reject(error)],
  ['a ticket function', (error: unknown) => () => ({ authrole: 'user', ticket: () => Promise.reject(error) })],
] as const;

async function logIn(client: ScriptedPeer): Promise<void> {
  client.send(hello);
  await settled();
  if (client.unread.some(([type]) => type === Code.CHALLENGE)) client.send(AUTHENTICATE('x', {}));
}

describe.each(places)('an error that %s throws', (_, hook) => {
  test.each(silent)('[G2] does not reach the client: %s', async (_name, error) => {
    const { router, log } = openRouter({ realms: { realm1: realm } }, { findUser: hook(error) as never });
    const client = scriptedClient(router);
    await logIn(client);
    expect((await client.end()).at(-1)).toEqual(ABORT({ message: 'the router could not check the login' }, FAILED));
    expect(log).toContainEqual({ level: 'error', message: 'a login failed', error });
  });

  test.each(spoken)('[G2] reaches the client: %s', async (_name, error, uri, message) => {
    const { router } = openRouter({ realms: { realm1: realm } }, { findUser: hook(error) as never });
    const client = scriptedClient(router);
    await logIn(client);
    expect((await client.end()).at(-1)).toEqual(ABORT({ message }, uri));
  });
});

describe('an entry of the log', () => {
  test('[G2] [R84] contains nothing that controls a terminal, makes lines, or changes the direction of text', async () => {
    const { router, log } = openRouter();
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles, authid: 'joe\n\x1b[2Jerror: all is lost\u202e\u2066\x9b' }));
    await client.next();
    client.send(GOODBYE({}, 'wamp.close.\u202ereason'));
    await client.next();
    expect(log.map(({ message }) => message)).toEqual([
      "'joe; \\x1b[2Jerror: all is lost\\u202e\\u2066\\x9b' joined realm1",
      "'joe; \\x1b[2Jerror: all is lost\\u202e\\u2066\\x9b' left realm1: wamp.close.\\u202ereason",
    ]);
  });

  test('[G2] [R84] has foreign names in quotes, unless they are one word', async () => {
    const { router, log } = openRouter();
    for (const authid of ["a left realm1: x; error: 'all' is lost", 'joe@example.com', '']) {
      const client = scriptedClient(router);
      client.send(HELLO('realm1', { roles, authid }));
      await client.next();
    }
    expect(log.map(({ message }) => message)).toEqual([
      "'a left realm1: x; error: \\'all\\' is lost' joined realm1",
      'joe@example.com joined realm1',
      "'' joined realm1",
    ]);
  });

  test('[G2] [R84] is cut', () => {
    expect(oneLine('x'.repeat(1e6))).toBe(`${'x'.repeat(2000)} … (1000000 characters)`);
    expect(oneLine(' a \r\n\n\u2028 b\ud800 ')).toBe('a; b\\ud800');
  });

  test('[G2] [R84] takes time in proportion to the length of its text', () => {
    expect(oneLine(' '.repeat(1e7), 1e7)).toBe('');
  });
});

describe('a configuration', () => {
  const withUser = (user: object): object => ({ realms: { r: { ...realm, users: { joe: { authrole: 'user', ...user } } } } });

  test.each([
    [{ realms: {} }, 'config.realms: expected at least one realm, got {}'],
    [{ realm: {} }, "got 'realm'; did you mean 'realms'?"],
    [{ realms: { r: { authrols: {} } } }, "got 'authrols'; did you mean 'authroles'?"],
    [{ realms: { r: 'open' }, limits: { maxSession: 1 } }, "got 'maxSession'; did you mean 'maxSessions'?"],
    [withUser({ tickets: 'x' }), "got 'tickets'; did you mean 'ticket'?"],
    [withUser({}), 'config.realms["r"].users["joe"]: expected ticket, wampcra, scram or cryptosign: without any of them'],
    [withUser({ cryptosign: { publicKeys: [] } }), 'config.realms["r"].users["joe"]: expected ticket'],
  ])('[G2] [R04] is refused if it cannot work: %j', (config, message) => {
    expect(() => parseConfig(config)).toThrow(message);
  });

  test.each<readonly [RouterConfig['realms'], string]>([
    [{}, 'config.realms: there is none'],
    [{ r: realm }, 'config.realms["r"]: it has neither anonymous nor users nor an authenticator'],
    [
      { r: { anonymous: 'guest', authroles: { guest: { permissions: [] } } } },
      'config.realms["r"].authroles["guest"].permissions: the list is empty',
    ],
    [
      { r: { anonymous: 'guest', authroles: { guest: { permissions: 'all' } } } },
      'config.realms["r"].authroles["guest"].permissions: anybody may do everything',
    ],
  ])('[G2] [R04] is logged at the start if it is probably a mistake: %j', (realms, message) => {
    const log: string[] = [];
    new Router({ realms }, { log: (entry) => log.push(`${entry.level}: ${entry.message}`) });
    expect(log).toEqual([expect.stringContaining(`warn: ${message}`)]);
  });

  test.each(['findUser', 'recognize'])('[G2] [R04] may be completed by the hook %s', (hook) => {
    const log: unknown[] = [];
    const realms = { r: { authroles: { user: { permissions: [] } } } };
    new Router({ realms }, { [hook]: () => undefined, authorize: () => true, log: (entry) => log.push(entry) });
    expect(log).toEqual([]);
  });
});

test('[G2] [R62] the error text of an authorizer does not reach the caller', async () => {
  const config: RouterConfig = { realms: { realm1: { anonymous: 'guest', authroles: { guest: { permissions: [] } } } } };
  const authorize = (): never => {
    throw new ApplicationError('com.db.error', ['hunter2']);
  };
  const { router } = openRouter(config, { authorize });
  const client = scriptedClient(router);
  client.send(HELLO('realm1', { roles }));
  await client.next();
  client.send(CALL(1, {}, 'a.b'));
  await client.expect(ERROR('CALL', 1, {}, 'wamp.error.authorization_failed', ['it could not be decided whether this is allowed']));
});

test('[G2] [R62] a client is told if no login is possible', async () => {
  const { router } = openRouter({ realms: { realm1: realm } });
  const client = scriptedClient(router);
  client.send(hello);
  await expectAbort(client, expect.any(String), 'wamp.error.no_matching_auth_method');
});
