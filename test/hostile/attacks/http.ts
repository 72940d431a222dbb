/* Bad HTTP: what is no request, what is two requests, what never ends. */
import { type Arena, attacksOf, sleep, type Wire } from '../arena.ts';
import { upgradeRequest } from '../peer.ts';

/** What a router may answer. */
const ALLOWED = [
  200, 204, 206, 301, 302, 304, 400, 403, 404, 405, 408, 411, 413, 414, 415, 416, 417, 421, 426, 429, 431, 501, 503, 505,
];
const SMUGGLED = '/smuggled-by-an-attacker';

/** Status codes, one for each answer. */
export function statuses(got: string): number[] {
  return [...got.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}

async function ask(arena: Arena, request: Uint8Array | string, allowed: readonly number[] = ALLOWED, most = 1): Promise<string> {
  const wire = arena.wire();
  wire.write(request);
  arena.note(
    Buffer.from(request as string)
      .toString('latin1')
      .slice(0, 300),
  );
  const got = await wire.answered(1500);
  judge(arena, got, allowed, most);
  return got;
}

function judge(arena: Arena, got: string, allowed: readonly number[], most: number): void {
  const answers = statuses(got).filter((status) => status !== 100);
  const wrong = answers.find((status) => !allowed.includes(status));
  if (wrong !== undefined) arena.violate('wrong answers to attackers', `HTTP ${wrong}: ${got.slice(0, 300)}`);
  if (answers.length > most)
    arena.violate('wrong answers to attackers', `${answers.length} answers to ${most}: ${got.slice(0, 300)}`);
  if (got.includes('root:x:')) arena.violate('wrong answers to attackers', 'it got a file from outside');
}

const post = (path: string, headers: readonly string[], body: string): string =>
  [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', body].join('\r\n');

const hidden = `GET ${SMUGGLED} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;

export const http = attacksOf('http', {
  async 'requests hidden in others'(arena) {
    const body = `0\r\n\r\n${hidden}`;
    const length = `Content-Length: ${body.length}`;
    const heads = [
      [length, 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', length],
      ['Content-Length: 5', length],
      [length, 'Content-Length: 0'],
      ['Transfer-Encoding : chunked', length],
      ['Transfer-Encoding: xchunked', length],
      ['Transfer-Encoding: chunked, identity', length],
      [' Transfer-Encoding: chunked', length],
      ['Transfer-Encoding:\x0bchunked', length],
      ['X: y\nTransfer-Encoding: chunked', length],
      ['X: y\r\n\tTransfer-Encoding: chunked', length, 'Transfer-Encoding: chunked'],
      ['Content-Length: +5'],
      ['Content-Length: 0x5'],
      ['Content-Length: 5, 5'],
      ['Content-Length: -1'],
      ['Content-Length: 99999999999999999999'],
    ];
    for (const head of heads) {
      const got = await ask(arena, post('/lp/open', head, body));
      if (got.includes(SMUGGLED))
        arena.violate('wrong answers to attackers', `a request in a body was answered: ${got.slice(0, 300)}`);
    }
  },

  async 'chunks that lie'(arena) {
    const chunked = ['Transfer-Encoding: chunked'];
    for (const body of [
      'FFFFFFFFFFFFFFFF\r\nx',
      '-1\r\nx\r\n0\r\n\r\n',
      '5\r\nabc\r\n0\r\n\r\n',
      `5;${'x'.repeat(100_000)}\r\nabcde\r\n0\r\n\r\n`,
      `1\r\nx\r\n`.repeat(20_000),
      `0\r\n${'X-Trailer: y\r\n'.repeat(5000)}\r\n`,
      '5\nabcde\n0\n\n',
      `${'0'.repeat(100_000)}5\r\nabcde\r\n0\r\n\r\n`,
    ]) {
      await ask(arena, post('/lp/open', chunked, body));
    }
  },

  async 'headers without measure'(arena) {
    const get = (headers: string): string => `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`;
    await ask(arena, get(`X: ${'a'.repeat(100_000)}\r\n`));
    await ask(arena, get('X: a\r\n'.repeat(5000)));
    await ask(arena, get(`${'X'.repeat(50_000)}: a\r\n`));
    await ask(arena, `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    await ask(arena, `GET / HTTP/1.1\r\nHost: ${'a'.repeat(60_000)}\r\n\r\n`);
    await ask(arena, upgradeRequest(arena.port, Array.from({ length: 1500 }, (_, i) => `p${i}`).join(',')));
    await ask(arena, upgradeRequest(arena.port, ',,,,, ,,wamp.2.nothing,,'));
  },

  async 'lines that are no requests'(arena) {
    for (const line of [
      'GE\0T / HTTP/1.1',
      'FOO / HTTP/1.1',
      'TRACE / HTTP/1.1',
      'CONNECT 127.0.0.1:22 HTTP/1.1',
      'DELETE /lp/open HTTP/1.1',
      'PRI * HTTP/2.0',
      'GET / HTTP/9.9',
      'GET / HTTP/0.9',
      'GET  /  HTTP/1.1',
      'GET http://example.com/ws HTTP/1.1',
      'GET http://127.0.0.1/lp/open HTTP/1.0',
      'OPTIONS * HTTP/1.1',
      'GET / HTTP/1.0',
      'POST /lp/open HTTP/1.0',
      'get / http/1.1',
      'GET /%00 HTTP/1.1',
      'GET /%ff%fe%zz HTTP/1.1',
      'GET /../../../../etc/passwd HTTP/1.1',
      'GET /..%2f..%2f..%2f..%2f..%2fetc%2fpasswd HTTP/1.1',
      'GET /%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1',
      'GET //etc/passwd HTTP/1.1',
      'GET /\\..\\..\\etc\\passwd HTTP/1.1',
      'GET ?x HTTP/1.1',
      'GET # HTTP/1.1',
    ]) {
      await ask(arena, `${line}\r\nHost: 127.0.0.1\r\n\r\n`);
    }
  },

  async 'hosts that are none'(arena) {
    for (const host of [
      '',
      'Host: \r\n',
      'Host: a\r\nHost: b\r\n',
      'Host: a b\r\n',
      'Host: \xff\r\n',
      'Host: [::1\r\n',
      'Host: evil.example\r\n',
    ]) {
      await ask(arena, `GET / HTTP/1.1\r\n${host}\r\n`);
      await ask(arena, upgradeRequest(arena.port, 'wamp.2.json').replace(/Host: .*\r\n/, host), [...ALLOWED, 101]);
    }
  },

  async 'upgrades that are none'(arena) {
    const good = upgradeRequest(arena.port, 'wamp.2.json');
    for (const request of [
      good.replace('GET', 'POST'),
      good.replace('/ws', '/elsewhere'),
      good.replace('Version: 13', 'Version: 8'),
      good.replace('Version: 13', 'Version: 99999999999999999999'),
      good.replace(/Sec-WebSocket-Key: .*\r\n/, ''),
      good.replace('AAAAAAAAAAAAAAAAAAAAAA==', 'A'),
      good.replace('Upgrade: websocket', 'Upgrade: h2c'),
      good.replace('Upgrade: websocket', 'Upgrade: websocket, h2c'),
      good.replace('wamp.2.json', 'wamp.2.json,'.repeat(500)),
      good.replace('wamp.2.json', 'wamp.3.json'),
      good.replace(/Sec-WebSocket-Protocol: .*\r\n/, ''),
      good.replace('\r\n\r\n', '\r\nOrigin: https://evil.example\r\n\r\n'),
      good.replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99;;;=\r\n\r\n'),
      good.replace('\r\n\r\n', '\r\nContent-Length: 10\r\n\r\n0123456789'),
    ]) {
      const got = await ask(arena, request, [...ALLOWED, 101]);
      const isOdd = /POST|elsewhere|evil|h2c\r|99999|wamp\.3|Key: A\r/.test(request) && statuses(got)[0] === 101;
      if (isOdd) arena.violate('wrong answers to attackers', `it was taken for a WebSocket: ${request}`);
    }
  },

  async 'requests that stop half-way'(arena) {
    const whole = arena.random.pick([
      upgradeRequest(arena.port, 'wamp.2.json'),
      post('/lp/open', ['Content-Length: 100'], '{"protocols":'),
    ]);
    for (let i = 0; i < 60; i++) {
      const wire = arena.wire();
      wire.write(whole.slice(0, arena.random.below(whole.length)));
      await sleep(5);
      if (arena.random.chance(0.5)) wire.socket.resetAndDestroy();
      else wire.socket.end();
    }
  },

  async 'headers that never end'(arena) {
    const wires = Array.from({ length: 30 }, () => arena.wire());
    await drip(arena, wires, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
  },

  async 'bodies that never end'(arena) {
    const wires = Array.from({ length: 30 }, () => arena.wire());
    await drip(arena, wires, post('/lp/open', ['Content-Length: 1000'], '{'));
  },

  async silence(arena) {
    await arena.expectGone(
      Array.from({ length: 40 }, () => arena.wire()),
      'they said nothing',
    );
  },

  async 'many requests in one write'(arena) {
    await ask(arena, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(300), ALLOWED, 300);
    await ask(
      arena,
      post('/lp/open', ['Content-Length: 27'], '{"protocols":["wamp.2.json"]}'.slice(0, 27)).repeat(100),
      ALLOWED,
      100,
    );
    await ask(arena, post('/lp/none/receive', ['Content-Length: 0'], '').repeat(300), ALLOWED, 300);
    await ask(arena, `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n${upgradeRequest(arena.port, 'wamp.2.json')}`, [...ALLOWED, 101], 2);
  },

  async 'questions whether to go on'(arena) {
    for (let i = 0; i < 20; i++) {
      const headers = ['Expect: 100-continue', `Content-Length: ${arena.random.pick([0, 10, 1_000_000, 10_000_000])}`];
      await ask(arena, post(arena.random.pick(['/lp/open', '/', '/ws']), headers, ''));
    }
  },
});

/** Byte by byte. */
async function drip(arena: Arena, wires: readonly Wire[], first: string): Promise<void> {
  for (const wire of wires) wire.write(first);
  const dripping = setInterval(() => {
    for (const wire of wires) wire.write('a');
  }, 300);
  try {
    await arena.expectGone(wires, 'they wrote a byte now and then');
  } finally {
    clearInterval(dripping);
  }
}
