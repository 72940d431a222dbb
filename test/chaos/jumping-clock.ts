/*
 * The system's clock, with jumps: what a client sees of its laptop's sleep, and of a time server that sets the clock on the wall.
 */
import type { Clock } from 'autostrada';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  handle: NodeJS.Timeout;
}

export class JumpingClock implements Clock {
  /** What was slept through. */
  private offsetMs = 0;
  /** What the clock on the wall was set by. */
  private wallMs = 0;
  private readonly timers = new Set<Timer>();

  now(): number {
    return Date.now() + this.offsetMs + this.wallMs;
  }

  elapsed(): number {
    return performance.now() + this.offsetMs;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer: Timer = { at: this.elapsed() + ms, callback, handle: setTimeout(() => this.fire(timer), ms) };
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    if (!this.timers.delete(timer as Timer)) return;
    clearTimeout((timer as Timer).handle);
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.size;
  }

  /**
   * The time is later, all at once.
   *
   * @param areTimersDue - True: timers count the time asleep, and all that are due fire in order. False: they do not, as on Linux.
   */
  jump(ms: number, areTimersDue: boolean): void {
    this.offsetMs += ms;
    if (!areTimersDue) return;
    const now = this.elapsed();
    for (const timer of [...this.timers].sort((a, b) => a.at - b.at)) {
      clearTimeout(timer.handle);
      timer.handle = setTimeout(() => this.fire(timer), Math.max(0, timer.at - now));
    }
  }

  /** Somebody sets the clock on the wall: no time has passed. */
  set(ms: number): void {
    this.wallMs += ms;
  }

  private fire(timer: Timer): void {
    if (this.timers.delete(timer)) timer.callback();
  }
}
