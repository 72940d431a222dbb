/* The long-poll client against an HTTP server played by hand. */
import { batched, json, type Serializer } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, test } from 'vitest';
import { isTaken } from './listening.ts';
import { opened, ScriptedHttp } from './scripted-http.ts';

const never = new AbortController().signal;
const text = (body: Uint8Array) => String(Buffer.from(body));

async function failure(connecting: unknown): Promise<{ name: string; uri: string; message: string }> {
  return await Promise.resolve(connecting).then(
    () => expect.unreachable('it was opened'),
    (error: unknown) => error as { name: string; uri: string; message: string },
  );
}

describe('[C83] a long-poll client that opens', () => {
  const offers: [string, readonly Serializer[], boolean | undefined, string[]][] = [
    ['text plain and batched', [json()], undefined, ['wamp.2.json', 'wamp.2.json.batched']],
    ['bytes batched and plain', [msgpack()], undefined, ['wamp.2.msgpack.batched', 'wamp.2.msgpack']],
    ['plain ones only, when told so', [msgpack(), json()], false, ['wamp.2.msgpack', 'wamp.2.json']],
    ['a batched serializer as the plain one', [batched(json())], false, ['wamp.2.json']],
  ];
  test.each(offers)('offers %s', async (_, serializers, isBatched, protocols) => {
    const http = await ScriptedHttp.start();
    const connecting = longPoll(`${http.url}/?token=1`, { batched: isBatched, headers: { 'x-own': 'me' } }).connect({
      serializers,
      signal: never,
    });
    const open = await http.next('open');
    expect([open.path, open.headers['content-type'], open.headers['x-own']]).toEqual([
      '/lp/open?token=1',
      'application/json',
      'me',
    ]);
    expect(JSON.parse(text(open.body))).toEqual({ protocols });
    open.answer(200, JSON.stringify({ protocol: protocols[0], transport: 'a/b' }));
    const transport = await connecting;
    expect(transport.serializer.name).toBe(protocols[0]?.split('.')[2]);
    transport.start({ frame: () => {}, closed: () => {} });
    const poll = await http.next('receive');
    expect([poll.path, poll.headers['x-own'], poll.body.length]).toEqual(['/lp/a%2Fb/receive?token=1', 'me', 0]);
    transport.close();
    (await http.next('close')).answer(204);
  });

  test.each([
    [404, '<html>', 'autostrada.error.no_longpoll', /^no long-poll there: http:\S+ answered HTTP 404$/],
    [200, 'welcome to my shop', 'autostrada.error.no_longpoll', /answered HTTP 200 \(welcome to my shop\)$/],
    [200, 'null', 'autostrada.error.no_longpoll', /answered HTTP 200 \(null\)$/],
    [200, '{"protocol":"wamp.2.json"}', 'autostrada.error.no_longpoll', /answered HTTP 200$/],
    [200, '{"protocol":"wamp.2.json","transport":7}', 'autostrada.error.no_longpoll', /answered HTTP 200$/],
    [200, '{"protocol":"wamp.2.cbor","transport":"x"}', 'autostrada.error.no_subprotocol', /it chose wamp\.2\.cbor$/],
    [400, 'no common subprotocol: …', 'autostrada.error.no_subprotocol', /^no common subprotocol: http.*400/],
    [403, 'origin x may not connect', 'autostrada.error.no_longpoll', /\(origin x may not connect\)$/],
    [503, 'starting', 'wamp.error.network_failure', /answered HTTP 503 \(starting\)$/],
    [429, '', 'wamp.error.network_failure', /answered HTTP 429$/],
  ])('is refused by %i with %j', async (status, body, uri, said) => {
    const http = await ScriptedHttp.start();
    const connecting = failure(longPoll(http.url).connect({ serializers: [json()], signal: never }));
    (await http.next('open')).answer(status, body);
    expect(await connecting).toMatchObject({ name: 'TransportError', uri, message: expect.stringMatching(said) });
  });

  test('says why it cannot connect', async () => {
    expect(await isTaken(1)).toBe(false);
    const error = await failure(longPoll('http://127.0.0.1:1/lp').connect({ serializers: [json()], signal: never }));
    expect(error).toMatchObject({ name: 'TransportError', uri: 'wamp.error.network_failure' });
    expect(error.message).toMatch(/^cannot reach http:\/\/127\.0\.0\.1:1\/lp: /);
  });

  test.each(['ws://127.0.0.1/lp', '/lp', 'lp', 'http:///lp', ''])('refuses a URL like %j', async (url) => {
    expect(await failure(longPoll(url).connect({ serializers: [json()], signal: never }))).toMatchObject({
      name: 'TransportError',
      uri: 'autostrada.error.invalid_url',
    });
  });

  test('stops when its signal aborts', async () => {
    const http = await ScriptedHttp.start();
    const controller = new AbortController();
    const connecting = failure(longPoll(new URL(http.url)).connect({ serializers: [json()], signal: controller.signal }));
    const open = await http.next('open');
    controller.abort(new Error('given up'));
    expect((await connecting).message).toBe('given up');
    await expect.poll(() => open.isOver).toBe(true);
  });
});

describe('[C83] a long-poll client that sends', () => {
  test('makes one request at a time, in order, however slow the answers are', async () => {
    const { http, transport } = await opened('wamp.2.json');
    for (const frame of ['[1]', '[2]', '[3]']) transport.send(frame);
    expect(transport.bufferedBytes).toBe(9);
    for (const frame of ['[1]', '[2]', '[3]']) {
      const send = await http.next('send');
      expect([text(send.body), send.path, http.count('send')]).toEqual([frame, '/lp/the%20transport/send', 0]);
      send.answer(frame === '[2]' ? 202 : 204);
    }
    await expect.poll(() => transport.bufferedBytes).toBe(0);
  });

  test('sends all that waits together, if batched', async () => {
    const { http, transport } = await opened('wamp.2.json.batched');
    transport.send('[1]');
    transport.send('[2]');
    const first = await http.next('send');
    for (const frame of ['[3]', '[4]', `["${'x'.repeat(70_000)}"]`]) transport.send(frame);
    expect(text(first.body)).toBe('[1]\x1e[2]\x1e');
    first.answer(200);
    const second = await http.next('send');
    expect(text(second.body)).toBe('[3]\x1e[4]\x1e');
    second.answer(204);
    expect((await http.next('send')).body.length).toBe(70_005);
  });

  test('continues while a poll is pending, in bytes', async () => {
    const { http, transport } = await opened('wamp.2.msgpack.batched', {}, [msgpack()]);
    await http.next('receive');
    transport.send(new Uint8Array([7]));
    expect([...(await http.next('send')).body]).toEqual([0, 0, 0, 1, 7]);
  });
});

describe('[C83] a long-poll client that receives', () => {
  test('gets one message in each poll, polls again, and ignores an empty answer', async () => {
    const { http, received } = await opened('wamp.2.json');
    for (const [status, body] of [
      [200, '[1]'],
      [204, ''],
      [202, ''],
      [200, ''],
      [200, '["ä"]'],
    ] as const) {
      const poll = await http.next('receive');
      expect(http.count('receive')).toBe(0);
      poll.answer(status, body);
    }
    await http.next('receive');
    expect(received).toEqual(['[1]', '["ä"]']);
  });

  test.each(['\x1e', '\x18'])('reads a batch with the separator %j', async (separator) => {
    const { http, received } = await opened('wamp.2.json.batched');
    (await http.next('receive')).answer(200, `[1]${separator}[2]${separator}`);
    await http.next('receive');
    expect(received).toEqual(['[1]', '[2]']);
  });

  test('reads bytes', async () => {
    const { http, received } = await opened('wamp.2.msgpack', {}, [msgpack()]);
    (await http.next('receive')).answer(200, new Uint8Array([0, 255]));
    await http.next('receive');
    expect(received).toEqual([new Uint8Array([0, 255])]);
  });
});

describe('[C83] a failure ends the transport once, and the router is told:', () => {
  test.each([
    ['receive', 500],
    ['receive', 302],
    ['receive', 403],
    ['send', 400],
    ['send', 413],
    ['send', 502],
  ])('%s is answered by %i', async (verb, status) => {
    const { http, transport, closed } = await opened();
    transport.send('[1]');
    const other = await http.next(verb === 'send' ? 'receive' : 'send');
    (await http.next(verb)).answer(status, 'no');
    const close = await http.next('close');
    close.answer(204);
    const error = expect.objectContaining({ name: 'TransportError', message: expect.stringContaining(`got ${status}`) });
    expect(closed).toEqual([expect.objectContaining({ clean: false, code: 1006, error })]);
    await expect.poll(() => other.isOver).toBe(true);
    transport.send('[2]');
    transport.close();
    expect(transport.bufferedBytes).toBe(0);
  });

  test('after a 404 the router is not told, because it has forgotten the transport', async () => {
    const { http, closed } = await opened();
    (await http.next('receive')).answer(404);
    await expect.poll(() => closed.length).toBe(1);
    expect(http.waiting).toEqual([]);
  });

  test('the connection breaks', async () => {
    const { http, closed } = await opened();
    (await http.next('receive')).hangUp();
    await expect.poll(() => closed.length).toBe(1);
    expect(closed[0]).toMatchObject({ clean: false, error: { name: 'TransportError', uri: 'wamp.error.network_failure' } });
    (await http.next('close')).hangUp();
    expect(closed).toHaveLength(1);
  });

  test('there is no answer for timeoutMs', async () => {
    const { http, closed } = await opened('wamp.2.json', { timeoutMs: 30 });
    await expect.poll(() => closed.length).toBe(1);
    expect(closed[0]?.reason).toBe('long-poll receive: no answer in 30 ms');
    (await http.next('close')).answer(204);
  });

  test.each([
    ['a batch without end', '[1]'],
    ['a batch with nothing in it', '\x1e'],
    ['an empty message', '[1]\x1e\x1e'],
  ])('%s, and none of it is delivered', async (_, body) => {
    const { http, received, closed } = await opened('wamp.2.json.batched');
    (await http.next('receive')).answer(200, body);
    await expect.poll(() => closed.length).toBe(1);
    expect(closed[0]).toMatchObject({ clean: false, code: 1002, error: { name: 'ProtocolError' } });
    expect(received).toEqual([]);
    await http.next('close');
  });

  test('a failure before the start is reported at the start', async () => {
    const http = await ScriptedHttp.start();
    const connecting = longPoll(http.url).connect({ serializers: [json()], signal: never });
    (await http.next('open')).answer(200, '{"protocol":"wamp.2.json","transport":"x"}');
    const transport = await connecting;
    transport.send('[1]');
    (await http.next('send')).answer(500);
    (await http.next('close')).answer(204);
    const closed: unknown[] = [];
    transport.start({ frame: () => {}, closed: (why) => closed.push(why) });
    expect(closed).toHaveLength(1);
    expect(http.waiting).toEqual([]);
  });
});

describe('[C83] a long-poll client that closes', () => {
  test('sends first what was sent before, then closes, and does not poll any more', async () => {
    const { http, transport, closed, received } = await opened();
    const poll = await http.next('receive');
    transport.send('[1]');
    const first = await http.next('send');
    transport.send('[2]');
    transport.close(1000, 'bye');
    transport.send('[3]');
    first.answer(204);
    poll.answer(200, '[7]'); // still delivered
    const second = await http.next('send');
    expect(text(second.body)).toBe('[2]');
    expect(http.count('close')).toBe(0);
    second.answer(204);
    const close = await http.next('close');
    (await http.next('receive')).answer(204);
    close.answer(202);
    await expect.poll(() => closed).toEqual([{ clean: true, code: 1000, reason: 'bye' }]);
    expect([received, http.waiting]).toEqual([['[7]'], []]);
    transport.close();
    expect(closed).toHaveLength(1);
  });

  test('ignores that the router has forgotten it, or does not answer', async () => {
    const known = await opened();
    known.transport.close();
    (await known.http.next('receive')).answer(404);
    (await known.http.next('close')).answer(404);
    await expect.poll(() => known.closed).toEqual([{ clean: true, code: 1000, reason: '' }]);

    const silent = await opened();
    silent.transport.close();
    await silent.http.next('close');
    await expect.poll(() => silent.closed, { timeout: 15_000 }).toEqual([{ clean: false, code: 1000, reason: '' }]);
  });
});
