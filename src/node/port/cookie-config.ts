/* What is said about browsers that need not log in again. */
import { type Check, isDict } from '../../base/checks.ts';
import { checkOptions } from '../../base/options.ts';

export interface CookieConfig {
  /** The name of the cookie. Default `autostrada`. With `__Host-` in front of it, browsers take it only over TLS, and from no other host. */
  readonly name?: string | undefined;
  /** How long a login is remembered, in milliseconds. Default 30 days. */
  readonly maxAgeMs?: number | undefined;
}

/** A year: some browsers keep no cookie for longer. */
const MOST_MS = 365 * 86_400_000;
/** RFC 6265, 4.1.1 */
const NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

export const cookieChecks: { readonly name: Check; readonly maxAgeMs: Check } = {
  name: (value: unknown) => (typeof value === 'string' && NAME.test(value) ? undefined : 'a name of letters, digits and -'),
  maxAgeMs: (value: unknown) =>
    typeof value === 'number' && value >= 1000 && value <= MOST_MS ? undefined : `milliseconds from 1000 to ${MOST_MS}`,
};

export const cookies: Check = (value) => {
  if (!isDict(value)) return 'an object such as {}';
  checkOptions('cookies', value, cookieChecks);
  return undefined;
};
