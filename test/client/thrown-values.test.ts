/* JavaScript throws anything, null too: whoever is told of it reads what happened, and the caller gets a sensible answer. */
import { callStream, defineMiddleware, drain, events } from 'autostrada';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure } from '../fixtures/scripted-session.ts';
import { type TestBench, testBench } from '../testing/bench.ts';

const values: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a string', 'my mistake'],
  ['a number', 0],
  ['an object', { code: 5 }],
];
const ways = ['throws', 'rejects with'] as const;

const unhandled = vi.fn();
beforeEach(() => void process.on('unhandledRejection', unhandled));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

type Fail = () => never;
type Connect = TestBench['connect'];
/** Each brings it about that `fail` is called where nobody awaits it. */
const callbacks: { readonly [what: string]: (fail: Fail, connect: Connect, router: TestBench['router']) => Promise<unknown> } = {
  'a handler': async (fail, connect) => {
    const ann = connect('ann');
    await ann.subscribe('com.test.news', fail).ready;
    await ann.publish('com.test.news', [], null, { exclude_me: false, acknowledge: true });
    return ann;
  },
  'an endpoint': async (fail, connect) => {
    const ann = connect('ann');
    await ann.register('com.test.fail', fail).ready;
    const error = await failure(connect('caller').call('com.test.fail'));
    expect(error.uri).toBe('wamp.error.runtime_error');
    expect((error as { args?: unknown[] }).args?.[0]).toEqual(expect.any(String));
    return ann;
  },
  'a hook around events': async (fail, connect) => {
    const ann = connect('ann', { middleware: [defineMiddleware({ event: fail })] });
    await ann.subscribe('com.test.news', () => {}).ready;
    await ann.publish('com.test.news', [], null, { exclude_me: false, acknowledge: true });
    return ann;
  },
  'a hook around invocations': async (fail, connect) => {
    const ann = connect('ann', { middleware: [defineMiddleware({ invocation: fail })] });
    await ann.register('com.test.fail', () => 1).ready;
    expect((await failure(connect('caller').call('com.test.fail'))).uri).toBe('wamp.error.runtime_error');
    return ann;
  },
  'a listener of open': async (fail, connect) => {
    const ann = connect('ann');
    ann.on('open', fail);
    await ann.open();
    return ann;
  },
  "a listener of a handle's state": async (fail, connect) => {
    const ann = connect('ann');
    const handle = ann.subscribe('com.test.news', () => {});
    handle.on('state', fail);
    await handle.ready;
    return ann;
  },
  onProgress: async (fail, connect) => {
    await connect('service').register('com.test.slow', (_args, _kwargs, { sendProgress }) => void sendProgress(1)).ready;
    const ann = connect('ann');
    await ann.call('com.test.slow', [], null, { onProgress: fail });
    return ann;
  },
  'onProgress of callStream': async (fail, connect) => {
    await connect('service').register('com.test.slow', (_args, _kwargs, { sendProgress }) => void sendProgress(1)).ready;
    const ann = connect('ann');
    await callStream(ann, 'com.test.slow', [], null, { onProgress: fail }).result;
    return ann;
  },
  'onSlow of callStream': async (fail, connect) => {
    await connect('service').register('com.test.slow', function* () {
      yield* [1, 2, 3];
    }).ready;
    const ann = connect('ann');
    await callStream(ann, 'com.test.slow', [], null, { maxBuffered: 1, onSlow: fail }).result;
    return ann;
  },
  'onSlow of events': async (fail, connect, router) => {
    const ann = connect('ann');
    await ann.open();
    const stream = events(ann, 'com.test.news', { maxBuffered: 1, onSlow: fail });
    await stream.ready;
    for (let i = 0; i < 3; i++) await ann.publish('com.test.news', [], null, { exclude_me: false, acknowledge: true });
    await router.settled();
    expect(stream.dropped).toBe(2);
    return ann;
  },
  recoverWith: async (fail, connect) => {
    const ann = connect('ann');
    await ann.subscribe('com.test.news', () => {}, { recoverWith: fail }).ready;
    return ann;
  },
};

describe.each(Object.entries(callbacks))('[H4] %s', (_, bringAbout) => {
  describe.each(ways)('that throws %s', (way) => {
    it.each(values)('has %s reported as an Error with that text', async (_, thrown) => {
      const { router, connect } = testBench();
      const told: { readonly error: unknown; readonly where: string }[] = [];
      const fail = (): never => {
        if (way === 'throws') throw thrown;
        return Promise.reject(thrown) as never;
      };
      const heard: typeof connect = (authid, options) => {
        const connection = connect(authid, options);
        connection.on('error', (error, { where }) => told.push({ error, where }));
        return connection;
      };
      await bringAbout(fail, heard, router);
      await router.settled();
      expect(told).not.toEqual([]);
      for (const { error, where } of told) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).toContain(`was thrown in ${where}`);
        expect((error as Error).cause).toBe(thrown);
      }
    });
  });
});

describe('[H4] a function that connects', () => {
  it.each(values)('and throws %s is called again, and the error is reported', async (_, thrown) => {
    const { clock, connect } = testBench({
      realms: { realm1: 'open' },
    });
    const errors: string[] = [];
    const ann = connect('ann', {
      auth: () => {
        throw thrown;
      },
    });
    ann.on('status', (status) => {
      if (status.state === 'waiting') errors.push(status.error.message);
    });
    void ann.open().catch(() => {});
    await clock.advance(3000);
    expect(errors.length).toBeGreaterThan(1);
    expect(errors[0]).toMatch(/^the login failed: ./);
    await drain(ann, { timeoutMs: 1 });
  });

  it.each(values)('and is retry.decide, which throws %s, ends the connection with an Error', async (_, thrown) => {
    const { router, connect } = testBench();
    router.down();
    const ann = connect('ann', {
      retry: {
        decide: () => {
          throw thrown;
        },
      },
    });
    expect(await failure(ann.open())).toBeInstanceOf(Error);
  });
});
