/* What is parsed and printed, without a process: options, payloads, documents. */
import { describe, expect, test } from 'vitest';
import { duration, parseOptions, wholeNumber } from '../../src/cli/text/options.ts';
import { formatOf, render } from '../../src/cli/text/output.ts';
import { payloadOf, payloadOptions, wampOption, wampOptions } from '../../src/cli/text/payload.ts';
import { UsageError } from '../../src/cli/text/usage.ts';

const options = {
  ...payloadOptions,
  ...wampOption,
  exclude_me: { value: 'BOOLEAN', help: '' },
  'no-reconnect': { help: '' },
} as const;
const payload = (given: readonly string[]) => {
  const { positionals, values } = parseOptions(given, options);
  return payloadOf(positionals, values, process.stdin);
};

describe('a payload', () => {
  test.each<[string, readonly string[], { args?: unknown[]; kwargs?: object }]>([
    ['JSON', ['1', '-2.5', 'true', 'null', '[1,"a"]', '{"a":{"b":1}}'], { args: [1, -2.5, true, null, [1, 'a'], { a: { b: 1 } }] }],
    [
      'what is no JSON as it stands',
      ['hello', '007', '{a:1}', '', 'it\'s "x"'],
      { args: ['hello', '007', '{a:1}', '', 'it\'s "x"'] },
    ],
    ['quoted JSON strings', ['"5"', '"true"'], { args: ['5', 'true'] }],
    [
      'strings only with --strings',
      ['5', '-1', '{"a":1}', '-k', 'n=1', '--strings'],
      { args: ['5', '-1', '{"a":1}'], kwargs: { n: '1' } },
    ],
    ['what follows -- as it is', ['--', '--details', '-x'], { args: ['--details', '-x'] }],
    ['--args', ['--args', '[1,"two",null]'], { args: [1, 'two', null] }],
    ['--args=', ['--args=[-1]'], { args: [-1] }],
    ['--kwargs', ['1', '--kwargs', '{"a":1,"b":[2]}'], { args: [1], kwargs: { a: 1, b: [2] } }],
    [
      '-k, the last one wins',
      ['--kwargs', '{"a":1}', '-k', 'a=2', '-k', 'b=x=y', '--keyword', 'c='],
      { kwargs: { a: 2, b: 'x=y', c: '' } },
    ],
    ['integers up to 2^53', ['9007199254740992'], { args: [2 ** 53] }],
    ['bytes as WAMP has them in JSON', ['"\\u0000AQI="'], { args: [Uint8Array.of(1, 2)] }],
  ])('may be %s', async (_, given, { args = [], kwargs = {} }) => {
    expect(await payload(given)).toEqual({ args, kwargs });
  });

  test.each<[readonly string[], RegExp]>([
    [['9007199254740993'], /expected an integer up to 2\^53, got 9007199254740993/],
    [['-k', 'n=99999999999999999999'], /2\^53/],
    [['1', '--args', '[2]'], /expected arguments or --args, got both/],
    [['--args', '{"a":1}'], /expected --args to be a JSON list/],
    [['--args', '[1,'], /expected --args to be JSON/],
    [['--args', '@/no/such/file'], /expected --args to be JSON.*no such file/],
    [['--kwargs', '[1]'], /expected --kwargs to be a JSON object/],
    [['--kwargs', 'null'], /expected --kwargs to be a JSON object/],
    [['-k', 'name'], /expected --keyword NAME=VALUE, got 'name'/],
    [['-k', '=1'], /expected --keyword NAME=VALUE/],
  ])('cannot be %j', async (given, message) => {
    await expect(async () => payload(given)).rejects.toThrow(UsageError);
    await expect(async () => payload(given)).rejects.toThrow(message);
  });
});

describe('an option', () => {
  test.each([[['--exclude_me', 'false']], [['--exclude-me=false']], [['--excludeMe', 'false']]])(
    'may be written as %j',
    (given) => {
      expect(parseOptions(given, options).values).toEqual({ exclude_me: 'false' });
    },
  );

  test('may be written as --noReconnect, as in wampy', () => {
    expect(parseOptions(['--noReconnect'], options).values).toEqual({ 'no-reconnect': true });
  });

  test('with -o is any other option of WAMP, but not an option of the client', () => {
    expect(wampOptions(['rkey="5"', '_custom={"a":1}'])).toEqual({ rkey: '5', _custom: { a: 1 } });
    expect(() => wampOptions(['timeoutMs=5'])).toThrow("expected an option of WAMP, in lower case, got 'timeoutMs'");
    expect(() => wampOptions(['signal=5'])).toThrow(UsageError);
  });

  test.each<[readonly string[], string]>([
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--args'], 'argument missing'],
    [['--exclude_me', '-1', '-x'], "Unknown option '-x'"],
  ])('cannot be %j', (given, message) => {
    expect(() => parseOptions(given, options)).toThrow(UsageError);
    expect(() => parseOptions(given, options)).toThrow(message);
  });

  test.each([
    ['500', 500],
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
  ])('with a time is read: %s', (text, ms) => {
    expect(duration('timeout', text)).toBe(ms);
  });

  test.each(['', '0', '-1', '1d', 's', '1 s', 'soon', '1e3', 'Infinity'])('of time cannot be %j', (text) => {
    expect(() => duration('timeout', text)).toThrow(UsageError);
  });

  test.each(['', '-1', '1.5', '0x10', 'x', '99999999999999999999'])('of a whole number cannot be %j', (text) => {
    expect(() => wholeNumber('count', text)).toThrow(UsageError);
  });
});

describe('output', () => {
  test('is indented on a terminal, one document for each line elsewhere, or as chosen', () => {
    expect(formatOf(undefined, true)).toBe('pretty');
    expect(formatOf(undefined, false)).toBe('ndjson');
    expect(formatOf('raw', true)).toBe('raw');
    expect(() => formatOf('yaml', true)).toThrow("expected --output to be pretty, ndjson, json, raw, got 'yaml'");
  });

  test.each([
    ['pretty', '{\n  "a": [\n    1\n  ]\n}\n'],
    ['json', '{"a":[1]}\n'],
    ['ndjson', '{"a":[1]}\n'],
    ['raw', '{"a":[1]}\n'],
  ] as const)('is %s', (format, printed) => {
    expect(render({ a: [1] }, format)).toBe(printed);
  });

  test('is on one line whatever it contains', () => {
    expect(render('a\nb\u2028', 'ndjson')).toBe('"a\\nb\u2028"\n');
  });
});
