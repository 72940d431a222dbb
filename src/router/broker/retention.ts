/*
 * WAMP "Event Retention": the last event of a topic, for later subscribers. Events for a limited audience are kept beside the last one
 * for everybody, a few of them, because a later subscriber may belong to that audience or not. An event without a payload is kept
 * like any other: only a newer event replaces a retained one.
 */

import type { Id, Uri } from '../../base/words.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import type { SettledLimits } from '../limits/limits.ts';
import { sizeOfKept, toKeep } from '../limits/payload-size.ts';
import { matcher } from '../patterns/pattern-index.ts';
import type { LiveSession } from '../session/session.ts';
import type { Recipients } from './recipients.ts';

/** How many events of one topic are kept beside the one for everybody. */
const MAX_LIMITED = 8;

interface Retained {
  readonly event: Omit<Event, 'subscription'>;
  readonly audience: Recipients | undefined;
  /** WAMP "Publisher Exclusion": the publisher, which would not have got it either. */
  readonly excluded: Id | undefined;
  readonly size: number;
}

export class Retention {
  /** Newest last, in each topic and among topics. */
  private readonly byTopic = new Map<Uri, readonly Retained[]>();
  private bytes = 0;
  private readonly limits: Pick<SettledLimits, 'maxRetainedTopics' | 'maxRetainedBytes'>;

  /** Memory is bounded, by topics and by bytes: the topic whose retained event is oldest is forgotten first. */
  constructor(limits: Retention['limits']) {
    this.limits = limits;
  }

  retain(topic: Uri, given: Retained['event'], audience: Recipients | undefined, excluded: Id | undefined): void {
    const event = toKeep(given);
    const size = sizeOfKept(topic, event.details, event) + (audience?.bytes ?? 0);
    const before = audience === undefined ? [] : (this.byTopic.get(topic) ?? []);
    const limited = before.filter((each) => each.audience !== undefined).slice(1 - MAX_LIMITED);
    const open = before.filter((each) => each.audience === undefined);
    this.forget(topic);
    const kept = [...open, ...limited, { event, audience, excluded, size }];
    this.byTopic.set(topic, kept);
    this.bytes += total(kept);
    const { maxRetainedTopics, maxRetainedBytes } = this.limits;
    while (this.byTopic.size > maxRetainedTopics || (this.bytes > maxRetainedBytes && this.byTopic.size > 1)) {
      const [oldest = topic] = this.byTopic.keys();
      this.forget(oldest);
    }
  }

  /** How many topics have a retained event. */
  get size(): number {
    return this.byTopic.size;
  }

  /** The newest event of each topic that matches, which this session would have got. */
  forSubscriber(uri: Uri, match: Match, session: LiveSession): readonly (readonly [topic: Uri, event: Retained['event']])[] {
    const topics = match === 'exact' ? [uri] : [...this.byTopic.keys()].filter(matcher(uri, match));
    return topics.flatMap((topic) => {
      const eligible = (this.byTopic.get(topic) ?? []).filter(
        ({ audience, excluded }) => excluded !== session.id && (audience?.includes(session) ?? true),
      );
      const last = eligible.at(-1);
      return last ? [[topic, last.event] as const] : [];
    });
  }

  private forget(topic: Uri): void {
    this.bytes -= total(this.byTopic.get(topic) ?? []);
    this.byTopic.delete(topic);
  }
}

function total(retained: readonly Retained[]): number {
  return retained.reduce((sum, { size }) => sum + size, 0);
}
