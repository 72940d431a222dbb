/* A process: so many sessions that call one procedure at a rate that all of them have together, and the callee, which is our client. */
import { Connection } from 'autostrada';
import { frameReader, micros, spread } from './frames.mjs';
import { Line } from './line.mjs';

const [port, count] = process.argv.slice(2).map(Number);

const callee = new Connection({ url: `ws://127.0.0.1:${port}/ws`, realm: 'realm1' });
await callee.register('com.example.echo', ([, number]) => number).ready;

/** Microseconds. */
let delays = [];
const callers = [];
for (let i = 0; i < count; i++) {
  const line = await Line.join(port);
  // The answers of one callee come in the order of the calls.
  const caller = { line, request: 0, asked: [] };
  line.socket.on(
    'data',
    frameReader(() => delays.push(micros() - caller.asked.shift())),
  );
  callers.push(caller);
}

function call(caller) {
  caller.asked.push(micros());
  caller.line.send([48, ++caller.request, {}, 'com.example.echo', ['hello', 42]]);
}

process.on('message', async ({ rate, ms }) => {
  delays = [];
  const begun = micros();
  let sent = 0;
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(Math.floor(((micros() - begun) / 1e6) * rate), (rate * ms) / 1000);
      for (; sent < due; sent++) call(callers[sent % count]);
      if (sent < (rate * ms) / 1000) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  for (let wait = 0; wait < 100 && delays.length < sent; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
  process.send({ value: { answered: delays.length / sent, ...spread(delays) } });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
