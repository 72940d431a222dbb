/* Many sessions at one router: what each takes in memory, how long one publication to all takes, and how long calls wait at a steady rate. */
import { ours } from './base.mjs';
import { measureBarePublications, measureRate } from './broadcast.mjs';
import { Child } from './child.mjs';

/** @param {{ sessions: number, callRate: number, callMs: number }} plan */
export async function measureCrowds({ sessions, callRate, callMs }) {
  const all = await measureRate(1, 5, sessions);
  const calls = [await measureCalls(100, callRate, callMs), await measureCalls(callRate, callRate, callMs)];
  process.stderr.write('\n');
  return {
    sessions: {
      bareP99: await measureBarePublications(5, sessions),
      count: sessions,
      bytesEach: all.bytesASession,
      p99: all.p99,
      max: all.max,
    },
    calls,
  };
}

/** Times in milliseconds. */
async function measureCalls(callers, rate, ms) {
  const router = new Child('router.mjs', [ours, 'realm1']);
  const port = new URL((await router.next(10_000)).url).port;
  const crowd = new Child('callers.mjs', [port, String(callers)]);
  await crowd.next(120_000);
  await crowd.ask({ rate, ms: 2000 }, 30_000); // warm
  const { value } = await crowd.ask({ rate, ms }, ms + 30_000);
  router.kill();
  crowd.kill();
  process.stderr.write('.');
  return { callers, rate, answered: value.answered, mean: value.mean / 1000, p99: value.p99 / 1000, max: value.max / 1000 };
}
