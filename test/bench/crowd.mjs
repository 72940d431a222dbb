/* A process: so many subscribers, who read and look at nothing; or, when asked, one session that calls all the time and says how long it waited. */
import { performance } from 'node:perf_hooks';
import { Line } from './line.mjs';

const [port, count] = process.argv.slice(2).map(Number);
for (let i = 0; i < count; i++) {
  const line = await Line.join(port);
  line.send([32, 1, {}, 'com.example.burst']);
  await line.next('[33,');
  line.socket.on('data', () => {});
}

const caller = await Line.join(port);
let request = 0;
let isCalling = false;
let worst = 0;
let calling = Promise.resolve();

async function callAllTheTime() {
  while (isCalling) {
    const start = performance.now();
    caller.send([48, ++request, {}, 'wamp.session.count']);
    await caller.next('[50,');
    worst = Math.max(worst, performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

process.on('message', async ({ task }) => {
  if (task === 'begin') {
    isCalling = true;
    worst = 0;
    calling = callAllTheTime();
  } else {
    isCalling = false;
    await calling;
  }
  process.send({ value: worst });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
