/* What is written, byte for byte, and that it is read whatever RFC 8949 lets others write in its place. Facts of its Appendix A. */
import { deepStrictEqual } from 'node:assert/strict';
import { cbor } from 'autostrada/cbor';
import { describe, expect, it } from 'vitest';

const { encode, decode } = cbor();
const hex = (frame: string | Uint8Array): string => Buffer.from(frame as Uint8Array).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const read = (text: string, options = {}): unknown => cbor(options).decode(bytes(`81 ${text}`))[0];

describe('CBOR', () => {
  it.each<[unknown, string]>([
    [0, '00'],
    [-0, '00'],
    [23, '17'],
    [24, '18 18'],
    [255, '18 ff'],
    [256, '19 0100'],
    [1000, '19 03e8'],
    [65_535, '19 ffff'],
    [65_536, '1a 00010000'],
    [1_000_000, '1a 000f4240'],
    [2 ** 31, '1a 80000000'],
    [2 ** 32 - 1, '1a ffffffff'],
    [2 ** 32, '1b 0000000100000000'],
    [1_000_000_000_000, '1b 000000e8d4a51000'],
    [2 ** 53 - 1, '1b 001fffffffffffff'],
    [2 ** 53, '1b 0020000000000000'],
    [-1, '20'],
    [-24, '37'],
    [-25, '38 18'],
    [-1000, '39 03e7'],
    [-(2 ** 31), '3a 7fffffff'],
    [-(2 ** 32), '3a ffffffff'],
    [-(2 ** 32) - 1, '3b 0000000100000000'],
    [-(2 ** 53), '3b 001fffffffffffff'],
    [5n, '05'],
    [-(2n ** 63n), '3b 7fffffffffffffff'],
    [2n ** 64n - 1n, '1b ffffffffffffffff'],
    [1.1, 'fb 3ff199999999999a'],
    [-4.1, 'fb c010666666666666'],
    [1e300, 'fb 7e37e43c8800759c'],
    [2 ** 53 + 2, 'fb 4340000000000001'],
    [Number.NaN, 'f6'],
    [Number.NEGATIVE_INFINITY, 'f6'],
    [false, 'f4'],
    [true, 'f5'],
    [null, 'f6'],
    [undefined, 'f6'],
    ['', '60'],
    ['IETF', '64 49455446'],
    ['"\\', '62 225c'],
    ['ü', '62 c3bc'],
    ['水', '63 e6b0b4'],
    ['\u{10151}', '64 f0908591'],
    [new Uint8Array(0), '40'],
    [Uint8Array.of(1, 2, 3, 4), '44 01020304'],
    [[], '80'],
    [[1, [2, 3]], '82 01 82 02 03'],
    [{}, 'a0'],
    [{ b: 1, a: [2, 3], c: undefined }, 'a2 6162 01 6161 82 02 03'],
  ])('[C85] writes %o as %s, at the top and in a payload', (value, expected) => {
    const wanted = expected.replaceAll(' ', '');
    expect(hex(encode([value]))).toBe(`81${wanted}`);
    expect(hex(encode([{ a: [value] }]))).toBe(`81a1616181${wanted}`);
  });

  it.each<[string, unknown]>([
    ['1b 0000000000000001', 1],
    ['3b 0000000000000000', -1],
    ['19 0001', 1],
    ['f9 0000', 0],
    ['f9 8000', -0],
    ['f9 3c00', 1],
    ['f9 3e00', 1.5],
    ['f9 7bff', 65_504],
    ['f9 0001', 2 ** -24],
    ['f9 0400', 2 ** -14],
    ['f9 c400', -4],
    ['f9 7c00', Number.POSITIVE_INFINITY],
    ['f9 fc00', Number.NEGATIVE_INFINITY],
    ['f9 7e00', Number.NaN],
    ['fa 47c35000', 100_000],
    ['fa 7f7fffff', 3.4028234663852886e38],
    ['fa 7f800000', Number.POSITIVE_INFINITY],
    ['fb 3ff199999999999a', 1.1],
    ['fb 7ff8000000000000', Number.NaN],
    ['f7', null],
    ['82 f7 01', [null, 1]],
    ['a2 6161 f7 6162 01', { b: 1 }],
    ['5f 42 0102 43 030405 ff', Uint8Array.of(1, 2, 3, 4, 5)],
    ['5f ff', new Uint8Array(0)],
    ['5f 40 ff', new Uint8Array(0)],
    ['7f 65 7374726561 64 6d696e67 ff', 'streaming'],
    ['7f ff', ''],
    ['9f ff', []],
    ['9f 01 82 02 03 9f 04 05 ff ff', [1, [2, 3], [4, 5]]],
    ['bf ff', {}],
    ['bf 6161 01 6162 9f 02 03 ff ff', { a: 1, b: [2, 3] }],
    ['bf 63 46756e f5 7f 62 416d 61 74 ff 21 ff', { Fun: true, Amt: -2 }],
    ['78 01 61', 'a'],
    ['79 0001 61', 'a'],
    ['a1 78 01 61 01', { a: 1 }],
  ])('reads %s, which it never writes, as %o', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[string, string, unknown]>([
    ['a date as text', 'c0 74 323031332d30332d32315432303a30343a30305a', '2013-03-21T20:04:00Z'],
    ['a date as a number', 'c1 fb 41d452d9ec200000', 1363896240.5],
    ['bytes meant for hex', 'd7 44 01020304', Uint8Array.of(1, 2, 3, 4)],
    ['CBOR in bytes', 'd818 45 6449455446', Uint8Array.of(0x64, 0x49, 0x45, 0x54, 0x46)],
    ['a URI', 'd820 61 61', 'a'],
    ['a UUID', 'd825 50 000102030405060708090a0b0c0d0e0f', Uint8Array.from({ length: 16 }, (_, i) => i)],
    ['a set', 'd90102 82 01 02', [1, 2]],
    ['what calls itself CBOR', 'd9d9f7 82 01 02', [1, 2]],
    ['a shareable value that is not shared', 'd81c 81 01', [1]],
    ['tags in tags', 'c0 c1 db ffffffffffffffff 01', 1],
    ['a decimal fraction', 'c4 82 21 196ab3', 273.15],
    ['a decimal fraction that binary has not', 'c4 82 20 03', 0.3],
    ['a decimal fraction with a bignum', 'c4 82 01 c2 49 010000000000000000', 10 * 2 ** 64],
    ['a bigfloat', 'c5 82 20 03', 1.5],
    ['a small bignum', 'c2 42 0100', 256],
    ['a small negative bignum', 'c3 41 09', -10],
    ['an empty bignum', 'c2 40', 0],
  ])('uses the content of a tag: %s', (_, text, value) => {
    expect(read(text)).toEqual(value);
    expect(read(text, { int64: 'bigint' })).toEqual(value);
  });

  it('reads a frame with the tag that marks CBOR', () => {
    expect(decode(bytes('d9d9f7 82 01 02'))).toEqual([1, 2]);
  });

  it('reads large integers as numbers, or beyond 2^53 as BigInt if asked', () => {
    const frame = bytes(
      '8a 1b001fffffffffffff 1b0020000000000000 3b001fffffffffffff 1b0020000000000001 1bffffffffffffffff 3b0020000000000000 3b7fffffffffffffff 3bffffffffffffffff c249010000000000000000 c349010000000000000000',
    );
    const small = [2 ** 53 - 1, 2 ** 53, -(2 ** 53)];
    expect(decode(frame)).toEqual([...small, 2 ** 53, 2 ** 64, -(2 ** 53), -(2 ** 63), -(2 ** 64), 2 ** 64, -(2 ** 64)]);
    expect(cbor({ int64: 'bigint' }).decode(frame)).toEqual([
      ...small,
      2n ** 53n + 1n,
      2n ** 64n - 1n,
      -(2n ** 53n) - 1n,
      -(2n ** 63n),
      -(2n ** 64n),
      2n ** 64n,
      -(2n ** 64n) - 1n,
    ]);
  });

  it.each([2n ** 64n, -(2n ** 63n) - 1n, 10n ** 400n])('refuses the BigInt %s, which has more than 64 bits', (value) => {
    expect(() => encode([value])).toThrow('got a bigint');
  });

  it('writes a dict without its undefined members, whatever its size', () => {
    for (const size of [1, 23, 24, 25, 255, 256, 257, 300]) {
      for (const undefinedOnes of [1, 2, size]) {
        const all = Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, i < undefinedOnes ? undefined : { i }]));
        const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
        expect(hex(encode([all, { all }, 1]))).toBe(hex(encode([kept, { all: kept }, 1])));
      }
    }
  });

  it('writes and reads all widths of all types', () => {
    const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
    const sizes = [0, 1, 23, 24, 47, 48, 255, 256, 8191, 8192, 65_535, 65_536, 70_000];
    const values = sizes.flatMap((size) => ['x'.repeat(size), 'ü'.repeat(size), new Uint8Array(size), Array(size).fill(1)]);
    deepStrictEqual(decode(encode([...values, wide])), [...values, wide]); // vitest's own would take seconds
  });

  it('refuses text', () => {
    expect(() => decode('[1]')).toThrow('expected bytes, got text');
  });

  it('gives frames that do not change when more are made', () => {
    const frames = Array.from({ length: 2000 }, (_, i) => encode([i, `text ${i}`, { i }]));
    expect(frames.map((frame) => decode(frame))).toEqual(frames.map((_, i) => [i, `text ${i}`, { i }]));
  });

  it('allows a getter to send, or throw, while its object is sent', () => {
    let inner: unknown;
    const dict = {
      before: 'a',
      get value(): string {
        inner = decode(encode(['inner', new Date(0)]));
        return 'b';
      },
      after: 'c',
    };
    expect(decode(encode([dict, 'end']))).toEqual([{ before: 'a', value: 'b', after: 'c' }, 'end']);
    expect(inner).toEqual(['inner', '1970-01-01T00:00:00.000Z']);
    const broken = {
      get value(): never {
        throw new Error('broken');
      },
    };
    expect(() => encode(['some', broken])).toThrow('broken');
    expect(decode(encode(['fine']))).toEqual(['fine']);
  });

  it('refuses a value that changes while it is written', () => {
    let looks = 0;
    const dict = {
      date: new Date(0),
      get value(): unknown {
        return looks++ === 0 ? 1 : () => {};
      },
    };
    expect(() => encode([dict])).toThrow('expected JSON values and Uint8Array');
  });
});
