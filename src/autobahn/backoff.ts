/* Autobahn's arithmetic of reconnecting, to the letter: the delay grows by a factor, each is drawn from a normal distribution around the last. */

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

export class Backoff {
  private readonly maxRetries: number;
  private readonly initial: number;
  private readonly cap: number;
  private readonly growth: number;
  private readonly jitter: number;
  private count = 0;
  private delay: number;

  constructor(options: BackoffOptions) {
    // As there: 0 is a number of retries and a delay, and no growth, cap or jitter.
    this.maxRetries = options.max_retries ?? 15;
    this.initial = options.initial_retry_delay ?? 1.5;
    this.cap = options.max_retry_delay || 300;
    this.growth = options.retry_delay_growth || 1.5;
    this.jitter = options.retry_delay_jitter || 0.1;
    this.delay = this.initial;
  }

  reset(): void {
    this.count = 0;
    this.delay = this.initial;
  }

  advance(isWanted: boolean): Next {
    const { maxRetries, cap } = this;
    // Of 0 it makes a delay with a deviation of a second: programs that ask for none live on that, and would give up within a tick.
    const delay = Math.min(cap, rand_normal(this.delay, this.delay * this.jitter));
    this.count++;
    this.delay = delay * this.growth;
    return isWanted && (maxRetries === -1 || this.count <= maxRetries)
      ? { count: this.count, delay, will_retry: true }
      : { count: null, delay: null, will_retry: false };
  }
}
