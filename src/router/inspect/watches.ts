/* Those who watch a router. While nobody does, sessions have no `watched`, and nothing here is called but `joined` and `left`. */
import type { Clock } from '../../base/clock.ts';
import type { Id, Off, Uri } from '../../base/words.ts';
import type { LiveSession } from '../session/session.ts';
import type { WatchFilter, WatchNews } from './conversation.ts';
import type { ExplainedRealm } from './explain.ts';
import { checkFilter, Watch } from './watch.ts';
import { WatchedRealm } from './watched-realm.ts';
import { WatchedSession } from './watched-session.ts';

export class Watches {
  private readonly clock: Clock;
  private readonly realms: () => ReadonlyMap<Uri, ExplainedRealm>;
  private readonly threw: (error: unknown) => void;
  private readonly all = new Set<Watch>();
  private readonly sessions = new Map<LiveSession, WatchedSession>();
  private readonly byId = new Map<Id, WatchedSession>();
  private readonly watched = new WeakMap<ExplainedRealm, WatchedRealm>();
  private rows = 0;
  private readonly nextRow = (): number => ++this.rows;
  private readonly other = (id: Id): WatchedSession | undefined => this.byId.get(id);

  constructor(clock: Clock, realms: () => ReadonlyMap<Uri, ExplainedRealm>, threw: (error: unknown) => void) {
    this.threw = threw;
    this.clock = clock;
    this.realms = realms;
  }

  /** @throws TypeError for a wrong filter. */
  add(filter: WatchFilter, tell: (news: WatchNews) => void): Off {
    const realms = this.realms();
    checkFilter(filter, [...realms.keys()]);
    const watch = new Watch(filter, this.clock, tell, this.threw);
    this.all.add(watch);
    for (const realm of realms.values()) for (const session of realm.sessions) this.attach(session, [watch]);
    return () => this.remove(watch);
  }

  joined(session: LiveSession): void {
    if (this.all.size > 0) this.attach(session, this.all)?.joined();
  }

  left(session: LiveSession, reason: Uri): void {
    const watched = this.sessions.get(session);
    if (!watched) return;
    watched.left(reason);
    this.detach(session);
  }

  private attach(session: LiveSession, watches: Iterable<Watch>): WatchedSession | undefined {
    const realm = this.realms().get(session.realm);
    if (!realm) return undefined;
    let watched = this.sessions.get(session);
    for (const watch of watches) {
      if (!watch.isOf(session)) continue;
      watched ??= this.open(session, realm);
      watched.watches.add(watch);
    }
    return watched;
  }

  private open(session: LiveSession, realm: ExplainedRealm): WatchedSession {
    let watchedRealm = this.watched.get(realm);
    if (!watchedRealm) {
      watchedRealm = new WatchedRealm(realm, this.clock, () => this.realms().values());
      this.watched.set(realm, watchedRealm);
    }
    const { nextRow, other } = this;
    const opened = new WatchedSession({ who: session, realm: watchedRealm, nextRow, other });
    this.sessions.set(session, opened);
    this.byId.set(session.id, opened);
    session.watched = opened;
    return opened;
  }

  private remove(watch: Watch): void {
    watch.end();
    this.all.delete(watch);
    for (const [session, { watches }] of this.sessions) {
      watches.delete(watch);
      if (watches.size === 0) this.detach(session);
    }
  }

  private detach(session: LiveSession): void {
    session.watched = undefined;
    this.sessions.delete(session);
    this.byId.delete(session.id);
  }
}
