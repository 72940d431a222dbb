/*
 * Turns of all connections of a router. They share the event loop: after a slice of a few milliseconds
 * it continues, with sockets and timers, before the next slice. Connections with more work wait in a
 * row and are served a few units at a time. So a burst of one connection, however long, delays the others by at most one turn. This file does not
 * know the work; lane.ts does.
 */
import { inMicrotask, real } from '../../transport/platform/tick.ts';

/**
 * Work that can be cut: each `yield` ends a unit, and the work may wait there for the next slice. Between two units all invariants hold, as they do
 * between two messages.
 */
export type Work = Generator<void, void, void>;

/** The same with a result at the end. It waits for a promise that it yields, which must not reject. */
export type Piecewise<T> = Generator<Promise<unknown> | void, T, void>;

/** Waits, if it is a promise. It must not reject. */
export function* settled<T>(answer: T | Promise<T>): Piecewise<T> {
  if (!(answer instanceof Promise)) return answer;
  const known: { readonly value: T }[] = [];
  yield answer.then((value) => known.push({ value }));
  const [first] = known;
  if (!first) throw new Error('expected work to go on after the promise that it waits for');
  return first.value;
}

/** A connection with work. */
export interface Worker {
  /** Works while the slice lasts. @returns Whether all is done. */
  work(): boolean;
}

export interface Loop {
  /** Milliseconds; never set back. */
  now(): number;
  /** Runs it in the next round of the event loop. */
  later(task: () => void): void;
}

/** If it were shorter, each fan-out of a burst would need its own write to each socket; if it were longer, the delay would be noticeable. */
const SLICE_MS = 10;
/** The clock is read after this many units. A unit is an incoming message, a sent EVENT, or a visited retained topic. */
const UNITS_A_LOOK = 16;
/** At most this many bytes are sent in a slice: sockets write them at the slice's end, after the last check of the clock, and copying them takes about as long again. */
const BYTES_A_SLICE = 2 ** 23;
/** After this many units it is the next connection's turn, if one waits. */
const UNITS_A_TURN = 16;

export class Turns {
  private readonly loop: Loop;
  /** It was not cut yet: most often this is a single message. */
  private readonly fresh = new Set<Worker>();
  /** It has had a turn and was not finished. */
  private readonly cut = new Set<Worker>();
  /** The slice before served none of them. */
  private isCutDue = false;
  private serving: Worker | undefined;
  /** Units of the connection that is served. Work outside of the row has no turn, and may use the whole slice. */
  private turnLeft = Number.POSITIVE_INFINITY;
  /** A slice is open from its first unit until the next round of the event loop. */
  private isOpen = false;
  private isOver = false;
  private until = 0;
  private lookedAt = 0;
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

  /** Counts used units of the slice. */
  spend(units: number): void {
    this.turnLeft -= units;
    this.unitsLeft -= units;
    if (this.unitsLeft > 0 || this.isOver) return;
    this.unitsLeft = UNITS_A_LOOK;
    this.isOver = this.isOpen && this.look() >= this.until;
  }

  /** The time, in milliseconds, for durations: that of the last look at the clock in this slice. Reading the clock costs more than most of what a call needs. */
  get recently(): number {
    return this.isOpen ? this.lookedAt : this.loop.now();
  }

  private look(): number {
    this.lookedAt = this.loop.now();
    return this.lookedAt;
  }

  /** Counts bytes that were sent. */
  sent(bytes: number): void {
    this.bytesLeft -= bytes;
    if (this.bytesLeft <= 0) this.isOver = this.isOpen;
  }

  /** It has work that does not fit into this slice. If it waits already, it keeps its place; if it is served now, it gets one after its turn. */
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
    this.until = this.look() + SLICE_MS;
    this.loop.later(this.next);
  }

  /** New ones are served before those that were cut, so that one call does not wait for many bursts. */
  private readonly next = (): void => {
    this.isOpen = false;
    if (this.isRowEmpty) return;
    this.open();
    // With any number of new ones, and any length of turns: of each two slices one begins with new ones, and one serves those that were cut.
    if (this.isCutDue) this.serveFirst(this.cut);
    this.isCutDue = this.cut.size > 0 && !this.isCutDue;
    while (!this.isOver && !this.isRowEmpty) {
      if (this.serveFirst(this.fresh)) continue;
      this.serveFirst(this.cut);
      this.isCutDue = false;
    }
  };

  /** @returns Whether there was one. */
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
const platform: Platform = globalThis;
const { MessageChannel } = platform;
const [setImmediate, setTimeout] = [real(platform.setImmediate), real(platform.setTimeout)];

/** With functions of the platform. A nested timer of a browser waits for 4 ms, a message to itself does not. */
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
