/* A process: writes to plain sockets, no WebSocket and no WAMP, and says what CPU time a write takes. */
import { createServer } from 'node:net';
import { cpuMicroseconds } from './host.mjs';

const sockets = [];
const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.resume();
  sockets.push(socket);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

/** So many bytes to each socket, a round at a time; after each round the event loop goes round. */
process.on('message', async ({ bytes, rounds }) => {
  const buffer = Buffer.alloc(bytes, 97);
  const cpu = cpuMicroseconds();
  for (let round = 0; round < rounds; round++) {
    for (const socket of sockets) socket.write(buffer);
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.send({ value: (cpuMicroseconds() - cpu) / (rounds * sockets.length) });
});
process.on('disconnect', () => process.exit());
