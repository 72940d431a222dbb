/* Long-poll at the listener: how it ends, what is no part of it, and on a server of the user's. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { json } from 'autostrada';
import { listen } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { describe, expect, onTestFinished, test } from 'vitest';
import { httpServer } from '../../src/node/http/http-server.ts';
import { longPollHandler } from '../../src/node/longpoll/longpoll.ts';
import { isTaken, listening } from './listening.ts';
import { post, Raw } from './raw-longpoll.ts';

describe('[R82] close of long-poll', () => {
  test('ends the session and the poll, and then the transport is unknown', async () => {
    const { router, listener } = await listening();
    const raw = await Raw.session(listener.port);
    const { answer } = await raw.hold();
    const { status, body } = await raw.close();
    expect([status, body]).toEqual([204, '']);
    expect((await answer).status).toBe(204);
    await expect.poll(() => router.sessions).toEqual([]);
    for (const again of [raw.receive(), raw.send('[]')]) {
      expect(await again).toMatchObject({ status: 404, body: expect.stringContaining('no such transport') });
    }
  });

  test('succeeds if the transport is closed already: Autobahn|JS needs that to tell its program', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    await raw.close();
    expect((await raw.close()).status).toBe(204);
    expect((await post(listener.port, '/lp/x/close')).status).toBe(204);
  });
});

describe('[R82] any other request', () => {
  test.each(['/lp/', '/lp/x', '/lp/x/y', '/lp/open/x', '/lp/x/send/y', '/lp//send', '/lp/__proto__/send', '/lp/%00/receive'])(
    'to %s is answered by 404',
    async (path) => {
      const { listener } = await listening();
      expect((await post(listener.port, path)).status).toBe(404);
    },
  );

  test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('with %s is answered by 405', async (method) => {
    const { listener } = await listening();
    const { status, headers } = await post(listener.port, '/lp/open', '', method);
    expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  test('to other paths is left to files and hints', async () => {
    const { listener } = await listening({ longPollPath: '/deep/poll' });
    expect(listener.longPollUrl).toBe(`http://127.0.0.1:${listener.port}/deep/poll`);
    expect((await post(listener.port, '/lp/open', '{"protocols":["wamp.2.json"]}')).body).toBe(
      'Not found. The WAMP router is at /ws.\n',
    );
    expect((await post(listener.port, '/deep/poll', '')).status).toBe(404);
    await Raw.session(listener.port, 'wamp.2.json', '/deep/poll');
  });

  test.each(['lp', '/lp/', '/', ''])('is refused with the longPollPath %j', async (longPollPath) => {
    await expect(listen(new Router({ realms: {} }), { port: 0, longPollPath })).rejects.toThrow(
      "expected longPollPath of listen to be a path such as '/lp', got ",
    );
  });
});

describe('[R82] the end of a long-poll transport', () => {
  test('comes for an idle poll, and for a transport that is not polled', async () => {
    const router = new Router({ realms: { realm1: 'open' } });
    const { handle } = await longPollHandler(router, {
      path: '/lp',
      serializers: [json()],
      refusalOf: () => undefined,
      inTurn: (_request, _response, work) => work(),
      holdMs: 20,
      idleMs: 100,
    });
    const server = createServer((request, response) => handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await router.close();
      server.close();
    });
    const raw = await Raw.session((server.address() as { port: number }).port);
    expect(await raw.receive()).toMatchObject({ status: 204, body: '' });
    await expect.poll(() => router.sessions).toEqual([]);
    expect((await raw.receive()).status).toBe(404);
  });

  test('comes with the end of the listener: polls end, and nothing is left', async () => {
    const { router, listener } = await listening();
    const raw = await Raw.session(listener.port);
    const { answer } = await raw.hold();
    await listener.close();
    expect((await answer).headers.connection).toBe('close');
    await expect.poll(() => router.sessions).toEqual([]);
    expect(await isTaken(listener.port)).toBe(false);
  });

  test('comes with the end of the router: the poll has GOODBYE', async () => {
    const { router, listener } = await listening();
    const raw = await Raw.session(listener.port);
    const { answer } = await raw.hold();
    await Promise.all([listener.close(), router.close()]);
    expect((await answer).body).toBe('[6,{},"wamp.close.system_shutdown"]');
  });
});

describe('[G3] a connection that the client keeps open', () => {
  /** What comes back on it, and when the router has ended it. */
  const kept = (port: number, path: string, method: string) => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => {
      socket.destroy();
    });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
    return { text: () => Buffer.concat(chunks).toString('latin1'), socket, ended: once(socket, 'end') };
  };

  test.each(['own', 'user’s'])(
    'ends with the answer to a pending poll when the listener closes, on a server that is the %s',
    async (whose) => {
      const router = new Router({ realms: { realm1: 'open' } });
      const server = whose === 'own' ? undefined : createServer().listen(0, '127.0.0.1');
      if (server) await once(server, 'listening');
      const listener = await listen(router, server ? { server } : { port: 0 });
      onTestFinished(async () => {
        await listener.close();
        await router.close();
        server?.close();
      });
      const raw = await Raw.session(listener.port);
      const poll = kept(listener.port, `${raw.base}/receive`, 'POST');
      await once(poll.socket, 'connect');
      expect((await raw.send('[48,1,{},"no.such"]')).status).toBe(204);
      await expect.poll(poll.text).toMatch(/connection: keep-alive.*no_such_procedure/is);
      poll.socket.write(`POST ${raw.base}/receive HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);
      await post(listener.port, '/lp/x'); // so the poll has come, too
      await Promise.all([listener.close(), router.close({ goodbye: false })]);
      await poll.ended;
      expect(poll.text()).toMatch(/connection: keep-alive.* 204 .*connection: close/is);
    },
  );

  test('ends with any pending answer when the listener closes', async () => {
    const begun: ServerResponse[] = [];
    const server = httpServer(
      { tls: undefined, timeoutMs: 5000, maxHeaderBytes: 16_384, inTurn: (_request, _response, work) => work() },
      (_request, response) => {
        response.write('one, ');
        begun.push(response);
      },
    );
    server.keepAliveTimeout = 0; // never, so that nothing but the answer ends it
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const file = kept((server.address() as { port: number }).port, '/large.txt', 'GET');
    await expect.poll(file.text).toContain('one, ');
    const closed = once(server, 'close');
    server.close();
    begun[0]?.end('two');
    await Promise.all([file.ended, closed]);
    expect(file.text()).toMatch(/connection: keep-alive.*one, .*two/is);
  });
});

describe('a server of the user', () => {
  test('gives long-poll requests to the router before its own routes, and gets them back at the end', async () => {
    const server = createServer();
    const router = new Router({ realms: { realm1: 'open' } });
    const [one, two] = [await listen(router, { server }), await listen(router, { server, path: '/ws2', longPollPath: '/lp2' })];
    const asked: (string | undefined)[] = [];
    server.on('request', (request, response) => {
      asked.push(request.url);
      response.writeHead(404).end('the user’s');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      await router.close();
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as { port: number };
    await Raw.session(port);
    await Raw.session(port, 'wamp.2.json', '/lp2');
    expect((await post(port, '/elsewhere')).status).toBe(404);
    expect(asked).toEqual(['/elsewhere']);
    await one.close();
    await expect.poll(() => router.sessions.length).toBe(1);
    expect((await post(port, '/lp/open')).status).toBe(404);
    await Raw.session(port, 'wamp.2.json', '/lp2');
    await two.close();
    await expect.poll(() => router.sessions.length).toBe(0);
    await post(port, '/lp2/open');
    expect(asked).toEqual(['/elsewhere', '/lp/open', '/lp2/open']);
  });
});

test('a request that is cut off at any place disturbs no other', async () => {
  const { listener } = await listening();
  const raw = await Raw.session(listener.port);
  for (const text of [
    'POST /lp/open HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"proto',
    `POST ${raw.base}/receive HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`,
    `POST ${raw.base}/send HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[32\r\nzzz\r\n`,
    `POST ${raw.base}/send HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n[32`,
  ]) {
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
  }
  await raw.send('[32,1,{},"a.b"]');
  expect((await raw.receive()).body).toMatch(/^\[33,1/);
});
