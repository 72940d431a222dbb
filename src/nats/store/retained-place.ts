/*
 * The retained events of a realm. The stream has one message for each topic, since a later one on the same subject replaces it; events for a limited audience have a subject each.
 * What takes events back is a message, too. All nodes apply them in the order of the stream; the node that has written one removes from the stream what it made void.
 */
import type { JsMsg } from '@nats-io/jetstream';
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { readEvent, writeEvent } from '../../router/store/event-bytes.ts';
import { MemoryRealm } from '../../router/store/memory-store.ts';
import { MAX_LIMITED } from '../../router/store/retained-events.ts';
import type { StoreBounds, StoredEvent } from '../../router/store/store.ts';
import { Garbage } from './garbage.ts';
import { Log } from './log.ts';
import { Marks } from './marks.ts';
import { placeOf, tokenOf } from './names.ts';
import { type Host, nanosOf, readBody, SLACK_BYTES, writeBody } from './place.ts';
import { Turns } from './turns.ts';
import { isAlive } from './writers.ts';

/** So many more messages than topics: those that take something back. */
const SLACK_MESSAGES = 1000;

interface Unsent {
  event: StoredEvent;
  readonly done: Promise<void>;
}

export class RetainedPlace {
  readonly log: Log;
  private readonly host: Host;
  private readonly subject: string;
  private memory: MemoryRealm;
  private marks = new Marks();
  private readonly garbage: Garbage;
  private readonly turns = new Turns();
  /** Events for everybody that were not sent yet. A later one goes out instead. */
  private readonly unsent = new Map<Uri, Unsent>();
  /** By the id of a message of this store: whether the topic had retained events. */
  private readonly forgotten = new Map<string, boolean | undefined>();
  private opening: Promise<void> | undefined;

  constructor(host: Host, realm: string, bounds: StoreBounds) {
    const place = placeOf(host.name, realm, undefined);
    const empty = (): MemoryRealm =>
      new MemoryRealm({ ...bounds, histories: [], now: () => bounds.now(), spend: (units) => bounds.spend(units) });
    this.host = host;
    this.subject = place.subject;
    this.memory = empty();
    this.garbage = new Garbage(host.line, place.stream);
    this.log = new Log({
      line: host.line,
      place,
      replicas: host.replicas,
      isEager: false,
      warn: host.warn,
      bounds: {
        max_msgs: (MAX_LIMITED + 1) * bounds.maxRetainedTopics + SLACK_MESSAGES,
        max_bytes: 2 * bounds.maxRetainedBytes + SLACK_BYTES,
        max_age: nanosOf(bounds.maxRetainedAgeMs),
        max_msgs_per_subject: 1,
      },
      apply: (message) => this.apply(message),
      reset: () => {
        this.memory = empty();
        this.marks = new Marks();
        this.garbage.reset();
      },
    });
    this.opened().catch(() => {}); // the first request tries again
  }

  append(event: StoredEvent): Promise<void> {
    const { topic, audience } = event;
    const waiting = this.unsent.get(topic);
    if (waiting && audience === undefined) {
      waiting.event = event;
      return waiting.done;
    }
    const token = tokenOf(topic);
    if (audience !== undefined) {
      this.unsent.delete(topic);
      return this.turns.take(topic, () => this.send(`t.${token}.limited.${event.publication}`, [writeEvent(event)])).done;
    }
    let latest: Unsent = { event, done: Promise.resolve() };
    const { done } = this.turns.take(topic, () => {
      if (this.unsent.get(topic) === latest) this.unsent.delete(topic);
      return this.send(`t.${token}.event`, [writeEvent(latest.event)]);
    });
    latest = { event, done };
    this.unsent.set(topic, latest);
    return done;
  }

  async forget(topic: Uri): Promise<boolean> {
    this.unsent.delete(topic);
    const id = this.host.nextId();
    this.forgotten.set(id, undefined);
    try {
      await this.turns.take(topic, async () => {
        await this.opened();
        await this.log.caughtUp();
        if (this.memory.retained(topic, 'exact').length > 0) return this.send(`t.${tokenOf(topic)}.forget.${id}`, [topic, id]);
        this.forgotten.set(id, false);
        return async () => {};
      }).done;
      return this.forgotten.get(id) ?? true;
    } finally {
      this.forgotten.delete(id);
    }
  }

  endSession(session: Id): Promise<void> {
    return this.turns.after(async () => {
      await this.opened();
      await this.log.caughtUp();
      if (this.marks.ofSession(session).length === 0) return async () => {};
      return this.send(`end.${this.host.nextId()}`, [session]);
    });
  }

  async retained(uri: Uri, match: Match): Promise<readonly StoredEvent[]> {
    await this.turns.settled();
    await this.opened();
    await this.log.caughtUp();
    this.marks.begin(this.log.first);
    return this.memory.retained(uri, match);
  }

  settled(): Promise<void> {
    return this.turns.settled();
  }

  /** Removes from the stream what no node needs any more. */
  collect(): void {
    this.garbage.collect();
  }

  /** @returns What waits until this node has applied it. */
  private async send(subject: string, values: readonly unknown[]): Promise<() => Promise<void>> {
    const body = writeBody(this.host.writer, values);
    const seq = await this.log.add(`${this.subject}.${subject}`, body, this.host.nextId());
    return () => this.log.reached(seq);
  }

  /** All is here, and events are gone whose sessions belonged to nodes that have ended meanwhile. */
  private opened(): Promise<void> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async open(): Promise<void> {
    await this.log.caughtUp();
    for (const writer of this.marks.writers) {
      if (await isAlive(this.host, writer)) continue;
      const reached = await this.send(`gone.${this.host.nextId()}`, [writer]);
      await reached();
    }
  }

  private apply(message: JsMsg): void {
    const [writer, value, id] = readBody(message.data);
    const [kind, , what = kind] = message.subject.slice(this.subject.length + 1).split('.');
    // The one that has written it does it, unless it has ended.
    const cleans = writer === this.host.writer || this.garbage.isOld(message);
    if (value instanceof Uint8Array) this.applyEvent(message.seq, readEvent(value), writer, cleans);
    else if (what === 'forget' && typeof value === 'string') {
      const had = this.memory.forget(value);
      for (const mark of this.marks.of(value)) this.marks.remove(mark);
      if (typeof id === 'string' && this.forgotten.has(id)) this.forgotten.set(id, had);
      if (cleans) this.garbage.purge(`${this.subject}.t.${tokenOf(value)}.>`, message.seq);
      this.garbage.later(message, writer === this.host.writer);
    } else {
      const sessions =
        kind === 'end' && typeof value === 'number' ? [value] : kind === 'gone' ? this.marks.sessionsOf(String(value)) : undefined;
      if (!sessions) throw new TypeError(`expected a message of this version, got ${message.subject}`);
      for (const session of sessions) this.end(session, cleans);
      this.garbage.later(message, writer === this.host.writer);
    }
  }

  private applyEvent(seq: number, event: StoredEvent, writer: string, cleans: boolean): void {
    const { topic, session, audience } = event;
    this.memory.append(event, { retain: true, histories: [] });
    const isLimited = audience !== undefined;
    const before = this.marks.of(topic);
    const replaced = isLimited ? before.filter((mark) => mark.isLimited).slice(0, 1 - MAX_LIMITED) : before;
    for (const mark of replaced) {
      this.marks.remove(mark);
      if (mark.isLimited && cleans) this.garbage.remove(mark.seq);
    }
    if (isLimited || session !== undefined) this.marks.add({ seq, topic, isLimited, session, writer });
  }

  private end(session: Id, cleans: boolean): void {
    this.memory.endSession(session);
    for (const mark of this.marks.ofSession(session)) {
      this.marks.remove(mark);
      if (cleans) this.garbage.remove(mark.seq);
    }
  }
}
