/*
 * Filling a gap from the router's event history (WAMP "Event History").
 */
import { ApplicationError } from '../../base/errors.ts';
import { checkGiven } from '../../base/given.ts';
import type { Gap, Recovery, RecoveryContext } from '../api/recovery.ts';
import type { HistoryEvent } from '../api/wamp-api.ts';
import { unpack } from '../roles/packing.ts';
import type { SessionCore } from '../session/session.ts';
import { getEvents } from './get-events.ts';

/** How far the router's clock may be from ours. */
const SLACK_MS = 60_000;

/**
 * Fills a gap from the router's event history: oldest first, each publication once. Where the router keeps none, or not far enough back, it
 * does what it can and says so on `error`.
 *
 * It looks from the last publication that was delivered; where there is none, from a minute before the gap, for the clocks' sake. What this
 * connection published itself comes as well, since history does not tell.
 *
 * @param options - `limit`: how many events at most, the newest. Default 1000.
 * @throws TypeError for a limit that is not a whole number, and for options that do not exist.
 * @see WAMP, "Event History"
 * @example
 * connection.subscribe('com.example.chat', ([text]: [string]) => console.log(text), { recoverWith: fromHistory() });
 */
export function fromHistory(options: { readonly limit?: number | undefined } = {}): Recovery {
  checkGiven('options of fromHistory to be an object', options ?? {});
  const { limit = 1000, ...others } = options ?? {};
  const [other] = Object.keys(others);
  if (other) throw new TypeError(`expected an option of fromHistory (limit), got '${other}'`);
  if (!(typeof limit === 'number' && limit >= 1 && Math.floor(limit) === limit))
    throw new TypeError(`expected limit to be a whole number from 1, got ${String(limit)}`);
  // The first time nothing is held back.
  return (context) => context.gap && fill(context, context.gap, limit);
}

async function fill(
  { session, subscription, deliver }: RecoveryContext,
  { from, lastPublication: last }: Gap,
  limit: number,
): Promise<void> {
  const { id, topic } = subscription;
  const since = from.getTime() - SLACK_MS;
  // From, not after: whether it is there tells whether the answer is all.
  const filter = last === undefined ? { from_time: new Date(since).toISOString() } : { from_publication: last };
  const most = { limit: limit + 1 };
  const found = await getEvents(session, id, { ...filter, ...most, reverse: true }).then(
    (events) => [...events].reverse(),
    () => getEvents(session, id, most), // Crossbar.io knows no filters, and counts from the newest anyway
  );
  const place = found.findIndex(({ publication }) => publication === last);
  const missed = found.slice(place + 1).filter(({ timestamp }) => last !== undefined || !(Date.parse(timestamp) < since));
  const isWhole = last === undefined ? missed.length <= limit : place >= 0;
  let problem: Error | undefined;
  for (const event of missed.slice(-limit)) problem = pass(event) ?? problem;
  if (!isWhole) {
    const text =
      found.length > limit
        ? `more than ${limit} events of ${topic} were missed, and the newest ${limit} were delivered (limit of fromHistory)`
        : `the router's history of ${topic} does not reach back to the last event that was received: some may be missing`;
    throw new ApplicationError('autostrada.error.incomplete_history', [text]);
  }
  if (problem) throw problem;

  function pass({ publication, details, ...payload }: HistoryEvent): Error | undefined {
    const given: object = session;
    const { kernel } = given as SessionCore;
    const { args = [], kwargs = {}, wrong } = unpack(kernel, { ...payload, details });
    if (!wrong) deliver({ args, kwargs, details: { topic, ...details, publication, subscription: id } });
    return wrong;
  }
}
