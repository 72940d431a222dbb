/*
 * WAMP "Event History": asking for it, in the dialects of the routers. For `autostrada/meta` and `fromHistory`.
 */
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Result } from '../api/result.ts';
import type { HistoryEvent, HistoryFilter } from '../api/wamp-api.ts';
import type { AnyRequester, UntypedRequester } from './peers.ts';

/** What comes beside the events, of autostrada/router and nexus. */
interface Cut {
  /** There are more. */
  readonly is_limit_reached?: unknown;
}

/**
 * Fetches events that were published to a subscription before now. Where a router tells that there is more, it is asked again.
 *
 * Rejects with `wamp.error.no_such_subscription` or what else the router says; where no history is kept,
 * `autostrada/router` and Crossbar.io say `wamp.error.history_unavailable`. Crossbar.io knows of the filters only `limit`, and counts it from the newest.
 *
 * @param filter - All conditions hold together. `limit` counts from the oldest, with `reverse` from the newest.
 * @returns Oldest first, whatever the router answers; with `reverse` newest first.
 */
export async function getEvents(
  asker: AnyRequester,
  subscription: Id,
  filter: HistoryFilter = {},
): Promise<readonly HistoryEvent[]> {
  if (typeof asker?.callResult !== 'function')
    throw new TypeError(`expected a connection or session, got ${asker ? 'something without callResult' : String(asker)}`);
  const given: unknown = filter;
  if (!isDict(given)) throw new TypeError(`expected the filter of getEvents to be an object, got ${filter && typeof filter}`);
  const untyped: UntypedRequester = asker;
  const procedure: Uri = 'wamp.subscription.get_events';
  const { limit = Number.POSITIVE_INFINITY, reverse } = filter;
  const events: HistoryEvent[] = [];
  let rest = filter;
  for (;;) {
    const { args, kwargs }: Result<readonly (HistoryEvent & NexusEvent)[], Cut> = await untyped.callResult(
      procedure,
      [subscription],
      rest,
    );
    const [first] = args;
    // By the specification each event is a positional result; Crossbar.io gives one list of them, newest first.
    if (args.length === 1 && Array.isArray(first)) {
      const theirs = first.map((event) => fromCrossbar(event, subscription));
      return reverse === true ? theirs : theirs.reverse();
    }
    const before = events.at(-1)?.publication;
    for (const event of args) events.push(fromNexus(event));
    const last = events.at(-1)?.publication;
    if (kwargs.is_limit_reached !== true || last === undefined || last === before || events.length >= limit)
      return events.slice(0, limit); // nexus takes a limit for granted
    rest = {
      ...filter,
      ...(filter.limit === undefined ? {} : { limit: limit - events.length }),
      ...(reverse === true ? { before_publication: last } : { after_publication: last }),
    };
  }
}

/** How nexus names an event's parts. It tells no time. */
interface NexusEvent {
  readonly Subscription?: Id;
  readonly Publication?: Id;
  readonly Details?: Dict;
  readonly Arguments?: readonly unknown[];
  readonly ArgumentsKw?: Dict;
}

function fromNexus(event: HistoryEvent & NexusEvent): HistoryEvent {
  const {
    Subscription: subscription,
    Publication: publication,
    Details: details = {},
    Arguments: args,
    ArgumentsKw: kwargs,
  } = event;
  if (subscription === undefined || publication === undefined) return event;
  return { timestamp: '', subscription, publication, details, ...present('args', args), ...present('kwargs', kwargs) };
}

/** Crossbar.io tells who published beside the event, and the time in nanoseconds. */
function fromCrossbar(event: Dict & { readonly publication: Id }, subscription: Id): HistoryEvent {
  const { publication, topic, session_id, authid, authrole, args, kwargs } = event;
  const details = {
    ...present('topic', topic),
    ...present('publisher', session_id),
    ...present('publisher_authid', authid),
    ...present('publisher_authrole', authrole),
  };
  return {
    timestamp: time(event.timestamp ?? event.time_ns),
    subscription,
    publication,
    details: isDict(event.details) ? event.details : details,
    ...present('args', args),
    ...present('kwargs', kwargs),
  };
}

function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function time(given: unknown): string {
  return typeof given === 'number' ? new Date(given / 1e6).toISOString() : String(given ?? '');
}

/** Python sends null for what is absent. */
function present(key: string, value: unknown): Dict {
  return value === undefined || value === null ? {} : { [key]: value };
}
