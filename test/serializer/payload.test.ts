import { json, SerializationError, type Serializer } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { describe, expect, it } from 'vitest';

const there = (serializer: Serializer, value: unknown): unknown => serializer.decode(serializer.encode([value]))[0];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

class Point {
  readonly x = 1;
  readonly y = undefined;
  private readonly hidden = [2];
  get sum(): number {
    return this.x + (this.hidden[0] ?? 0);
  }
}

describe.each<[string, Serializer]>([
  ...[json(), msgpack(), cbor()].map((serializer): [string, Serializer] => [serializer.name, serializer]),
  ['msgpack by msgpackr [H14]', msgpackr()],
])('the payload model in %s', (_, serializer) => {
  it.each<[string, unknown, unknown]>([
    [
      'JSON values',
      [null, true, 0, -1, 1.5, '', 'ä😀', [], {}, { a: [{}] }],
      [null, true, 0, -1, 1.5, '', 'ä😀', [], {}, { a: [{}] }],
    ],
    ['undefined members and items', { a: undefined, b: [undefined, 1] }, { b: [null, 1] }],
    ['holes', [new Array(2)], [[null, null]]],
    ['what is not finite', [Number.NaN, -Infinity], [null, null]],
    ['a Date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a Date that is none', new Date(Number.NaN), null],
    ['toJSON', { a: { toJSON: (key: string) => ({ key, b: undefined }) } }, { a: { key: 'a' } }],
    ['an instance of a class', new Point(), { x: 1, hidden: [2] }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['wrapped values', [new Number(1), new String('x'), new Boolean(false)], [1, 'x', false]],
    ['bytes', new Uint8Array([0, 255]), new Uint8Array([0, 255])],
    ['no bytes', [new Uint8Array(0)], [new Uint8Array(0)]],
    ['a part of bytes', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), new Uint8Array([2, 3])],
    ['a Buffer', { b: Buffer.from('hi') }, { b: new Uint8Array([104, 105]) }],
    ['keys as they are', { '': 1, constructor: 2, toString: 3, 'a.b': 4 }, { '': 1, constructor: 2, toString: 3, 'a.b': 4 }],
    [
      'integers up to 2^53',
      [2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31) - 1, -(2 ** 53)],
      [2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 31) - 1, -(2 ** 53)],
    ],
    ['a thousand levels', nested(1000), nested(1000)],
  ])('[C85] carries %s', (_name, sent, received) => {
    expect(there(serializer, sent)).toEqual(received);
  });

  it('gives bytes that are plain and not shared', () => {
    const frame = serializer.encode([new Uint8Array([1, 2])]);
    const [bytes] = serializer.decode(frame) as [Uint8Array];
    expect(bytes.constructor).toBe(Uint8Array);
    if (typeof frame !== 'string') frame.fill(0);
    expect(bytes).toEqual(new Uint8Array([1, 2]));
  });

  it('carries 200 kB of bytes', () => {
    const bytes = new Uint8Array(200_000).map((_byte, i) => i);
    expect(Buffer.compare(there(serializer, bytes) as Uint8Array, bytes)).toBe(0);
  });

  const cycle: { a: { b: unknown[] } } = { a: { b: [] } };
  cycle.a.b.push({ c: cycle.a });
  it.each<[string, unknown, string, (string | number)[]]>([
    ['a function', [1, { f: () => {} }], 'a function', [0, 1, 'f']],
    ['a symbol', { s: Symbol('s') }, 'a symbol', [0, 's']],
    ['a Map', { m: [new Map()] }, 'a Map', [0, 'm', 0]],
    ['a Set', new Set(), 'a Set', [0]],
    ['a promise', { p: Promise.resolve(1) }, 'a Promise', [0, 'p']],
    ['a regular expression', [/x/], 'a RegExp', [0, 0]],
    ['an Error', [new Error('x')], 'an Error (send its message, or throw an ApplicationError)', [0, 0]],
    ['an ArrayBuffer', new ArrayBuffer(1), 'an ArrayBuffer', [0]],
    ['other typed arrays', new Float32Array(1), 'a Float32Array', [0]],
    ['a cycle', cycle, 'a cycle', [0, 'a', 'b', 0, 'c']],
    ['too many levels', nested(1002), 'a value nested deeper than 1000', Array.from({ length: 1002 }, () => 0)],
  ])('refuses %s, and says where it is', (_name, value, what, path) => {
    let error: unknown;
    try {
      serializer.encode([value]);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ message: `expected JSON values and Uint8Array, got ${what}`, path });
    expect(there(serializer, ['and lives on'])).toEqual(['and lives on']);
  });

  it('accepts a value that is in several places', () => {
    const shared = { a: [1] };
    expect(there(serializer, [shared, shared, { shared }])).toEqual([{ a: [1] }, { a: [1] }, { shared: { a: [1] } }]);
  });

  it('does not change its input', () => {
    const value = Object.freeze([Object.freeze({ a: undefined, d: new Date(0), n: 2 ** 40, b: new Uint8Array([1]) })]);
    there(serializer, value);
    expect(value[0]).toEqual({ a: undefined, d: new Date(0), n: 2 ** 40, b: new Uint8Array([1]) });
  });

  it('does not change prototypes', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"bad":1},"a":[{"__proto__":{"bad":1}}],"constructor":{"prototype":{"bad":1}}}',
    );
    const received = there(serializer, value) as { a: object[] };
    expect([received, received.a[0], {}].map((each) => (each as { bad?: number }).bad)).toEqual([undefined, undefined, undefined]);
    expect(Object.getPrototypeOf(received)).toBe(Object.prototype);
    expect(Object.hasOwn(received, '__proto__')).toBe(false);
  });
});
