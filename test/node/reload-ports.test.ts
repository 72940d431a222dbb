/* What ports take over while they listen: `served.reload`, and `listener.change`. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anonymous, Connection, ticket } from 'autostrada';
import { type ListenConfig, listen, type Served, serve, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { failure } from '../fixtures/scripted-session.ts';
import { ask } from './http-bridge/bridge.ts';

const user = { permissions: 'all' } as const;
const realm1 = { authroles: { user, guest: user }, anonymous: 'guest', users: { joe: { authrole: 'user', ticket: 'joe' } } };

interface Running {
  readonly served: Served;
  readonly folder: string;
  readonly port: number;
  readonly log: readonly string[];
  /** Another text of the file. */
  again(listen: object): ReturnType<Served['reload']>;
}

async function running(listen: object): Promise<Running> {
  const folder = mkdtempSync(path.join(tmpdir(), 'autostrada-ports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['one', 'two']) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'index.html'), name);
  }
  const file = path.join(folder, 'router.json');
  const write = (given: object): void => writeFileSync(file, JSON.stringify({ realms: { realm1 }, listen: given }));
  write(listen);
  const log: string[] = [];
  const served = await serve(file, { hooks: { log: ({ message }) => log.push(message) } });
  onTestFinished(() => served.close());
  const port = served.listeners[0]!.port;
  return {
    ...{ served, folder, port, log },
    again: (given) => {
      write(given);
      return served.reload();
    },
  };
}

/** Of an upgrade; 101: it is a WebSocket. */
function upgrade(port: number, headers: { readonly [name: string]: string }): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['wamp.2.json'], { headers });
    socket.on('error', () => {});
    socket.once('unexpected-response', (_, { statusCode }) => {
      resolve(statusCode);
      socket.terminate();
    });
    socket.once('open', () => {
      resolve(101);
      socket.terminate();
    });
  });
}

const get = (port: number, where: string, headers = {}) => ask(port, where, { method: 'GET', headers });

/** A port that somebody else has. */
async function taken(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('[K2] a port of a file that is read again', () => {
  test('takes over origins, for the WebSocket, long-poll and the HTTP bridge; a session that is open stays', async () => {
    const { port, again, served } = await running({ port: 0, http: true });
    const open = new Connection({ url: served.listeners[0]!.url, realm: 'realm1', retry: false });
    await open.open();
    onTestFinished(() => open.close());
    const of = (origin: string) =>
      Promise.all([
        upgrade(port, { origin }),
        ask(port, '/lp/open', { body: '{"protocols":["wamp.2.json"]}', headers: { origin } }).then(({ status }) => status),
        ask(port, '/publish/com.example.a', { headers: { origin } }).then(({ status }) => status),
      ]);
    const [a, b] = ['https://a.example.com', 'https://b.example.com'];
    expect(await of(a)).toEqual([403, 403, 403]);
    expect(await again({ port: 0, http: true, origins: [a] })).toEqual({ ended: 0, needsRestart: [] });
    expect([await of(a), await of(b)]).toEqual([
      [101, 200, 202],
      [403, 403, 403],
    ]);
    expect(await again({ port: 0, http: true, origins: [b] })).toEqual({ ended: 0, needsRestart: [] });
    expect([await of(a), await of(b)]).toEqual([
      [403, 403, 403],
      [101, 200, 202],
    ]);
    expect(await again({ port: 0, http: true })).toEqual({ ended: 0, needsRestart: [] });
    expect(await of(b)).toEqual([403, 403, 403]);
    expect(open.session).toBeDefined();
  });

  test('takes over the names of its host', async () => {
    const { port, again } = await running({ port: 0, web: './one' });
    const as = async (host: string) => (await get(port, '/', { host })).status;
    expect(await as('router.example.com')).toBe(421);
    await again({ port: 0, web: './one', hosts: ['router.example.com'] });
    expect([await as('router.example.com'), await as('other.example.com')]).toEqual([200, 421]);
  });

  test('takes over its pages, also none', async () => {
    const { port, again } = await running({ port: 0, web: './one' });
    expect((await get(port, '/')).body).toBe('one');
    const web = { folder: './two', headers: { 'x-frame-options': 'DENY' } };
    expect(await again({ port: 0, web })).toEqual({ ended: 0, needsRestart: [] });
    const { body, headers } = await get(port, '/');
    expect([body, headers['x-frame-options']]).toEqual(['two', 'DENY']);
    await again({ port: 0 });
    expect((await get(port, '/')).status).toBe(404);
    await again({ port: 0, web: './one' });
    expect((await get(port, '/')).body).toBe('one');
  });

  test('takes over the name and the age of its cookies; whether it has some needs a restart', async () => {
    const { again, served, log } = await running({ port: 0, cookies: {} });
    const { url, port } = served.listeners[0]!;
    const cookie = async (): Promise<string | undefined> => {
      const response = await new Promise<string | undefined>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ['wamp.2.json']);
        socket.on('error', () => {});
        socket.once('upgrade', ({ headers }) => {
          resolve(headers['set-cookie']?.[0]);
          socket.terminate();
        });
      });
      return response?.replace(/=[\w-]{43};/, '=…;');
    };
    expect(await cookie()).toMatch(/^autostrada=…; Max-Age=2592000; /);
    expect(await again({ port: 0, cookies: { name: 'sid', maxAgeMs: 60_000 } })).toEqual({ ended: 0, needsRestart: [] });
    expect(await cookie()).toMatch(/^sid=…; Max-Age=60; /);
    expect(await again({ port: 0 })).toEqual({ ended: 0, needsRestart: ['config.listen.cookies'] });
    expect(log).toContain('config.listen.cookies: the change counts after a restart');
    expect(await cookie()).toMatch(/^sid=…; /);
    const auth = [anonymous(), ticket({ authid: 'joe', ticket: 'joe' })];
    const connection = new Connection({ url: webSocket(url), realm: 'realm1', auth, retry: false });
    await connection.open();
    await connection.close();
  });

  test('opens, changes and closes what operators ask', async () => {
    const { again, served, port } = await running({ port: 0 });
    const at = (): string | undefined => served.listeners[0]!.opsUrl;
    const asked = async (where: string): Promise<number> => (await fetch(`${at()}${where}`)).status;
    expect(at()).toBe(undefined);
    expect(await again({ port: 0, ops: { port: 0, metrics: false } })).toEqual({ ended: 0, needsRestart: [] });
    const first = at();
    expect([await asked('/readyz'), await asked('/metrics')]).toEqual([200, 404]);
    await again({ port: 0, ops: { port: 0, metrics: false } });
    expect(at()).toBe(first);
    await again({ port: 0, ops: { port: Number(new URL(String(first)).port), host: '127.0.0.1' } });
    expect([at(), await asked('/readyz'), await asked('/metrics')]).toEqual([first, 200, 200]);
    await again({ port: 0, ops: { path: '/ops' } });
    expect([at(), await asked('/healthz')]).toEqual([`http://127.0.0.1:${port}/ops`, 200]);
    await expect(fetch(`${first}/healthz`)).rejects.toThrow();
    await again({ port: 0 });
    expect([at(), (await get(port, '/ops/healthz')).status]).toEqual([undefined, 404]);
  });

  test('changes nothing if the port of ops is taken', async () => {
    const ports = [
      { port: 0, web: './one' },
      { port: 0, path: '/b', ops: { port: 0, metrics: false } },
    ] as const;
    const { again, served, port } = await running(ports);
    const before = served.listeners[1]!.opsUrl;
    const wrong = [
      { port: 0, web: './two' },
      { ...ports[1], ops: { port: await taken() } },
    ];
    await expect(again(wrong)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect((await get(port, '/')).body).toBe('one');
    expect(served.listeners[1]!.opsUrl).toBe(before);
    expect((await fetch(`${before}/healthz`)).status).toBe(200);
    expect(await again([{ port: 0, web: './two' }, ports[1]])).toEqual({ ended: 0, needsRestart: [] });
    expect((await get(port, '/')).body).toBe('two');
  });

  test.each<[string, ListenConfig, ListenConfig, readonly string[]]>([
    [
      'cookies that are gone, with all origins',
      { port: 0, cookies: {} },
      { port: 0, origins: '*' },
      ['config.listen.cookies', 'config.listen.origins'],
    ],
    [
      'a host of this machine only, with ops on the same port',
      { port: 0, host: '0.0.0.0' },
      { port: 0, host: '127.0.0.1', ops: { path: '/ops' } },
      ['config.listen.host', 'config.listen.ops'],
    ],
  ])('does not take over what fits only to what needs a restart: %s', async (_, before, after, needsRestart) => {
    const { again, port } = await running(before);
    expect([...(await again(after)).needsRestart].sort()).toEqual(needsRestart);
    expect(await upgrade(port, { origin: 'https://evil.example.com' })).toBe(403);
    expect((await get(port, '/ops/healthz')).status).toBe(404);
  });
});

describe('[K2] listener.change', () => {
  async function opened(options: Parameters<typeof listen>[1] = {}) {
    const router = new Router({ realms: { realm1: 'open' } });
    const listener = await listen(router, { port: 0, ...options });
    onTestFinished(async () => {
      await listener.close();
      await router.close();
    });
    return { router, listener };
  }

  test('changes what is given, and only that', async () => {
    const { listener } = await opened({ origins: ['https://a.example.com'], ops: { path: '/ops', metrics: false } });
    await listener.change({ hosts: ['b.example.com'] });
    expect(await upgrade(listener.port, { origin: 'https://a.example.com' })).toBe(101);
    expect(listener.opsUrl).toBe(`http://127.0.0.1:${listener.port}/ops`);
    await listener.change({ origins: undefined, ops: undefined });
    expect(await upgrade(listener.port, { origin: 'https://a.example.com' })).toBe(403);
    expect(listener.opsUrl).toBe(undefined);
  });

  test.each([
    [{ port: 1 }, /port/],
    [{ origins: 'https://a.example.com' }, /origins/],
    [{ web: './nowhere' }, /web/],
    [{ cookies: {} }, /^expected no cookies, as before, got the contrary$/],
  ])('refuses %j, and then nothing changes', async (options, text) => {
    const { listener } = await opened({ hosts: ['a.example.com'] });
    const error = await failure(listener.change(JSON.parse(JSON.stringify({ hosts: [], ...options }))));
    expect([error.name, error.message]).toEqual(['TypeError', expect.stringMatching(text)]);
    expect((await get(listener.port, '/', { host: 'a.example.com' })).status).toBe(404);
  });

  test('of a listener that was closed opens nothing', async () => {
    const { listener } = await opened();
    const late = listener.change({ ops: { port: 0 } }).catch(() => {});
    await listener.close();
    await late;
    expect(listener.opsUrl).toBe(undefined);
    await expect(listener.change({ ops: { port: 0 } })).rejects.toThrow('expected a listener that is open');
  });
});
