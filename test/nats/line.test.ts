/* Lines between two nodes over a network that loses packets, doubles them, and brings them in another order. */
import { expect, test } from 'vitest';
import { Line } from '../../src/nats/line/line.ts';
import { readPacket } from '../../src/nats/line/packets.ts';

interface End {
  readonly line: Line;
  readonly heard: string[];
  broken: number;
}

interface Network {
  /** What happens to a packet: how often it arrives, and after how many turns. */
  fate(from: string): readonly number[];
}

const perfect: Network = { fate: () => [0] };

/** Numbers below 1, the same for the same seed. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

function bad(seed: number): Network {
  const roll = dice(seed);
  return {
    fate: () => {
      const kind = roll();
      if (kind < 0.15) return [];
      if (kind < 0.25) return [0, Math.floor(roll() * 8)];
      if (kind < 0.45) return [1 + Math.floor(roll() * 8)];
      return [0];
    },
  };
}

interface Pair {
  readonly a: End;
  readonly b: End;
  /** `a` is a new one, as if its process had begun again. */
  renew(): void;
  settle(): Promise<void>;
}

function pair(network: Network, maxWaitingBytes = 1e9): Pair {
  const end = (own: string, other: () => End): End => {
    const made: End = {
      heard: [],
      broken: 0,
      line: new Line(
        { own, maxPacketBytes: 1000, maxWaitingBytes },
        {
          post: (packet) => {
            const copy = packet.slice();
            for (const turns of network.fate(own)) void later(turns).then(() => deliver(other(), copy));
          },
          frame: (frame) => made.heard.push(Buffer.from(frame).toString()),
          broken: () => {
            made.broken++;
            made.heard.push('broken');
          },
        },
      ),
    };
    return made;
  };
  const ends: { a: End; b: End } = { a: end('a', () => ends.b), b: end('b', () => ends.a) };
  return {
    get a() {
      return ends.a;
    },
    get b() {
      return ends.b;
    },
    renew: () => {
      ends.a.line.end();
      ends.a = end('a', () => ends.b);
    },
    settle: async () => {
      for (let i = 0; i < 60; i++) {
        ends.a.line.beat();
        ends.b.line.beat();
        await later(10);
      }
    },
  };
}

function deliver(to: End, bytes: Uint8Array): void {
  const packet = readPacket(bytes);
  if (!packet) throw new Error('no packet');
  to.line.take(packet);
}

async function later(turns: number): Promise<void> {
  for (let i = 0; i <= turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

const frames = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${name}${i} ${'x'.repeat((i * 37) % 3000)}`);

test('[L3] frames of any length arrive in order, in both directions', async () => {
  const { a, b, settle } = pair(perfect);
  const [ours, theirs] = [frames('a', 300), frames('b', 300)];
  for (const frame of ours) a.line.send(Buffer.from(frame));
  for (const frame of theirs) b.line.send(Buffer.from(frame));
  await settle();
  expect([b.heard, a.heard]).toEqual([ours, theirs]);
  expect([a.broken, b.broken]).toEqual([0, 0]);
});

test('[L3] packets that are lost, doubled or late lose no frame, double none, and change no order; 30 networks', async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const { a, b, settle } = pair(bad(seed));
    const [ours, theirs] = [frames('a', 200), frames('b', 200)];
    for (let i = 0; i < 200; i++) {
      a.line.send(Buffer.from(ours[i] ?? ''));
      b.line.send(Buffer.from(theirs[i] ?? ''));
      if (i % 20 === 0) await later(1);
      if (i % 50 === 0) a.line.beat();
    }
    await settle();
    expect([seed, a.broken, b.broken]).toEqual([seed, 0, 0]);
    expect(b.heard, `network ${seed}`).toEqual(ours);
    expect(a.heard, `network ${seed}`).toEqual(theirs);
  }
});

test('[L3] a side that is replaced by another one is noticed, and both start again', async () => {
  const network = pair(perfect);
  network.a.line.send(Buffer.from('first'));
  await network.settle();
  network.renew();
  network.b.line.send(Buffer.from('on its way to the old one'));
  await network.settle();
  expect(network.b.heard).toEqual(['first', 'broken']);
  network.a.line.send(Buffer.from('second'));
  network.b.line.send(Buffer.from('third'));
  await network.settle();
  expect(network.b.heard).toEqual(['first', 'broken', 'second']);
  expect(network.a.heard).toEqual(['third']);
});

test('[L3] if too much waits for a node that does not read, the line starts again, and nothing of before comes after', async () => {
  let isCut = false;
  const { a, b, settle } = pair({ fate: () => (isCut ? [] : [0]) }, 20_000_000);
  a.line.send(Buffer.from('before'));
  await settle();
  isCut = true;
  const long = Buffer.alloc(1_000_000, 'x');
  for (let i = 0; i < 30; i++) a.line.send(long);
  await later(3);
  isCut = false;
  b.line.send(Buffer.from('lost with it'));
  await settle();
  expect(a.heard.at(-1)).toBe('broken');
  expect(b.heard.slice(-1)).toEqual(['broken']);
  expect([a.broken, b.broken]).toEqual([1, 1]);
  a.line.send(Buffer.from('after'));
  b.line.send(Buffer.from('after'));
  await settle();
  expect(b.heard.filter((each) => each.length < 100)).toEqual(['before', 'broken', 'after']);
  expect(a.heard.slice(-2)).toEqual(['broken', 'after']);
});

test('[L3] confirmations that are lost do not stop a line that has sent as much as it may', async () => {
  let losesBack = true;
  const network = pair({ fate: (from) => (losesBack && from === 'b' ? [] : [0]) });
  losesBack = false;
  network.a.line.send(Buffer.from('open'));
  await network.settle();
  losesBack = true;
  const long = Buffer.alloc(1_000_000, 'x');
  for (let i = 0; i < 10; i++) network.a.line.send(long);
  await later(20);
  losesBack = false;
  await network.settle();
  expect(network.b.heard.length).toBe(11);
});

test('[L3] the answer that would have opened the other end is lost: it asks again', async () => {
  let isLost = false;
  const network = pair({ fate: (from) => (from === 'a' && isLost ? [] : [0]) });
  network.a.line.beat();
  isLost = true;
  await later(5); // `b` has answered, so `a` is open; what `a` says then is lost
  isLost = false;
  network.b.line.send(Buffer.from('waits'));
  await network.settle();
  expect(network.a.heard).toEqual(['waits']);
});

test('[L3] bytes that are no packet are none', () => {
  expect(readPacket(new Uint8Array(24))).toBeUndefined();
  expect(readPacket(Uint8Array.from({ length: 40 }, () => 255))).toBeUndefined();
});
