/* Calls of the advanced profile: progressive at both ends, cancelled, timed and re-routed. */
import { ApplicationError, type CallOptions, type Connection, Result, type Session } from 'autostrada';
import { expect, it } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

/** Does what a session would do if nothing had gone wrong on its line. */
async function isAlive(...connections: Connection[]): Promise<void> {
  for (const connection of connections) {
    expect((await failure(connection.call('com.example.nobody'))).uri).toBe('wamp.error.no_such_procedure');
    expect(connection.session?.isOpen).toBe(true);
  }
}

function contract(bench: Bench): void {
  it('[R51] [R09] [C45] [C57] a progressive call sends further inputs, in order, whatever they contain', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.collect', async ([first], _kwargs, { furtherInputs }) => {
      const all: unknown[] = [first];
      for await (const input of furtherInputs)
        all.push(input instanceof Result ? [input.args, input.kwargs] : (input ?? 'nothing'));
      return all;
    }).ready;
    const bytes = Uint8Array.of(0, 1, 255);
    async function* inputs() {
      yield bytes;
      yield new Result([1, { deep: [2 ** 53] }], { k: 'Grüße' });
      yield undefined;
      await Promise.resolve();
      yield 'last';
    }
    const other = caller.call('com.example.collect', ['other'], null, { inputsFrom: [1, 2, 3] });
    expect(await caller.call('com.example.collect', ['first'], null, { inputsFrom: inputs() })).toEqual([
      'first',
      bytes,
      [[1, { deep: [2 ** 53] }], { k: 'Grüße' }],
      'nothing',
      'last',
    ]);
    expect(await other).toEqual(['other', 1, 2, 3]);
    expect(await caller.call('com.example.collect', ['alone'])).toEqual(['alone']);
    await isAlive(callee, caller);
  });

  it('[R51] [R48] [C41] [C52] a progressive call works in both directions at once, at the pace of the callee', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.sum', async function* ([start]: [number], _kwargs, { furtherInputs }) {
      let sum = start;
      for await (const input of furtherInputs) {
        sum += Number(input);
        yield sum;
      }
      return sum;
    }).ready;
    let pulled = 0;
    let answered = 0;
    function* inputs() {
      for (let n = 1; n <= 20; n++) {
        pulled++;
        expect(pulled - answered).toBeLessThanOrEqual(3);
        yield n;
      }
    }
    const heard: unknown[] = [];
    const onProgress = (sum: unknown): void => {
      answered++;
      heard.push(sum);
    };
    const options = { inputsFrom: inputs(), maxInputsAhead: 3, onProgress };
    expect(await caller.call('com.example.sum', [100], null, options)).toBe(310);
    expect([heard.length, heard[0], heard[19]]).toEqual([20, 101, 310]);
  });

  it('[R51] [R09] [C45] a progressive call ends when the callee says so, and pending inputs are dropped', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    await callee.register('com.example.three', async (_args, _kwargs, { furtherInputs }) => {
      let count = 0;
      for await (const _ of furtherInputs) if (++count === 3) break;
      return count;
    }).ready;
    let isLeft = false;
    async function* inputs() {
      try {
        for (;;) yield 'again';
      } finally {
        isLeft = true;
      }
    }
    expect(await caller.call('com.example.three', [], null, { inputsFrom: inputs() })).toBe(3);
    await expect.poll(() => isLeft).toBe(true);
    await callee.register('com.example.full', () => {
      throw new ApplicationError('com.example.error.full');
    }).ready;
    expect((await failure(caller.call('com.example.full', [], null, { inputsFrom: inputs() }))).uri).toBe('com.example.error.full');
    expect((await failure(caller.call('com.example.nobody', [], null, { inputsFrom: inputs() }))).uri).toBe(
      'wamp.error.no_such_procedure',
    );
    await isAlive(callee, caller);
  });

  it('[R51] [R49] [C42] [C45] [C53] [C57] a progressive call stops at both ends when the caller cancels, its source fails, or it leaves', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const reasons: unknown[] = [];
    let begun = 0;
    await callee.register('com.example.endless', async function* (_args, _kwargs, { furtherInputs, signal }) {
      begun++;
      try {
        for await (const input of furtherInputs) yield input;
      } finally {
        reasons.push((signal.reason as ApplicationError).uri);
      }
    }).ready;
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<unknown>>(() => {}) }) };
    const controller = new AbortController();
    const given = failure(caller.call('com.example.endless', [], null, { inputsFrom: never, signal: controller.signal }));
    await expect.poll(() => begun).toBe(1);
    controller.abort();
    expect((await given).name).toBe('AbortError');
    await expect.poll(() => reasons).toEqual(['wamp.error.canceled']);

    const bad = new Error('disk');
    const broken = (function* () {
      yield 1;
      throw bad;
    })();
    expect(await failure(caller.call('com.example.endless', [], null, { inputsFrom: broken }))).toBe(bad);
    await expect.poll(() => reasons).toEqual(['wamp.error.canceled', 'wamp.error.canceled']);
    await isAlive(callee, caller);

    const lost = failure(caller.call('com.example.endless', [], null, { inputsFrom: never }));
    await expect.poll(() => begun).toBe(3);
    await caller.close();
    expect((await lost).name).toBe('ConnectionLostError');
    await expect.poll(() => reasons).toEqual(['wamp.error.canceled', 'wamp.error.canceled', 'wamp.error.canceled']);
    await isAlive(callee);
  });

  it('[R51] [R45] a progressive call tells its caller when the callee has left', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    let begin: () => void = () => {};
    const begun = new Promise<void>((resolve) => (begin = resolve));
    await callee.register('com.example.gone', async () => {
      begin();
      await new Promise(() => {});
    }).ready;
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<unknown>>(() => {}) }) };
    const call = failure(caller.call('com.example.gone', [], null, { inputsFrom: never }));
    await begun;
    await callee.close();
    expect((await call).uri).toBe('wamp.error.canceled');
    await isAlive(caller);
  });

  it('[R51] [C45] a progressive call works within one session', async () => {
    const session: Session = await bench.connect().open();
    await session.register('com.example.self', async function* (_args, _kwargs, { furtherInputs }) {
      for await (const input of furtherInputs) yield input;
      return 'end';
    });
    const heard: unknown[] = [];
    const options = { inputsFrom: ['a', 'b'], onProgress: (value: unknown) => heard.push(value) };
    expect(await session.call('com.example.self', [], null, options)).toBe('end');
    expect(heard).toEqual(['a', 'b']);
  });

  it('[R49] [C42] [C53] after a cancel with skip, caller and endpoint continue, and the answer is dropped', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    let finish: () => void = () => {};
    let isAborted: boolean | undefined;
    let begun = false;
    await callee.register('com.example.slow', async (_args, _kwargs, { signal }) => {
      begun = true;
      await new Promise<void>((resolve) => (finish = resolve));
      isAborted = signal.aborted;
    }).ready;
    const controller = new AbortController();
    const call = failure(caller.call('com.example.slow', [], null, { signal: controller.signal, cancelMode: 'skip' }));
    await expect.poll(() => begun).toBe(true);
    controller.abort(new Error('enough'));
    expect((await call).message).toBe('enough');
    await isAlive(caller);
    finish();
    await expect.poll(() => isAborted).toBe(false);
    await isAlive(callee, caller);
  });

  it('[R50] [C55] [C56] the router leaves a timeout to a callee that asks for that, again with each progressive result', async () => {
    const [callee, caller] = [bench.connect(), bench.connect()];
    const told: unknown[] = [];
    const endpoint = async function* (
      _args: readonly unknown[],
      _kwargs: object,
      details: { signal: AbortSignal; timeout?: number },
    ) {
      yield details.timeout;
      await new Promise((resolve) => details.signal.addEventListener('abort', resolve));
      told.push((details.signal.reason as ApplicationError).message);
    };
    await callee.register('com.example.watched', endpoint, { forward_timeout: true }).ready;
    const heard: unknown[] = [];
    // Raw, so that only the callee watches.
    const options = { timeout: 30, onProgress: (value: unknown) => heard.push(value) };
    expect((await failure(caller.call('com.example.watched', [], null, options as unknown as CallOptions))).message).toBe(
      'wamp.error.timeout: no answer in 30 ms',
    );
    expect(heard).toEqual([30]);
    await expect.poll(() => told).toEqual(['wamp.error.timeout: no answer in 30 ms']);
    await isAlive(callee, caller);
  });

  it('[R52] [C59] [R46] the router asks the next callee when one is not available, until none is left', async () => {
    const [one, two, caller] = [bench.connect(), bench.connect(), bench.connect()];
    const busy = new Set<string>();
    const answer = (name: string) => (args: readonly unknown[]) => {
      if (busy.has(name)) throw new ApplicationError('wamp.error.unavailable');
      return [name, ...args];
    };
    await one.register('com.example.work', answer('one'), { invoke: 'first' }).ready;
    await two.register('com.example.work', answer('two'), { invoke: 'first' }).ready;
    const bytes = Uint8Array.of(7, 0);
    expect(await caller.call('com.example.work', [bytes])).toEqual(['one', bytes]);
    busy.add('one');
    expect(await caller.call('com.example.work', [bytes])).toEqual(['two', bytes]);
    busy.add('two');
    expect((await failure(caller.call('com.example.work'))).uri).toBe('wamp.error.no_available_callee');
    await one.register('com.example.alone', answer('one')).ready;
    expect((await failure(caller.call('com.example.alone'))).uri).toBe('wamp.error.no_available_callee');
    busy.clear();
    expect(await caller.call('com.example.work')).toEqual(['one']);
  });
}

overMatrix('calls', contract);
