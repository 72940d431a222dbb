/* By which names browsers may ask a router, wherever it listens: the WebSocket, long-poll and files by one rule. */
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ListenOptions, listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { get, type Listening, listening, rawClient } from './listening.ts';

const TEXT = (name: string): string =>
  `${name} is not known as a name of this router: list it in the option 'hosts' of the listener (--host-name), or behind a proxy set 'trustProxy' (--trust-proxy)`;

const everywhere = (options: ListenOptions = {}): Promise<Listening> =>
  listening({ host: '0.0.0.0', web: 'docs/images', ...options });

/** A page of this name asks by this name, as after rebinding: the answers to an upgrade, to `open` of long-poll and to a file. */
async function asked({ listener }: Listening, name: string, origin: string = `http://${name}`): Promise<readonly unknown[]> {
  const host = `${name}:${listener.port}`;
  const headers = { host, origin: `${origin}:${listener.port}` };
  const webSocket = await rawClient(listener.url, ['wamp.2.json'], { headers }).then(
    () => 101,
    (error: Error) => Number(/HTTP (\d+)/.exec(error.message)?.[1]),
  );
  const longPoll = await get(listener.port, '/lp/open', headers, 'POST');
  const files = await Promise.all(['GET', 'HEAD'].map((method) => get(listener.port, '/none', { host }, method)));
  return [webSocket, longPoll.status, ...files.map(({ status }) => status)];
}

const FINE = [101, 400, 404, 404]; // nothing was posted, and there is no such file
const REFUSED = [421, 421, 421, 421];

describe('[G2] [R82] a listener by default', () => {
  test.each([{ host: '0.0.0.0' }, { host: '127.0.0.1' }])(
    'refuses a name that could be anybody’s, when listening at %j',
    async (options) => {
      expect(await asked(await everywhere(options), 'evil.example')).toEqual(REFUSED);
    },
  );

  test.each([
    '127.0.0.1',
    '192.168.1.7',
    '[::1]',
    '[fe80::1]',
    'localhost',
    'shop.localhost',
    'LOCALHOST',
    'router',
    hostname(),
    `${hostname()}.local`,
  ])('accepts %s, which only this machine can have', async (name) => {
    expect(await asked(await everywhere(), name)).toEqual(FINE);
  });

  test.each(['localhost.evil.example', '127.0.0.1.evil.example', '127.1', 'evil.localhost.example', 'evil.example.'])(
    'refuses %s',
    async (name) => {
      expect(await asked(await everywhere(), name)).toEqual(REFUSED);
    },
  );

  test('names the option in the answer and in the log', async () => {
    const opened = await everywhere();
    const { port } = opened.listener;
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(rawClient(opened.listener.url, ['wamp.2.json'], { headers })).rejects.toThrow(`HTTP 421: ${TEXT('evil.example')}`);
    expect((await get(port, '/lp/open', headers, 'POST')).body).toBe(TEXT('evil.example'));
    expect((await get(port, '/', headers)).body).toBe(`${TEXT('evil.example')}\n`);
    expect(opened.warnings).toEqual([
      `refused a WebSocket: ${TEXT('evil.example')}`,
      `refused a long-poll request: ${TEXT('evil.example')}`,
      `refused a request for a file: ${TEXT('evil.example')}`,
    ]);
  });

  test('accepts a WebSocket without an origin by any name, because it is not from a page', async () => {
    const { listener } = await everywhere();
    const client = await rawClient(listener.url, ['wamp.2.json'], { headers: { host: 'router.example' } });
    expect(client.socket.protocol).toBe('wamp.2.json');
  });

  test('refuses long-poll without an origin, because an old browser may have sent it', async () => {
    const { listener } = await everywhere();
    expect((await get(listener.port, '/lp/open', { host: 'evil.example' }, 'POST')).status).toBe(421);
  });
});

describe('[G2] [R82] the option hosts', () => {
  test('allows the given names, and no others', async () => {
    const opened = await everywhere({ hosts: ['Router.example.', '10.0.0.1'] });
    expect(await asked(opened, 'router.example')).toEqual(FINE);
    expect(await asked(opened, 'ROUTER.example.')).toEqual(FINE);
    expect(await asked(opened, 'evil.example')).toEqual(REFUSED);
  });

  test("allows all names with '*'", async () => {
    expect(await asked(await everywhere({ hosts: '*' }), 'evil.example')).toEqual(FINE);
  });

  test('allows the names of listed origins, too; pages of listed origins may use any name', async () => {
    const opened = await everywhere({ origins: ['http://shop.example', 'null'] });
    const { port } = opened.listener;
    expect((await get(port, '/none', { host: 'shop.example' })).status).toBe(404);
    expect((await get(port, '/none', { host: 'other.example' })).status).toBe(421);
    const headers = { host: 'other.example', origin: 'http://shop.example' };
    await rawClient(opened.listener.url, ['wamp.2.json'], { headers });
    expect((await get(port, '/lp/open', headers, 'POST')).status).toBe(400);
  });

  test('does not apply behind a trusted proxy, which checks the name', async () => {
    expect(await asked(await everywhere({ trustProxy: true }), 'shop.example')).toEqual(FINE);
  });

  test.each([
    ['a file', 'GET / HTTP/1.1\r\n'],
    ['a health check', 'GET /ops/healthz HTTP/1.1\r\n'],
    ['an upgrade', 'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: wamp.2.json\r\n'],
  ])('has to be in one header Host only: %s', async (_what, head) => {
    const { listener } = await listening({ ops: { path: '/ops' } });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(listener.port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.once('data', (data) => resolve(String(data)));
      const connection = head.includes('Upgrade') ? 'Upgrade' : 'close';
      socket.write(`${head}Host: localhost\r\nhost: localhost\r\nConnection: ${connection}\r\n\r\n`);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400/);
    expect(answer).toContain('expected one header Host, got 2');
  });

  test('does not apply to a unix socket', async () => {
    const path = join(tmpdir(), `autostrada-hosts-${process.pid}`);
    await listening({ socketPath: path });
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(path);
      socket.once('data', (data) => resolve(String(data)));
      socket.write('GET / HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 404/);
  });

  test('applies to a server of the user as well, if the request is for the router', async () => {
    const server = createServer((_, response) => response.end('mine'));
    const router = new Router({ realms: { realm1: 'open' } });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const listener = await listen(router, { server });
    onTestFinished(async () => {
      await listener.close();
      await router.close();
      server.closeAllConnections();
      server.close();
    });
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    await expect(rawClient(listener.url, ['wamp.2.json'], { headers })).rejects.toThrow('HTTP 421');
    expect((await get(listener.port, '/lp/open', headers, 'POST')).status).toBe(421);
    expect((await get(listener.port, '/', headers)).body).toBe('mine');
  });

  test.each([['https://shop.example'], ['shop.example:80'], ['*.shop.example'], ['']])(
    'refuses the entry %j, which is not a name',
    async (name) => {
      await expect(listen(new Router({ realms: {} }), { port: 0, hosts: [name] })).rejects.toThrow(
        `expected hosts to hold names as router.example.com, got "${name}"`,
      );
    },
  );
});
