/* A defect of other clients that shows on sockets only: see test/client/known-defects.test.ts. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Connection } from 'autostrada';
import { rawSocket } from 'autostrada/node';
import { expect, it, onTestFinished } from 'vitest';
import { CALL } from '../fixtures/messages.ts';
import { failure, join } from '../fixtures/scripted-session.ts';

/** A TCP port that takes lines and never says a word. */
async function silent(): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

it.each(['ws', 'rs'])('[P7] a client closes a %s:// connection whose server never answers, and stops trying', async (scheme) => {
  const { port, sockets } = await silent();
  const address = `${scheme}://127.0.0.1:${port}`;
  const url = scheme === 'rs' ? rawSocket(address) : address;
  const connection = new Connection({ url, realm: 'realm1', joinTimeoutMs: 50, retry: false });
  const error = await failure(connection.open());
  expect(error).toMatchObject({ name: 'TimeoutError', uri: 'wamp.error.timeout' });
  expect(error.message).toContain('joinTimeoutMs');
  await expect.poll(() => sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
});

it('[P7] a call rejects after its timeoutMs, whatever the router does', async () => {
  const { session, peer } = await join({}, { dealer: {} });
  const error = await failure(session.call('com.test.p', [], null, { timeoutMs: 20 }));
  expect(error).toMatchObject({ name: 'TimeoutError', uri: 'wamp.error.timeout' });
  expect(peer.unread[0]).toEqual(CALL(1, {}, 'com.test.p'));
});
