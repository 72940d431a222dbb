/* Slows one connection that sends too fast, or finds that it has to end. Its lane waits for a while; then its connection is not read. */
import type { Clock } from '../../base/clock.ts';
import type { Lane } from './lane.ts';

/** How fast a session may send. */
export interface Pace {
  /** Whether a session that is too fast ends, and is not slowed. */
  readonly ends: boolean;
  /** Why it ends. */
  readonly text: string;
  /** How long the next message has to wait after one that came too early, in milliseconds. */
  readonly pauseMs: number;
  /** Counts a message. @returns Whether it came too early. */
  take(): boolean;
}

export class Pacing {
  private readonly pace: Pace;
  private readonly lane: Pick<Lane<unknown>, 'slow' | 'quicken'>;
  private readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Called once, at the first message that comes too early. */
  private tooFast: (() => void) | undefined;
  private timer: unknown;
  private isEarly = false;
  private isOver = false;

  constructor(pace: Pace, lane: Pacing['lane'], clock: Pacing['clock'], tooFast: () => void) {
    this.pace = pace;
    this.lane = lane;
    this.clock = clock;
    this.tooFast = tooFast;
  }

  /** Counts a message. @returns Why the session has to end; undefined: it is handled. */
  refusal(): string | undefined {
    this.isEarly = this.pace.take();
    if (!this.isEarly) return undefined;
    this.tooFast?.();
    this.tooFast = undefined;
    return this.pace.ends ? this.pace.text : undefined;
  }

  /** The message was handled. If it came too early, the next ones wait. */
  handled(): void {
    if (!this.isEarly || this.isOver) return;
    this.lane.slow();
    this.timer = this.clock.setTimeout(() => {
      this.timer = undefined;
      this.lane.quicken();
    }, this.pace.pauseMs);
  }

  /** Messages wait, because too many have come. */
  get isPausing(): boolean {
    return this.timer !== undefined;
  }

  /** Nothing waits any more. */
  end(): void {
    this.isOver = true;
    if (this.timer === undefined) return;
    this.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.lane.quicken();
  }
}
