/*
 * WAMP "Event Retention": the last event of a topic, for who subscribes later. Events for a limited audience are kept beside the last one
 * for everybody, a few of them, since a later subscriber may be of that audience or not.
 */
import type { Event } from '../protocol/messages.ts';
import type { Match } from '../protocol/uri.ts';
import type { Uri } from '../words.ts';
import { matches } from './pattern-index.ts';
import type { Recipients } from './recipients.ts';
import type { LiveSession } from './session.ts';

/** Memory is bounded: the topic whose retained event is oldest is forgotten first. */
const MAX_TOPICS = 10_000;
const MAX_LIMITED = 8;

interface Retained {
  readonly event: Omit<Event, 'subscription'>;
  readonly audience: Recipients | undefined;
}

export class Retention {
  /** Newest last, in each topic and among topics. */
  private readonly byTopic = new Map<Uri, readonly Retained[]>();

  retain(topic: Uri, event: Retained['event'], audience: Recipients | undefined): void {
    const before = audience === undefined ? [] : (this.byTopic.get(topic) ?? []);
    const limited = before.filter((each) => each.audience !== undefined).slice(1 - MAX_LIMITED);
    const open = before.filter((each) => each.audience === undefined);
    this.byTopic.delete(topic);
    this.byTopic.set(topic, [...open, ...limited, { event, audience }]);
    const [oldest] = this.byTopic.size > MAX_TOPICS ? this.byTopic.keys() : [];
    if (oldest !== undefined) this.byTopic.delete(oldest);
  }

  /** The newest event of each topic that matches, which this session may have. */
  forSubscriber(uri: Uri, match: Match, session: LiveSession): readonly (readonly [topic: Uri, event: Retained['event']])[] {
    const topics = match === 'exact' ? [uri] : [...this.byTopic.keys()].filter((topic) => matches(uri, match, topic));
    return topics.flatMap((topic) => {
      const eligible = (this.byTopic.get(topic) ?? []).filter(({ audience }) => audience?.(session) ?? true);
      const last = eligible.at(-1);
      return last ? [[topic, last.event] as const] : [];
    });
  }
}
