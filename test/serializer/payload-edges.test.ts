/* The corners of the payload model: long cycles, `toJSON`, and keys that are called like methods. The model itself is in payload.test.ts. */
import { json, SerializationError } from 'autostrada';
import { cbor } from 'autostrada/cbor';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { describe, expect, it } from 'vitest';

/** A chain of this many dicts, the last of which holds `end`. */
function chain(length: number, end: (first: object) => unknown): object {
  const first: { next?: unknown } = {};
  let last = first;
  for (let i = 1; i < length; i++) {
    const next = {};
    last.next = next;
    last = next;
  }
  last.next = end(first);
  return first;
}

describe.each([
  { by: 'json', serializer: json() },
  { by: 'msgpack', serializer: msgpack() },
  { by: 'cbor', serializer: cbor() },
  { by: 'msgpackr [H14]', serializer: msgpackr() },
])('the payload model in $by', ({ serializer }) => {
  const there = (...values: readonly unknown[]): unknown[] => serializer.decode(serializer.encode(values));

  function refusal(...values: readonly unknown[]): SerializationError {
    try {
      serializer.encode(values);
    } catch (error) {
      expect(error).toBeInstanceOf(SerializationError);
      return error as SerializationError;
    }
    throw new Error('expected a SerializationError');
  }

  it.each([1, 2, 15, 16, 17, 18, 40, 900])('says where a cycle of %i dicts closes', (length) => {
    const { message, path } = refusal(1, { x: chain(length, (first) => first) });
    expect(message).toBe('expected JSON values and Uint8Array, got a cycle');
    expect(path).toEqual([1, 'x', ...new Array(length).fill('next')]);
  });

  it('accepts a long chain that ends within the limit', () => {
    const same = [1];
    expect(there(chain(900, () => [same, same]))).toEqual([chain(900, () => [same, same])]);
  });

  it('says where an invalid value is in the result of toJSON', () => {
    expect(refusal({ a: { toJSON: () => ({ b: [Symbol('s')] }) } }).path).toEqual([0, 'a', 'b', 0]);
    expect(refusal([{ toJSON: () => new Map() }]).path).toEqual([0, 0]);
    expect(refusal({ a: { toJSON: () => ({ b: { toJSON: () => () => {} } }) } }).path).toEqual([0, 'a', 'b']);
  });

  it('calls toJSON with the key, even on its result, and treats a toJSON that returns itself as a cycle', () => {
    const keys: string[] = [];
    const spy = (result: unknown) => ({
      toJSON(key: string): unknown {
        keys.push(key);
        return result;
      },
    });
    expect(there({ a: spy(1) }, [spy(new Date(0))])).toEqual([{ a: 1 }, ['1970-01-01T00:00:00.000Z']]);
    expect(keys).toEqual(['a', '0']);
    const itself = { toJSON: (): unknown => itself };
    expect(refusal({ b: itself }).message).toContain('a cycle');
  });

  it('drops a member whose toJSON gives undefined', () => {
    expect(there({ a: { toJSON: () => undefined } }, [{ toJSON: () => undefined }])).toStrictEqual([{}, [null]]);
  });

  it('does not call toJSON for ever', () => {
    const endless = (): object => ({ toJSON: () => ({ more: endless() }) });
    expect(refusal(endless()).message).toContain('nested deeper than 1000');
    const self: { toJSON?: unknown } = {};
    self.toJSON = () => ({ self });
    expect(refusal(self).message).toMatch(/a cycle|nested deeper/);
  });

  it('allows keys with the names of methods', () => {
    const dict = { constructor: 'a', toJSON: 'b', toString: 1, valueOf: null, hasOwnProperty: [], length: 7 };
    expect(there(dict, { toJSON: 1, bytes: Uint8Array.of(1) })).toEqual([dict, { toJSON: 1, bytes: Uint8Array.of(1) }]);
    const bare = Object.assign(Object.create(null), { toJSON: [{ constructor: null, toJSON: 2 ** 40 }] });
    expect(there(bare)).toEqual([{ toJSON: [{ constructor: null, toJSON: 2 ** 40 }] }]);
  });

  it('has neither __proto__ nor a similar key', () => {
    const [received] = there(JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"ok":3}'));
    expect(received).toEqual({ constructor: { prototype: { polluted: 2 } }, ok: 3 });
    expect(Object.keys(received as object)).toEqual(['constructor', 'ok']);
    expect('polluted' in {}).toBe(false);
  });

  it('is refused when a getter throws, and the next is sent', () => {
    const broken = {
      get a(): never {
        throw new Error('broken');
      },
    };
    expect(() => serializer.encode([[broken]])).toThrow('broken');
    expect(refusal([() => {}]).path).toEqual([0, 0]);
    expect(there(1)).toEqual([1]);
  });
});
