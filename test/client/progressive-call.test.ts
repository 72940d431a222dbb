/* WAMP "Progressive Call Invocations", the caller's side. */
import { type CallOptions, Connection, Result } from 'autostrada';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ManualClock, settled } from '../fixtures/manual-clock.ts';
import { CALL, CANCEL, Code, ERROR, PUBLISH, RESULT } from '../fixtures/messages.ts';
import { ScriptedRouter, welcome } from '../fixtures/scripted-peer.ts';
import { answerGoodbye, failure, type Joined, join } from '../fixtures/scripted-session.ts';

const dealer = { progressive_call_invocations: true, progressive_call_results: true, call_canceling: true };
const more = { progress: true };

/** A source that is fed by hand, and tells what became of it. */
function source() {
  const waiting: ((step: IteratorResult<unknown>) => void)[] = [];
  const seen = { pulled: 0, returned: 0 };
  const iterator: AsyncIterableIterator<unknown> = {
    next: () => {
      seen.pulled++;
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: () => {
      seen.returned++;
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { iterator, seen, give: (value: unknown, done = false) => waiting.shift()?.({ done, value } as IteratorResult<unknown>) };
}

async function calling(options: CallOptions, joined?: Joined): Promise<Joined & { outcome: Promise<unknown> }> {
  const all = joined ?? (await join({}, { dealer }));
  const outcome = all.session.call('a.up', ['first'], null, options).then(
    (value) => ['resolved', value],
    (error: unknown) => ['rejected', error],
  );
  return { ...all, outcome };
}

describe('a progressive call', () => {
  it('[C45] sends its payload, then each item, all with one id and without options, then an empty last one', async () => {
    async function* inputs() {
      yield 1;
      yield new Result([2, 'two'], { k: true });
      yield undefined;
      yield null;
    }
    const { session, peer, outcome } = await calling({ inputsFrom: inputs(), disclose_me: true, _mine: 1 });
    await peer.expect(CALL(1, { disclose_me: true, _mine: 1, progress: true }, 'a.up', ['first']));
    await peer.expect(CALL(1, more, 'a.up', [1]));
    await peer.expect(CALL(1, more, 'a.up', [2, 'two'], { k: true }));
    await peer.expect(CALL(1, more, 'a.up'));
    await peer.expect(CALL(1, more, 'a.up', [null]));
    await peer.expect(CALL(1, {}, 'a.up'));
    session.publish('a.other');
    await peer.expect(PUBLISH(2, {}, 'a.other'));
    peer.send(RESULT(1, {}, ['done']));
    expect(await outcome).toEqual(['resolved', 'done']);
  });

  it('[H3] [C45] drops the answers to inputs that were pending when the call ended', async () => {
    const { session, peer, outcome } = await calling({ inputsFrom: [1, 2, 3] });
    for (let i = 0; i < 5; i++) await peer.next();
    const refusal = ERROR('CALL', 1, {}, 'wamp.error.no_such_procedure');
    peer.send(refusal, refusal, refusal, RESULT(1, more, ['late']));
    expect(await outcome).toMatchObject(['rejected', { uri: 'wamp.error.no_such_procedure' }]);
    await settled();
    expect([session.isOpen, peer.unread]).toEqual([true, []]);
  });

  it('[C45] accepts a plain iterable, and an empty one', async () => {
    const first = await calling({ inputsFrom: [1, 2] });
    for (const list of [
      CALL(1, more, 'a.up', ['first']),
      CALL(1, more, 'a.up', [1]),
      CALL(1, more, 'a.up', [2]),
      CALL(1, {}, 'a.up'),
    ])
      await first.peer.expect(list);
    const second = await calling({ inputsFrom: new Set() });
    await second.peer.expect(CALL(1, more, 'a.up', ['first']));
    await second.peer.expect(CALL(1, {}, 'a.up'));
  });

  it.each<[string, object, unknown]>([
    ['an answer', RESULT(1, {}, ['early']), ['resolved', 'early']],
    ['an error', ERROR('CALL', 1, {}, 'com.example.full'), ['rejected', expect.objectContaining({ uri: 'com.example.full' })]],
  ])('[C45] stops after %s: the source is closed, and nothing more is sent', async (_, answer, expected) => {
    const { iterator, seen, give } = source();
    const { peer, outcome, session } = await calling({ inputsFrom: iterator });
    await peer.next();
    give('a');
    await peer.expect(CALL(1, more, 'a.up', ['a']));
    peer.send(answer as unknown[]);
    expect(await outcome).toEqual(expected);
    give('too late');
    await settled();
    expect([seen, peer.unread, session.isOpen]).toEqual([{ pulled: 2, returned: 1 }, [], true]);
  });

  it('[C45] [C42] stops after an abort and after a timeout, and cancels', async () => {
    const clock = new ManualClock();
    const joined = await join({ environment: { clock } }, { dealer });
    const controller = new AbortController();
    for (const [request, options, stop] of [
      [1, { signal: controller.signal, cancelMode: 'kill' }, async () => controller.abort('enough')],
      [2, { timeoutMs: 100 }, () => clock.advance(100)],
    ] as const) {
      const { iterator, seen } = source();
      const { peer, outcome } = await calling({ inputsFrom: iterator, ...options }, joined);
      expect((await peer.next())[1]).toBe(request);
      await stop();
      expect(((await outcome) as unknown[])[0]).toBe('rejected');
      await peer.expect(CANCEL(request, { mode: 'cancelMode' in options ? 'kill' : 'killnowait' }));
      await settled();
      expect([seen, peer.unread]).toEqual([{ pulled: 1, returned: 1 }, []]);
    }
  });

  it('[C45] stops when the session ends', async () => {
    const { iterator, seen } = source();
    const { peer, outcome } = await calling({ inputsFrom: iterator });
    await peer.next();
    peer.close();
    expect(await outcome).toMatchObject(['rejected', { name: 'ConnectionLostError' }]);
    expect(seen.returned).toBe(1);
  });

  it('[C45] rejects with an error of its source, and cancels', async () => {
    const bad = new Error('disk');
    async function* inputs() {
      yield 1;
      throw bad;
    }
    const { peer, outcome, session, reported } = await calling({ inputsFrom: inputs() });
    for (let i = 0; i < 2; i++) await peer.next();
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    expect(await outcome).toEqual(['rejected', bad]);
    peer.send(ERROR('CALL', 1, {}, 'wamp.error.canceled'));
    await settled();
    expect([session.isOpen, reported, peer.unread]).toEqual([true, [], []]);
  });

  it('[C45] rejects for an input that cannot be sent, closes the source, and cancels', async () => {
    const left = vi.fn();
    async function* inputs() {
      try {
        yield () => {};
      } finally {
        left();
      }
    }
    const { peer, outcome } = await calling({ inputsFrom: inputs() });
    await peer.next();
    await peer.expect(CANCEL(1, { mode: 'killnowait' }));
    expect(await outcome).toMatchObject([
      'rejected',
      { name: 'SerializationError', message: expect.stringMatching(/CALL .* a function/) },
    ]);
    expect(left).toHaveBeenCalledOnce();
  });

  it('reports an error that the source throws while it is closed', async () => {
    async function* inputs() {
      try {
        yield 1;
        await new Promise(() => {});
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: what a bad clean-up does
        throw new Error('no clean-up');
      }
    }
    const joined = await join({}, { dealer });
    const { peer, outcome } = await calling({ inputsFrom: inputs(), maxInputsAhead: 1 }, joined);
    for (let i = 0; i < 2; i++) await peer.next();
    peer.send(RESULT(1, {}));
    await outcome;
    await settled();
    expect(joined.reported).toEqual([{ error: new Error('no clean-up'), where: 'input', uri: 'a.up' }]);
  });

  it('[C45] is refused at once when the router did not announce it, and nothing is sent', async () => {
    const { session, peer } = await join({}, { dealer: { progressive_call_results: true, call_canceling: true } });
    const { iterator, seen } = source();
    const error = await failure(session.call('a.up', [], {}, { inputsFrom: iterator }));
    expect(error).toMatchObject({ name: 'ApplicationError', uri: 'wamp.error.feature_not_supported' });
    const other = await join({}, { dealer: { progressive_call_invocations: true } });
    expect(await failure(other.session.call('a.up', [], {}, { inputsFrom: [], maxInputsAhead: 1 }))).toMatchObject({
      message: 'wamp.error.feature_not_supported: the router did not announce progressive_call_results',
    });
    await settled();
    expect([seen.pulled, peer.unread, other.peer.unread]).toEqual([0, [], []]);
  });

  it.each<[object, string]>([
    [{ inputsFrom: 'abc' }, 'expected inputsFrom to be an iterable, got "abc"'],
    [{ inputsFrom: {} }, 'expected inputsFrom to be an iterable, got an object'],
    [{ inputsFrom: null }, 'expected inputsFrom to be an iterable, got null'],
    [{ inputsFrom: [], maxInputsAhead: 0 }, 'expected maxInputsAhead to be a whole number from 1, got 0'],
    [{ progress: true }, 'expected progress of call to be left out: inputsFrom sends further inputs, got true'],
    [{ progress: 1 }, 'expected progress of call to be left out: inputsFrom sends further inputs, got 1'],
    [{ inputsFrom: [], maxInputsAhead: 1.5 }, 'expected maxInputsAhead to be a whole number from 1, got 1.5'],
  ])('refuses %j', async (options, message) => {
    const { session, peer } = await join({}, { dealer });
    const error = await failure(session.call('a.up', [], {}, options as CallOptions));
    expect([error.name, error.message]).toEqual(['TypeError', message]);
    expect(peer.unread).toEqual([]);
  });
});

describe('a progressive call of a connection', () => {
  it('[C45] takes nothing from its source while it waits for a session', async () => {
    const router = new ScriptedRouter();
    const connection = new Connection({ url: router, realm: 'realm1', retry: false });
    onTestFinished(() => connection.close());
    const { iterator, seen, give } = source();
    const call = connection.call('a.up', ['first'], null, { inputsFrom: iterator });
    const peer = await router.peer();
    await settled();
    expect(seen.pulled).toBe(0);
    peer.send(welcome(7, { dealer }));
    void answerGoodbye(peer);
    expect((await peer.next())[0]).toBe(Code.HELLO);
    await peer.expect(CALL(1, more, 'a.up', ['first']));
    give('done', true);
    await peer.expect(CALL(1, {}, 'a.up'));
    peer.send(RESULT(1, {}, ['all']));
    expect(await call).toBe('all');
  });

  it('[C45] does not touch its source when it could not be sent', async () => {
    const { connection, peer } = await join({}, { dealer });
    peer.close();
    await connection.closed;
    const { iterator, seen } = source();
    expect(await failure(connection.call('a.up', [], null, { inputsFrom: iterator }))).toMatchObject({ delivery: 'not-sent' });
    expect(seen).toEqual({ pulled: 0, returned: 0 });
  });
});

describe('the pace of inputs', () => {
  it('[C45] depends on progressive results with maxInputsAhead, which asks for them', async () => {
    let pulled = 0;
    function* inputs() {
      while (pulled < 4) yield ++pulled;
    }
    const { peer, outcome } = await calling({ inputsFrom: inputs(), maxInputsAhead: 2 });
    await peer.expect(CALL(1, { receive_progress: true, progress: true }, 'a.up', ['first']));
    for (const n of [1, 2]) await peer.expect(CALL(1, more, 'a.up', [n]));
    await settled();
    expect([pulled, peer.unread]).toEqual([2, []]);
    peer.send(RESULT(1, more, ['one is done']));
    await peer.expect(CALL(1, more, 'a.up', [3]));
    await settled();
    expect([pulled, peer.unread]).toEqual([3, []]);
    peer.send(RESULT(1, more), RESULT(1, more));
    await peer.expect(CALL(1, more, 'a.up', [4]));
    await peer.expect(CALL(1, {}, 'a.up'));
    peer.send(RESULT(1, {}, ['end']));
    expect(await outcome).toEqual(['resolved', 'end']);
  });

  it('[C45] ends when the call ends while it waits for a progressive result', async () => {
    const { peer, outcome } = await calling({ inputsFrom: [1, 2, 3], maxInputsAhead: 1 });
    for (let i = 0; i < 2; i++) await peer.next();
    peer.send(RESULT(1, {}, ['enough']));
    expect(await outcome).toEqual(['resolved', 'enough']);
    await settled();
    expect(peer.unread).toEqual([]);
  });

  it('[C45] waits while the transport has too much to send', async () => {
    const clock = new ManualClock();
    let pulled = 0;
    function* inputs() {
      while (pulled < 5) yield ++pulled;
    }
    const { session, peer } = await join({ environment: { clock } }, { dealer });
    const { transport } = (session as unknown as { link: { transport: object } }).link;
    let bufferedBytes = 2 * 1024 * 1024;
    Object.defineProperty(transport, 'bufferedBytes', { get: () => bufferedBytes, set: () => {} });
    const call = session.call('a.up', [], null, { inputsFrom: inputs() });
    await clock.advance(1000);
    expect(pulled).toBe(0);
    bufferedBytes = 0;
    await clock.advance(20);
    expect(pulled).toBe(5);
    for (let i = 0; i < 7; i++) await peer.next();
    peer.send(RESULT(1, {}, ['all']));
    expect(await call).toBe('all');
  });

  it('[C45] lets other work run even if the source always has a value', async () => {
    function* inputs() {
      for (;;) yield 1;
    }
    const { outcome, peer } = await calling({ inputsFrom: inputs(), signal: AbortSignal.timeout(10) });
    expect(await outcome).toMatchObject(['rejected', { name: 'TimeoutError' }]);
    expect((await peer.next())[0]).toBe(Code.CALL);
  });
});
