import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Connection } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ABORT, Code, GOODBYE, PUBLISH, SUBSCRIBE } from '../fixtures/messages.ts';
import { get, isTaken, listening, rawClient, rawSession } from './listening.ts';

describe('listen', () => {
  test('uses a free port for 0, and returns the port and the URL', async () => {
    const { listener } = await listening();
    expect(listener.port).toBeGreaterThan(0);
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/ws`);
    await rawSession(listener.url);
  });

  test('rejects with EADDRINUSE for a taken port', async () => {
    const { router, listener } = await listening();
    await expect(listen(router, { port: listener.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('accepts a path, with or without a query, and tells other requests where it is', async () => {
    const { listener } = await listening({ path: '/deep/er' });
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/deep/er`);
    await rawSession(listener.url);
    await rawSession(`${listener.url}?token=1`);
    for (const path of ['/ws', '/', '/deep', '/deep/er/']) {
      const url = `ws://127.0.0.1:${listener.port}${path}`;
      await expect(rawClient(url)).rejects.toThrow('HTTP 404: the WebSocket is at /deep/er');
    }
  });

  test('refuses a path that does not begin with a slash', async () => {
    await expect(listen(new Router({ realms: {} }), { path: 'ws' })).rejects.toThrow(
      `expected path of listen to be a path that begins with '/', got "ws"`,
    );
  });

  test('gives a URL that a client on this machine can use, whatever the host', async () => {
    const { listener } = await listening({ host: '0.0.0.0' });
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/ws`);
    await rawSession(listener.url);
  });

  test('tells the router where a session comes from', async () => {
    const { router, listener } = await listening();
    await rawSession(listener.url);
    expect(router.sessions).toMatchObject([
      { transport: { kind: 'websocket', peer: expect.stringMatching(/^127\.0\.0\.1:\d+$/), isSecure: false } },
    ]);
  });

  test('gives one router several ports', async () => {
    const { router, listener } = await listening();
    const second = await listen(router, { port: 0, path: '/other' });
    onTestFinished(() => second.close());
    const [one, two] = [await rawSession(listener.url), await rawSession(second.url)];
    one.send(SUBSCRIBE(1, {}, 'com.example.topic'));
    await one.next();
    two.send(PUBLISH(1, {}, 'com.example.topic', ['hello']));
    expect((await one.next())[4]).toEqual(['hello']);
  });
});

describe('plain HTTP', () => {
  test('to the path of the WebSocket is answered by 426', async () => {
    const { listener } = await listening();
    expect(await get(listener.port, '/ws?x=1')).toMatchObject({
      status: 426,
      headers: { upgrade: 'websocket' },
      body: 'This is a WAMP router: connect by WebSocket.\n',
    });
  });

  test('to another path is answered by 404, and told where the router is', async () => {
    const { listener } = await listening({ path: '/wamp' });
    expect(await get(listener.port, '/')).toMatchObject({ status: 404, body: 'Not found. The WAMP router is at /wamp.\n' });
  });
});

describe('subprotocols', () => {
  test.each([
    [['wamp.2.json', 'wamp.2.msgpack'], 'wamp.2.json'],
    [['wamp.2.msgpack', 'wamp.2.json'], 'wamp.2.msgpack'],
    [['wamp.2.cbor', 'wamp.2.msgpack', 'wamp.2.json'], 'wamp.2.cbor'],
    [['wamp.2.ubjson', 'chat', 'wamp.2.msgpack', 'wamp.2.json'], 'wamp.2.msgpack'],
  ])('[R80] %j are offered, and the first one that exists is chosen: %s', async (offered, chosen) => {
    const { listener } = await listening();
    expect((await rawClient(listener.url, offered)).socket.protocol).toBe(chosen);
  });

  test('[R80] without a common one are refused by 400 with both lists', async () => {
    const { listener } = await listening();
    await expect(rawClient(listener.url, ['wamp.2.ubjson', 'chat'])).rejects.toThrow(
      'HTTP 400: no common subprotocol: offered wamp.2.ubjson, chat, supported wamp.2.json, wamp.2.msgpack, wamp.2.cbor',
    );
    await expect(rawClient(listener.url, [])).rejects.toThrow('offered none, supported');
  });

  test('[R80] are those of the serializers that the listener was given', async () => {
    const { listener } = await listening({ serializers: [msgpack()] });
    await expect(rawClient(listener.url, ['wamp.2.json'])).rejects.toThrow('offered wamp.2.json, supported wamp.2.msgpack');
    await rawClient(listener.url, ['wamp.2.msgpack']);
  });
});

describe('a WebSocket connection', () => {
  test('[R80] is aborted after a binary frame for JSON', async () => {
    const { listener } = await listening();
    const client = await rawSession(listener.url);
    client.socket.send(Buffer.from('[]'));
    expect(await client.next()).toEqual(
      ABORT({ message: 'expected a text frame for json, got a binary one' }, 'wamp.error.protocol_violation'),
    );
    expect(await client.end()).toEqual({ code: 1002, reason: 'wamp.error.protocol_violation' });
  });

  test('[R84] that sends more than maxMessageBytes is closed, and others continue', async () => {
    const { router, listener } = await listening({}, { maxMessageBytes: 1000 });
    const [greedy, other] = [await rawSession(listener.url), await rawSession(listener.url)];
    greedy.send(PUBLISH(1, {}, 'com.example.topic', ['x'.repeat(900)]));
    greedy.send(PUBLISH(2, {}, 'com.example.topic', ['x'.repeat(1000)]));
    expect((await greedy.end()).code).toBe(1009);
    await expect.poll(() => router.sessions.length).toBe(1);
    other.send(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await other.next())[0]).toBe(Code.SUBSCRIBED);
  });

  test('[R84] may send a megabyte by default, and no more', async () => {
    const { listener } = await listening();
    const [a, b] = [await rawSession(listener.url), await rawSession(listener.url)];
    a.send(PUBLISH(1, { acknowledge: true }, 'com.example.topic', ['x'.repeat(2 ** 20 - 100)]));
    expect((await a.next())[0]).toBe(Code.PUBLISHED);
    b.send(PUBLISH(1, { acknowledge: true }, 'com.example.topic', ['x'.repeat(2 ** 20)]));
    expect((await b.end()).code).toBe(1009);
  });

  test('[R07] that breaks ends its session', async () => {
    const { router, listener } = await listening();
    const client = await rawSession(listener.url);
    client.socket.terminate();
    await expect.poll(() => router.sessions).toEqual([]);
  });

  test('[R01] that sends nothing is aborted', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 30 });
    const client = await rawClient(listener.url);
    expect((await client.next())[1]).toEqual({ message: 'expected HELLO in 30 ms, got nothing' });
    expect((await client.end()).code).toBe(1000);
  });
});

describe('close()', () => {
  test('frees the port and does not end the sessions', async () => {
    const { router, listener } = await listening();
    const client = await rawSession(listener.url);
    await listener.close();
    expect(await isTaken(listener.port)).toBe(false);
    client.send(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
    expect(router.sessions).toHaveLength(1);
    const again = await listen(router, { port: listener.port });
    await rawSession(again.url);
    await again.close();
  });

  test('closes connections that never sent anything', async () => {
    const { listener } = await listening();
    const spare = connect(listener.port, '127.0.0.1');
    const ended = new Promise((resolve) => spare.once('close', resolve));
    spare.on('error', () => {}).resume();
    await new Promise((resolve) => spare.once('connect', resolve));
    await get(listener.port, '/'); // connections are accepted in order, so the spare one is
    await listener.close();
    await ended;
    expect(spare.destroyed).toBe(true);
  });

  test('may be called twice, and `await using` calls it', async () => {
    const { router, listener } = await listening();
    await listener.close();
    expect(await isTaken(listener.port)).toBe(false);
    await listener.close();
    await listener[Symbol.asyncDispose]();
    expect(router.isClosed).toBe(false);
    const { listener: disposed } = await listening();
    await disposed[Symbol.asyncDispose]();
    expect(await isTaken(disposed.port)).toBe(false);
  });

  test('[R08] on the router says GOODBYE to sessions that came through the listener', async () => {
    const { router, listener } = await listening();
    const client = await rawSession(listener.url);
    await router.close();
    expect(await client.next()).toEqual(GOODBYE({}, 'wamp.close.system_shutdown'));
    expect((await client.end()).code).toBe(1000);
    expect(await isTaken(listener.port)).toBe(true);
  });
});

describe('a listener on a server of the user', () => {
  async function userServer(): Promise<ReturnType<typeof createServer>> {
    const server = createServer((_, response) => response.end('the page of the user'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return server;
  }

  test('adds the WebSocket, and the other routes continue', async () => {
    const server = await userServer();
    const { listener } = await listening({ server, path: '/wamp' });
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/wamp`);
    await rawSession(listener.url);
    expect(await get(listener.port, '/anything')).toMatchObject({ status: 200, body: 'the page of the user' });
    const connection = new Connection({ url: listener.url, realm: 'realm1' });
    await connection.open();
    await connection.close();
  });

  test('refuses upgrades to other paths if nobody else handles them', async () => {
    const { listener } = await listening({ server: await userServer() });
    const url = `ws://127.0.0.1:${listener.port}/elsewhere`;
    await expect(rawClient(url)).rejects.toThrow('HTTP 404: the WebSocket is at /ws');
  });

  test('leaves upgrades to other paths to other listeners', async () => {
    const server = await userServer();
    server.on('upgrade', (request, socket) => {
      if (request.url === '/mine') socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmine');
    });
    const { listener } = await listening({ server });
    await expect(rawClient(`ws://127.0.0.1:${listener.port}/mine`)).rejects.toThrow('HTTP 418: mine');
    await rawSession(listener.url);
  });

  test('can be one of two, each with its own router and path', async () => {
    const server = await userServer();
    const [one, two] = [await listening({ server, path: '/one' }), await listening({ server, path: '/two' })];
    await rawSession(one.listener.url);
    await rawSession(two.listener.url);
    expect([one.router.sessions.length, two.router.sessions.length]).toEqual([1, 1]);
  });

  test('can be closed without the server and its sessions', async () => {
    const server = await userServer();
    const { listener } = await listening({ server });
    const client = await rawSession(listener.url);
    await listener.close();
    expect(server.listening).toBe(true);
    expect(server.listenerCount('upgrade')).toBe(0);
    expect((await get(listener.port, '/')).status).toBe(200);
    client.send(SUBSCRIBE(1, {}, 'com.example.topic'));
    expect((await client.next())[0]).toBe(Code.SUBSCRIBED);
    await expect(rawClient(listener.url)).rejects.toThrow();
  });
});
