/* The scan of JSON accepts what `JSON.parse` accepts of the same text, and finds its elements. */
import { describe, expect, test } from 'vitest';
import { jsonFormat } from '../../../src/serializer/formats/json.ts';

const format = jsonFormat();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function scans(text: string): boolean {
  try {
    format.scan(bytesOf(text), 1000);
    return true;
  } catch {
    return false;
  }
}

function parses(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** A generator of numbers in [0, 1), the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 40_000);
const pieces = [
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '"',
  '\\',
  ' ',
  '\n',
  '\t',
  '0',
  '1',
  '-',
  '.',
  'e',
  'E',
  '+',
  '12',
  '1.5',
  'true',
  'false',
  'null',
  'tru',
  '"a"',
  '"\\u00e9"',
  '"\\ud800"',
  '\\u12',
  'é',
  '€',
  '😀',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u2028',
  '\ufeff',
  '"__proto__":1',
  '1e400',
  '01',
  '-0',
];

describe('the scan of JSON', () => {
  test(`[G1] agrees with JSON.parse on ${count} texts of random pieces, seed ${seed}`, () => {
    const next = random(seed);
    const pick = (): string => pieces[Math.floor(next() * pieces.length)] ?? '';
    for (let i = 0; i < count; i++) {
      const text = `[${Array.from({ length: Math.floor(next() * 8) }, pick).join('')}]`;
      if (scans(text) !== parses(text)) expect.fail(`${JSON.stringify(text)}: JSON.parse says ${parses(text)}`);
    }
  });

  test(`[G1] agrees with JSON.parse on ${count} damaged texts, seed ${seed}`, () => {
    const next = random(seed + 1);
    const value = (depth: number): unknown => {
      const kind = Math.floor(next() * (depth > 3 ? 6 : 8));
      if (kind === 0) return null;
      if (kind === 1) return next() < 0.5;
      if (kind === 2) return Math.floor(next() * 1e6) - 5e5;
      if (kind === 3) return (next() - 0.5) * 10 ** Math.floor(next() * 40 - 20);
      if (kind < 6)
        return Array.from({ length: Math.floor(next() * 9) }, () =>
          String.fromCodePoint(Math.floor(next() * (next() < 0.5 ? 0x80 : 0x3000))),
        ).join('');
      const items = Array.from({ length: Math.floor(next() * 5) }, () => value(depth + 1));
      return kind === 6 ? items : Object.fromEntries(items.map((item, i) => [`k${i}`, item]));
    };
    for (let i = 0; i < count; i++) {
      const text = JSON.stringify([value(0), value(0)], null, next() < 0.2 ? 1 : 0);
      const at = Math.floor(next() * text.length);
      const damage = next();
      const damaged =
        damage < 0.3
          ? text.slice(0, at) + text.slice(at + 1)
          : damage < 0.6
            ? text.slice(0, at) + (pieces[Math.floor(next() * pieces.length)] ?? '') + text.slice(at)
            : damage < 0.7
              ? text.slice(0, at)
              : text;
      if (scans(damaged) !== parses(damaged)) expect.fail(`${JSON.stringify(damaged)}: JSON.parse says ${parses(damaged)}`);
    }
  });

  test('[G1] finds the elements of the list, without the space around them', () => {
    const elements = ['48', ' 1 ', '{"a":[1,{"b":"]"}]}', '"a\\"b,"', '[ [], {} , "é" ]', '{ }', 'null', '-1.5e3'];
    const frame = bytesOf(` [${elements.join(' ,\n')}] `);
    const { count: found, starts, ends } = format.scan(frame, 1000);
    const slices = Array.from({ length: found }, (_, i) => new TextDecoder().decode(frame.subarray(starts[i], ends[i])));
    expect(slices).toEqual(elements.map((element) => element.trim()));
    expect(format.items(frame).map((item) => new TextDecoder().decode(item))).toEqual(slices);
  });

  test.each([
    ['c3', 'a character that is cut off'],
    ['c080', 'a zero of two bytes'],
    ['eda080', 'half of a surrogate pair'],
    ['f4908080', 'more than U+10FFFF'],
    ['80', 'a byte that goes on nothing'],
  ])('[G1] refuses text that is not UTF-8: %s, %s', (hex) => {
    const frame = Uint8Array.of(0x5b, 0x22, ...Buffer.from(hex, 'hex'), 0x22, 0x5d);
    expect(() => format.scan(frame, 1000)).toThrow(/UTF-8/);
  });

  test('[G1] looks at each byte once in a value nested a million times, and reports it as unfit', () => {
    const deep = bytesOf(`[1,${'['.repeat(500_000)}${']'.repeat(500_000)},2]`);
    const { count: found, unfit, unfitAt } = format.scan(deep, 1000);
    expect([found, unfit, unfitAt]).toEqual([3, expect.stringContaining('1000'), 1]);
    expect(() => format.scan(deep.subarray(0, 700_000), 1000)).toThrow('the end');
  });

  test('[G1] says what was expected, where, and what came', () => {
    expect(() => format.scan(bytesOf('[1,}'), 1000)).toThrow("expected a value at byte 3, got '}'");
    expect(() => format.scan(bytesOf('{}'), 1000)).toThrow("expected a list at byte 0, got '{'");
    expect(() => format.scan(bytesOf('[1] 2'), 1000)).toThrow("expected nothing after the list at byte 4, got '2'");
  });
});
