/* Several sends in one tick leave in one write: counted at the other end of a raw TCP line. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Connection, json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, onTestFinished, test } from 'vitest';
import WebSocket from 'ws';
import { webSocketConnector } from '../../src/transport/websocket.ts';
import { SUBSCRIBE } from '../fixtures/messages.ts';
import { listening, rawSession } from './listening.ts';

/** Counts what really goes to the system: `_write` and `_writev` are called when a socket is not corked. */
function countWrites(socket: Socket): () => number {
  let writes = 0;
  const stream = socket as unknown as { [method in '_write' | '_writev']: (...args: unknown[]) => void };
  for (const method of ['_write', '_writev'] as const) {
    const original = stream[method];
    stream[method] = (...args) => {
      writes++;
      original.apply(socket, args);
    };
  }
  return () => writes;
}

/** Few enough that the transport sees no reason to begin before the tick is over. */
const FRAMES = 10;

const socketOf = (webSocket: unknown): Socket => (webSocket as { _socket: Socket })._socket;

describe('one socket write', () => {
  test('contains all that a client sends in one tick', async () => {
    const { listener } = await listening();
    let socket: WebSocket | undefined;
    class Spied extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        socket = this;
      }
    }
    const connection = new Connection({ url: listener.url, realm: 'realm1', environment: { WebSocket: Spied } });
    onTestFinished(() => connection.close());
    const session = await connection.open();
    const writes = countWrites(socketOf(socket));
    await Promise.all(
      Array.from({ length: FRAMES }, (_, i) => session.publish(`com.example.topic${i}`, [i], null, { acknowledge: true })),
    );
    expect(writes()).toBe(1);
    session.publish('com.example.topic');
    await session.publish('com.example.topic', ['later'], null, { acknowledge: true });
    expect(writes()).toBe(2);
    // More than 16 go in several writes, so that the other side begins to work while this one still does.
    await Promise.all(Array.from({ length: 40 }, () => session.publish('com.example.topic', [], null, { acknowledge: true })));
    expect(writes()).toBe(5);
  });

  test.each([json(), msgpack(), cbor()])('contains all that the router answers to one read, in $name', async (serializer) => {
    const { router, listener } = await listening();
    const connection = new Connection({ url: listener.url, realm: 'realm1', serializers: [serializer] });
    onTestFinished(() => connection.close());
    const session = await connection.open();
    expect(router.sessions).toHaveLength(1);
    const client = await rawSession(listener.url);
    let reads = 0;
    socketOf(client.socket).on('data', () => reads++);
    client.send(SUBSCRIBE(1, {}, 'com.example.topic'));
    await client.next();
    reads = 0;
    for (let i = 0; i < FRAMES; i++) session.publish('com.example.topic', [i]);
    for (let i = 0; i < FRAMES; i++) expect((await client.next())[4]).toEqual([i]);
    expect(reads).toBe(1);
  });

  test('is finished before a close', async () => {
    const { listener } = await listening();
    const transport = await webSocketConnector(listener.url).connect({
      serializers: [json()],
      signal: new AbortController().signal,
    });
    const frames: unknown[] = [];
    await new Promise<void>((resolve) => {
      transport.start({ frame: (frame) => frames.push(frame), closed: () => resolve() });
      transport.send('[99]');
      transport.close();
    });
    expect(frames).toEqual([expect.stringContaining('wamp.error.protocol_violation')]);
  });
});

test('frames in the same read as the upgrade are not lost', async () => {
  const server = createServer((socket) => {
    socket.once('data', (head) => {
      const key = /sec-websocket-key: (\S+)/i.exec(String(head))?.[1] ?? '';
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
      const frame = (text: string) => Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
      const reply = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
      socket.write(Buffer.concat([Buffer.from(`${reply}Sec-WebSocket-Protocol: wamp.2.json\r\n\r\n`), frame('[1]'), frame('[2]')]));
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  const url = `ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/${randomBytes(2).toString('hex')}`;
  const transport = await webSocketConnector(url).connect({ serializers: [json()], signal: new AbortController().signal });
  await new Promise((resolve) => setImmediate(resolve)); // a login that takes its time
  const frames: unknown[] = [];
  transport.start({ frame: (frame) => frames.push(frame), closed: () => {} });
  await expect.poll(() => frames).toEqual(['[1]', '[2]']);
  transport.close();
});
