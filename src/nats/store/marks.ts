/*
 * The messages of retained events that do not disappear from the stream by themselves when a later one comes: those for a limited audience, and those that end with a session.
 */
import type { Id, Uri } from '../../base/words.ts';

export interface Mark {
  /** The number of the message. */
  readonly seq: number;
  readonly topic: Uri;
  readonly isLimited: boolean;
  readonly session: Id | undefined;
  /** The store that has written it. */
  readonly writer: string;
}

export class Marks {
  /** In the order of their numbers. */
  private readonly all = new Map<number, Mark>();
  private readonly byTopic = new Map<Uri, Set<Mark>>();
  private readonly bySession = new Map<Id, Set<Mark>>();

  add(mark: Mark): void {
    this.all.set(mark.seq, mark);
    put(this.byTopic, mark.topic, mark);
    if (mark.session !== undefined) put(this.bySession, mark.session, mark);
  }

  remove(mark: Mark): void {
    this.all.delete(mark.seq);
    take(this.byTopic, mark.topic, mark);
    if (mark.session !== undefined) take(this.bySession, mark.session, mark);
  }

  /** Oldest first. */
  of(topic: Uri): readonly Mark[] {
    return [...(this.byTopic.get(topic) ?? [])];
  }

  ofSession(session: Id): readonly Mark[] {
    return [...(this.bySession.get(session) ?? [])];
  }

  /** The sessions with bound events, by the store that has written them. */
  sessionsOf(writer: string): readonly Id[] {
    return [...this.bySession].filter(([, marks]) => [...marks].some((mark) => mark.writer === writer)).map(([session]) => session);
  }

  get writers(): ReadonlySet<string> {
    return new Set([...this.bySession.values()].flatMap((marks) => [...marks].map(({ writer }) => writer)));
  }

  /** The stream has no older ones than this. */
  begin(first: number): void {
    for (const mark of this.all.values()) {
      if (mark.seq >= first) return;
      this.remove(mark);
    }
  }
}

function put<K>(map: Map<K, Set<Mark>>, key: K, mark: Mark): void {
  const known = map.get(key);
  if (known) known.add(mark);
  else map.set(key, new Set([mark]));
}

function take<K>(map: Map<K, Set<Mark>>, key: K, mark: Mark): void {
  const known = map.get(key);
  known?.delete(mark);
  if (known?.size === 0) map.delete(key);
}
