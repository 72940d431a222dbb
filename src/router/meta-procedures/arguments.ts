/*
 * Checks the arguments of the meta procedures, and makes their errors.
 */

import { isDict, show } from '../../base/checks.ts';
import { ApplicationError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import { isUri, type Match } from '../../protocol/uri.ts';
import { type Bounds, shortly } from '../limits/bounds.ts';
import type { LiveSession } from '../session/session.ts';

export function invalidArgument(expected: string, got: unknown): ApplicationError {
  return new ApplicationError('wamp.error.invalid_argument', [`expected ${expected}, got ${got === null ? 'null' : typeof got}`]);
}

export function noSuchSession(id: unknown): ApplicationError {
  return new ApplicationError('wamp.error.no_such_session', [`no session ${String(id)} here`]);
}

export function findSession(realm: { session(id: Id): LiveSession | undefined }, id: unknown): LiveSession {
  const session = realm.session(expectId(id, 'session'));
  if (!session) throw noSuchSession(id);
  return session;
}

export function expectId(id: unknown, of: string): Id {
  if (typeof id !== 'number') throw invalidArgument(`the id of a ${of}`, id);
  return id;
}

export function expectUri(uri: unknown, of: string, match: Match = 'exact'): Uri {
  if (typeof uri !== 'string') throw invalidArgument(`the URI of a ${of}`, uri);
  if (isUri(uri, match)) return uri;
  throw new ApplicationError('wamp.error.invalid_argument', [`expected the URI of a ${of}, got ${shortly(uri)}`]);
}

/** The second argument of `lookup`: options as in SUBSCRIBE and REGISTER. */
export function expectMatch(options: unknown): Match {
  if (options === undefined || options === null) return 'exact';
  if (!isDict(options)) throw invalidArgument('options to be a dict', options);
  const { match = 'exact' } = options;
  if (match === 'exact' || match === 'prefix' || match === 'wildcard') return match;
  throw new ApplicationError('wamp.error.invalid_argument', ["expected options.match to be 'exact', 'prefix' or 'wildcard'"]);
}

/** WAMP "Registration Revocation", "Subscription Revocation": a reason is a text, most often a URI. */
export function expectReason(reason: unknown, bounds: Bounds): string | undefined {
  if (reason === undefined || reason === null) return undefined;
  if (typeof reason !== 'string') throw invalidArgument('reason to be a string', reason);
  expectShort(reason, 'reason', bounds);
  return reason;
}

/** Checks them one by one. */
const MAX_KEYWORDS = 1000;

/**
 * WAMP says that unknown options are ignored, but says nothing about keyword arguments. A misspelt one would change what a procedure does: `limt` returns
 * everything, `reson` sends no reason. So it is refused, as by Crossbar.io. A keyword that is null counts as absent, and names that begin with `_`
 * are the caller's own.
 *
 * @throws {@link ApplicationError} `invalid_argument`, which names the keyword and those that are known.
 */
export function expectKeywords(kwargs: Dict, known: readonly string[]): void {
  let left = MAX_KEYWORDS;
  for (const name in kwargs) {
    const value = kwargs[name];
    if (left-- === 0)
      throw new ApplicationError('wamp.error.invalid_argument', [`expected at most ${MAX_KEYWORDS} keyword arguments, got more`]);
    if (known.includes(name) || name.startsWith('_') || value === null || value === undefined) continue;
    const expected = known.length === 0 ? 'no keyword arguments' : `the keyword arguments ${known.join(', ')}`;
    throw new ApplicationError('wamp.error.invalid_argument', [`expected ${expected}, got ${show(name)}${nearest(name, known)}`]);
  }
}

/** A text that is sent to others. */
export function expectShort(text: string, name: string, bounds: Bounds): void {
  const complaint = bounds.text(text);
  if (complaint !== undefined) throw new ApplicationError('wamp.error.invalid_argument', [`${name}: ${complaint}`]);
}
