import fc from 'fast-check';
import { beforeEach, describe, expect, it, test } from 'vitest';
import type { Match } from '../../src/protocol/uri.ts';
import { PatternIndex } from '../../src/router/patterns/pattern-index.ts';
import { UriTree } from '../../src/router/patterns/uri-tree.ts';

let index: PatternIndex<string>;
const add = (uri: string, match: Match = 'exact'): void => index.set(uri, match, `${match} ${uri}`);
beforeEach(() => {
  index = new PatternIndex();
});

describe('the best match for a call', () => {
  beforeEach(() => {
    add('a1.b2.c3.d4.e55');
    add('a1.b2.c3', 'prefix');
    add('a1.b2.c3.d4', 'prefix');
    add('a1.b2..d4.e5', 'wildcard');
    add('a1.b2.c33..e5', 'wildcard');
    add('a1.b2..d4.e5..g7', 'wildcard');
    add('a1.b2..d4..f6.g7', 'wildcard');
  });

  it.each([
    ['a1.b2.c3.d4.e55', 'exact a1.b2.c3.d4.e55'],
    ['a1.b2.c3.d98.e74', 'prefix a1.b2.c3'],
    ['a1.b2.c3.d4.e325', 'prefix a1.b2.c3.d4'],
    ['a1.b2.c55.d4.e5', 'wildcard a1.b2..d4.e5'],
    ['a1.b2.c33.d4.e5', 'wildcard a1.b2.c33..e5'],
    ['a1.b2.c88.d4.e5.f6.g7', 'wildcard a1.b2..d4.e5..g7'],
    ['a2.b2.c2.d2.e2', undefined],
  ])('[R42] for %s is %s', (uri, best) => {
    expect(index.best(uri)).toBe(best);
  });

  it('is never a deleted one', () => {
    index.delete('a1.b2.c3.d4', 'prefix');
    index.delete('a1.b2.c33..e5', 'wildcard');
    index.delete('a1.b2.c3.d4.e55', 'exact');
    index.delete('never.there', 'prefix');
    expect(index.best('a1.b2.c3.d4.e55')).toBe('prefix a1.b2.c3');
    expect(index.best('a1.b2.c33.d4.e5')).toBe('wildcard a1.b2..d4.e5');
    expect(index.best('a1.b2.c3456')).toBe('prefix a1.b2.c3');
    expect([...index.values('wildcard')].length).toBe(3);
  });
});

describe('all matches for an event', () => {
  it('[R26] are the exact one, every prefix and every wildcard', () => {
    for (const uri of ['a.b.c', 'a.b']) add(uri);
    for (const uri of ['', 'a', 'a.', 'a.b', 'a.b.c', 'a.b.c.d', 'b']) add(uri, 'prefix');
    for (const uri of ['..', 'a..', '.b.', 'a.b.c', 'a..c', '', '.', 'x..c']) add(uri, 'wildcard');
    expect(index.matching('a.b.c')).toEqual([
      'exact a.b.c',
      'prefix a.b.c',
      'prefix a.b',
      'prefix a.',
      'prefix a',
      'prefix ',
      'wildcard a.b.c',
      'wildcard a..c',
      'wildcard a..',
      'wildcard .b.',
      'wildcard ..',
    ]);
  });

  it('are found with a prefix as plain text, and a wildcard by components', () => {
    add('com.myapp.object1', 'prefix');
    expect(index.matching('com.myapp.object1-sub').length).toBe(1);
    add('com..x', 'wildcard');
    expect(index.matching('com.a.b.x')).toEqual([]);
  });

  it('are the same that a plain search finds', () => {
    const component = fc.constantFrom('', 'a', 'b');
    const pattern = fc.record({
      uri: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
      match: fc.constantFrom('exact', 'prefix', 'wildcard'),
    });
    const topic = fc.array(fc.constantFrom('a', 'b', 'aa'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(fc.array(pattern), topic, (patterns, uri) => {
        index = new PatternIndex();
        for (const { uri, match } of patterns) add(uri, match as Match);
        const expected = new Set(
          patterns
            .filter(({ uri: given, match }) => {
              if (match === 'exact') return given === uri;
              if (match === 'prefix') return uri.startsWith(given);
              const [ours, theirs] = [given.split('.'), uri.split('.')];
              return ours.length === theirs.length && ours.every((each, at) => each === '' || each === theirs[at]);
            })
            .map(({ uri, match }) => `${match} ${uri}`),
        );
        const found = index.matching(uri);
        expect(new Set(found)).toEqual(expected);
        expect(found.length).toBe(expected.size);
        const best = index.best(uri);
        expect(best === undefined).toBe(expected.size === 0);
        if (best !== undefined) expect(expected.has(best)).toBe(true);
      }),
    );
  });
});

describe('[G2] patterns from a stranger', () => {
  it.each([20_000, 1_000_000])('may have %i components, with every match, and can be deleted', (components) => {
    const dots = '.'.repeat(components - 1);
    const topic = Array.from({ length: components }, () => 'a').join('.');
    for (const match of ['prefix', 'wildcard', 'exact'] as const) for (const uri of [dots, topic, `${dots}b`]) add(uri, match);
    expect(index.best(topic)).toBe(`exact ${topic}`);
    expect(index.matching(topic).length).toBe(4);
    for (const match of ['prefix', 'wildcard', 'exact'] as const)
      for (const uri of [dots, topic, `${dots}b`]) index.delete(uri, match);
    expect(index.matching(topic)).toEqual([]);
    expect(index.best(topic)).toBeUndefined();
  });

  /** Counts how often the index looks at a pattern's text, in place of time. */
  function looksFor(uri: string, patterns: readonly string[]): number {
    const tree = new UriTree<string>();
    for (const pattern of patterns) tree.set(pattern, pattern);
    let looks = 0;
    const original = String.prototype.charCodeAt;
    String.prototype.charCodeAt = function charCodeAt(this: string, at: number): number {
      looks++;
      return original.call(this, at);
    };
    try {
      tree.wildcardsOf(uri, () => false);
    } finally {
      String.prototype.charCodeAt = original;
    }
    return looks;
  }

  it('need no more memory than their total length, however they branch', () => {
    const branches = Array.from({ length: 2 ** 12 }, (_, bits) =>
      Array.from({ length: 12 }, (_, at) => (bits & (1 << at) ? 'x' : '')).join('.'),
    );
    const patterns = branches.map((branch) => `${branch}${'.x'.repeat(40)}.no`);
    const topic = `${Array.from({ length: 52 }, () => 'x').join('.')}.yes`;
    const length = patterns.reduce((sum, pattern) => sum + pattern.length, 0);
    expect(looksFor(topic, patterns)).toBeLessThan(3 * length);
  });

  it('are found as by a plain search, whichever are added and deleted', () => {
    const component = fc.constantFrom('', 'a', 'b', 'ab', 'abc');
    const uri = fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
    const step = fc.record({ uri, match: fc.constantFrom<Match>('exact', 'prefix', 'wildcard'), isGone: fc.boolean() });
    const isOf = (pattern: string, topic: string): boolean => {
      const [ours, theirs] = [pattern.split('.'), topic.split('.')];
      return ours.length === theirs.length && ours.every((each, at) => each === '' || each === theirs[at]);
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), uri, (steps, topic) => {
        index = new PatternIndex();
        const model = new Map<string, { readonly uri: string; readonly match: Match }>();
        for (const { uri: pattern, match, isGone } of steps) {
          if (isGone) {
            index.delete(pattern, match);
            model.delete(`${match} ${pattern}`);
          } else {
            add(pattern, match);
            model.set(`${match} ${pattern}`, { uri: pattern, match });
          }
        }
        const expected = [...model].flatMap(([key, { uri: pattern, match }]) => {
          const isMatch = { exact: pattern === topic, prefix: topic.startsWith(pattern), wildcard: isOf(pattern, topic) }[match];
          return isMatch ? [key] : [];
        });
        const found = index.matching(topic);
        expect([...found].sort()).toEqual(expected.sort());
        for (const each of index.matching(topic)) index.delete(...(each.split(' ').reverse() as [string, Match]));
        expect(index.matching(topic)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test('[G2] a lookup counts all that it looks at, whether anything matches or not', () => {
  const counted: number[] = [];
  index = new PatternIndex((units) => counted.push(units));
  for (let i = 0; i < 1024; i++) {
    const head = Array.from({ length: 10 }, (_, bit) => ((i >> bit) & 1 ? '' : 'c'));
    add([...head, 'z'].join('.'), 'wildcard');
  }
  const [no, yes] = [`${'c.'.repeat(10)}c`, `${'c.'.repeat(10)}z`];
  expect(index.best(no)).toBeUndefined();
  expect(index.matching(no)).toEqual([]);
  expect(counted).toHaveLength(2);
  for (const units of counted) expect(units).toBeGreaterThanOrEqual(1024 / 16);
  expect(index.best(yes)).toBeDefined(); // the first that matches is enough
  index.best('c.d.e');
  expect(counted).toHaveLength(2);
});
