/* Options of `listen` that are not known, out of their range, or do not go with each other: refused before anything is opened. */
import { createServer } from 'node:http';
import { longPoll } from 'autostrada/longpoll';
import { type ListenOptions, listen, rawSocket, webSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';
import { PUBLISH } from '../fixtures/messages.ts';
import { listening, rawSession } from './listening.ts';

const router = new Router({ realms: { realm1: 'open' } });
const refused = (options: unknown): Promise<unknown> => listen(router, options as ListenOptions).catch((error: unknown) => error);

describe('[H1] an option of listen', () => {
  test.each<[unknown, string]>([
    [null, 'expected options of listen to be an object, got null'],
    [8080, 'expected options of listen to be an object, got 8080'],
    [{ hostname: 'x' }, "got 'hostname'"],
    [{ Port: 1 }, "got 'Port'; did you mean 'port'?"],
    [{ longpollPath: '/lp' }, "got 'longpollPath'; did you mean 'longPollPath'?"],
    [{ port: 'x' }, 'expected port of listen to be an integer from 0 to 65535, got "x"'],
    [{ port: -1 }, 'got -1'],
    [{ port: 70_000 }, 'got 70000'],
    [{ port: 1.5 }, 'got 1.5'],
    [{ host: 5 }, 'expected host of listen to be a string, got 5'],
    [{ host: '' }, `expected host of listen to be an address or a name ('::' for all addresses), got ""`],
    [{ hosts: [''] }, 'expected hosts to hold names as router.example.com, got ""'],
    [{ origins: [''] }, 'expected origins to hold origins as https://example.com, got ""'],
    [{ path: '' }, `expected path of listen to be a path that begins with '/', got ""`],
    [{ longPollPath: '' }, 'expected longPollPath of listen to be a path such as \'/lp\', got ""'],
    [{ web: '' }, 'expected web of listen to be a directory, got ""'],
    [{ tls: { cert: '', key: '' } }, 'expected cert of tls to be a certificate in PEM'],
    [{ path: 3 }, "expected path of listen to be a path that begins with '/', got 3"],
    [{ path: '/lp' }, "expected path not to be within longPollPath ('/lp'), got '/lp'"],
    [{ path: '/lp/open' }, "expected path not to be within longPollPath ('/lp'), got '/lp/open'"],
    [{ protocols: 'websocket' }, 'expected protocols of listen to be a list of websocket, rawsocket, longpoll, got "websocket"'],
    [{ protocols: [] }, 'expected protocols of listen to be a list of websocket, rawsocket, longpoll, got []'],
    [
      { serializers: 'json' },
      'expected serializers of listen to be a list of serializers, which json(), cbor(), … give, got "json"',
    ],
    [{ serializers: ['json'] }, 'expected serializers of listen'],
    [{ serializers: [] }, 'expected serializers of listen'],
    [{ origins: 'http://x.y' }, `expected origins of listen to be a list or '*', got "http://x.y"`],
    [{ hosts: 'x.y' }, `expected hosts of listen to be a list or '*', got "x.y"`],
    [{ trustProxy: 'yes' }, 'expected trustProxy of listen to be a boolean, got "yes"'],
    [{ pingMs: 1e12 }, 'expected pingMs of listen to be milliseconds from 0 to 2147483647, got 1000000000000'],
    [{ pingMs: '5' }, 'got "5"'],
    [{ http: 5 }, 'expected http of listen to be a boolean, an object, or a list of objects, got 5'],
    [{ http: [] }, 'expected http of listen to be a boolean, an object, or a list of objects, got []'],
    [{ http: { Path: '/x' } }, "got 'Path'; did you mean 'path'?"],
    [{ http: { path: '/' } }, 'expected path of http to be a path such as \'/api\', got "/"'],
    [{ http: { path: 'api' } }, 'expected path of http to be a path such as \'/api\', got "api"'],
    [
      { http: { statuses: { a: 200 } } },
      'expected statuses of http to be an object of error URIs, each with a status from 400 to 599',
    ],
    [{ http: { maxStreams: 0 } }, 'expected maxStreams of http to be an integer from 1 on, got 0'],
    [{ http: { timeoutMs: 1e12 } }, 'expected timeoutMs of http to be milliseconds from 1 to 2147483647'],
    [{ http: [{}, {}] }, "expected each bridge to have paths of its own, got '/call/' twice"],
    [{ http: { realm: 'other' } }, 'expected realm of http to be one of realm1, got "other"'],
    [{ web: 5 }, 'expected web of listen to be a directory, got 5'],
    [{ web: './not-there' }, 'expected web of listen to be a directory, got "./not-there"'],
    [{ tls: 'PEM' }, 'expected options of tls to be an object, got a text of 3 characters'],
    [{ tls: {} }, 'expected tls to have cert and key, got neither'],
    [
      { tls: { Key: 'x' } },
      "expected an option of tls (ca, cert, key, passphrase, servername, rejectUnauthorized), got 'Key'; did you mean 'key'?",
    ],
    [{ server: {} }, 'expected server of listen to be an HTTP or HTTPS server of Node.js, got an object'],
    [{ server: createServer(), port: 1 }, 'expected server without port: it has its own'],
    [{ server: createServer(), web: '.' }, 'expected server without web: it has its own'],
    [{ socketPath: '/tmp/x', port: 1 }, 'expected socketPath without port: it has its own'],
    [{ socketPath: 5 }, 'expected socketPath to be a path, got 5'],
    [{ socketPath: '' }, 'expected socketPath to be a path, got ""'],
  ])('that is %j is refused', async (options, text) => {
    const error = await refused(options);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toContain(text);
  });

  test('that is undefined counts as absent', async () => {
    const { listener } = await listening({ port: 0, host: undefined, tls: undefined, origins: undefined, protocols: undefined });
    expect(listener.url).toBe(`ws://127.0.0.1:${listener.port}/ws`);
    expect(listener.rawSocketUrl).toBe(`rs://127.0.0.1:${listener.port}`);
  });
});

test.each([[undefined], [null], [{ realms: {} }], ['ws://127.0.0.1:8080/ws']])(
  '[H1] a listener refuses %j as its router',
  async (what) => {
    await expect(listen(what as unknown as Router, { port: 0 })).rejects.toThrow('expected a Router to listen for, got');
  },
);

test('[H1] a listener refuses a router that was closed', async () => {
  const closed = new Router({ realms: { realm1: 'open' } });
  expect(closed.isClosed).toBe(false);
  await closed.close();
  expect(closed.isClosed).toBe(true);
  await expect(listen(closed, { port: 0 })).rejects.toThrow(
    new TypeError('expected a Router that is open, got one that was closed'),
  );
});

describe('[H1] an option of a connector', () => {
  test.each<[make: () => unknown, text: string]>([
    [
      () => webSocket('ws://127.0.0.1:1/ws', { header: {} } as never),
      "expected an option of webSocket (headers, tls, agent, compression, maxMessageBytes), got 'header'; did you mean 'headers'?",
    ],
    [() => webSocket('ws://127.0.0.1:1/ws', { headers: 'x' } as never), 'expected headers of webSocket to be an object, got "x"'],
    [
      () => webSocket('ws://127.0.0.1:1/ws', { compression: 1 } as never),
      'expected compression of webSocket to be a boolean, got 1',
    ],
    [
      () => webSocket('wss://127.0.0.1:1/ws', { tls: { rejectUnauthorised: false } } as never),
      "got 'rejectUnauthorised'; did you mean 'rejectUnauthorized'?",
    ],
    [
      () => webSocket('wss://127.0.0.1:1/ws', { tls: { servername: ['s3cret'] } } as never),
      'expected servername of tls to be a string, got object',
    ],
    [() => webSocket('ws://127.0.0.1:1/ws', null as never), 'expected options of webSocket to be an object, got null'],
    [
      () => rawSocket('rs://127.0.0.1:1', { maxMessageByte: 5 } as never),
      "expected an option of rawSocket (tls, maxMessageBytes), got 'maxMessageByte'; did you mean 'maxMessageBytes'?",
    ],
    [
      () => rawSocket('rss://127.0.0.1:1', { tls: 'PEM' } as never),
      'expected options of tls to be an object, got a text of 3 characters',
    ],
    [
      () => longPoll('http://127.0.0.1:1/lp', { timeout: 5 } as never),
      "expected an option of longPoll (batched, headers, credentials, timeoutMs), got 'timeout'",
    ],
    [
      () => longPoll('http://127.0.0.1:1/lp', { credentials: 'all' } as never),
      'expected credentials of longPoll to be one of "omit", "same-origin", "include", got "all"',
    ],
    [
      () => longPoll('http://127.0.0.1:1/lp', { timeoutMs: Number.NaN }),
      'expected timeoutMs of longPoll to be milliseconds from 0 on, got NaN',
    ],
  ])('that is wrong (%#) is refused at once', (make, text) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(text);
  });
});

test('[H4] [R81] a message that is too long is reported to its sender, and in the log', async () => {
  const { listener, warnings } = await listening({}, { maxMessageBytes: 2000 });
  const client = await rawSession(listener.url);
  client.socket.send(JSON.stringify(PUBLISH(1, {}, 'com.example.topic', ['x'.repeat(3000)])));
  await expect.poll(() => client.closed).toEqual({ code: 1009, reason: 'expected a message of at most 2000 bytes, got more' });
  await expect.poll(() => warnings).toContain('a connection ended: expected a message of at most 2000 bytes, got more');
});
