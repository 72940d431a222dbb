/* One large message on a slow line, up and down, while liveness looks: bytes that move are life. */
import { connect, createServer, type Socket } from 'node:net';
import { batched, Connection, json } from 'autostrada';
import { longPoll } from 'autostrada/longpoll';
import { rawSocket } from 'autostrada/node';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from './listening.ts';

const MB = 2 ** 20;
const STEP_MS = 20;

/** Passes on so many bytes a second, each way. */
async function slowTo(port: number, bytesPerSecond: number): Promise<number> {
  const sockets = new Set<Socket>();
  const trickle = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.pause().on('readable', () => {});
    from.on('error', () => {});
    const timer = setInterval(() => {
      for (let left = (bytesPerSecond * STEP_MS) / 1000; left > 0; ) {
        const chunk: Buffer | null = from.read(Math.min(left, from.readableLength || left));
        if (!chunk) return;
        left -= chunk.length;
        to.write(chunk);
      }
    }, STEP_MS);
    from.on('close', () => {
      clearInterval(timer);
      to.destroy();
    });
  };
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    trickle(near, far);
    trickle(far, near);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  return (proxy.address() as { port: number }).port;
}

test.each(['WebSocket', 'WebSocket, batched', 'RawSocket', 'long-poll'])(
  '[H7] a large message arrives on a slow network: %s',
  { timeout: 60_000 },
  async (way) => {
    const { listener, router } = await listening({}, { maxMessageBytes: 32 * MB, maxQueuedBytes: 64 * MB });
    const port = await slowTo(listener.port, 4 * MB);
    const far = new Connection({ url: router, realm: 'realm1' });
    const url =
      way === 'RawSocket'
        ? rawSocket(`rs://127.0.0.1:${port}`)
        : way === 'long-poll'
          ? longPoll(`http://127.0.0.1:${port}/lp`)
          : `ws://127.0.0.1:${port}/ws`;
    const near = new Connection({
      url,
      realm: 'realm1',
      serializers: [way === 'WebSocket, batched' ? batched(json()) : json()],
      liveness: { idleMs: 500, timeoutMs: 1000 },
      retry: false,
    });
    onTestFinished(() => Promise.all([far.close(), near.close()]).then(() => {}));
    await far.register('com.test.length', ([text]: [string]) => text.length).ready;
    await far.register('com.test.text', ([length]: [number]) => 'x'.repeat(length)).ready;
    const length = 14 * MB;
    expect(await near.call('com.test.length', ['x'.repeat(length)])).toBe(length);
    expect(await near.call<string>('com.test.text', [length])).toHaveLength(length);
  },
);
