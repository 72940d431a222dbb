/*
 * One direction of a connection: frames keep their order, and may have to wait.
 */
import type { Clock } from '../index.ts';

export interface Obstacles {
  /** Whether frames are held back now. */
  isBlocked(): boolean;
  delayMs(): number;
  /** Called when a frame has arrived. */
  moved(): void;
}

interface Item {
  readonly dueAt: number;
  readonly bytes: number;
  readonly pass: () => void;
}

export class Pipe {
  /** The bytes of frames that wait. */
  bytes = 0;
  private readonly clock: Clock;
  private readonly obstacles: Obstacles;
  private items: Item[] = [];
  private timer: unknown;

  constructor(clock: Clock, obstacles: Obstacles) {
    this.clock = clock;
    this.obstacles = obstacles;
  }

  /** Whether a frame is on its way and will arrive. */
  get isBusy(): boolean {
    return this.items.length > 0 && !this.obstacles.isBlocked();
  }

  /** Delivers at once if nothing holds the frame back. */
  push(bytes: number, pass: () => void): void {
    const dueAt = Math.max(elapsed(this.clock) + this.obstacles.delayMs(), this.items.at(-1)?.dueAt ?? 0);
    this.items.push({ dueAt, bytes, pass });
    this.bytes += bytes;
    this.flow();
  }

  /** Delivers the frames that may pass; called when a fault has ended. */
  flow(): void {
    this.clock.clearTimeout(this.timer);
    for (;;) {
      const [first] = this.items;
      if (!first || this.obstacles.isBlocked()) return;
      const waitMs = first.dueAt - elapsed(this.clock);
      if (waitMs > 0) {
        this.clock.clearTimeout(this.timer); // a delivered frame may have set one
        this.timer = this.clock.setTimeout(() => this.flow(), waitMs);
        return;
      }
      this.items.shift();
      this.bytes -= first.bytes;
      this.obstacles.moved();
      first.pass();
    }
  }

  /** Delivers the frames that wait for their time. */
  hurry(): void {
    this.items = this.items.map((item) => ({ ...item, dueAt: 0 }));
    this.flow();
  }

  /** Drops waiting frames. */
  clear(): void {
    this.clock.clearTimeout(this.timer);
    this.items = [];
    this.bytes = 0;
  }
}

/** For durations, because the wall clock may be set back. */
function elapsed(clock: Clock): number {
  return clock.elapsed ? clock.elapsed() : clock.now();
}
