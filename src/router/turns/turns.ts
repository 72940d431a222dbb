/*
 * Whose turn it is to be served, over all connections of a router. The event loop belongs to everybody: after a slice of a few milliseconds
 * it goes on, with sockets that are read and written and timers that are due, before the next slice. Who still has something to do then waits in a
 * row and is served a few units at a time, so that a burst of one delays the others by no more than its turn, however long it is. What the work
 * is, this file does not know: lane.ts does.
 */
import { inMicrotask, real } from '../../transport/tick.ts';

/**
 * Work that can be cut: each `yield` ends a unit, and there it may have to wait for the next slice. Between two units everything holds that
 * holds between two messages.
 */
export type Work = Generator<void, void, void>;

/** The same with a result at the end. */
export type Piecewise<T> = Generator<void, T, void>;

/** Who has something to do. */
export interface Worker {
  /** Goes on while the slice lasts. @returns Whether all is done. */
  work(): boolean;
}

export interface Loop {
  /** Milliseconds; never set back. */
  now(): number;
  /** Runs it when the event loop has gone round. */
  later(task: () => void): void;
}

/** Shorter, and each fan-out of a burst would need a write of its own to each socket; longer, and others would notice. */
const SLICE_MS = 10;
/** The clock is looked at after so many units: a message that came, an EVENT that was sent, a retained topic that was looked at. */
const UNITS_A_LOOK = 16;
/** So much is sent in a slice: sockets take it at the slice's end, when the clock is not looked at any more, and copying it takes about as long again. */
const BYTES_A_SLICE = 2 ** 23;
/** Who has had so many units makes room for the next, where somebody waits. */
const UNITS_A_TURN = 16;

export class Turns {
  private readonly loop: Loop;
  /** Nothing of it was cut yet: most often one message of somebody who asks for little. */
  private readonly fresh = new Set<Worker>();
  /** It has had a turn and was not done. */
  private readonly cut = new Set<Worker>();
  /** The slice before served none of them. */
  private isCutDue = false;
  private serving: Worker | undefined;
  /** Of whoever is served. What comes outside of the row has no turn, and may use the slice. */
  private turnLeft = Number.POSITIVE_INFINITY;
  /** A slice is open from its first unit until the event loop has gone round. */
  private isOpen = false;
  private isOver = false;
  private until = 0;
  private unitsLeft = 0;
  private bytesLeft = BYTES_A_SLICE;

  constructor(loop: Loop) {
    this.loop = loop;
  }

  /** Whether there is time for another unit. */
  get mayGoOn(): boolean {
    if (!this.isOpen) this.open();
    return !this.isOver && (this.turnLeft > 0 || this.isRowEmpty);
  }

  /** Some of the slice is used up. */
  spend(units: number): void {
    this.turnLeft -= units;
    this.unitsLeft -= units;
    if (this.unitsLeft > 0 || this.isOver) return;
    this.unitsLeft = UNITS_A_LOOK;
    this.isOver = this.isOpen && this.loop.now() >= this.until;
  }

  /** So much has gone to a transport. */
  sent(bytes: number): void {
    this.bytesLeft -= bytes;
    if (this.bytesLeft <= 0) this.isOver = this.isOpen;
  }

  /** It has something to do that does not fit into this slice. Who waits already keeps its place; who is served gets one after its turn. */
  wait(worker: Worker): void {
    if (worker !== this.serving && !this.cut.has(worker)) this.fresh.add(worker);
    if (!this.isOpen) this.open();
  }

  private get isRowEmpty(): boolean {
    return this.fresh.size === 0 && this.cut.size === 0;
  }

  private open(): void {
    this.isOpen = true;
    this.isOver = false;
    this.unitsLeft = UNITS_A_LOOK;
    this.bytesLeft = BYTES_A_SLICE;
    this.until = this.loop.now() + SLICE_MS;
    this.loop.later(this.next);
  }

  /** Who comes new is served before those that were cut, so that one call does not wait for many bursts. */
  private readonly next = (): void => {
    this.isOpen = false;
    if (this.isRowEmpty) return;
    this.open();
    // However many come new, and however long a turn is: of each two slices one begins with those that came new, one serves who was cut.
    if (this.isCutDue) this.serveFirst(this.cut);
    this.isCutDue = this.cut.size > 0 && !this.isCutDue;
    while (!this.isOver && !this.isRowEmpty) {
      if (this.serveFirst(this.fresh)) continue;
      this.serveFirst(this.cut);
      this.isCutDue = false;
    }
  };

  /** @returns Whether somebody was there. */
  private serveFirst(row: Set<Worker>): boolean {
    const [worker] = row;
    if (!worker) return false;
    row.delete(worker);
    this.serving = worker;
    this.turnLeft = UNITS_A_TURN;
    const isDone = worker.work();
    this.serving = undefined;
    this.turnLeft = Number.POSITIVE_INFINITY;
    if (!isDone) this.cut.add(worker);
    return true;
  }
}

interface Platform {
  readonly setImmediate?: (task: () => void) => unknown;
  readonly setTimeout?: (task: () => void, ms: number) => unknown;
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port };
}

interface Port {
  onmessage: ((event: never) => void) | null;
  postMessage(message: unknown): void;
  unref?(): void;
}

// Taken when this file is loaded: tests replace these, and a router in a test must go on all the same.
const platform = globalThis as unknown as Platform;
const { MessageChannel } = platform;
const [setImmediate, setTimeout] = [real(platform.setImmediate), real(platform.setTimeout)];

/** By the platform's means. A nested timer of a browser waits for 4 ms, a message to oneself does not. */
export function afterThisTurn(): Loop['later'] {
  if (setImmediate) return (task) => void setImmediate(task);
  if (!MessageChannel) return setTimeout ? (task) => void setTimeout(task, 0) : inMicrotask;
  const { port1, port2 } = new MessageChannel();
  let tasks: (() => void)[] = [];
  port1.onmessage = () => {
    const due = tasks;
    tasks = [];
    for (const task of due) task();
  };
  port1.unref?.(); // Node.js would not end
  return (task) => {
    tasks.push(task);
    port2.postMessage(undefined);
  };
}
