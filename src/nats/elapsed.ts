/** How much time has passed. If the clock of this machine is set back it does not count; if the machine slept, that time counts. */
export class Elapsed {
  private readonly monotonic = performance.now();
  private readonly wall = Date.now();

  get ms(): number {
    return Math.max(this.steadyMs, Date.now() - this.wall);
  }

  /** By the clock that nobody sets. It may stand still while the machine sleeps. */
  get steadyMs(): number {
    return performance.now() - this.monotonic;
  }
}
