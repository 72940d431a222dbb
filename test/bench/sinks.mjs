/*
 * A process: so many subscribers that count the events and look at nothing else. One of fifty reads the time in each event, so that counting
 * stays cheap. `plain`: sockets without a router, for the bare writer.
 */
import { connect } from 'node:net';
import { frameReader, micros, spread } from './frames.mjs';
import { Line } from './line.mjs';

const [port, count, kind] = process.argv.slice(2);
const LOOKS = 50;

let events = 0;
let reads = 0;
/** Microseconds. */
let delays = [];

const countEvent = () => events++;

function readTime(text) {
  const from = text.indexOf('["') + 2;
  if (from > 1) delays.push(micros() - Number(text.slice(from, from + 16)));
}

for (let i = 0; i < Number(count); i++) {
  if (kind === 'plain') {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('data', (chunk) => {
      reads++;
      if (i % LOOKS === 0) readTime(chunk.latin1Slice(0, 32));
    });
    await new Promise((resolve) => socket.once('connect', resolve));
    continue;
  }
  const line = await Line.join(Number(port));
  line.send([32, 1, {}, 'com.example.talk']);
  await line.next('[33,');
  const read = frameReader(countEvent, i % LOOKS === 0 ? readTime : undefined);
  line.socket.on('data', (chunk) => {
    reads++;
    read(chunk);
  });
}

process.on('message', ({ task }) => {
  if (task === 'begin') {
    events = 0;
    reads = 0;
    delays = [];
    return process.send({ value: true });
  }
  process.send({ value: { events, reads, ...spread(delays) } });
});
process.on('disconnect', () => process.exit());
process.send({ ready: true });
