/* A test as a user of Jest writes it, in CommonJS, with jsdom and with Jest's fake timers. The outcomes go to a file: the runner's output is its own. */
const { appendFileSync } = require('node:fs');
const { run, fakeTimers } = require('./checks.cjs');

test('the checks', async () => {
  const print = (line) => appendFileSync(process.env.PLATFORM_OUT, `${line}\n`);
  const timers = {
    fake: () => jest.useFakeTimers(),
    real: () => jest.useRealTimers(),
    advance: (ms) => jest.advanceTimersByTimeAsync(ms),
  };
  await run({ ...JSON.parse(process.env.PLATFORM), print, also: { 'fake timers': (given) => fakeTimers(given, timers) } });
});
