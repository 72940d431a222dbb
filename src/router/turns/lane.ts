/*
 * What is to be done for one connection, one after the other: what its messages began and what did not fit into a slice, then the messages that
 * came meanwhile. As nothing of a connection overtakes anything else of it, all that a session asks for happens in the order in which it asked
 * (WAMP "Ordering Guarantees"), however it is cut.
 */
import type { Turns, Work, Worker } from './turns.ts';

export interface LaneHost<T> {
  /** Handles one message, or whatever else came. */
  take(item: T): void;
  /** How much work an item is, in units. */
  unitsOf(item: T): number;
  /** From now on it has to wait, or no longer. */
  rests(isResting: boolean): void;
  /** What `take` or a piece of work threw. It has ended there; what comes after it goes on. */
  threw(error: unknown): void;
}

export class Lane<T> implements Worker {
  private readonly turns: Turns;
  private readonly host: LaneHost<T>;
  private readonly works: Work[] = [];
  /** Items wait, however long it takes: an authorizer is asked. */
  isHeld = false;
  /** Items have to wait, for whatever reason. */
  isResting = false;
  private items: T[] = [];
  private first = 0;
  private isWorking = false;
  private whenDone: (() => void)[] = [];

  constructor(turns: Turns, host: LaneHost<T>) {
    this.turns = turns;
    this.host = host;
  }

  /** An item: now, or in its turn. */
  add(item: T): void {
    if (!this.isHeld && !this.isWorking && this.isEmpty && this.turns.mayGoOn) {
      this.isWorking = true;
      this.handle(item);
      this.isWorking = false;
      if (this.isEmpty) return;
    } else {
      this.items.push(item);
    }
    this.goOnLater();
  }

  /** Work that items behind it wait for: now as far as the slice lasts, the rest in its turns. */
  do(work: Work): void {
    this.works.push(work);
    if (this.works.length > 1) return;
    this.goOn(work);
    this.goOnLater();
  }

  /** Items wait until `release`. Work does not. */
  hold(): void {
    this.isHeld = true;
    this.rest();
  }

  /** @param first - What comes before the items that wait; it may hold them again. */
  release(first: () => void = () => {}): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    const wasWorking = this.isWorking;
    this.isWorking = true;
    this.guard(first);
    this.isWorking = wasWorking;
    if (this.isWorking) this.rest();
    else if (!this.work()) this.turns.wait(this);
  }

  /** Whether items wait that came before what comes now. */
  get hasItems(): boolean {
    return this.first < this.items.length;
  }

  /** Handles it at once, before all that waits. */
  takeNow(item: T): void {
    this.guard(() => this.host.take(item));
  }

  /** The items that wait are of no interest any more. */
  drop(): void {
    this.items = [];
    this.first = 0;
  }

  /** Now, or when all work is done; items are not waited for. */
  afterWork(task: () => void): void {
    if (this.works.length === 0) task();
    else this.whenDone.push(task);
  }

  work(): boolean {
    for (;;) {
      const [work] = this.works;
      if (work) {
        if (!this.goOn(work)) return false;
        continue;
      }
      const isDue = this.hasItems && !this.isHeld;
      if (!isDue) {
        this.rest();
        return true;
      }
      if (!this.turns.mayGoOn) return false;
      this.isWorking = true;
      this.handle(this.shift());
      this.isWorking = false;
    }
  }

  private get isEmpty(): boolean {
    return this.works.length === 0 && !this.hasItems;
  }

  private shift(): T {
    const item = this.items[this.first++] as T;
    if (this.first === this.items.length) this.drop();
    return item;
  }

  private goOnLater(): void {
    this.rest();
    if (this.works.length > 0 || (this.hasItems && !this.isHeld)) this.turns.wait(this);
  }

  private rest(): void {
    const isResting = this.isHeld || !this.isEmpty;
    if (isResting === this.isResting) return;
    this.isResting = isResting;
    this.host.rests(isResting);
  }

  private handle(item: T): void {
    this.turns.spend(this.host.unitsOf(item));
    try {
      this.host.take(item);
    } catch (error) {
      this.host.threw(error);
    }
  }

  private guard(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.host.threw(error);
    }
  }

  /** @returns Whether it is done; it is the first of them. */
  private goOn(work: Work): boolean {
    for (;;) {
      if (!this.turns.mayGoOn) return false;
      this.turns.spend(1);
      try {
        if (!work.next().done) continue;
      } catch (error) {
        this.host.threw(error);
      }
      this.works.shift();
      if (this.works.length === 0) this.done();
      return true;
    }
  }

  private done(): void {
    const tasks = this.whenDone;
    this.whenDone = [];
    for (const task of tasks) this.guard(task);
  }
}
