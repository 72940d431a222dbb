/* Payloads that are deep, wrong, huge or clever, in every format: published to bystanders, in calls to them, and as results for them. */

import { CALL, Code, GOODBYE, HELLO, REGISTER, SUBSCRIBE, YIELD } from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep } from '../arena.ts';
import { encode, type Format, Raw } from '../formats.ts';
import type { Peer } from '../peer.ts';

const { hex } = Raw;

/** A list of some hundred kilobytes, of the same small thing that takes more to write anew than to read. */
function many(head: number, element: string): Raw {
  const item = Buffer.from(element, 'hex');
  const count = Math.floor(100_000 / item.length);
  const length = Buffer.alloc(5);
  length.writeUInt8(head);
  length.writeUInt32BE(count, 1);
  return new Raw(Buffer.concat([length, Buffer.alloc(count * item.length, item)]));
}

/** As `args`. Right or wrong: none may hurt anybody but who sends it. */
function evil({ random }: Arena, format: Format): Raw {
  const deep = random.pick([10, 900, 990, 999, 1000, 1001, 1100, 5000, 40_000]);
  const some = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
  switch (format) {
    case 'json':
      return new Raw(
        random.pick([
          '['.repeat(deep) + ']'.repeat(deep),
          `[${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}]`,
          '['.repeat(deep),
          '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]',
          '[{"a":1,"a":2,"a":3}]',
          '[1e400,-1e400,1e-400,-0.0,2.0,9007199254740993,123456789012345678901234567890]',
          '["\\ud800","\\udc00\\ud800","\\u0000AAAA","\\u0000!","\\uD83D"]',
          '[01]',
          '[1,]',
          '[,1]',
          '[+1]',
          '[.5]',
          '[NaN]',
          '["\t"]',
          '["\\x"]',
          "['a']",
          '[1]x',
          '[/* */1]',
          ' [ 1 , 2 ] ',
          `["${'x'.repeat(120_000)}"]`,
          `[${'[],'.repeat(30_000)}1]`,
          `[{${Array.from({ length: 8000 }, (_, i) => `"k${i}":1`).join()}}]`,
          `["${'\\u0000'.repeat(18_000)}"]`,
          `[${'1'.repeat(100_000)}]`,
          Buffer.from('5b22ff225d', 'hex').toString('latin1'),
          `[${some.toString('latin1')}]`,
        ]),
      );
    case 'msgpack':
      return random.pick<() => Raw>([
        () => new Raw(Buffer.concat([Buffer.alloc(deep, 0x91), Buffer.of(1)])),
        () => new Raw(Buffer.concat([Buffer.of(0x91), Buffer.from('81a161'.repeat(deep), 'hex'), Buffer.of(1)])),
        () => hex('91ff dc ffff'),
        () => hex('ddffffffff'),
        () => hex('91dfffffffff'),
        () => hex('91c6ffffffff00'),
        () => hex('91dbffffffff61'),
        () => hex('91c1'),
        () => hex('91a2c328'),
        () => hex('91a3eda080'),
        () => hex('91d4002a'),
        () => hex('91d6ff00000000'),
        () => hex('91c70cff000000000000000000000000'),
        () => hex('91c8ffff05'),
        () => hex('91c7000500'),
        () => hex('9182a161 01 a161 02'),
        () => hex('9181a95f5f70726f746f5f5f81a8706f6c6c7574656401'),
        () => hex('918101c0'),
        () => hex('9181c0c0'),
        () => hex('9181910191'),
        () => hex('91818001'),
        () => hex('93cf7fffffffffffffffcfffffffffffffffffd38000000000000000'),
        () => hex('93cb7ff8000000000000cbfff0000000000000cb8000000000000000'),
        () => hex('91ca7f800001'),
        () =>
          many(0xdd, random.pick(['80', '810101', 'a0', 'a101', 'd400c0', 'd6ff00000001', 'd7ff0000000000000001', '8201010102'])),
        () => new Raw(Buffer.concat([Buffer.of(0xdd, 0, 1, 0, 0), Buffer.alloc(65_536, 0x90)])),
        () => new Raw(Buffer.concat([Buffer.of(0x91, 0xdb, 0, 1, 0xd4, 0xc0), Buffer.alloc(120_000, 0x78)])),
        () => new Raw(Buffer.concat([Buffer.of(0x91), some])),
        () => new Raw(some),
      ])();
    case 'cbor':
      return random.pick<() => Raw>([
        () => new Raw(Buffer.concat([Buffer.alloc(deep, 0x81), Buffer.of(1)])),
        () => new Raw(Buffer.concat([Buffer.alloc(deep, 0x9f), Buffer.alloc(deep, 0xff)])),
        () => new Raw(Buffer.concat([Buffer.of(0x81), Buffer.alloc(deep, 0xc6), Buffer.of(1)])),
        () => new Raw(Buffer.concat([Buffer.of(0x81), Buffer.from('a16161'.repeat(deep), 'hex'), Buffer.of(1)])),
        () => hex('9f'),
        () => hex('9fff'),
        () => hex('81ff'),
        () => hex('81 5f ff'),
        () => hex('81 5f 41 00 61 61 ff'),
        () => hex('81 7f 61 c3 61 a9 ff'),
        () => hex('81 7f 7f 61 61 ff ff'),
        () => hex('81 bf 61 61 ff'),
        () => hex('9b7fffffffffffffff'),
        () => hex('bb000000ffffffffff'),
        () => hex('815bffffffffffffffff00'),
        () => hex('817bffffffffffffffff00'),
        () => hex('81c249010000000000000000'),
        () => hex('81c3581f'.concat('ff'.repeat(31))),
        () => new Raw(Buffer.concat([Buffer.from('81c25a0001d4c0', 'hex'), Buffer.alloc(120_000, 0xff)])),
        () => hex('81c482 1b 7fffffffffffffff 03'),
        () => hex('81c482 3903e7 c249ffffffffffffffffff'),
        () => hex('81c082 01 02'),
        () => hex('81c1fb7e37e43c8800759c'),
        () => hex('81c11bffffffffffffffff'),
        () => hex('81d82550'.concat('00'.repeat(16))),
        () => hex('81d82541 00'),
        () => hex('81d84043 010203'),
        () => hex('81d85647 01020304050607'),
        () => hex('81d9 0100 82 63616161 d81900'),
        () => hex('81 d819 1863'),
        () => hex('81d9 0100 83 63616161 d819 05 d819 20'),
        () => hex('81d81c 81 d81d 00'),
        () => hex('82 d81c 80 d81d 00'),
        () => hex('81db ffffffffffffffff 00'),
        () => hex('81 f8 18'),
        () => hex('81 fc'),
        () => hex('83 f97e00 f97c00 f98000'),
        () => hex('81 a2 6161 01 6161 02'),
        () => hex('81 a3 01 01 20 02 f6 03'),
        () => hex('81 a1 80 01'),
        () => hex('81 a1 69 5f5f70726f746f5f5f a1 68 706f6c6c75746564 01'),
        () => hex('81 62 c328'),
        () => hex('81 1b0020000000000001'),
        () => hex('81 3bffffffffffffffff'),
        () =>
          many(
            0x9a,
            random.pick([
              '60',
              'a0',
              '9fff',
              'c101',
              'c1f93e00',
              'd84140',
              'd84043010203',
              'd8504200ff',
              'c24101',
              'c4820101',
              'a2016101',
            ]),
          ),
        // References that grow: a list of a string, a list of two references to it, and so on.
        () =>
          new Raw(
            Buffer.concat([
              Buffer.from('81d9010098 64 7901f4'.replaceAll(' ', ''), 'hex'),
              Buffer.alloc(500, 0x61),
              Buffer.from('d81900'.repeat(99), 'hex'),
            ]),
          ),
        () =>
          new Raw(
            Buffer.concat([
              Buffer.from('81d90100995000', 'hex'),
              Buffer.from('7903e8', 'hex'),
              Buffer.alloc(1000, 0x61),
              Buffer.from('d81900'.repeat(20_479), 'hex'),
            ]),
          ),
        () => new Raw(Buffer.concat([Buffer.of(0x81), some])),
        () => new Raw(some),
      ])();
    default:
      return format satisfies never;
  }
}

/** Sends it, and sees whether the session is ended. */
async function hurl(arena: Arena, peer: Peer, list: readonly unknown[]): Promise<void> {
  const frame = peer.frame(encode(peer.format, list));
  if (frame.length > 2 ** 17) return;
  arena.wild(peer, frame);
  peer.write(frame);
  await peer.ends(15);
}

export const payloads = attacksOf('payloads', {
  async 'to all who subscribe'(arena) {
    let peer: Peer | undefined;
    let request = 0;
    for (let i = 0; i < 80; i++) {
      if (!peer || peer.ended !== undefined) {
        peer = await arena.session();
        request = 0;
      }
      request++;
      const options = arena.random.pick([{}, { acknowledge: true }, { retain: true }]);
      const more = arena.random.chance(0.2) ? [evil(arena, peer.format)] : [];
      await hurl(arena, peer, [16, request, options, `attack.heard.${arena.random.below(4)}`, evil(arena, peer.format), ...more]);
    }
  },

  async 'to one who is called'(arena) {
    let peer: Peer | undefined;
    let request = 0;
    for (let i = 0; i < 60; i++) {
      if (!peer || peer.ended !== undefined) {
        peer = await arena.session();
        request = 0;
      }
      request++;
      await hurl(arena, peer, [48, request, {}, 'attack.bystander', evil(arena, peer.format)]);
    }
  },

  async 'to one who has called'(arena) {
    const until = performance.now() + 4000;
    while (performance.now() < until) {
      const callee = await arena.session();
      callee.send(REGISTER(1, { invoke: 'roundrobin' }, 'attack.served'));
      for (let i = 0; i < 5; i++) {
        const invocation = await callee.next(68, 800);
        if (!invocation) break;
        const answer = arena.random.pick([
          [70, invocation[1], {}, evil(arena, callee.format)],
          [70, invocation[1], { progress: true }, evil(arena, callee.format)],
          [8, 68, invocation[1], {}, 'attack.error', evil(arena, callee.format)],
          YIELD(invocation[1], {}, [], evil(arena, callee.format)),
        ]);
        await hurl(arena, callee, answer);
      }
      callee.destroy();
    }
  },

  async 'where there is no payload'(arena) {
    for (let i = 0; i < 50; i++) {
      const peer = arena.random.chance(0.5) ? await arena.session() : await arena.peer();
      const bad = evil(arena, peer.format);
      await hurl(
        arena,
        peer,
        arena.random.pick([
          HELLO('arena', bad),
          [bad, 1, {}, 'attack.x'],
          [48, bad, {}, 'attack.x'],
          CALL(1, bad, 'attack.x'),
          [48, 1, {}, bad],
          GOODBYE(bad, 'wamp.close.normal'),
          SUBSCRIBE(1, { match: bad }, 'attack.x'),
          HELLO('arena', { roles: { caller: {} }, authid: bad, authextra: bad }),
          CALL(1, { [`k${i}`]: bad }, 'attack.bystander'),
        ]),
      );
      peer.destroy();
    }
  },

  async 'kept for later'(arena) {
    for (let i = 0; i < 30; i++) {
      const peer = await arena.session();
      const [first, second] = [evil(arena, peer.format), evil(arena, peer.format)];
      await hurl(arena, peer, CALL(1, {}, 'wamp.session.add_testament', ['attack.heard.last', first, second]));
      await hurl(arena, peer, [16, 2, { retain: true }, `attack.heard.kept${i % 3}`, evil(arena, peer.format)]);
      await hurl(arena, peer, [16, 3, {}, 'attack.kept.event', evil(arena, peer.format)]);
      if (arena.random.chance(0.5)) peer.send(GOODBYE({}, 'wamp.close.close_realm'));
      await peer.ends(20);
      peer.destroy();
    }
    const reader = await arena.session();
    arena.wild(reader);
    reader.send(
      SUBSCRIBE(1, { match: 'prefix', get_retained: true }, 'attack.heard.'),
      SUBSCRIBE(2, { match: 'prefix' }, 'attack.kept'),
    );
    const subscribed = await reader.next((list) => list[0] === Code.SUBSCRIBED && list[1] === 2);
    reader.send(CALL(3, {}, 'wamp.subscription.get_events', [subscribed?.[2] ?? 1]));
    await reader.next((list) => list[0] === Code.RESULT || list[0] === Code.ERROR);
  },

  async 'passed through'(arena) {
    for (let i = 0; i < 20; i++) {
      const peer = await arena.session();
      const options = {
        ppt_scheme: arena.random.pick(['wamp', 'mqtt', 'x_own', '']),
        ppt_serializer: arena.random.pick(['cbor', 'native', 7]),
      };
      await hurl(arena, peer, [16, 1, options, 'attack.heard.ppt', evil(arena, peer.format)]);
      peer.destroy();
    }
  },

  async 'noise in the place of messages'(arena) {
    for (let i = 0; i < 40; i++) {
      const peer = await arena.session();
      const bytes = Buffer.from(Array.from({ length: arena.random.below(200) }, () => arena.random.below(256)));
      arena.wild(peer, bytes);
      peer.write(peer.frame(bytes));
      await peer.ends(20);
      peer.destroy();
      await sleep(0);
    }
  },
});
