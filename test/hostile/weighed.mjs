/* A router with the default limits, in a process of its own, that is weighed. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { listen } from '../../dist/node.js';
import { Router } from '../../dist/router.js';

const router = new Router({ realms: { arena: 'open' } }, { log: () => {} });
const listener = await listen(router, { port: 0, pingMs: 0 });
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();

/** What is left when all garbage is gone, in bytes. */
async function weigh() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 30)); // for what a collection has finalized
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

const tasks = {
  stats: () => router.stats(),
  async look() {
    const rss = process.memoryUsage.rss();
    const answer = { stats: router.stats(), rss, loopMaxMs: delay.max / 1e6, bytes: await weigh() };
    delay.reset();
    return answer;
  },
};

process.on('message', async ({ task }) => {
  process.send({ value: await tasks[task]() });
});
process.on('disconnect', () => process.exit());
process.send({ value: listener.port });
