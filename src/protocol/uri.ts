/*
 * WAMP "URIs": which strings are URIs and patterns of URIs. White space is written out: `\s` differs between engines and languages, and
 * the far end may be Python.
 */
import type { Check } from '../base/checks.ts';

/** How a URI of SUBSCRIBE or REGISTER is matched. */
export type Match = 'exact' | 'prefix' | 'wildcard';

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that WAMP counts as white space
const UNFIT = /[#\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/;
const UNFIT_STRICTLY = /[^.0-9a-z_]/;

/** The empty components that are not allowed. Searched for, not matched as a whole: no length of a URI needs a deep stack. */
const empty: { readonly [match in Match]?: RegExp } = { exact: /^$|^\.|\.\.|\.$/, prefix: /^\.|\.\./ };

/**
 * Whether this is a URI, or a pattern of URIs, by the loose rule: anything but white space, `#` and `.`.
 *
 * exact: no empty component. prefix: only the last may be empty. wildcard: any may be empty.
 */
export function isUri(uri: string, match: Match = 'exact'): boolean {
  return !UNFIT.test(uri) && !empty[match]?.test(uri);
}

/** The same by the strict rule: lower-case letters, digits and underscores only. */
export function isStrictUri(uri: string, match: Match = 'exact'): boolean {
  return !UNFIT_STRICTLY.test(uri) && isUri(uri, match);
}

/** WAMP "URIs": the first component `wamp` belongs to the protocol. */
export function isReserved(uri: string): boolean {
  return uri === 'wamp' || uri.startsWith('wamp.');
}

/** Why this is no URI, for an error message; undefined when it is one. */
export function uriComplaint(uri: unknown, match: Match = 'exact'): string | undefined {
  if (typeof uri !== 'string') return `expected a URI as a string, got ${uri === null ? 'null' : typeof uri}`;
  if (isUri(uri, match)) return undefined;
  const rule = { exact: 'no empty component', prefix: 'only the last component empty', wildcard: 'components' }[match];
  return `expected a URI with ${rule} and no white space or '#', got ${JSON.stringify(uri)}`;
}

/** Of options: a URI. */
export const validUri: Check = (value) => uriComplaint(value) && 'a URI';
/** Of options: a URI, or a wildcard of URIs. */
export const validPattern: Check = (value) => uriComplaint(value, 'wildcard') && 'a URI';
