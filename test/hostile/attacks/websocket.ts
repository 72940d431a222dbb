/* WebSocket frames that no client of good faith sends. */
import { type Arena, attacksOf, sleep } from '../arena.ts';
import { webSocketFrame as frame, type Peer } from '../peer.ts';
import { expectCut, expectImpatience, flipBits, HELLO, openWild } from './wild.ts';

const open = (arena: Arena): Promise<Peer> => openWild(arena, 'websocket');
export const webSocket = attacksOf('websocket', {
  'opcodes that nobody knows': (arena) =>
    expectCut(
      arena,
      'websocket',
      [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => frame(opcode, HELLO)),
    ),

  'reserved bits': (arena) =>
    expectCut(
      arena,
      'websocket',
      [1, 2, 3, 4, 5, 6, 7].flatMap((reserved) => [frame(1, HELLO, { reserved }), frame(9, HELLO, { reserved })]),
    ),

  'frames without a mask': (arena) =>
    expectCut(
      arena,
      'websocket',
      [1, 2, 8, 9, 10].map((opcode) => frame(opcode, HELLO, { isMasked: false })),
    ),

  'lengths beyond the limit': (arena) =>
    expectCut(
      arena,
      'websocket',
      [2 ** 17 + 1, 2 ** 24, 2 ** 31, 2 ** 32, 2 ** 53 - 1].map((length) => frame(1, HELLO, { length })),
    ),

  async 'lengths with the highest bit'(arena) {
    const head = Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    await expectCut(arena, 'websocket', [Buffer.concat([head, HELLO])]);
  },

  'more announced than sent': (arena) =>
    expectImpatience(arena, 'websocket', frame(1, Buffer.alloc(60_000, 0x20), { length: 2 ** 17 })),

  'fragments in disorder': (arena) =>
    expectCut(arena, 'websocket', [
      frame(0, HELLO),
      Buffer.concat([frame(1, HELLO, { isFinal: false }), frame(1, HELLO)]),
      frame(9, HELLO, { isFinal: false }),
      frame(8, Buffer.alloc(0), { isFinal: false }),
    ]),

  async 'fragments without end'(arena) {
    const peer = await open(arena);
    peer.write(frame(1, Buffer.from('['), { isFinal: false }));
    const some = Buffer.concat(Array.from({ length: 2000 }, () => frame(0, Buffer.from(' '), { isFinal: false })));
    for (let i = 0; i < 80 && peer.ended === undefined; i++) await peer.writeAll(some);
    await arena.expectGone([peer], '160,000 fragments of one message');
  },

  async 'fragments of nothing'(arena) {
    const peer = await open(arena);
    peer.write(frame(1, Buffer.alloc(0), { isFinal: false }));
    const some = Buffer.concat(Array.from({ length: 5000 }, () => frame(0, Buffer.alloc(0), { isFinal: false })));
    for (let i = 0; i < 40 && peer.ended === undefined; i++) await peer.writeAll(some);
    await arena.expectGone([peer], 'fragments without a byte, and no HELLO');
  },

  'control frames that are too long': (arena) =>
    expectCut(
      arena,
      'websocket',
      [8, 9, 10].map((opcode) => frame(opcode, Buffer.alloc(126))),
    ),

  'closes that are none': (arena) =>
    expectCut(
      arena,
      'websocket',
      [[3], [0, 0], [3, 0xe7], [3, 0xed], [3, 0xee], [3, 0xf7], [0x27, 0x10], [0xff, 0xff], [3, 0xe8, 0xff, 0xfe]].map((bytes) =>
        frame(8, Buffer.from(bytes)),
      ),
    ),

  'text that is no UTF-8': (arena) =>
    expectCut(
      arena,
      'websocket',
      ['ff', 'c0af', 'eda080', 'f4908080', 'e28028', 'f0288cbc'].map((hex) =>
        frame(1, Buffer.concat([HELLO, Buffer.from(hex, 'hex')])),
      ),
    ),

  async 'bytes in the place of text, and the other way'(arena) {
    const text = await open(arena);
    text.write(frame(2, HELLO));
    const bytes = await arena.peer({ transport: 'websocket', format: arena.random.pick(['msgpack', 'cbor'] as const) });
    arena.wild(bytes);
    bytes.write(frame(1, HELLO));
    await arena.expectGone([text, bytes], 'a frame of the wrong kind');
  },

  async 'pings by the thousand, and no answer is read'(arena) {
    const peers = [await open(arena), await arena.session({ transport: 'websocket' })];
    const some = Buffer.concat(Array.from({ length: 2000 }, () => frame(9, Buffer.alloc(125))));
    for (const peer of peers) peer.socket.pause();
    for (let i = 0; i < 40; i++) for (const peer of peers) await Promise.race([peer.writeAll(some), sleep(50)]);
    await sleep(500);
  },

  async 'pongs and empty frames by the thousand'(arena) {
    const peer = await arena.session({ transport: 'websocket', format: 'json' });
    arena.wild(peer);
    const pongs = Buffer.concat(Array.from({ length: 10_000 }, () => frame(10, Buffer.alloc(0))));
    for (let i = 0; i < 10; i++) await peer.writeAll(pongs);
    peer.write(frame(1, Buffer.alloc(0)));
    await arena.expectGone([peer], 'an empty message');
  },

  async 'words after the close'(arena) {
    const peer = await open(arena);
    peer.write(
      Buffer.concat([
        frame(1, HELLO),
        frame(8, Buffer.from([3, 0xe8])),
        frame(1, Buffer.from('[48,1,{},"attack.x"]')),
        frame(8, Buffer.alloc(0)),
      ]),
    );
    await arena.expectGone([peer], 'it had said close');
  },

  async 'frames with flipped bits'(arena) {
    const { random } = arena;
    for (let i = 0; i < 30; i++) {
      const peer = await open(arena);
      const bytes = Buffer.concat([
        frame(1, HELLO),
        frame(1, Buffer.from('[16,1,{},"attack.heard.bits",[1,2,3]]')),
        frame(9, HELLO),
      ]);
      flipBits(arena, bytes);
      arena.wild(peer, bytes);
      for (let at = 0; at < bytes.length; ) {
        const size = 1 + random.below(bytes.length);
        peer.write(bytes.subarray(at, at + size));
        at += size;
        await sleep(0);
      }
      await peer.ends(20);
      peer.destroy();
    }
  },
});
