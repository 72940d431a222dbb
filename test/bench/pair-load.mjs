/* A process: one session at one URL, one at another. What the first one has registered and subscribed, the second one calls and publishes. */
import { performance } from 'node:perf_hooks';
import { Connection } from 'autostrada';
import { answer } from './answer.mjs';

const pairs = new Map();
let procedures = 0;

async function pairOf(one, other) {
  const key = `${one} ${other}`;
  if (pairs.has(key)) return pairs.get(key);
  const [callee, caller] = await Promise.all(
    [one, other].map((url) => new Connection({ url, realm: 'realm1', retry: false }).open()),
  );
  const state = { callee, caller, heard: () => {} };
  await callee.register('com.example.echo', (args) => args[0]);
  await callee.subscribe('com.example.news', () => state.heard());
  pairs.set(key, state);
  return state;
}

async function during(ms, inFlight, task) {
  const start = performance.now();
  let count = 0;
  const worker = async () => {
    while (performance.now() < start + ms) {
      await task();
      count++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { count, ms: performance.now() - start };
}

const tasks = {
  call: ({ caller }, { ms, inFlight }) => during(ms, inFlight, () => caller.call('com.example.echo', ['hello'])),
  register: ({ callee }, { ms }) =>
    during(ms, 1, async () => {
      const registration = await callee.register(`com.example.p${procedures++}`, () => 0);
      await registration.unregister();
    }),
  event: (state, { ms }) =>
    during(ms, 64, () => {
      // Each worker waits for one event more: which one does not matter.
      const heard = new Promise((resolve) => state.waiting.push(resolve));
      void state.caller.publish('com.example.news', ['hello']);
      return heard;
    }),
};

answer(async ({ one, other, task, ...options }) => {
  const state = await pairOf(one, other);
  state.waiting = [];
  state.heard = () => state.waiting.shift()?.();
  return await tasks[task](state, options);
});
