/* Runs of plain bytes end where a look at each byte says, wherever in memory they lie and however long they are. */
import { describe, expect, test } from 'vitest';
import { asciiEnd, plainEnd } from '../../../src/serializer/bytes/runs.ts';

/** Around the lengths from which on words are looked at, and their multiples of four. */
const lengths = [0, 1, 3, 4, 7, 8, 9, 127, 128, 129, 132, 255, 256, 257, 258, 259, 260, 300, 512, 1001];
/** Beyond ASCII, controls, quotes and backslashes, and their neighbours. */
const odd = [0x00, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0xa2, 0xdc, 0xff];

function* runs(): Generator<{ readonly bytes: Uint8Array; readonly start: number; readonly end: number }> {
  for (const length of lengths) {
    for (let offset = 0; offset < 4; offset++) {
      // A byte at each of these places, in a run that begins somewhere and does not end with the memory.
      for (const place of new Set([0, 1, 2, 3, 5, 127, 128, 130, 255, 256, 257, length - 2, length - 1])) {
        for (const byte of odd) {
          const bytes = new Uint8Array(new ArrayBuffer(length + 20), offset, length + 9).fill(0x61);
          if (place >= 0 && place < length) bytes[3 + place] = byte;
          bytes[3 + length] = 0x22;
          yield { bytes, start: 3, end: 3 + length };
        }
      }
    }
  }
}

function endOf({ bytes, start, end }: { bytes: Uint8Array; start: number; end: number }, isIn: (byte: number) => boolean): number {
  const found = bytes.subarray(start, end).findIndex((byte) => !isIn(byte));
  return found < 0 ? end : start + found;
}

describe('a run of bytes', () => {
  test('[G1] ends at the first byte that is not ASCII', () => {
    for (const run of runs()) {
      const expected = endOf(run, (byte) => byte < 0x80);
      if (asciiEnd(run.bytes, run.start, run.end) !== expected) expect(run).toEqual({ expected });
    }
  });

  test('[G1] in a string of JSON ends at a quote, a backslash, a control character or a byte that is not ASCII', () => {
    for (const run of runs()) {
      const expected = endOf(run, (byte) => byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c);
      if (plainEnd(run.bytes, run.start, run.end) !== expected) expect(run).toEqual({ expected });
    }
  });
});
