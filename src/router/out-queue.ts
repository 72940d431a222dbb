/*
 * What waits to be sent to one session, counted in bytes. Who does not read must not fill the router's memory: beyond the limit its events are
 * dropped, or the session ends, as the configuration says.
 */
import type { Transport } from '../transport/transport.ts';
import type { Settings } from './config.ts';

/** Counted over all sessions of a router. */
export interface Tally {
  messagesIn: number;
  messagesOut: number;
  droppedEvents: number;
  slowConsumers: number;
  refusedLines: number;
  droppedPublications: number;
}

export type QueueLimits = Pick<Settings['limits'], 'maxQueuedBytes' | 'onQueueFull'>;

export class OutQueue {
  /** Events that this session did not get. */
  droppedEvents = 0;
  private readonly transport: Pick<Transport, 'bufferedBytes'>;
  private readonly limits: QueueLimits;
  private readonly tally: Tally;
  private readonly whenFull: (consequence: 'ends' | 'drops') => void;
  private isOver = false;
  private isDropping = false;

  /** @param whenFull - Called after the message at hand has been dealt with; for dropped events once a spell. */
  constructor(
    transport: Pick<Transport, 'bufferedBytes'>,
    limits: QueueLimits,
    tally: Tally,
    whenFull: (consequence: 'ends' | 'drops') => void,
  ) {
    this.transport = transport;
    this.limits = limits;
    this.tally = tally;
    this.whenFull = whenFull;
  }

  get bytes(): number {
    return this.transport.bufferedBytes;
  }

  /** Whether the next message may be sent. Answers have as much room again where events are dropped: they cannot be. */
  takes(isEvent: boolean): boolean {
    if (this.isOver) return false;
    const { maxQueuedBytes, onQueueFull } = this.limits;
    const { bufferedBytes } = this.transport;
    if (bufferedBytes < maxQueuedBytes) {
      this.isDropping = false;
      return this.take();
    }
    if (onQueueFull === 'drop-events') {
      if (isEvent) return this.drop();
      if (bufferedBytes < 2 * maxQueuedBytes) return this.take();
    }
    this.isOver = true;
    this.tally.slowConsumers++;
    this.later('ends');
    return false;
  }

  private take(): true {
    this.tally.messagesOut++;
    return true;
  }

  private drop(): false {
    this.droppedEvents++;
    this.tally.droppedEvents++;
    if (!this.isDropping) this.later('drops');
    this.isDropping = true;
    return false;
  }

  /** Not now: whoever sends is in the middle of something, and may count on the session. */
  private later(consequence: 'ends' | 'drops'): void {
    queueMicrotask(() => this.whenFull(consequence));
  }
}
