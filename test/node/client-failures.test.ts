/* What a client on Node is told when it cannot get in: at once where waiting mends nothing, and in words that say which. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Connection, type ConnectionOptions, json, type Status, type WampError } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isTaken, listening } from './listening.ts';

function connectionTo(url: string, options: Partial<ConnectionOptions> = {}): Connection {
  const connection = new Connection({ url, realm: 'realm1', ...options });
  connection.on('status', () => {}); // nothing on the console
  onTestFinished(() => connection.close());
  return connection;
}

async function failure(url: string, options: Partial<ConnectionOptions> = {}): Promise<WampError> {
  const connection = connectionTo(url, options);
  const error: unknown = await connection.open().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(connection.status).toEqual({ state: 'closed', error });
  return error as WampError;
}

/** An HTTP server that knows nothing of WebSocket. */
async function httpServer(status: number, body: string): Promise<string> {
  return urlOf(createServer((_, response) => response.writeHead(status).end(body)));
}

async function urlOf(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
}

/** Where nobody listens any more. */
async function nowhere(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await isTaken(port)).toBe(false);
  return `ws://127.0.0.1:${port}/ws`;
}

describe('open rejects at once, with the default retry,', () => {
  test('for a realm that does not exist', async () => {
    const { listener } = await listening();
    const error = await failure(listener.url, { realm: 'nowhere' });
    expect(error).toMatchObject({ name: 'JoinError', uri: 'wamp.error.no_such_realm', reason: 'wamp.error.no_such_realm' });
    expect(error.message).toBe("the router refused realm 'nowhere': wamp.error.no_such_realm (no realm 'nowhere' here)");
  });

  test('for a router without a common subprotocol', async () => {
    const { listener } = await listening({ serializers: [json()] });
    const error = await failure(listener.url, { serializers: [msgpack()] });
    expect(error).toMatchObject({ name: 'TransportError', uri: 'autostrada.error.no_subprotocol' });
    expect(error.message).toContain('offered wamp.2.msgpack, supported wamp.2.json');
  });

  test.each([
    [200, 'welcome to my shop', 'answered HTTP 200 OK (welcome to my shop)'],
    [404, '<html>no such page</html>', 'answered HTTP 404 Not Found'],
    [401, '', 'answered HTTP 401 Unauthorized'],
  ])('for an HTTP server without a WebSocket that answers %i', async (status, body, said) => {
    const url = await httpServer(status, body);
    const error = await failure(url);
    expect(error).toMatchObject({ name: 'TransportError', uri: 'autostrada.error.no_websocket' });
    expect(error.message).toBe(`no WebSocket there: ${url} ${said}`);
  });

  test('for the wrong path, with the router’s hint', async () => {
    const { listener } = await listening({ path: '/wamp' });
    const error = await failure(listener.url.replace('/wamp', '/ws'));
    expect(error.uri).toBe('autostrada.error.no_websocket');
    expect(error.message).toMatch(/answered HTTP 404 Not Found \(the WebSocket is at \/wamp\)$/);
  });

  test('for an invalid URL', async () => {
    expect(await failure('localhost:8080')).toMatchObject({ name: 'TransportError', uri: 'autostrada.error.invalid_url' });
  });
});

describe('open rejects with retry: false, and would otherwise try again,', () => {
  const cases: {
    readonly [name: string]: { url(): Promise<string>; uri: string; said: RegExp; options?: Partial<ConnectionOptions> };
  } = {
    'where nobody listens': { url: nowhere, uri: 'wamp.error.network_failure', said: /^cannot connect to ws:.*ECONNREFUSED/ },
    'at a gateway that answers 503': {
      url: () => httpServer(503, 'the router is starting'),
      uri: 'wamp.error.network_failure',
      said: /answered HTTP 503 Service Unavailable \(the router is starting\)$/,
    },
    'at a port that never answers': {
      url: () => urlOf(createTcpServer(() => {})),
      uri: 'wamp.error.timeout',
      said: /^no session in 50 ms \(joinTimeoutMs\)$/,
      options: { joinTimeoutMs: 50 },
    },
    'at a server that hangs up': {
      url: () => urlOf(createTcpServer((socket) => socket.destroy())),
      uri: 'wamp.error.network_failure',
      said: /^cannot connect to ws:.*(socket hang up|ECONNRESET)/,
    },
  };

  for (const [name, { url, uri, said, options }] of Object.entries(cases)) {
    test(name, async () => {
      const error = await failure(await url(), { retry: false, ...options });
      expect(error.uri).toBe(uri);
      expect(error.message).toMatch(said);
    });

    test(`${name}, and each attempt is visible`, async () => {
      const connection = connectionTo(await url(), { ...options, environment: { random: () => 0 } });
      const failures: (Status & { state: 'waiting' })[] = [];
      connection.on('status', (status) => {
        if (status.state === 'waiting') failures.push(status);
      });
      connection.open().catch(() => {});
      await expect.poll(() => failures.length).toBeGreaterThan(1);
      for (const { error } of failures) expect([error.uri, error.message]).toEqual([uri, expect.stringMatching(said)]);
      expect(failures.slice(0, 2).map(({ attempt }) => attempt)).toEqual([1, 2]);
    });
  }

  test('after a timeout if nobody listens, with the last failure as its cause', async () => {
    const error: unknown = await connectionTo(await nowhere())
      .open({ timeoutMs: 50 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'TimeoutError',
      uri: 'wamp.error.timeout',
      message: expect.stringMatching(/^no session in 50 ms: cannot connect .*ECONNREFUSED/),
      cause: { name: 'TransportError' },
    });
  });
});
