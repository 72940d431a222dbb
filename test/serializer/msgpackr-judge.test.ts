/*
 * msgpackr as the judge of our codec, and our codec as the judge of the serializer by msgpackr: values of the payload model go both ways,
 * and bytes of any kind are read alike.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { SerializationError, type Serializer } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import fc from 'fast-check';
import { FLOAT32_OPTIONS, Packr, Unpackr } from 'msgpackr';
import { describe, it } from 'vitest';

const ours = msgpack({ int64: 'bigint' });
const theirs = msgpackr();

/** No half pairs, which have no UTF-8, and no byte order mark, which msgpackr takes away from long text. */
const point = fc.oneof(
  fc.nat(127),
  fc.nat(0x10ffff).filter((number) => (number < 0xd800 || number > 0xdfff) && number !== 0xfeff),
);
const short = fc.array(point, { maxLength: 12 }).map((points) => String.fromCodePoint(...points));
/** From some lengths on other code reads and writes it. */
const text = fc.oneof(
  short,
  fc.tuple(short, fc.constantFrom(3, 5, 9, 30)).map(([part, times]) => part.repeat(times)),
);
const integer = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -(2 ** 53)),
  fc.constantFrom(-0x20, -0x21, -0x80, -0x81, -0x8000, -0x8001, -(2 ** 31), -(2 ** 31) - 1),
);
const leaf = fc.oneof(
  text,
  integer,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }),
);
const key = fc
  .oneof(text, fc.constantFrom('toJSON', 'hasOwnProperty', '1', '_', '__proto', ''))
  .filter((name) => name !== '__proto__');
const model = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(integer, { minLength: 15, maxLength: 17 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;
const message = fc.array(model, { maxLength: 4 });

function outcome(action: () => unknown): unknown {
  try {
    return { value: action() };
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    return { refused: error.message, path: error.path, envelope: error.envelope };
  }
}

const copy = (frame: string | Uint8Array): Uint8Array => Uint8Array.from(frame as Uint8Array);

function expectSameReading(frame: Uint8Array): void {
  deepStrictEqual(
    outcome(() => theirs.decode(frame)),
    outcome(() => ours.decode(frame)),
  );
}

describe('our MessagePack, compared with msgpackr,', () => {
  const reader = new Unpackr({ useRecords: false, int64AsType: 'number', copyBuffers: true });

  it('[H14] is read by msgpackr with the same values', () => {
    fc.assert(
      fc.property(message, (values) => {
        deepStrictEqual(reader.unpack(copy(ours.encode(values))), values);
      }),
      { numRuns: 400 },
    );
  });

  it.each<[string, Packr]>([
    ['as it is out of the box, without records', new Packr({ useRecords: false })],
    ['with maps of any width', new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true })],
    ['with floats of 32 bits where they fit', new Packr({ useRecords: false, useFloat32: FLOAT32_OPTIONS.DECIMAL_FIT })],
  ])('[H14] reads what msgpackr writes, %s', (_, packr) => {
    const expected = (value: unknown, read: unknown): unknown =>
      // A float of 32 bits is what it is: msgpackr makes the decimal number of it that was probably meant.
      typeof value === 'number' && typeof read === 'number' && Math.fround(value) === read ? read : value;
    const compare = (value: unknown, read: unknown): void => {
      if (Array.isArray(value) && Array.isArray(read) && value.length === read.length) {
        for (let i = 0; i < value.length; i++) compare(value[i], read[i]);
      } else if (isDict(value) && isDict(read)) {
        deepStrictEqual(Object.keys(read), Object.keys(value));
        for (const name of Object.keys(value)) compare(value[name], read[name]);
      } else deepStrictEqual(read, expected(value, read));
    };
    fc.assert(
      fc.property(message, (values) => {
        compare(values, ours.decode(packr.pack(values)));
      }),
      { numRuns: 250 },
    );
  });

  it('[H14] reads points in time and BigInts that msgpackr writes', () => {
    const packr = new Packr({ useRecords: false });
    const date = fc.date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') });
    fc.assert(
      fc.property(date, fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), (at, integer) => {
        const [time, read] = ours.decode(packr.pack([at, integer]));
        deepStrictEqual([Date.parse(String(time)), BigInt(read as number)], [at.getTime(), integer]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('msgpackr(), compared with our MessagePack,', () => {
  const odd = fc.constantFrom<unknown>(
    undefined,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -0,
    new Date(0),
    2n ** 60n,
    -1n,
    2n ** 64n,
    '\ud800',
    '\ufeff',
    `\ufeff${'ä'.repeat(70)}`,
    new Map(),
    new Set([1]),
    /x/,
    new Error('x'),
    new Float64Array(2),
    Symbol.iterator,
    () => 1,
    Buffer.from('bytes'),
    class extends Array<number> {}.of(1, 2),
    new String('text'),
    { toJSON: () => [1, undefined] },
    { toJSON: 1, constructor: 2, hasOwnProperty: 3 },
    Object.assign(Object.create({ inherited: 1 }), { own: 2 }),
    Object.assign(Object.create(null), { bare: 1, constructor: Array }),
    JSON.parse('{"__proto__":{"a":1},"b":2}'),
    { a: undefined, b: [undefined, 1] },
    new Array(2),
  );
  const mixed = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: leaf, weight: 3 },
      { arbitrary: odd, weight: 1 },
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(key, tie('value'), { maxKeys: 5 }),
    ),
  })).value;

  const there = (from: Serializer, to: Serializer, values: readonly unknown[]): unknown =>
    outcome(() => to.decode(from.encode(values)));

  it('[H14] [C85] gives and refuses the same, in both directions, whatever is sent', () => {
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 5 }), (values) => {
        const wanted = there(ours, ours, values);
        deepStrictEqual(there(ours, theirs, values), wanted);
        deepStrictEqual(there(theirs, ours, values), wanted);
        deepStrictEqual(there(theirs, theirs, values), wanted);
      }),
      { numRuns: 400 },
    );
  });

  it('[H14] reads or refuses any bytes as our own codec does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (frame) => expectSameReading(frame)),
      { numRuns: 3000 },
    );
  });

  it('[H14] reads good frames with changed bytes as our own codec does', () => {
    fc.assert(
      fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (values, changes) => {
        const frame = copy(ours.encode(values));
        for (const [at, byte] of changes) frame[at % frame.length] = byte;
        expectSameReading(frame);
      }),
      { numRuns: 1000 },
    );
  });

  it('[H14] reads all that msgpackr writes beyond MessagePack as our own codec does', () => {
    const writers = [
      new Packr({ useRecords: true }),
      new Packr({ structuredClone: true, moreTypes: true, useRecords: false }),
      new Packr({ bundleStrings: true, useRecords: false }),
      new Packr({ useBigIntExtension: true, useRecords: false }),
    ];
    fc.assert(
      fc.property(fc.array(mixed, { maxLength: 4 }), fc.nat(writers.length - 1), (values, which) => {
        let frame: Uint8Array;
        try {
          frame = copy(writers[which]?.pack([values, values]) ?? new Uint8Array(0));
        } catch {
          return; // msgpackr cannot write a symbol, for one
        }
        expectSameReading(frame);
      }),
      { numRuns: 400 },
    );
  });
});

function isDict(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
