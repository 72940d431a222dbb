/*
 * One direction of a line: what goes through keeps its order, and may have to wait.
 */
import type { Clock } from '../index.ts';

export interface Obstacles {
  /** Nothing gets through for now. */
  isBlocked(): boolean;
  delayMs(): number;
  /** Something got through. */
  moved(): void;
}

interface Item {
  readonly dueAt: number;
  readonly bytes: number;
  readonly pass: () => void;
}

export class Pipe {
  /** What waits. */
  bytes = 0;
  private readonly clock: Clock;
  private readonly obstacles: Obstacles;
  private items: Item[] = [];
  private timer: unknown;

  constructor(clock: Clock, obstacles: Obstacles) {
    this.clock = clock;
    this.obstacles = obstacles;
  }

  /** Something is on its way and will arrive. */
  get isBusy(): boolean {
    return this.items.length > 0 && !this.obstacles.isBlocked();
  }

  /** At once where nothing is in the way. */
  push(bytes: number, pass: () => void): void {
    const dueAt = Math.max(elapsed(this.clock) + this.obstacles.delayMs(), this.items.at(-1)?.dueAt ?? 0);
    this.items.push({ dueAt, bytes, pass });
    this.bytes += bytes;
    this.flow();
  }

  /** Lets through what may pass; to be called when an obstacle has gone. */
  flow(): void {
    this.clock.clearTimeout(this.timer);
    for (;;) {
      const [first] = this.items;
      if (!first || this.obstacles.isBlocked()) return;
      const waitMs = first.dueAt - elapsed(this.clock);
      if (waitMs > 0) {
        this.clock.clearTimeout(this.timer); // what passed may have set one
        this.timer = this.clock.setTimeout(() => this.flow(), waitMs);
        return;
      }
      this.items.shift();
      this.bytes -= first.bytes;
      this.obstacles.moved();
      first.pass();
    }
  }

  /** Lets through what waits for its time. */
  hurry(): void {
    this.items = this.items.map((item) => ({ ...item, dueAt: 0 }));
    this.flow();
  }

  /** What waits is lost. */
  clear(): void {
    this.clock.clearTimeout(this.timer);
    this.items = [];
    this.bytes = 0;
  }
}

/** For durations: a clock on the wall may be set back. */
function elapsed(clock: Clock): number {
  return clock.elapsed ? clock.elapsed() : clock.now();
}
