import { describe, expect, test } from 'vitest';
import { type JsonText, placeIn, readJson } from '../../src/node/config/json-text.ts';

/** The complaint, with the place of the fault before what came. */
function said(text: string): string | undefined {
  const read = readJson(text, 'config');
  if (!('at' in read)) return undefined;
  return read.path === undefined ? read.text.replace(', got ', `${placeIn(text, read.at)}, got `) : `${read.path}: ${read.text}`;
}

function valid(text: string): JsonText {
  const read = readJson(text, 'config');
  if ('at' in read) expect.fail(read.text);
  return read;
}

describe('a text that is not valid JSON', () => {
  test.each([
    ['', 'expected a value in line 1, column 1, got nothing: the file is empty'],
    [' \n ', 'expected a value in line 1, column 1, got nothing: the file is empty'],
    ['{\n  "a": 1, # one\n}', "expected a key in double quotes in line 2, column 11, got a comment with '#': expected '//'"],
    ['{"a": 1, /* one }', 'expected a key in double quotes in line 1, column 10, got a comment that does not end'],
    ['[1,,2]', "expected a value in line 1, column 4, got ','"],
    ['[,]', "expected a value in line 1, column 2, got ','"],
    ['{,}', "expected a key in double quotes in line 1, column 2, got ','"],
    ['[1],', "expected nothing more in line 1, column 4, got ','"],
    ["{'a': 1}", "expected a key in double quotes in line 1, column 2, got '''"],
    ['{realms: 1}', "expected a key in double quotes in line 1, column 2, got 'r'"],
    ['{"a" 1}', "expected ':' in line 1, column 6, got '1'"],
    ['{"a": "b" "c": 1}', `expected ',' or '}' in line 1, column 11, got '"'`],
    ['{"a": ', 'expected a value in line 1, column 7, got the end of the file'],
    ['{"a": [1', "expected ',' or ']' in line 1, column 9, got the end of the file"],
    ['{"a": "b', 'expected the string to go on, and to end with a quote in line 1, column 9, got the end of the file'],
    ['{"a": "b\n"}', 'expected the string to go on, and to end with a quote in line 1, column 9, got the end of the line'],
    ['{"a": "C:\\users"}', "expected the string to go on, and to end with a quote in line 1, column 10, got '\\'"],
    ['{"a": 01}', "expected ',' or '}' in line 1, column 8, got '1'"],
    ['{"a": NaN}', "expected a value in line 1, column 7, got 'N'"],
    ['{"a":\u00a01}', 'expected a value in line 1, column 6, got the character U+00A0'],
    ['[]]', "expected nothing more in line 1, column 3, got ']'"],
  ])('[G2] %j is reported with the place of the error', (text, message) => {
    expect(said(text)).toBe(`not valid JSON: ${message}`);
    expect(() => JSON.parse(text)).toThrow();
  });
});

describe('a key that occurs twice in an object', () => {
  test.each([
    [
      '{"realms": {"a": 1,\n"b": 2,\n "a": 3}}',
      'config.realms["a"]: expected it once, got it in line 1, column 13 and again in line 3, column 2',
    ],
    ['{"a": {"b.c": 1, "b.c": 1}}', 'config.a["b.c"]: expected it once, got it in line 1, column 8 and again in line 1, column 18'],
    [
      '{"a": [0, {"x": 1, "\\u0078": 1}]}',
      'config.a[1].x: expected it once, got it in line 1, column 12 and again in line 1, column 20',
    ],
  ])('[G2] %j is reported with both places', (text, message) => {
    expect(said(text)).toBe(message);
  });

  test('[G2] is not reported if it is in two objects', () => {
    expect(said('{"a": {"x": 1}, "b": {"x": 1}, "c": [{"x": 1}, {"x": [{"x": 1}]}]}')).toBeUndefined();
  });
});

test('[G2] the check agrees with JSON.parse on every short text', () => {
  const signs = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '"b"',
    '1',
    '-0.5e+3',
    'true',
    'nul',
    ' ',
    '\\',
    '\u0001',
    '"\\u00e9\u0080"',
  ];
  for (const a of signs)
    for (const b of signs)
      for (const c of signs)
        for (const d of signs) {
          const text = `{"k":[${a}${b}${c}${d}]}`;
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          const complaint = said(text);
          if (complaint?.includes('expected it once') || (!isJson && /,\s*[\]}]/.test(text))) continue;
          if ((complaint === undefined) !== isJson) expect.fail(`${text}: ${complaint}`);
        }
});

describe('comments and trailing commas', () => {
  test.each<[string, unknown]>([
    ['// realms\n{}', {}],
    ['{\n  /* realms */\n}', {}],
    ['{"a": 1}\n// end', { a: 1 }],
    ['{"a": 1,\r\n}', { a: 1 }],
    ['[1,\n2, // two\n]', [1, 2]],
    ['[1, /* a */ /* b */ , /* c */ ]', undefined],
    ['[[1,],[{"a":[],},],]', [[1], [{ a: [] }]]],
    ['{"a" /* key */ : /* value */ "// no comment, ]" , /**/ }', { a: '// no comment, ]' }],
    ['{"a": "b",/* x */"c": 1/**/}', { a: 'b', c: 1 }],
    ['/* a\n * b\n */[1/2]', undefined],
    ['[1//\n,2]', [1, 2]],
  ])('[K2] %j', (text, value) => {
    if (value === undefined) expect(said(text)).toMatch(/^not valid JSON/);
    else expect(valid(text).value).toEqual(value);
  });

  test('[K2] the place of each value and its key is known', () => {
    const text = '// first\n{\n  "a": [ 1, { "b c": true }, ], // list\n  "d":\n    {}\n}';
    const at = (offset: number): string => placeIn(text, offset).slice(1);
    expect(Object.fromEntries([...valid(text).places].map(([path, { key, value }]) => [path, [at(key), at(value)]]))).toEqual({
      config: ['in line 2, column 1', 'in line 2, column 1'],
      'config.a': ['in line 3, column 3', 'in line 3, column 8'],
      'config.a[0]': ['in line 3, column 10', 'in line 3, column 10'],
      'config.a[1]': ['in line 3, column 13', 'in line 3, column 13'],
      'config.a[1]["b c"]': ['in line 3, column 15', 'in line 3, column 22'],
      'config.d': ['in line 4, column 3', 'in line 5, column 5'],
    });
  });
});

test('[G2] the check works at any depth', () => {
  const deep = '['.repeat(100_000);
  expect(said(deep)).toMatch(/^not valid JSON: expected a value in line 1, column 100001, got the end of the file$/);
  expect(said(deep + ']'.repeat(100_000))).toBeUndefined();
});
