/*
 * Failed logins, by address (IPv6 by /64, see `networkOf`) and claimed user: each delays the next one, and after too many logins are refused for a
 * while. One device with an old password must not lock out all devices that share its address, so an address may fail ten times as often as one of its users.
 * Other addresses are not affected.
 */
import { type Clock, elapsed } from '../../base/clock.ts';

/** This many may fail at first … */
const BURST = 10;
/** … and one more after each of these times. */
const REFILL_MS = 6_000;
/** An address may fail this many times as often, for all users together. */
const USERS = 10;
/** A failure is answered with a delay, which doubles each time up to this. */
const SLOWEST_MS = 4_000;
/** Simultaneous logins from one address. It bounds guesses that all begin before the first has failed. */
const MAX_PENDING = 100;
/** This many addresses, and users at addresses, are remembered. */
const MAX_REMEMBERED = 10_000;

export class Throttle {
  private readonly byAddress: Failures;
  private readonly byUser: Failures;
  private readonly pending = new Map<string, number>();

  constructor(clock: Clock) {
    this.byAddress = new Failures(clock, REFILL_MS / USERS);
    this.byUser = new Failures(clock, REFILL_MS);
  }

  /**
   * Whether a login from there may try; if so, `leave` must be called at its end.
   *
   * @param address - `undefined`: in this process, always.
   * @param user - The claimed user and the realm.
   */
  enter(address: string | undefined, user: string = ''): boolean {
    if (address === undefined) return true;
    const pending = this.pending.get(address) ?? 0;
    if (pending >= MAX_PENDING) return false;
    if (this.byUser.of(keyOf(address, user)) >= BURST || this.byAddress.of(address) >= BURST * USERS) return false;
    this.pending.set(address, pending + 1);
    return true;
  }

  leave(address: string | undefined): void {
    if (address === undefined) return;
    const left = (this.pending.get(address) ?? 1) - 1;
    if (left > 0) this.pending.set(address, left);
    else this.pending.delete(address);
  }

  /** @returns The delay of the answer, in milliseconds. */
  failed(address: string | undefined, user: string = ''): number {
    if (address === undefined) return 0;
    const failures = Math.max(this.byUser.add(keyOf(address, user)), this.byAddress.add(address) / USERS);
    return Math.min(SLOWEST_MS, 2 ** Math.floor(failures) * 25);
  }
}

/** Failures, which expire one by one. */
class Failures {
  private readonly clock: Clock;
  private readonly refillMs: number;
  /** How many had not expired at the time `at`. */
  private readonly records = new Map<string, { readonly failures: number; readonly at: number }>();

  constructor(clock: Clock, refillMs: number) {
    this.clock = clock;
    this.refillMs = refillMs;
  }

  of(key: string): number {
    const record = this.records.get(key);
    return record ? Math.max(0, record.failures - (elapsed(this.clock) - record.at) / this.refillMs) : 0;
  }

  /** @returns How many there are now. */
  add(key: string): number {
    const failures = this.of(key) + 1;
    this.records.delete(key); // the newest are last
    this.records.set(key, { failures, at: elapsed(this.clock) });
    const [oldest] = this.records.size > MAX_REMEMBERED ? this.records.keys() : [];
    if (oldest !== undefined) this.records.delete(oldest);
    return failures;
  }
}

function keyOf(address: string, user: string): string {
  return `${address} ${user}`;
}
