/* What the router has for a connection and has not given to its socket yet. */
import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { JoinedFrames } from '../../src/node/outgoing/joined-frames.ts';
import { OutBuffer } from '../../src/node/outgoing/out-buffer.ts';
import { textHead } from '../../src/node/websocket/frame-head.ts';

const frames = new JoinedFrames(textHead);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A socket that takes a write when it is told. */
class Slow extends Duplex {
  readonly writes: Buffer[] = [];
  isOpen = true;
  private readonly waiting: (() => void)[] = [];

  constructor(highWaterMark = 1000) {
    super({ highWaterMark });
  }
  override _read(): void {}
  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.writes.push(chunk);
    if (this.isOpen) done();
    else this.waiting.push(done);
  }
  async open(): Promise<void> {
    this.isOpen = true;
    while (this.waiting.length > 0 || this.writableLength > 0) {
      this.waiting.shift()?.();
      await tick();
    }
  }
}

/** The messages of a stream of short and long frames of a server. */
function messages(writes: readonly Buffer[]): string[] {
  const all = Buffer.concat(writes);
  const found = [];
  for (let at = 0; at < all.length; ) {
    expect(all[at]).toBe(0x81);
    const short = all[at + 1] ?? 0;
    const [head, length] =
      short < 126 ? [2, short] : short === 126 ? [4, all.readUInt16BE(at + 2)] : [10, Number(all.readBigUInt64BE(at + 2))];
    found.push(all.toString('utf8', at + head, at + head + length));
    at += head + length;
  }
  return found;
}

describe('what waits for a socket', () => {
  test('[J1] is written once a tick, in order', async () => {
    const socket = new Slow();
    const out = new OutBuffer(socket, frames);
    out.add(bytes('one'));
    out.add('two');
    expect([socket.writes.length, out.bytes]).toEqual([0, 6]);
    await tick();
    expect([socket.writes.length, out.bytes]).toEqual([1, 0]);
    out.add('three');
    out.addAll([bytes('four'), bytes('five')]);
    expect(messages(socket.writes)).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  test('[J1] is one buffer for all connections that get the same list', () => {
    const [one, two] = [new Slow(), new Slow()];
    const list = [bytes('a'), bytes('b'.repeat(200)), bytes('c'.repeat(70_000))];
    for (const socket of [one, two]) new OutBuffer(socket, frames).addAll(list);
    expect(one.writes[0]).toBe(two.writes[0]);
    expect(messages(one.writes).map(({ length }) => length)).toEqual([1, 200, 70_000]);
  });

  test('[J1] [R84] takes no more memory than it counts while the other side does not read: a few large blocks', async () => {
    const socket = new Slow();
    socket.isOpen = false;
    const out = new OutBuffer(socket, frames);
    const expected = Array.from({ length: 20_000 }, (_, i) => (i % 5000 === 100 ? 'x'.repeat(10_000) : `message ${i}`));
    for (const [i, text] of expected.entries()) {
      out.add(bytes(text));
      if (i % 7 === 0) await Promise.resolve().then(() => out.addAll([])); // as at the end of a tick
    }
    await tick();
    const length = expected.reduce((sum, text) => sum + text.length + (text.length < 126 ? 2 : 4), 0);
    expect(socket.writableLength + out.bytes).toBe(length);
    expect(socket.writableLength).toBeLessThan(2500);
    await socket.open();
    expect(messages(socket.writes)).toEqual(expected);
    expect(socket.writes.length).toBeLessThan(60);
    expect(out.bytes).toBe(0);
  });

  test('[J1] [R84] keeps a large message whole and uncopied, and others around it in order', async () => {
    const socket = new Slow();
    socket.isOpen = false;
    const out = new OutBuffer(socket, frames);
    const large = bytes('x'.repeat(100_000));
    const texts = ['a'.repeat(1100), 'b', 'c'];
    out.add(texts[0] ?? '');
    out.add(texts[1] ?? '');
    await tick();
    out.add(large);
    await tick();
    out.add(texts[2] ?? '');
    await tick();
    const counted = socket.writableLength + out.bytes;
    await socket.open();
    expect(messages(socket.writes)).toEqual([texts[0], texts[1], 'x'.repeat(100_000), texts[2]]);
    expect(socket.writes.some(({ buffer }) => buffer === large.buffer)).toBe(true);
    expect(counted).toBe(Buffer.concat(socket.writes).length);
  });

  test('[J1] is given to the socket at the end, whether it reads or not', async () => {
    const socket = new Slow();
    socket.isOpen = false;
    const out = new OutBuffer(socket, frames);
    const expected = Array.from({ length: 500 }, (_, i) => `message ${i}`);
    for (const text of expected) out.add(text);
    out.finish();
    expect(out.bytes).toBe(0);
    out.add('more'); // for example, of a peer that closes at the same time
    await socket.open();
    await tick();
    expect(messages(socket.writes)).toEqual([...expected, 'more']);
  });

  test('[J1] is dropped with a socket that is destroyed', async () => {
    const socket = new Slow();
    const out = new OutBuffer(socket, frames);
    out.add('a');
    socket.destroy();
    await tick();
    out.add('b');
    await tick();
    expect(socket.writes).toEqual([]);
  });
});
