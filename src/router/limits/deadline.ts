import type { Clock } from '../../base/clock.ts';

/** One time limit; a new one replaces it. */
export class Deadline {
  private readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  private timer: unknown;

  constructor(clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>) {
    this.clock = clock;
  }

  set(ms: number, then: () => void): void {
    this.end();
    this.timer = this.clock.setTimeout(then, ms);
  }

  end(): void {
    this.clock.clearTimeout(this.timer);
    this.timer = undefined; // a timer is a hundred bytes, and holds on to what it would have done
  }
}
