/* The scans of MessagePack and CBOR: what is well-formed, where its elements are, and that nothing a peer sends harms them. */
import { SerializationError } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { cborFormat } from '../../../src/serializer/formats/cbor.ts';
import type { Format } from '../../../src/serializer/formats/format.ts';
import { jsonFormat } from '../../../src/serializer/formats/json.ts';
import { msgpackFormat } from '../../../src/serializer/formats/msgpack.ts';

const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replace(/\s/g, ''), 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const formats = { json: jsonFormat(), msgpack: msgpackFormat(), cbor: cborFormat() };

/** Elements, each of every kind that the format has. */
const elements = {
  msgpack: [
    ...['00 7f e0 ff c0 c2 c3', 'cc80 cd8000 ce80000000 cf8000000000000000', 'd080 d18000 d280000000 d38000000000000000'],
    ...['ca3f800000 cb3ff0000000000000', 'a0 a161 d90161 da000161 db0000000161', 'c400 c40101 c5000101 c60000000101'],
    ...[
      'd40001 d5000102 d60001020304 d7000102030405060708 d80000112233445566778899aabbccddeeff',
      'c70105ff c800010500 c9000000010500',
    ],
    ...['90 9101 dc000101 dd0000000101 80 81a16101 81c001 de0001a16101 df00000001a16101'],
  ],
  cbor: [
    ...[
      '00 17 1818 190100 1a00010000 1b0000000100000000',
      '20 37 3818 3b7fffffffffffffff',
      'f4 f5 f6 f7 f0 f820 f97c00 fa7f800000 fb3ff0000000000000',
    ],
    ...[
      '40 4101 5801ff 5f4101420203ff 60 6161 780161 7f6161 6162ff',
      '80 8101 9f01ff 9fff 98 01 00 a0 a16101f6 bf6101f6ff bfff a1c10000',
    ],
    ...['c001 c11a514b67b0 c24101 d82501 d9010000 da0001000000'],
  ],
} as const;

describe.each(['msgpack', 'cbor'] as const)('the scan of %s', (name) => {
  const format: Format = formats[name];
  const single = elements[name].flatMap((row) => row.split(' '));

  /** Cuts a row at the elements that the scan itself finds: the whole list is one frame with as many elements as the reader counts. */
  test('[G1] accepts all kinds of elements, and finds where they end', () => {
    for (const row of elements[name]) {
      const bytes = hex(row);
      for (let count = 1; count <= 60; count++) {
        const frame = Uint8Array.of(...(name === 'msgpack' ? [0xdc, 0, count] : [0x98, count]), ...bytes);
        if (!passes(format, frame)) continue;
        const layout = format.scan(frame, 100);
        expect(layout.count).toBe(count);
        const first = Math.min(count, 8);
        for (let i = 1; i < first; i++) expect(layout.starts[i]).toBe(layout.ends[i - 1]);
        return;
      }
      expect.fail(`no number of elements fits ${row}`);
    }
    expect(single.length).toBeGreaterThan(20);
  });

  test('[G1] refuses a frame that ends too early at any place', () => {
    const row = hex(elements[name].join(''));
    const count = [...Array(200).keys()].find((n) => passes(format, frameOf(name, n, row))) ?? 0;
    const frame = frameOf(name, count, row);
    expect(count).toBeGreaterThan(20);
    for (let end = 0; end < frame.length; end++) expect(() => format.scan(frame.subarray(0, end), 100)).toThrow(SerializationError);
    expect(() => format.scan(Uint8Array.of(...frame, 0), 100)).toThrow('nothing after the list');
  });

  test('[G1] survives random bytes: it throws its own error or finds elements, which can be read or are refused clearly', () => {
    let state = Number(process.env.SEED ?? 7);
    const next = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    };
    for (let round = 0; round < 30_000; round++) {
      const frame = Uint8Array.from({ length: 1 + (next() % 24) }, next);
      frame[0] = name === 'msgpack' ? 0x90 | (next() % 5) : 0x80 | (next() % 5);
      if (!passes(format, frame)) continue;
      if (format.scan(frame, 100).unfit !== undefined) continue;
      try {
        for (const other of Object.values(formats)) format.read(frame, other.writer(10_000));
      } catch (error) {
        if (!(error instanceof SerializationError)) throw new Error(`${toHex(frame)}: ${String(error)}`, { cause: error });
      }
    }
  });

  test('[G1] finds false lengths without allocating memory for them', () => {
    const lies =
      name === 'msgpack'
        ? ['ddffffffff', '91 dbffffffff', '91 dfffffffff', '91 c9ffffffff00']
        : ['9bffffffffffffffff', '81 7bffffffffffffffff', '81 bbffffffffffffffff', '81 5affffffff'];
    for (const lie of lies) expect(() => format.scan(hex(lie), 100)).toThrow(SerializationError);
  });

  test('[G1] reports a value nested half a million times as unfit', () => {
    const frame = new Uint8Array(500_000).fill(name === 'msgpack' ? 0x91 : 0x81);
    frame[frame.length - 1] = 0;
    expect(format.scan(frame, 100)).toMatchObject({ count: 1, unfitAt: 0, unfit: expect.stringContaining('100') });
  });

  test('[G1] reports text that is not UTF-8 as unfit, with its element', () => {
    expect(format.scan(hex(name === 'msgpack' ? '93 01 a2c328 01' : '83 01 62c328 01'), 100)).toMatchObject({
      count: 3,
      unfitAt: 1,
      unfit: expect.stringContaining('UTF-8'),
    });
    expect(format.scan(hex(name === 'msgpack' ? '91 a2c3a9' : '81 62c3a9'), 100).unfit).toBeUndefined();
  });
});

test.each([
  ['81 d81900', true, 'a reference to a string without a namespace'],
  ['d90100 81 6161', true, 'a namespace around the message'],
  ['81 d90100 82 63616161 d81900', false, 'a namespace of its own'],
  ['82 d90100 80 d81900', true, 'a reference after the namespace has ended'],
  ['81 d81c80', true, 'a value that is to be shared'],
  ['d9d9f7 81 01', false, 'the tag that says it is CBOR'],
])('[G1] the scan of CBOR says whether slices can be used alone: %s, %s, %s', (frame, hasReferences) => {
  expect(formats.cbor.scan(hex(frame), 100).hasReferences).toBe(hasReferences);
});

test.each(['81 1c', '81 ff', '81 bf01ff', '81 7f4161ff', '81 f801', 'a0', 'd81880', '9f'])(
  '[G1] %s is not a list of CBOR',
  (frame) => {
    expect(() => formats.cbor.scan(hex(frame), 100)).toThrow(SerializationError);
  },
);

function passes(format: Format, frame: Uint8Array): boolean {
  try {
    format.scan(frame, 100);
    return true;
  } catch (error) {
    if (error instanceof SerializationError) return false;
    throw error;
  }
}

function frameOf(name: string, count: number, elements: Uint8Array): Uint8Array {
  return Uint8Array.of(...(name === 'msgpack' ? [0xdc, 0, count] : [0x98, count]), ...elements);
}
