/* Mistakes in what a router is given: told at the start, with what was meant, and without the secrets that it may hold. */
import { Router, type RouterConfig, type RouterHooks } from 'autostrada/router';
import { TestRouter } from 'autostrada/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { HELLO } from '../fixtures/messages.ts';
import { scriptedClient } from '../fixtures/scripted-peer.ts';
import { roles } from './open-router.ts';

const open: RouterConfig = { realms: { realm1: 'open' } };

describe('the hooks of a router', () => {
  test.each<[object, string]>([
    [
      { authorise: () => true },
      "expected an option of Router hooks (findUser, recognize, authorize, log, store, cluster, clock), got 'authorise'; did you mean 'authorize'?",
    ],
    [{ logger: () => {} }, "got 'logger'"],
    [{ log: 'yes' }, 'expected log of Router hooks to be a function, got "yes"'],
    [{ authorize: true }, 'expected authorize of Router hooks to be a function, got true'],
    [{ findUser: {} }, 'expected findUser of Router hooks to be a function, got {}'],
    [{ clock: { now: () => 0 } }, 'expected clock of Router hooks to be an object with now, setTimeout and clearTimeout, got {}'],
  ])('[H1] are refused if they are %j', (hooks, text) => {
    expect(() => new Router(open, hooks as RouterHooks)).toThrow(text);
    expect(() => new TestRouter(open, hooks as RouterHooks)).toThrow(text);
  });

  test('[H1] are refused if they are not an object', () => {
    expect(() => new Router(open, null as unknown as RouterHooks)).toThrow(
      'expected options of Router hooks to be an object, got null',
    );
  });
});

describe('a configuration', () => {
  const realm = { authroles: { user: { permissions: 'all' } } };
  const rule = (permission: object) => ({ realms: { r: { authroles: { user: { permissions: [permission] } } } } });

  test.each<[object, string]>([
    [{ realms: { r: { ...realm, users: [{ authid: 'joe', ticket: 'S3CRET' }] } } }, '.users: expected an object, got a list'],
    [{ realms: { r: { ...realm, users: { joe: null } } } }, '.users["joe"]: expected an object, got null'],
    [{ realms: { r: { ...realm, users: { joe: ['S3CRET'] } } } }, '.users["joe"]: expected an object, got a list'],
    [{ realms: { r: { ...realm, users: { joe: 'S3CRET' } } } }, '.users["joe"]: expected an object, got a text of 6 characters'],
    [[{ users: { joe: { ticket: 'S3CRET' } } }], 'config: expected an object, got a list'],
  ])('[H1] never shows a secret: %#', (config, text) => {
    let message = '';
    try {
      new Router(config as RouterConfig);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(text);
    expect(message).not.toContain('S3CRET');
  });

  test.each([
    ['com.shop.', "; did you mean match: 'prefix'?"],
    ['com..price', "; did you mean match: 'wildcard'?"],
    ['com shop', ', got "com shop"'],
  ])('[H1] names the probable match in a rule for %j without match', (uri, hint) => {
    expect(() => new Router(rule({ uri, allow: 'all' }) as RouterConfig)).toThrow(hint);
  });

  test('[H1] causes a log entry for a queue that is shorter than a message', () => {
    const messages: string[] = [];
    new Router({ ...open, limits: { maxQueuedBytes: 1000 } }, { log: ({ message }) => messages.push(message) });
    expect(messages).toEqual([
      'config.limits: maxQueuedBytes (1000) is below maxMessageBytes (1048576), so a message between them ends whom it is for',
    ]);
  });
});

describe('a router without a log', () => {
  beforeEach(() => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'info').mockImplementation(() => {});
  });
  afterEach(() => vi.restoreAllMocks());

  test('[H2] prints warnings and errors on the console, but not who comes and goes', async () => {
    new Router({ realms: {} });
    expect(console.warn).toHaveBeenCalledWith('autostrada router: config.realms: there is none, so nobody can join');
    const broken = new Error('the database is away');
    const router = new Router(
      { realms: { realm1: { authroles: { user: { permissions: 'all' } } } } },
      {
        findUser: () => {
          throw broken;
        },
      },
    );
    const client = scriptedClient(router);
    client.send(HELLO('realm1', { roles, authmethods: ['ticket'], authid: 'joe' }));
    await client.end();
    expect(console.error).toHaveBeenCalledWith('autostrada router: a login failed', broken);
    expect(console.info).not.toHaveBeenCalled();
    const again = scriptedClient(router);
    again.send(HELLO('realm1', { roles, authmethods: ['ticket'], authid: 'joe' }));
    await again.end();
    expect(console.error).toHaveBeenLastCalledWith('autostrada router: a login failed: the database is away'); // without its stack
  });

  test('[H2] prints nothing if it is a router for tests', () => {
    new TestRouter({ realms: {} });
    expect(console.warn).not.toHaveBeenCalled();
  });
});

describe('a router with an impossible option', () => {
  const router = new Router(open);

  test.each<[what: () => unknown, text: string]>([
    [() => router.kill(1, 'not a uri'), 'expected reason of kill to be a URI, got "not a uri"'],
    [() => router.kill(1, 'a.b', 5 as never), 'expected message of kill to be a string, got 5'],
    [() => router.as({ authid: 5, authrole: 'user' } as never), 'expected authid of as to be a string, got 5'],
    [() => router.as({ authid: 'joe' } as never), 'expected authrole of as to be a string, got nothing'],
    [() => router.as({ authrole: 'user', authExtra: {} } as never), "got 'authExtra'; did you mean 'authextra'?"],
    [() => router.as('joe' as never), 'expected options of as to be an object, got "joe"'],
    [() => router.on('jion' as 'join', () => {}), "expected an event (join, leave), got 'jion'; did you mean 'join'?"],
    [
      () => router.close({ godbye: false } as never),
      "expected an option of close (goodbye), got 'godbye'; did you mean 'goodbye'?",
    ],
  ])('[H1] refuses it at once: %#', (act, text) => {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(text);
  });
});
