/* The bridge on servers of other makers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Connection } from 'autostrada';
import { type HttpBridgeOptions, httpBridge, listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, asked, Stream } from './bridge.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(
  make: (router: Router) => Handler | Promise<Handler>,
  options?: { readonly onServer?: (server: Server, router: Router) => unknown },
) {
  const router = new Router({ realms: { realm1: 'open' } });
  const service = new Connection({ url: router, realm: 'realm1' });
  await service.register('com.example.add', ([a, b]) => Number(a) + Number(b)).ready;
  const server = createServer(await make(router));
  await options?.onServer?.(server, router);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await service.close();
    await router.close();
    expect(router.sessions).toEqual([]);
  });
  return { router, service, port: (server.address() as AddressInfo).port };
}

describe('[K6] httpBridge', () => {
  test('is a handler of createServer, which answers 404 to all else', async () => {
    const { port } = await serving((router) => httpBridge(router));
    expect(await asked(port, '/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
    expect((await ask(port, '/other')).status).toBe(404);
  });

  test('is middleware: it passes on other requests', async () => {
    const { port } = await serving((router) => {
      const bridge = httpBridge(router);
      return (request, response) => {
        const { url = '/' } = request;
        // As Express and Connect do it for `app.use('/api', bridge)`.
        if (!url.startsWith('/api/')) return void response.end('a page');
        request.url = url.slice('/api'.length);
        bridge(request, response, () => response.writeHead(418).end());
      };
    });
    expect(await asked(port, '/api/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
    expect((await ask(port, '/api/other')).status).toBe(418);
    expect((await ask(port, '/index.html')).body).toBe('a page');
  });

  test('says what is wrong when somebody has read the body before', async () => {
    const { port } = await serving((router) => {
      const bridge = httpBridge(router);
      return async (request, response) => {
        for await (const _ of request);
        bridge(request, response);
      };
    });
    const [status, body] = await asked(port, '/call/com.example.add', { body: '[2,3]' });
    expect([status, Object(body).detail]).toEqual([500, expect.stringContaining('put the bridge before express.json()')]);
  });

  test('ends its streams when it is closed, and refuses what comes later', async () => {
    let close = (): Promise<void> => Promise.resolve();
    const { port } = await serving((router) => {
      const bridge = httpBridge(router);
      close = bridge.close;
      return bridge;
    });
    const stream = await Stream.of(port, '/events/com.example.news', { method: 'GET' });
    await close();
    expect([await stream.next(), await stream.next()]).toEqual([': the router does not listen any more', undefined]);
    expect((await ask(port, '/call/com.example.add', { body: '[2,3]' })).status).toBe(503);
  });

  test.each<[unknown, string]>([
    [{ paths: '/x' }, "got 'paths'; did you mean 'path'?"],
    [{ origins: 5 }, 'expected origins of httpBridge'],
    [{ realm: 'other' }, 'expected realm of http to be one of realm1, got "other"'],
    [5, 'expected options of httpBridge to be an object'],
  ])('with %j is refused', async (options, text) => {
    const router = new Router({ realms: { realm1: 'open' } });
    expect(() => httpBridge(router, options as HttpBridgeOptions)).toThrow(text);
    await router.close();
  });
});

describe('[K6] listen with a server and http', () => {
  test('takes the requests of the bridge, and leaves all others to the server', async () => {
    const { port } = await serving(() => (_, response) => void response.end('a page'), {
      onServer: (server, router) => listen(router, { server, http: true, protocols: ['websocket'] }),
    });
    expect(await asked(port, '/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
    expect((await ask(port, '/index.html', { method: 'GET' })).body).toBe('a page');
  });
});
