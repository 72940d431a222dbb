/*
 * Checks of values. A check gives undefined, or says what was expected. Its caller adds which value it was and what came, so
 * that no text is made for a valid value.
 */
import type { Dict } from './words.ts';

/**
 * Undefined for a valid value, else what was expected. For a value further inside it is the whole text: `.a.b to be a string,
 * got 1`. `beside` holds all options, for a value that must fit another one.
 */
export type Check = (value: unknown, beside?: Dict) => string | undefined;

/** Checks by the names of what they check. */
export type Known = { readonly [name: string]: Check };

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** A dict that can hold options: of a Map or a forgotten promise nothing would be read. */
export function isPlain(value: unknown): value is Dict {
  return isDict(value) && /Object|Module/.test(kindOf(value));
}

export function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** One value, or a list of them, as a list. */
export function asList<T>(value: T | readonly T[]): readonly T[] {
  return isList(value) ? value : [value];
}

/** `Array.isArray` does not know lists that nobody may change. */
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Whether it is an object as a literal makes it, and not the instance of a class. */
export function isPlainObject(value: object): value is { [key: string]: unknown } {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The member of a value that may be anything. */
export function memberOf(value: unknown, name: string): unknown {
  return Object(value)[name];
}

export const bool: Check = (value) => (typeof value === 'boolean' ? undefined : 'a boolean');
export const string: Check = (value) => (typeof value === 'string' ? undefined : 'a string');

export function oneOf(...values: readonly string[]): Check {
  const expected = `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`;
  return (value) => (typeof value === 'string' && values.includes(value) ? undefined : expected);
}

/** The text that follows the name of an invalid value. */
export function complaint(bad: string, value: unknown): string {
  return bad.charAt(0) === '.' ? bad : ` to be ${bad}, got ${show(value)}`;
}

/** The value as text, short enough for an error message. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (isDict(value) && !isPlain(value)) return kindOf(value);
  if (typeof value === 'number') return String(value); // JSON has no NaN
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
