/*
 * WAMP "Event History": the newest events of a subscription, in the order in which the broker took them, and what may be asked of them.
 * Which subscriptions have a history is configured (`config.realms[…].history`); the broker makes those before anybody subscribes.
 * How a question is read is in history-filter.ts.
 */
import type { Clock } from '../clock.ts';
import { ApplicationError } from '../errors.ts';
import { hasKeys } from '../protocol/codec.ts';
import { isId } from '../protocol/ids.ts';
import type { Event, Payload } from '../protocol/messages.ts';
import type { Match } from '../protocol/uri.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type { Action } from './config.ts';
import type { Verdict } from './gate.ts';
import { type Filter, readFilter } from './history-filter.ts';
import { sizeOf } from './payload-size.ts';
import { whenKnown } from './permissions.ts';
import type { Recipients } from './recipients.ts';
import type { LiveSession } from './session.ts';

/** An event of the past. */
export interface Past {
  readonly time: number;
  readonly topic: Uri;
  readonly event: Event;
  /** Undefined: everybody. Of authids and authroles only: events for certain sessions are not kept. */
  readonly audience: Recipients | undefined;
}

/** Nothing that a peer publishes may use up the memory: beyond this a history has fewer events than its limit. */
const MAX_BYTES = 64 * 2 ** 20;

/** The history of one subscription. */
export class EventLog {
  private readonly limit: number;
  private readonly clock: Clock;
  /** A ring: `count` events from `first` on. */
  private readonly ring: ({ readonly past: Past; readonly size: number } | undefined)[] = [];
  private first = 0;
  private count = 0;
  private bytes = 0;

  constructor(limit: number, clock: Clock) {
    this.limit = limit;
    this.clock = clock;
  }

  add(topic: Uri, event: Event, audience: Recipients | undefined): void {
    if (this.count === this.limit) this.dropOldest();
    const size = sizeOf(event.details, event.args, event.kwargs);
    this.ring[(this.first + this.count) % this.limit] = { past: { time: this.clock.now(), topic, event, audience }, size };
    this.count++;
    this.bytes += size;
    while (this.bytes > MAX_BYTES && this.count > 1) this.dropOldest();
  }

  /** Oldest first. */
  get events(): readonly Past[] {
    const inOrder = this.ring.slice(this.first).concat(this.ring.slice(0, this.first));
    return inOrder.flatMap((kept) => (kept ? [kept.past] : []));
  }

  private dropOldest(): void {
    this.bytes -= this.ring[this.first]?.size ?? 0;
    this.ring[this.first] = undefined;
    this.first = (this.first + 1) % this.limit;
    this.count--;
  }
}

/** What `getEvents` needs of a realm. */
export interface HistoryContext {
  /** Of an answer, in bytes. */
  readonly maxMessageBytes: number;
  readonly subscriptions: {
    get(id: Id): { readonly uri: Uri; readonly match: Match; readonly history: EventLog | undefined } | undefined;
  };
  may(session: LiveSession, action: Action, uri: Uri, match: Match): Verdict | Promise<Verdict>;
}

/** What is in a RESULT besides events, and to spare. */
const ENVELOPE_BYTES = 128;

/**
 * `wamp.subscription.get_events`.
 *
 * @throws {@link ApplicationError} `invalid_argument`, `no_such_subscription`, `not_authorized`, `history_unavailable`.
 */
export function getEvents(
  context: HistoryContext,
  caller: LiveSession,
  { args = [], kwargs = {} }: Payload,
): Payload | Promise<Payload> {
  const [id] = args;
  if (!isId(id)) throw new ApplicationError('wamp.error.invalid_argument', ['expected a subscription id']);
  const filter = readFilter(kwargs);
  const subscription = context.subscriptions.get(id);
  if (!subscription) throw new ApplicationError('wamp.error.no_such_subscription', [`no subscription ${id} here`]);
  const { uri, match, history } = subscription;
  return whenKnown(context.may(caller, 'subscribe', uri, match), (verdict) => {
    if ('error' in verdict) throw new ApplicationError(verdict.error, [verdict.text]);
    // Not an empty answer, which would say that nothing has happened. Crossbar.io's word; the specification has none.
    if (!history) throw new ApplicationError('wamp.error.history_unavailable', [`no history is kept of ${uri}`]);
    const found = choose(history.events, filter).filter(({ audience }) => audience?.(caller) ?? true);
    if (filter.reverse) found.reverse();
    return answer(found, filter.limit, caller, context.maxMessageBytes - ENVELOPE_BYTES);
  });
}

/** All filters hold together. Publications count by their place, not by their time: a clock may be set back. */
function choose(events: readonly Past[], filter: Filter): Past[] {
  // One that is not there (any more) counts as older than all that is: who asks for what came after it misses nothing that is kept.
  const placeOf = (publication: Id): number => events.findIndex(({ event }) => event.publication === publication);
  let [begin, end] = [0, events.length];
  if (filter.from !== undefined) begin = placeOf(filter.from);
  if (filter.after !== undefined) begin = Math.max(begin, placeOf(filter.after) + 1);
  if (filter.before !== undefined) end = placeOf(filter.before);
  if (filter.until !== undefined) end = Math.min(end, placeOf(filter.until) + 1);
  return events
    .slice(Math.max(begin, 0), Math.max(end, 0))
    .filter(
      ({ topic, time }) => (filter.topic === undefined || topic === filter.topic) && filter.times.every((holds) => holds(time)),
    );
}

/** As many as are wanted and fit into a message, in order; `is_limit_reached` says that more are wanted. */
function answer(found: readonly Past[], limit: number, caller: LiveSession, room: number): Payload {
  const events: Dict[] = [];
  let left = room;
  for (const past of found) {
    if (events.length === limit) break;
    const event = describe(past);
    const size = caller.sizeOf([event]);
    // What this session could never get, it would not have got as an EVENT either.
    if (size === undefined || size > room) continue;
    if (size > left) return { args: events, kwargs: { is_limit_reached: true } };
    left -= size;
    events.push(event);
  }
  return { args: events };
}

function describe({ time, event: { subscription, publication, details, args, kwargs } }: Past): Dict {
  const event: { [key: string]: unknown } = { timestamp: new Date(time).toISOString(), subscription, publication, details };
  if (args !== undefined && args.length > 0) event.args = args;
  if (kwargs !== undefined && hasKeys(kwargs)) event.kwargs = kwargs;
  return event;
}
