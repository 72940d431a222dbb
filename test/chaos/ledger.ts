/*
 * What was promised, and what came of it. Kept for one round: `close` compares, tells each broken promise, and begins anew.
 */
import { ConnectionLostError } from 'autostrada';
import type { Watched } from './watched.ts';

export const invariants = [
  'subscriptions missing',
  'registrations missing',
  'promises not settled',
  'calls that ran more often than promised',
  'acknowledged events lost outside the gaps',
  'heap grown',
  'unhandled rejections',
  'wrong answers, orders and errors',
  'handles left over at the router',
  'sessions lost by what others send',
  'sessions lost by a clock that was set',
  'calls lost by a drain',
] as const;
export type Invariant = (typeof invariants)[number];

/** What `retryOnLoss` promises. */
export type Policy = 'never' | 'not-sent' | 'unknown';

/** An event, as its publisher knows it. Times are of this process, so of all clients. */
export interface Published {
  readonly id: number;
  readonly topic: string;
  /** Who publishes, and in which of his sessions; undefined: it waited for one. */
  readonly publisher: string;
  readonly session: number | undefined;
  /** May be there more than once. */
  readonly isRepeatable: boolean;
  readonly isForAll: boolean;
  readonly sentAt: number;
  /** When PUBLISHED came. */
  acknowledgedAt?: number;
}

/** `not sent`: so said the error. */
export type Outcome = 'answered' | 'not sent' | 'failed';

interface CallRecord {
  readonly policy: Policy;
  outcome?: Outcome | undefined;
}

export class Ledger {
  readonly tally = { calls: 0, answered: 0, published: 0, acknowledged: 0, events: 0, streams: 0, poisoned: 0, drained: 0 };
  readonly watched: Watched[] = [];
  /** When the router ended, of `performance.now()`. */
  restarts: number[] = [];
  private readonly found = new Map<Invariant, number>();
  private readonly onViolation: (invariant: Invariant, what: string) => void;
  private lastId = 0;
  private calls = new Map<number, CallRecord>();
  private runs = new Map<number, number>();
  private events = new Map<number, Published>();
  private readonly unsettled = new Map<number, string>();

  constructor(onViolation: (invariant: Invariant, what: string) => void) {
    this.onViolation = onViolation;
  }

  violate(invariant: Invariant, what: string): void {
    this.found.set(invariant, this.violations(invariant) + 1);
    this.onViolation(invariant, what);
  }

  violations(invariant: Invariant): number {
    return this.found.get(invariant) ?? 0;
  }

  /** How many watched promises are open. */
  get open(): number {
    return this.unsettled.size;
  }

  newId(): number {
    this.lastId++;
    return this.lastId;
  }

  /** A promise that has to settle. */
  watch<T>(what: string, promise: Promise<T>): Promise<T> {
    const key = this.newId();
    this.unsettled.set(key, what);
    const settled = (): void => {
      this.unsettled.delete(key);
    };
    promise.then(settled, settled);
    return promise;
  }

  /** A call of which it was said how often it may run. */
  called(id: number, policy: Policy, promise: Promise<unknown>): void {
    const record = this.entered(id, policy);
    promise.then(
      () => {
        this.tally.answered++;
        record.outcome = 'answered';
      },
      (error: unknown) => {
        record.outcome = error instanceof ConnectionLostError && error.delivery === 'not-sent' ? 'not sent' : 'failed';
      },
    );
  }

  entered(id: number, policy: Policy, outcome?: Outcome): CallRecord {
    const record: CallRecord = { policy, outcome };
    this.tally.calls++;
    if (outcome === 'answered') this.tally.answered++;
    this.calls.set(id, record);
    return record;
  }

  /** An endpoint was run for it. */
  ran(id: number): void {
    this.runs.set(id, (this.runs.get(id) ?? 0) + 1);
  }

  published(event: Published): void {
    this.tally.published++;
    this.events.set(event.id, event);
  }

  acknowledged(id: number, at: number = performance.now()): void {
    const event = this.events.get(id);
    if (!event) return;
    this.tally.acknowledged++;
    event.acknowledgedAt = at;
  }

  event(id: number): Published | undefined {
    return this.events.get(id);
  }

  /** The round is over, and nothing is under way. */
  close(): void {
    for (const what of this.unsettled.values()) this.violate('promises not settled', what);
    this.unsettled.clear();
    for (const [id, { policy, outcome }] of this.calls) {
      const runs = this.runs.get(id) ?? 0;
      const isTooOften = policy !== 'unknown' && runs > 1;
      if (isTooOften || (outcome === 'not sent' && runs > 0))
        this.violate('calls that ran more often than promised', `call ${id} (${policy}, ${outcome}) ran ${runs} times`);
      if (outcome === 'answered' && runs === 0)
        this.violate('wrong answers, orders and errors', `call ${id} was answered and never ran`);
    }
    for (const watched of this.watched) watched.check(this.events.values());
    this.calls = new Map();
    this.runs = new Map();
    this.events = new Map();
    this.restarts = [];
  }
}
