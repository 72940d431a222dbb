/* A process: a million calls of our client at our router in the same process, and what of the heap is not free after them. */
import { Connection } from 'autostrada';
import { Router } from 'autostrada/router';

const router = new Router({ realms: { realm1: 'open' } });
const [callee, caller] = [1, 2].map(() => new Connection({ url: router, realm: 'realm1', retry: false }));
await callee.register('com.example.echo', ([, number]) => number).ready;
await caller.open();

async function calls(count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await caller.call('com.example.echo', ['hello', 42]);
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

async function heap() {
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (let i = 0; i < 3; i++) globalThis.gc();
  return process.memoryUsage().heapUsed;
}

process.on('message', async ({ count }) => {
  await calls(50_000); // warm
  const before = await heap();
  await calls(count);
  process.send({ value: (await heap()) - before });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
