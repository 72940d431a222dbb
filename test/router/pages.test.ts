/* What a page holds, and what a list costs, without a router. */
import { describe, expect, test } from 'vitest';
import type { Match } from '../../src/protocol/uri.ts';
import { listed, listedByMatch } from '../../src/router/meta-procedures/pages.ts';

function realm() {
  const spent: number[] = [];
  return { limits: { maxMessageBytes: 2 ** 20 }, spend: (units: number) => void spent.push(units), spent };
}

/** In no order, without a repetition. */
const ids = Array.from({ length: 30_000 }, (_, i) => ((i * 7919) % 30_011) + 1);
const sorted = [...ids].sort((a, b) => a - b);

describe('a page of ids', () => {
  test.each([
    [1, 0],
    [1000, 0],
    [1000, 17_000],
    [5000, 29_000],
    [40_000, 3],
  ])('[G2] of %i after %i has the smallest ids above it, in order, however many there are', (limit, after) => {
    const expected = sorted.filter((id) => id > after).slice(0, limit);
    expect(listed(realm(), ids.length, ids, { limit, after })).toEqual(expected);
  });

  test('[G2] by match has each id in its place', () => {
    const matches: readonly Match[] = ['exact', 'prefix', 'wildcard'];
    const matchOf = (id: number): Match => matches[id % 3] ?? 'exact';
    const all = {
      size: ids.length,
      values: (match: Match) => ids.filter((id) => matchOf(id) === match).map((id) => ({ id })),
      get: (id: number) => ({ match: matchOf(id) }),
    };
    const page = listedByMatch(realm(), all, { limit: 6000, after: 100 });
    const chosen = sorted.filter((id) => id > 100).slice(0, 6000);
    for (const match of matches) expect(page[match]).toEqual(chosen.filter((id) => matchOf(id) === match));
  });

  test('[G2] and a whole list are counted by all that is looked at', () => {
    const here = realm();
    listed(here, ids.length, ids, { limit: 1, after: 0 });
    listed(here, ids.length, ids, undefined);
    listed(here, 3, [1, 2, 3], undefined);
    expect(here.spent).toEqual([468, 468]);
  });
});
