/* `Idempotency-Key`: a request that is sent again is carried out once. */
import { request as httpRequest } from 'node:http';
import { ApplicationError } from 'autostrada';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { KeptAnswers } from '../../../src/node/http-bridge/answers/kept-answers.ts';
import { once } from '../../../src/node/http-bridge/answers/once.ts';
import { type Answer, type Asked, ask, type Bridging, basic, bridging, type Setup } from './bridge.ts';

const all = { permissions: 'all' } as const;
const users = {
  joe: { authrole: 'member', ticket: 'joes' },
  jane: { authrole: 'member', ticket: 'janes' },
};
const config = { realms: { realm1: { authroles: { member: all, service: all, guest: all }, anonymous: 'guest', users } } };

async function counting(setup: Setup = {}) {
  const bridge = await bridging(setup);
  let count = 0;
  await bridge.service.register('com.example.next', () => ++count).ready;
  const send = (key: string, asked: Asked = {}, path = '/call/com.example.next'): Promise<Answer> =>
    ask(bridge.port, path, { body: '[]', ...asked, headers: { 'idempotency-key': key, ...asked.headers } });
  return { ...bridge, send, counted: () => count };
}

/** A procedure that waits until it is told, and then counts. */
async function waiting({ service }: Bridging) {
  const calls: (() => void)[] = [];
  const canceled: string[] = [];
  await service.register('com.example.wait', (_, __, { signal }) => {
    signal.addEventListener('abort', () => canceled.push('canceled'));
    return new Promise((resolve) => calls.push(() => resolve(calls.length)));
  }).ready;
  return { calls, canceled };
}

describe('[K6] a call with an Idempotency-Key', () => {
  test('that comes again gets the same answer, and is not carried out again', async () => {
    const { send, counted } = await counting();
    const [first, again, other] = [await send('"a"'), await send('"a"'), await send('"b"')];
    expect([first.body, again.body, other.body, counted()]).toEqual(['1', '1', '2', 2]);
    expect([first, again].map(({ headers }) => headers['idempotent-replayed'])).toEqual([undefined, 'true']);
    expect({ ...again.headers, date: '', 'idempotent-replayed': undefined }).toEqual({ ...first.headers, date: '' });
  });

  test('may have it as a string of RFC 9651 or without quotation marks', async () => {
    const { send } = await counting();
    expect([
      (await send('"a b"')).body,
      (await send('plain')).body,
      (await send('"plain"')).body,
      (await send('"a\\"b"')).body,
    ]).toEqual(['1', '2', '2', '3']);
  });

  test.each(['', '""', '"a', 'a"', 'a b', '"a", "b"', 'ä', '"\u00e4"', '"a\tb"', `"${'x'.repeat(256)}"`, '"a";b=c'])(
    'is refused if it is %j',
    async (key) => {
      const { send, counted } = await counting();
      const { status, body } = await send(key);
      expect([status, body, counted()]).toEqual([
        400,
        expect.stringContaining('expected Idempotency-Key to be a string of 1 to 255'),
        0,
      ]);
    },
  );

  test.each<[string, Asked, string]>([
    ['another body', { body: '[1]' }, '/call/com.example.next'],
    ['another procedure', {}, '/call/com.example.other'],
    ['other parameters', {}, '/call/com.example.next?disclose_me'],
    ['a publication', {}, '/publish/com.example.next'],
  ])('that an earlier one had is refused with %s', async (_, asked, path) => {
    const { send, counted } = await counting();
    await send('"a"');
    const { status, headers, body } = await send('"a"', asked, path);
    expect([status, headers['content-type']]).toEqual([422, 'application/problem+json']);
    expect(body).toContain('expected a new Idempotency-Key for another request');
    expect([(await send('"a"')).body, counted()]).toEqual(['1', 1]);
  });

  test('that comes again while it runs is refused, and then gets the answer', async () => {
    const bridge = await counting();
    const { calls } = await waiting(bridge);
    const path = '/call/com.example.wait';
    const first = bridge.send('"a"', {}, path);
    await expect.poll(() => calls.length).toBe(1);
    const second = await bridge.send('"a"', {}, path);
    expect([second.status, second.headers['retry-after']]).toEqual([409, '1']);
    calls[0]?.();
    expect([(await first).body, (await bridge.send('"a"', {}, path)).body, calls.length]).toEqual(['1', '1', 1]);
  });

  test('continues when its client hangs up, and its answer is there later', async () => {
    const bridge = await counting();
    const { calls, canceled } = await waiting(bridge);
    const path = '/call/com.example.wait';
    for (const [i, headers] of [{ 'idempotency-key': '"a"' }, {}].entries()) {
      const request = httpRequest({ host: '127.0.0.1', port: bridge.port, path, method: 'POST', headers, agent: false });
      request.on('error', () => {});
      request.end();
      await expect.poll(() => calls.length).toBe(i + 1);
      request.destroy();
    }
    // The one without a key is canceled.
    await expect.poll(() => canceled).toEqual(['canceled']);
    calls[0]?.();
    const again = (): Promise<Answer> => bridge.send('"a"', { body: undefined }, path);
    await expect.poll(async () => (await again()).status).toBe(200);
    expect([(await again()).body, calls.length, canceled.length]).toEqual(['2', 2, 1]);
  });

  test('has the same error again, if the procedure has begun', async () => {
    const { service, send } = await counting();
    let count = 0;
    await service.register('com.example.fail', () => {
      throw new ApplicationError('com.shop.error.out_of_stock', [`at call ${++count}`]);
    }).ready;
    const [first, again] = [await send('"a"', {}, '/call/com.example.fail'), await send('"a"', {}, '/call/com.example.fail')];
    expect([first.status, again.status, count]).toEqual([422, 422, 1]);
    expect([again.body, again.headers['content-type']]).toEqual([first.body, 'application/problem+json']);
  });

  test('is carried out when it comes again after an error before the procedure', async () => {
    const { service, send, port } = await counting({ config });
    const late = (): Promise<Answer> => send('"a"', {}, '/call/com.example.late');
    expect((await late()).status).toBe(404);
    await service.register('com.example.late', () => 'here').ready;
    expect((await late()).body).toBe('"here"');
    const wrong = { headers: basic('joe', 'wrong') };
    expect((await send('"b"', wrong)).status).toBe(401);
    expect((await send('"b"', { headers: basic('joe', 'joes') })).status).toBe(200);
    expect((await ask(port, '/call/com.example.next', { body: '[', headers: { 'idempotency-key': '"c"' } })).status).toBe(400);
    expect((await send('"c"')).status).toBe(200);
  });

  test('has the same 504 again: nobody knows what was done', async () => {
    const bridge = await counting();
    const { calls } = await waiting(bridge);
    const path = '/call/com.example.wait?timeout=20';
    expect([(await bridge.send('"a"', {}, path)).status, (await bridge.send('"a"', {}, path)).status, calls.length]).toEqual([
      504, 504, 1,
    ]);
  });

  test('belongs to its user: another one with the same key gets an answer of their own', async () => {
    const { send } = await counting({ config });
    const as = (authid: string, ticket: string): Promise<Answer> => send('"a"', { headers: basic(authid, ticket) });
    const [joe, jane, anonymous] = [await as('joe', 'joes'), await as('jane', 'janes'), await send('"a"')];
    expect([joe.body, jane.body, anonymous.body]).toEqual(['1', '2', '3']);
    expect([(await as('jane', 'janes')).body, (await as('joe', 'joes')).body, (await send('"a"')).body]).toEqual(['2', '1', '3']);
    // A user who may not log in any more gets nothing that is kept.
    expect((await as('joe', 'wrong')).status).toBe(401);
  });

  test('is of the user, and not of the session', async () => {
    const { send, router } = await counting({ config, http: { sessionMs: 0 } });
    const as = (agent: string): Promise<Answer> => send('"a"', { headers: { ...basic('joe', 'joes'), 'user-agent': agent } });
    expect([(await as('one')).body, (await as('two')).body]).toEqual(['1', '1']);
    expect(router.sessions.map(({ authid }) => authid)).toEqual(['service']);
  });

  test('does not need a session of its own', async () => {
    const { send, router } = await counting({ config });
    await send('"a"', { headers: basic('joe', 'joes') });
    await send('"b"', { headers: basic('joe', 'joes') });
    expect(router.sessions.filter(({ authid }) => authid === 'joe').length).toBe(1);
  });

  test('is refused for a stream', async () => {
    const { send, counted } = await counting();
    for (const accept of ['application/x-ndjson', 'text/event-stream'])
      expect((await send('"a"', { headers: { accept } })).status).toBe(400);
    expect(counted()).toBe(0);
  });

  test('whose answer was too long is not carried out again', async () => {
    const { send, service } = await counting({ http: { maxIdempotencyBytes: 20_000 } });
    let count = 0;
    await service.register('com.example.long', () => `${++count}`.padEnd(2000)).ready;
    expect((await send('"a"', {}, '/call/com.example.long')).status).toBe(200);
    const again = await send('"a"', {}, '/call/com.example.long');
    expect([again.status, again.body, count]).toEqual([409, expect.stringContaining('too long to be kept'), 1]);
  });

  test('is of each bridge alone', async () => {
    const { port, counted } = await counting({ http: [{ path: '/a' }, { path: '/b' }] });
    for (const path of ['/a', '/b', '/a'])
      await ask(port, `${path}/call/com.example.next`, { headers: { 'idempotency-key': '"a"' } });
    expect(counted()).toBe(2);
  });
});

describe('[K6] a publication with an Idempotency-Key', () => {
  test('that comes again is published once', async () => {
    const { port, service } = await bridging();
    const heard: unknown[] = [];
    await service.subscribe('com.example.news', ([headline]) => void heard.push(headline)).ready;
    const send = (key: string, body: string): Promise<Answer> =>
      ask(port, '/publish/com.example.news', { body, headers: { 'idempotency-key': key } });
    const [first, again] = [await send('"a"', '["one"]'), await send('"a"', '["one"]')];
    await send('"b"', '["two"]');
    await expect.poll(() => heard).toEqual(['one', 'two']);
    expect([again.status, again.body]).toEqual([202, first.body]);
  });

  test('in the form of Crossbar.io, too', async () => {
    const { port, service } = await bridging({ http: { crossbarCall: '/bridge/call', crossbarPublish: '/bridge/publish' } });
    let count = 0;
    await service.register('com.example.next', () => ++count).ready;
    const send = (path: string, body: object): Promise<Answer> =>
      ask(port, path, { body: JSON.stringify(body), headers: { 'idempotency-key': path } });
    for (const [path, body] of [
      ['/bridge/call', { procedure: 'com.example.next' }],
      ['/bridge/publish', { topic: 'com.example.news' }],
    ] as const) {
      const [first, again] = [await send(path, body), await send(path, body)];
      expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    }
    expect(count).toBe(1);
  });
});

describe('[K6] the answers that are kept', () => {
  const request = (owner: string, key: string) => ({ owner, key, fingerprint: 'same' });
  const answer = (length = 0) => ({ status: 200, body: new Uint8Array(length), headers: {} });
  const doing = (kept: KeptAnswers, length = 0) => {
    const done: string[] = [];
    const doOnce = (owner: string, key: string): Promise<unknown> =>
      once(kept, request(owner, key), async () => {
        done.push(`${owner} ${key}`);
        return { answer: answer(length), isUndone: false };
      });
    return { done, once: doOnce };
  };

  test('are forgotten after their time, by a timer', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 2 ** 20 });
    const { done, once } = doing(kept);
    await once('joe', 'a');
    await vi.advanceTimersByTimeAsync(600);
    await once('joe', 'b');
    await once('joe', 'a');
    await vi.advanceTimersByTimeAsync(500);
    expect(kept.size).toBe(1);
    await once('joe', 'b');
    await once('joe', 'a');
    expect(done).toEqual(['joe a', 'joe b', 'joe a']);
    await vi.advanceTimersByTimeAsync(5000);
    expect([kept.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test('are bounded: the user that has most loses the oldest', async () => {
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 20 * 1024 });
    const { done, once } = doing(kept);
    await once('jane', 'a');
    for (let i = 0; i < 100; i++) await once('joe', `${i}`);
    expect(kept.size).toBe(20);
    done.splice(0);
    for (const [owner, key] of [
      ['jane', 'a'],
      ['joe', '99'],
      ['joe', '0'],
    ] as const)
      await once(owner, key);
    expect(done).toEqual(['joe 0']);
    kept.close();
    expect(kept.size).toBe(0);
  });

  test('count with their bodies', async () => {
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 64 * 1024 });
    const { once } = doing(kept, 3000);
    for (let i = 0; i < 100; i++) await once('joe', `${i}`);
    expect(kept.size).toBe(Math.floor((64 * 1024) / (3000 + 1024)));
    kept.close();
  });

  test('do not push out requests that run: one more is refused', async () => {
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 3 * 1024 });
    const never = (key: string): Promise<unknown> => once(kept, request('joe', key), () => new Promise(() => {}));
    for (const key of ['a', 'b', 'c']) void never(key);
    await expect(never('d')).rejects.toMatchObject({ status: 503 });
    await expect(never('a')).rejects.toMatchObject({ status: 409 });
    kept.close();
  });

  test('are not kept any more by a port that is closed, also of requests that end later', async () => {
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 2 ** 20 });
    let finish: (() => void) | undefined;
    const running = once(kept, request('joe', 'a'), async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { answer: answer(), isUndone: false };
    });
    await expect.poll(() => finish).toBeDefined();
    kept.close();
    expect(kept.size).toBe(1);
    finish?.();
    expect(await running).toEqual(answer());
    expect(kept.size).toBe(0);
  });

  test('are not there after an exception', async () => {
    const kept = new KeptAnswers({ keepMs: 1000, maxBytes: 3 * 1024 });
    await expect(once(kept, request('joe', 'a'), () => Promise.reject(new RangeError('odd')))).rejects.toThrow('odd');
    expect(kept.size).toBe(0);
  });
});
