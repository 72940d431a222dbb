/* Progressive results, and requests that are closed. */
import { describe, expect, test } from 'vitest';
import { ask, asked, bridging, open, Stream } from './bridge.ts';

type Details = { readonly signal: AbortSignal; sendProgress(value: unknown): boolean };

const SSE = { accept: 'text/event-stream' };
const NDJSON = { accept: 'application/x-ndjson' };

const count = (args: readonly unknown[], _kwargs: unknown, { sendProgress }: Details): string => {
  for (let i = 1; i <= Number(args[0]); i++) sendProgress(i);
  return 'done';
};

describe('[K6] progressive results', () => {
  test('come as server-sent events', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.count', count).ready;
    const { status, headers, body } = await ask(port, '/call/com.example.count', { body: '[2]', headers: SSE });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/event-stream', 'no-store']);
    expect(body).toBe('event: progress\ndata: 1\n\nevent: progress\ndata: 2\n\nevent: result\ndata: "done"\n\n');
  });

  test('come as lines of JSON', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.count', count).ready;
    const { body, headers } = await ask(port, '/call/com.example.count', { body: '[2]', headers: NDJSON });
    expect(headers['content-type']).toBe('application/x-ndjson');
    expect(body).toBe('{"progress":1}\n{"progress":2}\n{"result":"done"}\n');
  });

  test('are not asked for without that', async () => {
    const { port, service } = await bridging();
    await service.register('com.example.count', (args, kwargs, details) => [details.sendProgress(1), args, kwargs]).ready;
    expect(await asked(port, '/call/com.example.count', { body: '[2]', headers: { accept: '*/*' } })).toEqual([
      200,
      [false, [2], {}],
    ]);
  });

  test('an error before the first is a problem with its status, a later one the end of the stream', async () => {
    const { port, service } = await bridging();
    const failing = (args: readonly unknown[], kwargs: unknown, details: Details) => {
      count(args, kwargs, details);
      throw new TypeError('no');
    };
    await service.register('com.example.fail', failing).ready;
    const first = await ask(port, '/call/com.example.fail', { body: '[0]', headers: SSE });
    expect([first.status, first.headers['content-type']]).toEqual([500, 'application/problem+json']);
    const { status, body } = await ask(port, '/call/com.example.fail', { body: '[1]', headers: NDJSON });
    const [line, last] = body.trim().split('\n');
    expect([status, line]).toEqual([200, '{"progress":1}']);
    expect(JSON.parse(last ?? '')).toMatchObject({ error: { status: 500, uri: 'wamp.error.runtime_error' } });
  });

  test('end with the call when the client hangs up', async () => {
    const { port, service, router } = await bridging();
    const reasons: string[] = [];
    const endless = (_args: unknown, _kwargs: unknown, { signal, sendProgress }: Details): Promise<never> => {
      sendProgress('begun');
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reasons.push('canceled');
          reject(new Error('canceled'));
        });
      });
    };
    await service.register('com.example.endless', endless).ready;
    for (const headers of [SSE, NDJSON]) {
      const stream = await Stream.of(port, '/call/com.example.endless', { headers, end: '\n' });
      expect(await stream.next()).toBeTruthy();
      stream.close();
    }
    await expect.poll(() => [reasons, router.stats().calls]).toEqual([['canceled', 'canceled'], 0]);
  });

  test('of a reader that does not read end, and the call is canceled', async () => {
    const { port, service, router } = await bridging();
    let isOver = false;
    const flood = async (_args: unknown, _kwargs: unknown, { signal, sendProgress }: Details): Promise<void> => {
      const piece = 'x'.repeat(50_000);
      while (!signal.aborted) {
        sendProgress(piece);
        await new Promise((resolve) => setTimeout(resolve));
      }
      isOver = true;
    };
    await service.register('com.example.flood', flood).ready;
    const response = await open(port, '/call/com.example.flood', { headers: NDJSON });
    response.pause();
    await expect.poll(() => [isOver, router.stats().calls]).toEqual([true, 0]);
  });
});

describe('[K6] a request that the client closes', () => {
  test('cancels its call, and no other one of the same session', async () => {
    const { port, service, router } = await bridging();
    const canceled: unknown[] = [];
    const wait = ([name]: readonly unknown[], _kwargs: unknown, { signal }: Details): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (name === 'short') setTimeout(() => resolve('here'), 100);
        signal.addEventListener('abort', () => {
          canceled.push(name);
          reject(new Error('canceled'));
        });
      });
    await service.register('com.example.wait', wait).ready;
    const { request } = await import('node:http');
    const headers = { 'content-type': 'application/json' };
    const long = request({ port, path: '/call/com.example.wait', method: 'POST', headers, agent: false });
    long.on('error', () => {});
    long.end('["long"]');
    await expect.poll(() => router.stats().calls).toBe(1);
    const short = asked(port, '/call/com.example.wait', { body: '["short"]' });
    await expect.poll(() => router.stats().calls).toBe(2);
    long.destroy();
    expect(await short).toEqual([200, 'here']);
    await expect.poll(() => [canceled, router.stats().calls]).toEqual([['long'], 0]);
  });
});
