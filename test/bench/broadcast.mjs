/*
 * The figure of a talk about WAMP: 1,000 publications a second of 32 bytes, to 1,000 subscribers each. A bare writer with as many plain sockets
 * stands beside it: a write to a socket takes 6 to 8 microseconds, whatever it holds.
 */
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { Line, textFrame } from './line.mjs';

const SUBSCRIBERS = 1000;

/** @param {{ rate: number, seconds: number, subscribers?: number }} plan */
export async function measureBroadcast({ rate, seconds, subscribers = SUBSCRIBERS }) {
  const router = new Child('router.mjs', [ours, 'realm1']);
  const port = new URL((await router.next(10_000)).url).port;
  const sinks = new Child('sinks.mjs', [port, String(subscribers)]);
  await sinks.next(60_000);
  const publisher = await Line.join(Number(port));
  publisher.socket.on('data', () => {});
  await publish(publisher, rate, 2); // warm
  await pause(1000);
  await sinks.ask({ task: 'begin' });
  const cpu = (await router.ask({})).cpu;
  const sent = await publish(publisher, rate, seconds);
  const wanted = sent * subscribers;
  let result;
  for (let wait = 0; wait < 100; wait++) {
    result = (await sinks.ask({ task: 'say' })).value;
    if (result.events >= wanted) break;
    await pause(100);
  }
  const used = (await router.ask({})).cpu - cpu;
  publisher.socket.destroy();
  router.kill();
  sinks.kill();
  const eventsAWrite = result.events / result.reads;
  const bare = await bareWrite(subscribers, Math.round(eventsAWrite * 80));
  return {
    ...result,
    sent,
    wanted,
    cpuPerEvent: used / result.events,
    eventsAWrite,
    bareWrite: bare,
    busy: used / (seconds * 1e6),
  };
}

/** @returns The CPU time of a write of so many bytes, in microseconds. */
async function bareWrite(subscribers, bytes) {
  const writer = new Child('bare-writer.mjs');
  const { port } = await writer.next(10_000);
  const sinks = new Child('sinks.mjs', [String(port), String(subscribers), 'plain']);
  await sinks.next(60_000);
  await writer.ask({ bytes, rounds: 50 }, 60_000);
  const { value } = await writer.ask({ bytes, rounds: 200 }, 60_000);
  writer.kill();
  sinks.kill();
  return value;
}

/** As many as are due, each millisecond. @returns How many were sent. */
function publish(line, rate, seconds) {
  return new Promise((resolve) => {
    const begin = process.hrtime.bigint();
    let sent = 0;
    const timer = setInterval(() => {
      const micros = Number((process.hrtime.bigint() - begin) / 1000n);
      const due = Math.min(Math.floor((micros / 1e6) * rate), rate * seconds);
      const frames = [];
      for (; sent < due; sent++) {
        const now = String(process.hrtime.bigint() / 1000n).padStart(16, '0');
        frames.push(textFrame(`[16,${++line.requests},{},"com.example.talk",["${now.padEnd(32, '.')}"]]`));
      }
      if (frames.length > 0) line.socket.write(Buffer.concat(frames));
      if (sent < rate * seconds) return;
      clearInterval(timer);
      resolve(sent);
    }, 1);
    line.requests ??= 0;
  });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
