/* The HTTP bridge, by hand: bad requests in every part, clients that hang up in every state, readers that do not read. */
import { REGISTER } from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep, type Wire } from '../arena.ts';
import { statuses } from './http.ts';

const ALLOWED = [100, 200, 202, 204, 400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 417, 421, 422, 429, 431, 501, 503, 504];

interface Sent {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
  /** Of the body, where that is a lie. */
  readonly length?: number;
}

function request(path: string, { method = 'POST', headers = [], body = '', length }: Sent = {}): Buffer {
  const bytes = Buffer.from(body as string);
  const type = headers.some((header) => /^content-type:/i.test(header)) ? [] : ['Content-Type: application/json'];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...type, `Content-Length: ${length ?? bytes.length}`, ...headers];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}

async function ask(arena: Arena, path: string, sent: Sent = {}, allowed: readonly number[] = ALLOWED): Promise<string> {
  const wire = arena.wire();
  const bytes = request(path, sent);
  wire.write(bytes);
  arena.note(bytes.toString('latin1').slice(0, 300));
  const got = await wire.answered(2500);
  judge(arena, got, allowed);
  wire.socket.destroy();
  return got;
}

function judge(arena: Arena, got: string, allowed: readonly number[] = ALLOWED): void {
  const wrong = statuses(got).find((status) => !allowed.includes(status));
  if (wrong !== undefined) arena.violate('wrong answers to attackers', `HTTP bridge ${wrong}: ${got.slice(0, 300)}`);
  if (/^x-evil:/im.test(got)) arena.violate('wrong answers to attackers', `a header was put in: ${got.slice(0, 300)}`);
  if (got.includes('internal error')) arena.violate('internal errors', got.slice(0, 500));
  // Other requests share the session that it ended.
  if (got.includes('protocol_violation')) arena.violate('wrong answers to attackers', `a session was ended: ${got.slice(0, 500)}`);
}

/** A procedure that never answers. */
async function silentProcedure(arena: Arena): Promise<string> {
  const peer = await arena.session();
  const uri = `attack.http.p${arena.random.below(1e9)}`;
  peer.send(REGISTER(1, {}, uri));
  await peer.next(65);
  return uri;
}

const EVENTS: Sent = { method: 'GET', headers: ['Accept: text/event-stream'] };
const LONG = 'x'.repeat(9000);

export const httpBridge = attacksOf('http-bridge', {
  async 'paths that are none'(arena) {
    for (const rest of [
      '',
      '/',
      '..',
      '../call/attack.a',
      '%2e%2e/%2e%2e/etc/passwd',
      '%252e%252e',
      '%00',
      'attack.%00',
      'attack.a%0d%0aX-Evil:%201',
      'attack.a%0aX-Evil:%201',
      '%ff%fe',
      '%c0%af',
      '%ed%a0%80',
      '%',
      '%zz',
      'attack..a',
      '.attack',
      'attack.',
      'attack.a b'.replace(' ', '%20'),
      'attack.%23a',
      'attack.a#b',
      'attack.a?',
      'attack.a??form=full',
      '__proto__',
      'constructor.prototype',
      `attack.${LONG}`,
      `attack.${'a.'.repeat(3000)}a`,
      'wamp.session.kill',
      'autostrada.router.reload',
      '%E2%80%AEattack',
    ]) {
      for (const verb of ['call', 'publish', 'events'])
        await ask(arena, `/${verb}/${rest}`, verb === 'events' ? EVENTS : { body: '[]' });
    }
    for (const path of [
      '//call/attack.a',
      '/CALL/attack.a',
      '/call',
      '/call%2fattack.a',
      'http://127.0.0.1/call/attack.a',
      '*',
      '/openapi.json/',
    ])
      await ask(arena, path, { method: arena.random.pick(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']) });
  },

  async 'parameters that are none'(arena) {
    for (const query of [
      'form=full&form=full',
      'form=',
      'form=toString',
      '__proto__=1',
      'constructor=1',
      'timeout=0',
      'timeout=-1',
      'timeout=1e9',
      'timeout=9999999999',
      'timeout=1&timeout=2',
      'disclose_me=maybe',
      'match=regex',
      'get_retained=%00',
      `exclude=${'1&exclude='.repeat(800)}1`,
      'exclude=0',
      'exclude=99999999999999999999',
      `eligible_authid=${LONG}`,
      `${'a&'.repeat(4000)}`,
      '%ff=%fe',
      '=',
      '&&&&',
    ]) {
      for (const verb of ['call', 'publish', 'events'])
        await ask(arena, `/${verb}/attack.nobody?${query}`, verb === 'events' ? EVENTS : { body: '[]' });
    }
  },

  async 'bodies that are no payload'(arena) {
    const deep = 30_000;
    for (const body of [
      'null',
      '5',
      '"text"',
      '[',
      '[1,]',
      '[1][2]',
      '[1] x',
      '\ufeff[1]',
      '[1e999999]',
      `[${'9'.repeat(50_000)}]`,
      '["\\ud800"]',
      '["\\u0000\\u0000"]',
      '["a\nb"]',
      '{"a":1,"a":2}',
      '{"__proto__":{"a":1},"constructor":2}',
      '{"args":[],"args":5}',
      '{"args":{},"kwargs":[]}',
      `${'['.repeat(deep)}${']'.repeat(deep)}`,
      `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
      `[${'"a",'.repeat(20_000)}1]`,
      `{${Array.from({ length: 8000 }, (_, i) => `"k${i}":1`).join(',')}}`,
      Buffer.from('5bff5d', 'hex'),
      Buffer.from('5b22c3225d', 'hex'),
      Buffer.from('5b22eda080225d', 'hex'),
      Buffer.from('5b00315d', 'hex'),
      Buffer.alloc(200_000, 0x20),
      Buffer.alloc(100_000, 0x5b),
    ]) {
      for (const path of ['/call/attack.nobody', '/publish/attack.http?form=full', '/bridge/call', '/bridge/publish'])
        await ask(arena, path, { body });
    }
  },

  async 'heads that are none'(arena) {
    for (const header of [
      'Authorization: Basic',
      'Authorization: Basic !!!!',
      'Authorization: Basic Og==',
      `Authorization: Basic ${Buffer.from([0x61, 0xff, 0x3a, 0x62]).toString('base64')}`,
      'Authorization: Bearer ',
      `Authorization: Bearer ${LONG}`,
      'Authorization: Digest username="honest"',
      'Authorization: Basic aG9uZXN0Og==\r\nAuthorization: Bearer x',
      'Cookie: autostrada=x; autostrada=y; __proto__=z',
      `Cookie: ${'a=b; '.repeat(1500)}`,
      'Content-Type: text/plain',
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Type: application/json; charset=utf-7',
      'Content-Type: application/json;;;=',
      'Content-Encoding: gzip',
      'Content-Encoding: identity, identity',
      `Accept: ${'text/event-stream;q=0,'.repeat(300)}`,
      'Accept: application/x-ndjson',
      'Idempotency-Key: ',
      `Idempotency-Key: ${LONG}`,
      'Idempotency-Key: "a"\r\nIdempotency-Key: "b"',
      'Idempotency-Key: "\x7f\xff"',
      'Last-Event-ID: -1',
      'Last-Event-ID: 99999999999999999999',
      'Last-Event-ID: 5\x00',
      'Origin: null',
      'Origin: https://evil.example',
      'Origin: https://evil.example\r\nAccess-Control-Request-Headers: x',
      'Host: evil.example',
      'Upgrade: h2c\r\nConnection: Upgrade',
      'X-Forwarded-For: 127.0.0.2',
      'Expect: 100-continue',
      'Expect: everything',
      'Connection: close, keep-alive, upgrade',
    ]) {
      await ask(arena, '/call/attack.nobody', { headers: [header], body: '[]' });
      await ask(arena, '/events/attack.news', { method: 'GET', headers: [header] });
      await ask(arena, '/openapi.json', { method: arena.random.pick(['GET', 'OPTIONS']), headers: [header] });
    }
  },

  async 'slow bodies'(arena) {
    const wires = Array.from({ length: 40 }, () => arena.wire());
    for (const wire of wires) {
      const path = arena.random.pick(['/call/attack.a', '/publish/attack.a', '/events/attack.a', '/openapi.json', '/bridge/call']);
      const method = path.startsWith('/events') || path.startsWith('/openapi') ? 'GET' : 'POST';
      wire.write(request(path, { method, body: '["', length: arena.random.pick([100, 2 ** 17, 2 ** 30]) }));
    }
    const dripping = setInterval(() => {
      for (const wire of wires) wire.write('a');
    }, 300);
    await arena
      .expectGone(
        wires.filter((_, i) => i % 2 === 0),
        'their bodies were too slow',
      )
      .finally(() => clearInterval(dripping));
  },

  async 'clients that hang up in every state'(arena) {
    const silent = await silentProcedure(arena);
    for (let i = 0; i < 120; i++) {
      const key = arena.random.chance(0.3) ? [`Idempotency-Key: "${arena.random.below(20)}"`] : [];
      const stream = arena.random.chance(0.3)
        ? [`Accept: ${arena.random.pick(['application/x-ndjson', 'text/event-stream'])}`]
        : [];
      const bytes = arena.random.pick([
        () => request(`/call/${silent}`, { body: '[1]', headers: key.length > 0 ? key : stream }),
        () => request('/call/slow.procedure', { body: '[1]', headers: key }),
        () => request('/publish/slow.topic', { body: '[1]', headers: key }),
        () => request('/publish/attack.news', { body: `["${LONG}"]` }),
        () => request('/events/slow.topic', EVENTS),
        () => request('/events/attack.kept.a', { method: 'GET', headers: ['Last-Event-ID: 1'] }),
        () => request('/call/odd.procedure', { headers: ['Authorization: Basic aG9uZXN0OmE='] }),
      ])();
      const wire = arena.wire();
      wire.write(arena.random.chance(0.3) ? bytes.subarray(0, arena.random.below(bytes.length)) : bytes);
      await sleep(arena.random.pick([0, 1, 5, 20]));
      if (arena.random.chance(0.5)) wire.socket.resetAndDestroy();
      else wire.socket.end();
    }
  },

  async 'streams that nobody reads'(arena) {
    const wires: Wire[] = [];
    for (let i = 0; i < 60; i++) {
      const wire = arena.wire();
      wire.socket.pause();
      wire.write(request(`/events/attack.${arena.random.pick(['', 'flood', 'kept'])}?match=prefix`, EVENTS));
      wires.push(wire);
    }
    await sleep(200);
    const body = `["${'x'.repeat(50_000)}"]`;
    for (let i = 0; i < 40; i++) await ask(arena, '/publish/attack.flood', { body });
    for (const wire of wires) if (arena.random.chance(0.5)) wire.socket.resetAndDestroy();
  },

  async 'half-open streams'(arena) {
    for (let i = 0; i < 150; i++) {
      const wire = arena.wire();
      wire.write(request('/events/attack.news', EVENTS));
      if (i % 3 === 0) wire.socket.end();
      if (i % 3 === 1) wire.socket.resetAndDestroy();
    }
    await sleep(500);
  },

  async 'many requests in one write'(arena) {
    for (const [path, sent] of [
      ['/call/attack.nobody', { body: '[]' }],
      ['/events/attack.news', EVENTS],
      ['/openapi.json', { method: 'GET' }],
    ] as const) {
      const wire = arena.wire();
      wire.write(Buffer.concat(Array.from({ length: 200 }, () => request(path, sent))));
      judge(arena, await wire.answered());
    }
  },

  async 'keys without end'(arena) {
    const silent = await silentProcedure(arena);
    const wires: Wire[] = [];
    for (let i = 0; i < 100; i++) {
      const wire = arena.wire();
      const headers = [`Idempotency-Key: "${i}-${arena.random.below(1e9)}"`];
      wire.write(request(i % 10 === 0 ? `/call/${silent}` : '/publish/attack.keys', { body: `["${LONG}"]`, headers }));
      wires.push(wire);
    }
    for (const wire of wires.slice(0, 20)) judge(arena, await wire.answered(200));
    for (let i = 0; i < 20; i++) await ask(arena, '/publish/attack.keys', { body: `[${i}]`, headers: ['Idempotency-Key: "same"'] });
  },

  async 'logins by the thousand'(arena) {
    const basic = (text: string): string => `Authorization: Basic ${Buffer.from(text).toString('base64')}`;
    for (let i = 0; i < 40; i++) {
      const wire = arena.wire();
      const headers = [
        arena.random.pick([basic(`honest:${i}`), `Authorization: Bearer ${i}`, basic(`__proto__:${i}`), `Cookie: a=${i}`]),
      ];
      wire.write(Buffer.concat(Array.from({ length: 10 }, () => request('/call/attack.nobody', { body: '[]', headers }))));
      const got = await wire.answered(500);
      judge(arena, got);
    }
    const got = await ask(arena, '/call/honest.echo', { body: '["a"]', headers: [basic('honest:wrong')] });
    if (statuses(got).some((status) => status < 400))
      arena.violate('wrong answers to attackers', `a wrong login was served: ${got.slice(0, 300)}`);
  },

  async 'rights that strangers do not have'(arena) {
    for (const path of [
      '/call/wamp.session.kill',
      '/call/wamp.session.kill_all',
      '/call/honest.echo',
      '/publish/honest.news',
      '/events/honest.news',
    ]) {
      const got = await ask(arena, path, path.startsWith('/events') ? EVENTS : { body: '[1]' });
      if (statuses(got).some((status) => status < 400))
        arena.violate('wrong answers to attackers', `a stranger may ${path}: ${got.slice(0, 300)}`);
    }
  },
});
