import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerializationError } from '../../src/errors.ts';
import { json } from '../../src/serializer/json.ts';

const serializer = json();

describe('JSON', () => {
  it('is compact text with the keys in their order', () => {
    expect(serializer.isBinary).toBe(false);
    expect(serializer.name).toBe('json');
    expect(serializer.encode([48, 1, {}, 'a.b', [1.5, 'ä', null], { z: 1, a: [] }])).toBe('[48,1,{},"a.b",[1.5,"ä",null],{"z":1,"a":[]}]');
  });

  it('has ids as integers, up to and including 2^53 [C85]', () => {
    expect(serializer.encode([33, 2 ** 53, 9007199254740991])).toBe('[33,9007199254740992,9007199254740991]');
    expect(serializer.decode('[33,9007199254740992,4429313566]')).toEqual([33, 2 ** 53, 4429313566]);
  });

  it('refuses a BigInt', () => {
    try {
      serializer.encode([{ a: [1n] }]);
      throw new Error('expected a SerializationError');
    } catch (error) {
      expect(error).toBeInstanceOf(SerializationError);
      expect(error).toMatchObject({ message: 'expected JSON values and Uint8Array, got a bigint', path: [0, 'a', 0] });
    }
  });

  it.each([['bytes', new Uint8Array([91, 93])]])('refuses to decode %s', (_, frame) => {
    expect(() => serializer.decode(frame)).toThrow(SerializationError);
  });

  it.each(['', '[', '[1,]', 'x', '[1] [2]', '{"a":1', '\ufeff[1]', "['a']"])('refuses %j, and takes the next', (text) => {
    expect(() => serializer.decode(text)).toThrow();
    expect(serializer.decode('[1]')).toEqual([1]);
  });

  it('does not crash on 200,000 nested lists, and takes the next', () => {
    const nested = (inside: string) => `${'['.repeat(200_000)}${inside}${']'.repeat(200_000)}`;
    for (const text of [nested('1'), nested('"\\u0000AA=="'), '['.repeat(200_000)]) {
      try {
        serializer.decode(text);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(serializer.decode('["\\u0000AQI="]')).toEqual([Uint8Array.of(1, 2)]);
    }
  });
});

describe('bytes in JSON', () => {
  /** The example of the specification. */
  const text = '\0EOP/kFMHXFJvX8BtT+N82w==';
  const bytes = Uint8Array.from(Buffer.from('10e3ff9053075c526f5fc06d4fe37cdb', 'hex'));

  it('are a string of U+0000 and base64 [C84] [R83]', () => {
    expect(serializer.encode([bytes])).toBe('["\\u0000EOP/kFMHXFJvX8BtT+N82w=="]');
    expect(serializer.decode(JSON.stringify([text]))).toEqual([bytes]);
  });

  it('are found at any depth, on the way there and back [C84] [R83]', () => {
    const value = [{ a: [{ b: bytes }], c: 'text' }, [[bytes], bytes]];
    expect(JSON.parse(serializer.encode(value) as string)).toEqual([{ a: [{ b: text }], c: 'text' }, [[text], text]]);
    expect(serializer.decode(serializer.encode(value))).toEqual(value);
  });

  it('are found however the U+0000 is written [C84]', () => {
    expect(serializer.decode('["\\u0000AQI="]')).toEqual([Uint8Array.of(1, 2)]);
    expect(serializer.decode('["\\u0000\\u0041QI="]')).toEqual([Uint8Array.of(1, 2)]);
    expect(serializer.decode('["\\u0000"]')).toEqual([new Uint8Array(0)]);
  });

  it('are not in keys [C84]', () => {
    expect(serializer.decode('[{"\\u0000AQI=":1}]')).toEqual([{ '\0AQI=': 1 }]);
  });

  it.each(['\0no base64!', '\0A', '\0AQ', '\0AQI', '\0AQI=\n', '\0AQ==AQ==', '\0\0', '\0AQ-_', '\0====', 'a\0AQI='])(
    'are not made of %j, which stays the string that it is',
    (string) => {
      expect(serializer.decode(JSON.stringify([string, { a: string }]))).toEqual([string, { a: string }]);
      expect(serializer.decode(serializer.encode([string]))).toEqual([string]);
    },
  );

  it('are themselves again, whatever they are [C84]', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
        const [received] = serializer.decode(serializer.encode([any])) as Uint8Array[];
        expect([...received!]).toEqual([...any]);
        expect(serializer.encode([any])).toBe(JSON.stringify([`\0${Buffer.from(any).toString('base64')}`]));
      }),
      { numRuns: 100 },
    );
  });
});

describe('replacer and reviver', () => {
  it('send what JSON does not have', () => {
    const bigs = json({
      replacer: (_, value) => (typeof value === 'bigint' ? { $big: String(value) } : value),
      reviver: (_, value) =>
        typeof value === 'object' && value !== null && '$big' in value && typeof value.$big === 'string' ? BigInt(value.$big) : value,
    });
    expect(bigs.encode([1, { a: [2n ** 70n] }])).toBe('[1,{"a":[{"$big":"1180591620717411303424"}]}]');
    expect(bigs.decode(bigs.encode([1, { a: [2n ** 70n] }]))).toEqual([1, { a: [2n ** 70n] }]);
  });

  it('get their keys as JSON.stringify and JSON.parse give them, and the reviver sees bytes as bytes', () => {
    const sent: string[] = [];
    const received: [string, unknown][] = [];
    const spy = json({
      replacer: (key, value) => {
        sent.push(key);
        return value;
      },
      reviver: (key, value) => {
        received.push([key, value]);
        return value;
      },
    });
    const frame = spy.encode([1, { a: [Uint8Array.of(1)] }]);
    expect(sent).toEqual(['0', '1', 'a', '0']);
    spy.decode(frame);
    expect(received.map(([key]) => key)).toEqual(['0', '0', 'a', '1', '']);
    expect(received[1]).toEqual(['0', Uint8Array.of(1)]);
  });

  it('may give another value of the model, or undefined to drop a member', () => {
    const dropping = json({ replacer: (key, value) => (key === 'secret' ? undefined : value instanceof Map ? [...value] : value) });
    expect(dropping.encode([{ secret: 1, map: new Map([['a', Uint8Array.of(1)]]) }])).toBe('[{"map":[["a","\\u0000AQ=="]]}]');
  });

  it('leave __proto__ out all the same', () => {
    const identity = json({ reviver: (_, value) => value });
    const [received] = identity.decode('[{"__proto__":{"polluted":1},"ok":2}]');
    expect(Object.keys(received as object)).toEqual(['ok']);
    expect(Object.getPrototypeOf(received)).toBe(Object.prototype);
  });

  it('do not see a disguised __proto__ either', () => {
    for (const key of ['__proto__', '__pro\\u0074o__', '\\u005f_proto__']) {
      for (const each of [serializer, json({ reviver: (_, value) => value })]) {
        expect(Object.keys(each.decode(`[{"${key}":1,"ok":2}]`)[0] as object)).toEqual(['ok']);
      }
    }
  });
});
