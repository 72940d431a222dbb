import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

const strict = new TextDecoder('utf-8', { fatal: true });

function isText(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Text of any length in which a few bytes may have been changed. */
const bytes = fc
  .tuple(
    fc.string({ unit: 'binary', minLength: 0, maxLength: 60 }),
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 2 }),
  )
  .map(([text, times, changes]) => {
    const all = new TextEncoder().encode(text.repeat(times));
    for (const [at, byte] of changes) if (all.length > 0) all[at % all.length] = byte;
    return all;
  });

describe.each(['as the platform has it', 'where the platform has none'])('the check for UTF-8, %s,', (where) => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('[G1] agrees with a strict TextDecoder, for short and for long text', async () => {
    if (where !== 'as the platform has it') vi.stubGlobal('process', undefined);
    const { isUtf8, isShortUtf8 } = await import('../../../src/serializer/bytes/utf8-check.ts');
    vi.unstubAllGlobals();
    fc.assert(
      fc.property(bytes, fc.nat({ max: 9 }), (text, before) => {
        const frame = new Uint8Array(before + text.length + 3).fill(0xff);
        frame.set(text, before);
        for (const check of [isUtf8, isShortUtf8]) expect(check(frame, before, before + text.length)).toBe(isText(text));
      }),
      { numRuns: 500 },
    );
  });
});
