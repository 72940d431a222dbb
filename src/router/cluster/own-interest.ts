/*
 * The patterns whose events this node wants. It wants one from before its first session subscribes until its last one is gone. A session may ask, and then not subscribe:
 * it was refused, or is gone.
 */
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { LiveSession } from '../session/session.ts';
import type { Saying } from './frames.ts';
import type { InterestOfOthers } from './interest.ts';

export interface InterestHost {
  readonly interest: InterestOfOthers;
  /** Whether sessions of this node are subscribed by it. */
  hasSubscribers(uri: Uri, match: Match): boolean;
  tellAll(saying: Saying): void;
  /** Resolves when the other nodes have taken all that was sent before; undefined: there are none. */
  confirmed(): Promise<void> | undefined;
}

/** A pattern that is wanted. */
interface Want {
  readonly uri: Uri;
  readonly match: Match;
  /** No other node wanted it before. */
  readonly isFirst: boolean;
  /** The sessions that have asked for it and are here. */
  readonly sessions: Set<LiveSession>;
  /** When all nodes know it; undefined: they do. */
  known: Promise<void> | undefined;
}

export class OwnInterest {
  private readonly host: InterestHost;
  private readonly wants = new Map<string, Want>();
  private readonly bySession = new Map<LiveSession, Set<Want>>();

  constructor(host: InterestHost) {
    this.host = host;
  }

  /** What a node has to know that has just come. */
  *sayings(): Iterable<Saying> {
    for (const { uri, match, isFirst } of this.wants.values()) yield ['want', uri, match, isFirst];
  }

  has(uri: Uri, match: Match): boolean {
    return this.wants.has(keyOf(uri, match));
  }

  /** Whether no other node wanted it before. */
  isFirst(uri: Uri, match: Match): boolean {
    return this.wants.get(keyOf(uri, match))?.isFirst === true;
  }

  want(session: LiveSession, uri: Uri, match: Match): Promise<void> | undefined {
    const want = this.wants.get(keyOf(uri, match)) ?? this.begin(uri, match);
    want.sessions.add(session);
    const own = this.bySession.get(session);
    if (own) own.add(want);
    else this.bySession.set(session, new Set([want]));
    return want.known;
  }

  private begin(uri: Uri, match: Match): Want {
    const { host } = this;
    const isFirst = !host.interest.has(uri, match);
    const want: Want = { uri, match, isFirst, sessions: new Set(), known: undefined };
    this.wants.set(keyOf(uri, match), want);
    host.tellAll(['want', uri, match, isFirst]);
    want.known = host.confirmed()?.then(() => {
      want.known = undefined;
      if (want.sessions.size === 0) this.end(want, undefined);
    });
    return want;
  }

  /** @param session - The last subscriber. */
  unwant(uri: Uri, match: Match, session: Id): void {
    const want = this.wants.get(keyOf(uri, match));
    if (want) this.end(want, session);
  }

  left(session: LiveSession): void {
    for (const want of this.bySession.get(session) ?? []) {
      want.sessions.delete(session);
      this.end(want, undefined);
    }
    this.bySession.delete(session);
  }

  /** @param gone - The last subscriber; undefined: it had none. */
  private end(want: Want, gone: Id | undefined): void {
    const { uri, match, known } = want;
    const { host } = this;
    const key = keyOf(uri, match);
    if (known || this.wants.get(key) !== want || host.hasSubscribers(uri, match)) return;
    this.wants.delete(key);
    host.tellAll(['unwant', uri, match, host.interest.has(uri, match) ? gone : undefined]);
  }
}

function keyOf(uri: Uri, match: Match): string {
  return `${match} ${uri}`;
}
