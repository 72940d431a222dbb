/*
 * Notices a connection on which nothing comes any more: asks after a silence, and gives it up when nothing comes then, either. Everything
 * that comes is a sign of life, and so is every byte that still moves.
 */
import { type Clock, elapsed } from '../../../base/clock.ts';
import type { Pulse } from './pulse.ts';

type Watched = Pick<Pulse, 'heardAt' | 'moved' | 'neededMs' | 'ask'>;

/** Timers that fire later than this have been asleep with the machine or the tab: what came meanwhile may be read only after them. */
const LATE_MS = 1000;

export class Liveness {
  private readonly clock: Clock;
  readonly timeoutMs: number;
  private readonly idleMs: number;
  private readonly pulse: Watched;
  private readonly lost: (silenceMs: number) => void;
  private timer: unknown;
  private answeredAt: number;
  /** The probe that is waited for. */
  private asked: object | undefined;

  constructor(clock: Clock, idleMs: number, timeoutMs: number, pulse: Watched, lost: (silenceMs: number) => void) {
    this.clock = clock;
    this.idleMs = idleMs;
    this.timeoutMs = timeoutMs;
    this.pulse = pulse;
    this.lost = lost;
    this.answeredAt = elapsed(clock);
    this.rest();
  }

  /** Asks now. */
  ask(timeoutMs: number = this.timeoutMs): void {
    const { clock, pulse } = this;
    const askedAt = elapsed(clock);
    const probe = {};
    this.asked = probe;
    let { moved } = pulse;
    let movedAt = askedAt;
    let wasLate = false;
    const wait = (): void => {
      const dueAt = elapsed(clock) + timeoutMs;
      this.after(timeoutMs, () => {
        if (pulse.heardAt > askedAt) return this.rest();
        const isLate = !wasLate && elapsed(clock) - dueAt > LATE_MS;
        const before = moved;
        ({ moved } = pulse);
        if (moved !== before) movedAt = elapsed(clock);
        else if (!isLate && elapsed(clock) - movedAt >= pulse.neededMs) return this.lost(this.silenceMs);
        wasLate = isLate;
        wait();
      });
    };
    wait();
    pulse.ask(() => {
      if (this.asked !== probe) return;
      this.answeredAt = elapsed(clock);
      this.rest();
    });
  }

  stop(): void {
    this.asked = undefined;
    this.clock.clearTimeout(this.timer);
  }

  private get silenceMs(): number {
    return elapsed(this.clock) - Math.max(this.pulse.heardAt, this.answeredAt);
  }

  private rest(): void {
    this.asked = undefined;
    this.after(Math.max(0, this.idleMs - this.silenceMs), () => {
      if (this.silenceMs < this.idleMs) this.rest();
      else this.ask();
    });
  }

  private after(ms: number, then: () => void): void {
    this.clock.clearTimeout(this.timer);
    this.timer = this.clock.setTimeout(then, ms);
    (this.timer as { unref?(): void } | undefined)?.unref?.(); // no reason of its own for a process to stay
  }
}
