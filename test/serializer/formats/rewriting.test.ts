/*
 * Payloads from one format to another, at random: dicts with a key twice, dicts in dicts that are replaced, lengths that nobody tells, spaces. What
 * arrives is what the values say, and no dict that arrives has a key twice.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cborFormat } from '../../../src/serializer/formats/cbor.ts';
import type { Format } from '../../../src/serializer/formats/format.ts';
import { jsonFormat } from '../../../src/serializer/formats/json.ts';
import { msgpackFormat } from '../../../src/serializer/formats/msgpack.ts';

const formats = { json: jsonFormat(), msgpack: msgpackFormat(), cbor: cborFormat() } as const;
type Name = keyof typeof formats;
const names: readonly Name[] = ['json', 'msgpack', 'cbor'];

type Tree = null | boolean | number | string | readonly Tree[] | Members;
/** In the order in which they are written. */
interface Members {
  readonly members: readonly (readonly [key: string, value: Tree])[];
}

const keys = fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', ''), fc.string({ unit: 'grapheme', maxLength: 4 }));
const { tree } = fc.letrec<{ tree: Tree; list: readonly Tree[]; dict: Members }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, 23, 24, -1, -33, 255, 256, 65_536, -(2 ** 31) - 1, 2 ** 53, 1.5, -0.1),
    fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.startsWith('\0')),
    tie('list'),
    tie('dict'),
  ),
  list: fc.array(tie('tree'), { maxLength: 20 }),
  dict: fc.record({ members: fc.array(fc.tuple(keys, tie('tree')), { maxLength: 30 }) }),
}));

/** Of two members of one key the last one counts. */
function expected(value: Tree): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (!('members' in value)) return value.map(expected);
  return new Map(value.members.map(([key, member]) => [key, expected(member)]));
}

/** As a reader of ours makes them; it leaves `__proto__` out. */
function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (value instanceof Map)
    return Object.fromEntries([...value].filter(([key]) => key !== '__proto__').map(([key, member]) => [key, read(member)]));
  return value;
}

const utf8 = (text: string): number[] => [...Buffer.from(text)];
const sized = (length: number, ...heads: readonly (readonly [most: number, code: number, bytes: number])[]): number[] => {
  const [, code = 0, bytes = 0] = heads.find(([most]) => length <= most) ?? [];
  if (bytes === 0) return [code | length];
  return [code, ...Array.from({ length: bytes }, (_, i) => (length / 256 ** (bytes - 1 - i)) & 255)];
};
const double = (code: number, value: number): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return [code, ...bytes];
};

/** Encoders of their own, which do what ours do not: keys twice, endless lists, wide heads. */
const encoders: { readonly [name in Name]: (value: Tree, isOdd: boolean) => number[] } = {
  json(value, isOdd) {
    const space = isOdd ? ' \n\t' : '';
    const text = (one: Tree): string => {
      if (one === null || typeof one !== 'object') return `${space}${JSON.stringify(one)}${space}`;
      if (!('members' in one)) return `${space}[${space}${one.map(text).join(',')}]${space}`;
      return `${space}{${space}${one.members.map(([key, member]) => `${space}${JSON.stringify(key)}${space}:${text(member)}`).join(',')}}${space}`;
    };
    return utf8(text(value).trim());
  },
  msgpack(value, isOdd) {
    const wide = isOdd ? -1 : 15;
    const text = (one: string): number[] => [
      ...sized(utf8(one).length, [isOdd ? -1 : 31, 0xa0, 0], [isOdd ? -1 : 255, 0xd9, 1], [0xffff, 0xda, 2]),
      ...utf8(one),
    ];
    if (value === null) return [0xc0];
    if (typeof value === 'boolean') return [value ? 0xc3 : 0xc2];
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') {
      if (!Number.isInteger(value)) return double(0xcb, value);
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64BE(BigInt(value));
      return [0xd3, ...bytes];
    }
    if (!('members' in value))
      return [...sized(value.length, [wide, 0x90, 0], [0xffff, 0xdc, 2]), ...value.flatMap((one) => encoders.msgpack(one, isOdd))];
    const members = value.members.flatMap(([key, member]) => [...text(key), ...encoders.msgpack(member, isOdd)]);
    return [...sized(value.members.length, [wide, 0x80, 0], [0xffff, 0xde, 2]), ...members];
  },
  cbor(value, isOdd) {
    const head = (major: number, length: number): number[] =>
      sized(
        length,
        [23, major, 0],
        [255, major | 24, 1],
        [0xffff, major | 25, 2],
        [0xffff_ffff, major | 26, 4],
        [2 ** 53, major | 27, 8],
      );
    const text = (one: string): number[] => [...head(0x60, utf8(one).length), ...utf8(one)];
    if (value === null) return [0xf6];
    if (typeof value === 'boolean') return [value ? 0xf5 : 0xf4];
    if (typeof value === 'string') return isOdd ? [0x7f, ...text(value), 0x60, 0xff] : text(value);
    if (typeof value === 'number') {
      if (!Number.isInteger(value)) return double(0xfb, value);
      return value < 0 ? head(0x20, -1 - value) : head(0, value);
    }
    const items =
      'members' in value
        ? value.members.flatMap(([key, member]) => [...text(key), ...encoders.cbor(member, isOdd)])
        : value.flatMap((one) => encoders.cbor(one, isOdd));
    const [major, length] = 'members' in value ? [0xa0, value.members.length] : [0x80, value.length];
    return isOdd ? [major | 31, ...items, 0xff] : [...head(major, length), ...items];
  },
};

function rewritten(from: Format, to: Format, bytes: Uint8Array): Uint8Array {
  const writer = to.writer(1_000_000);
  from.read(bytes, writer);
  return writer.written;
}

describe.each(names.flatMap((from) => names.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
  test.each([
    ['plain', false],
    ['odd', true],
  ] as const)('[G1] [R83] a value written in a way that is %s arrives unchanged', (_way, isOdd) => {
    fc.assert(
      fc.property(tree, (value) => {
        const source = Uint8Array.from(encoders[from]([value], isOdd));
        formats[from].scan(source, 1000); // it is well-formed
        const target = rewritten(formats[from], formats[to], source);
        formats[to].scan(target, 1000);
        expect(formats[to].value(target)).toEqual(read([expected(value)]));
        // With a key twice it would become shorter, or another one.
        const again = rewritten(formats[to], formats[to], target);
        expect(again.length).toBeLessThanOrEqual(target.length);
        expect(formats[to].value(again)).toEqual(formats[to].value(target));
      }),
      { numRuns: 150 },
    );
  });
});

describe('[G1] [R83] a key that occurs twice', () => {
  const carry = (...members: Members['members']): string =>
    new TextDecoder().decode(rewritten(formats.cbor, formats.json, Uint8Array.from(encoders.cbor({ members }, false))));
  const dict = (...members: Members['members']): Tree => ({ members });

  test.each([
    [
      'beside others',
      [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ],
      '{"b":2,"a":3}',
    ],
    [
      'three times',
      [
        ['a', 1],
        ['a', 2],
        ['a', 3],
      ],
      '{"a":3}',
    ],
    [
      'inner before outer',
      [
        ['a', 1],
        ['b', 2],
        ['b', 3],
        ['a', 4],
      ],
      '{"b":3,"a":4}',
    ],
    [
      'within what is replaced',
      [
        ['a', dict(['x', 1], ['x', 2])],
        ['a', 3],
      ],
      '{"a":3}',
    ],
    [
      'within what replaces',
      [
        ['a', 3],
        ['a', dict(['x', 1], ['x', 2])],
      ],
      '{"a":{"x":2}}',
    ],
  ] as const)('counts the last time: %s', (_what, members, text) => {
    expect(carry(...members)).toBe(text);
  });

  test('counts the last time among many keys, which have a table', () => {
    const many = Array.from({ length: 1000 }, (_, i) => [`key${i % 700}`, i] as const);
    const text = carry(...many);
    expect(JSON.parse(text)).toEqual(Object.fromEntries(many));
    expect(text.match(/"key5":/g)).toHaveLength(1);
  });

  test('fails a payload with shared values of CBOR, because what is written would move', () => {
    const shared = '82 a2 6161 01 6161 02 82 d81c 81 01 d81d 00'.replace(/ /g, '');
    expect(() => rewritten(formats.cbor, formats.json, new Uint8Array(Buffer.from(shared, 'hex')))).toThrow(
      'expected no duplicate key in a payload with shared values of CBOR',
    );
  });
});
