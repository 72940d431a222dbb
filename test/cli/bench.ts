/* A router on a port, and a client in this process, for commands to speak to; both gone after the test. */
import { Connection, type ConnectionOptions } from 'autostrada';
import { onTestFinished } from 'vitest';
import type WebSocket from 'ws';
import { WebSocketServer } from 'ws';
import { Code, GOODBYE, WELCOME } from '../fixtures/messages.ts';
import { listening } from '../node/listening.ts';

export async function stage(options: Partial<ConnectionOptions> = {}) {
  const { router, listener } = await listening();
  const client = new Connection({ url: router, realm: 'realm1', ...options });
  client.on('error', () => {}); // endpoints here may throw
  onTestFinished(() => client.close());
  return { router, listener, client, url: listener.url };
}

/** A router played by hand: answers each message by what the test says; GOODBYE is answered by itself. */
export async function scriptedRouter(answer: (message: readonly unknown[]) => readonly unknown[] | undefined) {
  const received: (readonly unknown[])[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'wamp.2.json' });
  server.on('connection', (socket: WebSocket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as readonly unknown[];
      received.push(message);
      const reply = message[0] === Code.GOODBYE ? GOODBYE({}, 'wamp.close.goodbye_and_out') : answer(message);
      if (reply) socket.send(JSON.stringify(reply));
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const send = (message: readonly unknown[]): void => {
    for (const client of server.clients) client.send(JSON.stringify(message));
  };
  return { send, url: `ws://127.0.0.1:${(server.address() as { port: number }).port}/ws`, received };
}

export const welcome = WELCOME(7, { roles: { broker: {}, dealer: {} } });
