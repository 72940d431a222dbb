/*
 * Remembered logins in the files of a store, so that browsers come back after a restart of the router. They are answered from memory. A record has the hash of the cookie as its
 * key: from the files nobody can make a cookie.
 */
import { isDict } from '../../base/checks.ts';
import { cbor } from '../../serializer/cbor.ts';
import type { FileStore, Table } from '../store/file-store.ts';
import { type CookieStore, type LoginFilter, MemoryCookieStore, type StoredLogin } from './cookie-store.ts';

/**
 * Keeps the logins of browsers (`cookies` of `listen`) in a store. `serve` does it for a configuration file with a `store`.
 *
 * @throws Node's error, or that of the files, if they cannot be read.
 * @example await listen(router, { cookies: { store: await cookieStore(store) } });
 */
export function cookieStore(store: FileStore): Promise<CookieStore> {
  const known = opened.get(store);
  if (known) return known;
  const opening = open(store);
  opened.set(store, opening);
  return opening;
}

/** A store has its logins once: two would not notice what the other one forgets. */
const opened = new WeakMap<FileStore, Promise<CookieStore>>();

async function open(store: FileStore): Promise<CookieStore> {
  const stored = new StoredLogins(await store.table('login'));
  await stored.load();
  return stored;
}

class StoredLogins implements CookieStore {
  private readonly table: Table;
  private readonly memory: MemoryCookieStore;
  /** Those that memory has dropped. */
  private dropped: string[] = [];

  constructor(table: Table) {
    this.table = table;
    this.memory = new MemoryCookieStore((hash) => this.dropped.push(hash));
  }

  async load(): Promise<void> {
    const now = Date.now();
    const found = [...this.table.records].flatMap(([hash, value]): readonly (readonly [string, StoredLogin])[] => {
      const login = readLogin(value);
      if (login && login.expiresAt > now) return [[hash, login]];
      this.dropped.push(hash);
      return [];
    });
    // The oldest are dropped first.
    for (const [hash, login] of found.sort(([, a], [, b]) => a.expiresAt - b.expiresAt)) this.memory.set(hash, login);
    await this.flush([]);
  }

  get(hash: string): StoredLogin | undefined {
    return this.memory.get(hash);
  }

  async set(hash: string, login: StoredLogin): Promise<void> {
    const value = writeLogin(login);
    this.memory.set(hash, login);
    await this.flush([{ key: hash, value }]);
  }

  async delete(hash: string): Promise<void> {
    this.memory.delete(hash);
    await this.flush([]);
  }

  async deleteAll(filter: LoginFilter): Promise<number> {
    const count = this.memory.deleteAll(filter);
    // Also if memory had none: the files may still have some whose removal failed.
    await this.table.write(this.changes([]));
    return count;
  }

  private async flush(puts: readonly TableRecord[]): Promise<void> {
    const changes = this.changes(puts);
    if (changes.length > 0) await this.table.write(changes);
  }

  private changes(puts: readonly TableRecord[]): readonly TableRecord[] {
    const { dropped } = this;
    this.dropped = [];
    return [...puts, ...dropped.map((key) => ({ key, value: undefined }))];
  }
}

type TableRecord = Parameters<Table['write']>[0][number];

const serializer = /* @__PURE__ */ cbor();

function writeLogin({ realm, authid, authrole, authprovider, authextra, seal, expiresAt }: StoredLogin): Uint8Array {
  const frame = serializer.encode([realm, authid, authrole, authprovider, authextra, seal, expiresAt]);
  if (typeof frame === 'string') throw new TypeError('expected CBOR to be bytes');
  return frame;
}

/** Undefined: it is not a login. Then that browser has to log in again. */
function readLogin(value: Uint8Array): StoredLogin | undefined {
  const list = decoded(value);
  const [realm, authid, authrole, authprovider, authextra, seal, expiresAt] = list;
  if (typeof realm !== 'string' || typeof authid !== 'string' || typeof authrole !== 'string') return undefined;
  if (typeof authprovider !== 'string' || typeof expiresAt !== 'number') return undefined;
  return {
    realm,
    authid,
    authrole,
    authprovider,
    authextra: isDict(authextra) ? authextra : undefined,
    seal: typeof seal === 'string' ? seal : undefined,
    expiresAt,
  };
}

function decoded(value: Uint8Array): readonly unknown[] {
  try {
    return serializer.decode(value);
  } catch {
    return [];
  }
}
