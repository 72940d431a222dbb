/* Messages that are taken before `ws` sees them, and those that `ws` gets: both ends, every way to cut a stream of frames into chunks. */
import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../src/transport/frame-reader.ts';

/** Not in the types of `ws`. */
const { Receiver }: { readonly Receiver: new (options: { isServer: boolean; maxPayload: number }) => Writable } = createRequire(
  import.meta.url,
)('ws');

interface Frame {
  readonly opcode: number;
  readonly isLast: boolean;
  readonly payload: Buffer;
}

function written({ opcode, isLast, payload }: Frame, isMasked: boolean): Buffer {
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  const head = [(isLast ? 0x80 : 0) | opcode, (size[0] ?? 0) | (isMasked ? 0x80 : 0), ...size.slice(1)];
  const key = [1, 77, 200, 9];
  const bytes = isMasked ? payload.map((byte, i) => byte ^ (key[i & 3] ?? 0)) : payload;
  return Buffer.concat([Buffer.from(isMasked ? [...head, ...key] : head), bytes]);
}

/** What comes out of chunks: of `ws` alone, or with the reader before it. */
async function outcome(chunks: readonly Buffer[], isMasked: boolean, hasReader: boolean) {
  const receiver = new Receiver({ isServer: isMasked, maxPayload: 100_000 });
  const seen: string[] = [];
  let taken = 0;
  receiver.on('message', (data: Buffer, isBinary: boolean) => seen.push(`${isBinary}:${data.toString('hex')}`));
  receiver.on('ping', (data: Buffer) => seen.push(`ping:${data.toString('hex')}`));
  receiver.on('conclude', (code: number) => seen.push(`close:${code}`));
  receiver.on('error', (error: Error) => seen.push(`error:${error.message}`));
  const reader = new FrameReader(
    receiver,
    {
      takeFrame(chunk, start, end, isBinary) {
        const data = Buffer.from(chunk.subarray(start, end));
        if (!isBinary && data.includes(0xff)) return false;
        taken++;
        seen.push(`${isBinary}:${data.toString('hex')}`);
        return true;
      },
    },
    isMasked,
  );
  for (const chunk of chunks) {
    if (receiver.errored || receiver.writableEnded) break; // `ws` stops listening then
    if (hasReader) reader.write(Buffer.from(chunk));
    else receiver.write(Buffer.from(chunk));
  }
  await pause(0);
  return { seen, taken, waiting: reader.waiting };
}

const payloads = fc
  .tuple(fc.oneof(fc.nat(140), fc.constantFrom(125, 126, 127, 4096, 4097, 65_535, 65_536)), fc.nat(127))
  .map(([length, fill]) => Buffer.alloc(length, fill));
const message = fc.record({ opcode: fc.constantFrom(1, 2), isLast: fc.constant(true), payload: payloads }).map((frame) => [frame]);
const ping = fc.nat(125).map((length) => [{ opcode: 9, isLast: true, payload: Buffer.alloc(length, 7) }]);
const fragments = fc
  .tuple(payloads, fc.boolean(), payloads)
  .map(([first, hasPing, last]) => [
    { opcode: 1, isLast: false, payload: first },
    ...(hasPing ? [{ opcode: 9, isLast: true, payload: Buffer.from('x') }] : []),
    { opcode: 0, isLast: true, payload: last },
  ]);
const close = fc.constant([{ opcode: 8, isLast: true, payload: Buffer.from([3, 232]) }]);
const wrong = fc.constantFrom(
  [{ opcode: 3, isLast: true, payload: Buffer.from('x') }],
  [{ opcode: 0, isLast: true, payload: Buffer.from('x') }],
  [{ opcode: 1, isLast: true, payload: Buffer.from([0xff, 0xff]) }],
  [{ opcode: 9, isLast: false, payload: Buffer.from('x') }],
);
const stream = fc
  .array(fc.oneof({ weight: 6, arbitrary: message }, ping, fragments, { weight: 1, arbitrary: fc.oneof(close, wrong) }), {
    maxLength: 12,
  })
  .map((parts) => parts.flat());

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((each) => each % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end));
}

describe.each([
  ['a client', false],
  ['a router', true],
] as const)('[J3] the frames that %s reads', (_who, isMasked) => {
  test('are the same, in the same order, with the reader and without, however they come', async () => {
    await fc.assert(
      fc.asyncProperty(stream, fc.array(fc.nat(), { maxLength: 12 }), async (frames, cuts) => {
        const chunks = cut(Buffer.concat(frames.map((frame) => written(frame, isMasked))), cuts);
        const alone = await outcome(chunks, isMasked, false);
        const { seen } = await outcome(chunks, isMasked, true);
        expect(seen).toEqual(alone.seen);
      }),
      { numRuns: 300 },
    );
  });

  test('are taken when they are whole and short, and counted while they are not', async () => {
    const short = written({ opcode: 1, isLast: true, payload: Buffer.from('[1]') }, isMasked);
    const long = written({ opcode: 1, isLast: true, payload: Buffer.alloc(5000, 32) }, isMasked);
    const begun = written({ opcode: 1, isLast: false, payload: Buffer.from('[1') }, isMasked);
    expect(await outcome([Buffer.concat([short, short, long, short])], isMasked, true)).toMatchObject({ taken: 3, waiting: 0 });
    expect(await outcome([Buffer.concat([short, long.subarray(0, 100)])], isMasked, true)).toMatchObject({
      taken: 1,
      waiting: 100,
    });
    expect(await outcome([short, short.subarray(0, 1)], isMasked, true)).toMatchObject({ taken: 1, waiting: 1 });
    expect(await outcome([begun, short.subarray(0, 3)], isMasked, true)).toMatchObject({ taken: 0, waiting: begun.length + 3 });
  });
});
