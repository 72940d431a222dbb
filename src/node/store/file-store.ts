/*
 * A store in files, by LevelDB (`classic-level`). Events are answered from memory, as by the default store; the files have a copy, which is read when the store is opened. So the
 * limits of memory are those of the files, and reading costs nothing. records.ts has the form of the files, commits.ts how they are written.
 */
import { mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { type Check, oneOf, show } from '../../base/checks.ts';
import { makeDisposable } from '../../base/dispose.ts';
import { messageOf } from '../../base/errors.ts';
import { checkOptions, complain, type Known, string } from '../../base/options.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { MemoryRealm } from '../../router/store/memory-store.ts';
import type { HistoryName, HistoryQuery, Places, RealmStore, Store, StoreBounds, StoredEvent } from '../../router/store/store.ts';
import { type Change, Commits } from './commits.ts';
import { claim, nameOwner, signOwner } from './owner.ts';
import { EVENT, EVENTS_END, FORMAT, FORMAT_KEY, keyOf, placeOf, readEvent, readKey, writeEvent } from './records.ts';
import type { StoreConfig } from './store-config.ts';

/** A store in files. */
export interface FileStore extends Store, AsyncDisposable {
  /** Absolute. */
  readonly folder: string;
  /** For hosts: records of another kind in the same files. */
  table(kind: 'login'): Promise<Table>;
  /** Writes what waits, and closes the files. Close the router first. */
  close(): Promise<void>;
}

/** Records beside those of events, each under a key. */
export interface Table {
  /** Those that were there when it was opened. */
  readonly found: ReadonlyMap<string, Uint8Array>;
  /** A record without a value is removed. @returns When they are safe. */
  write(records: readonly { readonly key: string; readonly value: Uint8Array | undefined }[]): Promise<void>;
}

const known: Known & { readonly [name in keyof Required<StoreConfig>]: Check } = {
  folder: string,
  durability: oneOf('process', 'power'),
};

/**
 * Opens a store in files, for `new Router(config, { store })`. `serve` does it for the `store` of a configuration file.
 *
 * @throws An error with a text for people: the package `classic-level` is not installed, another process has the store (`code` is `STORE_IN_USE`), or a newer version has
 *   written it. TypeError for wrong options. Node's error if the folder cannot be made.
 * @example const store = await openStore({ folder: 'data' });
 */
export async function openStore(options: StoreConfig): Promise<FileStore> {
  checkOptions('openStore', options, known);
  complain('folder of openStore', string, options.folder);
  const folder = path.resolve(options.folder);
  const sync = options.durability === 'power';
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = claim(realpathSync(folder));
  if (!release) throw inUse(folder);
  let db: Level | undefined;
  try {
    db = await openLevel(folder);
    return await storeOf(db, folder, sync, release);
  } catch (error) {
    await db?.close();
    release();
    throw error;
  }
}

async function storeOf(db: Level, folder: string, sync: boolean, release: () => void): Promise<FileStore> {
  signOwner(folder);
  await checkFormat(db, folder);
  const found = await readAll(db, folder);
  const commits = new Commits((changes) => db.batch(changes, { sync }));
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await commits.idle();
    await db.close();
    release();
  };
  const opened = new Map<string, FileRealm>();
  const write = (changes: readonly Change[]): Promise<void> =>
    closing ? Promise.reject(new Error(`the store ${folder} is closed`)) : commits.write(changes);
  const store: Omit<FileStore, keyof AsyncDisposable> = {
    folder,
    open: (realm, bounds) => {
      opened.get(realm)?.handOver();
      const made = new FileRealm(realm, bounds, found, write);
      opened.set(realm, made);
      return made;
    },
    table: (kind) => openTable(db, kind, write),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  makeDisposable(store, () => store.close());
  return store;
}

type Level = Awaited<ReturnType<typeof openLevel>>;

async function openLevel(folder: string) {
  const { ClassicLevel } = await classicLevel();
  const db = new ClassicLevel<string, Uint8Array>(folder, { keyEncoding: 'utf8', valueEncoding: 'view' });
  try {
    await db.open();
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'LEVEL_LOCKED') throw inUse(folder, error);
    throw new Error(`the store ${folder} cannot be opened: ${messageOf(cause ?? error)}`, { cause: error });
  }
  return db;
}

async function classicLevel() {
  try {
    return await import('classic-level'); // within `try` it is optional for bundlers
  } catch (cause) {
    throw new Error(`a store needs the package classic-level: npm install classic-level (${messageOf(cause)})`, { cause });
  }
}

function inUse(folder: string, cause?: unknown): Error {
  const error = new Error(`the store ${folder} is in use by ${nameOwner(folder)}`, { cause });
  return Object.assign(error, { code: 'STORE_IN_USE' });
}

async function checkFormat(db: Level, folder: string): Promise<void> {
  const found = await db.get(FORMAT_KEY);
  if (!found) {
    const [first] = await db.keys({ limit: 1 }).all();
    if (first !== undefined) throw new Error(`${folder} is a database of another program, not a store of autostrada`);
    return db.put(FORMAT_KEY, new TextEncoder().encode(String(FORMAT)), { sync: true });
  }
  const text = new TextDecoder().decode(found);
  const format = Number(text);
  if (!Number.isInteger(format)) throw new Error(`the store ${folder} is damaged: its format is ${show(text)}`);
  if (format > FORMAT)
    throw new Error(
      `the store ${folder} was written by a newer version of autostrada: its format is ${format}, this version reads up to ${FORMAT}`,
    );
}

interface Found {
  readonly event: StoredEvent;
  readonly number: number;
}

/** What the files had, by place. A place that no realm has asked for stays in the files as it is. */
interface All {
  readonly places: Map<string, readonly Found[]>;
  /** The number of the next record. */
  next: number;
}

async function readAll(db: Level, folder: string): Promise<All> {
  const places = new Map<string, Found[]>();
  let next = 1;
  for await (const [key, value] of db.iterator({ gt: EVENT, lt: EVENTS_END })) {
    const { place, number } = readKey(key);
    next = Math.max(next, number + 1);
    try {
      const found = { event: readEvent(value), number };
      const list = places.get(place);
      if (list) list.push(found);
      else places.set(place, [found]);
    } catch (cause) {
      throw new Error(`the store ${folder} is damaged: the record ${key} cannot be read: ${messageOf(cause)}`, { cause });
    }
  }
  return { places, next };
}

async function openTable(db: Level, kind: string, write: (changes: readonly Change[]) => Promise<void>): Promise<Table> {
  const start = `${kind} `;
  const found = new Map<string, Uint8Array>();
  for await (const [key, value] of db.iterator({ gt: start, lt: `${kind}!` })) found.set(key.slice(start.length), value);
  return {
    found,
    write: (records) =>
      write(
        records.map(({ key, value }) => (value ? { type: 'put', key: start + key, value } : { type: 'del', key: start + key })),
      ),
  };
}

class FileRealm implements RealmStore {
  private readonly realm: string;
  private readonly all: All;
  private readonly memory: MemoryRealm;
  private readonly write: (changes: readonly Change[]) => Promise<void>;
  /** The numbers of the records of each event. */
  private readonly numbers = new WeakMap<StoredEvent, number>();
  private isOver = false;
  /** Changes that are not written yet. */
  private changes: Change[] = [];

  constructor(realm: Uri, bounds: StoreBounds, all: All, write: FileRealm['write']) {
    this.realm = realm;
    this.all = all;
    this.write = write;
    this.memory = new MemoryRealm(bounds, (event, history) => this.dropped(event, history));
    this.load(undefined);
    for (const history of bounds.histories) this.load(history);
    // What is beyond the bounds leaves the files with the next change.
  }

  append(event: StoredEvent, places: Places): Promise<void> {
    const number = this.all.next++;
    this.numbers.set(event, number);
    const value = writeEvent(event);
    const put = (history: HistoryName | undefined): void => {
      this.changes.push({ type: 'put', key: keyOf(placeOf(this.realm, history), number), value });
    };
    if (places.retain) put(undefined);
    for (const history of places.histories) put(history);
    this.memory.append(event, places);
    return this.flush();
  }

  async forget(topic: Uri): Promise<boolean> {
    const had = this.memory.forget(topic);
    await this.flush();
    return had;
  }

  endSession(session: Id): Promise<void> {
    this.memory.endSession(session);
    return this.flush();
  }

  retained(uri: Uri, match: Match): readonly StoredEvent[] {
    return this.memory.retained(uri, match);
  }

  search(history: HistoryName, query: HistoryQuery): Iterator<readonly StoredEvent[]> {
    return this.memory.search(history, query);
  }

  /** The realm is opened again, perhaps with other bounds: this one is over. */
  handOver(): void {
    const { all, realm, memory } = this;
    const give = (events: readonly StoredEvent[], history: HistoryName | undefined): void => {
      const found = events.flatMap((event) => {
        const number = this.numbers.get(event);
        return number === undefined ? [] : [{ event, number }];
      });
      all.places.set(
        placeOf(realm, history),
        found.sort((a, b) => a.number - b.number),
      );
    };
    give(memory.retained('', 'prefix'), undefined);
    for (const { history, events } of memory.everything()) give(events, history);
    this.isOver = true;
  }

  private load(history: HistoryName | undefined): void {
    const place = placeOf(this.realm, history);
    const found = this.all.places.get(place) ?? [];
    this.all.places.delete(place);
    for (const { event, number } of found) {
      this.numbers.set(event, number);
      // Its session has ended with the process.
      if (history === undefined && event.session !== undefined) this.dropped(event, undefined);
      else this.memory.append(event, { retain: history === undefined, histories: history ? [history] : [] });
    }
  }

  private dropped(event: StoredEvent, history: HistoryName | undefined): void {
    const number = this.numbers.get(event);
    if (number !== undefined) this.changes.push({ type: 'del', key: keyOf(placeOf(this.realm, history), number) });
  }

  private flush(): Promise<void> {
    const { changes } = this;
    this.changes = [];
    if (this.isOver)
      return Promise.reject(new Error(`the realm ${this.realm} of the store was opened again, by another router perhaps`));
    return changes.length > 0 ? this.write(changes) : Promise.resolve();
  }
}
