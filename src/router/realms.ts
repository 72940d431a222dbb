/*
 * The realms of a router, and the cluster that they share, if there is one.
 */
import type { Uri } from '../base/words.ts';
import { Cluster } from './cluster/cluster.ts';
import { SharedRealm } from './cluster/shared-realm.ts';
import type { RealmSettings, Settings } from './config/config.ts';
import { Realm, type RealmParts } from './realm.ts';
import { type Reloaded, reloadRealms } from './reload.ts';

export class Realms {
  readonly byName: Map<Uri, Realm> = new Map();
  private readonly parts: RealmParts;
  private readonly shared = new Map<Uri, SharedRealm>();
  private readonly cluster: Cluster | undefined;
  /** This node knows what the others have. */
  isReady = true;
  /** When that is. Rejects if it cannot join. */
  readonly ready: Promise<void>;

  constructor(parts: RealmParts) {
    this.parts = parts;
    const { settings, formats } = parts;
    const { engine, log } = settings;
    this.cluster =
      engine && new Cluster({ engine, formats, log, realm: (name) => this.shared.get(name), realms: () => this.shared.values() });
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

  /** New settings for all of them. @throws TypeError if anything is wrong; then nothing has changed. */
  reload(next: Settings): Reloaded {
    return reloadRealms(this.byName, this.parts.settings, next, (realm) => this.make(realm), this.parts.remembered);
  }

  authmethods(realm: Uri): readonly string[] {
    const { recognize } = this.parts.settings;
    const found = this.byName.get(realm);
    return found ? [...found.authmethods, ...(recognize ? ['http'] : [])] : [];
  }

  private async join(): Promise<void> {
    if (!this.cluster) return;
    this.isReady = false;
    await this.cluster.join();
    this.isReady = true;
  }

  async leave(): Promise<void> {
    for (const realm of this.shared.values()) await realm.settled();
    await this.cluster?.leave();
  }
}
