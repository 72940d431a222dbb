/* What Jest and Sinon replace: a router in a test goes on while these stand still, whether they were replaced before it was loaded or after. */
import { afterEach, describe, expect, it, vi } from 'vitest';

const everything = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
  'queueMicrotask',
  'nextTick',
] as const;

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe.each(['before', 'after'])('[H10] fake timers that were set up %s the package was loaded', (when) => {
  const load = async () => {
    const fake = (): unknown => vi.useFakeTimers({ toFake: [...everything] });
    if (when === 'before') fake();
    const modules = await Promise.all([
      import('autostrada'),
      import('autostrada/testing'),
      import('../../src/transport/platform/tick.ts'),
    ]);
    if (when === 'after') fake();
    return modules;
  };

  it('do not stop calls in this process, nor our own clock', async () => {
    const [{ Connection }, { ManualClock, TestRouter }] = await load();
    const clock = new ManualClock();
    const router = new TestRouter(undefined, { clock });
    const connection = new Connection({ url: router, realm: 'realm1', environment: { clock } });
    await connection.register('com.test.add', ([a, b]: [number, number]) => a + b).ready;
    expect(await connection.call('com.test.add', [2, 3])).toBe(5);
    router.cut();
    await clock.advance(5_000);
    expect(await connection.call('com.test.add', [2, 3])).toBe(5);
    // More than one slice of the router has room for.
    await clock.advance(1_000);
    const calls = Array.from({ length: 200 }, (_, i) => connection.call('com.test.add', [i, 1]));
    expect((await Promise.all(calls)).length).toBe(200);
    await router.settled();
    await connection.close();
    await router.close();
  });

  it('do not delay what a socket has to send', async () => {
    const [, , { defer }] = await load();
    let hasRun = false;
    defer(() => {
      hasRun = true;
    });
    for (let i = 0; i < 10; i++) await Promise.resolve();
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
    expect(hasRun).toBe(true);
  });
});

it('[H10] without MessageChannel, as in jsdom, our own time passes all the same', async () => {
  vi.stubGlobal('MessageChannel', undefined);
  vi.resetModules();
  const { ManualClock } = await import('autostrada/testing');
  vi.useFakeTimers({ toFake: [...everything] });
  const clock = new ManualClock();
  let rang = 0;
  clock.setTimeout(() => rang++, 10);
  await clock.advance(10);
  expect(rang).toBe(1);
});
