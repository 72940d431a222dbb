/* The options of a request: the query of its URL. */
import { URLSearchParams } from 'node:url';
import { nearest } from '../../base/nearest.ts';
import type { Dict } from '../../base/words.ts';
import { isId } from '../../protocol/ids.ts';
import type { Form } from './payloads.ts';
import { HttpProblem, INVALID_ARGUMENT } from './problems.ts';

/** Reads the values of one name; undefined: they do not fit. */
interface Reader {
  readonly expected: string;
  read(values: readonly string[]): unknown;
}

const single =
  (read: (value: string) => unknown) =>
  (values: readonly string[]): unknown =>
    values.length === 1 ? read(values[0] ?? '') : undefined;

const words: { readonly [word: string]: boolean | undefined } = { '': true, true: true, 1: true, false: false, 0: false };
const bool: Reader = {
  expected: 'true or false',
  read: single((value) => (Object.hasOwn(words, value) ? words[value] : undefined)),
};
const ms: Reader = {
  expected: 'milliseconds from 1 on',
  read: single((value) => (/^[1-9]\d{0,9}$/.test(value) ? Number(value) : undefined)),
};
const oneOf = (...allowed: readonly string[]): Reader => ({
  expected: `one of ${allowed.join(', ')}`,
  read: single((value) => (allowed.includes(value) ? value : undefined)),
});
const ids: Reader = {
  expected: 'ids of sessions, each as a parameter of its own',
  read: (values) => (values.every((value) => /^\d{1,16}$/.test(value) && isId(Number(value))) ? values.map(Number) : undefined),
};
const texts: Reader = { expected: 'texts', read: (values) => values };

type Readers = { readonly [name: string]: Reader };

const form = oneOf('full');
export const callQuery: Readers = { form, timeout: ms, disclose_me: bool };
export const publishQuery: Readers = {
  form,
  retain: bool,
  exclude_me: bool,
  disclose_me: bool,
  exclude: ids,
  exclude_authid: texts,
  exclude_authrole: texts,
  eligible: ids,
  eligible_authid: texts,
  eligible_authrole: texts,
};
export const eventsQuery: Readers = { form, match: oneOf('exact', 'prefix', 'wildcard'), get_retained: bool };

export interface Query {
  readonly form: Form;
  /** The options of WAMP. */
  readonly options: Dict;
}

/** @throws HttpProblem 400 */
export function readQuery(query: string, readers: Readers): Query {
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
