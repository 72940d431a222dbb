/* What a router says of itself to tools; in a cluster all of its routers. */
import { type Clock, within } from '../base/clock.ts';
import type { Off, Uri } from '../base/words.ts';
import type { Following, FollowListener } from './elsewhere/following.ts';
import type { Conversation, WatchFilter, WatchNews } from './inspect/conversation.ts';
import { type ExplainedRealm, explain } from './inspect/explain.ts';
import type { ExplainQuestion, Explanation } from './inspect/explanation.ts';
import { type CallsQuery, DEFAULT_CALLS, listCalls, type RunningCalls } from './inspect/listing/calls.ts';
import { fromNode, joinCalls, joinTop, joinUris } from './inspect/listing/merge.ts';
import { type RetainedQuery, type RetainedValue, retainedValue } from './inspect/listing/retained.ts';
import { listUris, type RouterUris, type UriQuery } from './inspect/listing/uris.ts';
import type { RouterSnapshot } from './inspect/snapshot.ts';
import { type TopNews, type TopQuery, tellTop } from './inspect/top.ts';
import { Watches } from './inspect/watches.ts';

export type Glance = Omit<RouterSnapshot, 'at'>;

export interface InspectionParts {
  readonly clock: Clock;
  /** Gets what listeners throw. */
  readonly threw: (error: unknown) => void;
  readonly realms: () => { readonly byName: ReadonlyMap<Uri, ExplainedRealm>; readonly following: Following | undefined };
  readonly glance: () => Glance;
  /** The time of calls, in milliseconds. */
  readonly now: () => number;
}

/** How long other routers may take to answer, in milliseconds. Those that are later do not count. */
const ANSWER_MS = 2000;

/** The router's methods of the same names say what each does. */
export class Inspection {
  readonly watches: Watches;
  private readonly parts: InspectionParts;

  constructor(parts: InspectionParts) {
    this.parts = parts;
    this.watches = new Watches(parts.clock, () => parts.realms().byName, parts.threw);
  }

  /** For another router of the cluster: what only this one knows. */
  look(what: string, query: unknown, tell: (news: unknown) => void): Off {
    try {
      switch (what) {
        case 'watch':
          return this.watches.add(query as WatchFilter, tell);
        case 'top':
          return this.ownTop(query as TopQuery, tell);
        case 'calls':
          tell(this.ownCalls(query as CallsQuery));
          break;
        case 'uris':
          void listUris(this.parts.realms().byName, query as UriQuery).then(tell, () => {});
          break;
        default: // of a newer router
      }
    } catch {
      // A realm that is not here, for example: there is nothing to tell.
    }
    return () => {};
  }

  top(query: TopQuery, tell: (news: TopNews) => void): Off {
    const others = new Map<string, TopNews>();
    const off = this.ownTop(query, (news) => tell(joinTop(news, others, query)));
    const offOthers = this.parts.realms().following?.follow('top', query, {
      news: (node, news) => void others.set(node, news as TopNews),
      gone: (node) => void others.delete(node),
    });
    return () => {
      off();
      offOthers?.();
    };
  }

  private ownTop(query: TopQuery, tell: (news: TopNews) => void): Off {
    const { clock, glance, threw } = this.parts;
    return tellTop(query, () => ({ at: clock.now(), ...glance() }), { clock, tell, threw });
  }

  inspect(filter: WatchFilter, tell: (news: WatchNews) => void): Off {
    const { following } = this.parts.realms();
    const off = this.watches.add(filter, tell);
    const offOthers = following?.follow('watch', filter, this.others(tell));
    return () => {
      off();
      offOthers?.();
    };
  }

  /** What other routers tell to somebody who watches all of them. */
  private others(tell: (news: WatchNews) => void): FollowListener {
    const indexes = new Map<string, number>();
    const waiting = new Map<string, Map<number, Conversation>>();
    const guarded = (news: WatchNews): void => {
      try {
        tell(news);
      } catch (error) {
        this.parts.threw(error);
      }
    };
    return {
      news: (node, news) => {
        const { conversations, skipped } = news as WatchNews;
        const index = indexes.get(node) ?? indexes.size + 1;
        indexes.set(node, index);
        const open = waiting.get(node) ?? new Map<number, Conversation>();
        waiting.set(node, open);
        const told = fromNode(conversations, node, index);
        for (const each of told) {
          if (each.state === 'waiting') open.set(each.row, each);
          else open.delete(each.row);
        }
        if (told.length > 0 || skipped > 0) guarded({ conversations: told, skipped });
      },
      gone: (node) => {
        const lost = [...(waiting.get(node)?.values() ?? [])];
        waiting.delete(node);
        const says = 'its router is gone, or cannot be heard now';
        if (lost.length > 0) guarded({ conversations: lost.map((each) => ({ ...each, state: 'failed', says })), skipped: 0 });
      },
    };
  }

  async explain(question: ExplainQuestion): Promise<Explanation> {
    return explain(this.parts.realms().byName, question);
  }

  async uris(query: UriQuery): Promise<RouterUris> {
    const own = await listUris(this.parts.realms().byName, query);
    return joinUris(own, await this.ask<RouterUris>('uris', { ...query, retained: false }));
  }

  async calls(query: CallsQuery): Promise<RunningCalls> {
    const own = this.ownCalls(query);
    return joinCalls(own, await this.ask<RunningCalls>('calls', query), query.limit ?? DEFAULT_CALLS);
  }

  private ownCalls(query: CallsQuery): RunningCalls {
    const { realms, clock, now } = this.parts;
    return listCalls(realms().byName, query, { at: clock.now(), now: now() });
  }

  /** The answers of the other routers. */
  private async ask<T>(what: string, query: unknown): Promise<readonly T[]> {
    const { realms, clock } = this.parts;
    const { following } = realms();
    if (!following || following.nodes.size === 0) return [];
    const open = new Set(following.nodes);
    const answers: T[] = [];
    let off: Off = () => {};
    const all = new Promise<void>((resolve) => {
      const over = (node: string): void => {
        open.delete(node);
        if (open.size === 0) resolve();
      };
      off = following.follow(what, query, {
        news: (node, news) => {
          if (open.has(node)) answers.push(news as T);
          over(node);
        },
        gone: over,
      });
    });
    await within(clock, ANSWER_MS, all);
    off();
    return answers;
  }

  async retained(query: RetainedQuery): Promise<RetainedValue | null> {
    return retainedValue(this.parts.realms().byName, query);
  }
}
