/* Hooks that never come to an end: whoever awaits a verb hears of his own limits, and of the end of what he asked. */
import { defineMiddleware, type Hooks, TimeoutError } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

const never = (): Promise<never> => new Promise(() => {});
const hanging: { readonly [what: string]: Hooks } = {
  'never calls next': { call: never, publish: never },
  'calls next, and never gives the answer': {
    call: (context, next) => next(context).then(never, never),
    publish: (context, next) => next(context)?.then(never, never),
  },
};

type Limits = { readonly signal?: AbortSignal; readonly timeoutMs?: number };
interface Asker {
  call(uri: string, args: [], kwargs: object, options: Limits): Promise<unknown>;
  callResult(uri: string, args: [], kwargs: object, options: Limits): Promise<unknown>;
  publish(uri: string, args: [], kwargs: object, options: Limits & { acknowledge: true }): Promise<unknown>;
}
const verbs: { readonly [verb: string]: (asker: Asker, limits: Limits) => Promise<unknown> } = {
  call: (asker, limits) => asker.call('com.test.add', [], {}, limits),
  callResult: (asker, limits) => asker.callResult('com.test.add', [], {}, limits),
  'publish with acknowledge': (asker, limits) => asker.publish('com.test.add', [], {}, { ...limits, acknowledge: true }),
};
const cases = Object.keys(hanging).flatMap((hook) =>
  Object.keys(verbs).flatMap((verb) => (['connection', 'session'] as const).map((who) => [who, verb, hook] as const)),
);

const unhandled = vi.fn();
beforeEach(() => void process.on('unhandledRejection', unhandled));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

async function bench(hooks: Hooks) {
  const { router, clock, connect } = testBench();
  await connect('service').register('com.test.add', () => 1).ready;
  const connection = connect('ann', { middleware: [defineMiddleware(hooks)], retry: false });
  const session = await connection.open();
  return { router, clock, connection, session };
}

describe('[H1] a request whose middleware never returns', () => {
  describe.each(cases)('(%s.%s, whose hook %s)', (who, verb, hook) => {
    const start = async (limits: Limits) => {
      const all = await bench(hanging[hook] ?? {});
      const asked = failure(verbs[verb]?.(all[who] as Asker, limits) ?? Promise.resolve());
      await all.router.settled();
      return { ...all, asked };
    };

    it('ends after its time', async () => {
      const { clock, asked } = await start({ timeoutMs: 50 });
      await clock.advance(100);
      const error = await asked;
      expect(error).toBeInstanceOf(TimeoutError);
      expect(error.procedure ?? error.topic).toBe('com.test.add');
    });

    it('ends by its signal, before and after the request', async () => {
      const controller = new AbortController();
      const { session, connection, router, asked } = await start({ signal: controller.signal });
      const reason = new Error('enough');
      controller.abort(reason);
      expect(await asked).toBe(reason);
      const sent = router.log.length;
      const asker = { session, connection }[who] as Asker;
      expect(await failure(verbs[verb]?.(asker, { signal: controller.signal }) ?? Promise.resolve())).toBe(reason);
      expect(router.log.length).toBe(sent);
    });

    it('ends with the connection', async () => {
      const { connection, clock, asked } = await start({});
      void connection.close();
      await clock.advance(10);
      expect((await asked).name).toBe('ConnectionLostError');
    });

    it('ends with its session, or with a connection that does not come back', async () => {
      const { router, clock, asked } = await start({});
      router.cut();
      await clock.advance(10);
      expect((await asked).name).toBe('ConnectionLostError');
    });
  });

  it('ends after the time in `defaults` if it has no limit of its own', async () => {
    const { clock, connect } = testBench();
    const connection = connect('ann', { middleware: [defineMiddleware({ call: never })], defaults: { timeoutMs: 20 } });
    const asked = failure(connection.call('com.test.add'));
    await clock.advance(20);
    expect(await asked).toBeInstanceOf(TimeoutError);
  });

  it('ignores what the hook does later: nothing is sent, and nothing rejects unhandled', async () => {
    let goOn = (): void => {};
    let late: Promise<unknown> | undefined;
    const { router, clock, connection } = await bench({
      call: async (context, next) => {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        late = next(context);
        return late as Promise<never>;
      },
    });
    const asked = failure(connection.call('com.test.add', [], null, { timeoutMs: 50 }));
    await clock.advance(50);
    expect(await asked).toBeInstanceOf(TimeoutError);
    goOn();
    await router.settled();
    expect(router.count('CALL')).toBe(0);
    await expect(late).rejects.toThrow('was over');
  });
});

describe('[H1] the limit of a request', () => {
  it('lets a hook try again after a timeout, and give another result', async () => {
    const attempts: unknown[] = [];
    const { router, clock, connection } = await bench({
      call: async (context, next) => {
        for (;;) {
          try {
            return await next(context);
          } catch (error) {
            attempts.push((error as Error).name);
            if (attempts.length === 3) throw new Error('three times');
          }
        }
      },
    });
    router.blackhole();
    const asked = failure(connection.call('com.test.add', [], null, { timeoutMs: 50 }));
    await clock.advance(150);
    expect((await asked).message).toBe('three times');
    expect(attempts).toEqual(['TimeoutError', 'TimeoutError', 'TimeoutError']);
  });

  it('lets a hook decide about a call whose connection was closed', async () => {
    const { router, clock, connection } = await bench({
      call: (context, next) =>
        next(context).catch(async () => {
          await undefined;
          throw new Error('from the hook');
        }),
    });
    router.blackhole();
    const asked = failure(connection.call('com.test.add'));
    void connection.close();
    await clock.advance(3000);
    expect((await asked).message).toBe('from the hook');
  });

  it('applies even if a hook leaves the options out of the context', async () => {
    const { router, clock, connection } = await bench({ call: (context, next) => next({ ...context, options: {} }) });
    router.blackhole();
    const asked = failure(connection.call('com.test.add', [], null, { timeoutMs: 50 }));
    await clock.advance(50);
    expect(await asked).toBeInstanceOf(TimeoutError);
  });

  it('does not end progress that continues for longer', async () => {
    const { clock, connect } = testBench();
    const service = connect('service');
    await service.register('com.test.slow', async (_args, _kwargs, { sendProgress }) => {
      for (let i = 0; i < 5; i++) {
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, 40));
        sendProgress(i);
      }
      return 'done';
    }).ready;
    const connection = connect('ann', { middleware: [defineMiddleware({ call: (context, next) => next(context) })] });
    const onProgress = vi.fn();
    const asked = connection.call('com.test.slow', [], null, { timeoutMs: 50, onProgress });
    await clock.advance(300);
    expect(await asked).toBe('done');
    expect(onProgress).toHaveBeenCalledTimes(5);
  });

  it('keeps nothing of a call that has ended', async () => {
    const { clock, connection } = await bench({ call: (context, next) => next(context) });
    const before = clock.pending;
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const add = vi.spyOn(controller.signal, 'addEventListener');
    await connection.call('com.test.add', [], null, { timeoutMs: 5000, signal: controller.signal });
    expect(clock.pending).toBe(before);
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });
});
