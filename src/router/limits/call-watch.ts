/* What is told about every call at its end, if somebody measures them. */

/** How a call ended. `lost`: the session of the caller or the callee has ended. */
export type CallOutcome = 'result' | 'error' | 'canceled' | 'timeout' | 'lost';

/** A call that has reached a callee, and is over. */
export interface EndedCall {
  readonly realm: string;
  /** The procedure of its registration: a pattern, if it was registered as one. */
  readonly procedure: string;
  /** Of the caller. */
  readonly authrole: string;
  readonly outcome: CallOutcome;
  /** From INVOCATION to the end, in milliseconds. */
  readonly durationMs: number;
}

/** Gets every call at its end. Undefined: nothing is measured. */
export interface CallWatch {
  ended: ((call: EndedCall) => void) | undefined;
}
