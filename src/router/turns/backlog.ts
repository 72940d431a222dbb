/*
 * What goes to a session at its reader's pace: the retained events of a subscription, which may be more than its queue holds, and everything that is sent to it
 * meanwhile. Nothing overtakes anything else: a retained event is older than new events, and may have the same publisher (WAMP "Ordering Guarantees").
 */
import type { Clock } from '../../base/clock.ts';
import type { FrameCache } from '../../link/link.ts';
import type { FromRouter } from '../../protocol/messages.ts';
import type { SettledLimits } from '../limits/limits.ts';
import type { Work } from './turns.ts';

/** How often it looks whether the reader has made room. */
const LOOK_MS = 10;
/** What a message takes beside its bytes. */
const OVERHEAD_BYTES = 100;
/** Entries that are done are removed in so many at once. */
const MANY_DONE = 64;
/** No more than this waits in the transport at once. */
const MAX_WINDOW_BYTES = 2 ** 21;

/** Sends the next of several events. @returns Whether there was one. */
export type SendNext = () => boolean;

interface Waiting {
  readonly message: FromRouter;
  readonly frames: FrameCache;
  readonly bytes: number;
}

export interface BacklogHost {
  readonly clock: Clock;
  readonly limits: Pick<SettledLimits, 'maxQueuedBytes'>;
  /** Its connection is lost: nothing has to wait any more. */
  isLost(): boolean;
  /** The bytes that the transport has not sent yet. */
  buffered(): number;
  do(work: Work): void;
  send(waiting: Waiting): void;
  /** So many bytes wait here, beside those of the transport. */
  holds(bytes: number): void;
  /** Nothing is left. */
  emptied(): void;
}

export class Backlog {
  private readonly host: BacklogHost;
  private readonly window: number;
  private entries: (Waiting | SendNext)[] = [];
  private first = 0;
  private bytes = 0;
  private timer: unknown;
  private isPumping = false;
  private hasEnded = false;
  private whenSent: (() => void) | undefined;
  private sources = 0;

  constructor(host: BacklogHost) {
    this.host = host;
    this.window = Math.min(host.limits.maxQueuedBytes / 2, MAX_WINDOW_BYTES);
  }

  /** @returns If others wait already: a promise that resolves when at most one is left. */
  addSource(sendNext: SendNext): Promise<void> | undefined {
    this.entries.push(sendNext);
    this.sources++;
    if (!this.isPumping && this.timer === undefined) this.host.do(this.pump());
    if (this.sources < 2) return undefined;
    return new Promise((resolve) => {
      this.whenSent = resolve;
    });
  }

  add(waiting: Waiting): void {
    this.entries.push(waiting);
    this.hold(waiting.bytes + OVERHEAD_BYTES);
  }

  /** Sends the messages now, without the retained events: the session is about to end. */
  flush(): void {
    const left = this.entries.slice(this.first);
    this.end();
    for (const entry of left) if (typeof entry === 'object') this.host.send(entry);
  }

  /** Forgets all. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.host.clock.clearTimeout(this.timer);
    this.timer = undefined;
    this.entries = [];
    this.first = 0;
    this.hold(-this.bytes);
    this.whenSent?.();
    this.host.emptied();
  }

  private get isBlocked(): boolean {
    return this.host.buffered() >= this.window && !this.host.isLost();
  }

  private *pump(): Work {
    this.isPumping = true;
    while (!this.hasEnded && this.first < this.entries.length && !this.isBlocked) {
      this.step();
      yield;
    }
    this.isPumping = false;
    if (this.first >= this.entries.length) return this.end();
    this.timer = this.host.clock.setTimeout(() => {
      this.timer = undefined;
      this.host.do(this.pump());
    }, LOOK_MS);
  }

  private step(): void {
    const entry = this.entries[this.first];
    if (typeof entry === 'function') {
      if (entry()) return;
      this.sources--;
      this.whenSent?.();
      this.whenSent = undefined;
    } else if (entry) {
      this.hold(-entry.bytes - OVERHEAD_BYTES);
      this.host.send(entry);
    }
    this.first++;
    if (this.first < MANY_DONE || this.first * 2 < this.entries.length) return;
    this.entries.splice(0, this.first);
    this.first = 0;
  }

  private hold(bytes: number): void {
    this.bytes += bytes;
    this.host.holds(this.bytes);
  }
}
