/* A WebSocket with what browsers cannot set, as the server sees it. */
import { Agent, type ClientRequestArgs, createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { Connection, type Connector } from 'autostrada';
import { listen, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { authority } from '../fixtures/certificates.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { listening } from './listening.ts';

async function join(url: Connector): Promise<Connection> {
  const connection = new Connection({ url, realm: 'realm1', retry: false });
  connection.on('error', () => {});
  onTestFinished(() => connection.close());
  await connection.open();
  return connection;
}

/** A server of the user's, which sees the requests. */
async function watched(): Promise<{ url: string; requests: IncomingHttpHeaders[] }> {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer();
  server.on('upgrade', ({ headers }) => requests.push(headers));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const router = new Router({ realms: { realm1: 'open' } });
  const { url } = await listen(router, { server });
  onTestFinished(async () => {
    await router.close();
    server.close();
  });
  return { url, requests };
}

test('[C80] webSocket() sends headers', async () => {
  const { url, requests } = await watched();
  const connector = webSocket(new URL(url), {
    headers: { authorization: 'Bearer secret', cookie: 'a=b', origin: new URL(url).origin.replace(/^ws/, 'http') },
  });
  expect(connector.name).toBe(url);
  await join(connector);
  expect(requests).toMatchObject([{ authorization: 'Bearer secret', cookie: 'a=b', 'sec-websocket-protocol': 'wamp.2.json' }]);
  expect(requests[0]).not.toHaveProperty('sec-websocket-extensions');
});

test('[C80] webSocket() is refused like any WebSocket, with the same text', async () => {
  const { url } = await watched();
  const connection = new Connection({ url: webSocket(url, { headers: { origin: 'https://evil.example' } }), realm: 'realm1' });
  expect(await failure(connection.open())).toMatchObject({
    uri: 'autostrada.error.no_websocket',
    message: expect.stringContaining('origin https://evil.example may not connect here'),
  });
  expect(await failure(new Connection({ url: webSocket('rs://host:1'), realm: 'realm1' }).open())).toMatchObject({
    uri: 'autostrada.error.invalid_url',
  });
});

test('[C80] webSocket() offers compression when it is told to', async () => {
  const { url, requests } = await watched();
  await join(webSocket(url, { compression: true }));
  expect(requests[0]).toMatchObject({ 'sec-websocket-extensions': expect.stringContaining('permessage-deflate') });
});

test('[C80] the router compresses for clients that accept the offer', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { threshold: 0 } });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const received = new Promise<[string, string]>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        resolve([socket.extensions, String(data)]);
        socket.send('[3,{},"a.refusal"]');
      });
    });
  });
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const error = await failure(new Connection({ url: webSocket(url, { compression: true }), realm: 'realm1' }).open());
  expect(error).toMatchObject({ uri: 'a.refusal' });
  expect(await received).toEqual(['permessage-deflate', expect.stringMatching(/^\[1,"realm1"/)]);
});

test('[C80] webSocket() accepts no longer message than its limit', async () => {
  const { listener } = await listening();
  const [callee, caller] = [await join(webSocket(listener.url)), await join(webSocket(listener.url, { maxMessageBytes: 2000 }))];
  await callee.register('a.b', ([length]: [number]) => 'x'.repeat(length)).ready;
  expect(await caller.call('a.b', [1000])).toHaveLength(1000);
  expect(await failure(caller.call('a.b', [2000]))).toMatchObject({ name: 'ConnectionLostError' });
});

/** What a company has at its border: a proxy that takes CONNECT and nothing else. */
async function proxy(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((_, response) => response.writeHead(405).end());
  const sockets = new Set<Socket>();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    sockets.add(upstream);
    for (const end of [socket, upstream]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

/** As the agents for proxies that one can install. */
class ProxyAgent extends Agent {
  private readonly port: number;
  private readonly tls: object | undefined;

  constructor(port: number, tls?: object) {
    super();
    this.port = port;
    this.tls = tls;
  }

  override createConnection(options: ClientRequestArgs, done?: (error: Error | null, socket: Duplex) => void): undefined {
    const socket = connect(this.port, '127.0.0.1');
    socket.write(`CONNECT ${options.host}:${options.port} HTTP/1.1\r\nHost: ${options.host}\r\n\r\n`);
    socket.once('data', () => {
      done?.(null, this.tls ? connectTls({ socket, ...this.tls }) : socket);
    });
  }
}

test('[C80] webSocket() goes through a proxy with an agent', async () => {
  const { listener } = await listening();
  const { port, asked } = await proxy();
  await join(webSocket(listener.url, { agent: new ProxyAgent(port) }));
  expect(asked).toEqual([`127.0.0.1:${listener.port}`]);
});

test('[C80] webSocket() goes through a proxy with TLS inside', async () => {
  const { cert: ca, issue } = authority();
  const { listener } = await listening({ tls: issue('router') });
  const { port, asked } = await proxy();
  const agent = Object.assign(new ProxyAgent(port, { ca, host: 'localhost' }), { protocol: 'https:' });
  await join(webSocket(listener.url, { agent }));
  expect(asked).toEqual([`127.0.0.1:${listener.port}`]);
});
