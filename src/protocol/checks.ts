/*
 * Checks of the elements of a message, and of the options and details that WAMP knows.
 */
import { type Check, complaint, isDict, type Known } from '../base/checks.ts';
import { isId } from './ids.ts';

export const id: Check = (value) => (isId(value) ? undefined : 'an id from 1 to 2^53');
/** In a revocation the request is 0 (WAMP "Subscription Revocation", "Registration Revocation"). */
export const idOrZero: Check = (value) => (value === 0 || isId(value) ? undefined : 'an id from 0 to 2^53');
export const integer: Check = (value) =>
  typeof value === 'number' && value >= 0 && Math.floor(value) === value && value <= 2 ** 53 ? undefined : 'a non-negative integer';
/**
 * Only the type is checked here. Whether the URI is valid is checked later, where an answer is possible: WAMP "URIs" wants an
 * ERROR `invalid_uri`, not an ABORT.
 */
export const uri: Check = (value) => (typeof value === 'string' ? undefined : 'a URI');
export const dict: Check = (value) => (isDict(value) ? undefined : 'a dict');
/** Arguments. autobahn-python sends null instead of leaving them out, so null counts as absent. */
export const args: Check = (value) => (Array.isArray(value) || value === null ? undefined : 'a list');
export const kwargs: Check = (value) => (value === null || isDict(value) ? undefined : 'a dict');

export function listOf(item: Check, items: string): Check {
  return (value) => (Array.isArray(value) && value.every((entry) => item(entry) === undefined) ? undefined : `a list of ${items}`);
}

/**
 * A dict whose known keys are checked; WAMP "Extensibility": unknown keys are ignored. Some clients send null for options
 * that are not set (wampy in MessagePack, as extension 0), so a member that is null counts as absent. It is removed here,
 * once for all options. WAMP "HELLO", "WELCOME": if roles are among the known keys, they must be present.
 */
export function dictOf(known: Known): Check {
  const checks = new Map(Object.entries(known)); // a Map, since a key may be called `constructor`
  const needsRoles = checks.has('roles');
  return (value) => {
    if (!isDict(value)) return 'a dict';
    if (needsRoles && (value.roles ?? undefined) === undefined) return '.roles to be there, got nothing';
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

/** The most members that options and details may have. Each key is checked, so many keys would cost more than any payload. */
const MAX_MEMBERS = 1000;
