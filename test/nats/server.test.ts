/* The server that the other tests here need. */
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasNats, natsPrograms, skipLoudlyWithoutNats, startNats } from '../fixtures/nats-server.ts';

skipLoudlyWithoutNats();

/** What the server says to PING, and its greeting. */
function talk(port: number): { readonly heard: () => string; close(): void } {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes) => {
    text += String(bytes);
  });
  socket.on('error', () => {});
  socket.write('CONNECT {"verbose":false}\r\nPING\r\n');
  return { heard: () => text, close: () => socket.destroy() };
}

describe.runIf(hasNats)('a nats-server', { timeout: 60_000 }, () => {
  it.each(natsPrograms)('[L3] $version starts, is killed and starts again on its port, pauses, and stops', async (program) => {
    const server = await startNats({ program, config: 'max_payload: 4KB' });
    onTestFinished(() => server.stop());
    const first = talk(server.port);
    await expect.poll(first.heard).toMatch(/PONG\r\n$/);
    expect(JSON.parse(/^INFO (.*)\r\n/.exec(first.heard())?.[1] ?? '')).toMatchObject({
      version: program.version,
      max_payload: 4096,
      jetstream: true,
    });
    const { port, pid } = server;
    await server.restart();
    expect(server.port).toBe(port);
    expect(server.pid).not.toBe(pid);
    await server.pause();
    const second = talk(port);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(second.heard()).toBe('');
    server.resume();
    await expect.poll(second.heard).toMatch(/PONG\r\n$/);
    await server.stop();
    expect(server.pid).toBe(0);
    first.close();
    second.close();
  });

  it('[L3] that does not start says why', async () => {
    await expect(startNats({ config: 'max_payload: nonsense' })).rejects.toThrow(/^nats-server ended: .*nats\.conf:1/);
  });
});
