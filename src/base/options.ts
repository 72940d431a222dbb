/*
 * Our own options, checked where they are given: a table for each function, and one check for all. What is wrong would else show much later,
 * or never. A value that is undefined counts as absent; what has to be there is looked at by whoever needs it.
 */
import { bool, type Check, isDict, type Known, oneOf, show, string } from './checks.ts';
import { nearest } from './nearest.ts';

export const func: Check = (value) => (typeof value === 'function' ? undefined : 'a function');
export const amount: Check = (value) => (typeof value === 'number' && value >= 0 ? undefined : 'a number from 0 on');
export const dict: Check = (value) => (isDict(value) ? undefined : 'an object');
export type { Known };
export { bool, oneOf, string };

/** In milliseconds. */
export function ms(least = 0): Check {
  return (value) => (typeof value === 'number' && value >= least ? undefined : `milliseconds from ${least} on`);
}

/** Of serializers. */
export const int64: Known = { int64: /* @__PURE__ */ oneOf('number', 'bigint') };

/** What came, in words, where objects may hold secrets. */
export function withoutSecrets(value: unknown): string {
  return isDict(value) ? 'an object' : show(value);
}

/** Anything: whoever takes it looks at it. */
export const any: Check = () => undefined;

/**
 * @param say - What came, in words. Of secrets only their type.
 * @param moved - What became of a name that another library has.
 * @throws TypeError that says what was expected, what came, and what was probably meant.
 */
export function checkOptions(
  what: string,
  options: unknown,
  known: Known,
  say: (value: unknown) => string = show,
  moved: (name: string) => string = () => '',
): void {
  if (!isDict(options)) throw new TypeError(`expected options of ${what} to be an object, got ${say(options)}`);
  for (const name of Object.keys(options)) {
    if (options[name] === undefined) continue;
    const check = checkOf(known, name);
    if (!check) throw unknownOption(what, name, known, moved(name));
    complain(`${name} of ${what}`, check, options[name], say);
  }
}

/** Options in options. `false` turns them off, where that may be. */
export function group(what: string, known: Known, mayBeFalse = false): Check {
  return (value) => {
    if (!(mayBeFalse && value === false)) checkOptions(what, value, known);
    return undefined;
  };
}

/** Not what each object has: a name may be `constructor`. */
export function checkOf(known: Known, name: string): Check | undefined {
  return Object.getOwnPropertyDescriptor(known, name)?.value; // browsers of 2020 have no `Object.hasOwn`
}

export function unknownOption(what: string, name: string, known: Known, hint: string): TypeError {
  const names = Object.keys(known);
  return new TypeError(`expected an option of ${what} (${names.join(', ')}), got '${name}'${hint || nearest(name, names)}`);
}

/** @throws TypeError */
export function complain(what: string, check: Check, value: unknown, say: (value: unknown) => string = show): void {
  const bad = check(value);
  if (bad !== undefined) throw new TypeError(`expected ${what} to be ${bad}, got ${say(value)}`);
}
