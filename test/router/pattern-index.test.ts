import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Match } from '../../src/protocol/uri.ts';
import { PatternIndex } from '../../src/router/pattern-index.ts';

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

  it('forgets what is deleted', () => {
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

  it('takes a prefix as plain text, and a wildcard as one component each', () => {
    add('com.myapp.object1', 'prefix');
    expect(index.matching('com.myapp.object1-sub').length).toBe(1);
    add('com..x', 'wildcard');
    expect(index.matching('com.a.b.x')).toEqual([]);
  });

  it('finds what a plain search finds', () => {
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
