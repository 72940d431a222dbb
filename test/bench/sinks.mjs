/*
 * A process: so many subscribers that count the events and look at nothing else. One of fifty reads the time in each event, so that counting
 * stays cheap. Without a router they are plain sockets, for the bare writer.
 */
import { connect } from 'node:net';
import { Line } from './line.mjs';

const [port, count, kind] = process.argv.slice(2);
const LOOKS = 50;

let events = 0;
let reads = 0;
/** Microseconds. */
let delays = [];
const sockets = [];

/** Walks over the frames of one socket. @param {boolean} looks */
function counter(looks) {
  /** Bytes of the current frame that are still to come. */
  let left = 0;
  /** The beginning of a frame that was cut off. */
  let rest = Buffer.alloc(0);
  return (chunk) => {
    reads++;
    let at = left;
    if (rest.length > 0) {
      chunk = Buffer.concat([rest, chunk]);
      rest = Buffer.alloc(0);
    }
    const now = looks ? Number(process.hrtime.bigint() / 1000n) : 0;
    while (at < chunk.length) {
      const length = chunk[at + 1];
      const head = length === 126 ? 4 : 2;
      const end = at + head + (length === 126 ? (chunk[at + 2] << 8) | chunk[at + 3] : length);
      // Short frames are kept until they are whole.
      if (at + 4 > chunk.length || (looks && end > chunk.length)) {
        rest = Buffer.from(chunk.subarray(at));
        left = 0;
        return;
      }
      events++;
      if (looks) {
        const text = chunk.latin1Slice(at, end);
        const from = text.indexOf('["') + 2;
        if (from > 1) delays.push(now - Number(text.slice(from, from + 16)));
      }
      at = end;
    }
    left = at - chunk.length;
  };
}

for (let i = 0; i < Number(count); i++) {
  if (kind === 'plain') {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('data', () => reads++);
    sockets.push(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    continue;
  }
  const line = await Line.join(Number(port));
  line.send([32, 1, {}, 'com.example.talk']);
  await line.next('[33,');
  line.socket.on('data', counter(i % LOOKS === 0));
  sockets.push(line.socket);
}

process.on('message', ({ task }) => {
  if (task === 'begin') {
    events = 0;
    reads = 0;
    delays = [];
    return process.send({ value: true });
  }
  const sorted = Float64Array.from(delays).sort();
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  process.send({
    value: {
      events,
      reads,
      mean: sorted.reduce((sum, each) => sum + each, 0) / sorted.length,
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
    },
  });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
