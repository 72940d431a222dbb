/* What is watched: the newest conversations, each with its newest state. */
import { type Signal, signal } from '@preact/signals';
import type { Conversation, WatchFilter, WatchNews } from '../../router/index.ts';
import { follow } from './wire.ts';

/** More are forgotten. */
const KEPT = 1000;

export class Live {
  /** The newest first. */
  readonly rows: Signal<readonly Conversation[]> = signal<readonly Conversation[]>([]);
  /** How many there were, and how many were left out because there are too many in a second. */
  readonly seen: Signal<number> = signal(0);
  readonly skipped: Signal<number> = signal(0);
  readonly fault: Signal<string | undefined> = signal(undefined);
  private readonly isKept: (row: Conversation) => boolean;
  /** By the number of the row; the oldest first. */
  private known = new Map<string, Conversation>();
  private frame = 0;
  private end: (() => void) | undefined;

  /** @param isKept - Rows that it is false for leave at once. Default: all stay. */
  constructor(isKept: (row: Conversation) => boolean = () => true) {
    this.isKept = isKept;
  }

  /** @param watchesPayloads - By a procedure of its own, because they may be personal. */
  start(filter: WatchFilter, watchesPayloads: boolean): void {
    this.stop();
    this.fault.value = undefined;
    const procedure = watchesPayloads ? 'autostrada.payloads.watch' : 'autostrada.inspect.watch';
    this.end = follow<WatchNews>(procedure, { ...filter, payloads: watchesPayloads }, this.take, (why) => {
      this.fault.value = why;
    });
  }

  /** What was seen stays. */
  stop(): void {
    this.end?.();
    this.end = undefined;
  }

  clear(): void {
    this.known = new Map();
    this.rows.value = [];
    this.seen.value = 0;
    this.skipped.value = 0;
  }

  private readonly take = ({ conversations, skipped }: WatchNews): void => {
    if (skipped > 0) this.skipped.value += skipped;
    let fresh = 0;
    for (const row of conversations) {
      const key = keyOf(row);
      const isNew = !this.known.has(key);
      if (isNew) fresh++;
      if (this.isKept(row)) this.known.set(key, row);
      else this.known.delete(key);
    }
    this.seen.value += fresh;
    for (const key of this.known.keys()) {
      if (this.known.size <= KEPT) break;
      this.known.delete(key);
    }
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.rows.value = [...this.known.values()].reverse();
    });
  };
}

/** Numbers of rows count for each router of a cluster. */
export function keyOf(row: Conversation): string {
  return 'node' in row ? `${row.row}@${String(row.node)}` : String(row.row);
}
