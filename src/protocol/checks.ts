/*
 * Checks of message elements and of known options: a check gives undefined, or says what was expected. Whoever runs it adds where
 * and what came, so that nothing is put into words on the way of a good message.
 */
import type { Dict } from '../words.ts';
import { isId } from './ids.ts';

/** Undefined for a good value, else what was expected; of a value further inside, all of it: `.a.b to be a string, got 1`. */
export type Check = (value: unknown) => string | undefined;

/** By the names of what they look at. */
export type Known = { readonly [name: string]: Check };

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

export const id: Check = (value) => (isId(value) ? undefined : 'an id from 1 to 2^53');
/** The request of a revocation is 0 (WAMP "Subscription Revocation", "Registration Revocation"). */
export const idOrZero: Check = (value) => (value === 0 || isId(value) ? undefined : 'an id from 0 to 2^53');
export const integer: Check = (value) =>
  typeof value === 'number' && value >= 0 && Math.floor(value) === value && value <= 2 ** 53 ? undefined : 'a non-negative integer';
export const bool: Check = (value) => (typeof value === 'boolean' ? undefined : 'a boolean');
export const string: Check = (value) => (typeof value === 'string' ? undefined : 'a string');
/** That it is a URI by the rules is checked where it can be answered: WAMP "URIs" wants an ERROR `invalid_uri`, not an ABORT. */
export const uri: Check = (value) => (typeof value === 'string' ? undefined : 'a URI');
export const dict: Check = (value) => (isDict(value) ? undefined : 'a dict');
/** Arguments. autobahn-python sends null for absent ones, so null is taken as absent. */
export const args: Check = (value) => (Array.isArray(value) || value === null ? undefined : 'a list');
export const kwargs: Check = (value) => (value === null || isDict(value) ? undefined : 'a dict');

export function oneOf(...values: readonly string[]): Check {
  const expected = `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
  return (value) => (typeof value === 'string' && values.includes(value) ? undefined : expected);
}

export function listOf(item: Check, items: string): Check {
  return (value) => (Array.isArray(value) && value.every((entry) => item(entry) === undefined) ? undefined : `a list of ${items}`);
}

/**
 * A dict whose known keys are checked; WAMP "Extensibility": unknown keys are ignored. Clients send options that are not set as null (wampy in
 * MessagePack, as extension 0), so a member that is null counts as absent. It is taken out here, once for all options, and nobody behind has to ask.
 * WAMP "HELLO", "WELCOME": where there are roles, they must be there.
 */
export function dictOf(known: Known): Check {
  const checks = new Map(Object.entries(known)); // not an object: a key may be called `constructor`
  return (value) => {
    if (!isDict(value)) return 'a dict';
    if (checks.has('roles') && (value.roles ?? undefined) === undefined) return '.roles to be there, got nothing';
    let left = MAX_MEMBERS;
    for (const key in value) {
      if (left-- === 0) return `a dict of at most ${MAX_MEMBERS} members`;
      if (value[key] === null) {
        Reflect.deleteProperty(value, key);
        continue;
      }
      const bad = checks.get(key)?.(value[key]);
      if (bad !== undefined) return `.${key}${complaint(bad, value[key])}`;
    }
    return undefined;
  };
}

/** What follows the name of a value that is not right. */
export function complaint(bad: string, value: unknown): string {
  return bad.charAt(0) === '.' ? bad : ` to be ${bad}, got ${show(value)}`;
}

/** Of options and details. Their keys are looked at one by one, so that many cost more than any payload. */
const MAX_MEMBERS = 1000;

/** What came, short enough for an error message. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === 'number') return String(value); // JSON has no NaN
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
