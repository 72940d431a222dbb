/* Calls and publications by HTTP: bodies, results, options. */
import { request as httpRequest } from 'node:http';
import { ApplicationError, Result } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { HeldStore } from '../../fixtures/late-store.ts';
import { ask, asked, bridging, Stream } from './bridge.ts';

describe('[K6] POST /call/<procedure>', () => {
  test('takes a list as args and an object as kwargs', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.seen', (args, kwargs) => new Result(args, { ...kwargs, seen: true })).ready;
    expect(await asked(port, '/call/com.example.seen', { body: '[2,"x"]' })).toEqual([
      200,
      { args: [2, 'x'], kwargs: { seen: true } },
    ]);
    expect(await asked(port, '/call/com.example.seen', { body: '{"a":1}' })).toEqual([
      200,
      { args: [], kwargs: { a: 1, seen: true } },
    ]);
    expect(await asked(port, '/call/com.example.seen')).toEqual([200, { args: [], kwargs: { seen: true } }]);
  });

  test('answers one result as a bare value, several as args and kwargs, none as 204', async () => {
    const { port, service } = await bridging();
    const results: { readonly [name: string]: unknown } = {
      one: 5,
      none: undefined,
      null: null,
      two: new Result([1, 2]),
      list: [1, 2],
    };
    await service.register('com.example.give', ([name]) => results[String(name)]).ready;
    const give = (name: string) => asked(port, '/call/com.example.give', { body: JSON.stringify([name]) });
    expect(await give('one')).toEqual([200, 5]);
    expect(await give('none')).toEqual([204, undefined]);
    expect(await give('null')).toEqual([200, null]);
    expect(await give('two')).toEqual([200, { args: [1, 2], kwargs: {} }]);
    expect(await give('list')).toEqual([200, [1, 2]]);
  });

  test('takes and gives both with ?form=full', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.seen', (args, kwargs) => new Result(args, kwargs)).ready;
    const full = (body: string) => asked(port, '/call/com.example.seen?form=full', { body });
    expect(await full('{ "kwargs" : {"b":[{"c":"}"}]} , "args":[ 1 , "\\"]" ] }')).toEqual([
      200,
      { args: [1, '"]'], kwargs: { b: [{ c: '}' }] } },
    ]);
    expect(await full('{"args":null}')).toEqual([200, { args: [], kwargs: {} }]);
    expect(await full('{"arg":[]}')).toMatchObject([400, { detail: "expected a body with args, kwargs, got 'arg'" }]);
    expect(await full('{"args":{}}')).toMatchObject([400, { detail: 'expected args to be a list, got {}' }]);
    expect(await full('[1]')).toMatchObject([400, { detail: 'expected {"args":[…],"kwargs":{…}}, got [1]' }]);
  });

  test('changes nothing in a payload: long integers, bytes, escapes, the order of members', async () => {
    const { port, service } = await bridging();
    const seen: unknown[] = [];
    await service.register('com.example.seen', ([bytes]) => void seen.push(bytes)).ready;
    const text = '{"z":123456789012345678901234567890,"a":1.50,"e":"\\u0041","9":1,"1":2}';
    // A call to a callee that passes on what it gets would decode it, so the payload comes back by an event.
    const stream = await Stream.of(port, '/events/com.example.news', { method: 'GET' });
    expect((await ask(port, '/publish/com.example.news', { body: `[${text}]` })).status).toBe(202);
    expect(await stream.next()).toContain(`data: ${text}`);
    stream.close();
    await ask(port, '/call/com.example.seen', { body: '["\\u0000AQID"]' });
    expect(seen).toEqual([new Uint8Array([1, 2, 3])]);
  });

  test('decodes the URI of the path, with slashes and other characters', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.größe/x y'.replace(' ', '_'), () => 'found').ready;
    expect(await asked(port, '/call/com.example.gr%C3%B6%C3%9Fe%2Fx_y')).toEqual([200, 'found']);
    expect(await asked(port, '/call/com.example.gr%C3%B6%C3%9Fe/x_y')).toEqual([200, 'found']);
  });

  test.each([
    ['/call/a%zz', 400, 'wamp.error.invalid_uri'],
    ['/call/%ff', 400, 'wamp.error.invalid_uri'],
    ['/call/', 400, 'wamp.error.invalid_uri'],
    ['/call/a..b', 400, 'wamp.error.invalid_uri'],
    ['/call/a%20b', 400, 'wamp.error.invalid_uri'],
    ['/call/a%0d%0ab', 400, 'wamp.error.invalid_uri'],
    [`/call/${'a'.repeat(2000)}`, 400, 'wamp.error.invalid_uri'],
    ['/call/com.example.nothing', 404, 'wamp.error.no_such_procedure'],
    ['/call/a?timeout=0', 400, 'wamp.error.invalid_argument'],
    ['/call/a?timeout=5&timeout=6', 400, 'wamp.error.invalid_argument'],
    ['/call/a?timout=5', 400, 'wamp.error.invalid_argument'],
    ['/call/a?form=half', 400, 'wamp.error.invalid_argument'],
    ['/call/a?__proto__=1', 400, 'wamp.error.invalid_argument'],
    ['/call/a?constructor=1', 400, 'wamp.error.invalid_argument'],
  ])('answers %s with %i, and later requests are served', async (path, status, uri) => {
    const { port, service } = await bridging();
    await service.register('com.example.ok', () => 'ok').ready;
    expect(await asked(port, path)).toMatchObject([status, { status, uri, type: `wamp:${uri}` }]);
    expect(await asked(port, '/call/com.example.ok')).toEqual([200, 'ok']);
  });

  test('suggests the parameter that was probably meant', async () => {
    const { port } = await bridging();
    expect(await asked(port, '/call/a?timout=5')).toMatchObject([
      400,
      { detail: "expected parameters form, timeout, disclose_me, got 'timout'; did you mean 'timeout'?" },
    ]);
  });

  test('discloses the caller who asks for it', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.who', (_args, _kwargs, { caller }) => typeof caller).ready;
    expect(await asked(port, '/call/com.example.who?disclose_me')).toEqual([200, 'number']);
  });

  test('cancels a call that takes too long, and answers 504', async () => {
    const { port, service } = await bridging({ http: { timeoutMs: 50 } });
    let canceled = 0;
    const wait = (_args: unknown, _kwargs: unknown, { signal }: { readonly signal: AbortSignal }): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          canceled++;
          reject(new Error('canceled'));
        });
      });
    await service.register('com.example.wait', wait).ready;
    expect(await asked(port, '/call/com.example.wait')).toMatchObject([504, { uri: 'wamp.error.timeout' }]);
    expect(await asked(port, '/call/com.example.wait?timeout=10')).toMatchObject([504, { uri: 'wamp.error.timeout' }]);
    await expect.poll(() => canceled).toBe(2);
  });
});

describe('[K6] a problem of a call', () => {
  test('has the URI, the status and the payload of the error, as RFC 9457 has it', async () => {
    const { port, service } = await bridging();
    const throwing = () => {
      throw new ApplicationError('com.shop.error.out_of_stock', ['no chairs left', 3], { item: 'chair' });
    };
    await service.register('com.shop.buy', throwing).ready;
    const { status, headers, body } = await ask(port, '/call/com.shop.buy');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([422, 'application/problem+json', 'no-store']);
    expect(JSON.parse(body)).toEqual({
      type: 'wamp:com.shop.error.out_of_stock',
      title: 'out of stock',
      status: 422,
      detail: 'no chairs left',
      uri: 'com.shop.error.out_of_stock',
      args: ['no chairs left', 3],
      kwargs: { item: 'chair' },
    });
  });

  test.each([
    ['wamp.error.invalid_argument', 400],
    ['wamp.error.not_authorized', 401],
    ['wamp.error.no_such_procedure', 404],
    ['wamp.error.canceled', 503],
    ['wamp.error.timeout', 504],
    ['wamp.error.runtime_error', 500],
    ['autostrada.error.limit_exceeded', 429],
    ['wamp.error.something_new', 500],
    ['com.example.error', 422],
    ['com.example.mapped', 409],
  ])('%s is %i', async (uri, status) => {
    const { port, service } = await bridging({ http: { statuses: { 'com.example.mapped': 409 } } });
    const throwing = () => {
      throw new ApplicationError(uri);
    };
    await service.register('com.example.throw', throwing).ready;
    expect(await asked(port, '/call/com.example.throw')).toMatchObject([status, { uri, status }]);
  });

  test('is 503 for all that run when the router closes', async () => {
    const { port, service, router } = await bridging();
    await service.register('com.example.wait', () => new Promise(() => {})).ready;
    const waiting = asked(port, '/call/com.example.wait');
    await expect.poll(() => router.stats().calls).toBe(1);
    const closing = router.close();
    expect((await waiting)[0]).toBe(503);
    await closing;
    expect((await asked(port, '/call/com.example.wait'))[0]).toBe(503);
  });

  test('is 503 when its session is ended, and the next request has a new one', async () => {
    const { port, service, router } = await bridging();
    await service.register('com.example.wait', () => new Promise(() => {})).ready;
    await service.register('com.example.ok', () => 'ok').ready;
    const waiting = asked(port, '/call/com.example.wait');
    await expect.poll(() => router.stats().calls).toBe(1);
    for (const { id, transport } of router.sessions) if (transport.kind === 'http') router.kill(id);
    expect(await waiting).toMatchObject([503, { uri: 'wamp.close.killed' }]);
    expect(await asked(port, '/call/com.example.ok')).toEqual([200, 'ok']);
  });
});

describe('[K6] a request that is no call', () => {
  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('%s is answered 405, with the methods that there are', async (method) => {
    const { port } = await bridging();
    const { status, headers, body } = await ask(port, '/call/com.example.add', { method });
    expect([status, headers.allow]).toEqual([405, 'POST, OPTIONS']);
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', title: 'Method Not Allowed', status: 405 });
  });

  test('HEAD is answered 405 without a body', async () => {
    const { port } = await bridging();
    expect(await ask(port, '/call/com.example.add', { method: 'HEAD' })).toMatchObject({ status: 405, body: '' });
    expect(await ask(port, '/events/com.example.news', { method: 'HEAD' })).toMatchObject({ status: 405, body: '' });
  });

  test.each([
    ['text/plain', '[1]'],
    ['application/x-www-form-urlencoded', 'a=1'],
    ['multipart/form-data; boundary=x', ''],
    ['application/jsonx', '[1]'],
    ['application/json; charset=latin1', '[1]'],
  ])('type %s is answered 415', async (type, body) => {
    const { port } = await bridging();
    expect(await asked(port, '/call/a', { body, headers: { 'content-type': type } })).toMatchObject([415, { status: 415 }]);
  });

  test('a body without a type, and a compressed one, are answered 415', async () => {
    const { port } = await bridging();
    const status = await new Promise((resolve) => {
      const sent = httpRequest({ port, path: '/call/a', method: 'POST', agent: false }, (response) => resolve(response.statusCode));
      sent.end('[1]');
    });
    expect(status).toBe(415);
    expect((await ask(port, '/call/a', { body: '[1]', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  });

  test.each(['application/json', 'application/json; charset=UTF-8', 'application/vnd.shop+json'])(
    'type %s is JSON',
    async (type) => {
      const { port, service } = await bridging();
      await service.register('com.example.add', ([a, b]) => Number(a) + Number(b)).ready;
      const sent = { body: '[2,3]', headers: { 'content-type': type } };
      expect(await asked(port, '/call/com.example.add', sent)).toEqual([200, 5]);
    },
  );

  test.each([
    ['{"a":1', "expected JSON: expected ',' or '}' at byte 6, got the end"],
    ['[1,]', "expected JSON: expected a value at byte 3, got ']'"],
    ['[1] x', "expected JSON: expected ',' or ']' at byte 4, got 'x'"],
    ['[1],[2]', 'expected one JSON value as the body'],
    ['1]', 'expected JSON: expected nothing after the list at byte 2, got the end'],
    [' ', 'expected one JSON value as the body'],
    ['\ufeff[1]', 'expected JSON: expected a value at byte 0, got byte 0xef'],
    ['5', 'expected a list (positional arguments) or an object (keyword arguments), got 5'],
    ['null', 'expected a list (positional arguments) or an object (keyword arguments), got null'],
  ])('body %s is answered 400, with the place', async (body, detail) => {
    const { port } = await bridging();
    expect(await asked(port, '/call/a', { body })).toMatchObject([400, { uri: 'wamp.error.invalid_argument', detail }]);
  });

  test('a body that is nested too deeply is answered 400', async () => {
    const { port } = await bridging();
    const body = `${'['.repeat(2000)}${']'.repeat(2000)}`;
    expect(await asked(port, '/call/a', { body })).toMatchObject([400, { detail: 'expected a value nested no deeper than 1000' }]);
  });

  test('a body that is not UTF-8 is answered 400', async () => {
    const { port } = await bridging();
    expect((await ask(port, '/call/a', { body: Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d) })).status).toBe(400);
  });

  test('a body that is too long is answered 413', async () => {
    const { port } = await bridging({ http: { maxBodyBytes: 100 } });
    expect(await asked(port, '/call/a', { body: `["${'x'.repeat(200)}"]` })).toMatchObject([
      413,
      { uri: 'wamp.error.payload_size_exceeded', detail: 'expected a body of at most 100 bytes' },
    ]);
  });

  test('a body that fits, but not into a message, is answered 413, and the session lives on', async () => {
    const { port, service } = await bridging({ config: { realms: { realm1: 'open' }, limits: { maxMessageBytes: 4096 } } });
    await service.register('com.example.ok', () => 'ok').ready;
    expect((await asked(port, '/call/com.example.ok', { body: `["${'x'.repeat(4090)}"]` }))[0]).toBe(413);
    expect(await asked(port, '/call/com.example.ok')).toEqual([200, 'ok']);
  });

  test('members with the name __proto__ change nothing', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.seen', (_args, kwargs) => [Object.keys(kwargs), 'polluted' in kwargs]).ready;
    const body = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":1}';
    expect(await asked(port, '/call/com.example.seen', { body })).toEqual([200, [['constructor', 'a'], false]]);
    expect((await asked(port, '/call/com.example.seen?form=full', { body: '{"__proto__":{"args":[1]}}' }))[0]).toBe(400);
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('[K6] POST /publish/<topic>', () => {
  test('answers 202 with the publication, which subscribers get', async () => {
    const { port, service } = await bridging();
    const seen: unknown[] = [];
    const handler = (args: readonly unknown[], kwargs: object, { publication }: { readonly publication: number }): void =>
      void seen.push([args, kwargs, publication]);
    await service.subscribe('com.example.news', handler).ready;
    const [status, body] = await asked(port, '/publish/com.example.news', { body: '["it works"]' });
    expect([status, body]).toEqual([202, { publication: expect.any(Number) }]);
    const { publication } = Object(body);
    await expect.poll(() => seen).toEqual([[['it works'], {}, publication]]);
  });

  test('takes the options of WAMP as parameters', async () => {
    const { port, service } = await bridging();
    await asked(port, '/publish/com.example.state?retain', { body: '[7]' });
    const seen: unknown[] = [];
    await service.subscribe('com.example.state', ([value]) => void seen.push(value), { get_retained: true }).ready;
    await expect.poll(() => seen).toEqual([7]);
    await asked(port, '/publish/com.example.state?eligible_authid=nobody&eligible_authid=a,b', { body: '[8]' });
    await asked(port, '/publish/com.example.state?exclude=1&exclude=2&exclude_me=false&retain=false', { body: '[9]' });
    await expect.poll(() => seen).toEqual([7, 9]);
  });

  test.each(['exclude=x', 'exclude=0', 'retain=maybe', 'acknowledge=false', 'exclude=1,2'])('refuses ?%s', async (query) => {
    const { port } = await bridging();
    expect((await asked(port, `/publish/a?${query}`, { body: '[]' }))[0]).toBe(400);
  });

  test('is answered 504 if a store does not answer; a request that comes again is answered the same', async () => {
    const store = new HeldStore();
    const { port, service } = await bridging({ hooks: { store }, http: { timeoutMs: 50 } });
    const heard: unknown[] = [];
    await service.subscribe('com.example.state', ([value]) => void heard.push(value)).ready;
    const send = (): Promise<readonly [number | undefined, unknown]> =>
      asked(port, '/publish/com.example.state?retain', { body: '[1]', headers: { 'idempotency-key': 'a' } });
    expect(await send()).toMatchObject([504, { uri: 'wamp.error.timeout', detail: expect.stringContaining('not acknowledged') }]);
    expect((await send())[0]).toBe(504);
    expect(heard).toEqual([1]);
    await store.answer();
  });

  test('says what the router refuses', async () => {
    const { port } = await bridging();
    expect(await asked(port, '/publish/a..b', { body: '[]' })).toMatchObject([400, { uri: 'wamp.error.invalid_uri' }]);
  });
});
