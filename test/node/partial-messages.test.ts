/* Messages that begin and do not end: what is kept of them is bounded over all connections of a router. */
import { connect, type Socket } from 'node:net';
import { batched, Connection, json } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PartialMessages } from '../../src/node/incoming/partial-messages.ts';
import { CALL, RESULT } from '../fixtures/messages.ts';
import { rawSocketFrame, upgradeRequest, webSocketFrame } from '../hostile/peer.ts';
import { listening, rawSession } from './listening.ts';

const UNAVAILABLE = 'wamp.error.unavailable';
const HELLO = Buffer.from('[1,"realm1",{"roles":{"caller":{},"publisher":{}}}]');
/** Of a message. */
const PART = Buffer.alloc(60_000, 0x20);

/** Joined, with what the router has said. */
async function joined(port: number, ...writes: readonly (string | Uint8Array)[]): Promise<{ socket: Socket; said: () => string }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    text += '<closed>';
  });
  for (const bytes of writes) socket.write(bytes);
  await expect.poll(() => text).toContain('[2,');
  return { socket, said: () => text };
}

const ways: readonly (readonly [string, (port: number) => readonly (string | Uint8Array)[], Buffer, Buffer])[] = [
  [
    'a WebSocket message in one frame',
    (port) => [upgradeRequest(port, 'wamp.2.json'), webSocketFrame(1, HELLO)],
    webSocketFrame(1, PART, { length: 2 ** 19 }),
    PART,
  ],
  [
    'a WebSocket message in fragments',
    (port) => [upgradeRequest(port, 'wamp.2.json'), webSocketFrame(1, HELLO)],
    webSocketFrame(1, PART, { isFinal: false }),
    webSocketFrame(0, PART, { isFinal: false }),
  ],
  [
    'a batch by WebSocket',
    (port) => [upgradeRequest(port, 'wamp.2.json.batched'), webSocketFrame(1, Buffer.concat([HELLO, Buffer.of(0x18)]))],
    webSocketFrame(1, PART, { length: 2 ** 19 }),
    PART,
  ],
  ['a RawSocket message', () => [Buffer.of(0x7f, 0xf1, 0, 0), rawSocketFrame(0, HELLO)], rawSocketFrame(0, PART, 2 ** 19), PART],
];

describe('[G2] [R84] incomplete messages', () => {
  test.each(ways)(
    'over %s: the oldest ends its connection when all together are too large, and others continue',
    async (_way, hello, begin, more) => {
      const { listener, router } = await listening({}, { maxPartialBytes: 2 ** 18 });
      const honest = await rawSession(listener.url);
      const first = await joined(listener.port, ...hello(listener.port));
      const second = await joined(listener.port, ...hello(listener.port));
      first.socket.write(begin);
      await new Promise((resolve) => setTimeout(resolve, 50));
      second.socket.write(begin);
      second.socket.write(more);
      first.socket.write(more);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(router.stats().sessions).toBe(3);
      first.socket.write(more);
      await expect.poll(first.said).toMatch(/limits\.maxPartialBytes.*wamp\.error\.unavailable.*<closed>/s);
      expect(second.said()).not.toContain(UNAVAILABLE);
      expect(router.stats().sessions).toBe(2);
      honest.send(CALL(1, {}, 'wamp.session.count'));
      expect(await honest.next()).toEqual(RESULT(1, {}, [2]));
    },
  );

  test.each(ways)('over %s do not count any more after their sender has closed', async (_way, hello, begin) => {
    const { listener, router } = await listening({}, { maxPartialBytes: 2 ** 17 });
    for (let round = 0; round < 4; round++) {
      const { socket } = await joined(listener.port, ...hello(listener.port));
      socket.write(begin);
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket.destroy();
      await expect.poll(() => router.stats().sessions).toBe(0);
    }
    const last = await joined(listener.port, ...hello(listener.port));
    last.socket.write(begin);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(last.said()).not.toContain(UNAVAILABLE);
  });

  test.each([
    ['msgpack', msgpack()],
    ['cbor', cbor()],
    ['json', json()],
    ['msgpack.batched', batched(msgpack())],
    ['cbor.batched', batched(cbor())],
  ])('are not counted once they are complete, in %s, logins included', async (_name, serializer) => {
    const { listener } = await listening({}, { maxPartialBytes: 2 ** 14, maxHelloBytes: 1024 });
    const connection = new Connection({ url: listener.url, realm: 'realm1', serializers: [serializer] });
    onTestFinished(() => connection.close());
    const { id } = await connection.open();
    for (let i = 0; i < 50; i++)
      await connection.publish('com.test.some', ['x'.repeat(1000)], null, { acknowledge: true, exclude_me: false });
    expect(connection.session?.id).toBe(id);
  });

  test('are not counted for complete messages, pings and fragments of one session', async () => {
    const { listener } = await listening({}, { maxPartialBytes: 2 ** 14 });
    const { socket, said } = await joined(listener.port, upgradeRequest(listener.port, 'wamp.2.json'), webSocketFrame(1, HELLO));
    const text = 'x'.repeat(3000);
    for (let request = 1; request <= 100; request++) {
      const message = Buffer.from(`[16,${request},{"acknowledge":true},"a.b",["${text}"]]`);
      const [head, middle, tail] = [message.subarray(0, 1000), message.subarray(1000, 1001), message.subarray(1001)];
      if (request % 2) socket.write(webSocketFrame(1, message));
      else {
        socket.write(webSocketFrame(1, head, { isFinal: false }));
        socket.write(webSocketFrame(9, Buffer.from('are you there')));
        socket.write(webSocketFrame(0, middle, { isFinal: false }));
        socket.write(webSocketFrame(0, tail));
      }
      if (request % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await expect.poll(said).toContain('[17,100,');
    expect(said()).not.toContain(UNAVAILABLE);
  });
});

describe('[G2] the limit for incomplete messages', () => {
  const dropped: string[] = [];
  const message = (all: PartialMessages, name: string, peer: string) => {
    const made = all.open(peer);
    made.onDrop = () => void dropped.push(name);
    return made;
  };

  test('ends a connection of the address that has most; a few old bytes are not enough', () => {
    dropped.length = 0;
    const all = new PartialMessages(1000);
    const honest = message(all, 'honest', '10.0.0.1:1');
    honest.hold(200);
    message(all, 'small', '10.0.0.2:1').hold(5);
    for (let index = 0; index < 10; index++) message(all, `greedy ${index}`, `10.0.0.2:${index}`).hold(200);
    expect(dropped).toEqual(['greedy 0', 'greedy 1', 'greedy 2', 'greedy 3', 'greedy 4', 'greedy 5', 'greedy 6']);
    honest.hold(0);
    honest.hold(300);
    expect(dropped).toHaveLength(7);
  });

  test('does not count a dropped message any more, whatever still comes of it', () => {
    dropped.length = 0;
    const all = new PartialMessages(100);
    const one = message(all, 'one', '10.0.0.1');
    one.hold(101);
    one.hold(500);
    one.end();
    message(all, 'other', '10.0.0.1').hold(100);
    expect(dropped).toEqual(['one']);
  });
});
