/*
 * A process: one contestant, who does what the main process asks, one thing at a time, and answers with what was measured or with an error.
 */
import { performance } from 'node:perf_hooks';
import { load } from './contestants/contestant.mjs';
import { cpuMicroseconds } from './host.mjs';

const [name, url] = process.argv.slice(2);
const contestant = await load(name);

let call;
/** By number of subscribers. */
const topics = new Map();

const tasks = {
  async prepareRpc() {
    await contestant.serve(url);
    call = await contestant.caller(url);
    await call();
  },

  /** Calls for a time, with so many at once: each of the workers calls again as soon as it has its answer. */
  async rpc({ inFlight, ms }) {
    const cpu = cpuMicroseconds();
    const start = performance.now();
    let count = 0;
    const worker = async () => {
      while (performance.now() < start + ms) {
        await call();
        count++;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return { count, ms: performance.now() - start, cpu: cpuMicroseconds() - cpu };
  },

  async prepareFanout({ subscribers }) {
    const topic = `com.example.news.${subscribers}`;
    const state = { onEvent: () => {}, publish: await contestant.publisher(url, topic) };
    for (let i = 0; i < subscribers; i += 50) {
      const some = Array.from({ length: Math.min(50, subscribers - i) }, () =>
        contestant.subscribe(url, topic, () => state.onEvent()),
      );
      await Promise.all(some);
    }
    topics.set(subscribers, state);
  },

  /**
   * Publishes for a time: when every subscriber has had one more event, one more is published, so that `window` publications are
   * under way. What is still under way at the end is waited for, but not counted.
   */
  fanout: ({ subscribers, window, ms }) =>
    new Promise((resolve, reject) => {
      const state = topics.get(subscribers);
      const publish = () => {
        published++;
        Promise.resolve(state.publish()).catch(reject);
      };
      let published = 0;
      let count = 0;
      let measured;
      state.onEvent = () => {
        if (++count % subscribers !== 0) return;
        const elapsed = performance.now() - start;
        if (elapsed < ms) return publish();
        measured ??= { count, ms: elapsed, cpu: cpuMicroseconds() - cpu };
        if (count === published * subscribers) resolve(measured);
      };
      const cpu = cpuMicroseconds();
      const start = performance.now();
      for (let i = 0; i < window; i++) publish();
    }),
};

process.on('message', async ({ task, ...options }) => {
  try {
    process.send({ value: await tasks[task](options) });
  } catch (error) {
    process.send({ error: error?.message ?? String(error?.error ?? error) });
  }
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
