/* What a realm has: procedures, topics, retained events. */
import { bool, checkOptions, string } from '../../../base/options.ts';
import type { Id, Uri } from '../../../base/words.ts';
import type { Match } from '../../../protocol/uri.ts';
import type { DealerRegistration } from '../../dealer/registrations.ts';
import type { Policy } from '../../session/callee-options.ts';
import type { Party } from '../conversation.ts';
import { type ExplainedRealm, realmOf } from '../explain.ts';
import { partyOf } from '../row.ts';
import { whole } from '../top.ts';
import { bytesOf, retainedIn } from './retained.ts';

/** What is listed. */
export interface UriQuery {
  /** Default: the only one. */
  readonly realm?: Uri | undefined;
  /** A part of the URI. Default: all. Upper and lower case differ, as in URIs. */
  readonly find?: string | undefined;
  /** How many topics, procedures and retained events are listed, at most, of each. Those that were made first come first. Default 1000, at most 10 000. */
  readonly limit?: number | undefined;
  /** Whether retained events are listed. The store is asked for all of them. Default false. */
  readonly retained?: boolean | undefined;
}

/** A topic, or a pattern of topics, that somebody subscribes to. */
export interface TopicUse {
  readonly uri: Uri;
  readonly match: Match;
  /** Subscribers, at all routers of the cluster. */
  readonly sessions: number;
  /** How many other routers of the cluster have subscribers. */
  readonly routers: number;
  /** Of the subscription, in milliseconds since 1970. Null: it is at other routers only. */
  readonly since: number | null;
  /** Its events are kept. */
  readonly hasHistory: boolean;
}

/** A procedure, or a pattern of procedures, that somebody has registered. */
export interface ProcedureUse {
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: Policy;
  /** How many callees it has, at all routers of the cluster. */
  readonly sessions: number;
  /** The first twenty. */
  readonly callees: readonly Party[];
  /** How many calls run at its callees now. */
  readonly running: number;
  /** In milliseconds since 1970. */
  readonly since: number;
}

export interface RetainedTopic {
  readonly uri: Uri;
  /** Of its publication, in milliseconds since 1970. */
  readonly at: number;
  /** Of its payload. */
  readonly bytes: number;
  /** It ends with this session. Null: it stays. */
  readonly session: Id | null;
}

/** Each list is sorted by URI. A count is of all that fit, listed or not. */
export interface RouterUris {
  readonly realm: Uri;
  readonly topics: readonly TopicUse[];
  readonly topicCount: number;
  readonly procedures: readonly ProcedureUse[];
  readonly procedureCount: number;
  /** Empty, unless it was asked for. */
  readonly retained: readonly RetainedTopic[];
  readonly retainedCount: number;
}

const MATCHES = ['exact', 'prefix', 'wildcard'] as const;
const MAX_CALLEES = 20;

/** @throws TypeError for a wrong query. */
export async function listUris(realms: ReadonlyMap<Uri, ExplainedRealm>, query: UriQuery): Promise<RouterUris> {
  checkOptions('uris', query, { realm: string, find: string, limit: whole(1, 10_000), retained: bool });
  const { find = '', limit = 1000, retained = false } = query;
  const realm = realmOf(realms, query.realm, 'uris');
  const topics = new Some<TopicUse>(find, limit);
  const procedures = new Some<ProcedureUse>(find, limit);
  const events = new Some<RetainedTopic>(find, limit);
  const { subscriptions, registrations, elsewhere } = realm;
  const others = new Map([...(elsewhere?.interest.values() ?? [])].map(({ uri, match, nodes }) => [`${match} ${uri}`, nodes.size]));
  for (const match of MATCHES) {
    for (const { uri, subscribers, created, hasHistory } of subscriptions.values(match)) {
      const routers = others.get(`${match} ${uri}`) ?? 0;
      if (subscribers.size > 0 || hasHistory)
        topics.add(uri, () => ({ uri, match, sessions: subscribers.size, routers, since: created, hasHistory }));
    }
    for (const each of registrations.values(match)) procedures.add(each.uri, () => useOf(each));
  }
  for (const { uri, match, nodes } of elsewhere?.interest.values() ?? [])
    if (!subscriptions.lookup(uri, match))
      topics.add(uri, () => ({ uri, match, sessions: 0, routers: nodes.size, since: null, hasHistory: false }));
  if (retained)
    for (const event of await retainedIn(realm, '', 'prefix'))
      events.add(event.topic, () => ({ uri: event.topic, at: event.time, bytes: bytesOf(event), session: event.session ?? null }));
  return {
    realm: realm.name,
    topics: topics.sorted(),
    topicCount: topics.count,
    procedures: procedures.sorted(),
    procedureCount: procedures.count,
    retained: events.sorted(),
    retainedCount: events.count,
  };
}

/** The first of those that fit, and how many fit. */
class Some<T extends { readonly uri: Uri }> {
  count = 0;
  private readonly find: string;
  private readonly limit: number;
  private readonly list: T[] = [];

  constructor(find: string, limit: number) {
    this.find = find;
    this.limit = limit;
  }

  add(uri: Uri, make: () => T): void {
    if (!uri.includes(this.find)) return;
    if (++this.count <= this.limit) this.list.push(make());
  }

  sorted(): readonly T[] {
    return this.list.sort((a, b) => (a.uri < b.uri ? -1 : a.uri > b.uri ? 1 : 0));
  }
}

function useOf({ uri, match, invoke, callees, created }: DealerRegistration): ProcedureUse {
  const first: Party[] = [];
  let running = 0;
  for (const session of callees.keys()) {
    if (first.length < MAX_CALLEES) first.push(partyOf(session));
    // Its own router counts the calls of all.
    if (!session.isRemote) running += callees.seat(session)?.busy ?? 0;
  }
  return { uri, match, invoke, sessions: callees.size, callees: first, running, since: created };
}
