/*
 * WAMP "Event History" in memory: the newest events of a subscription, in the order in which they came, and how to search them.
 */
import type { Id } from '../../base/words.ts';
import { sizeOfStored } from './sizes.ts';
import type { HistoryBounds, HistoryQuery, StoredEvent } from './store.ts';

/** Searching this many events is one unit of work. */
const EVENTS_A_UNIT = 64;

interface Entry {
  readonly event: StoredEvent;
  readonly size: number;
  /** The time of the event. If the clock was set back after it: the time of the oldest one that came later, because it is at least as old. */
  since: number;
}

export class EventLog {
  private readonly bounds: HistoryBounds;
  private readonly now: () => number;
  private readonly dropped: (event: StoredEvent) => void;
  /** A ring: `count` events from `first` on. */
  private readonly ring: (Entry | undefined)[] = [];
  private first = 0;
  private count = 0;
  private gone = 0;
  private bytes = 0;

  /**
   * @param now - Milliseconds since 1970.
   * @param dropped - Gets each event that is forgotten.
   */
  constructor(bounds: HistoryBounds, now: () => number, dropped: (event: StoredEvent) => void = () => {}) {
    this.bounds = bounds;
    this.now = now;
    this.dropped = dropped;
  }

  add(event: StoredEvent): void {
    const { limit, maxBytes } = this.bounds;
    if (this.count === limit) this.dropOldest();
    const size = sizeOfStored(event);
    this.ring[(this.first + this.count) % limit] = { event, size, since: event.time };
    for (let before = this.count - 1; before >= 0; before--) {
      const entry = this.ring[(this.first + before) % limit];
      if (!entry || entry.since <= event.time) break;
      entry.since = event.time;
    }
    this.count++;
    this.bytes += size;
    while (this.bytes > maxBytes && this.count > 1) this.dropOldest();
    this.dropOld();
  }

  /** Places of events grow and are never reused. This is the place of the oldest event. */
  get begin(): number {
    return this.gone;
  }

  /** The place behind the newest. */
  get end(): number {
    return this.gone + this.count;
  }

  /** In order. */
  get all(): readonly StoredEvent[] {
    return Array.from({ length: this.count }, (_, i) => this.at(this.gone + i)).filter((event) => event !== undefined);
  }

  /** Undefined: it is not kept any more. */
  at(place: number): StoredEvent | undefined {
    if (place < this.begin || place >= this.end) return undefined;
    return this.ring[(this.first + place - this.gone) % this.bounds.limit]?.event;
  }

  /** Each piece is one unit of work, with what was found in it. Events that are dropped before the search reaches them are not found. */
  *search(query: HistoryQuery): Generator<readonly StoredEvent[], void, void> {
    this.dropOld();
    const [begin, end] = yield* this.rangeOf(query);
    let found: StoredEvent[] = [];
    for (let seen = 0; seen < end - begin; seen++) {
      const event = this.at(query.reverse ? end - 1 - seen : begin + seen);
      if (event && isWanted(event, query)) found.push(event);
      if (seen % EVENTS_A_UNIT < EVENTS_A_UNIT - 1) continue;
      yield found;
      found = [];
    }
    yield found;
  }

  /** The range of places that can match. Publications are compared by place, not by time, because a clock may be set back. */
  private *rangeOf(query: HistoryQuery): Generator<readonly StoredEvent[], readonly [begin: number, end: number], void> {
    let { begin, end } = this;
    // A publication that is not kept (any more) counts as older than all others, so a query for later events misses nothing.
    const oldest = begin;
    const places = new Map<Id | undefined, number>();
    const bounds = [query.from, query.after, query.before, query.until].filter((id) => id !== undefined);
    for (let place = begin; place < end && bounds.length > places.size; place++) {
      const id = this.at(place)?.publication;
      if (id !== undefined && bounds.includes(id)) places.set(id, place);
      if (place % EVENTS_A_UNIT === 0) yield [];
    }
    const placeOf = (publication: Id): number => places.get(publication) ?? oldest - 1;
    if (query.from !== undefined) begin = Math.max(begin, placeOf(query.from));
    if (query.after !== undefined) begin = Math.max(begin, placeOf(query.after) + 1);
    if (query.before !== undefined) end = placeOf(query.before);
    if (query.until !== undefined) end = Math.min(end, placeOf(query.until) + 1);
    return [begin, end];
  }

  /** Forgets what is too old. */
  dropOld(): void {
    const { maxAgeMs } = this.bounds;
    if (maxAgeMs === Number.POSITIVE_INFINITY) return;
    const oldest = this.now() - maxAgeMs;
    while (this.count > 0 && (this.ring[this.first]?.since ?? oldest) < oldest) this.dropOldest();
  }

  private dropOldest(): void {
    const oldest = this.ring[this.first];
    this.bytes -= oldest?.size ?? 0;
    this.ring[this.first] = undefined;
    this.first = (this.first + 1) % this.bounds.limit;
    this.count--;
    this.gone++;
    if (oldest) this.dropped(oldest.event);
  }
}

/** Whether an event fulfils all conditions. */
function isWanted({ topic, time }: StoredEvent, query: HistoryQuery): boolean {
  return (
    (query.topic === undefined || topic === query.topic) &&
    (query.fromTime === undefined || time >= query.fromTime) &&
    (query.afterTime === undefined || time > query.afterTime) &&
    (query.beforeTime === undefined || time < query.beforeTime) &&
    (query.untilTime === undefined || time <= query.untilTime)
  );
}
