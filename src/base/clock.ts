/** Time and timers, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds since 1970: for what is shown or stored. It may be set back, or forth. */
  now(): number;
  /** Milliseconds since any moment, never set back: for durations. Default: `now()`. */
  elapsed?(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Platforms keep the delay in 32 bits, and fire at once for more. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => (typeof performance === 'object' ? performance : Date).now(),
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, MAX_DELAY_MS)),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** For durations: what `now` rounds off is most of a short round trip. */
export function preciseNow(clock: Clock): () => number {
  return () => elapsed(clock);
}

/** For durations: a clock on the wall may be set back. */
export function elapsed(clock: Clock): number {
  return clock.elapsed ? clock.elapsed() : clock.now();
}
