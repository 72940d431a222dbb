/* The header `Authorization`: who sends a request. */
import { TextDecoder } from 'node:util';
import { HttpProblem } from './problems.ts';
import { isText } from './text.ts';

/** What the session logs in with. Undefined: nothing, it is anonymous. */
export interface Credentials {
  /** Undefined: the router finds out whose ticket it is (the hook `findUser`). */
  readonly authid: string | undefined;
  readonly ticket: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws HttpProblem 401 */
export function credentialsOf(authorization: string | undefined): Credentials | undefined {
  if (authorization === undefined) return undefined;
  const [, scheme = '', rest = ''] = /^([\w-]+) +(\S+) *$/.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return { authid: undefined, ticket: rest };
    case 'basic':
      return basic(rest);
    default:
      throw new HttpProblem(401, "expected the header Authorization to be 'Bearer <token>' or 'Basic <base64>'");
  }
}

/** RFC 7617: the name ends at the first colon. */
function basic(base64: string): Credentials {
  const bad = new HttpProblem(
    401,
    "expected the header Authorization to have base64 of '<authid>:<ticket>' in UTF-8 after 'Basic'",
  );
  if (!/^[\w+/-]+=*$/.test(base64)) throw bad;
  let text: string;
  try {
    text = decoder.decode(Buffer.from(base64, 'base64'));
  } catch {
    throw bad;
  }
  const colon = text.indexOf(':');
  const [authid, ticket] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || !isText(authid) || !isText(ticket)) throw bad;
  return { authid, ticket };
}

/**
 * `WWW-Authenticate`. `Basic` is offered to programs only: a browser would show a window of its own to the user of a page, and send the password with later requests of
 * any page.
 */
export function challengeOf(realm: string, isBrowser: boolean): string {
  const name = realm.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
  return `Bearer realm="${name}"${isBrowser ? '' : `, Basic realm="${name}", charset="UTF-8"`}`;
}
