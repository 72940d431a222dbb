/*
 * WAMP "Event History": `wamp.subscription.get_events`. The configuration (`config.realms[…].history`) says which subscriptions have a history; the broker
 * makes these at the start, and the store keeps their events. history-filter.ts reads the keywords of a query.
 */
import { ApplicationError, SerializationError } from '../../base/errors.ts';
import type { Dict, Id } from '../../base/words.ts';
import { isId } from '../../protocol/ids.ts';
import type { Payload } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { type Action, type Verdict, whenKnown } from '../authorization/permissions.ts';
import type { SettledLimits } from '../limits/limits.ts';
import type { LiveSession } from '../session/session.ts';
import type { HistoryName, StoredEvent } from '../store/store.ts';
import { type Piecewise, settled } from '../turns/turns.ts';
import { type Filter, readFilter } from './history-filter.ts';
import type { Keeping } from './keeping.ts';
import { isAddressed } from './recipients.ts';

/** A subscription with a history. */
interface Kept extends HistoryName {
  readonly id: Id;
}

/** The parts of a realm that `getEvents` needs. */
export interface HistoryContext {
  readonly limits: SettledLimits;
  readonly subscriptions: { get(id: Id): (Kept & { readonly hasHistory: boolean }) | undefined };
  readonly keeping: Keeping;
  may(session: LiveSession, action: Action, uri: string, match: Match): Verdict | Promise<Verdict>;
}

/** Room for the rest of a RESULT, with a margin. */
const ENVELOPE_BYTES = 128;
/** Copying this many bytes is one unit of work. */
const BYTES_A_UNIT = 4096;

/**
 * `wamp.subscription.get_events`. A long history is searched in pieces. Events that come after the request are not in the answer, nor
 * are events that were dropped before the search reached them.
 *
 * @throws {@link ApplicationError} `invalid_argument`, `no_such_subscription`, `not_authorized`, `history_unavailable`, `store_failed`.
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
  const { uri, match, hasHistory } = subscription;
  return whenKnown(context.may(caller, 'subscribe', uri, match), (verdict) => {
    if ('error' in verdict) throw new ApplicationError(verdict.error, [verdict.text]);
    // Not an empty answer, which would mean that nothing has happened. This URI is Crossbar.io's; the specification has none.
    if (!hasHistory) throw new ApplicationError('wamp.error.history_unavailable', [`no history is kept of ${uri}`]);
    const search = { context, history: subscription, filter, caller };
    return answer(search, context.limits.maxMessageBytes - ENVELOPE_BYTES);
  });
}

interface Search {
  readonly context: HistoryContext;
  readonly history: Kept;
  readonly filter: Filter;
  readonly caller: LiveSession;
}

/** As many matching events as fit into a message, in order; `is_limit_reached` says that there are more. */
function* answer(search: Search, room: number): Piecewise<Payload> {
  const { format } = search.caller;
  if (!format) {
    const { events, isFull } = yield* fill(search, room, valueFor(search));
    return { args: events, ...(isFull ? { kwargs: { is_limit_reached: true } } : {}) };
  }
  const { events, isFull } = yield* fill(search, room, sliceIn(format, search));
  const kwargs = isFull ? format.encode({ is_limit_reached: true }) : undefined;
  return { carried: Carried.of(format, format.list(events), kwargs) };
}

/** An event as the caller gets it, and its size in bytes. Undefined: this caller cannot get it. */
type Describe<T> = (event: StoredEvent) => { readonly event: T; readonly size: number } | undefined;

function* fill<T>(
  { context, history, filter, caller }: Search,
  room: number,
  describe: Describe<T>,
): Piecewise<{ readonly events: readonly T[]; readonly isFull: boolean }> {
  const { query, limit } = filter;
  const events: T[] = [];
  let left = room;
  const { uri, match } = history;
  const search = context.keeping.search({ uri, match }, query);
  try {
    for (;;) {
      const found = yield* settled(search.next());
      if ('fault' in found) throw new ApplicationError(found.fault.uri, [found.fault.text]);
      if (!found.value) return { events, isFull: false };
      for (const event of found.value) {
        // Publishers find their own events.
        if (!isAddressed(caller, event)) continue;
        const described = describe(event);
        for (let bytes = described?.size ?? 0; bytes > 0; bytes -= BYTES_A_UNIT) yield;
        // The session would not have got such an event live either.
        if (!described || described.size > room) continue;
        if (described.size > left) return { events, isFull: true };
        left -= described.size;
        events.push(described.event);
        if (events.length >= limit) return { events, isFull: false };
      }
      yield;
    }
  } finally {
    search.end();
  }
}

/** The payload of a past event goes into the answer as the bytes that came. */
function sliceIn(format: Format, { context, history }: Search): Describe<Uint8Array> {
  return (stored) => {
    try {
      const members = Object.entries(headOf(stored, history)).map(([key, value]) => [key, format.encode(value)] as const);
      const slices = context.keeping.carried(stored)?.in(format);
      if (slices?.args && !format.isEmpty(slices.args)) members.push(['args', slices.args]);
      if (slices?.kwargs) members.push(['kwargs', slices.kwargs]);
      const event = format.dict(members);
      return { event, size: event.length };
    } catch (error) {
      if (error instanceof SerializationError) return undefined;
      throw error;
    }
  };
}

/** For a foreign serializer: payloads are values. */
function valueFor({ context, history, caller }: Search): Describe<Dict> {
  return (stored) => {
    try {
      const { args, kwargs } = context.keeping.carried(stored)?.values() ?? {};
      const event = {
        ...headOf(stored, history),
        ...(args !== undefined && args.length > 0 ? { args } : {}),
        ...(kwargs === undefined ? {} : { kwargs }),
      };
      const size = caller.sizeOf([event]);
      return size === undefined ? undefined : { event, size };
    } catch (error) {
      if (error instanceof SerializationError) return undefined;
      throw error;
    }
  };
}

/** All but the payload. */
function headOf({ time, topic, publication, details }: StoredEvent, { id, match }: Kept): Dict {
  return {
    timestamp: new Date(time).toISOString(),
    subscription: id,
    publication,
    // WAMP "Pattern-based Subscription": by a pattern the topic is not known otherwise.
    details: match === 'exact' ? details : { ...details, topic },
  };
}
