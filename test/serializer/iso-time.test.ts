/* Points in time as text: the platform's own text is right. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoTime } from '../../src/serializer/bytes/iso-time.ts';

const platform = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

test('[G1] whole seconds have the same text as on the platform', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }), (seconds) => {
      expect(isoTime(seconds, 0)).toBe(platform(seconds));
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: -70_000_000_000, max: 260_000_000_000 }), (seconds) => {
      expect(isoTime(seconds, 0)).toBe(platform(seconds));
    }),
    { numRuns: 5000 },
  );
});

test.each([
  '0000-01-01T00:00:00Z',
  '0000-02-29T23:59:59Z',
  '1900-03-01T00:00:00Z',
  '1970-01-01T00:00:00Z',
  '1999-12-31T23:59:59Z',
  '2000-02-29T12:00:00Z',
  '2024-02-29T23:59:59Z',
  '2100-02-28T23:59:59Z',
  '9999-12-31T23:59:59Z',
])('[G1] the time %s is written in the same way', (text) => {
  expect(isoTime(Date.parse(text) / 1000, 0)).toBe(text);
});

test('[G1] a fraction has as many digits as needed, in threes', () => {
  expect(isoTime(0, 1)).toBe('1970-01-01T00:00:00.000000001Z');
  expect(isoTime(0, 1000)).toBe('1970-01-01T00:00:00.000001Z');
  expect(isoTime(-1, 500_000_000)).toBe('1969-12-31T23:59:59.500Z');
  expect(isoTime(253_402_300_800, 500_000_000)).toBe('+010000-01-01T00:00:00.500Z');
});

test('[G1] a time that ISO 8601 does not have is refused', () => {
  expect(isoTime(0, 1_000_000_000)).toBeUndefined();
  expect(isoTime(8_640_000_000_001, 0)).toBeUndefined();
  expect(isoTime(Number.NaN, 0)).toBeUndefined();
});
