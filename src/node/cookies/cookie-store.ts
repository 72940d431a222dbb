/* Where remembered logins are kept: by default in memory, so a restart forgets them. */
import type { Awaitable } from '../../base/words.ts';
import type { LoginFilter } from '../../router/login/remembered.ts';
import type { RememberedLogin } from '../../router/session/transport-info.ts';

export type { LoginFilter };

export interface StoredLogin extends RememberedLogin {
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Keeps logins by the hash of the cookie: from what is stored nobody can make the cookie. */
export interface CookieStore {
  get(hash: string): Awaitable<StoredLogin | undefined>;
  set(hash: string, login: StoredLogin): Awaitable<void>;
  delete(hash: string): Awaitable<void>;
  /** @returns How many it has deleted. */
  deleteAll(filter: LoginFilter): Awaitable<number>;
}

/** Beyond it the oldest login is forgotten. */
const MOST = 100_000;
/** The same for one user, so that nobody makes the router forget the logins of others. */
const MOST_OF_USER = 100;

export class MemoryCookieStore implements CookieStore {
  private readonly logins = new Map<string, StoredLogin>();
  /** The hashes of each user, the newest last. */
  private readonly users = new Map<string, Set<string>>();
  private readonly dropped: (hash: string) => void;

  /** @param dropped - Gets the hashes of those that are not there any more. */
  constructor(dropped: (hash: string) => void = () => {}) {
    this.dropped = dropped;
  }

  get(hash: string): StoredLogin | undefined {
    return this.logins.get(hash);
  }

  set(hash: string, login: StoredLogin): void {
    this.remove(hash); // the newest are last
    this.logins.set(hash, login);
    const key = keyOf(login);
    const own = this.users.get(key) ?? new Set();
    this.users.set(key, own.add(hash));
    this.bound(own, MOST_OF_USER);
    this.bound(this.logins, MOST);
  }

  delete(hash: string): void {
    if (this.remove(hash)) this.dropped(hash);
  }

  deleteAll({ realm, authid }: LoginFilter): number {
    const isOfOne = realm !== undefined && authid !== undefined;
    const found = isOfOne ? [...(this.users.get(keyOf({ realm, authid })) ?? [])] : [...this.logins.keys()];
    let count = 0;
    for (const hash of found) {
      const login = this.logins.get(hash);
      if (!login || (realm ?? login.realm) !== login.realm || (authid ?? login.authid) !== login.authid) continue;
      this.delete(hash);
      count++;
    }
    return count;
  }

  private bound(hashes: Map<string, unknown> | Set<string>, most: number): void {
    const [oldest] = hashes.size > most ? hashes.keys() : [];
    if (oldest !== undefined) this.delete(oldest);
  }

  private remove(hash: string): boolean {
    const login = this.logins.get(hash);
    if (!login) return false;
    this.logins.delete(hash);
    const key = keyOf(login);
    const own = this.users.get(key);
    own?.delete(hash);
    if (own?.size === 0) this.users.delete(key);
    return true;
  }
}

function keyOf({ realm, authid }: { readonly realm: string; readonly authid: string }): string {
  return JSON.stringify([realm, authid]);
}
