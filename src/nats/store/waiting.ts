/* Those that wait until a sequence number is reached. They are told, too, when nothing has come for a while. */

/** If nothing comes for so long, they stop waiting. */
const STALLED_MS = 1000;

interface Waiter {
  readonly seq: number;
  readonly resolve: (reached: boolean) => void;
}

export class Waiting {
  /** In the order of the numbers. */
  private readonly waiters: Waiter[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private hasMoved = false;

  /** @returns Whether it was reached. */
  until(seq: number): Promise<boolean> {
    return new Promise((resolve) => {
      let place = this.waiters.length;
      while (place > 0 && (this.waiters[place - 1]?.seq ?? 0) > seq) place--;
      this.waiters.splice(place, 0, { seq, resolve });
      if (this.timer) return;
      this.hasMoved = true;
      this.timer = setInterval(() => {
        if (!this.hasMoved) this.giveUp();
        this.hasMoved = false;
      }, STALLED_MS);
    });
  }

  reached(seq: number): void {
    this.hasMoved = true;
    let count = 0;
    while (count < this.waiters.length && (this.waiters[count]?.seq ?? 0) <= seq) count++;
    if (count > 0) this.end(this.waiters.splice(0, count), true);
  }

  giveUp(): void {
    this.end(this.waiters.splice(0), false);
  }

  private end(waiters: readonly Waiter[], reached: boolean): void {
    if (this.waiters.length === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
    for (const { resolve } of waiters) resolve(reached);
  }
}
