/* Why logins are refused, for those who watch a router. The client learns less. */

/**
 * `denied`: a user who does not exist, or a wrong proof. `no_method`: no login that both sides have. `throttled`: too many have failed from there. `failed`: the authenticator,
 * or a hook, has failed. `refused`: a hook or authenticator has refused it in its own words. `unavailable`: there was nobody to ask. `late`: it took longer than
 * `limits.joinTimeoutMs`. `no_such_realm`: the realm does not exist.
 */
export type LoginRefusal = 'denied' | 'no_method' | 'throttled' | 'failed' | 'refused' | 'unavailable' | 'late' | 'no_such_realm';

/** Those of a new router. */
export function noRefusals(): Record<LoginRefusal, number> {
  return { denied: 0, no_method: 0, throttled: 0, failed: 0, refused: 0, unavailable: 0, late: 0, no_such_realm: 0 };
}

/** Counts one. */
export function countRefusal(
  tally: { refusedLogins: number; readonly refusals: Record<LoginRefusal, number> },
  why: LoginRefusal,
): void {
  tally.refusedLogins++;
  tally.refusals[why]++;
}
