/*
 * Answers that are kept by the `Idempotency-Key` of their requests (draft-ietf-httpapi-idempotency-key-header): a request that is sent again gets the same answer, and
 * is not carried out again. Each user has keys of their own. They are in memory, for a time, and up to a number of bytes: then the user that has most loses the oldest.
 */
import { HttpProblem, UNAVAILABLE } from '../requests/problems.ts';
import type { Answer } from './answers.ts';

/** What an answer takes beside its body: so it bounds the number, too. */
const ENTRY_BYTES = 1024;
/** An answer may take this part of all bytes. */
const LARGEST = 16;

/** Which request it is. */
export interface KeyedRequest {
  /** Whose key it is. */
  readonly owner: string;
  readonly key: string;
  /** A hash of all that must be the same when it comes again. */
  readonly fingerprint: string;
}

/** What came of a request. */
export interface Outcome {
  readonly answer: Answer;
  /** Nothing was done, so the same request may be carried out later. */
  readonly isUndone: boolean;
}

interface Entry extends KeyedRequest {
  /** Undefined: the request is running. `long`: its answer was too long to be kept. */
  answer: Answer | 'long' | undefined;
  bytes: number;
  timer: NodeJS.Timeout | undefined;
}

interface Owned {
  readonly entries: Map<string, Entry>;
  bytes: number;
}

export class KeptAnswers {
  private readonly keepMs: number;
  private readonly maxBytes: number;
  private readonly owners = new Map<string, Owned>();
  private bytes = 0;
  private isClosed = false;

  /** @param keepMs - How long an answer is kept, in milliseconds. */
  constructor(keepMs: number, maxBytes: number) {
    this.keepMs = keepMs;
    this.maxBytes = maxBytes;
  }

  /** How many are kept, with the requests that are running. */
  get size(): number {
    return [...this.owners.values()].reduce((sum, { entries }) => sum + entries.size, 0);
  }

  /**
   * Carries out a request, if it has not been carried out before.
   *
   * @throws HttpProblem 409 if it is running; 422 if another request had the same key; 503 without room.
   */
  async once(request: KeyedRequest, work: () => Promise<Outcome>): Promise<Answer> {
    const known = this.owners.get(request.owner)?.entries.get(request.key);
    if (known) return kept(known, request);
    const entry = this.begin(request);
    try {
      const { answer, isUndone } = await work();
      if (isUndone || this.isClosed) this.forget(entry);
      else this.finish(entry, answer);
      return answer;
    } catch (error) {
      this.forget(entry);
      throw error;
    }
  }

  /** Forgets all answers, and those that come later, too. */
  close(): void {
    this.isClosed = true;
    for (const { entries } of [...this.owners.values()])
      for (const entry of [...entries.values()]) if (entry.answer !== undefined) this.forget(entry);
  }

  private begin(request: KeyedRequest): Entry {
    while (this.bytes + ENTRY_BYTES > this.maxBytes && this.dropOne());
    if (this.bytes + ENTRY_BYTES > this.maxBytes)
      throw new HttpProblem(503, 'too many requests with an Idempotency-Key run at once', { uri: UNAVAILABLE });
    const entry: Entry = { ...request, answer: undefined, bytes: 0, timer: undefined };
    const owned = this.owners.get(request.owner) ?? { entries: new Map(), bytes: 0 };
    this.owners.set(request.owner, owned);
    owned.entries.set(request.key, entry);
    this.grow(entry, ENTRY_BYTES);
    return entry;
  }

  private finish(entry: Entry, answer: Answer): void {
    const size = answer.body?.length ?? 0;
    const isLong = size > this.maxBytes / LARGEST;
    // The body may be a part of a longer message, which is not needed any more.
    entry.answer = isLong ? 'long' : { ...answer, body: answer.body && Uint8Array.from(answer.body) };
    entry.timer = setTimeout(() => this.forget(entry), this.keepMs);
    entry.timer.unref();
    if (!isLong) this.grow(entry, size);
    while (this.bytes > this.maxBytes && this.dropOne());
  }

  private grow(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    this.bytes += bytes;
    const owned = this.owners.get(entry.owner);
    if (owned) owned.bytes += bytes;
  }

  private forget(entry: Entry): void {
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
    if (oldest) this.forget(oldest);
    return oldest !== undefined;
  }
}

function firstFinished(entries: ReadonlyMap<string, Entry>): Entry | undefined {
  for (const entry of entries.values()) if (entry.answer !== undefined) return entry;
  return undefined;
}

function kept({ answer, fingerprint }: Entry, request: KeyedRequest): Answer {
  if (fingerprint !== request.fingerprint)
    throw new HttpProblem(422, 'expected a new Idempotency-Key for another request, got the key of an earlier one');
  if (answer === undefined)
    throw new HttpProblem(409, 'the request with this Idempotency-Key is still running', { headers: { 'retry-after': '1' } });
  if (answer === 'long')
    throw new HttpProblem(409, 'the request with this Idempotency-Key was carried out, but its answer was too long to be kept');
  return { ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } };
}
