/* A process: writes to plain sockets, no WebSocket and no WAMP, and says what CPU time a write takes. */
import { createServer } from 'node:net';
import { micros } from './frames.mjs';
import { cpuMicroseconds } from './host.mjs';

const sockets = [];
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.resume();
  sockets.push(socket);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

/** So many bytes to each socket, with the time in them, a round at a time; after each round the event loop goes round, or a pause. */
process.on('message', async ({ bytes, rounds, pauseMs }) => {
  const buffer = Buffer.alloc(bytes, 97);
  const cpu = cpuMicroseconds();
  for (let i = 0; i < rounds; i++) {
    const round = Buffer.from(buffer);
    round.write(`["${String(micros()).padStart(16, '0')}`);
    for (const socket of sockets) socket.write(round);
    await new Promise((resolve) => (pauseMs ? setTimeout(resolve, pauseMs) : setImmediate(resolve)));
  }
  process.send({ value: (cpuMicroseconds() - cpu) / (rounds * sockets.length) });
});
process.on('disconnect', () => process.exit());
