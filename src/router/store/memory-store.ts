/* The default store: in this process, until it ends. It answers at once. */
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { EventLog } from './event-log.ts';
import { RetainedEvents } from './retained-events.ts';
import type { HistoryName, HistoryQuery, Places, RealmStore, Store, StoreBounds, StoredEvent } from './store.ts';

/** Gets each event that is forgotten. `history`: by this one. Undefined: as a retained event. */
export type Dropped = (event: StoredEvent, history: HistoryName | undefined) => void;

export class MemoryRealm implements RealmStore {
  private readonly retention: RetainedEvents;
  private readonly histories: readonly HistoryName[];
  private readonly logs: ReadonlyMap<string, EventLog>;

  constructor(bounds: StoreBounds, dropped: Dropped = () => {}) {
    this.retention = new RetainedEvents(bounds, (event) => dropped(event, undefined));
    this.histories = bounds.histories;
    this.logs = new Map(
      bounds.histories.map((history) => [
        keyOf(history),
        new EventLog(
          history,
          () => bounds.now(),
          (event) => dropped(event, history),
        ),
      ]),
    );
  }

  append(event: StoredEvent, { retain, histories }: Places): void {
    if (retain) this.retention.retain(event);
    for (const history of histories) this.logs.get(keyOf(history))?.add(event);
  }

  forget(topic: Uri): boolean {
    return this.retention.forget(topic);
  }

  endSession(session: Id): void {
    this.retention.endSession(session);
  }

  retained(uri: Uri, match: Match): readonly StoredEvent[] {
    return this.retention.find(uri, match);
  }

  /** All retained events (`history` is undefined), and the events of each history, in order. */
  everything(): readonly { readonly history: HistoryName | undefined; readonly events: readonly StoredEvent[] }[] {
    const histories = this.histories.map((history) => ({ history, events: this.logs.get(keyOf(history))?.all ?? [] }));
    return [{ history: undefined, events: this.retention.all }, ...histories];
  }

  /** Forgets what is too old. It is not found in any case. */
  dropOld(): void {
    this.retention.dropOld();
    for (const log of this.logs.values()) log.dropOld();
  }

  search(history: HistoryName, query: HistoryQuery): Iterator<readonly StoredEvent[]> {
    return this.logs.get(keyOf(history))?.search(query) ?? [].values();
  }
}

/** A store in memory, as a router has one if it is given none. For tests, and for stores that keep a copy elsewhere. */
export function memoryStore(): Store {
  return { open: (_realm, bounds) => new MemoryRealm(bounds) };
}

function keyOf({ uri, match }: HistoryName): string {
  return `${match} ${uri}`;
}
