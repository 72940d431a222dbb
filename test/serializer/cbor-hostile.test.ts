/* Random and crafted bytes: the reader gives a value or an error, and reads the next frame as if nothing had been. */
import { SerializationError } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../fixtures/messages.ts';

const serializer = cbor();
const good = EVENT(1, 2 ** 40, { publisher: 5 }, [{ name: 'xä', bytes: Uint8Array.of(1), n: -1.5, many: Array(30).fill(null) }]);
const fine = serializer.encode(good) as Uint8Array;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

function outcome(frame: Uint8Array, by = serializer): unknown {
  let result: unknown;
  try {
    result = by.decode(frame);
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    result = 'refused';
  }
  expect(by.decode(fine)).toEqual(good);
  return result;
}

/** Whether it holds only what the payload model has. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
  }
  return value === null || value instanceof Uint8Array || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

describe('hostile CBOR', () => {
  it.each(['number', 'bigint'] as const)('always gives an error or a value of the payload model (%s)', (int64) => {
    const by = cbor({ int64 });
    const frames = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      // Bytes that mean something in CBOR, more often than chance has it.
      fc
        .array(fc.constantFrom(0, 0x41, 0x5f, 0x61, 0x78, 0x7f, 0x82, 0x9f, 0xa1, 0xbf, 0xc2, 0xc4, 0xd8, 0xf7, 0xff))
        .map((list) => Uint8Array.from([0x9f, ...list])),
      // A good frame with a few bytes changed.
      fc.array(fc.tuple(fc.nat(fine.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const frame = Uint8Array.from(fine);
        for (const [at, byte] of changes) frame[at] = byte;
        return frame;
      }),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        const result = outcome(frame, by);
        expect(result === 'refused' || result === undefined || isPlain(result)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused wherever a good frame is cut off', () => {
    for (let length = 0; length < fine.length; length++) expect(outcome(fine.slice(0, length))).toBe('refused');
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /end in the middle/],
    ['a list that is cut off', '82 01', /end in the middle/],
    ['text that is cut off', '81 65 6161', /end in the middle/],
    ['an integer that is cut off', '81 1b 000000', /end in the middle/],
    ['a float that is cut off', '81 fb 000000', /end in the middle/],
    ['a list without an end', '9f 01', /end in the middle/],
    ['a dict without an end', '81 bf 6161 01', /end in the middle/],
    ['text without an end', '81 7f 6161', /end in the middle/],
    ['bytes without an end', '81 5f 4161', /end in the middle/],
    ['a tag of nothing', '81 c1', /end in the middle/],
    ['text of 4 GB', '81 7affffffff 61', /end in the middle/],
    ['bytes of 2^63', '81 5b7fffffffffffffff 61', /end in the middle/],
    ['a chunk of 2^64', '81 5f 5bffffffffffffffff ff', /end in the middle/],
    ['a list of 2^32 items', '9affffffff 01', /end in the middle/],
    ['a list of 2^64 items', '9bffffffffffffffff 01', /end in the middle/],
    ['a dict of 2^64 members', '81 bbffffffffffffffff 6161 01', /end in the middle/],
    ['more than one value', '81 01 02', /1 bytes more/],
    ['a break without a beginning', '81 ff', /end of one of indefinite length/],
    ['a break in place of a value', '81 bf 6161 ff', /end of one of indefinite length/],
    ['a break alone', 'ff', /end of one of indefinite length/],
    ['a chunk of another type', '81 5f 6161 ff', /chunks of one type/],
    ['a chunk that is no string', '81 7f 01 ff', /chunks of one type/],
    ['chunks in chunks', '81 7f 7f 6161 ff ff', /chunks of one type/],
    ['an integer without a length', '81 1f', /argument of 1, 2, 4 or 8/],
    ['a tag without a length', '81 df 01', /argument of 1, 2, 4 or 8/],
    ['a reserved length', '81 1c', /argument of 1, 2, 4 or 8/],
    ['a reserved length of text', '81 7e 61', /argument of 1, 2, 4 or 8/],
    ['null in two bytes', '81 f8 16', /reserved/],
    ['a reserved float', '81 fc', /reserved/],
    ['a reference to a value', '82 d81c 80 d81d 00', /reference/],
    ['a reference to a string', 'd90100 82 63616161 d819 00', /reference/],
  ])('is refused, and the next frame is read: %s', (_, frame, why) => {
    expect(() => serializer.decode(bytes(frame))).toThrow(SerializationError);
    expect(() => serializer.decode(bytes(frame))).toThrow(why);
    expect(serializer.decode(fine)).toEqual(good);
  });

  // What other peers may send must not cost a session, even where JavaScript has nothing like it.
  it.each<[string, string, unknown]>([
    ['a number as a key', '81 a1 01 02', { 1: 2 }],
    ['a boolean as a key', '81 a1 f5 02', { true: 2 }],
    ['a float as a key', '81 a1 f93e00 02', { 1.5: 2 }],
    ['null as a key', '81 a1 f6 02', { null: 2 }],
    ['a tagged key', '81 a1 c0 6161 02', { a: 2 }],
    ['bytes as a key', '81 a1 4161 02', { '[object Object]': 2 }],
    ['a list as a key', '81 a1 80 02', { '[object Object]': 2 }],
    ['a dict as a key whose text is no function', '81 a1 a168746f537472696e67 05 02', { '[object Object]': 2 }],
    ['a number that is __proto__', '81 a1 c0 695f5f70726f746f5f5f a0', {}],
    ['a simple value', '81 f0', null],
    ['a simple value of two bytes', '81 f8ff', null],
    ['a bignum that is no bytes', '81 c2 01', 1],
    ['a bignum of 65 bytes', `81 c2 5841 01${'00'.repeat(64)}`, 2 ** 512],
    ['a bignum of 513 bytes', `81 c3 590201 ${'ff'.repeat(513)}`, Number.NEGATIVE_INFINITY],
    ['a fraction that is none', '81 c4 01', 1],
    ['a fraction of text', '81 c4 82 01 6161', [1, 'a']],
  ])('is read if it is well-formed: %s', (_, frame, value) => {
    expect(serializer.decode(bytes(frame))).toEqual([value]);
  });

  it.each<[string, number[]]>([
    ['lists', [0x81]],
    ['lists without a length', [0x9f]],
    ['dicts', [0xa1, 0x61, 0x61]],
    ['tags', [0xc0]],
    ['bignums of bignums', [0xc2]],
  ])('is refused with a depth of 200,000 %s', (_, head) => {
    const frame = new Uint8Array(200_000 * head.length).map((_byte, i) => head[i % head.length] ?? 0);
    expect(() => serializer.decode(frame)).toThrow(/nested no deeper than 1100/);
    expect(serializer.decode(fine)).toEqual(good);
  });

  it('is read up to the depth of the payload model', () => {
    const deep = (levels: number) => Uint8Array.from([...new Array(levels).fill(0x81), 1]);
    expect(outcome(deep(1100))).not.toBe('refused');
    expect(outcome(deep(1101))).toBe('refused');
  });

  it('may have a million empty chunks', () => {
    const frame = new Uint8Array(1_000_003).fill(0x40).fill(0x81, 0, 1).fill(0x5f, 1, 2).fill(0xff, -1);
    expect(outcome(frame)).toEqual([new Uint8Array(0)]);
    expect(outcome(frame.fill(0x60, 2, -1).fill(0x7f, 1, 2))).toEqual(['']);
  });

  it.each(['69 5f5f70726f746f5f5f', '78 09 5f5f70726f746f5f5f', '7f 62 5f5f 67 70726f746f5f5f ff'])(
    'may have a __proto__ key (%s), which is left out',
    (key) => {
      const [dict] = outcome(bytes(`81 a2 ${key} a1 6178 01 6179 02`)) as object[];
      expect(dict).toEqual({ y: 2 });
      expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
      expect(Object.hasOwn(dict!, '__proto__')).toBe(false);
      expect('x' in dict!).toBe(false);
    },
  );

  it('never gives another key, however similar', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab\u00e4\u6c34]{0,6}$/), { maxLength: 40 }), (keys) => {
        const dicts = keys.map((key) => ({ [key]: key }));
        expect(serializer.decode(serializer.encode(dicts))).toEqual(dicts);
      }),
      { numRuns: 150 },
    );
  });

  it('gives plain bytes for a Buffer, and for a part of a larger one', () => {
    const whole = bytes('ffff 82 6161 42 0102 ffff');
    const [, part] = serializer.decode(Buffer.from(whole).subarray(2, 8)) as Uint8Array[];
    expect(part!.constructor).toBe(Uint8Array);
    expect(part).toEqual(Uint8Array.of(1, 2));
    expect(part!.buffer.byteLength).toBe(2);
  });
});
