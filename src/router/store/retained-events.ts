/*
 * WAMP "Event Retention" in memory: the last event of a topic, for later subscribers. Events for a limited audience are kept beside the last one
 * for everybody, a few of them, because a later subscriber may belong to that audience or not. An event without a payload is kept
 * like any other.
 */
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { matcher } from '../patterns/pattern-index.ts';
import { sizeOfStored } from './sizes.ts';
import type { StoreBounds, StoredEvent } from './store.ts';

/** How many events of one topic are kept beside the one for everybody. */
export const MAX_LIMITED = 8;
/** Searching this many topics is about as much work as a short message. */
const TOPICS_A_UNIT = 64;

interface Retained {
  readonly event: StoredEvent;
  readonly size: number;
}

type Bounds = Pick<StoreBounds, 'maxRetainedTopics' | 'maxRetainedBytes' | 'maxRetainedAgeMs' | 'now' | 'spend'>;

export class RetainedEvents {
  /** Newest last, in each topic and among topics. */
  private readonly byTopic = new Map<Uri, readonly Retained[]>();
  /** Those that are bound to a session. */
  private readonly bySession = new Map<Id, Set<StoredEvent>>();
  private bytes = 0;
  private readonly bounds: Bounds;
  private readonly dropped: (event: StoredEvent) => void;

  /**
   * Memory is bounded, by topics and by bytes: the topic whose retained event is oldest is forgotten first.
   *
   * @param dropped - Gets each event that is forgotten.
   */
  constructor(bounds: Bounds, dropped: (event: StoredEvent) => void = () => {}) {
    this.bounds = bounds;
    this.dropped = dropped;
  }

  retain(event: StoredEvent): void {
    const { topic, audience, session } = event;
    const before = this.byTopic.get(topic) ?? [];
    const open = audience === undefined ? [] : before.filter(({ event: each }) => each.audience === undefined);
    const limited = audience === undefined ? [] : before.filter(({ event: each }) => each.audience !== undefined);
    const kept = [...open, ...limited.slice(1 - MAX_LIMITED)];
    for (const each of before) if (!kept.includes(each)) this.drop(each);
    const size = sizeOfStored(event);
    this.byTopic.delete(topic);
    this.byTopic.set(topic, [...kept, { event, size }]);
    this.bytes += size;
    if (session !== undefined) {
      const bound = this.bySession.get(session);
      if (bound) bound.add(event);
      else this.bySession.set(session, new Set([event]));
    }
    const { maxRetainedTopics, maxRetainedBytes } = this.bounds;
    while (this.byTopic.size > maxRetainedTopics || (this.bytes > maxRetainedBytes && this.byTopic.size > 1)) {
      const [oldest = topic] = this.byTopic.keys();
      this.forget(oldest);
    }
    this.dropOld();
  }

  /** How many topics have a retained event. */
  get size(): number {
    return this.byTopic.size;
  }

  /** In the order of {@link find}. */
  get all(): readonly StoredEvent[] {
    return [...this.byTopic.values()].flatMap((kept) => kept.map(({ event }) => event));
  }

  /** Those of a topic come one after the other, newest last; the topic that was retained longest ago comes first. */
  find(uri: Uri, match: Match): readonly StoredEvent[] {
    this.dropOld();
    if (match !== 'exact') this.bounds.spend(Math.floor(this.size / TOPICS_A_UNIT));
    const topics = match === 'exact' ? [uri] : [...this.byTopic.keys()].filter(matcher(uri, match));
    const oldest = this.bounds.now() - this.bounds.maxRetainedAgeMs;
    return topics.flatMap((topic) =>
      (this.byTopic.get(topic) ?? []).map(({ event }) => event).filter(({ time }) => time >= oldest),
    );
  }

  /** @returns Whether there were any. */
  forget(topic: Uri): boolean {
    for (const each of this.byTopic.get(topic) ?? []) this.drop(each);
    return this.byTopic.delete(topic);
  }

  endSession(session: Id): void {
    const bound = [...(this.bySession.get(session) ?? [])];
    this.bounds.spend(Math.floor(bound.length / TOPICS_A_UNIT));
    for (const event of bound) {
      const all = this.byTopic.get(event.topic) ?? [];
      const left = all.filter((each) => each.event !== event);
      for (const each of all) if (each.event === event) this.drop(each);
      if (left.length > 0) this.byTopic.set(event.topic, left);
      else this.byTopic.delete(event.topic);
    }
  }

  /** Forgets what is too old. */
  dropOld(): void {
    const { maxRetainedAgeMs, now } = this.bounds;
    if (maxRetainedAgeMs === Number.POSITIVE_INFINITY) return;
    const oldest = now() - maxRetainedAgeMs;
    for (const [topic, all] of this.byTopic) {
      if ((all.at(-1)?.event.time ?? oldest) >= oldest) return;
      this.forget(topic);
    }
  }

  /** It is in its list still. */
  private drop({ event, size }: Retained): void {
    this.bytes -= size;
    if (event.session !== undefined) {
      const bound = this.bySession.get(event.session);
      bound?.delete(event);
      if (bound?.size === 0) this.bySession.delete(event.session);
    }
    this.dropped(event);
  }
}
