/*
 * The work for one connection, in order: unfinished work of earlier messages, which did not fit into a slice, then the messages that
 * came meanwhile. Nothing of a connection overtakes anything else of it, so all requests of a session are handled in their order
 * (WAMP "Ordering Guarantees"), however it is cut.
 */
import type { Turns, Work, Worker } from './turns.ts';

export interface LaneHost<T> {
  /** Handles one message, or another event. */
  take(item: T): void;
  /** The work of an item, in units. */
  unitsOf(item: T): number;
  /** Called when it has to wait from now on, or no longer. */
  rests(isResting: boolean): void;
  /** Gets an exception of `take` or of a piece of work. That work has ended; later work continues. */
  threw(error: unknown): void;
}

export class Lane<T> implements Worker {
  private readonly turns: Turns;
  private readonly host: LaneHost<T>;
  private readonly works: Work[] = [];
  /** Items wait for so many answers, of an authorizer or of the store. */
  private holds = 0;
  /** What they wait for may never come: when the connection is lost they need not be handled. */
  mayDrop = false;
  /** Items wait because too many have come. */
  private isSlow = false;
  /** Whether items have to wait, for any reason. */
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
    if (!this.mustWait && !this.isWorking && this.isEmpty && this.turns.mayGoOn) {
      this.isWorking = true;
      this.handle(item);
      this.isWorking = false;
      if (this.isEmpty) return;
    } else {
      this.items.push(item);
    }
    this.goOnLater();
  }

  /** Work that later items wait for: now, as far as the slice lasts; the rest in its turns. */
  do(work: Work): void {
    this.works.push(work);
    if (this.works.length > 1) return;
    this.goOn(work);
    this.goOnLater();
  }

  get isHeld(): boolean {
    return this.holds > 0;
  }

  /** Items wait until `release`, once for each call. Work does not. `mayDrop`: see there. */
  hold(mayDrop = true): void {
    this.mayDrop = mayDrop && (this.mayDrop || !this.isHeld);
    this.holds++;
    this.rest();
  }

  /** @param first - Work before the waiting items; it may hold them again. */
  release(first: () => void = () => {}): void {
    if (!this.isHeld) return;
    this.holds--;
    const wasWorking = this.isWorking;
    this.isWorking = true;
    this.guard(first);
    this.isWorking = wasWorking;
    if (this.isWorking) this.rest();
    else if (!this.work()) this.turns.wait(this);
  }

  /** Items wait for no answer any more. */
  free(): void {
    this.holds = Math.min(this.holds, 1);
    this.release();
  }

  /** Items wait until `quicken`. Work does not. */
  slow(): void {
    this.isSlow = true;
    this.rest();
  }

  quicken(): void {
    if (!this.isSlow) return;
    this.isSlow = false;
    if (this.isWorking) this.rest();
    else if (!this.work()) this.turns.wait(this);
  }

  private get mustWait(): boolean {
    return this.isHeld || this.isSlow;
  }

  /** Whether earlier items wait. */
  get hasItems(): boolean {
    return this.first < this.items.length;
  }

  /** Handles it at once, before all waiting items. */
  takeNow(item: T): void {
    this.guard(() => this.host.take(item));
  }

  /** Drops the waiting items. */
  drop(): void {
    this.items = [];
    this.first = 0;
  }

  /** Calls it now, or when all work is done; it does not wait for items. */
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
      const isDue = this.hasItems && !this.mustWait;
      if (!isDue) {
        this.rest();
        return true;
      }
      if (!this.turns.mayGoOn) return false;
      this.isWorking = true;
      const item = this.shift();
      if (item !== undefined) this.handle(item);
      this.isWorking = false;
    }
  }

  private get isEmpty(): boolean {
    return this.works.length === 0 && !this.hasItems;
  }

  private shift(): T | undefined {
    const item = this.items[this.first++];
    if (this.first === this.items.length) this.drop();
    return item;
  }

  private goOnLater(): void {
    this.rest();
    if (this.works.length > 0 || (this.hasItems && !this.mustWait)) this.turns.wait(this);
  }

  private rest(): void {
    const isResting = this.mustWait || !this.isEmpty;
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
