/* RawSocket handshakes and frames that no client of good faith sends. */
import { type Arena, attacksOf, sleep, type Wire } from '../arena.ts';
import { rawSocketFrame as frame, type Peer } from '../peer.ts';
import { expectCut, expectImpatience, flipBits, HELLO, openWild } from './wild.ts';

const open = (arena: Arena): Promise<Peer> => openWild(arena, 'rawsocket');
export const rawSocket = attacksOf('rawsocket', {
  async 'handshakes that are none'(arena) {
    const wires: Wire[] = [];
    for (const hex of ['7f000000', '7ff00000', '7ff10001', '7ff1ffff', '7f010000', '7fff0000', '7f', '7ff1', '7ff100']) {
      const wire = arena.wire();
      wire.write(Buffer.from(hex, 'hex'));
      wires.push(wire);
    }
    await arena.expectGone(wires, 'a handshake that is none, or is not finished');
    for (const { got } of wires) {
      const isRefusal = got.length === 0 || (got.length === 4 && got[0] === 0x7f && ((got[1] ?? 1) & 15) === 0);
      if (!isRefusal) arena.violate('wrong answers to attackers', `to a bad handshake: ${got.toString('hex').slice(0, 100)}`);
    }
  },

  'types that nobody knows': (arena) =>
    expectCut(
      arena,
      'rawsocket',
      [3, 4, 5, 6, 7].map((type) => frame(type, HELLO)),
    ),

  'reserved bits': (arena) =>
    expectCut(
      arena,
      'rawsocket',
      [0x10, 0x20, 0x40, 0x80, 0xf0, 0x13].map((type) => frame(type, HELLO)),
    ),

  'lengths beyond the limit': (arena) =>
    expectCut(
      arena,
      'rawsocket',
      [2 ** 17 + 1, 2 ** 20, 2 ** 24 - 1, 2 ** 24].flatMap((length) => [0, 1, 2].map((type) => frame(type, HELLO, length))),
    ),

  'more announced than sent': (arena) => expectImpatience(arena, 'rawsocket', frame(0, Buffer.alloc(60_000, 0x20), 2 ** 17)),

  'a second handshake, HTTP, noise': (arena) =>
    expectCut(arena, 'rawsocket', [
      Buffer.of(0x7f, 0xf1, 0, 0, 0x7f, 0xf1, 0, 0),
      Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      Buffer.from(Array.from({ length: 100 }, () => arena.random.below(256))).fill(0xff, 0, 1),
      frame(0, Buffer.alloc(0)),
    ]),

  async 'pings by the thousand, and no answer is read'(arena) {
    const peers = [await open(arena), await arena.session({ transport: 'rawsocket' })];
    const some = Buffer.concat(Array.from({ length: 100 }, () => frame(1, Buffer.alloc(4000))));
    for (const peer of peers) peer.socket.pause();
    for (let i = 0; i < 60; i++) for (const peer of peers) await Promise.race([peer.writeAll(some), sleep(50)]);
    await sleep(500);
  },

  async 'pings in the place of HELLO'(arena) {
    const peers = [await open(arena), await open(arena)];
    const pinging = setInterval(() => {
      for (const peer of peers) peer.write(frame(1, Buffer.from('still here')));
    }, 100);
    await arena.expectGone(peers, 'they pinged, and never said HELLO');
    clearInterval(pinging);
  },

  async 'pongs by the thousand'(arena) {
    const peer = await arena.session({ transport: 'rawsocket' });
    const pongs = Buffer.concat(Array.from({ length: 20_000 }, () => frame(2, Buffer.alloc(0))));
    for (let i = 0; i < 5; i++) await peer.writeAll(pongs);
  },

  async 'octet by octet'(arena) {
    const wire = arena.wire();
    for (const octet of Buffer.concat([Buffer.of(0x7f, 0xf1, 0, 0), frame(0, HELLO)])) {
      wire.write(Buffer.of(octet));
      await sleep(2);
    }
    await wire.answered();
  },

  async 'frames with flipped bits'(arena) {
    for (let i = 0; i < 30; i++) {
      const peer = await open(arena);
      const bytes = Buffer.concat([
        frame(0, HELLO),
        frame(0, Buffer.from('[16,1,{},"attack.heard.bits",[1,2,3]]')),
        frame(1, HELLO),
      ]);
      flipBits(arena, bytes);
      arena.wild(peer, bytes);
      peer.write(bytes);
      await peer.ends(20);
      peer.destroy();
    }
  },
});
