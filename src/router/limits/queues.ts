/*
 * What waits to be sent, over all sessions of a router. A crowd whose members each stay below their own limit must not fill the memory either:
 * where together they are too much, the fullest ends, or loses events. And who has read nothing for a while, though much waits, ends.
 *
 * The sum is that of the last looks: too high for who has read meanwhile, never too low. Before anybody suffers for it, all are looked at.
 */
import { type Clock, elapsed } from '../../clock.ts';
import type { SettledLimits } from './limits.ts';

/** What waits in smaller amounts may rest: keep-alive finds who is dead, and it is not worth a timer. */
export const WORTH_WATCHING: number = 2 ** 16;
/** All are looked at once in so many messages at most, as a part of how many there are. */
const LOOK_SHARE = 8;

/** What waits for one session. */
interface Queue {
  /** By the last look, in bytes. */
  readonly size: number;
  /** Since when nothing has gone out of it. */
  readonly restingSince: number;
  look(): unknown;
  /** It is the fullest of all, and together they are too much. */
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

  constructor(limits: Queues['limits'], clock: Clock) {
    this.limits = limits;
    this.clock = clock;
    this.now = () => elapsed(clock);
  }

  enter(queue: Queue): void {
    this.all.add(queue);
  }

  leave(queue: Queue): void {
    if (!this.all.delete(queue)) return;
    this.total -= queue.size;
    if (this.all.size === 0) this.endWatch();
  }

  /** So many bytes wait for somebody. */
  filled(bytes: number): void {
    if (bytes >= WORTH_WATCHING && !this.isWatching) this.watch();
    if (this.total < this.limits.maxTotalQueuedBytes || this.messagesUntilLook-- > 0) return;
    for (const queue of this.all) queue.look();
    this.relieve();
    // Below the limit by a look that took its time: the next one has to be worth it.
    this.messagesUntilLook = Math.floor(this.all.size / LOOK_SHARE);
  }

  private relieve(): void {
    const { maxTotalQueuedBytes } = this.limits;
    if (this.total < maxTotalQueuedBytes) return;
    const why = `over ${maxTotalQueuedBytes} bytes wait for all sessions, most for this one (limits.maxTotalQueuedBytes)`;
    const byFullness = [...this.all].sort((one, other) => other.size - one.size);
    let left = this.total;
    for (const queue of byFullness) {
      if (left < maxTotalQueuedBytes) return;
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
