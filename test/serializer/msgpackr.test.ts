/*
 * The serializer by msgpackr: what it lets msgpackr do and what not. The payload model itself is in payload.test.ts and payload-edges.test.ts, and
 * that it agrees with our own codec in msgpackr-judge.test.ts.
 */
import { SerializationError } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { msgpackr } from 'autostrada/msgpackr';
import { Packr, Unpackr } from 'msgpackr';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CALL } from '../fixtures/messages.ts';

const serializer = msgpackr();
const { encode, decode } = serializer;
const hex = (frame: string | Uint8Array): string => Buffer.from(frame as Uint8Array).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const fine = CALL(1, {}, 'com.example.add', [{ text: 'ä', bytes: Uint8Array.of(1), n: -1.5, none: null }]);

function failure(action: () => unknown): SerializationError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return error as SerializationError;
  }
  throw new Error('expected a SerializationError');
}

describe('msgpackr()', () => {
  afterEach(() => vi.restoreAllMocks());

  it('[H14] is MessagePack on the wire, which routers carry as bytes', () => {
    expect(serializer).toMatchObject({ name: 'msgpack', isBinary: true, isStandard: true });
    expect(hex(encode(fine))).toBe(hex(msgpack().encode(fine)));
  });

  it('[H14] lets msgpackr read and write plain values', () => {
    const unpack = vi.spyOn(Unpackr.prototype, 'unpack');
    const frame = encode(fine);
    expect(Buffer.isBuffer(frame)).toBe(true); // ours are plain Uint8Arrays
    expect(decode(frame)).toEqual(fine);
    expect(unpack).toHaveBeenCalledTimes(1);
  });

  it('[H14] adds nothing to a frame that it reads, and shares no memory with it', () => {
    const frame = Uint8Array.from(encode([Uint8Array.of(1, 2)]) as Uint8Array);
    const keys = Reflect.ownKeys(frame).length;
    const [received] = decode(frame) as [Uint8Array];
    expect(Reflect.ownKeys(frame)).toHaveLength(keys);
    frame.fill(0);
    expect(received.constructor).toBe(Uint8Array);
    expect(received).toEqual(Uint8Array.of(1, 2));
  });

  it('[H14] does not change frames while others are written', () => {
    const frames = Array.from({ length: 2000 }, (_, i) => encode([i, 'x'.repeat(i % 50)]));
    frames.forEach((frame, i) => void expect(decode(frame)).toEqual([i, 'x'.repeat(i % 50)]));
  });

  it('[H14] makes no code from what comes, as msgpackr alone does', () => {
    // A record of one member, `a`, defined once and used often.
    const frame = bytes(`9a d47240 91a161 01 ${'4002'.repeat(9)}`);
    const made = vi.spyOn(globalThis, 'Function');
    expect(new Unpackr({ useRecords: false }).unpack(Uint8Array.from(frame))).toHaveLength(10);
    expect(made).toHaveBeenCalled();
    made.mockClear();
    const outcomes = Array.from({ length: 5 }, () => {
      try {
        return decode(frame);
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(made).not.toHaveBeenCalled();
    vi.restoreAllMocks(); // an assertion asks for the real one
    expect(outcomes).toEqual(Array(5).fill('expected one value, got 11 bytes more'));
    expect(decode(bytes('93 40 41 7f'))).toEqual([0x40, 0x41, 0x7f]);
  });

  it.each<[string, string]>([
    ['a record of two bytes', '92 d5726001 91a161 01 02'],
    ['a reference', '92 d66900000001 91a161 d67000000001'],
    ['a reference to nothing', '91 d67000000009'],
    ['bundled text', '91 d66200000008 c104 a0 a474657874'],
    ['a Set', '91 d47300 9101'],
    ['an Error', '91 d46500 93a161a162c0'],
    ['a regular expression', '91 d47800 92a328612ba0'],
    ['a typed array', '91 c705 74 06 00000000'],
    ['a BigInt of more than 64 bits', '91 c709 42 010203040506070809'],
    ['the code that is never used', '91 c1'],
    ['undefined', '92 d40000 01'],
    ['undefined as a member', '91 82 a161 d40000 a162 01'],
    ['a timestamp of 32 bits', '91 d6ff 00000001'],
    ['a timestamp of 96 bits', '91 c70cff 00000001 ffffffffffffffff'],
    ['an unknown extension', '91 d405 07'],
    ['a number as a key', '91 81 01 02'],
    ['nil as a key', '91 81 c0 02'],
    ['a list as a key', '91 81 90 02'],
    ['a __proto__ key', '91 82 a95f5f70726f746f5f5f 81a17801 a161 01'],
    ['a __proto__ key of another width', '91 81 d9095f5f70726f746f5f5f 81a17801'],
    ['text that is no UTF-8', '92 a3e28228 01'],
    ['text that ends in the middle of a character', '93 a1f0 c403909090 01'],
    ['half a surrogate pair', '91 a3eda080'],
    ['a byte order mark', `91 d94a efbbbf ${'c3a4'.repeat(35)}61`],
    ['more than one value', '91 01 02'],
    ['nothing', ''],
    ['a list that is cut off', '92 01'],
    ['a length that is a lie', '91 dbffffffff 61'],
    ['a list longer than the frame', 'ddffffffff 01'],
    ['100 levels', `${'91'.repeat(100)}90`],
    ['1,100 levels', '91'.repeat(1100)],
    ['integers of 64 bits', '94 cf0000000000000001 cf0020000000000000 d3ffffffffffffffff d3ffe0000000000000'],
  ])('[H14] reads %s as our own codec does, or refuses it for the same reason', (_, text) => {
    const outcome = (read: () => unknown): unknown => {
      try {
        return read();
      } catch (error) {
        return error;
      }
    };
    const frame = bytes(text);
    const wanted = outcome(() => msgpack().decode(frame));
    const got = outcome(() => decode(frame));
    expect(got).toEqual(wanted);
    expect(got instanceof Error).toBe(wanted instanceof Error);
    if (got instanceof Error) expect(got).toBeInstanceOf(SerializationError);
    expect(decode(encode(fine))).toEqual(fine);
  });

  it('[H14] reads integers of 64 bits exactly, unless it is told to round them', () => {
    const frame = bytes('95 cf001fffffffffffff cf0020000000000001 cfffffffffffffffff d38000000000000000 d3ffdfffffffffffff');
    expect(decode(frame)).toEqual([2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 64n - 1n, -(2n ** 63n), -(2n ** 53n) - 1n]);
    expect(decode(encode(decode(frame)))).toEqual(decode(frame));
    expect(msgpackr({ int64: 'number' }).decode(frame)).toEqual(msgpack().decode(frame));
    expect(failure(() => encode([2n ** 64n])).message).toContain('got a bigint');
  });

  it('[H14] writes integers up to 2^53 as integers, which routers want as ids', () => {
    expect(hex(encode([2 ** 32, 2 ** 53, -(2 ** 31) - 1, -0]))).toBe('94cf0000000100000000cf0020000000000000d3ffffffff7fffffff00');
    expect(hex(encode([2 ** 54]))).toBe('91cb4350000000000000');
  });

  it('[H14] writes only UTF-8', () => {
    expect(decode(encode(['\ud800', { 'a\udc00': '😀' }]))).toEqual(['\ufffd', { 'a\ufffd': '😀' }]);
    const text = `\ufeff${'ä'.repeat(80)}`;
    expect(decode(encode([text]))).toEqual([text]);
  });

  it('[H14] gives the envelope of a message whose payload cannot be read', () => {
    const frame = bytes(`94 24 01 02 ${'91'.repeat(1200)}90`);
    expect(failure(() => decode(frame)).envelope?.slice(0, 3)).toEqual([36, 1, 2]);
  });

  it('[H14] refuses text', () => {
    expect(failure(() => decode('[1]')).message).toBe('expected bytes, got text');
  });

  it('[H14] allows a getter to use it while its object is written, and survives one that throws', () => {
    const inner: unknown[] = [];
    const value = {
      get a() {
        inner.push(decode(encode([{ b: 1 }])));
        return 'a';
      },
    };
    expect(decode(encode([value, 2]))).toEqual([{ a: 'a' }, 2]);
    expect(inner[0]).toEqual([{ b: 1 }]);
    let times = 0;
    const fickle = {
      get a() {
        return times++ === 0 ? 1 : Symbol('later');
      },
    };
    expect(failure(() => encode([fickle])).path).toEqual([0, 'a']);
    expect(decode(encode(fine))).toEqual(fine);
  });

  it('[H14] does not depend on other uses of msgpackr in the process', () => {
    const others = new Packr({ useRecords: true, structures: [], structuredClone: true, bundleStrings: true });
    const shared = { a: 'some text', b: 'some text' };
    const theirs = others.pack([shared, shared, { a: 1, b: 2 }]);
    const ours = encode([shared, shared]);
    expect(others.unpack(theirs)).toEqual([shared, shared, { a: 1, b: 2 }]);
    expect(decode(ours)).toEqual([shared, shared]);
    expect(hex(ours)).toBe(hex(msgpack().encode([shared, shared])));
  });
});
