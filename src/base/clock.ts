/** Time and timers. Tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970, for times that are shown or stored. The system's clock may be set back or forward. */
  now(): number;
  /** Milliseconds since any moment, for durations. It never goes back. Default: `now()`. */
  elapsed?(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Platforms keep the delay in 32 bits; with a longer delay a timer fires at once. */
export const MAX_DELAY_MS: number = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => (typeof performance === 'object' ? performance : Date).now(),
  setTimeout: (callback, ms) => setTimeout(callback, Math.min(ms, MAX_DELAY_MS)),
  clearTimeout: (timer: ReturnType<typeof setTimeout> | undefined) => clearTimeout(timer),
};

/** Resolves when the task does, and no later than this. It never rejects. */
export async function within(clock: Clock, ms: number, task: Promise<unknown>): Promise<void> {
  let timer: unknown;
  const late = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await Promise.race([task.catch(() => {}), late]);
  clock.clearTimeout(timer);
}

/** For durations: `now` rounds to milliseconds, and a short round trip takes less. */
export function preciseNow(clock: Clock): () => number {
  return () => elapsed(clock);
}

/** For durations: `now` may be set back. */
export function elapsed(clock: Clock): number {
  return clock.elapsed ? clock.elapsed() : clock.now();
}
