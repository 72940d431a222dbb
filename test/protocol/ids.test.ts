import { afterEach, describe, expect, it, vi } from 'vitest';
import { isId, nextId, RandomIds } from '../../src/protocol/ids.ts';

describe('an id', () => {
  it('is an integer from 1 to 2^53, both included [C12]', () => {
    for (const id of [1, 2, 2 ** 31, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53]) expect(isId(id)).toBe(true);
  });

  it.each([0, -0, -1, 1.5, 2 ** 53 + 2, Infinity, -Infinity, Number.NaN, '1', true, null, undefined, 1n, [1], {}])(
    'cannot be %s',
    (value) => {
      expect(isId(value)).toBe(false);
    },
  );
});

describe('ids of the session scope', () => {
  it('begin with 1, grow by one, and begin again after 2^53 [C10] [R09]', () => {
    expect(nextId(0)).toBe(1);
    expect(nextId(1)).toBe(2);
    expect(nextId(2 ** 32)).toBe(2 ** 32 + 1);
    expect(nextId(2 ** 53 - 1)).toBe(2 ** 53);
    expect(nextId(2 ** 53)).toBe(1);
  });
});

describe('ids of the global scope', () => {
  afterEach(() => vi.unstubAllGlobals());

  function filledWith(word: number): void {
    vi.stubGlobal('crypto', { getRandomValues: (words: Uint32Array) => words.fill(word) });
  }

  it('are at least 1 and at most 2^53 [R03]', () => {
    filledWith(0);
    expect(new RandomIds().next()).toBe(1);
    filledWith(0xffff_ffff);
    expect(new RandomIds().next()).toBe(2 ** 53);
  });

  it('are drawn from the whole range, evenly [R03]', () => {
    const ids = new RandomIds();
    const eighths = new Array<number>(8).fill(0);
    const odd = { count: 0 };
    for (let i = 0; i < 8000; i++) {
      const id = ids.next();
      expect(isId(id)).toBe(true);
      eighths[Math.min(7, Math.floor((id / 2 ** 53) * 8))]! += 1;
      odd.count += id % 2;
    }
    // 1000 each is expected, and 30 is the standard deviation.
    for (const count of eighths) expect(Math.abs(count - 1000)).toBeLessThan(250);
    expect(Math.abs(odd.count - 4000)).toBeLessThan(400);
  });

  it('do not repeat in several batches', () => {
    const ids = new RandomIds();
    expect(new Set(Array.from({ length: 1000 }, () => ids.next())).size).toBe(1000);
  });

  it('also work without crypto', () => {
    vi.stubGlobal('crypto', undefined);
    const ids = new RandomIds();
    const drawn = Array.from({ length: 1000 }, () => ids.next());
    expect(drawn.every(isId)).toBe(true);
    expect(new Set(drawn).size).toBe(1000);
    expect(Math.max(...drawn)).toBeGreaterThan(2 ** 52);
  });
});
