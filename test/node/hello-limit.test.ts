/* What a stranger says before WELCOME is not kept beyond 64 KiB, over real sockets: the rest of a long message is not waited for. */
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Code, PUBLISH } from '../fixtures/messages.ts';
import { rawSocketFrame, upgradeRequest, webSocketFrame } from '../hostile/peer.ts';
import { get, listening, rawSession } from './listening.ts';

const LIMIT = 2 ** 16;
const SIZE = 'wamp.error.payload_size_exceeded';

/** All that the router says until it closes, or says GOODBYE. */
function said(port: number, ...writes: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (text.includes('goodbye_and_out')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    for (const bytes of writes) socket.write(bytes);
  });
}

const longHello = (bytes: number): Buffer => {
  const [head, tail] = ['[1,"realm1",{"roles":{"caller":{}},"x_pad":"', '"}]'];
  return Buffer.from(head + 'x'.repeat(bytes - head.length - tail.length) + tail);
};

describe('[G2] [R84] a message before WELCOME', () => {
  test.each(['wamp.2.json', 'wamp.2.json.batched', 'wamp.2.cbor', 'wamp.2.msgpack.batched'])(
    'by WebSocket with %s that is longer than allowed gets ABORT and 1009 before it is complete',
    async (protocol) => {
      const { listener, router } = await listening();
      const half = webSocketFrame(protocol.includes('json') ? 1 : 2, Buffer.alloc(LIMIT + 100, 0x20), { length: 2 ** 20 });
      const text = await said(listener.port, upgradeRequest(listener.port, protocol), half);
      expect(text).toContain(SIZE);
      expect(text).toContain(`\x88${String.fromCharCode(SIZE.length + 2)}\x03\xf1${SIZE}`); // a close frame with 1009
      expect(router.stats().sessions).toBe(0);
    },
  );

  test('by WebSocket in fragments is limited', async () => {
    const { listener } = await listening();
    const piece = (opcode: number): Buffer => webSocketFrame(opcode, Buffer.alloc(LIMIT / 4, 0x20), { isFinal: false });
    const text = await said(listener.port, upgradeRequest(listener.port, 'wamp.2.json'), piece(1), ...[0, 0, 0, 0].map(piece));
    expect(text).toContain(SIZE);
  });

  test('by RawSocket is limited', async () => {
    const { listener } = await listening();
    const text = await said(listener.port, Buffer.of(0x7f, 0xf1, 0, 0), rawSocketFrame(0, Buffer.alloc(0), LIMIT + 1));
    expect(text).toContain(SIZE);
  });

  test.each([
    ['wamp.2.json', LIMIT + 1],
    ['wamp.2.json.batched', LIMIT + 100],
  ])('by long-poll with %s is answered by 413', async (protocol, bytes) => {
    const { listener } = await listening();
    const base = `http://127.0.0.1:${listener.port}/lp`;
    const opened = await fetch(`${base}/open`, { method: 'POST', body: JSON.stringify({ protocols: [protocol] }) });
    const { transport } = (await opened.json()) as { transport: string };
    const refused = await fetch(`${base}/${transport}/send`, { method: 'POST', body: longHello(bytes).toString() });
    expect([refused.status, await refused.text()]).toEqual([413, expect.stringContaining('expected')]);
    expect((await get(listener.port, `/lp/${transport}/receive`, {}, 'POST')).status).toBe(404);
  });

  test.each(['wamp.2.json', 'wamp.2.json.batched'])('of exactly the limit is accepted by WebSocket with %s', async (protocol) => {
    const { listener } = await listening();
    const goodbye = webSocketFrame(1, Buffer.from('[6,{},"wamp.close.close_realm"]'));
    const batch = protocol.endsWith('batched') ? '\x18' : '';
    const hello = webSocketFrame(1, Buffer.concat([longHello(LIMIT), Buffer.from(batch)]));
    const last = batch === '' ? goodbye : webSocketFrame(1, Buffer.from(`[6,{},"wamp.close.close_realm"]${batch}`));
    const text = await said(listener.port, upgradeRequest(listener.port, protocol), hello, last);
    expect(text).toContain('[2,');
    expect(text).toContain('goodbye_and_out');
  });

  test('may be one of many short ones at once', async () => {
    const { listener } = await listening({}, { maxHelloBytes: 1024 });
    const publish = webSocketFrame(1, Buffer.from('[16,1,{},"com.example.topic",["some payload"]]'));
    const hello = webSocketFrame(1, longHello(200));
    const bye = webSocketFrame(1, Buffer.from('[6,{},"wamp.close.close_realm"]'));
    const burst = Buffer.concat([hello, ...Array.from({ length: 2000 }, () => publish), bye]);
    expect(await said(listener.port, upgradeRequest(listener.port, 'wamp.2.json'), burst)).toContain('goodbye_and_out');
  });

  test('is limited, but messages of the session are not', async () => {
    const { listener } = await listening();
    const session = await rawSession(listener.url);
    session.send(PUBLISH(1, { acknowledge: true }, 'com.example.topic', ['x'.repeat(3 * LIMIT)]));
    expect((await session.next())[0]).toBe(Code.PUBLISHED);
    session.socket.close();
  });
});
