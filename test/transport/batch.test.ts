/* Batches as a format: from messages to one frame and back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinBatch, splitBatch } from '../../src/transport/batch.ts';
import { byteLength } from '../../src/transport/frame-length.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

describe('[C81] [R82] a batch', () => {
  test('of text has U+001E after each message', () => {
    expect(joinBatch(['[1]', '[2]'], '\x1e')).toBe('[1]\x1e[2]\x1e');
    expect(joinBatch(['[1]'], '\x18')).toBe('[1]\x18');
  });

  test('of bytes has its length before each message, 32 bits, big-endian', () => {
    expect(joinBatch([bytes(7), bytes(8, 9)], '\x1e')).toEqual(bytes(0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9));
    expect((joinBatch([new Uint8Array(70_000)], '\x1e') as Uint8Array).slice(0, 4)).toEqual(bytes(0, 1, 0x11, 0x70));
  });

  test.each(['\x1e', '\x18'])('of text is read with the separator %j', (separator) => {
    expect(splitBatch(`[1]${separator}[2]${separator}`)).toEqual(['[1]', '[2]']);
  });

  test('of bytes is read in the middle of a larger buffer', () => {
    const whole = bytes(99, 99, 0, 0, 0, 1, 7, 99);
    expect(splitBatch(whole.subarray(2, 7))).toEqual([bytes(7)]);
  });

  test('contains the messages from which it was made', () => {
    const text = fc.array(fc.json(), { minLength: 1 });
    fc.assert(fc.property(text, (frames) => void expect(splitBatch(joinBatch(frames, '\x1e'))).toEqual(frames)));
    const binary = fc.array(fc.uint8Array({ minLength: 1 }), { minLength: 1 });
    fc.assert(fc.property(binary, (frames) => void expect(splitBatch(joinBatch(frames, '\x1e'))).toEqual(frames)));
  });
});

describe('[C81] [R82] a batch is refused', () => {
  test.each([
    ['that is empty text', '', 'got an empty one'],
    ['of one empty message', '\x1e', 'got an empty one'],
    ['with an empty message in it', '[1]\x1e\x1e[2]\x1e', 'got an empty one'],
    ['that has no separator', '[1]', 'expected a separator (U+001E) at the end of a batch, got none'],
    ['whose last message has no separator', '[1]\x1e[2]', 'expected a separator'],
    ['that is empty bytes', bytes(), 'got an empty one'],
    ['of an empty message in bytes', bytes(0, 0, 0, 0), 'got an empty one'],
    ['that ends in a length', bytes(0, 0, 0, 1, 7, 0, 0), 'expected the length of a message in a batch, got less than 4 bytes'],
    ['that ends in a message', bytes(0, 0, 0, 3, 7, 8), 'expected a message of 3 bytes in a batch, got 2'],
    ['with a length past everything', bytes(0xff, 0xff, 0xff, 0xff, 1), 'expected a message of 4294967295 bytes in a batch, got 1'],
  ])('%s', (_, batch, text) => {
    expect(() => splitBatch(batch)).toThrow(
      expect.objectContaining({ name: 'ProtocolError', message: expect.stringContaining(text) }),
    );
  });

  test('with a ProtocolError, or read, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (batch) => {
        try {
          expect(joinBatch(splitBatch(batch), '\x1e')).toEqual(batch);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError' });
        }
      }),
    );
  });
});

describe('[R84] the limit of a batch', () => {
  test('applies to each message, not to the batch', () => {
    expect(splitBatch('12345\x1e12345\x1e', 5)).toHaveLength(2);
    const error = expect.objectContaining({ name: 'TransportError', uri: 'wamp.error.payload_size_exceeded' });
    expect(() => splitBatch('1234\x1e123456\x1e', 5)).toThrow(error);
    expect(() => splitBatch(bytes(0, 0, 0, 3, 1, 2, 3), 2)).toThrow(error);
  });

  test('[G2] is also a number of messages from the other side, however short they are', () => {
    const error = expect.objectContaining({ name: 'TransportError', uri: 'wamp.error.payload_size_exceeded' });
    const short = bytes(0, 0, 0, 1, 7);
    const binary = (count: number): Uint8Array => Uint8Array.from({ length: 5 * count }, (_, i) => short[i % 5] ?? 0);
    for (const batch of [(count: number) => '1\x1e'.repeat(count), binary]) {
      expect(splitBatch(batch(3), 5, 3)).toHaveLength(3);
      expect(() => splitBatch(batch(4), 5, 3)).toThrow(error);
      expect(() => splitBatch(batch(400), 5, 3)).toThrow('expected at most 3 messages in a batch, got more');
    }
  });

  test('is in bytes of UTF-8 for text', () => {
    expect(splitBatch('äöü\x1e', 6)).toEqual(['äöü']);
    expect(() => splitBatch('äöü\x1e', 5)).toThrow('expected messages of at most 5 bytes, got a larger one');
    expect(splitBatch('😀\x1e', 4)).toEqual(['😀']);
    expect(() => splitBatch('😀\x1e', 3)).toThrow();
  });

  test('counts text by its UTF-8', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => void expect(byteLength(text)).toBe(new TextEncoder().encode(text).length),
      ),
    );
  });
});
