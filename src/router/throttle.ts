/*
 * Failed logins, by address: each costs the next one from there time, and too many are turned away for a while. Other addresses do not notice.
 */
import type { Clock } from '../clock.ts';

/** This many may fail at once … */
const BURST = 10;
/** … and one more after each of these. */
const REFILL_MS = 6_000;
/** A failure is answered later, twice as late each time, up to this. */
const SLOWEST_MS = 4_000;
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

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether somebody from there may try. `undefined`: in this process, always. */
  admits(address: string | undefined): boolean {
    return address === undefined || this.failures(address) < BURST;
  }

  /** @returns How long to wait with the answer, in milliseconds. */
  failed(address: string | undefined): number {
    if (address === undefined) return 0;
    const failures = this.failures(address) + 1;
    this.byAddress.delete(address); // the newest are last
    this.byAddress.set(address, { failures, at: this.clock.now() });
    const [oldest] = this.byAddress.size > MAX_ADDRESSES ? this.byAddress.keys() : [];
    if (oldest !== undefined) this.byAddress.delete(oldest);
    return Math.min(SLOWEST_MS, 2 ** Math.floor(failures) * 25);
  }

  private failures(address: string): number {
    const record = this.byAddress.get(address);
    return record ? Math.max(0, record.failures - (this.clock.now() - record.at) / REFILL_MS) : 0;
  }
}

/** Whose failures count together: the host, without the port. */
export function hostOf(peer: string | undefined): string | undefined {
  return peer?.replace(/:\d+$/, '');
}
