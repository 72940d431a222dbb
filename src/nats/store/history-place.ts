/*
 * A history. What is published while a message is on its way goes out together in the next one, so order holds also when a message must be sent again.
 */
import type { JsMsg } from '@nats-io/jetstream';
import type { Id } from '../../base/words.ts';
import { readEvent, writeEvent } from '../../router/store/event-bytes.ts';
import { MemoryRealm } from '../../router/store/memory-store.ts';
import type { HistoryBounds, HistoryQuery, StoreBounds, StoredEvent } from '../../router/store/store.ts';
import { checkAge } from './line.ts';
import { Log } from './log.ts';
import { placeOf } from './names.ts';
import { type Host, nanosOf, OVERHEAD_BYTES, readBody, SLACK_BYTES, writeBody } from './place.ts';

/** A message takes more events until it is so long. */
const MESSAGE_BYTES = 2 ** 18;

interface Waiting {
  readonly since: number;
  readonly bytes: Uint8Array;
  resolve(): void;
  reject(error: unknown): void;
}

export class HistoryPlace {
  readonly log: Log;
  private readonly host: Host;
  private readonly subject: string;
  private readonly history: HistoryBounds;
  private memory: MemoryRealm;
  private waiting: Waiting[] = [];
  private isRunning = false;
  /** The last event that was appended here. */
  private last: Promise<void> = Promise.resolve();
  /** What was appended here after a search began, and before it has its events. */
  private readonly searches = new Set<Set<Id>>();

  constructor(host: Host, realm: string, history: HistoryBounds, bounds: StoreBounds) {
    const place = placeOf(host.name, realm, history);
    const empty = (): MemoryRealm =>
      new MemoryRealm({ ...bounds, histories: [history], now: () => bounds.now(), spend: (units) => bounds.spend(units) });
    this.host = host;
    this.subject = `${place.subject}.events`;
    this.history = history;
    this.memory = empty();
    this.log = new Log({
      line: host.line,
      place,
      replicas: host.replicas,
      isEager: true,
      warn: host.warn,
      bounds: {
        max_msgs: history.limit,
        max_bytes: 2 * history.maxBytes + SLACK_BYTES,
        max_age: nanosOf(history.maxAgeMs),
        max_msgs_per_subject: -1,
      },
      apply: (message) => this.apply(message),
      reset: () => {
        this.memory = empty();
      },
    });
    this.log.caughtUp().catch(() => {}); // the first request tries again
  }

  append(event: StoredEvent): Promise<void> {
    for (const later of this.searches) later.add(event.publication);
    const bytes = writeEvent(event);
    const added = new Promise<void>((resolve, reject) => {
      this.waiting.push({ bytes, since: performance.now(), resolve, reject });
    });
    this.last = added.catch(() => {});
    if (!this.isRunning) void this.run();
    return added;
  }

  search(query: HistoryQuery): AsyncIterator<readonly StoredEvent[]> {
    const later = new Set<Id>();
    this.searches.add(later);
    const begin = async (before: Promise<void>): Promise<readonly [Iterator<readonly StoredEvent[]>, Piece]> => {
      await before;
      await this.log.caughtUp();
      const found = this.memory.search(this.history, query);
      return [found, found.next()];
    };
    let first: Piece | undefined;
    const begun = this.host.inTime(begin(this.last)).then(([found, piece]) => {
      first = piece;
      return found;
    });
    begun.catch(() => {}).finally(() => this.searches.delete(later)); // `next` reports it
    return {
      next: async () => {
        const found = await begun;
        const { done, value } = first ?? found.next();
        first = undefined;
        if (done) return { done: true, value: undefined };
        return { done: false, value: later.size > 0 ? value.filter(({ publication }) => !later.has(publication)) : value };
      },
      return: async () => ({ done: true, value: undefined }),
    };
  }

  settled(): Promise<void> {
    return this.last;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    await Promise.resolve(); // messages of the same read go together
    while (this.waiting.length > 0) {
      const group = this.take();
      try {
        checkAge(Math.min(...group.map(({ since }) => since)));
        const body = writeBody(this.host.writer, [group.map(({ bytes }) => bytes)]);
        const seq = await this.log.add(this.subject, body, this.host.nextId());
        void this.log.reached(seq).then(
          () => group.forEach(({ resolve }) => void resolve()),
          (error) => group.forEach(({ reject }) => void reject(error)),
        );
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.isRunning = false;
  }

  /** The first of those that wait, until the message is full. */
  private take(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    const most = Math.min(MESSAGE_BYTES, this.log.maxBytes - OVERHEAD_BYTES);
    for (const { bytes: next } of this.waiting) {
      bytes += next.length + 9; // what CBOR adds
      if (count > 0 && bytes > most) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private apply(message: JsMsg): void {
    const [, events] = readBody(message.data);
    if (!Array.isArray(events)) throw new TypeError('expected events');
    for (const bytes of events)
      if (bytes instanceof Uint8Array) this.memory.append(readEvent(bytes), { retain: false, histories: [this.history] });
  }
}

type Piece = IteratorResult<readonly StoredEvent[]>;
