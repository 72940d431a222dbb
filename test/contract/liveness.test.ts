import { createServer, type Server, type Socket, connect as tcp } from 'node:net';
import { Connection } from 'autostrada';
import { listen, rawSocket } from 'autostrada/node';
import { Router } from 'autostrada/router';
import { expect, it, onTestFinished } from 'vitest';
import { type Bench, overMatrix } from '../fixtures/matrix.ts';
import { otherWays } from '../fixtures/ways.ts';

function contract(bench: Bench): void {
  it('[N4] session.rtt() measures the round trip', async () => {
    const session = await bench.connect().open();
    const [one, two] = await Promise.all([session.rtt(), session.rtt({ timeoutMs: 10_000 })]);
    expect([one >= 0, two >= 0]).toEqual([true, true]);
  });

  it('[N4] a connection stays open while it answers, however often it is asked', async () => {
    const connection = bench.connect({ liveness: { idleMs: 5, timeoutMs: 5000 } });
    const states: string[] = [];
    await connection.open();
    connection.on('status', ({ state }) => states.push(state));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(states).toEqual([]);
  });
}

overMatrix('liveness', contract);
overMatrix('liveness', contract, undefined, otherWays);

/** Passes bytes on until it is told to swallow them. */
async function swallower(port: number): Promise<{ readonly port: number; swallow(): void }> {
  let isSwallowing = false;
  const sockets: Socket[] = [];
  const server: Server = createServer((near) => {
    const far = tcp(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('error', () => {}).on('data', (data) => isSwallowing || far.write(data));
    far.on('error', () => {}).on('data', (data) => isSwallowing || near.write(data));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as { port: number }).port,
    swallow: () => {
      isSwallowing = true;
    },
  };
}

it.each(['websocket', 'rawsocket'] as const)('[N4] a client notices a half-open %s, and is back with all it had', async (kind) => {
  const router = new Router({ realms: { realm1: 'open' } });
  const listener = await listen(router, { port: 0 });
  const first = await swallower(listener.port);
  const next = await swallower(listener.port);
  const target = (port: number) => (kind === 'websocket' ? `ws://127.0.0.1:${port}/ws` : rawSocket(`rs://127.0.0.1:${port}`));
  const connection = new Connection({
    url: ({ previous }) => target(previous ? next.port : first.port),
    realm: 'realm1',
    liveness: { idleMs: 50, timeoutMs: 50 },
    retry: { maxMs: 10 },
  });
  onTestFinished(async () => {
    await connection.close();
    await listener.close();
    await router.close();
  });
  const states: string[] = [];
  const handle = connection.register('com.example.mine', () => 1);
  await handle.ready;
  connection.on('status', ({ state }) => states.push(state));
  first.swallow();
  await expect.poll(() => [...new Set(states)]).toEqual(['waiting', 'connecting', 'joined']);
  // The router has its ghost still: nothing of ours reached it.
  await expect.poll(() => handle.error?.uri ?? handle.state).toMatch(/procedure_already_exists|active/);
  for (const { id } of router.sessions) if (id !== connection.session?.id) router.kill(id);
  await expect.poll(() => handle.state, { timeout: 15_000 }).toBe('active');
});
