/* From one format to another: what arrives as what. Each row holds the same value as text of JSON, and as bytes of MessagePack and CBOR. */
import { describe, expect, test } from 'vitest';
import { cborFormat } from '../../../src/serializer/formats/cbor.ts';
import { jsonFormat } from '../../../src/serializer/formats/json.ts';
import { msgpackFormat } from '../../../src/serializer/formats/msgpack.ts';

const formats = { json: jsonFormat(), msgpack: msgpackFormat(), cbor: cborFormat() };
type Name = keyof typeof formats;

const bytesOf = (name: Name, text: string): Uint8Array =>
  name === 'json' ? new TextEncoder().encode(text) : new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
const textOf = (name: Name, bytes: Uint8Array): string =>
  name === 'json' ? new TextDecoder().decode(bytes) : Buffer.from(bytes).toString('hex');

function carry(from: Name, to: Name, text: string): string {
  return textOf(to, rewritten(from, to, bytesOf(from, text), 10_000));
}

function rewritten(from: Name, to: Name, bytes: Uint8Array, maxBytes: number): Uint8Array {
  const writer = formats[to].writer(maxBytes);
  formats[from].read(bytes, writer);
  return writer.written;
}

/** Any of them to any other. */
const same: readonly (readonly [what: string, json: string, msgpack: string, cbor: string])[] = [
  ['null', 'null', 'c0', 'f6'],
  ['booleans', '[true,false]', '92c3c2', '82f5f4'],
  ['0', '0', '00', '00'],
  ['-1', '-1', 'ff', '20'],
  ['200', '200', 'ccc8', '18c8'],
  ['-200', '-200', 'd1ff38', '38c7'],
  ['2^31', '2147483648', 'ce80000000', '1a80000000'],
  ['2^53', '9007199254740992', 'cf0020000000000000', '1b0020000000000000'],
  ['2^53 + 1', '9007199254740993', 'cf0020000000000001', '1b0020000000000001'],
  ['-2^53 - 1', '-9007199254740993', 'd3ffdfffffffffffff', '3b0020000000000000'],
  ['2^63 - 1', '9223372036854775807', 'cf7fffffffffffffff', '1b7fffffffffffffff'],
  ['2^64 - 1', '18446744073709551615', 'cfffffffffffffffff', '1bffffffffffffffff'],
  ['-2^63', '-9223372036854775808', 'd38000000000000000', '3b7fffffffffffffff'],
  ['2.0', '2.0', 'cb4000000000000000', 'fb4000000000000000'],
  ['-0.0', '-0.0', 'cb8000000000000000', 'fb8000000000000000'],
  ['0.1', '0.1', 'cb3fb999999999999a', 'fb3fb999999999999a'],
  ['5e-324', '5e-324', 'cb0000000000000001', 'fb0000000000000001'],
  ['1e+308', '1e+308', 'cb7fe1ccf385ebc8a0', 'fb7fe1ccf385ebc8a0'],
  ['text', '"a\\u0000é😀"', 'a861 00 c3a9 f09f9880', '6861 00 c3a9 f09f9880'],
  ['bytes', '"\\u0000AP8="', 'c40200ff', '4200ff'],
  ['lists', '[[],[1]]', '92909101', '82808101'],
  [
    'dicts',
    '{"__proto__":{},"constructor":1}',
    '82a95f5f70726f746f5f5f80ab636f6e7374727563746f7201',
    'a2695f5f70726f746f5f5fa06b636f6e7374727563746f7201',
  ],
];

describe.each(same)('the value %s', (_what, json, msgpack, cbor) => {
  const texts = { json, msgpack: msgpack.replace(/\s/g, ''), cbor: cbor.replace(/\s/g, '') };
  const names: readonly Name[] = ['json', 'msgpack', 'cbor'];
  test.each(names.flatMap((from) => names.map((to) => [from, to] as const)))('[G1] [R83] goes from %s to %s', (from, to) => {
    expect(carry(from, to, texts[from])).toBe(texts[to]);
  });
});

/** One way only. */
const oneWay: readonly (readonly [what: string, from: Name, given: string, to: Name, expected: string])[] = [
  ['an exponent makes a float', 'json', '1e3', 'msgpack', 'cb408f400000000000'],
  ['that float has a fraction in JSON', 'msgpack', 'cb408f400000000000', 'json', '1000.0'],
  ['-0 is an integer', 'json', '-0', 'cbor', '00'],
  ['a float of 32 bits keeps its value', 'msgpack', 'ca3fc00000', 'json', '1.5'],
  ['a float of 16 bits keeps its value', 'cbor', 'f93e00', 'msgpack', 'cb3ff8000000000000'],
  ['nan between binary formats', 'msgpack', 'cb7ff8000000000000', 'cbor', 'fb7ff8000000000000'],
  ['inf between binary formats', 'cbor', 'f97c00', 'msgpack', 'cb7ff0000000000000'],
  ['nan in JSON', 'msgpack', 'cb7ff8000000000000', 'json', 'null'],
  ['-inf in JSON', 'cbor', 'f9fc00', 'json', 'null'],
  ['half a surrogate pair', 'json', '"a\\ud800"', 'msgpack', 'a461efbfbd'],
  ['text that begins with zero and is no base64', 'json', '"\\u0000?"', 'cbor', '62003f'],
  ['the last of duplicate keys', 'json', '{"a":1,"b":2,"a":3}', 'msgpack', '82a16202a16103'],
  ['an integer as a key', 'msgpack', '8101c0', 'json', '{"1":null}'],
  ['a float as a key', 'cbor', 'a1f93e00f6', 'json', '{"1.5":null}'],
  ['a float without a fraction as a key', 'cbor', 'a1fb4000000000000000f6', 'msgpack', '81a3322e30c0'],
  ['a boolean as a key', 'msgpack', '81c3c0', 'cbor', 'a16474727565f6'],
  ['beyond 64 bits', 'json', '18446744073709551616', 'cbor', 'c249010000000000000000'],
  ['beyond 64 bits, negative', 'json', '-18446744073709551617', 'cbor', 'c349010000000000000000'],
  ['a bignum', 'cbor', 'c249010000000000000000', 'json', '18446744073709551616'],
  ['a bignum that 64 bits hold', 'cbor', 'c2420100', 'msgpack', 'cd0100'],
  ['tag 0', 'cbor', 'c074323031332d30332d32315432303a30343a30305a', 'json', '"2013-03-21T20:04:00Z"'],
  ['tag 1', 'cbor', 'c11a514b67b0', 'json', '"2013-03-21T20:04:00Z"'],
  ['tag 1 with a fraction', 'cbor', 'c1fb41d452d9ec200000', 'msgpack', 'b8323031332d30332d32315432303a30343a30302e3530305a'],
  ['a timestamp of 32 bits', 'msgpack', 'd6ff514b67b0', 'json', '"2013-03-21T20:04:00Z"'],
  ['a timestamp of 64 bits', 'msgpack', 'd7ff00000004514b67b0', 'json', '"2013-03-21T20:04:00.000000001Z"'],
  ['a timestamp of 96 bits before 1970', 'msgpack', 'c70cff00000000ffffffffffffffff', 'json', '"1969-12-31T23:59:59Z"'],
  ['tag 37', 'cbor', 'd8255000112233445566778899aabbccddeeff', 'json', '"00112233-4455-6677-8899-aabbccddeeff"'],
  ['tag 4', 'cbor', 'c48221196ab3', 'json', '273.15'],
  ['tag 5', 'cbor', 'c5822003', 'json', '1.5'],
  ['tag 64: unsigned, 8 bits', 'cbor', 'd8404201ff', 'json', '[1,255]'],
  ['tag 72: signed, 8 bits', 'cbor', 'd8484201ff', 'json', '[1,-1]'],
  ['tag 77: signed, 16 bits, little-endian', 'cbor', 'd84d44feff0100', 'json', '[-2,1]'],
  ['tag 67: unsigned, 64 bits', 'cbor', 'd84348ffffffffffffffff', 'json', '[18446744073709551615]'],
  ['tag 84: floats, 16 bits, little-endian', 'cbor', 'd85442003e', 'json', '[1.5]'],
  ['tag 85: floats, 32 bits, little-endian', 'cbor', 'd855440000c03f', 'json', '[1.5]'],
  ['tag 82: floats, 64 bits', 'cbor', 'd852483ff8000000000000', 'msgpack', '91cb3ff8000000000000'],
  ['another tag', 'cbor', 'd8202161'.replace('2161', '6161'), 'json', '"a"'],
  ['undefined', 'cbor', '82f7f6', 'json', '[null,null]'],
  ['extension 0', 'msgpack', '92d40000c0', 'json', '[null,null]'],
  ['text and bytes in chunks', 'cbor', '827f616161 62ff5f41004101ff', 'msgpack', '92a26162c4020001'],
  ['2^64', 'json', '18446744073709551616', 'msgpack', 'cb43f0000000000000'],
  ['-2^64', 'cbor', '3bffffffffffffffff', 'msgpack', 'cbc3f0000000000000'],
  ['1e20', 'json', '100000000000000000000', 'msgpack', 'cb4415af1d78b58c40'],
  ['-1e20', 'json', '-100000000000000000000', 'msgpack', 'cbc415af1d78b58c40'],
  ['lists and dicts without a length', 'cbor', '9f bf 6161 01 ff ff', 'json', '[{"a":1}]'],
  ['references to strings', 'cbor', 'd90100 83 63616161 63626262 d81901', 'json', '["aaa","bbb","bbb"]'],
  ['a value that is shared', 'cbor', '82 d81c 81 01 d81d 00', 'json', '[[1],[1]]'],
];

test.each(oneWay)('[G1] [R83] %s goes from %s %s to %s %s', (_what, from, given, to, expected) => {
  expect(carry(from, to, given)).toBe(expected);
});

const failing: readonly (readonly [what: string, from: Name, given: string, to: Name, why: RegExp])[] = [
  ['2^64 + 1', 'json', '18446744073709551617', 'msgpack', /64 bits/],
  ['2^64 + 1', 'cbor', 'c249010000000000000001', 'msgpack', /64 bits/],
  ['-2^64 - 1', 'cbor', 'c349010000000000000000', 'msgpack', /64 bits/],
  ['the digits of a float', 'cbor', 'c24906b14e9f9140c51510', 'msgpack', /64 bits/],
  ['1e400', 'json', '1e400', 'cbor', /fits into 64 bits/],
  ['an extension', 'msgpack', 'd40507', 'json', /extension.* got 5/],
  ['bytes as a key', 'cbor', 'a1410001', 'json', /got bytes/],
  ['null as a key', 'msgpack', '81c001', 'json', /got null/],
  ['a list as a key', 'msgpack', '819001', 'cbor', /got a list/],
  ['a simple value', 'cbor', 'f0', 'json', /simple value/],
  ['floats of 128 bits', 'cbor', 'd85350'.padEnd(6 + 32, '0'), 'json', /128 bits/],
  ['a value in itself', 'cbor', 'd81c81d81d00', 'json', /reference/],
  ['a reference to nothing', 'cbor', 'd90100d81905', 'json', /reference/],
];

test.each(failing)('[G1] [R83] %s is refused from %s %s to %s', (_what, from, given, to, why) => {
  expect(() => carry(from, to, given)).toThrow(why);
});

test('[G1] every float that JavaScript writes without fraction and exponent goes from JSON to MessagePack as it is', () => {
  for (let value = 2 ** 64; value < 1e21; value *= 1.0123456789) {
    for (const float of [value, -value]) {
      const hex = carry('json', 'msgpack', JSON.stringify(float));
      expect(Buffer.from(hex, 'hex').readDoubleBE(1)).toBe(float);
    }
  }
});

test('[G1] references cannot make a payload larger than its limit', () => {
  const name = Buffer.alloc(1000, 'a').toString('hex');
  const bomb = `d90100 98ff 7903e8${name}${'d81900'.repeat(254)}`;
  expect(() => carry('cbor', 'json', bomb)).toThrow(/at most 10000 bytes/);
});

test('[G1] typed arrays that refer to the same bytes cannot make a payload larger than its limit either', () => {
  const bomb = `d90100 98ff 5903e8${'01'.repeat(1000)}${'d840d81900'.repeat(254)}`;
  expect(() => carry('cbor', 'msgpack', bomb)).toThrow(/at most 10000 bytes/);
});

test('[G1] text of many megabytes goes from JSON to the other formats', () => {
  const text = `${'a'.repeat(12_000_000)}\\"\\\\`;
  for (const to of ['msgpack', 'cbor'] as const) {
    const bytes = rewritten('json', to, bytesOf('json', `[ "${text}" , 1 ]`), 20_000_000);
    expect(formats[to].value(bytes)).toEqual([JSON.parse(`"${text}"`), 1]);
  }
});

describe('[G1] an integer of 4096 bits', () => {
  const most = 2n ** 4096n - 1n;
  const bytes = `590200${'ff'.repeat(512)}`;

  test('goes from JSON to CBOR and back exactly, and so does its negative', () => {
    expect(carry('json', 'cbor', String(most))).toBe(`c2${bytes}`);
    expect(carry('cbor', 'json', `c2${bytes}`)).toBe(String(most));
    expect(carry('json', 'cbor', String(-1n - most))).toBe(`c3${bytes}`);
    expect(carry('cbor', 'json', `c3${bytes}`)).toBe(String(-1n - most));
  });

  test('is the largest one', () => {
    for (const text of [String(most + 1n), String(-2n - most), '9'.repeat(1235), '9'.repeat(1_000_000), `-${'9'.repeat(1235)}`])
      expect(() => carry('json', 'cbor', text)).toThrow(/^expected an integer of 4096 bits at most, got -?\d+\.\.\.$/);
    for (const tag of ['c2', 'c3'])
      expect(() => carry('cbor', 'json', `${tag}590201${'01'.repeat(513)}`)).toThrow('expected a bignum of 512 bytes at most');
  });

  test('never goes to MessagePack', () => {
    expect(() => carry('json', 'msgpack', String(most))).toThrow(/integer/);
    expect(() => carry('cbor', 'msgpack', `c2${bytes}`)).toThrow(/integer/);
  });
});

test('[G1] a thousand levels go from each format to each other', () => {
  const deep = { json: '['.repeat(1000) + ']'.repeat(1000), msgpack: `${'91'.repeat(999)}90`, cbor: `${'81'.repeat(999)}80` };
  for (const from of ['json', 'msgpack', 'cbor'] as const) {
    for (const to of ['json', 'msgpack', 'cbor'] as const) expect(carry(from, to, deep[from])).toBe(deep[to]);
  }
});
