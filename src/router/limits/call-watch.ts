/* What is told about every call at its end, if somebody measures them. */
import type { Off } from '../../base/words.ts';

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

/** Tells listeners of every call at its end. */
export class CallWatch {
  /** Undefined: nobody listens, and nothing is measured. */
  ended: ((call: EndedCall) => void) | undefined = undefined;
  /** The time for durations, in milliseconds. */
  readonly now: () => number;
  private readonly listeners = new Set<(call: EndedCall) => void>();
  private readonly threw: (error: unknown) => void;

  /** @param threw - Gets what a listener throws. */
  constructor(now: () => number, threw: (error: unknown) => void) {
    this.now = now;
    this.threw = threw;
  }

  add(listener: (call: EndedCall) => void): Off {
    const own = (call: EndedCall): void => listener(call); // the same function may listen twice
    this.listeners.add(own);
    this.ended ??= (call) => this.tell(call);
    return () => {
      this.listeners.delete(own);
      if (this.listeners.size === 0) this.ended = undefined;
    };
  }

  private tell(call: EndedCall): void {
    for (const listener of this.listeners) {
      try {
        listener(call);
      } catch (error) {
        this.threw(error);
      }
    }
  }
}
