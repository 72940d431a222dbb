/*
 * Exactly Autobahn's arithmetic of reconnecting: the delay grows by a factor, and each is drawn from a normal distribution around the last. The members
 * have Autobahn's names, since programs read and write them.
 */

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

export abstract class Backoff {
  _max_retries: number;
  _initial_retry_delay: number;
  _max_retry_delay: number;
  _retry_delay_growth: number;
  _retry_delay_jitter: number;
  /** Whether more is wanted. */
  _retry = false;
  _retry_count = 0;
  _retry_delay: number;
  _is_retrying = false;

  constructor(options: BackoffOptions) {
    // As in Autobahn|JS: 0 is accepted as a number of retries and as a delay, and replaced as growth, cap and jitter.
    this._max_retries = options.max_retries ?? 15;
    this._initial_retry_delay = this._retry_delay = options.initial_retry_delay ?? 1.5;
    this._max_retry_delay = options.max_retry_delay || 300;
    this._retry_delay_growth = options.retry_delay_growth || 1.5;
    this._retry_delay_jitter = options.retry_delay_jitter || 0.1;
  }

  /** Ends the wait for the next attempt. */
  abstract _autoreconnect_reset_timer(): void;

  _autoreconnect_reset(): void {
    this._autoreconnect_reset_timer();
    this._restart();
  }

  /** What comes next. */
  _autoreconnect_advance(): Next {
    const last = this._retry_delay;
    // 0 becomes a delay with a deviation of a second. Programs with 0 depend on it: otherwise they would give up at once.
    const delay = Math.min(this._max_retry_delay, rand_normal(last, last * this._retry_delay_jitter));
    const count = ++this._retry_count;
    this._retry_delay = delay * this._retry_delay_growth;
    return this._retry && (this._max_retries === -1 || count <= this._max_retries)
      ? { count, delay, will_retry: true }
      : { count: null, delay: null, will_retry: false };
  }

  protected _restart(): void {
    this._retry_count = 0;
    this._retry_delay = this._initial_retry_delay;
    this._is_retrying = false;
  }
}
