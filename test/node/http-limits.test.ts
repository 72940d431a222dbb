/* What HTTP may cost: connections, headers, bodies, time. */
import { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { queryObjects } from 'node:v8';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CALL, Code } from '../fixtures/messages.ts';
import { get, listening, rawSession } from './listening.ts';
import { Raw } from './raw-longpoll.ts';

/** A bare connection; what it hears, and whether it is cut off. */
class Bare {
  readonly socket: Socket;
  text = '';
  isClosed = false;

  constructor(port: number, localAddress = '127.0.0.1') {
    this.socket = connect({ port, host: '127.0.0.1', localAddress });
    onTestFinished(() => void this.socket.destroy());
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    this.socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
    });
  }

  static async open(port: number, localAddress?: string): Promise<Bare> {
    const bare = new Bare(port, localAddress);
    await new Promise((resolve) => bare.socket.once('connect', resolve));
    await get(port, '/'); // the router has seen it by then
    return bare;
  }

  async closed(): Promise<void> {
    await expect.poll(() => this.isClosed, { timeout: 15_000 }).toBe(true);
  }
}

const alive = (): number => queryObjects(ServerResponse, { format: 'count' });
const HEAD = 'GET / HTTP/1.1\r\nHost: localhost\r\n';
const posting = (transport: string, length: number): string =>
  `POST /lp/${transport}/send HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;

async function opened(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/lp/open`, { method: 'POST', body: '{"protocols":["wamp.2.json"]}' });
  return ((await answer.json()) as { transport: string }).transport;
}

describe('[G2] [R84] connections of HTTP', () => {
  test('are closed for new ones of their address, the quietest first, and others are not affected', async () => {
    const { listener, router, warnings } = await listening({}, { maxHttpConnectionsPerAddress: 3 });
    const other = await Bare.open(listener.port, '127.0.0.2');
    const bares = [await Bare.open(listener.port), await Bare.open(listener.port)];
    bares[0]?.socket.write(`${HEAD}\r\n`); // it is heard of again
    await expect.poll(() => bares[0]?.text).toContain('404');
    const last = [await Bare.open(listener.port), await Bare.open(listener.port)];
    await bares[1]?.closed();
    for (const fine of [other, ...last]) expect(fine.isClosed).toBe(false);
    expect(router.stats().refusedConnections).toBeGreaterThan(0);
    expect(warnings).toEqual([
      'turns connections away, too many are open (limits.maxHttpConnections, limits.maxHttpConnectionsPerAddress)',
    ]);
  });

  test('are closed for others at the total limit, first those of the address that has most', async () => {
    const { listener } = await listening({}, { maxHttpConnections: 4 });
    const other = await Bare.open(listener.port, '127.0.0.2');
    const first = await Bare.open(listener.port);
    for (let i = 0; i < 3; i++) await Bare.open(listener.port);
    await first.closed();
    expect(other.isClosed).toBe(false);
  });

  test('do not include sessions, which are neither counted nor closed', async () => {
    const { listener, router } = await listening({}, { maxHttpConnectionsPerAddress: 1 });
    const sessions = [await rawSession(listener.url), await rawSession(listener.url), await rawSession(listener.url)];
    const raw = new Bare(listener.port);
    raw.socket.write(Buffer.of(0x7f, 0xf1, 0, 0));
    await expect.poll(() => raw.text.length).toBe(4);
    for (let i = 0; i < 3; i++) expect((await get(listener.port, '/')).status).toBe(404);
    sessions[0]?.send(CALL(1, {}, 'wamp.session.count'));
    expect((await sessions[0]?.next())?.[0]).toBe(Code.RESULT);
    expect([router.stats().sessions, raw.isClosed]).toEqual([3, false]);
    for (const { socket } of sessions) socket.close();
  });

  test('have only the total limit if all come through a proxy', async () => {
    const { listener } = await listening({ trustProxy: true }, { maxHttpConnectionsPerAddress: 1 });
    const bares = [await Bare.open(listener.port), await Bare.open(listener.port)];
    expect(bares.map(({ isClosed }) => isClosed)).toEqual([false, false]);
  });
});

describe('[G2] [R84] a header', () => {
  test('that is too long is answered 431', async () => {
    const { listener } = await listening({}, { maxHeaderBytes: 2000 });
    expect((await get(listener.port, '/', { x: 'x'.repeat(1000) })).status).toBe(404);
    expect((await get(listener.port, '/', { x: 'x'.repeat(2000) })).status).toBe(431);
  });

  test('that comes slowly ends after the join timeout, even if it never stops', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 300 });
    const bare = new Bare(listener.port);
    bare.socket.write(HEAD);
    const drip = setInterval(() => bare.socket.write('x-a: b\r\n'), 50);
    onTestFinished(() => clearInterval(drip));
    await bare.closed();
  });
});

describe('[G2] [R82] [R84] a body', () => {
  test.each([
    ['for a file', () => `${HEAD}Content-Length: 1000\r\n\r\n`],
    ['of a poll', (transport: string) => posting(transport, 1000).replace('/send', '/receive')],
    ['of a message', (transport: string) => posting(transport, 1000)],
    ['of open', () => posting('', 1000).replace('//send', '/open')],
  ])('that comes slowly ends after the join timeout: %s', async (_what, head) => {
    const { listener } = await listening({}, { joinTimeoutMs: 300 });
    const bare = new Bare(listener.port);
    bare.socket.write(head(await opened(listener.port)));
    const drip = setInterval(() => bare.socket.write('x'), 50);
    onTestFinished(() => clearInterval(drip));
    await bare.closed();
  });

  test('is read as long as it comes fast enough', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 400 });
    const raw = await Raw.session(listener.port);
    const message = `[16,1,{"acknowledge":true},"a.b",["${'x'.repeat(200_000)}"]]`;
    const bare = new Bare(listener.port);
    bare.socket.write(posting(raw.base.split('/').at(-1) ?? '', message.length));
    for (let at = 0; at < message.length; at += 20_000) {
      bare.socket.write(message.slice(at, at + 20_000));
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await expect.poll(() => bare.text).toContain('204');
  });

  test('is refused with 503 if all bodies together are too large: the oldest one, whose session ends', async () => {
    const { listener } = await listening({}, { maxPartialBytes: 2 ** 17 });
    const [first, second] = [await Raw.session(listener.port), await Raw.session(listener.port)];
    const half = async (raw: Raw): Promise<Bare> => {
      const bare = new Bare(listener.port);
      bare.socket.write(posting(raw.base.split('/').at(-1) ?? '', 90_000) + 'x'.repeat(80_000));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return bare;
    };
    const bare = await half(first);
    expect(bare.text).toBe('');
    await half(second);
    await expect.poll(() => bare.text).toMatch(/^HTTP\/1.1 503 .*retry-after: \d+\r\n.*limits.maxPartialBytes/s);
    expect((await first.receive()).status).toBe(404);
  });

  test('in tiny pieces arrives completely', async () => {
    const { listener } = await listening();
    const raw = await Raw.session(listener.port);
    const message = `[16,1,{"acknowledge":true},"a.b",["${'xyz'.repeat(200)}"]]`;
    const bare = new Bare(listener.port);
    bare.socket.setNoDelay(true);
    bare.socket.write(posting(raw.base.split('/').at(-1) ?? '', message.length));
    for (const char of message) {
      bare.socket.write(char);
      if (char === 'z') await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await raw.receive()).body).toMatch(/^\[17,1,/);
  });
});

test.each(['receive', 'send', 'nothing'])(
  '[G2] [R84] requests whose connection ends while they wait leave nothing behind: %s',
  async (verb) => {
    const { listener } = await listening();
    const path = `/lp/${await opened(listener.port)}`;
    const waiting = `POST ${path}/${verb} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2\r\n\r\n[]`;
    const before = alive();
    for (let round = 0; round < 10; round++) {
      const bare = new Bare(listener.port);
      // The first is answered when there is something to poll: never.
      bare.socket.write(`POST ${path}/receive HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n${waiting.repeat(10)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      bare.socket.destroy();
      await bare.closed();
    }
    await expect.poll(() => alive(), { timeout: 15_000 }).toBeLessThan(before + 20);
  },
);

describe('[G2] [R82] [R84] a client of a full router', () => {
  test('gets 503 at open, and the time for another attempt', async () => {
    const { listener, router } = await listening({}, { maxSessions: 1 });
    const session = await rawSession(listener.url);
    const refused = await get(listener.port, '/lp/open', {}, 'POST');
    expect(refused.status).toBe(400); // nothing was posted
    const answer = await fetch(`http://127.0.0.1:${listener.port}/lp/open`, {
      method: 'POST',
      body: '{"protocols":["wamp.2.json"]}',
    });
    expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
      503,
      '5',
      'the router is full (limits.maxSessions)',
    ]);
    expect(router.stats()).toMatchObject({ sessions: 1, refusedConnections: 1 });
    session.socket.close();
    await expect.poll(() => router.stats().sessions).toBe(0);
    expect(await opened(listener.port)).toMatch(/^.{10,}$/);
  });

  test('gets 429 for a seventeenth post that waits', async () => {
    const { listener } = await listening({}, { joinTimeoutMs: 5000 });
    const transport = await opened(listener.port);
    const bares = Array.from({ length: 17 }, () => new Bare(listener.port));
    for (const { socket } of bares) socket.write(posting(transport, 1000)); // and nothing of it
    await expect.poll(() => bares.filter(({ text }) => text.startsWith('HTTP/1.1 429')).length).toBe(1);
    expect(bares.find(({ text }) => text !== '')?.text).toMatch(/retry-after: 5/);
  });
});

describe('[G2] [R84] requests that do not wait for earlier answers', () => {
  const poll = 'POST /lp/none/receive HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n';
  const preflight = 'OPTIONS /lp/open HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const answersIn = (text: string): number => text.split('HTTP/1.1 ').length - 1;

  test('are answered in their order, sixteen at a time, and any number of times', async () => {
    const { listener, router } = await listening();
    const bare = new Bare(listener.port);
    for (let round = 1; round <= 3; round++) {
      bare.socket.write(`${HEAD}\r\n${poll}${preflight}${HEAD}\r\n`.repeat(4));
      await expect.poll(() => answersIn(bare.text)).toBe(16 * round);
    }
    const statuses = [...bare.text.matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(Array.from({ length: 12 }, () => ['404', '404', '204', '404']).flat());
    expect([bare.isClosed, router.stats().refusedConnections]).toEqual([false, 0]);
  });

  test.each([
    ['for files', `${HEAD}\r\n`],
    ['for a transport', poll],
    ['before a page posts', preflight],
    ['for another host', 'GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n'],
    ['without a host', 'GET / HTTP/1.1\r\n\r\n'],
    ['with another expectation', `${HEAD}Expect: tea\r\n\r\n`],
  ])('end their connection beyond that: %s', async (_what, asked) => {
    const { listener, router, warnings } = await listening();
    const bares = [new Bare(listener.port), new Bare(listener.port)];
    for (const { socket } of bares) socket.write(asked.repeat(1500));
    for (const bare of bares) {
      await bare.closed();
      expect(answersIn(bare.text)).toBeLessThanOrEqual(16);
    }
    expect(router.stats().refusedConnections).toBe(2);
    expect(warnings.filter((text) => text.startsWith('turns'))).toEqual([
      'turns connections away, too many wait for an answer (16 requests of one connection)',
    ]);
    await rawSession(listener.url);
  });

  test('of one session are polls that each get an answer', async () => {
    const { listener } = await listening();
    const transport = await opened(listener.port);
    const bare = new Bare(listener.port);
    const hello = '[1,"realm1",{"roles":{"caller":{}}}]';
    bare.socket.write(posting(transport, hello.length) + hello + posting(transport, 0).replace('/send', '/receive').repeat(2));
    await expect.poll(() => bare.text).toContain('[2,');
    const call = '[48,1,{},"wamp.session.count"]';
    const other = new Bare(listener.port);
    other.socket.write(posting(transport, call.length) + call);
    await expect.poll(() => bare.text).toContain('[50,1,');
  });
});

describe('[G2] [R84] a request that Node.js would answer by itself', () => {
  test('has no host, and gets 400, except in HTTP/1.0', async () => {
    const { listener } = await listening();
    const [bare, old] = [new Bare(listener.port), new Bare(listener.port)];
    bare.socket.write('GET / HTTP/1.1\r\n\r\n');
    old.socket.write('GET / HTTP/1.0\r\n\r\n');
    for (const each of [bare, old]) await each.closed();
    expect([bare.text, old.text]).toEqual([expect.stringMatching(/^HTTP\/1.1 400 /), expect.stringMatching(/^HTTP\/1.1 404 /)]);
  });

  test('expects something unknown, and gets 417', async () => {
    const { listener } = await listening();
    const bare = new Bare(listener.port);
    bare.socket.write(`${HEAD}Expect: tea\r\n\r\n`);
    await bare.closed();
    expect(bare.text).toMatch(/^HTTP\/1.1 417 /);
  });
});
