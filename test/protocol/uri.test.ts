import { describe, expect, it } from 'vitest';
import { isReserved, isStrictUri, isUri, type Match, uriComplaint } from '../../src/protocol/uri.ts';
import { canonical } from '../../src/protocol/uris.ts';

const matches: readonly Match[] = ['exact', 'prefix', 'wildcard'];

/** Which of the three take it: exact, prefix, wildcard. */
type Verdict = readonly [exact: boolean, prefix: boolean, wildcard: boolean];
const all: Verdict = [true, true, true];
const none: Verdict = [false, false, false];
const onlyPatterns: Verdict = [false, true, true];
const onlyWildcard: Verdict = [false, false, true];

const loose: readonly [uri: string, verdict: Verdict][] = [
  ['com.myapp.topic1', all],
  ['a', all],
  ['A-b', all],
  ['ä.b', all],
  ['日本.語', all],
  ['a.😀', all],
  ['a/b?c=d', all],
  ['\0', all],
  ['', onlyPatterns],
  ['a.', onlyPatterns],
  ['com.myapp.', onlyPatterns],
  ['.', onlyWildcard],
  ['.a', onlyWildcard],
  ['a..b', onlyWildcard],
  ['..', onlyWildcard],
  ['a..', onlyWildcard],
  ['com..x', onlyWildcard],
  ['a#b', none],
  ['#', none],
  ['a b', none],
  [' a', none],
  ['a ', none],
  ['a\n', none],
  ['a.\n', none],
  ['a\tb', none],
  ['a\u00a0b', none],
  ['a\ufeffb', none],
  ['a\u001cb', none],
  ['a\u3000b', none],
  ['a\u2029', none],
];

const strict: readonly [uri: string, verdict: Verdict][] = [
  ['com.myapp.topic1', all],
  ['a_b.0', all],
  ['_', all],
  ['', onlyPatterns],
  ['a.', onlyPatterns],
  ['a..b', onlyWildcard],
  ['.', onlyWildcard],
  ['A-b', none],
  ['Abc', none],
  ['a-b', none],
  ['ä.b', none],
  ['a b', none],
  ['a#b', none],
  ['a\n', none],
];

/** WAMP "URIs", word for word; the third is in its catalogue only. */
const rules: { readonly [match in Match]: readonly [loose: RegExp, strict: RegExp] } = {
  exact: [/^([^\s.#]+\.)*([^\s.#]+)$/, /^([0-9a-z_]+\.)*([0-9a-z_]+)$/],
  wildcard: [/^(([^\s.#]+\.)|\.)*([^\s.#]+)?$/, /^(([0-9a-z_]+\.)|\.)*([0-9a-z_]+)?$/],
  prefix: [/^([^\s.#]+\.)*([^\s.#]*)$/, /^([0-9a-z_]+\.)*([0-9a-z_]*)$/],
};

describe('the URI rule', () => {
  it.each(loose)('takes %j loosely as exact, prefix, wildcard: %j [C13] [R22]', (uri, verdict) => {
    expect(matches.map((match) => isUri(uri, match))).toEqual(verdict);
  });

  it.each(strict)('takes %j strictly as exact, prefix, wildcard: %j', (uri, verdict) => {
    expect(matches.map((match) => isStrictUri(uri, match))).toEqual(verdict);
  });

  it('agrees with the regular expressions of the specification', () => {
    const letters = ['a', 'Z', '_', '-', '.', '#', ' ', 'ä', '\n'];
    let uris = [''];
    for (let length = 0; length < 4; length++)
      uris = [...new Set(uris.flatMap((uri) => [uri, ...letters.map((letter) => uri + letter)]))];
    for (const match of matches) {
      const wrong = uris.filter(
        (uri) => isUri(uri, match) !== rules[match][0].test(uri) || isStrictUri(uri, match) !== rules[match][1].test(uri),
      );
      expect(wrong).toEqual([]);
    }
  });

  it('allows no white space of any language', () => {
    const wrong: string[] = [];
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code);
      // Python's \s has U+001C to U+001F and U+0085 too, JavaScript's has U+FEFF: both sides must agree, so neither may be there.
      const isSpace = /\s/.test(character) || (code >= 0x1c && code <= 0x1f) || code === 0x85;
      if (isUri(character) === (isSpace || character === '#' || character === '.')) wrong.push(`U+${code.toString(16)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('is quick for any length', () => {
    expect(isUri(`${'a.'.repeat(500_000)}#`)).toBe(false);
    expect(isUri(`${'a.'.repeat(500_000)}a`)).toBe(true);
  });

  it('is exact and loose by default', () => {
    expect(isUri('a.')).toBe(false);
    expect(isUri('A')).toBe(true);
  });
});

describe('the error text for a URI', () => {
  it('is undefined for a valid URI', () => {
    expect(uriComplaint('com.myapp')).toBeUndefined();
    expect(uriComplaint('', 'prefix')).toBeUndefined();
    expect(uriComplaint('a..b', 'wildcard')).toBeUndefined();
  });

  it.each([
    ['a b', 'exact', `expected a URI with no empty component and no white space or '#', got "a b"`],
    ['', 'exact', `expected a URI with no empty component and no white space or '#', got ""`],
    ['a..b', 'prefix', `expected a URI with only the last component empty and no white space or '#', got "a..b"`],
    ['#', 'wildcard', `expected a URI with components and no white space or '#', got "#"`],
    [null, 'exact', 'expected a URI as a string, got null'],
    [7, 'exact', 'expected a URI as a string, got number'],
    [undefined, 'exact', 'expected a URI as a string, got undefined'],
  ] as const)('about %j as %s says what was expected and what came [C13]', (uri, match, text) => {
    expect(uriComplaint(uri, match)).toBe(text);
  });
});

describe('reserved URIs', () => {
  it('begin with the component wamp [C13] [R22] [R40]', () => {
    expect(['wamp', 'wamp.', 'wamp.error.canceled'].map(isReserved)).toEqual([true, true, true]);
    expect(['', 'wam', 'wampx.a', 'com.wamp', 'WAMP.a'].map(isReserved)).toEqual([false, false, false, false, false]);
  });
});

describe('synonyms', () => {
  it.each([
    ['wamp.error.no_auth_method', 'wamp.error.no_matching_auth_method'],
    ['wamp.error.not_auth_method', 'wamp.error.no_matching_auth_method'],
    ['wamp.error.cancelled', 'wamp.error.canceled'],
    ['wamp.error.goodbye_and_out', 'wamp.close.goodbye_and_out'],
    ['wamp.error.system_shutdown', 'wamp.close.system_shutdown'],
    ['wamp.error.disclose_me.not_allowed', 'wamp.error.option_disallowed.disclose_me'],
  ])('%s become %s', (synonym, word) => {
    expect(canonical(synonym)).toBe(word);
    expect(canonical(word)).toBe(word);
  });

  it('do not change any other URI', () => {
    expect(canonical('com.myapp.error')).toBe('com.myapp.error');
    expect(canonical('constructor')).toBe('constructor');
  });
});
