/*
 * How long one session waits while another writes as much as it can at once. The subscribers are in a process of their own, and so is the
 * session that waits: what it measures is the router's doing, as far as the machine has a core for it.
 */
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { Line, textFrame } from './line.mjs';
import { median } from './statistics.mjs';

const SUBSCRIBERS = 1000;
/** What another session may wait at most, in milliseconds. */
export const BAR_MS = 250;

const bursts = {
  '3,000 publications in one write': Array.from({ length: 3000 }, (_, i) => `[16,${i + 1},{},"com.example.burst",["hello"]]`),
  '10 messages nested 1,100 deep': Array.from(
    { length: 10 },
    (_, i) => `[16,${i + 1},{},"com.example.burst",${'['.repeat(1100)}${']'.repeat(1100)}]`,
  ),
};

/** @param {{ bursts: number }} plan */
export async function measureFairness(plan) {
  const router = new Child('router.mjs', [ours, 'realm1']);
  const port = new URL((await router.next(10_000)).url).port;
  const crowd = new Child('crowd.mjs', [port, String(SUBSCRIBERS)]);
  await crowd.next(60_000);
  const caller = new Child('crowd.mjs', [port, '0']);
  await caller.next(10_000);
  const rows = [];
  for (const [title, messages] of Object.entries(bursts)) {
    const worst = [];
    for (let round = 0; round < plan.bursts; round++) {
      const publisher = await Line.join(Number(port));
      publisher.socket.on('data', () => {});
      await caller.ask({ task: 'begin' });
      await pause(300);
      publisher.socket.write(Buffer.concat(messages.map((message) => textFrame(message))));
      await pause(1500);
      worst.push((await caller.ask({ task: 'end' }, 120_000)).value);
      publisher.socket.destroy();
      await pause(500);
      process.stderr.write('.');
    }
    rows.push({ title, subscribers: SUBSCRIBERS, median: median(worst), max: Math.max(...worst), bar: BAR_MS });
  }
  process.stderr.write('\n');
  for (const child of [crowd, caller, router]) child.kill();
  return rows;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
