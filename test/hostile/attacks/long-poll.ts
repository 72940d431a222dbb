/* Long-poll, by hand: transports that are opened and forgotten, polls and posts in every disorder. */
import { type Arena, attacksOf, sleep } from '../arena.ts';
import { statuses } from './http.ts';

const HELLO = '[1,"arena",{"roles":{"caller":{},"publisher":{},"subscriber":{}}}]';
const ALLOWED = [200, 204, 400, 403, 404, 405, 408, 409, 411, 413, 415, 421, 429, 431, 503];

function request(path: string, body: string | Uint8Array, method = 'POST'): Buffer {
  const bytes = Buffer.from(body as string);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}

async function ask(arena: Arena, path: string, body: string | Uint8Array = '', method = 'POST', ms = 1500): Promise<string> {
  const wire = arena.wire();
  wire.write(request(path, body, method));
  arena.note(
    `${method} ${path} ${Buffer.from(body as string)
      .toString('latin1')
      .slice(0, 200)}`,
  );
  const got = await wire.answered(ms);
  const wrong = statuses(got).find((status) => !ALLOWED.includes(status));
  if (wrong !== undefined) arena.violate('wrong answers to attackers', `long-poll ${wrong}: ${got.slice(0, 300)}`);
  if (got.includes('internal error')) arena.violate('internal errors', got.slice(0, 500));
  wire.socket.destroy();
  return got;
}

async function open(arena: Arena, protocol = 'wamp.2.json'): Promise<string> {
  const got = await ask(arena, '/lp/open', JSON.stringify({ protocols: [protocol] }));
  const transport = /"transport":"([^"]+)"/.exec(got)?.[1];
  if (transport === undefined) throw new Error(`no transport: ${got}`);
  return `/lp/${transport}`;
}

async function session(arena: Arena, protocol = 'wamp.2.json'): Promise<string> {
  const base = await open(arena, protocol);
  await ask(arena, `${base}/send`, protocol.endsWith('batched') ? `${HELLO}\x1e` : HELLO);
  await ask(arena, `${base}/receive`);
  return base;
}

export const longPoll = attacksOf('long-poll', {
  async 'transports that are opened and forgotten'(arena) {
    const body = '{"protocols":["wamp.2.json"]}';
    for (let i = 0; i < 10; i++) {
      const wire = arena.wire();
      wire.write(Buffer.concat(Array.from({ length: 60 }, () => request('/lp/open', body))));
      await wire.answered();
    }
    await sleep(500);
  },

  async 'openings that are none'(arena) {
    const deep = 30_000;
    for (const body of [
      '',
      'null',
      '[]',
      '{"protocols":null}',
      '{"protocols":"wamp.2.json"}',
      '{"protocols":[]}',
      '{"protocols":[null,{},[[]],1]}',
      '{"protocols":["__proto__"]}',
      '{"__proto__":{"protocols":["wamp.2.json"]}}',
      `{"protocols":${'['.repeat(deep)}${']'.repeat(deep)}}`,
      `{"protocols":["${'x'.repeat(60_000)}"]}`,
      `{"protocols":[${'"a",'.repeat(20_000)}"a"]}`,
      Buffer.from('7bff7d', 'hex'),
      Buffer.alloc(300_000, 0x20),
    ]) {
      await ask(arena, '/lp/open', body);
    }
  },

  async 'posts to the transports of others'(arena) {
    for (const path of [
      '/lp/',
      '/lp/x',
      '/lp/x/',
      '/lp/x/send',
      '/lp/../lp/open',
      '/lp/%00/send',
      '/lp/x/send/more',
      '/lp/__proto__/receive',
      '/lp/constructor/close',
      `/lp/${'x'.repeat(10_000)}/send`,
      '/lp/open/send',
    ]) {
      await ask(arena, path, HELLO);
      await ask(arena, path, HELLO, arena.random.pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']));
    }
  },

  async 'many polls at once'(arena) {
    const base = await session(arena);
    const wires = Array.from({ length: 50 }, () => arena.wire());
    for (const wire of wires) wire.write(request(`${base}/receive`, ''));
    await sleep(300);
    for (const wire of wires.slice(0, 25)) wire.socket.resetAndDestroy();
    await ask(arena, `${base}/send`, '[32,1,{},"attack.lp"]');
    await ask(arena, `${base}/receive`, '', 'POST', 500);
    await ask(arena, `${base}/close`);
    await ask(arena, `${base}/close`);
    await ask(arena, `${base}/send`, HELLO);
  },

  async 'posts without end, and nobody polls'(arena) {
    const base = await session(arena);
    for (let i = 0; i < 30; i++) {
      const wire = arena.wire();
      wire.write(
        Buffer.concat(Array.from({ length: 20 }, (_, k) => request(`${base}/send`, `[48,${i * 20 + k + 1},{},"attack.nobody"]`))),
      );
      await wire.answered(200);
    }
  },

  async 'bodies that never end, in parallel'(arena) {
    // Posts to one transport are read one after the other, each for as long as a login may take; so each has a transport of its own.
    const bases = await Promise.all(Array.from({ length: 20 }, () => session(arena, 'wamp.2.json.batched')));
    const wires = bases.map((base) => {
      const wire = arena.wire();
      wire.write(`POST ${base}/send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${2 ** 17}\r\n\r\n`);
      wire.write(Buffer.alloc(2 ** 17 - 1, 0x20));
      return wire;
    });
    await arena.expectGone(wires, 'their bodies were a byte short');
  },

  async 'bodies while a decision is awaited'(arena) {
    const base = await session(arena, 'wamp.2.json.batched');
    await ask(arena, `${base}/send`, `${'[32,1,{},"slow.topic"]'}\x1e`, 'POST', 50);
    const wires = Array.from({ length: 30 }, () => arena.wire());
    const body = `[16,2,{},"attack.lp",["${'x'.repeat(100_000)}"]]\x1e`.repeat(4);
    for (const wire of wires) wire.write(request(`${base}/send`, body));
    await sleep(1000);
  },

  async 'bodies that are no messages'(arena) {
    for (const body of [
      '',
      '{',
      '[]',
      '[999]',
      '\x1e',
      `${HELLO}\x1e${HELLO}\x1e`,
      Buffer.from('ff00ff', 'hex'),
      '['.repeat(50_000),
      'x'.repeat(200_000),
    ]) {
      const base = await open(
        arena,
        arena.random.pick(['wamp.2.json', 'wamp.2.json.batched', 'wamp.2.msgpack', 'wamp.2.cbor.batched']),
      );
      await ask(arena, `${base}/send`, body);
      await ask(arena, `${base}/receive`, '', 'POST', 300);
      await ask(arena, `${base}/close`);
    }
  },

  async 'batches that lie'(arena) {
    for (const hex of ['00000000', 'ffffffff00', '0000000591', '00000001', '000000', '0000000190'.repeat(100)]) {
      const base = await open(arena, arena.random.pick(['wamp.2.msgpack.batched', 'wamp.2.cbor.batched']));
      await ask(arena, `${base}/send`, Buffer.from(hex, 'hex'));
    }
  },
});
