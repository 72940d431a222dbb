import { msgpack } from 'autostrada/msgpack';
import { describe, expect, it } from 'vitest';

const { encode, decode } = msgpack();
const hex = (frame: string | Uint8Array): string => Buffer.from(frame as Uint8Array).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('MessagePack', () => {
  it.each<[unknown, string]>([
    [2 ** 32 - 1, 'ce ffffffff'],
    [2 ** 32, 'cf 0000000100000000'],
    [2 ** 53 - 1, 'cf 001fffffffffffff'],
    [2 ** 53, 'cf 0020000000000000'],
    [-(2 ** 31), 'd2 80000000'],
    [-(2 ** 31) - 1, 'd3 ffffffff7fffffff'],
    [-(2 ** 53), 'd3 ffe0000000000000'],
    [1.5, 'cb 3ff8000000000000'],
    [2n ** 64n - 1n, 'cf ffffffffffffffff'],
    [new Uint8Array([1]), 'c4 01 01'],
    [{ a: undefined, b: null }, '81 a1 62 c0'],
  ])('[C85] writes %o as %s, at the top and in a payload', (value, expected) => {
    const wanted = expected.replaceAll(' ', '');
    expect(hex(encode([value]))).toBe(`91${wanted}`);
    expect(hex(encode([{ a: [value] }]))).toBe(`9181a16191${wanted}`);
  });

  it('writes only UTF-8: half a surrogate pair becomes U+FFFD, in keys too', () => {
    const strict = new TextDecoder('utf-8', { fatal: true });
    for (const [text, fine] of [
      ['\ud800', '\ufffd'],
      ['a\udc00b', 'a\ufffdb'],
      ['\ud800😀\udfff\udfff', '\ufffd😀\ufffd\ufffd'],
      ['😀', '😀'],
    ] as const) {
      const frame = encode([text, { [text]: [text] }]);
      expect(decode(frame)).toEqual([fine, { [fine]: [fine] }]);
      const alone = encode([text]) as Uint8Array;
      expect(strict.decode(alone.subarray(alone[1] === 0xd9 ? 3 : 2))).toBe(fine);
    }
  });

  it('refuses a BigInt of more than 64 bits', () => {
    expect(() => encode([2n ** 64n])).toThrow('got a bigint');
  });

  it('reads 64-bit integers as numbers, or beyond 2^53 as BigInt if asked', () => {
    const frame = bytes('94 cf001fffffffffffff cf0020000000000000 cfffffffffffffffff d38000000000000000');
    expect(decode(frame)).toEqual([2 ** 53 - 1, 2 ** 53, 2 ** 64, -(2 ** 63)]);
    expect(msgpack({ int64: 'bigint' }).decode(frame)).toEqual([2 ** 53 - 1, 2 ** 53, 2n ** 64n - 1n, -(2n ** 63n)]);
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /end in the middle/],
    ['a list that is cut off', '92 01', /end in the middle/],
    ['a string that is cut off', '91 a5 6161', /end in the middle/],
    ['a length that is a lie', '91 dbffffffff 61', /end in the middle/],
    ['a list longer than the frame', 'ddffffffff 01', /end in the middle/],
    ['more than one value', '91 01 02', /1 bytes more/],
    ['a record, which would compile code', '91 d47240 91 a161 01', /4 bytes more/],
    ['a Set', '91 d473 00 90', /1 bytes more/],
    ['an Error', '91 d465 00 93 a161 a162 c0', /6 bytes more/],
    ['the code that is never used', '91 c1', /0xc1/],
    ['an extension that is cut off', '91 c7ffffffff 05', /end in the middle/],
    ['a key that is cut off', '91 81', /end in the middle/],
  ])('refuses %s, and reads the next frame', (_, frame, why) => {
    expect(() => decode(bytes(frame))).toThrow(why);
    expect(decode(encode(['fine']))).toEqual(['fine']);
  });

  // What other peers may send must not cost a session, even where JavaScript has nothing like it.
  it.each<[string, string, unknown]>([
    ['a timestamp of 32 bits', '91 d6ff 00000001', '1970-01-01T00:00:01Z'],
    ['a timestamp of 64 bits', '91 d7ff 7735940000000002', '1970-01-01T00:00:02.500Z'],
    ['a timestamp of 96 bits', '91 c70cff 00000001 ffffffffffffffff', '1969-12-31T23:59:59.000000001Z'],
    ['a timestamp beyond all calendars', '91 c70cff 00000000 7fffffffffffffff', bytes('00000000 7fffffffffffffff')],
    ['a timestamp of two bytes', '91 d5ff 0102', bytes('0102')],
    ['extension 0 of more bytes', '91 d500 0102', null],
    ['an extension', '91 d405 07', bytes('07')],
    ['a long extension', `91 c80100 05 ${'07'.repeat(256)}`, new Uint8Array(256).fill(7)],
    ['a number as a key', '91 81 01 02', { 1: 2 }],
    ['a boolean as a key', '91 81 c3 02', { true: 2 }],
    ['a long text as a key', '91 81 d90161 02', { a: 2 }],
    ['a list as a key', '91 81 90 02', { '[object Object]': 2 }],
  ])('reads %s', (_, frame, value) => {
    expect(decode(bytes(frame))).toEqual([value]);
  });

  it('refuses 200,000 levels, and reads the next frame', () => {
    expect(() => decode(new Uint8Array(200_000).fill(0x91))).toThrow(/nested no deeper/);
    expect(decode(encode(['fine']))).toEqual(['fine']);
  });

  it('refuses text', () => {
    expect(() => decode('[1]')).toThrow('expected bytes, got text');
  });

  it('reads all widths of all types', () => {
    const text = 'x'.repeat(70_000);
    const values = [
      '',
      'x'.repeat(40),
      'x'.repeat(300),
      text,
      new Uint8Array(300),
      new Uint8Array(70_000),
      Array(20).fill(1),
      Array(70_000).fill(1),
    ];
    const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]));
    expect(decode(encode([...values, { a: 1 }, wide, 200, 70_000, -5, -200, -70_000, true, false]))).toEqual([
      ...values,
      { a: 1 },
      wide,
      200,
      70_000,
      -5,
      -200,
      -70_000,
      true,
      false,
    ]);
  });
});
