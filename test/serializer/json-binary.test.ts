/* What replacer, reviver and the binary convention of JSON do together, and that any bytes survive it. */
import { json } from 'autostrada';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/serializer/formats/translate/json-read.ts';
import { MsgpackValueWriter } from '../../src/serializer/formats/translate/msgpack-write.ts';

describe('bytes in JSON', () => {
  it('are the same when they are read, whatever they are [C84]', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
        const frame = json().encode([any]);
        expect(frame).toBe(JSON.stringify([`\0${Buffer.from(any).toString('base64')}`]));
        expect([...(json().decode(frame)[0] as Uint8Array)]).toEqual([...any]);
      }),
      { numRuns: 100 },
    );
  });

  it('of 16 MB are read, in a frame and from JSON to another format [C84]', () => {
    const many = new Uint8Array(16_000_000).fill(0xa5);
    const frame = json().encode([many]);
    const [back] = json().decode(frame);
    expect(Buffer.compare(back as Uint8Array, many)).toBe(0);
    const target = new MsgpackValueWriter(20_000_000);
    readJson(new TextEncoder().encode(String(frame).slice(1, -1)), target);
    expect(Buffer.compare(target.written.subarray(5), many)).toBe(0);
  });

  it('are not found in text that is not base64 [C84]', () => {
    for (const text of [
      'A',
      'AA',
      'AAA',
      '=',
      '==',
      '====',
      'A===',
      'AA=A',
      'AAA=A',
      'AA==AAAA',
      'AAAA====',
      'AA-_',
      'AAA ',
      'AAA\n',
      'AAA\u00ff',
    ])
      expect(json().decode(JSON.stringify([`\0${text}`]))).toEqual([`\0${text}`]);
    expect(json().decode(JSON.stringify(['\0', '\0AA==', '\0AAA=', '\0+/+/']))).toEqual(
      [[], [0], [0, 0], [251, 255, 191]].map((octets) => Uint8Array.from(octets)),
    );
  });

  it('are found in any form of U+0000, and never in keys [C84]', () => {
    expect(json().decode('["\\u0000\\u0041QI=",{"\\u0000AQI=":1}]')).toEqual([Uint8Array.of(1, 2), { '\0AQI=': 1 }]);
  });

  it('do not crash the decoder in 200,000 nested lists, and the next frame is read', () => {
    const nested = (inside: string) => `${'['.repeat(200_000)}${inside}${']'.repeat(200_000)}`;
    for (const frame of [nested('1'), nested('"\\u0000AA=="'), '['.repeat(200_000)]) {
      try {
        json().decode(frame);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      expect(json().decode('["\\u0000AQI="]')).toEqual([Uint8Array.of(1, 2)]);
    }
  });
});

describe('a replacer or reviver', () => {
  it('gets its keys as with JSON.stringify and JSON.parse', () => {
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
    const map = new Map([['a', Uint8Array.of(1)]]);
    expect(dropping.encode([{ secret: 1, map }])).toBe('[{"map":[["a","\\u0000AQ=="]]}]');
  });

  it.each(['__proto__', '__pro\\u0074o__', '\\u005f_proto__'])('gets no %s, and neither does the user', (key) => {
    const seen: string[] = [];
    const spy = json({
      reviver: (name, value) => {
        seen.push(name);
        return value;
      },
    });
    const [received] = spy.decode(`[{"${key}":{"polluted":1},"ok":2}]`);
    expect(Object.keys(received as object)).toEqual(['ok']);
    expect(Object.getPrototypeOf(received)).toBe(Object.prototype);
    expect(seen).not.toContain('__proto__');
  });
});
