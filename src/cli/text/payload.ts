/*
 * The payload from the command line: arguments, keywords and WAMP's options.
 */
import { parseJson, parseLoosely } from './json-text.ts';
import type { Values } from './options.ts';
import { readText } from './read-text.ts';
import { messageOf, UsageError } from './usage.ts';

export const payloadOptions = {
  args: { short: 'a', value: 'JSON', help: 'all arguments as one list; @FILE reads a file, - reads stdin' },
  kwargs: { value: 'JSON', help: 'keyword arguments as one object; @FILE, - as above' },
  keyword: { short: 'k', value: 'NAME=VALUE', many: true, help: 'one keyword argument; its value is read like an argument' },
  strings: { short: 'S', help: 'takes arguments and keywords as strings: 5 is "5", true is "true"' },
} as const;

/** Every command has these. */
export const wampOption = {
  option: { short: 'o', value: 'NAME=VALUE', many: true, help: 'any other option of WAMP, sent as it is' },
} as const;

export interface Payload {
  readonly args: readonly unknown[];
  readonly kwargs: { readonly [name: string]: unknown };
}

/** @throws UsageError */
export async function payloadOf(
  given: readonly string[],
  values: Values<typeof payloadOptions>,
  stdin: NodeJS.ReadStream,
): Promise<Payload> {
  if (values.args !== undefined && given.length > 0) {
    throw new UsageError(`expected arguments or --args, got both: '${given[0]}' and --args`);
  }
  const read = values.strings === true ? asItIs : parseLoosely;
  const args = values.args === undefined ? undefined : await readJson('args', values.args, stdin);
  if (args !== undefined && !Array.isArray(args)) throw new UsageError('expected --args to be a JSON list, such as [1,"two"]');
  const kwargs = values.kwargs === undefined ? {} : await readJson('kwargs', values.kwargs, stdin);
  if (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs)) {
    throw new UsageError('expected --kwargs to be a JSON object, such as {"name":"value"}');
  }
  return {
    args: args ?? given.map((each) => read(each)),
    kwargs: { ...kwargs, ...pairs('keyword', values.keyword, read) },
  };
}

/** The options given by `-o`. @throws UsageError */
export function wampOptions(given: readonly string[] | undefined): { readonly [name: string]: unknown } {
  const options = pairs('option', given, parseLoosely);
  for (const name of Object.keys(options)) {
    // Such names are options of the client.
    if (name === 'signal' || /[A-Z]/.test(name)) throw new UsageError(`expected an option of WAMP, in lower case, got '${name}'`);
  }
  return options;
}

/** The given options, with WAMP's names. */
export function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}

function asItIs(text: string): string {
  return text;
}

function pairs(
  option: string,
  given: readonly string[] | undefined,
  read: (value: string) => unknown,
): { [name: string]: unknown } {
  return Object.fromEntries(
    (given ?? []).map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`expected --${option} NAME=VALUE, got '${pair}'`);
      return [pair.slice(0, at), read(pair.slice(at + 1))];
    }),
  );
}

async function readJson(name: string, given: string, stdin: NodeJS.ReadStream): Promise<unknown> {
  try {
    if (given === '-') return parseJson(await textOf(stdin));
    return parseJson(given.startsWith('@') ? readText(given.slice(1)) : given);
  } catch (error) {
    throw new UsageError(`expected --${name} to be JSON, @FILE or -: ${messageOf(error)}`);
  }
}

async function textOf(input: NodeJS.ReadStream): Promise<string> {
  input.setEncoding('utf8');
  let text = '';
  for await (const chunk of input) text += String(chunk);
  return text;
}
