/* Exactly Autobahn's arithmetic of reconnecting: the delay grows by a factor, and each is drawn from a normal distribution around the last. */

export interface BackoffOptions {
  readonly max_retries?: number | undefined;
  readonly initial_retry_delay?: number | undefined;
  readonly max_retry_delay?: number | undefined;
  readonly retry_delay_growth?: number | undefined;
  readonly retry_delay_jitter?: number | undefined;
}

/** What `onclose` is told. */
export interface Next {
  readonly count: number | null;
  /** In seconds. */
  readonly delay: number | null;
  readonly will_retry: boolean;
}

/** Box and Muller. */
export function rand_normal(mean?: number, sd?: number): number {
  let x: number;
  let square: number;
  do {
    x = 2 * Math.random() - 1;
    const y = 2 * Math.random() - 1;
    square = x * x + y * y;
  } while (square >= 1 || square === 0);
  return (mean || 0) + x * Math.sqrt((-2 * Math.log(square)) / square) * (sd || 1);
}

export interface Backoff {
  reset(): void;
  /** What comes next, if more is wanted. */
  advance(isWanted: boolean): Next;
}

export function backoff(options: BackoffOptions): Backoff {
  // As in Autobahn|JS: 0 is accepted as a number of retries and as a delay, and replaced as growth, cap and jitter.
  const most = options.max_retries ?? 15;
  const initial = options.initial_retry_delay ?? 1.5;
  const cap = options.max_retry_delay || 300;
  const growth = options.retry_delay_growth || 1.5;
  const jitter = options.retry_delay_jitter || 0.1;
  let count = 0;
  let last = initial;
  return {
    reset() {
      count = 0;
      last = initial;
    },
    advance(isWanted) {
      // 0 becomes a delay with a deviation of a second. Programs with 0 depend on it: otherwise they would give up at once.
      const delay = Math.min(cap, rand_normal(last, last * jitter));
      count++;
      last = delay * growth;
      return isWanted && (most === -1 || count <= most)
        ? { count, delay, will_retry: true }
        : { count: null, delay: null, will_retry: false };
    },
  };
}
