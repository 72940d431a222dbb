import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

function contract(bench: Bench): void {
  it('[R43] [R42] a call can reach a procedure by pattern, and the callee learns its name', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.', (_args, _kwargs, { procedure }) => procedure, { match: 'prefix' }).ready;
    await callee.register('com..move', (_args, _kwargs, { procedure }) => `wildcard ${procedure}`, { match: 'wildcard' }).ready;
    expect(await caller.call('com.example.anything')).toBe('com.example.anything');
    expect(await caller.call('com.joe.move')).toBe('wildcard com.joe.move');
  });

  it('[R46] shared registrations share the calls', async () => {
    const [one, two, caller] = [bench.connect(), bench.connect(), bench.connect()];
    await one.register('com.example.who', () => 'one', { invoke: 'roundrobin' }).ready;
    await two.register('com.example.who', () => 'two', { invoke: 'roundrobin' }).ready;
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await caller.call('com.example.who'));
    expect(answers).toEqual(['one', 'two', 'one', 'two']);
  });

  it('[R48] [C41] [C52] a call gets progressive results, and the final one', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.count', async ([to]: [number], _kwargs, { sendProgress }) => {
      for (let n = 1; n < to; n++) sendProgress(n);
      return to;
    }).ready;
    const heard: unknown[] = [];
    expect(await caller.call('com.example.count', [4], null, { onProgress: (n) => heard.push(n) })).toBe(4);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('[R49] [C42] [C53] a cancelled call aborts the endpoint’s signal', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    let stopped: unknown;
    let start: () => void = () => {};
    const started = new Promise<void>((resolve) => (start = resolve));
    await callee.register('com.example.slow', (_args, _kwargs, { signal }) => {
      start();
      signal.addEventListener('abort', () => (stopped = signal.reason));
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }).ready;
    const controller = new AbortController();
    const call = failure(caller.call('com.example.slow', [], null, { signal: controller.signal, cancelMode: 'kill' }));
    await started;
    controller.abort();
    expect((await call).name).toBe('AbortError');
    await expect.poll(() => stopped).toMatchObject({ uri: 'wamp.error.canceled' });
    await caller.call('com.example.nobody').catch(() => {}); // after the late ERROR, which is dropped
    expect([callee.session?.isOpen, caller.session?.isOpen]).toEqual([true, true]);
  });

  it('[R50] [C43] a call ends after its timeout, at both ends', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const reasons: unknown[] = [];
    await callee.register('com.example.never', (_args, _kwargs, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise(() => {});
    }).ready;
    await caller.open(); // its time begins with the call, and not with the session
    expect(await failure(caller.call('com.example.never', [], null, { timeoutMs: 30 }))).toMatchObject({
      uri: 'wamp.error.timeout',
    });
    await expect.poll(() => reasons.length).toBe(1);
  });

  it('[R47] [C44] [C54] the callee learns who calls, when asked to', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.who', (_args, _kwargs, details) => details.caller ?? 'nobody').ready;
    expect(await caller.call('com.example.who')).toBe('nobody');
    expect(await caller.call('com.example.who', [], null, { disclose_me: true })).toBe(caller.session?.id);
  });

  it('[R26] [R29] [C33] a subscription by pattern gets retained events', async () => {
    const [publisher, subscriber] = [bench.connect(), bench.connect()];
    await publisher.publish('com.example.a.state', ['on'], null, { acknowledge: true, retain: true });
    const heard: unknown[] = [];
    await subscriber.subscribe(
      'com.example..state',
      ([value]: [string], _kwargs, { topic, retained }) => heard.push([value, topic, retained]),
      {
        match: 'wildcard',
        get_retained: true,
      },
    ).ready;
    await publisher.publish('com.example.b.state', ['off'], null, { acknowledge: true });
    await expect
      .poll(() => heard)
      .toEqual([
        ['on', 'com.example.a.state', true],
        ['off', 'com.example.b.state', undefined],
      ]);
  });

  it('[R25] [R27] [C21] a publisher can exclude sessions, and disclose its identity', async () => {
    const [publisher, one, two] = [bench.connect(), bench.connect(), bench.connect()];
    const heard: unknown[] = [];
    await one.subscribe('com.example.news', (_args, _kwargs, { publisher: id }) => heard.push(['one', id])).ready;
    await two.subscribe('com.example.news', (_args, _kwargs, { publisher: id }) => heard.push(['two', id])).ready;
    const exclude = [one.session?.id ?? 0];
    await publisher.publish('com.example.news', [], null, { acknowledge: true, exclude, disclose_me: true });
    await expect.poll(() => heard).toEqual([['two', publisher.session?.id]]);
  });
}

overMatrix('advanced features', contract);
