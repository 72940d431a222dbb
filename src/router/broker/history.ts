/*
 * WAMP "Event History": the newest events of a subscription, in the order in which the broker took them, and how to query them.
 * The configuration (`config.realms[…].history`) says which subscriptions have a history; the broker makes these at the start.
 * history-filter.ts reads the keywords of a query.
 */
import type { Clock } from '../../base/clock.ts';
import { ApplicationError, SerializationError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import { hasKeys } from '../../protocol/codec.ts';
import { isId } from '../../protocol/ids.ts';
import type { Event, Payload } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { type Action, type Verdict, whenKnown } from '../authorization/permissions.ts';
import type { SettledLimits } from '../limits/limits.ts';
import { sizeOfKept, toKeep } from '../limits/payload-size.ts';
import type { LiveSession } from '../session/session.ts';
import type { Piecewise } from '../turns/turns.ts';
import { type Filter, readFilter } from './history-filter.ts';
import type { Recipients } from './recipients.ts';

/** A past event. */
export interface Past {
  readonly time: number;
  readonly topic: Uri;
  readonly event: Event;
  /** Undefined: everybody. Only authids and authroles: events for certain sessions are not kept. */
  readonly audience: Recipients | undefined;
}

/** The history of one subscription. */
export class EventLog {
  private readonly limit: number;
  private readonly maxBytes: number;
  private readonly clock: Clock;
  /** A ring: `count` events from `first` on. */
  private readonly ring: ({ readonly past: Past; readonly size: number } | undefined)[] = [];
  private first = 0;
  private count = 0;
  private dropped = 0;
  private bytes = 0;

  /** @param maxBytes - Bounds the memory, whatever peers publish: beyond it there are fewer events than `limit`. */
  constructor(limit: number, maxBytes: number, clock: Clock) {
    this.limit = limit;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  add(topic: Uri, event: Event, audience: Recipients | undefined): void {
    if (this.count === this.limit) this.dropOldest();
    const size = sizeOfKept(topic, event.details, event) + (audience?.bytes ?? 0);
    const past = { time: this.clock.now(), topic, event: toKeep(event), audience };
    this.ring[(this.first + this.count) % this.limit] = { past, size };
    this.count++;
    this.bytes += size;
    while (this.bytes > this.maxBytes && this.count > 1) this.dropOldest();
  }

  /** Places of events grow and are never reused. This is the place of the oldest event. */
  get begin(): number {
    return this.dropped;
  }

  /** The place behind the newest. */
  get end(): number {
    return this.dropped + this.count;
  }

  /** Undefined: it is not kept any more. */
  at(place: number): Past | undefined {
    if (place < this.begin || place >= this.end) return undefined;
    return this.ring[(this.first + place - this.dropped) % this.limit]?.past;
  }

  private dropOldest(): void {
    this.bytes -= this.ring[this.first]?.size ?? 0;
    this.ring[this.first] = undefined;
    this.first = (this.first + 1) % this.limit;
    this.count--;
    this.dropped++;
  }
}

/** The parts of a realm that `getEvents` needs. */
export interface HistoryContext {
  readonly limits: SettledLimits;
  readonly subscriptions: {
    get(id: Id): { readonly uri: Uri; readonly match: Match; readonly history: EventLog | undefined } | undefined;
  };
  may(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict>;
}

/** Room for the rest of a RESULT, with a margin. */
const ENVELOPE_BYTES = 128;
/** Searching this many events is one unit of work. */
const EVENTS_A_UNIT = 64;
/** Copying this many bytes is one unit of work. */
const BYTES_A_UNIT = 4096;

/**
 * `wamp.subscription.get_events`. A long history is searched in pieces. Events that come after the request are not in the answer, nor
 * are events that were dropped before the search reached them.
 *
 * @throws {@link ApplicationError} `invalid_argument`, `no_such_subscription`, `not_authorized`, `history_unavailable`.
 */
export function getEvents(
  context: HistoryContext,
  caller: LiveSession,
  { args = [], kwargs = {} }: Payload,
): Piecewise<Payload> | Promise<Piecewise<Payload>> {
  const [id, limit] = args;
  if (!isId(id)) throw new ApplicationError('wamp.error.invalid_argument', ['expected a subscription id']);
  // Crossbar.io takes the limit as its second argument as well.
  const filter = readFilter({ ...kwargs, limit: kwargs.limit ?? limit });
  const subscription = context.subscriptions.get(id);
  if (!subscription) throw new ApplicationError('wamp.error.no_such_subscription', [`no subscription ${id} here`]);
  const { uri, match, history } = subscription;
  return whenKnown(context.may(caller, 'subscribe', uri, match), (verdict) => {
    if ('error' in verdict) throw new ApplicationError(verdict.error, [verdict.text]);
    // Not an empty answer, which would mean that nothing has happened. This URI is Crossbar.io's; the specification has none.
    if (!history) throw new ApplicationError('wamp.error.history_unavailable', [`no history is kept of ${uri}`]);
    return answer(history, filter, caller, context.limits.maxMessageBytes - ENVELOPE_BYTES);
  });
}

/** The range of places that can match. Publications are compared by place, not by time, because a clock may be set back. */
function* rangeOf(history: EventLog, filter: Filter): Piecewise<readonly [begin: number, end: number]> {
  let { begin, end } = history;
  // A publication that is not kept (any more) counts as older than all others, so a query for later events misses nothing.
  const oldest = begin;
  const places = new Map<Id | undefined, number>();
  const bounds = [filter.from, filter.after, filter.before, filter.until].filter((id) => id !== undefined);
  for (let place = begin; place < end && bounds.length > places.size; place++) {
    const id = history.at(place)?.event.publication;
    if (id !== undefined && bounds.includes(id)) places.set(id, place);
    if (place % EVENTS_A_UNIT === 0) yield;
  }
  const placeOf = (publication: Id): number => places.get(publication) ?? oldest - 1;
  if (filter.from !== undefined) begin = Math.max(begin, placeOf(filter.from));
  if (filter.after !== undefined) begin = Math.max(begin, placeOf(filter.after) + 1);
  if (filter.before !== undefined) end = placeOf(filter.before);
  if (filter.until !== undefined) end = Math.min(end, placeOf(filter.until) + 1);
  return [begin, end];
}

/** As many matching events as fit into a message, in order; `is_limit_reached` says that there are more. */
function* answer(history: EventLog, filter: Filter, caller: LiveSession, room: number): Piecewise<Payload> {
  const { format } = caller;
  if (!format) {
    const { events, isFull } = yield* fill(history, filter, caller, room, valueFor(caller));
    return { args: events, ...(isFull ? { kwargs: { is_limit_reached: true } } : {}) };
  }
  const { events, isFull } = yield* fill(history, filter, caller, room, sliceIn(format));
  const kwargs = isFull ? format.encode({ is_limit_reached: true }) : undefined;
  return { carried: Carried.of(format, format.list(events), kwargs) };
}

/** `describe` returns an event and its size in bytes; undefined: this caller cannot get it. */
function* fill<T>(
  history: EventLog,
  filter: Filter,
  caller: LiveSession,
  room: number,
  describe: (past: Past) => { readonly event: T; readonly size: number } | undefined,
): Piecewise<{ readonly events: readonly T[]; readonly isFull: boolean }> {
  const { reverse, limit } = filter;
  const [begin, end] = yield* rangeOf(history, filter);
  const events: T[] = [];
  let left = room;
  for (let seen = 0; seen < end - begin && events.length < limit; seen++) {
    if (seen % EVENTS_A_UNIT === EVENTS_A_UNIT - 1) yield;
    const past = history.at(reverse ? end - 1 - seen : begin + seen);
    if (!past || !isWanted(past, filter, caller)) continue;
    const described = describe(past);
    for (let bytes = described?.size ?? 0; bytes > 0; bytes -= BYTES_A_UNIT) yield;
    // The session would not have got such an event live either.
    if (!described || described.size > room) continue;
    if (described.size > left) return { events, isFull: true };
    left -= described.size;
    events.push(described.event);
  }
  return { events, isFull: false };
}

/** Whether an event fulfils all filters. */
function isWanted({ topic, time, audience }: Past, filter: Filter, caller: LiveSession): boolean {
  return (
    (filter.topic === undefined || topic === filter.topic) &&
    filter.times.every((holds) => holds(time)) &&
    (audience?.includes(caller) ?? true)
  );
}

/** The payload of a past event goes into the answer as the bytes that came. */
function sliceIn(format: Format): (past: Past) => { readonly event: Uint8Array; readonly size: number } | undefined {
  return (past) => {
    try {
      const { carried } = past.event;
      const { args, kwargs, ...head } = describe(past);
      const members = Object.entries(head).map(([key, value]) => [key, format.encode(value)] as const);
      const slices = carried?.in(format) ?? { args: args && format.encode(args), kwargs: kwargs && format.encode(kwargs) };
      const hasArgs = slices.args !== undefined && !format.isEmpty(slices.args);
      if (slices.args && hasArgs) members.push(['args', slices.args]);
      if (slices.kwargs) members.push(['kwargs', slices.kwargs]);
      const event = format.dict(members);
      return { event, size: event.length };
    } catch (error) {
      if (error instanceof SerializationError) return undefined;
      throw error;
    }
  };
}

/** For a foreign serializer: payloads are values. */
function valueFor(caller: LiveSession): (past: Past) => { readonly event: Dict; readonly size: number } | undefined {
  return (past) => {
    const { carried } = past.event;
    if (carried?.unfit) return undefined;
    const event = describe(carried ? { ...past, event: { ...past.event, ...carried.values() } } : past);
    const size = caller.sizeOf([event]);
    return size === undefined ? undefined : { event, size };
  };
}

function describe({ time, event: { subscription, publication, details, args, kwargs } }: Past): {
  readonly [key: string]: unknown;
  readonly args?: readonly unknown[];
  readonly kwargs?: Dict;
} {
  return {
    timestamp: new Date(time).toISOString(),
    subscription,
    publication,
    details,
    ...(args !== undefined && args.length > 0 ? { args } : {}),
    ...(kwargs !== undefined && hasKeys(kwargs) ? { kwargs } : {}),
  };
}
