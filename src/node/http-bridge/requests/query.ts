/* The options of a request: the query of its URL. */
import { URLSearchParams } from 'node:url';
import { nearest } from '../../../base/nearest.ts';
import type { Dict } from '../../../base/words.ts';
import { isId } from '../../../protocol/ids.ts';
import type { Form } from './payloads.ts';
import { HttpProblem, INVALID_ARGUMENT } from './problems.ts';
import { isText } from './text.ts';

/** Reads the values of one name; undefined: they do not fit. */
interface Reader {
  readonly expected: string;
  /** What it takes, as JSON Schema. */
  readonly schema: Dict;
  read(values: readonly string[]): unknown;
}

/** Of a request: what it takes, and what it is for. */
interface Parameter extends Reader {
  readonly about: string;
}

const single =
  (read: (value: string) => unknown) =>
  (values: readonly string[]): unknown =>
    values.length === 1 ? read(values[0] ?? '') : undefined;

const words: { readonly [word: string]: boolean | undefined } = { '': true, true: true, 1: true, false: false, 0: false };
const bool: Reader = {
  expected: 'true or false',
  schema: { type: 'boolean' },
  read: single((value) => (Object.hasOwn(words, value) ? words[value] : undefined)),
};
const ms: Reader = {
  expected: 'milliseconds from 1 on',
  schema: { type: 'integer', minimum: 1 },
  read: single((value) => (/^[1-9]\d{0,9}$/.test(value) ? Number(value) : undefined)),
};
const oneOf = (...allowed: readonly string[]): Reader => ({
  expected: `one of ${allowed.join(', ')}`,
  schema: { enum: allowed },
  read: single((value) => (allowed.includes(value) ? value : undefined)),
});
const ids: Reader = {
  expected: 'ids of sessions, each as a parameter of its own',
  schema: { type: 'array', items: { type: 'integer' } },
  read: (values) => (values.every((value) => /^\d{1,16}$/.test(value) && isId(Number(value))) ? values.map(Number) : undefined),
};
const texts: Reader = {
  expected: 'texts that do not begin with a NUL',
  schema: { type: 'array', items: { type: 'string' } },
  read: (values) => (values.every(isText) ? values : undefined),
};

export type Parameters = { readonly [name: string]: Parameter };

const form: Parameter = { ...oneOf('full'), about: 'The bodies have `args` and `kwargs`.' };
export const callQuery: Parameters = {
  form,
  timeout: { ...ms, about: 'Milliseconds; then the call is canceled and answered 504.' },
  disclose_me: { ...bool, about: 'The callee learns who calls.' },
};
export const publishQuery: Parameters = {
  form,
  retain: { ...bool, about: 'Later subscribers get it, too.' },
  exclude_me: { ...bool, about: 'Whether this session does not get it.' },
  disclose_me: { ...bool, about: 'Subscribers learn who publishes.' },
  exclude: { ...ids, about: 'Sessions that do not get it.' },
  exclude_authid: { ...texts, about: 'Users that do not get it.' },
  exclude_authrole: { ...texts, about: 'Roles that do not get it.' },
  eligible: { ...ids, about: 'The only sessions that may get it.' },
  eligible_authid: { ...texts, about: 'The only users that may get it.' },
  eligible_authrole: { ...texts, about: 'The only roles that may get it.' },
};
export const eventsQuery: Parameters = {
  form,
  match: { ...oneOf('exact', 'prefix', 'wildcard'), about: 'How the topic is matched.' },
  get_retained: { ...bool, about: 'Whether the retained events come first. Default: they do.' },
};

export interface Query {
  readonly form: Form;
  /** The options of WAMP. */
  readonly options: Dict;
}

/** @throws HttpProblem 400 */
export function readQuery(query: string, readers: Parameters): Query {
  const given = new URLSearchParams(query);
  const options: { [name: string]: unknown } = {};
  for (const name of new Set(given.keys())) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const names = Object.keys(readers);
    if (!reader) throw bad(`expected parameters ${names.join(', ')}, got '${name.slice(0, 100)}'${nearest(name, names)}`);
    const values = given.getAll(name);
    const value = reader.read(values);
    if (value === undefined) throw bad(`expected ${name} to be ${reader.expected}, got '${values.join(', ').slice(0, 100)}'`);
    options[name] = value;
  }
  const { form: full, ...rest } = options;
  return { form: full === undefined ? 'bare' : 'full', options: rest };
}

function bad(text: string): HttpProblem {
  return new HttpProblem(400, text, { uri: INVALID_ARGUMENT });
}
