/* What a measurement counts. */
import { WampError } from '../../index.ts';
import { Latency } from './latency.ts';

/** Further URIs are counted together: a peer may answer with a new one each time. */
const MAX_KINDS = 50;
const OTHERS = 'others';

export class Tally {
  sent = 0;
  answered = 0;
  /** Of `answered`. */
  readonly latency: Latency = new Latency();
  /** When the last answer came; of `performance.now()`. */
  lastAt = 0;
  failures = 0;
  firstFailure: unknown;
  private readonly kinds = new Map<string, number>();

  answer(ms: number, now: number): void {
    this.answered++;
    this.lastAt = now;
    this.latency.record(ms);
  }

  fail(error: unknown, now: number): void {
    this.failures++;
    this.lastAt = now;
    this.firstFailure ??= error;
    const uri = error instanceof WampError ? error.uri : String(error);
    const kind = this.kinds.has(uri) || this.kinds.size < MAX_KINDS ? uri : OTHERS;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
  }

  get settled(): number {
    return this.answered + this.failures;
  }

  /** By URI, most first. */
  get failed(): readonly (readonly [uri: string, count: number])[] {
    return [...this.kinds].sort(([, a], [, b]) => b - a);
  }
}
