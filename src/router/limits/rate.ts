/*
 * How many messages a session may send. The time at which it will have "paid" for all that it has sent is kept as one number (the generic cell
 * rate algorithm), so a late timer costs no throughput.
 */
import { isDict, show } from '../../base/checks.ts';
import { type Clock, elapsed } from '../../base/clock.ts';
import { nearest } from '../../base/nearest.ts';
import { checkLimit, type RateLimits, type SettledLimits } from './limits.ts';

/** The rate of one session. */
export interface SettledRate {
  readonly messagesPerSecond: number;
  readonly burst: number;
  readonly onTooFast: 'slow' | 'close';
}

const names: readonly string[] = ['messagesPerSecond', 'burst', 'onTooFast'] satisfies readonly (keyof RateLimits)[];

/** Of an authrole. @throws TypeError that names the path, what was expected and what came. */
export function checkRate(limits: unknown, path: string): void {
  if (limits === undefined) return;
  if (!isDict(limits)) throw new TypeError(`${path}: expected an object, got ${show(limits)}`);
  for (const [name, limit] of Object.entries(limits)) {
    if (!names.includes(name)) throw new TypeError(`${path}: expected ${names.join(', ')}, got '${name}'${nearest(name, names)}`);
    if (limit !== undefined) checkLimit(name, limit, path);
  }
}

/** The rate of a session with this authrole. Undefined: it is not limited. */
export function rateOf(limits: SettledLimits, ofRole: RateLimits = {}): SettledRate | undefined {
  const messagesPerSecond = ofRole.messagesPerSecond ?? limits.messagesPerSecond;
  if (messagesPerSecond === 0) return undefined;
  const burst = (ofRole.burst ?? limits.burst) || messagesPerSecond;
  return { messagesPerSecond, burst, onTooFast: ofRole.onTooFast ?? limits.onTooFast };
}

/** A timer for each message would cost more than the message. */
const LEAST_PAUSE_MS = 20;

/** The messages of one session. */
export class Rate {
  /** Whether a session that is too fast ends, and is not slowed. */
  readonly ends: boolean;
  /** For the log and the client. */
  readonly text: string;
  private readonly clock: Clock;
  /** The time of one message, in milliseconds. */
  private readonly costMs: number;
  private readonly burst: number;
  private paidAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, { messagesPerSecond, burst, onTooFast }: SettledRate) {
    this.clock = clock;
    this.costMs = 1000 / messagesPerSecond;
    this.burst = burst;
    this.ends = onTooFast === 'close';
    this.text = `expected at most ${messagesPerSecond} messages a second (limits.messagesPerSecond), and ${burst} at once (limits.burst)`;
  }

  /** Counts a message. @returns Whether it came too early. */
  take(): boolean {
    this.paidAt = Math.max(elapsed(this.clock), this.paidAt) + this.costMs;
    return this.aheadMs > this.costMs * 1.000_001; // sums of fractions
  }

  /** How long the next message has to wait after one that came too early, in milliseconds. */
  get pauseMs(): number {
    return Math.max(this.aheadMs, Math.min(LEAST_PAUSE_MS, (this.burst - 1) * this.costMs));
  }

  /** More than the time of one message: the burst is used up. */
  private get aheadMs(): number {
    return this.paidAt - elapsed(this.clock) - (this.burst - 1) * this.costMs;
  }
}
