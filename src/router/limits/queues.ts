/*
 * The outgoing messages of all sessions of a router. Many sessions that each stay below their own limit must not fill the memory either:
 * if all queues together are too long, the session with the longest one ends, or loses events. A session that has read nothing for a while, although much waits, ends, too.
 *
 * The sum is that of the last checks: too high if a session has read meanwhile, never too low. Before a session is ended for it, all are checked.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import { type Counts, Share } from '../together/counts.ts';
import type { SettledLimits } from './limits.ts';

/** Shorter queues are not watched: keep-alive finds dead connections, and a timer would not be worth it. */
export const WORTH_WATCHING: number = 2 ** 16;
/** All queues are checked at most once in this many messages, relative to the number of sessions. */
const LOOK_SHARE = 8;
/** In a cluster: how often the others hear how much waits here, while it is worth it. */
const TELL_MS = 100;
const WORTH_TELLING = 2 ** 16;

/** The queue of one session. */
interface Queue {
  /** Its length at the last check, in bytes. */
  readonly size: number;
  /** Since when nothing has gone out of it. */
  readonly restingSince: number;
  look(): unknown;
  /** It is the longest, and all together are too long. */
  relieve(why: string): void;
  /** Nothing more is sent. */
  fill(why: string): void;
}

export class Queues {
  total = 0;
  readonly now: () => number;
  private readonly limits: Pick<SettledLimits, 'maxTotalQueuedBytes' | 'queueTimeoutMs'>;
  private readonly clock: Clock;
  private readonly all = new Set<Queue>();
  private timer: unknown;
  private isWatching = false;
  private messagesUntilLook = 0;
  private readonly share: Share;
  /** Undefined: this router is alone. */
  private readonly counts: Counts | undefined;
  private isTelling = false;

  constructor(limits: Queues['limits'], clock: Clock, counts?: Counts) {
    this.limits = limits;
    this.clock = clock;
    this.counts = counts;
    this.share = new Share('queued', limits.maxTotalQueuedBytes, counts);
    this.now = () => elapsed(clock);
    this.share.watch(() => {
      for (const queue of this.all) queue.look();
      this.relieve();
    });
  }

  enter(queue: Queue): void {
    this.all.add(queue);
  }

  leave(queue: Queue): void {
    if (!this.all.delete(queue)) return;
    this.total -= queue.size;
    if (this.all.size === 0) this.endWatch();
  }

  /** Reports the length of a queue, in bytes. */
  filled(bytes: number): void {
    if (bytes >= WORTH_WATCHING && !this.isWatching) this.watch();
    if (this.counts && !this.isTelling && this.total >= WORTH_TELLING) this.tell();
    if (this.total < this.share.most || this.messagesUntilLook-- > 0) return;
    for (const queue of this.all) queue.look();
    this.relieve();
    // Below the limit after a slow check of all: the next one must be worth its cost.
    this.messagesUntilLook = Math.floor(this.all.size / LOOK_SHARE);
  }

  private tell(): void {
    this.share.tell(this.total);
    this.isTelling = this.total >= WORTH_TELLING;
    if (!this.isTelling) return;
    this.clock.setTimeout(() => {
      for (const queue of this.all) queue.look();
      this.tell();
    }, TELL_MS);
  }

  private relieve(): void {
    const { maxTotalQueuedBytes } = this.limits;
    const most = this.share.most;
    if (this.total < most) return;
    const why = `over ${maxTotalQueuedBytes} bytes wait for all sessions, most for this one (limits.maxTotalQueuedBytes)`;
    const byFullness = [...this.all].sort((one, other) => other.size - one.size);
    let left = this.total;
    for (const queue of byFullness) {
      if (left < most) return;
      left -= queue.size;
      queue.relieve(why);
    }
  }

  private watch(): void {
    this.isWatching = true;
    const { queueTimeoutMs } = this.limits;
    this.timer = this.clock.setTimeout(
      () => {
        this.isWatching = false;
        const before = this.now() - queueTimeoutMs;
        let mustWatch = false;
        for (const queue of [...this.all]) {
          queue.look();
          if (queue.size < WORTH_WATCHING) continue;
          if (queue.restingSince <= before)
            queue.fill(`nothing of what waits for it was read for ${queueTimeoutMs} ms (limits.queueTimeoutMs)`);
          else mustWatch = true;
        }
        if (mustWatch) this.watch();
      },
      Math.ceil(queueTimeoutMs / 4),
    );
  }

  private endWatch(): void {
    if (this.isWatching) this.clock.clearTimeout(this.timer);
    this.isWatching = false;
  }
}
