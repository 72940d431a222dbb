/*
 * WAMP "URIs": which strings are URIs and patterns of URIs. White space is listed by code point: `\s` means different
 * characters in other engines and languages, and the other end may be Python.
 */
import type { Check } from '../base/checks.ts';

/** How SUBSCRIBE or REGISTER matches a URI. */
export type Match = 'exact' | 'prefix' | 'wildcard';

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that WAMP counts as white space
const UNFIT = /[#\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]/;
const UNFIT_STRICTLY = /[^.0-9a-z_]/;

/**
 * The empty components that are not allowed. The expressions search for them and do not match the whole URI, so that a long
 * URI needs no deep stack.
 */
const empty: { readonly [match in Match]?: RegExp } = { exact: /^$|^\.|\.\.|\.$/, prefix: /^\.|\.\./ };

/**
 * Whether this is a URI, or a pattern of URIs, by the loose rule: a component has any characters but white space, `#` and
 * `.`.
 *
 * exact: no component may be empty. prefix: only the last may be empty. wildcard: any may be empty.
 */
export function isUri(uri: string, match: Match = 'exact'): boolean {
  return !UNFIT.test(uri) && !empty[match]?.test(uri);
}

/** Whether this is a URI by the strict rule: lower-case letters, digits and underscores only. */
export function isStrictUri(uri: string, match: Match = 'exact'): boolean {
  return !UNFIT_STRICTLY.test(uri) && isUri(uri, match);
}

/** WAMP "URIs": the first component `wamp` is reserved for the protocol. */
export function isReserved(uri: string): boolean {
  return uri === 'wamp' || uri.startsWith('wamp.');
}

/** Why this is not a URI, for an error message. Undefined when it is one. */
export function uriComplaint(uri: unknown, match: Match = 'exact'): string | undefined {
  if (typeof uri !== 'string') return `expected a URI as a string, got ${uri === null ? 'null' : typeof uri}`;
  if (isUri(uri, match)) return undefined;
  const rule = { exact: 'no empty component', prefix: 'only the last component empty', wildcard: 'components' }[match];
  return `expected a URI with ${rule} and no white space or '#', got ${JSON.stringify(uri)}`;
}

/** An option that is a URI. */
export const validUri: Check = (value) => uriComplaint(value) && 'a URI';
/** An option that is a URI or a wildcard pattern. */
export const validPattern: Check = (value) => uriComplaint(value, 'wildcard') && 'a URI';
