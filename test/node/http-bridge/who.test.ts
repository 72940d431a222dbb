/* Who sends a request: logins, the sessions behind them, and pages of other origins. */
import type { RouterConfig, UserQuery } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { ask, asked, basic, bridging, open } from './bridge.ts';

const config: RouterConfig = {
  realms: {
    realm1: {
      anonymous: 'guest',
      authroles: {
        guest: { permissions: [{ uri: 'com.example.who', allow: ['call'] }] },
        user: { permissions: [{ uri: 'com.example.', match: 'prefix', allow: ['call'] }] },
        service: { permissions: [{ uri: 'com.', match: 'prefix', allow: ['register', 'subscribe'] }] },
      },
      users: { joe: { authrole: 'user', ticket: 'secret' }, jane: { authrole: 'user', ticket: 'pa:ss wörd' } },
    },
  },
};
const closed: RouterConfig = { realms: { realm1: { ...Object(config.realms.realm1), anonymous: undefined } } };

async function withWho(setup: Parameters<typeof bridging>[0]) {
  const bridge = await bridging(setup);
  const who = (_args: unknown, _kwargs: unknown, details: object): unknown => Object(details).caller_authid;
  await bridge.service.register('com.example.who', who, { disclose_caller: true }).ready;
  await bridge.service.register('com.example.secret', who, { disclose_caller: true }).ready;
  return bridge;
}

describe('[K6] Authorization', () => {
  test('Basic is an authid and a ticket', async () => {
    const { port } = await withWho({ config });
    expect(await asked(port, '/call/com.example.who', { headers: basic('joe', 'secret') })).toEqual([200, 'joe']);
    expect(await asked(port, '/call/com.example.who', { headers: basic('jane', 'pa:ss wörd') })).toEqual([200, 'jane']);
  });

  test('Bearer is a ticket whose user the hook finds', async () => {
    const findUser = ({ authid }: { readonly authid: string | undefined }) => ({
      authrole: 'user',
      ticket: (ticket: string) => authid === undefined && ticket === 'jwt.of.ann' && { authid: 'ann', authrole: 'user' },
    });
    const { port } = await withWho({ config, hooks: { findUser } });
    // The method `ticket` must be one of the realm's, which `users` has here.
    expect(await asked(port, '/call/com.example.who', { headers: { authorization: 'Bearer jwt.of.ann' } })).toEqual([200, 'ann']);
    expect((await ask(port, '/call/com.example.who', { headers: { authorization: 'bearer other' } })).status).toBe(401);
  });

  test('without it the caller is anonymous, if the realm allows that', async () => {
    const { port } = await withWho({ config });
    const [status, authid] = await asked(port, '/call/com.example.who');
    expect([status, authid]).toEqual([200, expect.stringMatching(/^anonymous-/)]);
    const other = await withWho({ config: closed });
    const { status: refused, headers, body } = await ask(other.port, '/call/com.example.who');
    expect([refused, headers['www-authenticate']]).toEqual([401, 'Bearer realm="realm1", Basic realm="realm1", charset="UTF-8"']);
    expect(JSON.parse(body)).toMatchObject({ uri: 'wamp.error.no_matching_auth_method' });
  });

  test('what an anonymous caller may not is 401, what a user may not is 403', async () => {
    const { port } = await withWho({ config });
    const anonymous = await ask(port, '/call/com.example.secret');
    expect([anonymous.status, anonymous.headers['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')]);
    expect(JSON.parse(anonymous.body)).toMatchObject({ uri: 'wamp.error.not_authorized' });
    const headers = basic('joe', 'secret');
    expect(await asked(port, '/call/com.other.secret', { headers })).toMatchObject([403, { uri: 'wamp.error.not_authorized' }]);
  });

  test('a browser is not offered Basic, for which it would open a window', async () => {
    const { port } = await withWho({ config: closed });
    const { headers } = await ask(port, '/call/com.example.who', { headers: { 'sec-fetch-mode': 'cors' } });
    expect(headers['www-authenticate']).toBe('Bearer realm="realm1"');
  });

  test.each([
    'Basic',
    'Basic !!!',
    `Basic ${Buffer.from('nocolon').toString('base64')}`,
    `Basic ${Buffer.from(':x').toString('base64')}`,
    'Basic /////w==',
    'Digest x',
    'Bearer',
    'Bearer a b',
    'x',
  ])('%s is 401, and says what is expected', async (authorization) => {
    const { port } = await withWho({ config });
    const { status, body } = await ask(port, '/call/com.example.who', { headers: { authorization } });
    expect([status, JSON.parse(body).detail]).toEqual([401, expect.stringContaining('expected the header Authorization')]);
  });
});

describe('[K6] a cookie', () => {
  test('is seen by the hook `recognize`, and nobody shares a session with another cookie', async () => {
    const recognize = ({ transport: { request } }: UserQuery) => {
      const sid = request?.cookies.sid;
      return sid === undefined ? undefined : { authid: sid, authrole: 'user' };
    };
    const { port, router } = await withWho({ config, hooks: { recognize } });
    let logins = 0;
    router.on('join', () => logins++);
    const who = (cookie: string) => asked(port, '/call/com.example.who', { headers: { cookie } });
    expect([await who('sid=joe'), await who('sid=jane'), await who('sid=joe')]).toEqual([
      [200, 'joe'],
      [200, 'jane'],
      [200, 'joe'],
    ]);
    expect(logins).toBe(2);
    expect((await who(''))[1]).toMatch(/^anonymous-/);
    expect(await asked(port, '/call/com.other.x', { headers: { cookie: 'sid=joe' } })).toMatchObject([403, {}]);
  });
});

describe('[K6] the sessions behind requests', () => {
  const http = (router: { readonly sessions: readonly { readonly transport: { readonly kind: string } }[] }) =>
    router.sessions.filter(({ transport }) => transport.kind === 'http').length;

  test('are shared by requests with the same credentials, and by no others', async () => {
    const { port, router } = await withWho({ config });
    let logins = 0;
    router.on('join', () => logins++);
    for (let i = 0; i < 5; i++) await ask(port, '/call/com.example.who', { headers: basic('joe', 'secret') });
    await Promise.all(Array.from({ length: 5 }, () => ask(port, '/call/com.example.who', { headers: basic('joe', 'secret') })));
    expect([logins, http(router)]).toEqual([1, 1]);
    await ask(port, '/call/com.example.who', { headers: basic('jane', 'pa:ss wörd') });
    await ask(port, '/call/com.example.who');
    expect([logins, http(router)]).toEqual([3, 3]);
  });

  test('are not for somebody who knows only the name, and a failed login leaves none', async () => {
    const { port, router } = await withWho({ config });
    expect((await ask(port, '/call/com.example.who', { headers: basic('joe', 'secret') })).status).toBe(200);
    for (const ticket of ['', 'Secret']) {
      const { status, headers, body } = await ask(port, '/call/com.example.who', { headers: basic('joe', ticket) });
      expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('Basic')]);
      expect(JSON.parse(body)).toMatchObject({ uri: 'wamp.error.authentication_denied', title: 'authentication denied' });
    }
    expect(http(router)).toBe(1);
    expect((await ask(port, '/call/com.example.who', { headers: basic('joe', 'secret') })).status).toBe(200);
  });

  test('with sessionMs 0 each request logs in', async () => {
    const { port, router } = await withWho({ config, http: { sessionMs: 0 } });
    let logins = 0;
    router.on('join', () => logins++);
    for (let i = 0; i < 3; i++) await ask(port, '/call/com.example.who', { headers: basic('joe', 'secret') });
    expect(logins).toBe(3);
    await expect.poll(() => http(router)).toBe(0);
  });

  test('are at most maxSessions: the one that has been idle for longest ends, and without an idle one the request is answered 503', async () => {
    const { port, router, service } = await withWho({ config, http: { maxSessions: 2 } });
    await service.register('com.example.wait', () => new Promise(() => {})).ready;
    const users = [basic('joe', 'secret'), basic('jane', 'pa:ss wörd'), {}];
    for (const headers of users) expect((await ask(port, '/call/com.example.who', { headers })).status).toBe(200);
    await expect.poll(() => http(router)).toBe(2);
    const waiting = users.slice(0, 2).map((headers) => ask(port, '/call/com.example.wait', { headers }).catch(() => 'gone'));
    await expect.poll(() => router.stats().calls).toBe(2);
    expect((await ask(port, '/call/com.example.who')).status).toBe(503);
    await router.close();
    await Promise.all(waiting);
  });

  test('have the address of the client, by which failed logins are counted', async () => {
    const { port, router } = await withWho({ config, listen: { trustProxy: true } });
    await ask(port, '/call/com.example.who', { headers: { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' } });
    expect(router.sessions.find(({ transport }) => transport.kind === 'http')?.transport).toMatchObject({
      peer: '192.0.2.7',
      isSecure: true,
    });
  });

  test('count as sessions of the router: when it is full, requests are answered 503', async () => {
    const { port } = await bridging({ config: { realms: { realm1: 'open' }, limits: { maxSessions: 1 } } });
    const { status, headers } = await ask(port, '/call/com.example.nothing');
    expect([404, 503]).toContain(status);
    const other = await ask(port, '/call/com.example.nothing', { headers: basic('joe', 'x') });
    expect([other.status, other.headers['retry-after']]).toEqual([503, '5']);
    expect(headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});

describe('[K6] the realm', () => {
  const realms: RouterConfig['realms'] = { one: 'open', two: 'open' };

  test('is said for each bridge, of which there may be several', async () => {
    const http = [
      { path: '/one', realm: 'one' },
      { path: '/two', realm: 'two' },
    ];
    const { port, service } = await bridging({ config: { realms }, http });
    await service.register('com.example.here', () => 'one').ready;
    expect(await asked(port, '/one/call/com.example.here')).toEqual([200, 'one']);
    expect((await asked(port, '/two/call/com.example.here'))[0]).toBe(404);
    expect((await ask(port, '/call/com.example.here')).status).toBe(404);
  });

  test.each([
    [true, 'expected realm of http to be one of one, two, got nothing'],
    [{ realm: 'three' }, 'expected realm of http to be one of one, two, got "three"'],
  ])('http: %j is refused', async (http, text) => {
    await expect(bridging({ config: { realms }, http })).rejects.toThrow(text);
  });
});

describe('[K6] a page of another origin', () => {
  const origin = 'https://evil.example';

  test('may not call, publish or read events, also without a preflight', async () => {
    const { port, warnings } = await bridging();
    for (const [method, path] of [
      ['POST', '/call/a'],
      ['OPTIONS', '/call/a'],
      ['POST', '/publish/a'],
      ['GET', '/events/a'],
    ] as const) {
      const { status, headers } = await ask(port, path, { method, headers: { origin } });
      expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    expect(warnings.join()).toContain('origin https://evil.example may not connect here');
    expect((await ask(port, '/call/a', { headers: { origin: 'null' } })).status).toBe(403);
  });

  test('may if it is listed, and is told so before it sends', async () => {
    const { port, service } = await bridging({ listen: { origins: [origin] } });
    await service.register('com.example.ok', () => 'ok').ready;
    const preflight = await ask(port, '/call/com.example.ok', { method: 'OPTIONS', headers: { origin } });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, origin]);
    expect(preflight.headers['access-control-allow-headers']).toBe('Authorization, Content-Type, Idempotency-Key, Last-Event-ID');
    expect(preflight.headers['access-control-allow-methods']).toBe('POST');
    const { status, headers } = await ask(port, '/call/com.example.ok', { headers: { origin } });
    expect([status, headers['access-control-allow-origin'], headers.vary]).toEqual([200, origin, 'Origin']);
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  test('may not use a stream as an image, for which a browser sends cookies and no origin', async () => {
    const recognize = () => ({ authid: 'joe', authrole: 'user' });
    const realm1 = { authroles: { user: { permissions: 'all' }, service: { permissions: 'all' } } } as const;
    const { port, router } = await bridging({ config: { realms: { realm1 } }, hooks: { recognize } });
    const from = async (site: string, mode: string): Promise<number | undefined> => {
      const headers = { cookie: 'sid=joes', 'sec-fetch-site': site, 'sec-fetch-mode': mode };
      const response = await open(port, '/events/com.example.news', { method: 'GET', headers });
      response.destroy();
      return response.statusCode;
    };
    expect(await Promise.all(['cross-site', 'same-site'].map((site) => from(site, 'no-cors')))).toEqual([403, 403]);
    expect(router.sessions.map(({ authid }) => authid)).not.toContain('joe');
    // A page of the same origin, an address that was typed, and a link.
    expect([await from('same-origin', 'cors'), await from('none', 'navigate'), await from('cross-site', 'navigate')]).toEqual([
      200, 200, 200,
    ]);
    await expect.poll(() => router.sessions.length).toBe(1);
  });

  test('of a name that points here is refused by its name', async () => {
    const { port } = await bridging();
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    expect((await ask(port, '/call/a', { headers })).status).toBe(421);
  });
});
