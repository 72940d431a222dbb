/*
 * How the attempts to have a session went so far, as a value: what the policy (retry.ts) decides by.
 */
export interface Attempts {
  /** How many failed in a row; a session that was not stable counts as one. */
  readonly failures: number;
  /** When the first of them began, on the clock for durations. */
  readonly since: number;
  /** A session has begun since the connection was opened. */
  readonly hasJoined: boolean;
  /** The function that gives the secret was called again after a refusal, since the last session. */
  readonly wasAskedAgain: boolean;
}

export const noAttempts = (now: number): Attempts => ({ failures: 0, since: now, hasJoined: false, wasAskedAgain: false });

export const afterJoin = (attempts: Attempts): Attempts => ({ ...attempts, hasJoined: true, wasAskedAgain: false });

export const afterFailure = (attempts: Attempts): Attempts => ({ ...attempts, failures: attempts.failures + 1 });

/** After the end of a session that lasted long enough to count as one. */
export const afterStableSession = (attempts: Attempts, now: number): Attempts => ({ ...attempts, failures: 0, since: now });
