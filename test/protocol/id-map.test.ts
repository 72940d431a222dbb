import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdMap } from '../../src/protocol/id-map.ts';

describe('a table by id', () => {
  it('behaves like a Map, whatever is added and removed', () => {
    const id = fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 8 }).map((n) => n * 2 ** 32),
      fc.integer({ min: 0, max: 8 }).map((n) => 2 ** 53 - n),
      fc.integer({ min: 0, max: 400 }).map((n) => 1 + n * 1024),
    );
    const step = fc.tuple(fc.constantFrom('set', 'set', 'delete', 'get'), id);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const ours = new IdMap<number>();
        const theirs = new Map<number, number>();
        for (const [i, [does, key]] of steps.entries()) {
          if (does === 'set') {
            ours.set(key, i);
            theirs.set(key, i);
          } else if (does === 'delete') expect(ours.delete(key)).toBe(theirs.delete(key));
          expect(ours.get(key)).toBe(theirs.get(key));
          expect(ours.has(key)).toBe(theirs.has(key));
          expect(ours.size).toBe(theirs.size);
        }
        const sorted = [...theirs].sort(([one], [other]) => one - other).map(([, value]) => value);
        expect(ours.values()).toEqual(sorted);
      }),
    );
  });

  it('grows to any size, and frees the memory again', () => {
    const map = new IdMap<string>();
    for (let id = 1; id <= 50_000; id++) map.set(id * 3, `${id}`);
    expect(map.size).toBe(50_000);
    expect(map.get(2 * 3)).toBe('2');
    for (let id = 1; id <= 50_000; id++) expect(map.delete(id * 3)).toBe(true);
    expect(map.size).toBe(0);
    expect((map as unknown as { ids: unknown[] }).ids.length).toBeLessThanOrEqual(128);
  });

  it('can hold undefined, and is empty after clear()', () => {
    const map = new IdMap<undefined>();
    map.set(7, undefined);
    expect(map.has(7)).toBe(true);
    expect(map.delete(7)).toBe(true);
    map.set(8, undefined);
    map.clear();
    expect([map.size, map.has(8), map.values()]).toEqual([0, false, []]);
  });

  it('[G2] does not become slow when all ids have the same lower bits', () => {
    const map = new IdMap<number>();
    const find = Reflect.get(map, 'place') as (id: number) => number;
    const count = 10_000;
    for (let i = 1; i <= count; i++) map.set(i * 2 ** 32 + 1, i);
    const places = new Set<number>();
    for (let i = 1; i <= count; i++) places.add(find.call(map, i * 2 ** 32 + 1));
    // How many depends on the factor of this process, which no peer knows: some hundreds at least, and not one.
    expect(places.size).toBeGreaterThan(count / 100);
  });
});
