/* Text in CBOR, by the platform's TextEncoder and TextDecoder and without them: each must be what Node.js makes of it. */
import { cbor } from 'autostrada/cbor';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe.each(['with', 'without'])('UTF-8 in CBOR %s TextEncoder and TextDecoder', (platform) => {
  afterEach(() => vi.unstubAllGlobals());
  const make = () => {
    if (platform === 'without') {
      vi.stubGlobal('TextEncoder', undefined);
      vi.stubGlobal('TextDecoder', undefined);
    }
    return cbor();
  };
  const written = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

  it('is the same that the platform writes, half surrogate pairs too, and is read again', () => {
    const { encode, decode } = make();
    const text = fc.oneof(
      fc.array(fc.oneof(fc.nat(127), fc.nat(0x10ffff)), { maxLength: 60 }).map((points) => String.fromCodePoint(...points)),
      fc
        .array(fc.constantFrom('a', 'ü', '水', '\u{10151}', '\ud800', '\udc00', '\ufeff', '\0'), { maxLength: 80 })
        .map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (given) => {
        const frame = Buffer.from(encode([given]) as Uint8Array).toString('hex');
        expect(frame.endsWith(written(given))).toBe(true);
        const fixed = Buffer.from(given).toString();
        expect(decode(encode([given, { [given]: 1 }]))).toEqual([fixed, { [fixed === '__proto__' ? '' : fixed]: 1 }]);
      }),
      { numRuns: 150 },
    );
  });

  it('that is invalid becomes U+FFFD, as on the platform', () => {
    const { decode } = make();
    const piece = fc.constantFrom(
      '61',
      'c3',
      'bc',
      'c0',
      'e6',
      'b0',
      'b4',
      'e0',
      '80',
      'ed',
      'a0',
      '9f',
      'f0',
      '90',
      'f4',
      '8f',
      'f5',
      'ff',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        const text = bytes(pieces.join(''));
        const frame = Uint8Array.from([0x82, 0x78, text.length, ...text, 0xa1, 0x78, text.length, ...text, 1]);
        const expected = Buffer.from(text).toString('utf8');
        expect(decode(frame)).toEqual([expected, { [expected]: 1 }]);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps a byte order mark, which is text like any other', () => {
    const { encode, decode } = make();
    for (const length of [0, 10, 100, 5000]) {
      const text = `\ufeff${'x'.repeat(length)}`;
      expect(decode(encode([text]))).toEqual([text]);
    }
  });
});
