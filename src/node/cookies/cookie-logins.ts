/*
 * A browser that has logged in once comes back without a login, as at Crossbar.io: the answer to its first upgrade brings a random cookie, and a login on that
 * connection is remembered under the cookie's hash.
 *
 * A login is bound only to a cookie that this very connection has got from us. Otherwise somebody who plants a cookie in another browser would
 * share the login that is made there (session fixation).
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { stringifySetCookie } from 'cookie';
import { type Awaitable, isThenable } from '../../base/words.ts';
import type { Remembering } from '../../router/session/transport-info.ts';
import { cookiesOf } from '../incoming/opening-request.ts';
import type { CookieConfig } from '../port/cookie-config.ts';
import { type CookieStore, type LoginFilter, MemoryCookieStore, type StoredLogin } from './cookie-store.ts';

export interface CookieOptions extends CookieConfig {
  /** Where the logins are kept. Default: in memory, at most 100 000; a restart forgets them. */
  readonly store?: CookieStore | undefined;
}

/** A connection that begins. */
export interface BegunCookie {
  /** The header `Set-Cookie` of the answer; undefined: the browser has a cookie. */
  readonly setCookie: string | undefined;
  readonly remembering: Remembering;
}

/** 32 random octets as base64url. */
const VALUE = /^[\w-]{43}$/;
/** Browsers refuse cookies of such names without `Secure` (RFC 6265bis, 4.1.3). */
const ALWAYS_SECURE = /^__(Host|Secure)-/i;
const NAME = 'autostrada';
const MONTH_MS = 30 * 86_400_000;

export class CookieLogins {
  private name: string;
  private maxAgeMs: number;
  private readonly store: CookieStore;
  private readonly failed: (error: unknown) => void;

  /** @param failed - Gets the errors of the store. */
  constructor(
    { name = NAME, maxAgeMs = MONTH_MS, store = new MemoryCookieStore() }: CookieOptions,
    failed: (error: unknown) => void,
  ) {
    this.name = name;
    this.maxAgeMs = maxAgeMs;
    this.store = store;
    this.failed = failed;
  }

  /** For cookies from now on. Those of another name are not known any more. */
  change({ name = NAME, maxAgeMs = MONTH_MS }: CookieConfig): void {
    this.name = name;
    this.maxAgeMs = maxAgeMs;
  }

  /** @param isSecure - The cookie must not travel in plain text later. */
  begin(request: IncomingMessage, isSecure: boolean, then: (begun: BegunCookie) => void): void {
    const value = cookiesOf(request.headers.cookie)[this.name];
    if (value === undefined || !VALUE.test(value)) return then(this.issue(isSecure));
    const hash = hashOf(value);
    const go = (known: StoredLogin | undefined): void => then(known ? this.known(hash, value) : this.issue(isSecure));
    try {
      const known = this.valid(hash);
      if (!isThenable(known)) return go(known);
      known.then(undefined, this.lost).then(go);
    } catch (error) {
      go(this.lost(error));
    }
  }

  /** @returns How many logins it has forgotten. */
  async forget(filter: LoginFilter): Promise<number> {
    return this.store.deleteAll(filter);
  }

  private readonly lost = (error: unknown): undefined => {
    this.failed(error);
    return undefined;
  };

  private issue(isSecure: boolean): BegunCookie {
    const value = randomBytes(32).toString('base64url');
    const hash = hashOf(value);
    const setCookie = stringifySetCookie({
      name: this.name,
      value,
      httpOnly: true,
      secure: isSecure || ALWAYS_SECURE.test(this.name),
      sameSite: 'strict',
      path: '/',
      maxAge: Math.floor(this.maxAgeMs / 1000),
    });
    return {
      setCookie,
      remembering: {
        recall: () => undefined,
        keep: ({ realm, authid, authrole, authprovider, authextra, seal }) => {
          const expiresAt = Date.now() + this.maxAgeMs;
          this.quietly(() => this.store.set(hash, { realm, authid, authrole, authprovider, authextra, seal, expiresAt }));
        },
        seal: (text) => sealOf(value, text),
        forget: () => this.quietly(() => this.store.delete(hash)),
      },
    };
  }

  private known(hash: string, value: string): BegunCookie {
    const forget = (): void => this.quietly(() => this.store.delete(hash));
    return {
      setCookie: undefined,
      remembering: {
        recall: async () => {
          try {
            return await this.valid(hash);
          } catch (error) {
            return this.lost(error);
          }
        },
        // The browser is somebody else's now: the next connection gets a cookie of its own.
        keep: (login) => {
          this.quietly(async () => {
            const old = await this.valid(hash);
            if (old?.realm !== login.realm || old.authid !== login.authid || old.seal !== login.seal) await this.store.delete(hash);
          });
        },
        seal: (text) => sealOf(value, text),
        forget,
      },
    };
  }

  private valid(hash: string): Awaitable<StoredLogin | undefined> {
    const fresh = (login: StoredLogin | undefined): StoredLogin | undefined => {
      if (!login || login.expiresAt > Date.now()) return login;
      this.quietly(() => this.store.delete(hash));
      return undefined;
    };
    const login = this.store.get(hash);
    return isThenable(login) ? login.then(fresh) : fresh(login);
  }

  private quietly(work: () => Awaitable<void>): void {
    try {
      const done = work();
      if (isThenable(done)) done.then(undefined, this.failed);
    } catch (error) {
      this.failed(error);
    }
  }
}

/** The store has no key for it. So what is kept there says nothing about a weak password. */
function sealOf(value: string, text: string): string {
  return createHmac('sha256', value).update(text).digest('base64url');
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('base64url');
}
