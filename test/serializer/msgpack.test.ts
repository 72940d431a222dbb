import { msgpack } from 'autostrada/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerializationError } from '../../src/errors.ts';

const serializer = msgpack();
const exact = msgpack({ int64: 'bigint' });

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hexOf = (list: readonly unknown[]): string => Buffer.from(serializer.encode(list) as Uint8Array).toString('hex');

describe('MessagePack', () => {
  it('is bytes', () => {
    expect(serializer.name).toBe('msgpack');
    expect(serializer.isBinary).toBe(true);
    expect(() => serializer.decode('[1]')).toThrow(SerializationError);
  });

  it.each([
    [0, '00'],
    [127, '7f'],
    [128, 'cc80'],
    [2 ** 16, 'ce00010000'],
    [2 ** 32 - 1, 'ceffffffff'],
    [2 ** 32, 'cf0000000100000000'],
    [4429313566, 'cf00000001080206 1e'.replace(' ', '')],
    [2 ** 53 - 1, 'cf001fffffffffffff'],
    [2 ** 53, 'cf0020000000000000'],
    [-1, 'ff'],
    [-32, 'e0'],
    [-33, 'd0df'],
    [-(2 ** 31), 'd280000000'],
    [-(2 ** 31) - 1, 'd3ffffffff7fffffff'],
    [-(2 ** 32), 'd3ffffffff00000000'],
    [-(2 ** 53) + 1, 'd3ffe0000000000001'],
    [-(2 ** 53), 'd3ffe0000000000000'],
  ])('writes the integer %d as an integer: %s [C85]', (integer, hex) => {
    expect(hexOf([integer])).toBe(`91${hex}`);
    expect(hexOf([33, integer, { a: [integer] }])).toBe(`9321${hex}81a16191${hex}`);
    for (const each of [serializer, exact]) expect(each.decode(bytesOf(`91${hex}`))).toEqual([integer]);
  });

  it('writes what is no integer of up to 2^53 as a float', () => {
    expect(hexOf([1.5])).toBe('91cb3ff8000000000000');
    expect(hexOf([2 ** 53 + 2])).toBe('91cb4340000000000001');
    expect(hexOf([1e300])).toMatch(/^91cb/);
  });

  it.each([
    ['a BigInt', [5n], '91d30000000000000005'],
    ['the smallest', [-(2n ** 63n)], '91d38000000000000000'],
    ['the largest', [2n ** 64n - 1n], '91cfffffffffffffffff'],
  ])('writes %s as 64 bits [C85]', (_, list, hex) => {
    expect(hexOf(list)).toBe(hex);
  });

  it('refuses a BigInt of more than 64 bits', () => {
    for (const big of [2n ** 64n, -(2n ** 63n) - 1n]) {
      expect(() => serializer.encode([{ a: big }])).toThrow('expected JSON values and Uint8Array, got a bigint');
    }
  });

  it('reads integers beyond 2^53 as rounded numbers, or exactly as BigInt when told', () => {
    const hex = '94 cf0020000000000001 d3ffdfffffffffffff cfffffffffffffffff cf0020000000000000';
    expect(serializer.decode(bytesOf(hex))).toEqual([2 ** 53, -(2 ** 53), 2 ** 64, 2 ** 53]);
    expect(exact.decode(bytesOf(hex))).toEqual([2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 64n - 1n, 2 ** 53]);
  });

  it('writes maps of minimal width with string keys, strings and bytes apart [C85]', () => {
    expect(hexOf([{}, { a: 1 }, [], 'a', Uint8Array.of(97), null, true])).toBe('978081a1610190a161c40161c0c3');
    expect(hexOf([Buffer.of(97)])).toBe('91c40161');
    expect(hexOf([{ 1: 'a' }])).toBe('9181a131a161');
    expect(hexOf([Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, i]))])).toMatch(/^91de0010/);
  });

  it('is itself again for any integer', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (integer) => {
        expect(serializer.decode(serializer.encode([integer]))).toEqual([integer]);
        expect(exact.decode(serializer.encode([integer]))).toEqual([integer]);
      }),
      { numRuns: 200 },
    );
  });

  it('reads a Buffer as plain bytes', () => {
    const [received] = serializer.decode(Buffer.from('91c403010203', 'hex')) as Uint8Array[];
    expect(received!.constructor).toBe(Uint8Array);
    expect(received).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('reads a view of a part of a larger buffer', () => {
    const whole = bytesOf('ffff 92a16102 ffff');
    expect(serializer.decode(whole.subarray(2, 6))).toEqual(['a', 2]);
  });
});

describe('hostile MessagePack', () => {
  const fine = serializer.encode([36, 1, 2, {}, [{ name: 'x' }]]);

  /** What it is decoded to, or the error; in any case the next frame is read as if nothing had been. */
  function outcome(frame: Uint8Array): unknown {
    let result: unknown;
    try {
      result = serializer.decode(frame);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      result = 'refused';
    }
    expect(serializer.decode(fine)).toEqual([36, 1, 2, {}, [{ name: 'x' }]]);
    return result;
  }

  it.each([
    ['nothing', ''],
    ['a truncated list', '9201'],
    ['a truncated string', '91a568'],
    ['a truncated integer', '91cf0000'],
    ['a list of 2^32 items', 'ddffffffff'],
    ['a map of 2^32 members', 'dfffffffff'],
    ['a string of 2 GB', '91db7fffffff'],
    ['bytes of 2 GB', '91c67fffffff'],
    ['trailing bytes', '910102'],
    ['two messages', '91019101'],
    ['a list as a key', '9181910102'],
    ['bytes as a key', '9181c4016102'],
    ['the byte that is never used', '91c1'],
    ['an extension that nobody knows', '91d40500'],
    ['our own extension, which is for writing only', '91d77e0000000000000001'],
    ['a Set', '91d47300920102'],
    ['a RegExp', '91d4780092a161a167'],
    ['an Error', '91d6650000000093a161a162c0'],
    ['a Float64Array', '91c7097408 0000000000000000'],
    ['an identity', '91d6690000000191 01'],
    ['a reference to nothing', '91d67000000001'],
    ['a list inside itself', 'd66900000001 91 d67000000001'],
  ])('is refused: %s', (_, hex) => {
    expect(outcome(bytesOf(hex))).toBe('refused');
  });

  it('has timestamps for Dates, which become strings', () => {
    expect(outcome(bytesOf('91d6ff00000001'))).toEqual(['1970-01-01T00:00:01.000Z']);
  });

  it('may define records, which are plain dicts and forgotten after the frame', () => {
    expect(outcome(bytesOf('92 d4724091a161 01 40 02'))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(serializer.decode(bytesOf('9140'))).toEqual([64]);
  });

  it('may have a __proto__ key, which changes no prototype', () => {
    const [dict] = outcome(bytesOf('91 81 a95f5f70726f746f5f5f 81a17801')) as object[];
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
    expect(Object.keys(dict!)).not.toContain('__proto__');
    expect('x' in dict!).toBe(false);
  });

  it('cannot make a small frame into a large value: references are off', () => {
    // Each level is a pair of the level below, once in full and once by reference: 2^60 values in 600 bytes.
    const ext = (type: string, id: number) => `d6${type}${id.toString(16).padStart(8, '0')}`;
    let hex = `${ext('69', 0)}9101`;
    for (let level = 1; level <= 60; level++) hex = `${ext('69', level)}92${hex}${ext('70', level - 1)}`;
    expect(outcome(bytesOf(hex))).toBe('refused');
  });

  it('is refused when 200,000 lists deep', () => {
    const frame = new Uint8Array(200_001).fill(0x91);
    frame[200_000] = 1;
    expect(outcome(frame)).toBe('refused');
  });

  it('is never more than an error, whatever the bytes are', () => {
    const frames = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      // A good frame with a few bytes changed.
      fc.array(fc.tuple(fc.nat(fine.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const frame = Uint8Array.from(fine as Uint8Array);
        for (const [at, byte] of changes) frame[at] = byte;
        return frame;
      }),
    );
    fc.assert(fc.property(frames, (frame) => void outcome(frame)), { numRuns: 1500 });
  });
});
