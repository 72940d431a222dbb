/*
 * WAMP "URIs": which strings are URIs and patterns of URIs. Scanned by hand: `\s` and `$` differ between engines and
 * languages, and the far end may be Python.
 */

/** How a URI of SUBSCRIBE or REGISTER is matched. */
export type Match = 'exact' | 'prefix' | 'wildcard';

/** Unicode white space as WAMP's loose rule excludes it. */
function isSpace(code: number): boolean {
  return (
    code === 0x20 ||
    (code >= 0x09 && code <= 0x0d) ||
    (code >= 0x1c && code <= 0x1f) ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

function isStrict(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

const HASH = 0x23;
const DOT = 0x2e;

/**
 * Whether this is a URI, or a pattern of URIs.
 *
 * exact: no empty component. prefix: only the last may be empty. wildcard: any may be empty.
 *
 * @param strict - Lower-case letters, digits and underscores only. Default: the loose rule, anything but white space, `#` and `.`.
 */
export function isUri(uri: string, match: Match = 'exact', strict = false): boolean {
  let length = 0;
  for (let i = 0; i < uri.length; i++) {
    const code = uri.charCodeAt(i);
    if (code === DOT) {
      if (length === 0 && match !== 'wildcard') return false;
      length = 0;
    } else {
      if (strict ? !isStrict(code) : code === HASH || isSpace(code)) return false;
      length++;
    }
  }
  return length > 0 || match !== 'exact';
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
