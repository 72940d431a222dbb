/* A user name and a password in a URL work, or it is said what does; the password is in no text, status or log. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Connection, type ConnectionOptions, type Connector, webSocketConnector } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { listen, rawSocket, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { withoutLogin } from '../../src/base/words.ts';

const shown: unknown[] = [];

beforeEach(() => {
  shown.length = 0;
  for (const method of ['log', 'warn', 'error', 'debug', 'info'] as const)
    vi.spyOn(console, method).mockImplementation((...given: unknown[]) => void shown.push(...given));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What it rejects with; all that it has told on the way is in `shown`. */
async function opening(url: ConnectionOptions['url']): Promise<Error> {
  const connection = new Connection({ url, realm: 'realm1', retry: false, wireLog: true });
  connection.on('status', (status) => shown.push(status));
  connection.on('error', (error) => shown.push(error));
  onTestFinished(() => connection.close());
  return await connection.open().then(
    () => new Error('expected a rejection'),
    (error: Error) => error,
  );
}

describe('[H1] a login in a URL', () => {
  test.each<[kind: string, url: () => ConnectionOptions['url'], text: string]>([
    [
      'of a connection',
      () => 'ws://joe:s3cret@127.0.0.1:1/ws',
      `expected url to be ws://host:port/path or wss://…, got "ws://…@127.0.0.1:1/ws": log in by auth; for a login of HTTP give webSocket(url) of 'autostrada/node' as url`,
    ],
    [
      'of a connection, given as URL',
      () => new URL('ws://joe:s3cret@127.0.0.1:1/ws'),
      'got "ws://…@127.0.0.1:1/ws": log in by auth',
    ],
    ['with odd characters', () => 'ws://joe:s3cret/?#@127.0.0.1:1/ws', 'got "ws://…@127.0.0.1:1/ws": log in by auth'],
    ['of RawSocket, given as text', () => 'rs://joe:s3cret@127.0.0.1:1', "rawSocket('rs://…@127.0.0.1:1')"],
    ['of webSocket()', () => webSocket('ws://joe:s3cret@127.0.0.1:1/ws'), 'cannot connect to ws://…@127.0.0.1:1/ws'],
    [
      'of webSocket(), with odd characters',
      () => webSocket('ws://joe:s3cret/@127.0.0.1:1/ws'),
      'cannot open ws://…@127.0.0.1:1/ws',
    ],
    [
      'of webSocketConnector()',
      () => webSocketConnector('ws://joe:s3cret@127.0.0.1:1/ws'),
      'cannot connect to ws://…@127.0.0.1:1/ws',
    ],
    [
      'of longPoll()',
      () => longPoll('http://joe:s3cret@127.0.0.1:1/lp'),
      'expected no user name and no password in a long-poll URL, got "http://…@127.0.0.1:1/lp": give them as headers: { authorization }',
    ],
  ])('that is wrong (%s) is reported without the password', async (_, url, text) => {
    const error = await opening(url());
    expect(error.message).toContain(text);
    shown.push(error);
    expect(inspect(shown, { depth: 20, showHidden: true })).not.toContain('s3cret');
  });

  test('in rawSocket() is refused at once, without the password', () => {
    expect(() => rawSocket('rs://joe:s3cret@127.0.0.1:1')).toThrow('got "rs://…@127.0.0.1:1"');
  });

  test('in invalid options is not shown', () => {
    const url = ['ws://joe:s3cret@127.0.0.1:1/ws', 5] as unknown as string;
    expect(() => new Connection({ url, realm: 'realm1' })).toThrow(/got \["ws:\/\/…@127\.0\.0\.1:1\/ws",5\]$/);
  });

  test('in webSocket() is sent as the basic authorization of HTTP', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer();
    server.on('upgrade', ({ headers }) => seen.push(headers));
    const router = new Router({ realms: { realm1: 'open' } }, { log: () => {} });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const listener = await listen(router, { server });
    const { port } = server.address() as AddressInfo;
    const connector: Connector = webSocket(`ws://joe:s3cret@127.0.0.1:${port}/ws`);
    const connection = new Connection({ url: connector, realm: 'realm1' });
    connection.on('status', (status) => shown.push(status.state === 'joined' ? status.url : status));
    onTestFinished(async () => {
      await connection.close();
      await listener.close();
      await router.close();
      server.close();
    });
    await connection.open();
    expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('joe:s3cret').toString('base64')}`);
    expect(shown).toContain(`ws://…@127.0.0.1:${port}/ws`);
    expect(inspect(shown, { depth: 20 })).not.toContain('s3cret');
  });
});

test.each([
  'ws://127.0.0.1:8080/ws',
  'ws://[::1]:8080/a@b',
  'wss://host/ws?user=joe@example.com',
  'http://host:80/@me/lp',
  'unix:/run/a@b.sock',
  '/ws',
  'expected ws://host:1/x, got joe@example.com',
])('[H1] the URL %s contains no login', (text) => {
  expect(withoutLogin(text)).toBe(text);
});
