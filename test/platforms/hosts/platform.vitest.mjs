/* A test as a user of Vitest writes it. The outcomes go to a file: the runner's output is its own. */
import { appendFileSync } from 'node:fs';
import { test, vi } from 'vitest';
import { fakeTimers, run } from './checks.mjs';

const toFake = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance', 'queueMicrotask'];

test('the checks', async () => {
  const print = (line) => appendFileSync(process.env.PLATFORM_OUT, `${line}\n`);
  const timers = {
    fake: () => vi.useFakeTimers({ toFake }),
    real: () => vi.useRealTimers(),
    advance: (ms) => vi.advanceTimersByTimeAsync(ms),
  };
  await run({ ...JSON.parse(process.env.PLATFORM), print, also: { 'fake timers': (given) => fakeTimers(given, timers) } });
});
