/*
 * How `autostrada up` itself is in its realms: by connections in its own process, with an authrole that the file does not have. And the logins of the components:
 * each gets a key that is made here, and that ends with this process.
 */
import { generateKeyPair } from '../../cryptosign.ts';
import { Connection } from '../../index.ts';
import type { Component } from '../../node/components/component.ts';
import type { RealmConfig, Router, RouterConfig, UserConfig } from '../../router/index.ts';
import { OWN_ROLE } from '../inspector/own-role.ts';

/** A component as a user of the router. */
export interface ComponentUser {
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly publicKey: string;
}

interface Identity {
  readonly component: Component;
  /** Undefined: it logs in without a key, or not at all. */
  readonly pair: ReturnType<typeof generateKeyPair> | undefined;
}

/** The keys of the components. A component keeps its key when the file is read again. */
export class Identities {
  private readonly known = new Map<string, Identity>();

  /** These have identities from now on; those that are known keep theirs until `keep`. */
  take(components: readonly Component[]): void {
    const former = new Map(this.known);
    this.known.clear();
    for (const component of components) {
      const pair = component.authrole === undefined ? undefined : (former.get(component.name)?.pair ?? generateKeyPair());
      this.known.set(component.name, { component, pair });
    }
    for (const [name, each] of former) if (!this.known.has(name)) this.known.set(name, each);
  }

  /** Forgets all others. @returns Whether there were any. */
  keep(components: readonly Component[]): boolean {
    const others = [...this.known.keys()].filter((name) => !components.some((each) => each.name === name));
    for (const name of others) this.known.delete(name);
    return others.length > 0;
  }

  /** Undefined: it logs in without a key, or not at all. */
  privateKeyOf(name: string): string | undefined {
    return this.known.get(name)?.pair?.privateKey;
  }

  get users(): readonly ComponentUser[] {
    return [...this.known.values()].flatMap(({ component: { realm, authid, authrole }, pair }) =>
      realm === undefined || authid === undefined || authrole === undefined || !pair
        ? []
        : [{ realm, authid, authrole, publicKey: pair.publicKey }],
    );
  }
}

/** The configuration, with the components, and with our own authrole. */
export function withComponents(config: RouterConfig, users: readonly ComponentUser[]): RouterConfig {
  const realms = Object.entries(config.realms).map(([name, realm]) => [
    name,
    realm === 'open'
      ? realm
      : ofRealm(
          realm,
          users.filter((user) => user.realm === name),
        ),
  ]);
  return { ...config, realms: Object.fromEntries(realms) };
}

function ofRealm(realm: RealmConfig, components: readonly ComponentUser[]): RealmConfig {
  const users: { [authid: string]: UserConfig } = { ...realm.users };
  for (const { authid, authrole, publicKey } of components) {
    // Of a component that is about to be stopped: its name or its authrole may be another one's now.
    const isTaken = Object.hasOwn(realm.users ?? {}, authid) || (users[authid]?.authrole ?? authrole) !== authrole;
    if (isTaken || !Object.hasOwn(realm.authroles, authrole)) continue;
    const others = users[authid]?.cryptosign?.publicKeys ?? [];
    users[authid] = { authrole, cryptosign: { publicKeys: [...others, publicKey] } };
  }
  return { ...realm, users, authroles: { ...realm.authroles, [OWN_ROLE]: { permissions: 'all' } } };
}

/** Our own connections to the router, one for each realm that is needed. */
export class OwnConnections {
  private readonly router: Router;
  private readonly byRealm = new Map<string, Connection>();

  constructor(router: Router) {
    this.router = router;
  }

  to(realm: string): Connection {
    const known = this.byRealm.get(realm);
    if (known) return known;
    const connection = new Connection({ url: this.router.as({ authid: OWN_ROLE, authrole: OWN_ROLE }), realm });
    connection.on('error', () => {}); // calls report theirs
    this.byRealm.set(realm, connection);
    return connection;
  }

  async isRegistered(realm: string, procedure: string): Promise<boolean> {
    const found = await this.to(realm).call('wamp.registration.match', [procedure]);
    return typeof found === 'number';
  }

  async close(): Promise<void> {
    await Promise.all([...this.byRealm.values()].map((connection) => connection.close()));
  }
}
