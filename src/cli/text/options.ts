/*
 * The options of a command: a table, from which both the parser and the help are made, so that they cannot differ.
 * `parseArgs` of Node.js is enough for the commands; a library would only add the help text.
 */
import { parseArgs } from 'node:util';
import { messageOf, UsageError } from './usage.ts';

export interface Option {
  readonly short?: string;
  /** The name of the value in the help; without it the option is a flag. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  readonly help: string;
}
export type Options = { readonly [name: string]: Option };
export type Values<O extends Options> = {
  readonly [N in keyof O]?: O[N] extends { readonly many: true }
    ? readonly string[]
    : O[N] extends { readonly value: string }
      ? string
      : true;
};

export interface Parsed<V> {
  readonly values: V;
  readonly positionals: readonly string[];
}

/** Marks negative numbers, which are arguments, not options. No argument of a process can contain U+0000. */
const MARK = '\0';

/**
 * Also with a second table, of options that several commands have.
 *
 * @throws UsageError
 */
export function parseOptions<O extends Options>(args: readonly string[], own: O): Parsed<Values<O>>;
export function parseOptions<O extends Options, S extends Options>(
  args: readonly string[],
  own: O,
  shared: S,
): Parsed<Values<O> & Values<S>>;
export function parseOptions(args: readonly string[], own: Options, shared: Options = {}): Parsed<object> {
  const options = { ...own, ...shared };
  const names = new Map(Object.keys(options).map((name) => [loose(name), name]));
  try {
    const { values, positionals } = parseArgs({
      args: beforeAndAfter(args, (arg) => (/^-\.?\d/.test(arg) ? MARK + arg : spelt(arg, names))),
      options: Object.fromEntries(
        Object.entries(options).map(([name, { short, value, many }]) => [
          name,
          { type: value === undefined ? 'boolean' : 'string', multiple: many === true, ...(short ? { short } : {}) } as const,
        ]),
      ),
      allowPositionals: true,
    });
    for (const [name, value] of Object.entries(values)) values[name] = unmarked(value);
    return { values, positionals: positionals.map((each) => unmarked(each)) };
  } catch (error) {
    throw new UsageError(messageOf(error).replaceAll(MARK, ''));
  }
}

/** `--exclude-me`, `--exclude_me` and `--excludeMe` are one option: WAMP, shells and wampy each write it in their own way. */
function spelt(arg: string, names: ReadonlyMap<string, string>): string {
  const [, name, rest = ''] = /^--([\w-]+)(=[\s\S]*)?$/.exec(arg) ?? [];
  const known = name === undefined ? undefined : names.get(loose(name));
  return known === undefined ? arg : `--${known}${rest}`;
}

function loose(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase();
}

function beforeAndAfter(args: readonly string[], change: (arg: string) => string): string[] {
  const end = args.indexOf('--');
  return end < 0 ? args.map(change) : [...args.slice(0, end).map(change), ...args.slice(end)];
}

function unmarked<T>(value: T): T;
function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(1) : value;
}

/** Whether the user wants the help, even if other options are wrong. */
export function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  return before.includes('--help') || before.includes('-h');
}

const WIDTH = 100;
const COLUMN = 28;

/** The lines of the help for a table. */
export function showOptions(options: Options): string {
  return Object.entries(options)
    .map(([name, { short, value, many, help }]) => {
      const left = `  ${short ? `-${short}, ` : '    '}--${name}${value === undefined ? '' : ` ${value}`}`;
      const right = wrap(help + (many ? '; may be given several times' : ''), WIDTH - COLUMN);
      const first = left.length < COLUMN - 1 ? left.padEnd(COLUMN) + right[0] : `${left}\n${' '.repeat(COLUMN)}${right[0]}`;
      return [first, ...right.slice(1).map((line) => ' '.repeat(COLUMN) + line)].join('\n');
    })
    .join('\n');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** A paragraph, broken into lines. */
export function fill(text: string): string {
  return wrap(text.trim(), WIDTH).join('\n');
}

/** @throws UsageError */
export function oneOf<const T extends string>(name: string, value: string | undefined, choices: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`expected --${name} to be ${choices.join(', ')}, got '${value}'`);
  return found;
}

/** @throws UsageError */
export function wholeNumber(name: string, value: string | undefined, min = 0): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < min) {
    throw new UsageError(`expected --${name} to be a whole number from ${min}, got '${value}'`);
  }
  return number;
}

const units = new Map([
  ['', 1],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/**
 * `1500`, `1500ms`, `1.5s`, `2m`, `1h` in milliseconds, at least one.
 *
 * @throws UsageError
 */
export function duration(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/.exec(value) ?? [];
  const ms = Math.round(Number(number) * (units.get(unit) ?? Number.NaN));
  if (!(ms >= 1)) throw new UsageError(`expected --${name} to be a time such as 500 (milliseconds), 1.5s or 2m, got '${value}'`);
  return ms;
}
