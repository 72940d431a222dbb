/* What strangers may try with the bridge: many streams, readers that do not read, slow bodies, pipelining, long headers. */
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Asked, ask, asked, basic, bridging, open, Stream } from './bridge.ts';

const GET = { method: 'GET' };

/** A raw connection, and all that came on it. */
function raw(port: number, text: string): { readonly socket: Socket; readonly said: () => string; readonly over: Promise<void> } {
  let said = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  socket.on('data', (chunk) => {
    said += String(chunk);
  });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, said: () => said, over: new Promise((resolve) => socket.once('close', () => resolve())) };
}

describe('[K6] limits', () => {
  test('of streams: for one address 429, in total 503; a place is free again when a stream ends', async () => {
    const { port, warnings } = await bridging({ http: { maxStreams: 3, maxStreamsPerAddress: 2 }, listen: { trustProxy: true } });
    const from = (address: string) => ({ ...GET, headers: { 'x-forwarded-for': address } });
    const first = await Stream.of(port, '/events/a', from('192.0.2.1'));
    await Stream.of(port, '/events/a', from('192.0.2.1'));
    const { status, headers } = await ask(port, '/events/a', from('192.0.2.1'));
    expect([status, headers['retry-after']]).toEqual([429, '5']);
    await Stream.of(port, '/events/a', from('192.0.2.2'));
    expect((await ask(port, '/events/a', from('192.0.2.3'))).status).toBe(503);
    expect(warnings.join()).toContain('maxStreams');
    first.close();
    await expect
      .poll(async () => {
        const response = await open(port, '/events/a', from('192.0.2.3'));
        return response.statusCode;
      })
      .toBe(200);
  });

  test('of requests: while they run', async () => {
    const { port, service, router } = await bridging({ http: { maxRequestsPerAddress: 2 } });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await service.register('com.example.wait', () => released).ready;
    const waiting = [ask(port, '/call/com.example.wait'), ask(port, '/call/com.example.wait')];
    await expect.poll(() => router.stats().calls).toBe(2);
    expect((await ask(port, '/call/com.example.wait')).status).toBe(429);
    release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([204, 204]);
    expect((await ask(port, '/call/com.example.wait')).status).toBe(204);
  });
});

describe('[K6] a reader that does not read', () => {
  test('is ended, as any slow session is, and others get everything', async () => {
    const limits = { maxQueuedBytes: 2 ** 18, maxMessageBytes: 2 ** 17 };
    const { port, service, router } = await bridging({ config: { realms: { realm1: 'open' }, limits } });
    const lazy = await open(port, '/events/com.example.news', GET);
    lazy.pause();
    const reader = await Stream.of(port, '/events/com.example.news', GET);
    let published = 0;
    for (; router.stats().slowConsumers === 0; published++) {
      await service.publish('com.example.news', [published, 'x'.repeat(50_000)], null, { acknowledge: true });
      await new Promise((resolve) => setTimeout(resolve)); // so that sockets are read
    }
    for (let i = 0; i < published; i++) expect(Object((await reader.event())[1]).args[0]).toBe(i);
    await expect.poll(() => router.sessions.filter(({ transport }) => transport.kind === 'http').length).toBe(1);
  });

  test('is ended after a while even if little waits', async () => {
    const { port, service, router } = await bridging({
      http: { heartbeatMs: 5 },
      config: { realms: { realm1: 'open' }, limits: { maxQueuedBytes: 2 ** 26 } },
    });
    const lazy = await open(port, '/events/com.example.news', GET);
    lazy.pause();
    // More than the buffers of the system take.
    for (let i = 0; i < 20; i++) await service.publish('com.example.news', ['x'.repeat(900_000)], null, { acknowledge: true });
    await expect.poll(() => router.sessions.filter(({ transport }) => transport.kind === 'http').length).toBe(0);
  });
});

describe('[K6] a text that begins with a NUL, which is bytes in WAMP,', () => {
  test.each<[string, Asked]>([
    ['/call/%00', {}],
    ['/call/%00com.example.ok', {}],
    ['/publish/%00', {}],
    ['/events/%00', { method: 'GET' }],
    ['/publish/com.example.news?eligible_authid=joe&eligible_authid=%00', {}],
    ['/publish/com.example.news?exclude_authrole=%00AAAA', {}],
    ['/bridge/call', { body: '{"procedure":"\\u0000AAAA"}' }],
    ['/bridge/publish', { body: '{"topic":"\\u0000AAAA"}' }],
    ['/bridge/publish', { body: '{"topic":"com.example.news","options":{"eligible_authid":["\\u0000AAAA"]}}' }],
  ])('is refused, and others that share the session are not disturbed: %s', async (path, more) => {
    const { port, service, router, warnings } = await bridging({
      http: { crossbarCall: '/bridge/call', crossbarPublish: '/bridge/publish' },
    });
    let answer = (_: unknown): void => {};
    const answered = new Promise((resolve) => {
      answer = resolve;
    });
    await service.register('com.example.wait', () => answered).ready;
    const waiting = asked(port, '/call/com.example.wait', { body: '[]' });
    await expect.poll(() => router.stats().calls).toBe(1);
    expect((await ask(port, path, { body: more.method === 'GET' ? undefined : '[]', ...more })).status).toBe(400);
    answer('here');
    expect([await waiting, warnings]).toEqual([[200, 'here'], []]);
  });

  test('is not an authid, and not a ticket', async () => {
    const { port, warnings } = await bridging();
    for (const [authid, ticket] of [
      ['\0AAAA', 'x'],
      ['joe', '\0AAAA'],
    ] as const)
      expect((await ask(port, '/call/a', { headers: basic(authid, ticket) })).status).toBe(401);
    expect(warnings).toEqual([]);
  });
});

describe('[K6] bad HTTP', () => {
  const head = (length: number): string =>
    `POST /call/com.example.ok HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

  test('a body that comes too slowly is cut off', async () => {
    const { port } = await bridging({ config: { realms: { realm1: 'open' }, limits: { joinTimeoutMs: 100 } } });
    await raw(port, `${head(1000)}[`).over;
    await raw(port, 'GET /call/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx').over;
    await raw(port, 'GET /events/a?x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx').over;
  });

  test('a client that hangs up in the middle of its body leaves nothing', async () => {
    const { port, router } = await bridging();
    const { socket, over } = raw(port, `${head(1000)}[1`);
    await expect.poll(() => socket.bytesWritten).toBeGreaterThan(100);
    socket.destroy();
    await over;
    expect((await asked(port, '/call/com.example.nothing'))[0]).toBe(404);
    expect(router.stats().calls).toBe(0);
  });

  test('requests in one piece are answered in their order', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.ok', ([value]) => value).ready;
    const { said, socket } = raw(port, [1, 2, 3].map((i) => `${head(3)}[${i}]`).join(''));
    await expect.poll(() => [...said().matchAll(/\r\n\r\n(\d)/g)].map(([, value]) => value)).toEqual(['1', '2', '3']);
    socket.destroy();
  });

  test('more requests in one piece than may wait end the connection', async () => {
    const { port, router } = await bridging();
    await raw(port, `${head(3)}[1]`.repeat(100)).over;
    expect(router.stats().refusedConnections).toBeGreaterThan(0);
  });

  test('long headers are answered 431', async () => {
    const { port } = await bridging();
    expect((await ask(port, '/call/a', { headers: { authorization: `Bearer ${'x'.repeat(20_000)}` } })).status).toBe(431);
  });

  test('OPTIONS without an origin says which methods there are', async () => {
    const { port } = await bridging();
    const { status, headers } = await ask(port, '/call/a', { method: 'OPTIONS' });
    expect([status, headers.allow]).toEqual([204, 'POST, OPTIONS']);
  });

  test('other paths are not for the bridge', async () => {
    const { port } = await bridging({ http: { path: '/api' } });
    for (const path of ['/call/a', '/api/call', '/api', '/apicall/a', '/api/calls/a', '/api/Call/a', '//api/call/a'])
      expect((await ask(port, path)).status).toBe(404);
    expect((await ask(port, '/api/call/a')).status).toBe(404);
    expect(JSON.parse((await ask(port, '/api/call/a')).body)).toMatchObject({ uri: 'wamp.error.no_such_procedure' });
  });

  test('a login that fails often is refused', async () => {
    const config = {
      realms: {
        realm1: {
          authroles: { user: { permissions: [] }, service: { permissions: [] } },
          users: { joe: { authrole: 'user', ticket: 'secret' } },
        },
      },
    };
    const { port } = await bridging({ config });
    const authorization = `Basic ${Buffer.from('joe:wrong').toString('base64')}`;
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(port, '/call/a', { headers: { authorization } })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });
});
