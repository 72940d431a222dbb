/* Random and crafted bytes: the decoder gives a value or an error, and reads the next frame as if nothing had been. */
import { msgpack } from 'autostrada/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT } from '../fixtures/messages.ts';

const serializer = msgpack();
const fine = serializer.encode(EVENT(1, 2 ** 40, {}, [{ name: 'x', bytes: Uint8Array.of(1) }])) as Uint8Array;

function outcome(frame: Uint8Array): unknown {
  let result: unknown;
  try {
    result = serializer.decode(frame);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    result = 'refused';
  }
  expect(serializer.decode(fine)).toEqual(EVENT(1, 2 ** 40, {}, [{ name: 'x', bytes: Uint8Array.of(1) }]));
  return result;
}

/** Whether it holds only what the payload model has. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
  }
  return value === null || value instanceof Uint8Array || ['string', 'number', 'boolean'].includes(typeof value);
}

describe('hostile MessagePack', () => {
  it('always gives an error or a value of the payload model', () => {
    const frames = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      // A good frame with a few bytes changed.
      fc.array(fc.tuple(fc.nat(fine.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }).map((changes) => {
        const frame = Uint8Array.from(fine);
        for (const [at, byte] of changes) frame[at] = byte;
        return frame;
      }),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        const result = outcome(frame);
        expect(result === 'refused' || isPlain(result)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('is refused wherever a good frame is cut off', () => {
    for (let length = 0; length < fine.length; length++) expect(outcome(fine.slice(0, length))).toBe('refused');
  });

  it('cannot make a large value from a small frame', () => {
    // The references of an extension: each level is a pair of the level below, once in full and once by reference. 2^60 values in 900 bytes.
    const ext = (type: string, id: number) => `d6${type}${id.toString(16).padStart(8, '0')}`;
    let hex = `${ext('69', 0)}9101`;
    for (let level = 1; level <= 60; level++) hex = `${ext('69', level)}92${hex}${ext('70', level - 1)}`;
    expect(outcome(Uint8Array.from(Buffer.from(hex, 'hex')))).toBe('refused');
  });

  it('may have a __proto__ key, which changes no prototype', () => {
    const [dict] = outcome(Uint8Array.from(Buffer.from('9181a95f5f70726f746f5f5f81a17801', 'hex'))) as object[];
    expect(Object.getPrototypeOf(dict)).toBe(Object.prototype);
    expect(Object.hasOwn(dict!, '__proto__')).toBe(false);
    expect('x' in dict!).toBe(false);
  });

  it('gives plain bytes for a Buffer, and for a part of a larger one', () => {
    const whole = Buffer.from('ffff92a161c4020102ffff', 'hex');
    const [, bytes] = serializer.decode(whole.subarray(2, 9)) as Uint8Array[];
    expect(bytes!.constructor).toBe(Uint8Array);
    expect(bytes).toEqual(Uint8Array.of(1, 2));
  });
});
