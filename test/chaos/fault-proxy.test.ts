/* That the faults are real: between two plain sockets. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

/** A socket, and what has come over it. */
class End {
  readonly socket: Socket;
  readonly events: string[] = [];
  got = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.got += chunk.toString('latin1');
    });
    socket.on('end', () => this.events.push('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => this.events.push(error.code ?? 'error'));
    socket.on('close', () => this.events.push('close'));
  }
}

describe('the fault proxy', () => {
  let proxy: FaultProxy;
  let client: End;
  let router: End;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const arrived = once(server, 'connection');
    proxy = await FaultProxy.open({ protocol: 'rawsocket', routerPort: () => (server.address() as AddressInfo).port });
    client = new End(connect(proxy.port, '127.0.0.1'));
    router = new End(((await arrived) as [Socket])[0]);
    client.socket.write('hello');
    await expect.poll(() => router.got).toBe('hello');
    stop = async () => {
      client.socket.destroy();
      router.socket.destroy();
      await proxy.close();
      server.close();
    };
  });
  afterEach(() => stop());

  test('passes on everything, and the end', async () => {
    router.socket.write('welcome');
    await expect.poll(() => client.got).toBe('welcome');
    client.socket.end();
    await expect.poll(() => router.events).toContain('end');
  });

  test('resets both ends', async () => {
    proxy.fault({ kind: 'reset' });
    await expect
      .poll(() => [client.events, router.events])
      .toEqual([
        ['ECONNRESET', 'close'],
        ['ECONNRESET', 'close'],
      ]);
  });

  test('drops bytes in one direction, and tells the router late that the client is gone', async () => {
    proxy.fault({ kind: 'half-open', directions: ['up'], ghostMs: 50 });
    client.socket.write('lost');
    router.socket.write('there');
    await expect.poll(() => client.got).toBe('there');
    expect(router.got).toBe('hello');
    client.socket.end();
    await expect.poll(() => router.events).toEqual(['ECONNRESET', 'close']);
  });

  test('drops bytes in both directions, and the end too', async () => {
    proxy.fault({ kind: 'half-open', directions: ['up', 'down'], ghostMs: 50 });
    client.socket.write('lost');
    router.socket.end('lost as well');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([client.got, client.events, router.got]).toEqual(['', [], 'hello']);
  });

  test('inserts garbage as a frame before the next one', async () => {
    proxy.fault({ kind: 'garbage', direction: 'down', bytes: [1, 2], isFrame: true, goesOn: true });
    router.socket.write('next');
    await expect.poll(() => client.got).toBe('\0\0\0\x02\x01\x02next');
  });

  test('cuts the next frame, and then the connection', async () => {
    proxy.fault({ kind: 'cut', direction: 'down', part: 0.5, byReset: false });
    router.socket.write('abcd');
    await expect.poll(() => client.events).toContain('close');
    expect(client.got).toBe('ab');
  });

  test('passes on all bytes one by one, in order', async () => {
    proxy.fault({ kind: 'slow', directions: ['down'], bytes: 1, ms: 100 });
    const sizes: number[] = [];
    client.socket.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    const text = 'x'.repeat(20).concat('y'.repeat(5000));
    router.socket.end(text);
    await expect.poll(() => client.events).toContain('end');
    expect(client.got).toBe(text);
    expect(sizes[0]).toBeLessThan(20);
  });

  test('breaks the next connection when there is none', async () => {
    proxy.fault({ kind: 'reset' });
    await expect.poll(() => client.events).toContain('close');
    proxy.fault({ kind: 'reset' });
    const next = new End(connect(proxy.port, '127.0.0.1'));
    await expect.poll(() => next.events).toEqual(['ECONNRESET', 'close']);
  });
});
