/* What a client is told when the router has no place for it. */
import type { Router } from '../../router/router.ts';

/** When a client that was answered 503 or 429 may try again, in seconds. */
export const RETRY_AFTER = '5';

/** Why `router.refusesConnection()` is true. */
export function whyRefused({ isDraining, hasJoined }: Router): string {
  if (isDraining) return SHUTTING_DOWN;
  return hasJoined ? 'the router is full (limits.maxSessions)' : NOT_JOINED;
}

export const SHUTTING_DOWN = 'the router is shutting down';
export const NOT_JOINED = 'the router has not joined its cluster, or is cut off from it';
