/* What the router counts, second by second. */
import { type Signal, signal } from '@preact/signals';
import type { TopNews, TopOrder } from '../../router/index.ts';
import { busiest, realm } from './page.ts';
import { follow } from './wire.ts';

/** Five minutes. */
const KEPT = 300;
/** The most that the router tells. */
const MAX_SESSIONS = 1000;
/** Enough to see which realm has most. */
const FEW_SESSIONS = 50;

export const top: Signal<TopNews | undefined> = signal(undefined);
export const topFault: Signal<string | undefined> = signal(undefined);
export const order: Signal<TopOrder> = signal<TopOrder>('messages');
/** A part of what a session shows. */
export const find: Signal<string> = signal('');

/** For plots: a list of numbers for each name, with the times in seconds. */
export const series = {
  at: [] as number[],
  messagesIn: [] as number[],
  messagesOut: [] as number[],
  bytesIn: [] as number[],
  bytesOut: [] as number[],
  sessions: [] as number[],
  calls: [] as number[],
  queuedBytes: [] as number[],
};

function keep({ at, afterMs, stats, perSecond }: TopNews): void {
  if (afterMs === 0) return;
  const values: { readonly [name in keyof typeof series]: number } = {
    at: at / 1000,
    ...perSecond,
    sessions: stats.sessions,
    calls: stats.calls,
    queuedBytes: stats.queuedBytes,
  };
  for (const name of Object.keys(series) as (keyof typeof series)[]) {
    const list = series[name];
    list.push(values[name]);
    if (list.length > KEPT) list.shift();
  }
}

function busiestOf({ sessions }: TopNews): string {
  const counts = new Map<string, number>();
  for (const each of sessions) counts.set(each.realm, (counts.get(each.realm) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '';
}

/** @param wantsSessions - Otherwise only sums are asked for. @returns What ends it. */
export function followTop(wantsSessions: boolean): () => void {
  const wanted = {
    ...(realm.value === '' ? {} : { realm: realm.value }),
    ...(find.value === '' ? {} : { find: find.value }),
    order: order.value,
    limit: wantsSessions ? MAX_SESSIONS : FEW_SESSIONS,
  };
  return follow<TopNews>(
    'autostrada.inspect.top',
    wanted,
    (news) => {
      keep(news);
      busiest.value ||= busiestOf(news);
      topFault.value = undefined;
      // Without rates yet: those of before are better than none.
      const known = news.afterMs === 0 ? new Map(top.value?.sessions.map((each) => [each.session, each.perSecond])) : undefined;
      top.value = known
        ? {
            ...news,
            perSecond: top.value?.perSecond ?? news.perSecond,
            sessions: news.sessions.map((each) => ({ ...each, perSecond: known.get(each.session) ?? each.perSecond })),
          }
        : news;
    },
    (why) => {
      topFault.value = why;
    },
  );
}
