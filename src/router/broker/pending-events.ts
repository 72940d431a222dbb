/*
 * Events on their way to many subscribers, in the order of their publication. They go to one session after the other, and each gets all of them
 * in one write, because a write to a socket costs more than everything else that an event needs. A quiet router waits for nothing: the first event leaves at
 * once. What is published while events are written, and during a rest that is as long as that took (at most 20 ms), leaves together. So the more there is to do, the
 * more events share a write.
 *
 * It looks as if each event had gone to all of its subscribers at the moment of its publication:
 *
 * - before anything else is sent to a session, it gets the events that wait for it, so nothing of a publisher overtakes anything of it, over all topics;
 * - a session that subscribes meanwhile does not get it (it would come before SUBSCRIBED, or twice beside a retained event);
 * - a session that unsubscribes or leaves meanwhile gets nothing more, as after any UNSUBSCRIBED.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import type { FrameCache } from '../../link/link.ts';
import type { Event } from '../../protocol/messages.ts';
import { EventSeries, type SharedEvent } from '../session/event-series.ts';
import type { LiveSession } from '../session/session.ts';
import type { EventsBefore } from '../session/session-parts.ts';
import type { Turns, Work, Worker } from '../turns/turns.ts';
import type { FanOut } from './fan-out.ts';
import type { BrokerSubscription } from './subscriptions.ts';

/** The longest rest, in milliseconds. A user does not notice it. */
const MAX_REST_MS = 20;
/** A shorter rest is not worth a timer, which cannot wait for less. */
const MIN_REST_MS = 1;
/** When more than this waits, publishers wait as well. Then a session still gets it in one write. */
const MAX_EVENTS = 256;
const MAX_BYTES = 2 ** 16;
/** What an event takes beside its payload. */
const OVERHEAD_BYTES = 64;
/** The same of a payload whose size nobody knows: its serializer is foreign. */
const UNKNOWN_BYTES = 4096;

/** One event for one subscription. */
class PendingEvent implements SharedEvent {
  readonly event: Event;
  readonly frames: FrameCache = new Map();
  readonly subscription: BrokerSubscription;
  private readonly fanOut: FanOut;
  /** The place of the last subscriber before the publication; places grow in order of subscribing. */
  private readonly last: number;

  constructor(fanOut: FanOut, subscription: BrokerSubscription, last: number) {
    this.event = fanOut.eventOf(subscription);
    this.subscription = subscription;
    this.fanOut = fanOut;
    this.last = last;
  }

  /** About what it takes in memory. */
  get bytes(): number {
    const { carried, args, kwargs } = this.event;
    return OVERHEAD_BYTES + (carried?.bytes ?? (args || kwargs ? UNKNOWN_BYTES : 0));
  }

  /** @param place - Of this session among the subscribers. Undefined: it does not subscribe. */
  isFor(session: LiveSession, place: number | undefined): boolean {
    return place !== undefined && place <= this.last && this.fanOut.isFor(session, this.subscription);
  }
}

export class PendingEvents implements EventsBefore, Worker {
  private readonly turns: Turns;
  private readonly clock: Clock;
  private events: PendingEvent[] = [];
  private bytes = 0;
  /** How many came before those that wait. */
  private gone = 0;
  private series = new EventSeries();
  /** Writes those that wait. */
  private writing: Work | undefined;
  private isStepping = false;
  private restsUntil = Number.NEGATIVE_INFINITY;
  private timer: unknown;

  constructor(turns: Turns, clock: Clock) {
    this.turns = turns;
    this.clock = clock;
  }

  get areWaiting(): boolean {
    return this.events.length > 0;
  }

  /** @returns The work that the publisher has to wait for, because too much waits already. */
  add(fanOut: FanOut, matching: readonly BrokerSubscription[], last: number): Work | undefined {
    for (const subscription of matching) {
      const event = new PendingEvent(fanOut, subscription, last);
      this.events.push(event);
      this.bytes += event.bytes;
    }
    if (this.isStepping || !this.work()) this.turns.wait(this);
    return this.isFull ? this.makeRoom() : undefined;
  }

  sendTo(session: LiveSession): void {
    const { events, gone } = this;
    if (this.series.isFull) this.series = new EventSeries();
    let { series } = this;
    let subscription: BrokerSubscription | undefined;
    let place: number | undefined;
    const first = Math.max(0, session.eventsSeen - gone);
    session.eventsSeen = gone + events.length;
    for (let at = first; at < events.length; at++) {
      const event = events[at];
      if (!event) break;
      if (event.subscription !== subscription) {
        subscription = event.subscription;
        place = subscription.subscribers.get(session);
      }
      if (event.isFor(session, place)) series = series.with(event);
    }
    if (series !== this.series) session.sendSeries(series);
  }

  /** Writes while the slice lasts. Between two rests it has nothing to do. */
  work(): boolean {
    while (this.isDue) {
      if (!this.turns.mayGoOn) return false;
      this.turns.spend(1);
      this.step();
    }
    return true;
  }

  private get isFull(): boolean {
    return this.events.length > MAX_EVENTS || this.bytes > MAX_BYTES;
  }

  /** If it rests, a timer says when it does no longer. */
  private get isDue(): boolean {
    if (this.writing) return true;
    if (!this.areWaiting) return false;
    const rest = this.isFull ? 0 : this.restsUntil - elapsed(this.clock);
    if (rest < MIN_REST_MS) return true;
    this.timer ??= this.clock.setTimeout(() => {
      this.timer = undefined;
      this.restsUntil = Number.NEGATIVE_INFINITY; // timers may be early
      if (!this.work()) this.turns.wait(this);
    }, rest);
    return false;
  }

  /** Writes to the next session. */
  private step(): void {
    this.writing ??= this.write();
    this.isStepping = true;
    try {
      if (this.writing.next().done) this.writing = undefined;
    } finally {
      this.isStepping = false;
    }
  }

  private *makeRoom(): Work {
    while (this.isFull) {
      if (!this.isStepping) this.step();
      yield;
    }
  }

  private *write(): Work {
    const begun = elapsed(this.clock);
    const end = this.gone + this.events.length;
    for (const { subscribers } of new Set(this.events.map(({ subscription }) => subscription))) {
      // The map may change meanwhile: sessions that have left are not in it, and new ones are at its end.
      for (const session of subscribers.keys()) {
        if (session.eventsSeen >= end) continue;
        session.guard(() => this.sendTo(session));
        yield;
      }
    }
    const written = this.events.splice(0, end - this.gone);
    for (const { bytes } of written) this.bytes -= bytes;
    this.gone = end;
    this.series = new EventSeries();
    const now = elapsed(this.clock);
    this.restsUntil = now + Math.min(now - begun, MAX_REST_MS);
  }
}
