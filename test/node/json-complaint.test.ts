import { describe, expect, test } from 'vitest';
import { jsonComplaint } from '../../src/node/config/json-complaint.ts';

const said = (text: string): string | undefined => jsonComplaint(text, 'config');

describe('a text that is not valid JSON', () => {
  test.each([
    ['', 'expected a value in line 1, column 1, got nothing: the file is empty'],
    [' \n ', 'expected a value in line 1, column 1, got nothing: the file is empty'],
    ['// realms\n{}', 'expected a value in line 1, column 1, got a comment, which JSON does not have'],
    ['{\n  /* realms */\n}', 'expected a key in double quotes in line 2, column 3, got a comment, which JSON does not have'],
    ['{\n  "a": 1, # one\n}', 'expected a key in double quotes in line 2, column 11, got a comment, which JSON does not have'],
    ['{"a": 1}\n// end', 'expected nothing more in line 2, column 1, got a comment, which JSON does not have'],
    ['{"a": 1,\r\n}', "expected a key in double quotes in line 2, column 1, got '}' after a comma"],
    ['[1,\n2,\n]', "expected a value in line 3, column 1, got ']' after a comma"],
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
          if (complaint?.includes('expected it once')) continue;
          if ((complaint === undefined) !== isJson) expect.fail(`${text}: ${complaint}`);
        }
});

test('[G2] the check works at any depth', () => {
  const deep = '['.repeat(100_000);
  expect(said(deep)).toMatch(/^not valid JSON: expected a value in line 1, column 100001, got the end of the file$/);
  expect(said(deep + ']'.repeat(100_000))).toBeUndefined();
});
