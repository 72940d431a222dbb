/* What the routers of a cluster say of themselves, as one. */
import type { Conversation } from '../conversation.ts';
import type { RouterStats } from '../router-stats.ts';
import { type Rates, type TopNews, type TopQuery, type TopSession, weightOf } from '../top.ts';
import type { RunningCalls } from './calls.ts';
import type { ProcedureUse, RouterUris, TopicUse } from './uris.ts';

/** Numbers of rows of other routers begin at multiples of it, so that no two are the same. */
const ROWS = 2 ** 32;

/**
 * The conversations of another router. A call between two routers is told by that of the caller, which knows both; by that of the callee only to those who ask for the callee.
 *
 * @param index - Of the router, from 1 on.
 */
export function fromNode(conversations: readonly Conversation[], node: string, index: number): readonly Conversation[] {
  return conversations.map((each) => ({ ...each, row: index * ROWS + each.row, node }));
}

/** @param own - That of this router. */
export function joinTop(own: TopNews, others: ReadonlyMap<string, TopNews>, { order = 'messages', limit = 20 }: TopQuery): TopNews {
  if (others.size === 0) return own;
  const all = [own, ...others.values()];
  const sessions: TopSession[] = [...own.sessions];
  for (const [node, news] of others) for (const each of news.sessions) sessions.push({ ...each, node });
  const weigh = weightOf(order);
  sessions.sort((a, b) => weigh(b) - weigh(a) || a.session - b.session);
  return {
    at: own.at,
    afterMs: own.afterMs,
    stats: sum(all.map(({ stats }) => stats)) as object as RouterStats,
    perSecond: sum(all.map(({ perSecond }) => perSecond)) as object as Rates,
    count: all.reduce((total, { count }) => total + count, 0),
    sessions: sessions.slice(0, limit),
  };
}

interface Figures {
  readonly [name: string]: number | Figures;
}

/** Of objects with the same names: numbers, or objects of numbers. */
function sum(all: readonly object[]): Figures {
  const [first = {}, ...others] = all as readonly Figures[];
  return Object.fromEntries(
    Object.entries(first).map(([name, value]) => [
      name,
      typeof value === 'number'
        ? others.reduce((total, each) => total + Number(each[name] ?? 0), value)
        : sum([value, ...others.map((each) => each[name] as Figures)]),
    ]),
  );
}

/** @param limit - How many are listed. */
export function joinCalls(own: RunningCalls, others: readonly RunningCalls[], limit: number): RunningCalls {
  const all = [own, ...others];
  return {
    at: own.at,
    count: all.reduce((total, { count }) => total + count, 0),
    calls: all
      .flatMap(({ calls }) => calls)
      .sort((a, b) => b.sinceMs - a.sinceMs)
      .slice(0, limit),
  };
}

/** Registrations are known to each router, subscribers and running calls to their own. Retained events are the same at all. */
export function joinUris(own: RouterUris, others: readonly RouterUris[]): RouterUris {
  const topics = new Map<string, TopicUse>(own.topics.map((each) => [keyOf(each), each]));
  const procedures = new Map<string, ProcedureUse>(own.procedures.map((each) => [keyOf(each), each]));
  for (const other of others) {
    for (const { uri, match, sessions, since } of other.topics) {
      const known = topics.get(keyOf({ uri, match }));
      if (known) topics.set(keyOf(known), { ...known, sessions: known.sessions + sessions, since: earlier(known.since, since) });
    }
    for (const each of other.procedures) {
      const known = procedures.get(keyOf(each));
      if (known) procedures.set(keyOf(known), { ...known, running: known.running + each.running });
    }
  }
  return { ...own, topics: [...topics.values()], procedures: [...procedures.values()] };
}

const keyOf = ({ uri, match }: Pick<TopicUse, 'uri' | 'match'>): string => `${match} ${uri}`;

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
