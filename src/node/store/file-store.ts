/*
 * A store in files, by LevelDB (`classic-level`). Events are answered from memory, as by the default store; the files have a copy, which is read when the store is opened. So the
 * limits of memory are those of the files, and reading costs nothing. files.ts has the files, records.ts their form, commits.ts how they are written.
 */
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { type Check, oneOf } from '../../base/checks.ts';
import { makeDisposable } from '../../base/dispose.ts';
import { messageOf } from '../../base/errors.ts';
import { checkOptions, complain, type Known, string } from '../../base/options.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { writeEvent } from '../../router/store/event-bytes.ts';
import { MemoryRealm } from '../../router/store/memory-store.ts';
import type { HistoryName, HistoryQuery, Places, RealmStore, Store, StoreBounds, StoredEvent } from '../../router/store/store.ts';
import { type Change, Commits } from './commits.ts';
import { type Contents, Files, type Found, inUse, makeFolder } from './files.ts';
import { claim } from './owner.ts';
import { EVENT, keyOf, placeOf } from './records.ts';
import type { StoreConfig } from './store-config.ts';

/** How often events that are too old are looked for. */
const AGE_MS = 60_000;

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
  /** Those that it has now. */
  readonly records: ReadonlyMap<string, Uint8Array>;
  /** A record without a value is removed. Without records it waits until the files have all of the others. @returns When they are safe. */
  write(records: readonly { readonly key: string; readonly value: Uint8Array | undefined }[]): Promise<void>;
}

const known: Known & { readonly [name in keyof Required<StoreConfig>]: Check } = {
  folder: string,
  durability: oneOf('process', 'power'),
};

/**
 * Opens a store in files, for `new Router(config, { store })`. `serve` does it for the `store` of a configuration file.
 *
 * @throws An error with a text for people: the package `classic-level` is not installed, the folder cannot be made, the store is damaged, another process has it (`code` is
 *   `STORE_IN_USE`), or a newer version has written it. TypeError for wrong options.
 * @example const store = await openStore({ folder: 'data' });
 */
export async function openStore(options: StoreConfig): Promise<FileStore> {
  checkOptions('openStore', options, known);
  complain('folder of openStore', string, options.folder);
  const folder = path.resolve(options.folder);
  const sync = options.durability === 'power';
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new Error(`the folder of the store cannot be made: ${messageOf(cause)}`, { cause });
  }
  const release = claim(realpathSync(folder));
  if (!release) throw inUse(folder);
  try {
    return await storeOf(folder, sync, release);
  } catch (error) {
    release();
    throw error;
  }
}

async function storeOf(folder: string, sync: boolean, release: () => void): Promise<FileStore> {
  const all: All = { places: new Map(), next: 1 };
  const opened = new Map<string, FileRealm>();
  const tables = new Map<string, Promise<Table>>();
  const tableRecords = new Map<string, Map<string, Uint8Array>>();
  const files = new Files(folder, sync, () => contentsOf(all, opened.values(), tableRecords));
  try {
    take(all, await files.open());
  } catch (error) {
    await files.close();
    throw error;
  }
  const commits = new Commits((changes) => files.write(changes));
  let closing: Promise<void> | undefined;
  const write = (changes: readonly Change[]): Promise<void> =>
    closing ? Promise.reject(new Error(`the store ${folder} is closed`)) : commits.write(changes);
  const timer = setInterval(() => {
    for (const realm of opened.values()) realm.dropOld();
  }, AGE_MS).unref();
  const close = async (): Promise<void> => {
    clearInterval(timer);
    try {
      await commits.idle();
      await files.close();
    } finally {
      release();
    }
  };
  const store: Omit<FileStore, keyof AsyncDisposable> = {
    folder,
    open: (realm, bounds) => {
      opened.get(realm)?.handOver();
      const made = new FileRealm(realm, bounds, all, write);
      opened.set(realm, made);
      return made;
    },
    table: (kind) => {
      const start = `${kind} `;
      const opening = async (): Promise<Table> => {
        const records = await files.table(start);
        tableRecords.set(start, records);
        return tableOf(start, records, write);
      };
      const table = tables.get(kind) ?? opening();
      tables.set(kind, table);
      return table;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
  makeDisposable(store, () => store.close());
  return store;
}

interface Numbered {
  readonly event: StoredEvent;
  readonly number: number;
}

/** What the files have, by place. A place that no realm has asked for stays in the files as it is. */
interface All {
  readonly places: Map<string, readonly Numbered[]>;
  /** The number of the next record. */
  next: number;
}

function take(all: All, records: readonly Found[]): void {
  const places = new Map<string, Numbered[]>();
  for (const { place, number, event } of records) {
    all.next = Math.max(all.next, number + 1);
    const list = places.get(place);
    if (list) list.push({ event, number });
    else places.set(place, [{ event, number }]);
  }
  for (const [place, list] of places) all.places.set(place, list);
}

function contentsOf(
  { places }: All,
  realms: Iterable<FileRealm>,
  tables: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>,
): Contents {
  const records: Contents['records'] = new Map();
  for (const [place, events] of [...places, ...[...realms].flatMap((realm) => realm.places())])
    for (const { event, number } of events) records.set(keyOf(place, number), () => writeEvent(event));
  for (const [start, table] of tables) for (const [key, value] of table) records.set(start + key, () => value);
  return { starts: [EVENT, ...tables.keys()], records };
}

function tableOf(start: string, records: Map<string, Uint8Array>, write: (changes: readonly Change[]) => Promise<void>): Table {
  return {
    records,
    write: (changes) => {
      for (const { key, value } of changes) {
        if (value) records.set(key, value);
        else records.delete(key);
      }
      return write(
        changes.map(({ key, value }) => (value ? { type: 'put', key: start + key, value } : { type: 'del', key: start + key })),
      );
    },
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
    // What is beyond the bounds leaves the files.
    this.flush().catch(() => {});
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

  /** Forgets what is too old, also in the files. If that fails, `Files` does it later. */
  dropOld(): void {
    this.memory.dropOld();
    this.flush().catch(() => {});
  }

  /** All that it has, by place, in the order of the numbers. */
  places(): readonly (readonly [place: string, events: readonly Numbered[]])[] {
    return this.memory.everything().map(({ history, events }) => {
      const numbered = events.flatMap((event) => {
        const number = this.numbers.get(event);
        return number === undefined ? [] : [{ event, number }];
      });
      return [placeOf(this.realm, history), numbered.sort((a, b) => a.number - b.number)] as const;
    });
  }

  /** The realm is opened again, perhaps with other bounds: this one is over. */
  handOver(): void {
    for (const [place, events] of this.places()) this.all.places.set(place, events);
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
