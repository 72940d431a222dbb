/* Where remembered logins are kept: by default in memory, so a restart forgets them. */
import type { Awaitable } from '../../base/words.ts';
import type { RememberedLogin } from '../../router/session/transport-info.ts';

export interface StoredLogin extends RememberedLogin {
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Which remembered logins; an empty one: all. */
export interface LoginFilter {
  readonly realm?: string | undefined;
  readonly authid?: string | undefined;
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

export class MemoryCookieStore implements CookieStore {
  private readonly logins = new Map<string, StoredLogin>();

  get(hash: string): StoredLogin | undefined {
    return this.logins.get(hash);
  }

  set(hash: string, login: StoredLogin): void {
    this.logins.delete(hash); // the newest are last
    this.logins.set(hash, login);
    const [oldest] = this.logins.size > MOST ? this.logins.keys() : [];
    if (oldest !== undefined) this.logins.delete(oldest);
  }

  delete(hash: string): void {
    this.logins.delete(hash);
  }

  deleteAll({ realm, authid }: LoginFilter): number {
    let count = 0;
    for (const [hash, login] of this.logins) {
      if ((realm ?? login.realm) !== login.realm || (authid ?? login.authid) !== login.authid) continue;
      this.logins.delete(hash);
      count++;
    }
    return count;
  }
}
