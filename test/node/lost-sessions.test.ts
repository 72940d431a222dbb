/* As test/client/lost-sessions: over sockets. */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { longPoll } from 'autostrada/longpoll';
import { rawSocket } from 'autostrada/node';
import { describe, expect, it, onTestFinished } from 'vitest';
import { attemptsAliveAfter, sessionsAliveAfter } from '../fixtures/weak.ts';
import { listening } from './listening.ts';

const LOSSES = 40;
/** The one that is there or under way, and the one that was lost last. */
const FEW = 2;

type Url = Parameters<typeof sessionsAliveAfter>[1]['url'];
type Way = 'WebSocket' | 'RawSocket' | 'long-poll';
const ways: readonly Way[] = ['WebSocket', 'RawSocket', 'long-poll'];

function urlOf(way: Way, port: number): Url {
  if (way === 'WebSocket') return `ws://127.0.0.1:${port}/ws`;
  return way === 'RawSocket' ? rawSocket(`rs://127.0.0.1:${port}`) : longPoll(`http://127.0.0.1:${port}/lp`);
}

async function portOf(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

describe.each(ways)('a client over %s', (way) => {
  it('[H6] keeps no lost session, whether it ended by GOODBYE or by a socket that is destroyed', async () => {
    const { router, listener } = await listening();
    const far = new Set<Socket>();
    const proxy = createServer((near) => {
      const there = connect(listener.port, '127.0.0.1');
      for (const [from, to] of [
        [near, there],
        [there, near],
      ] as const) {
        far.add(from);
        from.on('error', () => {}).pipe(to);
        from.on('close', () => to.destroy());
      }
    });
    const url = urlOf(way, await portOf(proxy));
    expect(await sessionsAliveAfter(LOSSES, { url }, ({ id }) => router.kill(id))).toBeLessThanOrEqual(FEW);
    const destroyed = sessionsAliveAfter(LOSSES, { url }, () => {
      for (const socket of far) socket.destroy();
      far.clear();
    });
    expect(await destroyed).toBeLessThanOrEqual(FEW);
  });

  it('[H6] keeps no failed attempt if nobody listens', async () => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await attemptsAliveAfter(LOSSES, { url: urlOf(way, port) })).toBeLessThanOrEqual(FEW);
  });

  it('[H6] keeps no failed attempt if nobody answers in time', async () => {
    const url = urlOf(way, await portOf(createServer()));
    expect(await attemptsAliveAfter(LOSSES, { url, joinTimeoutMs: 5 })).toBeLessThanOrEqual(FEW);
  });

  it('[H6] keeps no failed attempt after HTTP 503', async () => {
    const url = urlOf(way, await portOf(createHttpServer((_, response) => response.writeHead(503).end('later'))));
    expect(await attemptsAliveAfter(LOSSES, { url, retry: { minMs: 0, maxMs: 0, decide: () => 0 } })).toBeLessThanOrEqual(FEW);
  });
});
