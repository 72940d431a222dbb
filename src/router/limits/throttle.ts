/*
 * Failed logins, by address (IPv6 by /64, see `networkOf`) and claimed user: each delays the next one, and after too many logins are refused for a
 * while. One device with an old password must not lock out all devices that share its address, so an address may fail ten times as often as one of its users.
 * Other addresses are not affected.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import type { Awaitable } from '../../base/words.ts';
import type { LoginThrottle, MayTry } from '../together/counts.ts';

/** This many may fail at first … */
const BURST = 10;
/** … and one more after each of these times. */
const REFILL_MS = 6_000;
/** An address may fail this many times as often, for all users together. */
const USERS = 10;
/** A failure is answered with a delay, which doubles each time up to this. */
const SLOWEST_MS = 4_000;
/** Simultaneous logins from one address: it bounds guesses that all begin before the first has failed. Further ones wait for their turn, as when a router starts again. */
const MAX_RUNNING = 100;
/** So many logins from one address may wait. */
const MAX_WAITING = 10_000;
/** This many addresses, and users at addresses, are remembered. */
const MAX_REMEMBERED = 10_000;

/** The logins from one address. */
interface Logins {
  running: number;
  /** In the order in which they came. */
  readonly waiting: Set<() => void>;
}

export class Throttle implements LoginThrottle {
  private readonly byAddress: Failures;
  private readonly byUser: Failures;
  private readonly logins = new Map<string, Logins>();

  constructor(clock: Clock) {
    this.byAddress = new Failures(clock, REFILL_MS / USERS);
    this.byUser = new Failures(clock, REFILL_MS);
  }

  enter(address: string | undefined, user: string = ''): Awaitable<MayTry> {
    if (address === undefined) return true;
    const logins = this.logins.get(address) ?? { running: 0, waiting: new Set() };
    this.logins.set(address, logins);
    const begin = (): boolean => {
      const mayTry = this.byUser.of(keyOf(address, user)) < BURST && this.byAddress.of(address) < BURST * USERS;
      if (mayTry) logins.running++;
      else this.forget(address, logins);
      return mayTry;
    };
    if (logins.running < MAX_RUNNING) return begin();
    if (logins.waiting.size >= MAX_WAITING) return 'crowded';
    return new Promise((resolve) => logins.waiting.add(() => resolve(begin())));
  }

  leave(address: string | undefined): void {
    const logins = address === undefined ? undefined : this.logins.get(address);
    if (address === undefined || !logins) return;
    logins.running--;
    for (const next of logins.waiting) {
      if (logins.running >= MAX_RUNNING) break;
      logins.waiting.delete(next);
      next();
    }
    this.forget(address, logins);
  }

  private forget(address: string, { running, waiting }: Logins): void {
    if (running === 0 && waiting.size === 0) this.logins.delete(address);
  }

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
