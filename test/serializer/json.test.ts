import { json } from 'autostrada';
import { describe, expect, it } from 'vitest';
import { CALL } from '../fixtures/messages.ts';

const { encode, decode } = json();

describe('JSON', () => {
  it('writes the usual text', () => {
    expect(encode(CALL(1, {}, 'com.example.add', [2, 3], { a: 'ä' }))).toBe('[48,1,{},"com.example.add",[2,3],{"a":"ä"}]');
  });

  it('[C84] writes bytes as U+0000 and base64, at any depth', () => {
    const bytes = Uint8Array.from(Buffer.from('10e3ff9053075c526f5fc06d4fe37cdb', 'hex'));
    const frame = '[{"a":["\\u0000EOP/kFMHXFJvX8BtT+N82w=="]},"\\u0000"]';
    expect(encode([{ a: [bytes] }, new Uint8Array(0)])).toBe(frame);
    expect(decode(frame)).toEqual([{ a: [bytes] }, new Uint8Array(0)]);
  });

  it.each(['\0hello', '\0a', '\0====', '\0AAA', '\0A-_A', '\0AAAA\n', 'A\0AAA'])(
    'keeps the text %j, which is not base64 after U+0000',
    (text) => {
      expect(decode(encode([text]))).toEqual([text]);
    },
  );

  it('drops __proto__ from what it reads, in any form', () => {
    const letters = [...'__proto__'].map((letter) => letter.charCodeAt(0).toString(16).padStart(4, '0'));
    const disguised = letters.flatMap((code, i) =>
      [code, code.toUpperCase()].map(
        (hex) => `[{"${'__proto__'.slice(0, i)}\\u${hex}${'__proto__'.slice(i + 1)}":{"bad":1},"b":2}]`,
      ),
    );
    for (const frame of ['[{"__proto__":{"bad":1},"b":2}]', ...disguised, '[{"a":{"__proto__":1},"b":2}]']) {
      const [dict] = decode(frame) as [{ a?: object; bad?: number; b: number }];
      expect([Object.hasOwn(dict, '__proto__'), dict.bad, dict.b]).toEqual([false, undefined, 2]);
      if (dict.a) expect(Object.keys(dict.a)).toEqual([]);
    }
  });

  it('has a replacer and a reviver, which get values first and last', () => {
    const dates = json({
      replacer: (_key, value) => (typeof value === 'bigint' ? { $big: String(value) } : value),
      reviver: (key, value) => (key === '$big' ? BigInt(value as string) : value instanceof Uint8Array ? value.length : value),
    });
    expect(dates.encode([1n, new Uint8Array(3)])).toBe('[{"$big":"1"},"\\u0000AAAA"]');
    expect(dates.decode('[{"$big":"1"},"\\u0000AAAA"]')).toEqual([{ $big: 1n }, 3]);
  });

  it('refuses a BigInt', () => {
    expect(() => encode([[1n]])).toThrow('got a bigint');
  });

  it.each(['', '[1,', 'nonsense', '[1]x'])('refuses the frame %j, and reads the next one', (frame) => {
    expect(() => decode(frame)).toThrow();
    expect(decode('[1]')).toEqual([1]);
  });

  it('refuses bytes', () => {
    expect(() => decode(new Uint8Array(1))).toThrow('expected text, got bytes');
  });
});
