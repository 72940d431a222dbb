/** Time and timers, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Platforms keep the delay in 32 bits, and fire at once for more. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, MAX_DELAY_MS)),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** For durations: what `now` rounds off is most of a short round trip. */
export function preciseNow(clock: Clock): () => number {
  return clock === systemClock && typeof performance === 'object' ? () => performance.now() : () => clock.now();
}
