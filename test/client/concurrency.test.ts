import { describe, expect, it } from 'vitest';
import { protect } from '../../src/client/features/concurrency.ts';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const WORK = 'com.test.work';

/** An endpoint whose invocations are answered one by one; `started` has their first arguments. */
function work() {
  const started: unknown[] = [];
  const answers: ((value: unknown) => void)[] = [];
  const endpoint = ([n]: [unknown]) => {
    started.push(n);
    return new Promise((resolve) => answers.push(resolve));
  };
  return { started, answers, endpoint };
}

describe('[N11] maxConcurrency', () => {
  it('limits how many run at once, lets others wait in order, and refuses the rest', async () => {
    const { router, connect } = testBench();
    const { started, answers, endpoint } = work();
    const client = connect('client');
    await connect('service').register(WORK, endpoint, { maxConcurrency: 2, maxWaiting: 2 }).ready;
    const calls = [1, 2, 3, 4].map((n) => client.call(WORK, [n]));
    await router.settled();
    expect(started).toEqual([1, 2]);
    // The router looks for another callee (WAMP "Call Rerouting"), and there is none.
    expect((await failure(client.call(WORK, [5]))).uri).toBe('wamp.error.no_available_callee');
    const [refusal] = router.log.filter(({ type, direction }) => type === 'ERROR' && direction === 'in');
    expect(refusal?.message.slice(4)).toEqual(['wamp.error.unavailable', ['com.test.work is busy: 2 invocations run, 2 wait']]);
    answers[1]?.('b');
    expect(await calls[1]).toBe('b');
    await router.settled();
    expect(started).toEqual([1, 2, 3]);
    answers[0]?.('a');
    await router.settled();
    answers[2]?.('c');
    answers[3]?.('d');
    expect(await Promise.all(calls)).toEqual(['a', 'b', 'c', 'd']);
    expect(started).toEqual([1, 2, 3, 4]);
    expect(router.log.filter(({ type }) => type === 'REGISTER').map(({ message }) => message[2])).toEqual([{}]); // stays here
  });

  it('lets no invocation wait unless told to; one that fails makes room as well', async () => {
    const { connect } = testBench();
    const [service, client] = [connect('service'), connect('client')];
    service.on('error', () => {});
    const session = await service.open();
    await session.register(
      WORK,
      ([how]: [string]) => {
        if (how === 'throws') throw new Error('thrown');
        return how === 'rejects' ? Promise.reject(new Error('rejected')) : how;
      },
      { maxConcurrency: 1 },
    );
    for (const how of ['throws', 'rejects', 'throws'])
      expect((await failure(client.call(WORK, [how]))).message).toMatch(/thrown|rejected/);
    expect(await client.call(WORK, ['returns'])).toBe('returns');
    const both = [client.call(WORK, ['rejects']), client.call(WORK, ['returns'])].map(failure);
    expect((await Promise.all(both)).map(({ uri }) => uri)).toEqual(['wamp.error.runtime_error', 'wamp.error.no_available_callee']);
  });

  it('counts a generator until it has ended, and sends the progress of one that had to wait', async () => {
    const { router, connect } = testBench();
    const client = connect('client');
    const goOn: (() => void)[] = [];
    const endpoint = async function* ([n]: [number]) {
      yield n;
      await new Promise<void>((resolve) => goOn.push(resolve));
      return 10 * n;
    };
    await connect('service').register(WORK, endpoint, { maxConcurrency: 1, maxWaiting: 5 }).ready;
    const progress: unknown[] = [];
    const calls = [1, 2].map((n) => client.call(WORK, [n], null, { onProgress: (p) => progress.push(p) }));
    await router.settled();
    expect(progress).toEqual([1]);
    goOn[0]?.();
    expect(await calls[0]).toBe(10);
    await router.settled();
    expect(progress).toEqual([1, 2]);
    goOn[1]?.();
    expect(await calls[1]).toBe(20);
  });

  it('forgets a waiting invocation whose caller gave up, and frees the place of a generator that was left', async () => {
    const { router, connect } = testBench();
    const client = connect('client');
    const started: number[] = [];
    const endpoint = async function* ([n]: [number]) {
      started.push(n);
      for (;;) {
        yield n;
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await connect('service').register(WORK, endpoint, { maxConcurrency: 1, maxWaiting: 1 }).ready;
    const controllers = [1, 2, 3].map(() => new AbortController());
    const call = (n: number) => failure(client.call(WORK, [n], null, { signal: controllers[n - 1]?.signal ?? null! }));
    const first = call(1);
    const second = call(2);
    await expect.poll(() => started).toEqual([1]);
    controllers[1]?.abort();
    await second;
    await router.settled();
    const third = call(3); // there is room to wait
    controllers[0]?.abort();
    await first;
    await expect.poll(() => started).toEqual([1, 3]);
    controllers[2]?.abort();
    await third;
  });

  it('does not let a new invocation overtake a waiting one', async () => {
    const started: string[] = [];
    let answer: (value: unknown) => void = () => {};
    const endpoint = (name: string) => {
      started.push(name);
      return new Promise((resolve) => (answer = resolve));
    };
    const [limited] = protect(WORK, endpoint as never, { maxConcurrency: 1, maxWaiting: 1 });
    const invoke = async (name: string): Promise<unknown> =>
      limited(name as never, {} as never, { signal: new AbortController().signal } as never);
    const first = invoke('a');
    const second = invoke('b');
    answer(1);
    await first; // and in the same read comes
    void invoke('c');
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(['a', 'b']);
    await expect(invoke('d')).rejects.toThrow('com.test.work is busy');
    answer(2);
    expect(await second).toBe(2);
  });

  it('lets a long queue through, even if an endpoint answers at once', async () => {
    let answer: (value: unknown) => void = () => {};
    const endpoint = (name: string) => (name === 'first' ? new Promise((resolve) => (answer = resolve)) : name);
    const [limited] = protect(WORK, endpoint as never, { maxConcurrency: 1, maxWaiting: 20_000 });
    const invoke = async (name: string): Promise<unknown> =>
      limited(name as never, {} as never, { signal: new AbortController().signal } as never);
    const first = invoke('first');
    const others = Array.from({ length: 20_000 }, () => invoke('other'));
    answer('done');
    expect([await first, new Set(await Promise.all(others))]).toEqual(['done', new Set(['other'])]);
  });

  it('does not run an invocation that is stopped just before its turn, and frees its place', async () => {
    const { started, answers, endpoint } = work();
    const [limited] = protect(WORK, endpoint as never, { maxConcurrency: 1, maxWaiting: 2 });
    const controllers = [1, 2, 3].map(() => new AbortController());
    const calls = controllers.map(async ({ signal }, i) => limited([i] as never, {} as never, { signal } as never));
    answers[0]?.('a');
    await undefined; // now it is the turn of the second, and it has not begun
    controllers[1]?.abort(new Error('stopped'));
    await expect(calls[1]).rejects.toThrow('stopped');
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual([0, 2]);
    answers.at(-1)?.('c');
    expect(await calls[2]).toBe('c');
  });

  it('frees the place of an invocation that is stopped before it has begun', async () => {
    const { started, endpoint } = work();
    const generator = async function* (...[args]: [[unknown]]): AsyncGenerator {
      yield endpoint(args);
    };
    const [limited] = protect(WORK, generator as never, { maxConcurrency: 1, maxWaiting: 1 });
    const invoke = async (name: string): Promise<AsyncGenerator> =>
      (await limited([name] as never, {} as never, { signal: new AbortController().signal } as never)) as AsyncGenerator;
    const first = await invoke('a');
    const second = invoke('b');
    await first.return(undefined);
    await first.return(undefined); // twice is once
    await (await second).return(undefined); // never begun
    void (await invoke('c')).next();
    expect(await Promise.race([invoke('d'), new Promise((resolve) => setImmediate(resolve, 'waits'))])).toBe('waits');
    expect(started).toEqual(['c']);
  });

  it('counts invocations that still run from a former session', async () => {
    const { router, connect, clock } = testBench();
    const { started, answers, endpoint } = work();
    const client = connect('client');
    await connect('service').register(WORK, endpoint, { maxConcurrency: 1 }).ready;
    client.call(WORK, [1]).catch(() => {});
    await router.settled();
    router.cut({ authid: 'service' });
    await clock.advance(1000);
    expect((await failure(client.call(WORK, [2]))).uri).toBe('wamp.error.no_available_callee');
    answers[0]?.('late');
    await router.settled();
    const call = client.call(WORK, [3]);
    await router.settled();
    answers[1]?.('done');
    expect([await call, started]).toEqual(['done', [1, 3]]);
  });

  it.each([{ maxConcurrency: 0 }, { maxConcurrency: 1.5 }, { maxConcurrency: 1, maxWaiting: -1 }, { maxWaiting: 1 }])(
    'refuses %o',
    async (options) => {
      const { connect } = testBench();
      const service = connect('service');
      expect(await failure(service.register(WORK, () => {}, options).ready)).toBeInstanceOf(TypeError);
      expect(await failure((await service.open()).register(WORK, () => {}, options))).toBeInstanceOf(TypeError);
    },
  );
});
