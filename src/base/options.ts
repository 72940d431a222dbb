/*
 * Checks of our own options: a table for each function, and one check for all. Without it, a wrong option would show much
 * later, or never. Undefined counts as absent; the function itself checks whether an option must be there.
 */
import { bool, type Check, isDict, isPlain, type Known, oneOf, show, string } from './checks.ts';
import { nearest } from './nearest.ts';
import type { Dict } from './words.ts';

export const func: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
export const amount: Check = (value) => (typeof value === 'number' && value >= 0 ? undefined : 'a number from 0 on');
export const dict: Check = (value) => (isDict(value) ? undefined : 'an object');
export type { Known };
export { bool, oneOf, string };

/** A number of milliseconds. */
export function ms(least = 0): Check {
  return (value) => (typeof value === 'number' && value >= least ? undefined : `milliseconds from ${least} on`);
}

/** The options of a serializer. */
export const int64: Known = { int64: /* @__PURE__ */ oneOf('number', 'bigint') };

/** The value as text, for objects that may hold secrets. */
export function withoutSecrets(value: unknown): string {
  return isPlain(value) ? 'an object' : show(value);
}

/** Any value: the function itself checks it. */
export const any: Check = () => undefined;

/**
 * @param say - The value as text. For secrets it is only their type.
 * @param moved - A hint for the name of an option that another library has.
 * @throws TypeError that says what was expected, what came, and what was probably meant.
 */
export function checkOptions(
  what: string,
  options: unknown,
  known: Known,
  say: (value: unknown) => string = show,
  moved: (name: string) => string = () => '',
): void {
  if (!isPlain(options)) throw new TypeError(`expected options of ${what} to be an object, got ${say(options)}`);
  for (const name of Object.keys(options)) {
    if (options[name] === undefined) continue;
    const check = checkOf(known, name);
    if (!check) throw unknownOption(what, name, known, moved(name));
    complain(`${name} of ${what}`, check, options[name], options, say);
  }
}

/** An option that is an object with its own options. With `mayBeFalse`, `false` turns it off. */
export function group(what: string, known: Known, mayBeFalse = false): Check {
  return (value) => {
    if (!(mayBeFalse && value === false)) checkOptions(what, value, known);
    return undefined;
  };
}

/** Only own members count: a name may be `constructor`. */
export function checkOf(known: Known, name: string): Check | undefined {
  return Object.getOwnPropertyDescriptor(known, name)?.value; // browsers of 2020 have no `Object.hasOwn`
}

export function unknownOption(what: string, name: string, known: Known, hint: string): TypeError {
  const names = Object.keys(known);
  return new TypeError(`expected an option of ${what} (${names.join(', ')}), got '${name}'${hint || nearest(name, names)}`);
}

/** @throws TypeError */
export function complain(what: string, check: Check, value: unknown, beside?: Dict, say: (value: unknown) => string = show): void {
  const bad = check(value, beside);
  if (bad !== undefined) throw new TypeError(`expected ${what} to be ${bad}, got ${say(value)}`);
}
