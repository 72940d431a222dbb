import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { FrameSocket } from '../../src/node/cluster/frame-socket.ts';

async function pair(frame: (frame: Uint8Array) => void, closed: () => void = () => {}): Promise<Socket> {
  const server = createServer((socket) => new FrameSocket(socket, { frame, closed }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return socket;
}

const framed = (frame: Uint8Array): Buffer => {
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(frame.length);
  return Buffer.concat([prefix, frame]);
};

test('[L2] frames of any length come whole and in order, however they are cut', async () => {
  const frames = [0, 1, 3, 4, 5, 1000, 300_000, 2, 70_000, 0, 9].map((length, i) => Buffer.alloc(length, i));
  const heard: Buffer[] = [];
  const socket = await pair((frame) => heard.push(Buffer.from(frame)));
  const all = Buffer.concat(frames.map(framed));
  for (let at = 0, size = 1; at < all.length; at += size, size = (size * 7 + 3) % 40_000) {
    size = Math.max(1, size);
    socket.write(all.subarray(at, at + size));
    if (at < 200) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await expect.poll(() => heard.length).toBe(frames.length);
  expect(heard).toEqual(frames);
});

test('[L2] a frame that cannot be taken ends its socket, and nothing else', async () => {
  let isClosed = false;
  const socket = await pair(
    () => {
      throw new Error('broken on purpose');
    },
    () => {
      isClosed = true;
    },
  );
  socket.write(framed(Buffer.from('nonsense')));
  await expect.poll(() => isClosed).toBe(true);
});
