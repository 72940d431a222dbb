/* The stack of the scans of MessagePack and CBOR: what went in comes out, and it takes no more than the bytes that fill it. */
import { expect, test } from 'vitest';
import { cborFormat } from '../../../src/serializer/formats/cbor.ts';
import { msgpackFormat } from '../../../src/serializer/formats/msgpack.ts';
import { Nesting } from '../../../src/serializer/formats/scan/nesting.ts';

test('[G1] counts and marks of any size come back in reverse order', () => {
  const nesting = new Nesting();
  const given = [-3, -2, -1, 0, 1, 246, 247, 248, 249, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31 - 1];
  const all = Array.from({ length: 100 }, () => given).flat();
  for (const left of all) nesting.push(left);
  for (const left of all.slice().reverse()) expect(nesting.pop()).toBe(left);
});

test.each([
  ['lists of 300', 'dc012c', '99012c', 300],
  ['lists of 20', 'dc0014', '94', 20],
])('[G1] nested %s are counted to the last element', (_what, msgpack, cbor, cborCount) => {
  for (const [format, head, count] of [
    [msgpackFormat(), msgpack, Number.parseInt(msgpack.slice(2), 16)],
    [cborFormat(), cbor, cborCount],
  ] as const) {
    const opener = [...Buffer.from(head, 'hex')];
    const levels = 50;
    const frame = Uint8Array.from([
      ...Array.from({ length: levels }, () => opener).flat(),
      ...new Array(levels * (count - 1) + 1).fill(1),
    ]);
    expect(format.scan(frame, 100)).toMatchObject({ count, unfit: undefined });
    expect(() => format.scan(frame.subarray(0, -1), 100)).toThrow('expected');
    expect(() => format.scan(Uint8Array.of(...frame, 1), 100)).toThrow('nothing after the list');
  }
});
