/*
 * What the nodes of a cluster count together. Limits of one session or connection need nothing of it. What is decided in a login is asked, and exact. What is decided at
 * once (queues, connections without a session, what is kept for an address) is told, so the others know it a moment later.
 */
import type { Awaitable } from '../../base/words.ts';
import type { KeptOfAll } from './kept.ts';
import type { MetricsOfAll } from './measured.ts';

/** `true`: a login may try. `false`: too many from there have failed. `crowded`: too many from there wait for their turn. */
export type MayTry = boolean | 'crowded';

/** In a cluster that of all nodes together answers later. */
export interface LoginThrottle {
  /**
   * Whether a login from there may try; if so, `leave` must be called at its end.
   *
   * @param address - `undefined`: in this process, always.
   * @param user - The claimed user and the realm.
   */
  enter(address: string | undefined, user?: string): Awaitable<MayTry>;
  leave(address: string | undefined): void;
  /** @returns The delay of the answer, in milliseconds. */
  failed(address: string | undefined, user?: string): Awaitable<number>;
}

/** What a node has counted is free again when it is gone. */
export interface Counts {
  /** Failed logins, and those that run. */
  readonly throttle: LoginThrottle;
  /** Metrics of all nodes. Without it, each node has its own. */
  readonly metrics?: MetricsOfAll | undefined;
  /** Answers of requests with an `Idempotency-Key`, for all nodes. Without it, each node has its own. */
  readonly kept?: KeptOfAll | undefined;
  /** Takes one of `most`. @returns Whether there was one. */
  take(name: string, most: number): Awaitable<boolean>;
  /** Gives it back. */
  give(name: string): void;
  /**
   * What this node has now of something of which all nodes together may have `most`. An amount that is too small to matter may be left out.
   */
  tell(name: string, amount: number, most: number): void;
  /** What the other nodes have of it, as far as this one knows. */
  others(name: string): number;
  /** How many nodes there are that clients connect to, at least 1. */
  readonly nodes: number;
  /** Calls the listener with the name of what others have more of now. */
  watch(listener: (name: string) => void): void;
}

/** A limit of all nodes together, as one of them sees it. A router that is alone has all of it. */
export class Share {
  private readonly name: string;
  private readonly limit: number;
  private readonly counts: Counts | undefined;

  constructor(name: string, limit: number, counts: Counts | undefined) {
    this.name = name;
    this.limit = limit;
    this.counts = counts;
  }

  /** What this node may have now: what the others leave, and never less than its part. So a node that is flooded takes nothing away from the others. */
  get most(): number {
    return this.mostOf('', this.limit);
  }

  /** The same of one part of it, with a limit of its own. */
  mostOf(part: string, limit: number): number {
    const { counts } = this;
    if (!counts) return limit;
    return Math.max(1, Math.floor(limit / counts.nodes), limit - counts.others(this.name + part));
  }

  /** Calls the listener when the others have more of it. @param heard - Gets the part that has changed; undefined: it is all of it. */
  watch(heard: (part: string | undefined) => void): void {
    this.counts?.watch((name) => {
      if (name === this.name) heard(undefined);
      else if (name.startsWith(`${this.name} `)) heard(name.slice(this.name.length));
    });
  }

  tell(amount: number): void {
    this.counts?.tell(this.name, amount, this.limit);
  }

  tellOf(part: string, amount: number, limit: number): void {
    this.counts?.tell(this.name + part, amount, limit);
  }
}
