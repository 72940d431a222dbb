/*
 * The files of a store, by LevelDB (`classic-level`). After a write that failed, LevelDB may say that later ones are safe although it cannot read them again. So the files are
 * opened again then, and made equal to what the store has in memory; the same if somebody has deleted them.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { show } from '../../base/checks.ts';
import { messageOf } from '../../base/errors.ts';
import { readEvent } from '../../router/store/event-bytes.ts';
import type { StoredEvent } from '../../router/store/store.ts';
import type { Change } from './commits.ts';
import { isSigned, nameOwner, sign, signatureOfThis } from './owner.ts';
import { EVENT, endOf, FORMAT, FORMAT_KEY, type RecordKey, readKey } from './records.ts';

/** The shortest time between two attempts to open the files again, and between two looks whether they are there. */
const RETRY_MS = 1000;
/** So many records are written at once when the files are made equal to the memory. */
const RECORDS_A_WRITE = 1000;

export interface Found extends RecordKey {
  readonly event: StoredEvent;
}

/** What the files should have. */
export interface Contents {
  /** All keys begin with one of these. What begins otherwise is not touched. */
  readonly starts: readonly string[];
  /** By key. A value is made when it is written. */
  readonly records: Map<string, () => Uint8Array>;
}

export class Files {
  readonly folder: string;
  private readonly sync: boolean;
  private readonly contents: () => Contents;
  private db: Level | undefined;
  private readonly signature = signatureOfThis();
  /** Of the last write, or of the attempt to open the files after it. */
  private failure: { readonly error: unknown } | undefined;
  /** By `performance.now()`. */
  private triedAt = Number.NEGATIVE_INFINITY;
  private seenAt = Number.NEGATIVE_INFINITY;

  /**
   * @param folder - Absolute.
   * @param sync - Whether a write waits for the disk.
   * @param contents - As it is in memory.
   */
  constructor(folder: string, sync: boolean, contents: () => Contents) {
    this.folder = folder;
    this.sync = sync;
    this.contents = contents;
  }

  /** Opens the files for the first time. @returns All records, in the order of their keys. */
  async open(): Promise<readonly Found[]> {
    const db = await openLevel(this.folder);
    this.db = db;
    await checkFormat(db, this.folder);
    sign(this.folder, this.signature);
    const found: Found[] = [];
    try {
      for await (const [key, value] of db.iterator({ gt: EVENT, lt: endOf(EVENT) }))
        found.push({ ...readKey(key), event: readRecord(key, value) });
    } catch (cause) {
      throw damaged(this.folder, cause);
    }
    return found;
  }

  /** The records of another kind, by the rest of their keys. */
  async table(start: string): Promise<Map<string, Uint8Array>> {
    const { db } = this;
    if (!db) throw new Error(`the store ${this.folder} is closed`);
    const found = new Map<string, Uint8Array>();
    for await (const [key, value] of db.iterator({ gt: start, lt: endOf(start) })) found.set(key.slice(start.length), value);
    return found;
  }

  /** Writes all of these changes, or none. */
  async write(changes: Change[]): Promise<void> {
    this.look();
    const db = this.failure ? await this.openAgain(this.failure.error) : this.db;
    if (!db) throw new Error(`the store ${this.folder} is closed`);
    try {
      await db.batch(changes, { sync: this.sync });
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Files that could not be written, or that were deleted, get what they lack now: later nobody has it. */
  async close(): Promise<void> {
    if (this.db) {
      this.seenAt = Number.NEGATIVE_INFINITY;
      this.look();
    }
    this.triedAt = Number.NEGATIVE_INFINITY;
    if (this.failure) await this.openAgain(this.failure.error).catch(() => {}); // the writes that failed were reported
    await this.shut();
  }

  private async shut(): Promise<void> {
    const { db } = this;
    this.db = undefined;
    await db?.close();
  }

  /** LevelDB notices neither that its files are deleted, nor that a lock does not hold: if its file was deleted, or on some network disks. */
  private look(): void {
    const now = performance.now();
    if (this.failure || now - this.seenAt < RETRY_MS) return;
    this.seenAt = now;
    if (existsSync(path.join(this.folder, 'CURRENT')) && isSigned(this.folder, this.signature)) return;
    this.triedAt = Number.NEGATIVE_INFINITY;
    this.failure = { error: new Error(`the files of the store ${this.folder} were changed from outside`) };
  }

  private async openAgain(error: unknown): Promise<Level> {
    const now = performance.now();
    if (now - this.triedAt < RETRY_MS) throw error;
    this.triedAt = now;
    try {
      await this.shut();
      this.checkOwner(); // before files of another process are touched
      const db = await openLevel(this.folder);
      this.db = db;
      this.checkOwner();
      sign(this.folder, this.signature);
      await checkFormat(db, this.folder);
      await this.restore(db);
      this.failure = undefined;
      return db;
    } catch (cause) {
      this.failure = { error: cause };
      throw cause;
    }
  }

  private checkOwner(): void {
    if (isSigned(this.folder, this.signature)) return;
    throw new Error(`the store ${this.folder} was used by ${nameOwner(this.folder)}: this process must be started again`);
  }

  /** What changes meanwhile is written later: the same changes again do no harm. */
  private async restore(db: Level): Promise<void> {
    const { starts, records: missing } = this.contents();
    let changes: Change[] = [];
    const flush = async (): Promise<void> => {
      const group = changes;
      changes = [];
      await db.batch(group, { sync: this.sync });
    };
    for (const start of starts) {
      for await (const key of db.keys({ gt: start, lt: endOf(start) })) {
        if (!missing.delete(key)) changes.push({ type: 'del', key });
        if (changes.length === RECORDS_A_WRITE) await flush();
      }
    }
    for (const [key, value] of missing) {
      changes.push({ type: 'put', key, value: value() });
      if (changes.length === RECORDS_A_WRITE) await flush();
    }
    await flush();
  }
}

type Level = Awaited<ReturnType<typeof openLevel>>;

async function openLevel(folder: string) {
  makeFolder(folder);
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

/** With those around it. `recursive` of Node.js tries for ever where no folder can be made, as in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return;
  const around = path.dirname(folder);
  if (around !== folder) makeFolder(around);
  mkdirSync(folder, { mode: 0o700 });
}

export function inUse(folder: string, cause?: unknown): Error {
  const error = new Error(`the store ${folder} is in use by ${nameOwner(folder)}`, { cause });
  return Object.assign(error, { code: 'STORE_IN_USE' });
}

function damaged(folder: string, cause: unknown): Error {
  return new Error(`the store ${folder} is damaged: ${messageOf(cause)}`, { cause });
}

async function checkFormat(db: Level, folder: string): Promise<void> {
  const found = await db.get(FORMAT_KEY).catch((cause: unknown) => {
    throw damaged(folder, cause);
  });
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

function readRecord(key: string, value: Uint8Array): StoredEvent {
  try {
    return readEvent(value);
  } catch (cause) {
    throw new Error(`the record ${key} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
