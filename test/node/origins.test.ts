/* Which pages may connect, by WebSocket and by long-poll: one rule for both. */
import { createServer, request as httpRequest } from 'node:http';
import { type ListenOptions, listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Answer, get, type Listening, listening, rawClient } from './listening.ts';

const HINT = "the option 'origins' of the listener does not list it";

function upgrade({ listener }: Listening, origin: string, host?: string): Promise<unknown> {
  return rawClient(listener.url, ['wamp.2.json'], { headers: { origin, ...(host === undefined ? {} : { host }) } });
}

function open({ listener }: Listening, headers: { readonly [name: string]: string }, method = 'POST'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: listener.port, path: '/lp/open', method, headers, agent: false };
    const request = httpRequest(options, async (response) => {
      let body = '';
      for await (const chunk of response) body += String(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body });
    });
    request.once('error', reject);
    request.end(method === 'POST' ? '{"protocols":["wamp.2.json"]}' : undefined);
  });
}

async function expectFine(opened: Listening, origin: string): Promise<void> {
  await upgrade(opened, origin);
  const { status, headers } = await open(opened, { origin });
  expect([status, headers['access-control-allow-origin'], headers['access-control-allow-credentials']]).toEqual([
    200,
    origin,
    'true',
  ]);
}

async function expectRefused(opened: Listening, origin: string, hint = HINT): Promise<void> {
  const { warnings } = opened;
  const before = warnings.length;
  const text = `origin ${origin} may not connect here: ${hint}`;
  await expect(upgrade(opened, origin)).rejects.toThrow(`HTTP 403: ${text}`);
  const { status, headers, body } = await open(opened, { origin });
  expect([status, headers['access-control-allow-origin'], body]).toEqual([403, undefined, text]);
  expect(warnings.slice(before)).toEqual([`refused a WebSocket: ${text}`, `refused a long-poll request: ${text}`]);
}

/** Reachable from elsewhere, so that pages of this machine have no privilege. */
const everywhere = (options: ListenOptions = {}) => listening({ host: '0.0.0.0', ...options });

describe('[R82] a listener by default', () => {
  test('accepts the same origin, and requests without an origin', async () => {
    const opened = await everywhere();
    await expectFine(opened, `http://127.0.0.1:${opened.listener.port}`);
    await rawClient(opened.listener.url);
    expect((await open(opened, {})).headers['access-control-allow-origin']).toBeUndefined();
  });

  test("[G3] accepts the router's own address as programs write it, and no other", async () => {
    const opened = await everywhere();
    await expectFine(opened, `ws://127.0.0.1:${opened.listener.port}`);
    await expectRefused(opened, 'ws://elsewhere.example');
    await expectRefused(opened, `ftp://127.0.0.1:${opened.listener.port}`);
  });

  test.each([
    ['wss://shop.example', 'shop.example:443'],
    ['ws://shop.example:80', 'shop.example'],
    ['https://shop.example', 'shop.example'],
    ['https://SHOP.example', 'shop.example:443'],
    ['http://shop.example:80', 'shop.example'],
    ['https://shop.example:8443', 'shop.example:8443'],
  ])('treats %s as the same origin as the host %s, if that is a name of this router', async (origin, host) => {
    const opened = await everywhere({ hosts: ['shop.example'] });
    await upgrade(opened, origin, host);
    expect((await open(opened, { origin, host })).status).toBe(200);
  });

  test.each([
    'https://evil.example',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:5173',
    'null',
    'file://',
    'http://127.0.0.1.evil.example',
    'chrome-extension://abcdef',
  ])('refuses another origin, %s, and the log names the option', async (origin) => {
    await expectRefused(await everywhere(), origin);
  });
});

describe('a listener on loopback', () => {
  test.each([
    'http://localhost:5173',
    'https://localhost',
    'http://127.0.0.1:1',
    'http://127.8.8.8',
    'http://[::1]:3000',
    'http://LOCALHOST',
  ])('accepts a page of this machine, %s', async (origin) => {
    await expectFine(await listening(), origin);
  });

  test.each([
    'https://evil.example',
    'null',
    'file://',
    'http://localhost.evil.example',
    'http://127.0.0.1.evil.example',
    'http://127.evil.example',
    'ftp://localhost',
  ])('does not accept %s', async (origin) => {
    await expectRefused(await listening(), origin);
  });

  test('can be on a server of the user, from the time when it listens', async () => {
    const server = createServer((_, response) => response.end());
    const router = new Router({ realms: { realm1: 'open' } });
    const listener = await listen(router, { server });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await listener.close();
      await router.close();
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    const client = await rawClient(`ws://127.0.0.1:${port}/ws`, ['wamp.2.json'], { headers: { origin: 'http://localhost:5173' } });
    expect(client.socket.protocol).toBe('wamp.2.json');
  });
});

describe('the option origins', () => {
  test('allows the listed origins and the same origin, and no others', async () => {
    const opened = await everywhere({ origins: ['https://shop.example', 'null'] });
    await expectFine(opened, 'https://shop.example');
    await expectFine(opened, 'https://SHOP.example');
    await expectFine(opened, 'null');
    await expectFine(opened, `http://127.0.0.1:${opened.listener.port}`);
    await expectRefused(opened, 'https://shop.example.evil');
    await expectRefused(opened, 'http://shop.example');
    await expectRefused(opened, 'file://');
  });

  test("allows all with '*'", async () => {
    const opened = await everywhere({ origins: '*' });
    await expectFine(opened, 'https://evil.example');
    await expectFine(opened, 'null');
  });

  test.each([['https://shop.example/'], ['shop.example'], ['*'], [''], ['https://shop.example/path']])(
    'refuses the entry %j, which is not an origin',
    async (origin) => {
      await expect(listen(new Router({ realms: {} }), { port: 0, origins: [origin] })).rejects.toThrow(
        `expected origins to hold origins as https://example.com, got "${origin}"`,
      );
    },
  );
});

test.each([
  '',
  ' ',
  'evil',
  'http://',
  '://x',
  'http://a b',
  'http://a/b',
  'http://user@a',
  'http://a, http://b',
  `http://${'x'.repeat(40)}/`,
])('a malformed origin, %j, is refused whatever is listed', async (origin) => {
  for (const origins of ['*', []] as const) {
    const opened = await everywhere({ origins });
    await expect(upgrade(opened, origin)).rejects.toThrow('HTTP 403');
    expect((await open(opened, { origin })).body).toMatch(/may not connect here: it is malformed$/);
  }
});

describe('a preflight request', () => {
  const ask = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };

  test('from a page that may connect is told what it may do', async () => {
    const opened = await listening({ origins: ['https://shop.example'] });
    const { status, headers, body } = await open(
      opened,
      { ...ask, 'access-control-request-headers': 'content-type, x-own' },
      'OPTIONS',
    );
    expect([status, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, x-own',
      vary: 'Origin',
    });
  });

  test('from another page is refused', async () => {
    const opened = await listening();
    expect(await open(opened, ask, 'OPTIONS')).toMatchObject({ status: 403 });
    expect((await get(opened.listener.port, '/lp/open', ask)).status).toBe(403);
  });
});
