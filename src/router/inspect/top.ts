/* What sessions do in a second: the difference of two looks at a router. */

import type { Check } from '../../base/checks.ts';
import type { Clock } from '../../base/clock.ts';
import { checkOptions, oneOf, string } from '../../base/options.ts';
import type { Off } from '../../base/words.ts';
import type { RouterStats } from './router-stats.ts';
import type { RouterSnapshot, SessionSnapshot } from './snapshot.ts';

export type TopOrder = 'messages' | 'bytes' | 'queued' | 'calls' | 'dropped' | 'joined';

/** Which sessions are told, how often. */
export interface TopQuery {
  /** Only sessions of this realm. Default: all. */
  readonly realm?: string | undefined;
  /** Only sessions that have this in their authid, authrole, agent, peer or id. Default: all. */
  readonly find?: string | undefined;
  /** The order of sessions, the largest first; `joined`: the newest first. Default `messages`: in and out, in a second. */
  readonly order?: TopOrder | undefined;
  /** How many sessions are told. Default 20. */
  readonly limit?: number | undefined;
  /** The time from one to the next, in milliseconds. Default 1000. */
  readonly everyMs?: number | undefined;
}

/** What happened in a second. */
export interface Rates {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A session, with what it did since the last time. */
export interface TopSession extends SessionSnapshot {
  /** In a cluster: the other router that it is at, by its name there. Absent: this one. */
  readonly node?: string | undefined;
  readonly perSecond: Rates;
}

export interface TopNews {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Since the last time, in milliseconds; 0 the first time, when rates are not known yet. */
  readonly afterMs: number;
  readonly stats: RouterStats;
  /** Of the whole router. */
  readonly perSecond: Rates;
  /** How many sessions there are in all. */
  readonly count: number;
  readonly sessions: readonly TopSession[];
}

export function whole(least: number, most: number): Check {
  return (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most ? undefined : `an integer from ${least} to ${most}`;
}

/**
 * Looks again and again.
 *
 * @param threw - Gets what `tell` throws.
 * @returns Ends it.
 * @throws TypeError that says what was expected and what came.
 */
export function tellTop(
  query: TopQuery,
  look: () => RouterSnapshot,
  {
    clock,
    tell,
    threw,
  }: { readonly clock: Clock; readonly tell: (news: TopNews) => void; readonly threw: (error: unknown) => void },
): Off {
  const order = oneOf(...Object.keys(WEIGHTS));
  checkOptions('top', query, { realm: string, find: string, order, limit: whole(1, 1000), everyMs: whole(250, 60_000) });
  const { everyMs = 1000 } = query;
  const looks = new Looks(query);
  let timer: unknown;
  const next = (): void => {
    timer = clock.setTimeout(next, everyMs);
    try {
      tell(looks.next(look()));
    } catch (error) {
      threw(error);
    }
  };
  timer = clock.setTimeout(next, 0);
  return () => {
    clock.clearTimeout(timer);
  };
}

/** What changes from one look to the next. */
class Looks {
  private readonly query: TopQuery;
  private last: RouterSnapshot | undefined;

  constructor(query: TopQuery) {
    this.query = query;
  }

  next(now: RouterSnapshot): TopNews {
    const { realm, find = '', order = 'messages', limit = 20 } = this.query;
    const { last } = this;
    this.last = now;
    const afterMs = last ? now.at - last.at : 0;
    const before = new Map(last?.sessions.map((each) => [each.session, each]));
    const wanted = now.sessions.filter((each) => (realm === undefined || each.realm === realm) && has(each, find));
    const sessions = wanted.map((each) => ({ ...each, perSecond: rates(each, before.get(each.session), afterMs) }));
    const weigh = WEIGHTS[order];
    sessions.sort((a, b) => weigh(b) - weigh(a) || a.session - b.session);
    return {
      at: now.at,
      afterMs,
      stats: now.stats,
      perSecond: rates(now.stats, last?.stats, afterMs),
      count: wanted.length,
      sessions: sessions.slice(0, limit),
    };
  }
}

/** Upper and lower case are alike. */
function has({ authid, authrole, agent, peer, session }: SessionSnapshot, find: string): boolean {
  if (find === '') return true;
  const wanted = find.toLowerCase();
  return [authid, authrole, agent, peer, String(session)].some((text) => text?.toLowerCase().includes(wanted));
}

export function weightOf(order: TopOrder): (session: TopSession) => number {
  return WEIGHTS[order];
}

const WEIGHTS: { readonly [order in TopOrder]: (session: TopSession) => number } = {
  messages: ({ perSecond }) => perSecond.messagesIn + perSecond.messagesOut,
  bytes: ({ perSecond }) => perSecond.bytesIn + perSecond.bytesOut,
  queued: ({ queuedBytes }) => queuedBytes,
  calls: ({ calls, invocations }) => calls + invocations,
  dropped: ({ droppedEvents }) => droppedEvents,
  joined: ({ joinedAt }) => joinedAt,
};

/** Of one that has come since the last time all counts. */
function rates(now: Rates, before: Rates | undefined, afterMs: number): Rates {
  const of = (name: keyof Rates): number =>
    afterMs > 0 ? Math.round(((now[name] - (before?.[name] ?? 0)) * 10_000) / afterMs) / 10 : 0;
  return { messagesIn: of('messagesIn'), messagesOut: of('messagesOut'), bytesIn: of('bytesIn'), bytesOut: of('bytesOut') };
}
