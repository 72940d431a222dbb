/*
 * Approximate bytes that a session makes the router keep: subscriptions, registrations, running calls, testaments. They are counted by session
 * and, for sessions from outside, by address: many sessions that each stay below their own limit must not fill the memory either. queues.ts counts
 * outgoing messages; what outlives its session (retained events, history) is counted where it is kept.
 */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { Counts } from '../together/counts.ts';
import { networkOf } from './crowd.ts';
import type { SettledLimits } from './limits.ts';

// Measured, with what maps, sets and the index of patterns take for each (test/hostile/weight.test.ts).
const SUBSCRIPTION_BYTES = 600;
const REGISTRATION_BYTES = 900;
/** The bytes of a call, without those kept for further inputs and other callees. */
export const CALL_BYTES = 700;

export function subscriptionBytes(uri: string): number {
  return SUBSCRIPTION_BYTES + 2 * uri.length;
}

export function registrationBytes(uri: string): number {
  return REGISTRATION_BYTES + 2 * uri.length;
}

type Limits = Pick<SettledLimits, 'maxKeptBytes' | 'maxKeptBytesPerAddress'>;

/** The bytes of all sessions of one address. */
interface Shared {
  bytes: number;
  sessions: number;
  /** At other nodes. */
  elsewhere: number;
}

/** In a cluster: how often the others hear how much is kept here. */
const TELL_MS = 100;

export class Holdings {
  bytes = 0;
  private readonly limits: Limits | undefined;
  private readonly shared: Shared | undefined;
  private readonly onLeave: () => void;
  private hasLeft = false;

  /** Without limits: for the router itself. */
  constructor(limits?: Limits, shared?: Shared, onLeave: () => void = () => {}) {
    this.limits = limits;
    this.shared = shared;
    this.onLeave = onLeave;
  }

  /** How many more bytes are allowed. */
  get room(): number {
    const { limits, shared } = this;
    if (!limits) return Number.POSITIVE_INFINITY;
    const own = limits.maxKeptBytes - this.bytes;
    return shared ? Math.min(own, limits.maxKeptBytesPerAddress - shared.bytes - shared.elsewhere) : own;
  }

  /** Why there is no room for this many more bytes. */
  complaint(bytes: number): string | undefined {
    const { limits } = this;
    if (!limits || bytes <= this.room) return undefined;
    return limits.maxKeptBytes - this.bytes < bytes
      ? `what the router keeps for this session takes ${limits.maxKeptBytes} bytes already (limits.maxKeptBytes)`
      : `what the router keeps for sessions of this address takes ${limits.maxKeptBytesPerAddress} bytes already (limits.maxKeptBytesPerAddress)`;
  }

  /** @param bytes - Negative: this many are no longer kept. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.shared && !this.hasLeft) this.shared.bytes += bytes;
  }

  /** Forgets everything of the session. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    if (this.shared) {
      this.shared.bytes -= this.bytes;
      this.shared.sessions--;
    }
    this.onLeave();
  }
}

/** The bytes of all sessions of a router. */
export class AllHoldings {
  private readonly limits: Limits;
  private readonly byAddress = new Map<string, Shared>();
  private readonly counts: Counts | undefined;
  private readonly clock: Clock;
  private isTelling = false;

  constructor(limits: Limits, counts?: Counts, clock: Clock = systemClock) {
    this.limits = limits;
    this.counts = counts;
    this.clock = clock;
  }

  /** @param peer - The address of a session; undefined: it has none, and shares no limit. */
  enter(peer: string | undefined): Holdings {
    const address = networkOf(peer);
    if (address === undefined) return new Holdings(this.limits);
    const elsewhere = this.counts?.others(nameOf(address)) ?? 0;
    const shared = this.byAddress.get(address) ?? { bytes: 0, sessions: 0, elsewhere };
    shared.sessions++;
    this.byAddress.set(address, shared);
    if (!this.isTelling) this.tell();
    return new Holdings(this.limits, shared, () => {
      if (shared.sessions > 0) return;
      this.byAddress.delete(address);
      this.counts?.tell(nameOf(address), 0, this.limits.maxKeptBytesPerAddress);
    });
  }

  private tell(): void {
    const { counts, byAddress } = this;
    this.isTelling = counts !== undefined && byAddress.size > 0;
    if (!counts || !this.isTelling) return;
    for (const [address, shared] of byAddress) {
      const name = nameOf(address);
      counts.tell(name, shared.bytes, this.limits.maxKeptBytesPerAddress);
      shared.elsewhere = counts.others(name);
    }
    this.clock.setTimeout(() => this.tell(), TELL_MS);
  }

  /** For tests: addresses with a count. */
  get size(): number {
    return this.byAddress.size;
  }
}

function nameOf(address: string): string {
  return `kept ${address}`;
}
