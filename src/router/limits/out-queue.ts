/*
 * What waits to be sent to one session, counted in bytes. Who does not read must not fill the router's memory: beyond the limit its events are
 * dropped, or the session ends, as the configuration says. What waits for all sessions together is in queues.ts.
 */
import { inMicrotask } from '../../transport/tick.ts';
import type { Transport } from '../../transport/transport.ts';
import type { SettledLimits } from './limits.ts';
import { type Queues, WORTH_WATCHING } from './queues.ts';

/** Counted over all sessions of a router. */
export interface Tally {
  messagesIn: number;
  messagesOut: number;
  droppedEvents: number;
  slowConsumers: number;
  refusedLines: number;
  droppedPublications: number;
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
  private readonly transport: Pick<Transport, 'bufferedBytes'>;
  private readonly limits: QueueLimits;
  private readonly tally: Tally;
  private readonly queues: Queues;
  private readonly whenFull: (consequence: Consequence) => void;
  /** By the last look. */
  private known = 0;
  /** When it was seen last that some of it went out, or that little waited; by a clock that is never set back. */
  private movedAt = 0;
  /** Events are dropped from here on: it was the fullest when all together were too much. */
  private cap = Number.POSITIVE_INFINITY;
  private isOver = false;
  private isDropping = false;

  /** @param whenFull - Called after the message at hand has been dealt with; for dropped events once a spell. */
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
    return this.transport.bufferedBytes;
  }

  /** Whether the next message may be sent. Answers have as much room again where events are dropped: they cannot be. */
  takes(isEvent: boolean): boolean {
    if (this.isOver) return false;
    const { maxQueuedBytes, onQueueFull } = this.limits;
    // What waits now is no more than after the last message, and where that is little, it matters to nobody how much less it is.
    const isLittle = this.known < WORTH_WATCHING && this.known < maxQueuedBytes && this.known < this.cap;
    const bufferedBytes = isLittle ? this.known : this.look();
    if (bufferedBytes < maxQueuedBytes && bufferedBytes < this.cap) {
      this.isDropping = false;
      return this.take();
    }
    const why = `over ${Math.min(maxQueuedBytes, this.cap)} bytes wait for it (${this.cap < maxQueuedBytes ? 'limits.maxTotalQueuedBytes' : 'limits.maxQueuedBytes'}, limits.onQueueFull)`;
    if (onQueueFull === 'drop-events') {
      if (isEvent) return this.drop(why);
      if (bufferedBytes < 2 * maxQueuedBytes) return this.take();
    }
    this.fill(why);
    return false;
  }

  /** A message has gone out: to be called after each. */
  measure(): void {
    this.look();
    if (this.known > 0) this.queues.filled(this.known);
  }

  /** What waits, by the last look. */
  get size(): number {
    return this.known;
  }

  /** Looks how much waits now. */
  look(): number {
    const bytes = this.transport.bufferedBytes;
    if (bytes === this.known || this.isOver) return bytes;
    if (bytes >= WORTH_WATCHING && (bytes < this.known || this.known < WORTH_WATCHING)) this.movedAt = this.queues.now();
    if (2 * bytes < this.cap) this.cap = Number.POSITIVE_INFINITY;
    this.queues.total += bytes - this.known;
    this.known = bytes;
    return bytes;
  }

  /** Since when nothing has gone out of it, though there is something that is worth watching. */
  get restingSince(): number {
    return this.known >= WORTH_WATCHING ? this.movedAt : Number.POSITIVE_INFINITY;
  }

  /** It is the fullest of all, and together they are too much: it loses events, and where that is not enough, it ends. */
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

  private take(): true {
    this.tally.messagesOut++;
    return true;
  }

  private drop(why: string): false {
    this.droppedEvents++;
    this.tally.droppedEvents++;
    if (!this.isDropping) this.later({ what: 'drops', why });
    this.isDropping = true;
    return false;
  }

  /** Not now: whoever sends is in the middle of something, and may count on the session. */
  private later(consequence: Consequence): void {
    inMicrotask(() => this.whenFull(consequence));
  }
}
