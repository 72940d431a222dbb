/*
 * How `autostrada up` itself is in its realms: by connections in its own process, with an authrole that the file does not have. And the logins of the components:
 * each gets a key that is made here, and that ends with this process.
 */
import { generateKeyPair } from '../../cryptosign.ts';
import { Connection } from '../../index.ts';
import type { Component } from '../../node/components/component.ts';
import type { RealmConfig, Router, RouterConfig, UserConfig } from '../../router/index.ts';

/** May do everything. Only `router.as` gives it. */
export const OWN_ROLE = 'autostrada.up';

/** The private key of each component that logs in with one, by name. */
export type Keys = ReadonlyMap<string, string>;

/** New keys, and the configuration with the public ones. The file is read again at a reload: then the keys stay. */
export class Identities {
  private readonly pairs = new Map<string, ReturnType<typeof generateKeyPair>>();
  private readonly components: readonly Component[];

  constructor(components: readonly Component[]) {
    this.components = components;
    for (const { name, authrole } of components) if (authrole !== undefined) this.pairs.set(name, generateKeyPair());
  }

  /** Undefined: it logs in without a key, or not at all. */
  privateKeyOf(name: string): string | undefined {
    return this.pairs.get(name)?.privateKey;
  }

  /** The configuration, and who the components are. */
  into(config: RouterConfig): RouterConfig {
    const realms = Object.entries(config.realms).map(([name, realm]) => [
      name,
      realm === 'open' ? realm : this.intoRealm(name, realm),
    ]);
    return { ...config, realms: Object.fromEntries(realms) };
  }

  private intoRealm(name: string, realm: RealmConfig): RealmConfig {
    const users: { [authid: string]: UserConfig } = { ...realm.users };
    for (const component of this.components) {
      const { authid, authrole } = component;
      const publicKey = this.pairs.get(component.name)?.publicKey;
      if (component.realm !== name || authid === undefined || authrole === undefined || publicKey === undefined) continue;
      const others = this.components.some((each) => each.authid === authid && each !== component) ? users[authid] : undefined;
      users[authid] = { authrole, cryptosign: { publicKeys: [...(others?.cryptosign?.publicKeys ?? []), publicKey] } };
    }
    return { ...realm, users, authroles: { ...realm.authroles, [OWN_ROLE]: { permissions: 'all' } } };
  }
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
