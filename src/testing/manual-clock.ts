import type { Clock } from '../index.ts';
import { turn } from './turn.ts';

/** @throws TypeError */
export function expectMs(ms: number): void {
  if (!(typeof ms === 'number' && ms >= 0))
    throw new TypeError(`expected milliseconds from 0 on, got ${typeof ms === 'number' ? ms : typeof ms}`);
}

interface Timer {
  readonly at: number;
  readonly id: number;
  readonly callback: () => void;
}

/**
 * A clock that the test controls: for `environment.clock` of a connection and the `clock` of a router.
 *
 * @example
 * const clock = new ManualClock();
 * const connection = new Connection({ url: router, realm: 'realm1', environment: { clock } });
 * await clock.advance(30_000);
 */
export class ManualClock implements Clock {
  /** The elapsed time; timers use it. */
  private time: number;
  /** How far the wall clock was set forward. */
  private shiftMs = 0;
  private timers: readonly Timer[] = [];
  private nextId = 1;

  /** @param startMs - What `now()` says at first, in milliseconds since 1970. Default 1 000 000. */
  constructor(startMs = 1_000_000) {
    this.time = startMs;
  }

  now(): number {
    return this.time + this.shiftMs;
  }

  elapsed(): number {
    return this.time;
  }

  /**
   * Sets the wall clock, as people and time servers do: `now()` returns another time, but no time passes.
   *
   * @param ms - How far forward; back if it is negative.
   */
  shift(ms: number): void {
    this.shiftMs += ms;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const id = this.nextId++;
    this.timers = [...this.timers, { at: this.time + Math.max(0, ms), id, callback }];
    return id;
  }

  clearTimeout(timer: unknown): void {
    this.timers = this.timers.filter(({ id }) => id !== timer);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length;
  }

  /**
   * Lets this much time pass: timers that are due run, in order, with promises settled before, in between and after, and so do timers that become due
   * meanwhile. Other work (a socket, a file, the platform's crypto) takes its own time.
   */
  async advance(ms: number): Promise<void> {
    expectMs(ms);
    const until = this.time + ms;
    await turn();
    for (;;) {
      const due = this.firstUntil(until);
      if (!due) break;
      this.time = Math.max(this.time, due.at);
      this.clearTimeout(due.id);
      due.callback();
      await turn();
    }
    this.time = Math.max(this.time, until);
  }

  private firstUntil(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    return first;
  }
}
