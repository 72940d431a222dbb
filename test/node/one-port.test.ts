/* One port for HTTP, WebSocket and RawSocket; and unix sockets in its place. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Connection } from 'autostrada';
import { listen, rawSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { authority } from '../fixtures/certificates.ts';
import { Code, PUBLISH, SUBSCRIBE } from '../fixtures/messages.ts';
import { get, listening, rawClient, rawSession } from './listening.ts';
import { rawPeer, rawSocketSession } from './raw-peer.ts';

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'autostrada-port-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('one port', () => {
  test('[R81] [R80] serves files, WebSocket and RawSocket', async () => {
    const web = folder();
    writeFileSync(path.join(web, 'index.html'), 'a page');
    const { router, listener } = await listening({ web });
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/ws`);
    expect(listener.rawSocketUrl).toBe(`rs://127.0.0.1:${listener.port}`);
    const [webSocket, raw] = [await rawSession(listener.url), await rawSocketSession(listener.port)];
    expect(await get(listener.port, '/')).toMatchObject({ status: 200, body: 'a page' });
    expect(router.sessions.map(({ transport }) => transport.kind).sort()).toEqual(['rawsocket', 'websocket']);
    raw.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await raw.next())[0]).toBe(Code.SUBSCRIBED);
    webSocket.send(PUBLISH(1, {}, 'com.example.topic', ['hello']));
    expect((await raw.next())[4]).toEqual(['hello']);
  });

  test('[R81] accepts an HTTP request that comes octet by octet', async () => {
    const { listener } = await listening();
    const peer = await rawPeer(listener.port);
    await peer.trickle(Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').toString('hex'));
    expect(Buffer.from(await peer.end(), 'hex').toString()).toMatch(/^HTTP\/1.1 404 Not Found/);
  });

  test('[R81] speaks only the protocols that it should', async () => {
    const raw = await listening({ protocols: ['rawsocket'] });
    expect(raw.listener.url).toBe(`rs://127.0.0.1:${raw.listener.port}`);
    await rawSocketSession(raw.listener.port);
    await expect(rawClient(`ws://127.0.0.1:${raw.listener.port}/ws`)).rejects.toThrow('HTTP 404: there is no WebSocket here');
    expect(await get(raw.listener.port, '/ws')).toMatchObject({
      status: 404,
      body: 'Not found. The WAMP router takes no WebSocket.\n',
    });

    const web = await listening({ protocols: ['websocket'] });
    expect(web.listener.rawSocketUrl).toBeUndefined();
    const peer = await rawPeer(web.listener.port);
    peer.send('7ff10000');
    expect(Buffer.from(await peer.end(), 'hex').toString()).toMatch(/^HTTP\/1.1 400/);
    await rawSession(web.listener.url);
  });

  test('[R01] closes a connection that sends nothing, and no other', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 50 });
    const [silent, busy] = [await rawPeer(listener.port), await rawSocketSession(listener.port)];
    expect(await silent.end()).toBe('');
    busy.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await busy.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('closes no connection before a deadline that is as late as timers can be', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 2 ** 31 - 1 });
    const peer = await rawPeer(listener.port);
    await get(listener.port, '/');
    await peer.trickle('7ff10000');
    expect(await peer.octets(4)).toBe('7fb10000');
  });

  test('ends connections without a session when it is closed, but no session', async () => {
    const { listener } = await listening();
    const [silent, half, session] = [
      await rawPeer(listener.port),
      await rawPeer(listener.port),
      await rawSocketSession(listener.port),
    ];
    half.send('7ff1');
    await get(listener.port, '/'); // connections are accepted in order
    await listener.close();
    expect([await silent.end(), await half.end()]).toEqual(['', '']);
    session.sendLists(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await session.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('cannot be shared with a server of the user', async () => {
    const server = createServer((_, response) => response.end('a page'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { listener } = await listening({ server });
    expect(listener.rawSocketUrl).toBeUndefined();
    const peer = await rawPeer(listener.port);
    peer.send('7ff10000');
    expect(Buffer.from(await peer.end(), 'hex').toString()).toMatch(/^HTTP\/1.1 400/);
  });

  test.each([
    [{ server: createServer(), tls: authority().issue('router') }, 'expected server without tls: it has its own'],
    [{ server: createServer(), socketPath: '/tmp/x' }, 'expected server without socketPath: it has its own'],
    [{ server: createServer(), protocols: ['rawsocket' as const] }, 'expected rawsocket without server: it needs its own port'],
    [
      { protocols: ['websockets' as 'websocket'] },
      'expected protocols of listen to be a list of websocket, rawsocket, longpoll, got ["websockets"]',
    ],
  ])('refuses options that exclude each other: %j', async (options, message) => {
    await expect(listen(new Router({ realms: {} }), options)).rejects.toThrow(message);
  });
});

describe.skipIf(process.platform === 'win32')('a unix socket', () => {
  const fresh = (): string => path.join(folder(), 'router.sock');

  test('[R81] [C82] carries RawSocket, WebSocket and HTTP, and is removed on close', async () => {
    const socketPath = fresh();
    const { router, listener } = await listening({ socketPath });
    expect(listener).toMatchObject({ url: `unix:${socketPath}`, rawSocketUrl: `unix:${socketPath}`, port: 0 });
    const connection = new Connection({ url: rawSocket(listener.url), realm: 'realm1' });
    const session = await connection.open();
    expect(router.sessions).toMatchObject([{ id: session.id, transport: { kind: 'rawsocket', peer: undefined, isSecure: false } }]);
    await rawSession(`ws+unix:${socketPath}:/ws`);
    const status = await new Promise((resolve) => request({ socketPath, path: '/' }, (r) => resolve(r.statusCode)).end());
    expect(status).toBe(404);
    await connection.close();
    await listener.close();
    expect(existsSync(socketPath)).toBe(false);
  });

  test('[H1] refuses a path that is too long for the system', async () => {
    const socketPath = path.join(folder(), 'x'.repeat(120));
    await expect(listening({ socketPath })).rejects.toThrow(/^expected socketPath to be of at most 10[37] bytes, got \d+: /);
  });

  test('[R81] replaces the socket of a process that has ended', async () => {
    const socketPath = fresh();
    const code = `require('net').createServer().listen(${JSON.stringify(socketPath)}, () => process.kill(process.pid, 'SIGKILL'))`;
    await new Promise((resolve) => spawn(process.execPath, ['-e', code]).once('exit', resolve));
    expect(statSync(socketPath).isSocket()).toBe(true);
    await listening({ socketPath });
    const peer = await rawPeer(socketPath);
    peer.send('7ff10000');
    expect(await peer.octets(4)).toBe('7fb10000');
  });

  test('[R81] does not replace a socket in use, or a file that is not a socket', async () => {
    const socketPath = fresh();
    const { router } = await listening({ socketPath });
    await expect(listen(router, { socketPath })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await (await rawPeer(socketPath)).trickle('7ff1');
    const file = fresh();
    writeFileSync(file, 'precious');
    await expect(listen(router, { socketPath: file })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(statSync(file).size).toBe(8);
  });

  test('[R81] [C82] may speak TLS', async () => {
    const { cert: ca, issue } = authority();
    const { listener, router } = await listening({ socketPath: fresh(), tls: issue('router') });
    const connection = new Connection({ url: rawSocket(listener.url, { tls: { ca } }), realm: 'realm1' });
    await connection.open();
    expect(router.sessions[0]?.transport.isSecure).toBe(true);
    await connection.close();
  });
});
