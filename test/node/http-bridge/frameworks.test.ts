/* The bridge within Express, Fastify and Hono, beside routes of their own. */
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Connection } from 'autostrada';
import { defineContract } from 'autostrada/contract';
import { type HttpBridge, httpBridge } from 'autostrada/node';
import { Router } from 'autostrada/router';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, asked, Stream } from './bridge.ts';

/** An application with a page and a route that takes JSON. */
type Framework = (router: Router) => Promise<{ readonly bridge: HttpBridge; readonly server: Server }>;

const openapi = { contract: defineContract({ procedures: { 'com.example.add': {} } }) };

const frameworks: readonly (readonly [string, Framework])[] = [
  [
    'Express',
    async (router) => {
      const bridge = httpBridge(router, { openapi });
      const app = express();
      app.use('/api', bridge);
      app.use(express.json());
      app.get('/page', (_, response) => void response.send('a page'));
      app.post('/echo', (request, response) => void response.json(request.body));
      return { bridge, server: createServer(app) };
    },
  ],
  [
    'Fastify',
    async (router) => {
      const bridge = httpBridge(router, { path: '/api', openapi });
      const app = Fastify({ forceCloseConnections: true });
      app.addHook('onRequest', (request, reply, next) => bridge(request.raw, reply.raw, next));
      app.get('/page', async () => 'a page');
      app.post('/echo', async ({ body }) => body);
      await app.ready();
      return { bridge, server: app.server };
    },
  ],
  [
    'Hono',
    async (router) => {
      const bridge = httpBridge(router, { path: '/api', openapi });
      const app = new Hono<{ Bindings: import('@hono/node-server').HttpBindings }>();
      app.all('/api/*', ({ env }) => {
        bridge(env.incoming, env.outgoing);
        return RESPONSE_ALREADY_SENT;
      });
      app.get('/page', (context) => context.text('a page'));
      app.post('/echo', async (context) => context.json(await context.req.json()));
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
      if (!('closeAllConnections' in server)) throw new TypeError('expected a server of HTTP/1.1');
      return { bridge, server };
    },
  ],
];

async function serving(framework: Framework) {
  const router = new Router({ realms: { realm1: 'open' } });
  const service = new Connection({ url: router, realm: 'realm1' });
  await service.register('com.example.add', ([a, b]) => Number(a) + Number(b)).ready;
  const { bridge, server } = await framework(router);
  if (!server.listening) server.listen(0, '127.0.0.1');
  if (server.address() === null) await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(async () => {
    await bridge.close();
    server.closeAllConnections();
    server.close();
    await service.close();
    await router.close();
    expect(router.sessions).toEqual([]);
  });
  const { port } = server.address() as AddressInfo;
  return { router, service, bridge, port };
}

describe.each(frameworks)('[K6] httpBridge within %s', (_, framework) => {
  test('answers its requests, and the application its own', async () => {
    const { port } = await serving(framework);
    expect(await asked(port, '/api/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
    expect(await asked(port, '/api/publish/com.example.news', { body: '[2,3]' })).toEqual([
      202,
      { publication: expect.any(Number) },
    ]);
    expect((await ask(port, '/page', { method: 'GET' })).body).toBe('a page');
    expect(await asked(port, '/echo', { body: '{"a":1}' })).toEqual([200, { a: 1 }]);
    expect((await ask(port, '/api/other', { method: 'GET' })).status).toBe(404);
    expect((await ask(port, '/call/com.example.add', { body: '[2,3]' })).status).toBe(404);
  });

  test('takes long bodies, and refuses those that are too long', async () => {
    const { port, service } = await serving(framework);
    await service.register('com.example.length', ([text]) => String(text).length).ready;
    const text = 'x'.repeat(500_000);
    expect(await asked(port, '/api/call/com.example.length', { body: JSON.stringify([text]) })).toEqual([200, text.length]);
    expect((await ask(port, '/api/call/com.example.length', { body: `["${'x'.repeat(2 ** 21)}"]` })).status).toBe(413);
    expect(await asked(port, '/api/call/com.example.add', { body: '[2,3]' })).toEqual([200, 5]);
  });

  test('streams events until it is closed', async () => {
    const { port, service, bridge } = await serving(framework);
    const stream = await Stream.of(port, '/api/events/com.example.news', { method: 'GET' });
    for (const headline of ['one', 'two']) {
      service.publish('com.example.news', [headline]);
      expect((await stream.event()).slice(0, 2)).toEqual(['com.example.news', headline]);
    }
    await bridge.close();
    expect([await stream.next(), await stream.next()]).toEqual([': the router does not listen any more', undefined]);
  });

  test('streams progressive results', async () => {
    const { port, service } = await serving(framework);
    await service.register('com.example.count', (_, __, { sendProgress }) => {
      sendProgress(1);
      return 'done';
    }).ready;
    const headers = { accept: 'application/x-ndjson' };
    const { body } = await ask(port, '/api/call/com.example.count', { headers });
    expect(body).toBe('{"progress":1}\n{"result":"done"}\n');
  });

  test('cancels the call of a client that hangs up', async () => {
    const { port, service, router } = await serving(framework);
    let isCanceled = false;
    await service.register('com.example.wait', (_, __, { signal }) => {
      return new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          isCanceled = true;
          resolve(0);
        }),
      );
    }).ready;
    const request = httpRequest({ host: '127.0.0.1', port, path: '/api/call/com.example.wait', method: 'POST', agent: false });
    request.on('error', () => {});
    request.end();
    await expect.poll(() => router.stats().calls).toBe(1);
    request.destroy();
    await expect.poll(() => isCanceled).toBe(true);
  });

  test('says in its OpenAPI document where it is', async () => {
    const { port } = await serving(framework);
    const [status, document] = await asked(port, '/api/openapi.json', { method: 'GET' });
    expect([status, Object(document).servers]).toEqual([200, [{ url: '/api' }]]);
  });

  test('refuses pages of other origins', async () => {
    const { port } = await serving(framework);
    const headers = { origin: 'https://evil.example' };
    expect((await ask(port, '/api/call/com.example.add', { body: '[2,3]', headers })).status).toBe(403);
  });
});
