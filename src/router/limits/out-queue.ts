/*
 * The queue of outgoing messages of one session, counted in bytes. A session that does not read must not fill the router's memory: beyond the limit its events are
 * dropped, or the session ends, as the configuration says. queues.ts counts all sessions together.
 */
import { inMicrotask } from '../../transport/platform/tick.ts';
import type { Transport } from '../../transport/transport.ts';
import type { SettledLimits } from './limits.ts';
import type { LoginRefusal } from './login-refusals.ts';
import { type Queues, WORTH_WATCHING } from './queues.ts';

/** Counted over all sessions of a router. */
export interface Tally {
  messagesIn: number;
  messagesOut: number;
  /** Text that is not UTF-8 yet counts by its characters. */
  bytesIn: number;
  bytesOut: number;
  /** Sent to a subscriber each. */
  events: number;
  publications: number;
  droppedEvents: number;
  slowConsumers: number;
  refusedConnections: number;
  droppedPublications: number;
  refusedLogins: number;
  /** The same by their reasons. */
  readonly refusals: Record<LoginRefusal, number>;
  slowedSessions: number;
}

export type QueueLimits = Pick<SettledLimits, 'maxQueuedBytes' | 'onQueueFull'>;

/** What happens to a session, and why. */
export interface Consequence {
  readonly what: 'ends' | 'drops';
  readonly why: string;
}

export class OutQueue {
  /** Events that this session did not get. */
  droppedEvents = 0;
  /** What waits before the transport. */
  heldBytes = 0;
  private readonly transport: Pick<Transport, 'bufferedBytes'>;
  private readonly limits: QueueLimits;
  private readonly tally: Tally;
  private readonly queues: Queues;
  private readonly whenFull: (consequence: Consequence) => void;
  /** At the last check. */
  private known = 0;
  /** The last time when it was seen that bytes went out, or that the queue was short; by a clock that is never set back. */
  private movedAt = 0;
  /** Events are dropped from now on: it was the longest queue when all together were too long. */
  private cap = Number.POSITIVE_INFINITY;
  private isOver = false;
  private isDropping = false;

  /** @param whenFull - Called after the current message; for dropped events once each time that dropping begins. */
  constructor(
    transport: Pick<Transport, 'bufferedBytes'>,
    limits: QueueLimits,
    tally: Tally,
    queues: Queues,
    whenFull: (consequence: Consequence) => void,
  ) {
    this.transport = transport;
    this.limits = limits;
    this.tally = tally;
    this.queues = queues;
    this.whenFull = whenFull;
    queues.enter(this);
  }

  get bytes(): number {
    return this.transport.bufferedBytes + this.heldBytes;
  }

  /** Whether the next message may be sent, or several events at once. With `drop-events`, answers may use twice the limit, because answers must not be dropped. */
  takes(message: 'event' | 'answer', count = 1): boolean {
    if (this.isOver) return false;
    const { maxQueuedBytes, onQueueFull } = this.limits;
    // The queue is at most as long as after the last message. If that was short, the exact length does not matter.
    const isLittle = this.known < WORTH_WATCHING && this.known < maxQueuedBytes && this.known < this.cap;
    const bufferedBytes = isLittle ? this.known : this.look();
    if (bufferedBytes < maxQueuedBytes && bufferedBytes < this.cap) {
      this.isDropping = false;
      if (message === 'event') this.tally.events += count;
      return this.take(count);
    }
    const why = `over ${Math.min(maxQueuedBytes, this.cap)} bytes wait for it (${this.cap < maxQueuedBytes ? 'limits.maxTotalQueuedBytes' : 'limits.maxQueuedBytes'}, limits.onQueueFull)`;
    if (onQueueFull === 'drop-events') {
      if (message === 'event') return this.drop(why, count);
      if (bufferedBytes < 2 * maxQueuedBytes) return this.take(count);
    }
    this.fill(why);
    return false;
  }

  /** The same for an event that has waited until there is room in the transport: it is not dropped, however much waits behind it. */
  takesNext(): boolean {
    if (this.isOver) return false;
    this.tally.events++;
    return this.take(1);
  }

  /** Whether an event would be dropped now. */
  get dropsEvents(): boolean {
    return (
      this.limits.onQueueFull === 'drop-events' && !this.isOver && this.look() >= Math.min(this.limits.maxQueuedBytes, this.cap)
    );
  }

  /** To be called after each message. */
  measure(): void {
    this.look();
    if (this.known > 0) this.queues.filled(this.known);
  }

  /** The length of the queue at the last check. */
  get size(): number {
    return this.known;
  }

  /** Checks the length of the queue now. */
  look(): number {
    const { bytes } = this;
    if (bytes === this.known || this.isOver) return bytes;
    if (bytes >= WORTH_WATCHING && (bytes < this.known || this.known < WORTH_WATCHING)) this.movedAt = this.queues.now();
    if (2 * bytes < this.cap) this.cap = Number.POSITIVE_INFINITY;
    this.queues.total += bytes - this.known;
    this.known = bytes;
    return bytes;
  }

  /** Since when nothing has gone out of it, although it is long enough to be watched. */
  get restingSince(): number {
    return this.known >= WORTH_WATCHING ? this.movedAt : Number.POSITIVE_INFINITY;
  }

  /** It is the longest queue, and all together are too long: it loses events, and if that is not enough, the session ends. */
  relieve(why: string): void {
    if (this.limits.onQueueFull === 'drop-events' && this.cap === Number.POSITIVE_INFINITY) this.cap = Math.max(1, this.known);
    else this.fill(why);
  }

  /** Nothing more is sent. */
  fill(why: string): void {
    if (this.isOver) return;
    this.leave();
    this.tally.slowConsumers++;
    this.later({ what: 'ends', why });
  }

  /** The session is gone. */
  leave(): void {
    this.isOver = true;
    this.queues.leave(this);
    this.known = 0;
  }

  private take(count: number): true {
    this.tally.messagesOut += count;
    return true;
  }

  private drop(why: string, count: number): false {
    this.droppedEvents += count;
    this.tally.droppedEvents += count;
    if (!this.isDropping) this.later({ what: 'drops', why });
    this.isDropping = true;
    return false;
  }

  /** Not now: the code that sends is still running, and may rely on the session. */
  private later(consequence: Consequence): void {
    inMicrotask(() => this.whenFull(consequence));
  }
}
