/* What a router says of itself to tools. */
import type { Clock } from '../base/clock.ts';
import type { Off, Uri } from '../base/words.ts';
import type { WatchFilter, WatchNews } from './inspect/conversation.ts';
import { type ExplainedRealm, explain } from './inspect/explain.ts';
import type { ExplainQuestion, Explanation } from './inspect/explanation.ts';
import { type CallsQuery, listCalls, type RunningCalls } from './inspect/listing/calls.ts';
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
  readonly realms: () => ReadonlyMap<Uri, ExplainedRealm>;
  readonly glance: () => Glance;
  /** The time of calls, in milliseconds. */
  readonly now: () => number;
}

/** The router's methods of the same names say what each does. */
export class Inspection {
  readonly watches: Watches;
  private readonly parts: InspectionParts;

  constructor(parts: InspectionParts) {
    this.parts = parts;
    this.watches = new Watches(parts.clock, parts.realms, parts.threw);
  }

  top(query: TopQuery, tell: (news: TopNews) => void): Off {
    const { clock, glance, threw } = this.parts;
    return tellTop(query, () => ({ at: clock.now(), ...glance() }), { clock, tell, threw });
  }

  inspect(filter: WatchFilter, news: (news: WatchNews) => void): Off {
    return this.watches.add(filter, news);
  }

  async explain(question: ExplainQuestion): Promise<Explanation> {
    return explain(this.parts.realms(), question);
  }

  async uris(query: UriQuery): Promise<RouterUris> {
    return listUris(this.parts.realms(), query);
  }

  calls(query: CallsQuery): RunningCalls {
    const { realms, clock, now } = this.parts;
    return listCalls(realms(), query, { at: clock.now(), now: now() });
  }

  async retained(query: RetainedQuery): Promise<RetainedValue | null> {
    return retainedValue(this.parts.realms(), query);
  }
}
