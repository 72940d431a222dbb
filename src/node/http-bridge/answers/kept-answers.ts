/*
 * Answers that are kept by the `Idempotency-Key` of their requests (draft-ietf-httpapi-idempotency-key-header): a request that is sent again gets the same answer, and
 * is not carried out again. Each user has keys of their own. They are in memory, for a time, and up to a number of bytes: then the user that has most loses the oldest.
 */
import type { Kept, KeptAnswer, KeptBounds, KeyedRequest, KnownRequest } from '../../../router/together/kept.ts';

/** What an answer takes beside its body: so it bounds the number, too. */
const ENTRY_BYTES = 1024;
/** An answer may take this part of all bytes. */
const LARGEST = 16;

interface Entry extends KeyedRequest {
  /** Undefined: the request is running. */
  answer: KeptAnswer | 'long' | 'lost' | undefined;
  /** Which process carries it out. */
  readonly by: unknown;
  bytes: number;
  timer: NodeJS.Timeout | undefined;
}

interface Owned {
  readonly entries: Map<string, Entry>;
  bytes: number;
}

export class KeptAnswers implements Kept {
  private readonly bounds: KeptBounds;
  private readonly owners = new Map<string, Owned>();
  private bytes = 0;
  private isClosed = false;

  constructor(bounds: KeptBounds) {
    this.bounds = bounds;
  }

  /** How many are kept, with the requests that are running. */
  get size(): number {
    return [...this.owners.values()].reduce((sum, { entries }) => sum + entries.size, 0);
  }

  /** @param by - Of several processes, the one that carries it out. */
  begin(request: KeyedRequest, by?: unknown): KnownRequest {
    const known = this.entryOf(request);
    if (known) return known.fingerprint === request.fingerprint ? (known.answer ?? 'running') : 'other';
    const { maxBytes } = this.bounds;
    while (this.bytes + ENTRY_BYTES > maxBytes && this.dropOne());
    if (this.bytes + ENTRY_BYTES > maxBytes) return 'full';
    const { owner, key, fingerprint } = request;
    const entry: Entry = { owner, key, fingerprint, answer: undefined, by, bytes: 0, timer: undefined };
    const owned = this.owners.get(owner) ?? { entries: new Map(), bytes: 0 };
    this.owners.set(owner, owned);
    owned.entries.set(key, entry);
    this.grow(entry, ENTRY_BYTES);
    return 'new';
  }

  finish(request: KeyedRequest, answer: KeptAnswer): void {
    const entry = this.entryOf(request);
    if (entry) this.settle(entry, answer);
  }

  forget(request: KeyedRequest): void {
    const entry = this.entryOf(request);
    if (entry) this.remove(entry);
  }

  /** This process has ended, and nobody knows what came of its requests: they must not be carried out again. */
  lose(by: unknown): void {
    for (const { entries } of [...this.owners.values()])
      for (const entry of [...entries.values()]) if (entry.by === by && entry.answer === undefined) this.settle(entry, 'lost');
  }

  /** Forgets all answers, and those that come later, too. */
  close(): void {
    this.isClosed = true;
    for (const { entries } of [...this.owners.values()])
      for (const entry of [...entries.values()]) if (entry.answer !== undefined) this.remove(entry);
  }

  private entryOf({ owner, key }: KeyedRequest): Entry | undefined {
    return this.owners.get(owner)?.entries.get(key);
  }

  private settle(entry: Entry, answer: KeptAnswer | 'lost'): void {
    if (this.isClosed) return this.remove(entry);
    const { keepMs, maxBytes } = this.bounds;
    const size = answer === 'lost' ? 0 : (answer.body?.length ?? 0);
    const isLong = size > maxBytes / LARGEST;
    entry.answer = isLong ? 'long' : copied(answer);
    entry.timer = setTimeout(() => this.remove(entry), keepMs);
    entry.timer.unref();
    if (!isLong) this.grow(entry, size);
    while (this.bytes > maxBytes && this.dropOne());
  }

  private grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    this.bytes += bytes;
    const owned = this.owners.get(entry.owner);
    if (owned) owned.bytes += bytes;
  }

  private remove(entry: Entry): void {
    clearTimeout(entry.timer);
    const owned = this.owners.get(entry.owner);
    if (!owned?.entries.delete(entry.key)) return;
    this.grow(entry, -entry.bytes);
    if (owned.entries.size === 0) this.owners.delete(entry.owner);
  }

  /** Of the user that has most, the oldest. @returns False if all are running. */
  private dropOne(): boolean {
    let most = 0;
    let oldest: Entry | undefined;
    for (const { bytes, entries } of this.owners.values()) {
      if (bytes <= most) continue;
      const first = firstFinished(entries);
      if (first) [most, oldest] = [bytes, first];
    }
    if (oldest) this.remove(oldest);
    return oldest !== undefined;
  }
}

function firstFinished(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  for (const entry of entries.values()) if (entry.answer !== undefined) return entry;
  return undefined;
}

/** The body may be a part of a longer message, which is not needed any more. */
function copied(answer: KeptAnswer | 'lost'): KeptAnswer | 'lost' {
  return answer === 'lost' ? answer : { ...answer, body: answer.body && Uint8Array.from(answer.body) };
}
