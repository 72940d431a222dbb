/*
 * Failed logins, by address (IPv6 by /64, see `networkOf`): each costs the next one from there time, and too many are turned away for a while. Other addresses do not notice.
 */
import { type Clock, elapsed } from '../clock.ts';

/** This many may fail at once … */
const BURST = 10;
/** … and one more after each of these. */
const REFILL_MS = 6_000;
/** A failure is answered later, twice as late each time, up to this. */
const SLOWEST_MS = 4_000;
/** Logins from one address under way at a time: guesses that are all begun before the first has failed. */
const MAX_PENDING = 100;
/** Addresses that are remembered. */
const MAX_ADDRESSES = 10_000;

interface Record {
  /** Failures that are not forgiven yet, as of `at`. */
  readonly failures: number;
  readonly at: number;
}

export class Throttle {
  private readonly clock: Clock;
  private readonly byAddress = new Map<string, Record>();
  private readonly pending = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether somebody from there may try; then `leave` is called at the end. `undefined`: in this process, always. */
  enter(address: string | undefined): boolean {
    if (address === undefined) return true;
    const pending = this.pending.get(address) ?? 0;
    if (pending >= MAX_PENDING || this.failures(address) >= BURST) return false;
    this.pending.set(address, pending + 1);
    return true;
  }

  leave(address: string | undefined): void {
    if (address === undefined) return;
    const left = (this.pending.get(address) ?? 1) - 1;
    if (left > 0) this.pending.set(address, left);
    else this.pending.delete(address);
  }

  /** @returns How long to wait with the answer, in milliseconds. */
  failed(address: string | undefined): number {
    if (address === undefined) return 0;
    const failures = this.failures(address) + 1;
    this.byAddress.delete(address); // the newest are last
    this.byAddress.set(address, { failures, at: elapsed(this.clock) });
    const [oldest] = this.byAddress.size > MAX_ADDRESSES ? this.byAddress.keys() : [];
    if (oldest !== undefined) this.byAddress.delete(oldest);
    return Math.min(SLOWEST_MS, 2 ** Math.floor(failures) * 25);
  }

  private failures(address: string): number {
    const record = this.byAddress.get(address);
    return record ? Math.max(0, record.failures - (elapsed(this.clock) - record.at) / REFILL_MS) : 0;
  }
}
