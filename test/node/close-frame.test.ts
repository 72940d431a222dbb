/* RFC 6455, 5.5.1: after a close frame a side sends nothing more. Browsers report it as a fault of the server. */
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listening } from './listening.ts';

/** A frame of a client; the key of its mask is zero. */
function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const size = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size, 0, 0, 0, 0]), payload]);
}

const text = (message: readonly unknown[]): Buffer => frame(1, Buffer.from(JSON.stringify(message)));

/** The opcodes of the frames that the router has sent. */
function opcodes(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    found.push(bytes.readUInt8(at) & 15);
    const length = bytes.readUInt8(at + 1);
    at += length < 126 ? 2 + length : 4 + bytes.readUInt16BE(at + 2);
  }
  return found;
}

test.each(['wamp.2.json', 'wamp.2.json.batched'])(
  '[J3] over %s a router sends nothing after its close frame, also when a request and a close frame come together',
  async (protocol) => {
    const { listener } = await listening();
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let got = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
    });
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    await expect.poll(() => got.includes('\r\n\r\n')).toBe(true);
    const end = protocol.endsWith('batched') ? '\x18' : '';
    const say = (message: readonly unknown[]): Buffer =>
      end ? frame(1, Buffer.from(JSON.stringify(message) + end)) : text(message);
    socket.write(say([1, 'realm1', { roles: { caller: {} } }]));
    const head = got.indexOf('\r\n\r\n') + 4;
    await expect.poll(() => opcodes(got.subarray(head))).toEqual([1]); // WELCOME
    socket.write(
      Buffer.concat([
        say([48, 1, {}, 'wamp.session.count']),
        say([48, 2, {}, 'wamp.session.count']),
        frame(8, Buffer.from([3, 232])),
      ]),
    );
    await new Promise((resolve) => socket.once('end', resolve));
    const sent = opcodes(got.subarray(head));
    expect(sent.at(-1)).toBe(8);
    expect(sent.filter((opcode) => opcode === 8)).toHaveLength(1);
    if (!end) expect(sent).toEqual([1, 1, 1, 8]); // the answers came before it; a batch of this tick is dropped
  },
);
