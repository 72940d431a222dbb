/*
 * The realms of a router, and the cluster that they share, if there is one.
 */
import { within } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Id, Uri } from '../base/words.ts';
import { runningCalls } from './census.ts';
import { Cluster } from './cluster/cluster.ts';
import { SharedRealm } from './cluster/shared-realm.ts';
import type { RealmSettings, Settings } from './config/config.ts';
import type { DrainCalls } from './dealer/draining.ts';
import type { Following, Look } from './elsewhere/following.ts';
import { Realm, type RealmParts } from './realm.ts';
import { type Reloaded, reloadRealms } from './reload.ts';
import type { LiveSession } from './session/session.ts';

/** The time between attempts to join a cluster again. */
const REJOIN_MS = 1000;
/** How long the registry may take when the router closes. */
const SETTLE_MS = 2000;

export class Realms {
  readonly byName: Map<Uri, Realm> = new Map();
  private readonly parts: RealmParts;
  private readonly shared = new Map<Uri, SharedRealm>();
  private readonly cluster: Cluster | undefined;
  private readonly endAll: () => void;
  private hasLeft = false;
  private isJoining = false;
  /** How often others have taken over what this node had. */
  private losses = 0;
  /** This node knows what the others have. */
  isReady = true;
  /** When that is. Rejects if it cannot join. */
  readonly ready: Promise<void>;

  /** @param endAll - Ends all sessions. @param look - For tools at other nodes. */
  constructor(parts: RealmParts, endAll: () => void, look: Look) {
    this.parts = parts;
    this.endAll = endAll;
    const { settings, formats } = parts;
    const { engine, log } = settings;
    this.cluster =
      engine &&
      new Cluster({
        engine,
        formats,
        log,
        realm: (name) => this.shared.get(name),
        realms: () => this.shared.values(),
        lost: () => this.lost(),
        look,
      });
    for (const realm of settings.realms) this.byName.set(realm.name, this.make(realm));
    this.ready = this.join();
    this.ready.catch(() => {}); // it is for those who wait for it
  }

  /** A realm that is new. */
  make(realmSettings: RealmSettings): Realm {
    const { cluster, parts } = this;
    const realm = new Realm(realmSettings, parts);
    if (cluster) {
      this.shared.set(realm.name, new SharedRealm({ ...parts, cluster, realm }));
      cluster.added(realm.name);
    }
    return realm;
  }

  /** For tools: the other routers of the cluster. Undefined: there is none. */
  get following(): Following | undefined {
    return this.cluster?.followers;
  }

  /** Acts on the session with this id, if there is one. */
  at(id: Id, act: (realm: Realm, session: LiveSession) => void): void {
    for (const realm of this.byName.values()) {
      const session = realm.session(id);
      if (session) act(realm, session);
    }
  }

  /** New settings for all of them. @throws TypeError if anything is wrong; then nothing has changed. */
  reload(next: Settings): Reloaded {
    return reloadRealms(this.byName, this.parts.settings, next, (realm) => this.make(realm), this.parts.remembered);
  }

  /** Calls do not wait until it is certain that no other node has what this one had. */
  get isSure(): boolean {
    return this.cluster?.sure() === undefined;
  }

  authmethods(realm: Uri): readonly string[] {
    const { recognize } = this.parts.settings;
    const found = this.byName.get(realm);
    return found ? [...found.authmethods, ...(recognize ? ['http'] : [])] : [];
  }

  /** All sessions that may have calls to answer: those of this node, and those that stand for callers of other nodes. */
  private *callers(): Iterable<LiveSession> {
    for (const { sessions } of this.byName.values()) yield* sessions;
    for (const { remote } of this.shared.values()) yield* remote.allCallers();
  }

  /** For the end of the router: those that run now. */
  calls(): DrainCalls {
    return { first: runningCalls(this.callers()), waiting: () => this.waitingCalls(), told: () => this.cluster?.confirmed() };
  }

  /** How many calls of other nodes wait until a registration of this one is complete. */
  private waitingCalls(): number {
    let count = 0;
    for (const { waitingCalls } of this.shared.values()) count += waitingCalls;
    return count;
  }

  private async join(): Promise<void> {
    if (!this.cluster) return;
    this.isReady = false;
    this.isJoining = true;
    const { losses } = this;
    try {
      await this.cluster.join();
      if (losses !== this.losses) throw new Error('this router was cut off from its cluster as soon as it had joined');
      this.isReady = true;
    } finally {
      this.isJoining = false;
    }
  }

  /** Others have what this node had. It starts again, without any session. */
  private lost(): void {
    this.isReady = false;
    this.losses++;
    const { log } = this.parts.settings;
    log({ level: 'error', message: 'this router was cut off from its cluster for too long: all sessions end, and it joins again' });
    for (const realm of this.byName.values()) for (const session of realm.sessions) session.leavesQuietly = true;
    this.endAll();
    if (!this.isJoining) void this.rejoin();
  }

  private async rejoin(): Promise<void> {
    const { log, clock } = this.parts.settings;
    while (!this.hasLeft && !this.isReady) {
      try {
        await this.join();
      } catch (error) {
        log({ level: 'error', message: `this router could not join its cluster, and tries again: ${messageOf(error)}`, error });
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, REJOIN_MS));
      }
    }
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
    const settled = Promise.all([...this.shared.values()].map((realm) => realm.settled()));
    await within(this.parts.settings.clock, SETTLE_MS, settled);
    await this.cluster?.leave();
  }
}
