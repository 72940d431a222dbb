/*
 * The figure of a talk about WAMP: 1,000 publications a second of 32 bytes, to 1,000 subscribers each. A bare writer with as many plain sockets
 * stands beside it: a write to a socket takes 6 to 8 microseconds, whatever it holds.
 */
import { ours } from './base.mjs';
import { Child } from './child.mjs';
import { Line, textFrame } from './line.mjs';

const SUBSCRIBERS = 1000;
/** An EVENT of 32 bytes of payload, with its frame. */
const EVENT_BYTES = 80;

/** @param {{ broadcasts: number[], seconds: number }} plan - `broadcasts`: publications a second. */
export async function measureBroadcast({ broadcasts, seconds }) {
  const rows = [];
  for (const rate of broadcasts) {
    const row = await measureRate(rate, seconds, SUBSCRIBERS);
    const bareWrite = await measureBareWrite(SUBSCRIBERS, Math.round(row.eventsAWrite * EVENT_BYTES));
    rows.push({ ...row, bareWrite, bar: bareWrite / row.eventsAWrite + 0.2 });
    process.stderr.write('.');
  }
  process.stderr.write('\n');
  return rows;
}

/** Times in milliseconds, CPU in microseconds. */
export async function measureRate(rate, seconds, subscribers) {
  const router = new Child('router.mjs', [ours, 'realm1']);
  const port = new URL((await router.next(10_000)).url).port;
  const empty = (await router.ask({ what: 'memory' })).memory;
  const sinks = new Child('sinks.mjs', [port, String(subscribers)]);
  await sinks.next(120_000);
  const bytesASession = ((await router.ask({ what: 'memory' })).memory - empty) / subscribers;
  const publisher = await Line.join(Number(port));
  publisher.socket.on('data', () => {});
  await publish(publisher, rate, 2); // warm
  await pause(1000);
  await sinks.ask({ task: 'begin' });
  const before = (await router.ask({})).cpu;
  const sent = await publish(publisher, rate, seconds);
  const wanted = sent * subscribers;
  let result;
  for (let wait = 0; wait < 100; wait++) {
    result = (await sinks.ask({ task: 'say' })).value;
    if (result.events >= wanted) break;
    await pause(100);
  }
  const used = (await router.ask({})).cpu - before;
  publisher.socket.destroy();
  router.kill();
  sinks.kill();
  const eventsAWrite = result.events / result.reads;
  const [mean, p50, p99, max] = [result.mean, result.p50, result.p99, result.max].map((micros) => micros / 1000);
  const [sentShare, cpu] = [result.events / wanted, used / result.events];
  return {
    rate,
    subscribers,
    seconds,
    bytesASession,
    delivered: sentShare,
    mean,
    p50,
    p99,
    max,
    eventsAWrite,
    cpu,
  };
}

/** @returns The CPU time of a write of so many bytes, in microseconds. */
async function measureBareWrite(subscribers, bytes) {
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

/** Written to plain sockets, a second apart. @returns The p99 of the times until they arrive, in milliseconds. */
export async function measureBarePublications(count, subscribers) {
  const writer = new Child('bare-writer.mjs');
  const { port } = await writer.next(10_000);
  const sinks = new Child('sinks.mjs', [String(port), String(subscribers), 'plain']);
  await sinks.next(120_000);
  await writer.ask({ bytes: EVENT_BYTES, rounds: 2, pauseMs: 1000 }, 60_000); // warm
  await sinks.ask({ task: 'begin' });
  await writer.ask({ bytes: EVENT_BYTES, rounds: count, pauseMs: 1000 }, 60_000);
  const { value } = await sinks.ask({ task: 'say' });
  writer.kill();
  sinks.kill();
  return value.p99 / 1000;
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
