/* One payload model: whatever is sent, the other side gets the same by every serializer, or none of them sends it. */
import { deepStrictEqual } from 'node:assert/strict';
import { json, SerializationError, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import fc from 'fast-check';
import { describe, it } from 'vitest';

const serializers = [json(), msgpack(), cbor(), msgpackr()];

/** What arrives, or why nothing is sent. */
function outcome(serializer: Serializer, message: readonly unknown[]): unknown {
  try {
    return { received: serializer.decode(serializer.encode(message)) };
  } catch (error) {
    if (!(error instanceof SerializationError)) throw error;
    return { refused: error.message, path: error.path };
  }
}

function expectAgreement(message: readonly unknown[]): void {
  const [inJson, ...others] = serializers.map((serializer) => outcome(serializer, message));
  for (const other of others) deepStrictEqual(other, inJson); // vitest's own asks a value for its `constructor`
}

/** Text that is no base64 after U+0000, which JSON cannot tell from bytes, and that is UTF-8. */
const point = fc.nat(0x10ffff).filter((number) => number < 0xd800 || number > 0xdfff);
const text = fc
  .array(fc.oneof(fc.nat(127), point), { maxLength: 12 })
  .map((points) => String.fromCodePoint(...points))
  .filter((string) => !string.startsWith('\0'));
const integer = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.constantFrom(2 ** 53, -(2 ** 53), 2 ** 32, -(2 ** 32) - 1, 2 ** 31));
const plain = fc.oneof(
  text,
  integer,
  fc.double().map((number) => number + 0),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 40 }),
);
const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, Number.NaN, Number.POSITIVE_INFINITY, -0),
  fc.date({ noInvalidDate: false }),
  text.map((string) => new String(string)),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
  integer.map((value) => ({ toJSON: () => [value, undefined] })),
  fc.constant(Object.assign(Object.create({ inherited: 1 }), { own: 2 })),
);
const none = fc.constantFrom<unknown>(
  () => 1,
  Symbol.iterator,
  new Map(),
  new Set([1]),
  /x/,
  new Error('x'),
  new Float64Array(2),
  Promise.resolve(),
);

function values(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.dictionary(fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toJSON', '1')), tie('value'), { maxKeys: 5 }),
      fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: false }),
    ),
  })).value;
}

describe('JSON, MessagePack and CBOR', () => {
  it('[R83] [C85] agree on values that each of them has', () => {
    fc.assert(
      fc.property(fc.array(values(plain), { maxLength: 4 }), (message) => {
        expectAgreement(message);
      }),
      { numRuns: 400 },
    );
  });

  it('[R83] [C85] agree on what other values become, and on what is refused, and where', () => {
    fc.assert(
      fc.property(fc.array(values(fc.oneof(plain, odd, { arbitrary: none, weight: 1 })), { maxLength: 4 }), (message) => {
        expectAgreement(message);
      }),
      { numRuns: 400 },
    );
  });

  it('[R83] agree on numbers with a fraction, and on integers beyond 2^53, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (message) => {
        expectAgreement(message);
      }),
      { numRuns: 200 },
    );
  });

  it.each([99, 100, 101, 102, 500, 999, 1000])('agree on %i levels', (levels) => {
    let value: unknown = new Date(0);
    for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value };
    expectAgreement([value]);
    expectAgreement([value, { at: value }, () => {}]);
  });
});
