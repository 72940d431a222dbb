/* What holds whatever an attacker does. */
export const invariants = [
  'the router died',
  'honest calls answered late or never',
  'wrong answers and orders',
  'honest sessions ended or refused',
  'wrong answers to attackers',
  'internal errors',
  'strangers kept too long',
  'memory beyond the bound',
  'memory that did not come back',
  'something left in the router',
] as const;
export type Invariant = (typeof invariants)[number];

/** The longest that an honest session waits for anything, on a machine that others use as well. */
export const BOUND_MS = 5000;
/** What the router's process may take at most, with its small limits. */
export const MOST_BYTES = 600 * 2 ** 20;
/** From when on a stranger who does not go on, or goes wrong, must be gone. Above `joinTimeoutMs` of limits.mjs. */
export const GONE_MS = 8000;
