/*
 * What the broker asks of the store of its realm. A store that is too slow for what is published is noticed, so that publishers wait instead of filling the memory.
 */
import type { Clock } from '../../base/clock.ts';
import { SerializationError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import { inMicrotask } from '../../transport/platform/tick.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import { matches } from '../patterns/pattern-index.ts';
import type { Audience, HistoryName, HistoryQuery, Places, RealmStore, StoredEvent, StoredPayload } from '../store/store.ts';
import { quietly } from '../turns/guarded.ts';
import type { LogEntry } from '../turns/log.ts';
import { after, type Soon, type StoreAnswer } from './store-answer.ts';
import { FAULT, StoreRequests } from './store-requests.ts';

/** When more than this waits to be kept, publishers wait as well. */
const MAX_EVENTS = 1024;
const MAX_BYTES = 2 ** 22;
/** What an event takes beside its payload. */
const OVERHEAD_BYTES = 512;

export interface KeepingParts {
  readonly store: RealmStore;
  readonly formats: Formats;
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
}

/** A question for retained events that is not answered yet, with what has changed meanwhile. */
interface Reading {
  readonly uri: Uri;
  readonly match: Match;
  readonly changes: ((events: readonly StoredEvent[]) => readonly StoredEvent[])[];
}

/** The next events that were found; undefined: there are no more. */
type Found = StoreAnswer<readonly StoredEvent[] | undefined>;

/** A search in a history. */
export interface Finding {
  next(): Soon<Found>;
  /** It is not needed any more. */
  end(): void;
}

/** What else is kept with an event. */
export interface KeptWith {
  readonly topic: Uri;
  readonly audience: Audience | undefined;
  readonly excluded: Id | undefined;
  readonly session: Id | undefined;
}

/** The other nodes of a cluster. */
type Others = Pick<Elsewhere, 'kept' | 'confirmed'>;

export class Keeping {
  private others: Others | undefined;
  private readonly store: RealmStore;
  private readonly requests: StoreRequests;
  private readonly formats: Formats;
  private readonly clock: Clock;
  private readonly log: (entry: LogEntry) => void;
  private readonly readings = new Set<Reading>();
  /** Sessions with retained events that end with them. */
  private readonly bound = new Set<Id>();
  private waiting = 0;
  private waitingBytes = 0;
  /** There was an event that cannot be kept. */
  private hasUnfit = false;

  constructor({ store, formats, clock, log }: KeepingParts) {
    this.store = store;
    this.requests = new StoreRequests(clock, log);
    this.formats = formats;
    this.clock = clock;
    this.log = log;
  }

  /** From now on the store is that of all nodes of a cluster. */
  join(others: Others): void {
    this.others = others;
  }

  /** Resolves when the store has answered all changes that were asked of it before. */
  settled(): Promise<void> {
    return this.requests.settled();
  }

  /** So much waits to be kept that publishers should wait, too. */
  get isFull(): boolean {
    return this.waiting > MAX_EVENTS || this.waitingBytes > MAX_BYTES;
  }

  /** The form in which an event is kept: its payload is copied, without the frame that it came in. */
  stored({ publication, details, args, kwargs, carried }: Omit<Event, 'subscription'>, kept: KeptWith): StoreAnswer<StoredEvent> {
    try {
      const payload = carried ? copyOf(carried) : args || kwargs ? this.written({ args, kwargs }) : undefined;
      return { value: { publication, time: this.clock.now(), details, payload, ...kept } };
    } catch (error) {
      if (!(error instanceof SerializationError)) throw error;
      if (!this.hasUnfit)
        this.log({ level: 'warn', message: `an event is not kept, and perhaps further ones (logged once): ${error.message}` });
      this.hasUnfit = true;
      return { fault: { uri: 'wamp.error.invalid_argument', text: error.message } };
    }
  }

  /** The payload of an event that was kept. */
  carried({ payload }: StoredEvent): Carried | undefined {
    return payload && Carried.again(this.formats[payload.serializer], payload.args, payload.kwargs);
  }

  /** Another node has retained an event. */
  heard(event: StoredEvent): void {
    this.note(event.topic, (events) => [...events.filter(({ publication }) => publication !== event.publication), event]);
  }

  /** Another node has forgotten the retained events of a topic. */
  heardForget(topic: Uri): void {
    this.note(topic, (events) => events.filter((each) => each.topic !== topic));
  }

  append(event: StoredEvent, places: Places): Soon<StoreAnswer<void>> {
    if (places.retain) this.heard(event);
    const answer = this.requests.change('keep an event', () => this.store.append(event, places));
    if (!(answer instanceof Promise)) return answer;
    const { args, kwargs } = event.payload ?? {};
    const bytes = OVERHEAD_BYTES + (args?.length ?? 0) + (kwargs?.length ?? 0);
    this.waiting++;
    this.waitingBytes += bytes;
    return answer.then((known) => {
      this.waiting--;
      this.waitingBytes -= bytes;
      return known;
    });
  }

  forget(topic: Uri): Soon<StoreAnswer<boolean>> {
    this.heardForget(topic);
    return this.requests.change('forget a retained event', () => this.store.forget(topic));
  }

  /** From now on this session has retained events that end with it. */
  bind(session: Id): void {
    this.bound.add(session);
  }

  endSession(session: Id): void {
    if (!this.bound.delete(session)) return;
    this.heardEnd(session);
    this.endSessionOf(session);
  }

  /** A session of another node has ended. */
  heardEnd(session: Id): void {
    for (const reading of this.readings) reading.changes.push((events) => events.filter((each) => each.session !== session));
  }

  /** The same, if its node could not do it. */
  endSessionOf(session: Id): void {
    void this.requests.change('forget the retained events of a session', () => this.store.endSession(session));
  }

  /** The retained events of the topics that match, as they are when the answer is read: in the microtask in which it comes. */
  retained(uri: Uri, match: Match): Soon<StoreAnswer<readonly StoredEvent[]>> {
    const { others } = this;
    const reading: Reading = { uri, match, changes: [] };
    const read = (): Soon<StoreAnswer<readonly StoredEvent[]>> => {
      this.readings.add(reading);
      return this.requests.ask('read retained events', () => this.store.retained(uri, match));
    };
    const kept = others?.kept();
    const found = kept ? kept.then(read) : read();
    // All that other nodes have published before the store answered is here.
    const answer =
      found instanceof Promise ? found.then((known) => after(others?.confirmed(), known)) : after(others?.confirmed(), found);
    if (!(answer instanceof Promise)) {
      this.readings.delete(reading);
      return answer;
    }
    return answer.then((known) => {
      // The request that waits for it continues one microtask later. Something may change before that, so changes count until then.
      inMicrotask(() => inMicrotask(() => this.readings.delete(reading)));
      if ('fault' in known) return known;
      return {
        get value() {
          return reading.changes.reduce((events, change) => change(events), known.value);
        },
      };
    });
  }

  search(history: HistoryName, query: HistoryQuery): Finding {
    const kept = this.others?.kept();
    if (!kept) return this.find(history, query);
    const begun = kept.then(() => this.find(history, query));
    return { next: () => begun.then((finding) => finding.next()), end: () => void begun.then((finding) => finding.end()) };
  }

  private find(history: HistoryName, query: HistoryQuery): Finding {
    const what = 'search a history';
    const events = this.requests.begin(what, () => this.store.search(history, query));
    if (!events) return { next: () => FAULT, end: () => {} };
    const known = (answer: StoreAnswer<IteratorResult<readonly StoredEvent[]>>): Found =>
      'fault' in answer ? answer : { value: answer.value.done === true ? undefined : answer.value.value };
    return {
      next: () => {
        const next = this.requests.ask(what, () => events.next());
        return next instanceof Promise ? next.then(known) : known(next);
      },
      end: () =>
        quietly(
          this.requests.begin(what, () => events.return?.()),
          (error) => this.requests.failed(what, error),
        ),
    };
  }

  /** Retained events of this topic change while somebody waits for them. */
  private note(topic: Uri, change: Reading['changes'][number]): void {
    for (const { uri, match, changes } of this.readings) if (matches(uri, match, topic)) changes.push(change);
  }

  /** In the format that has all values of the payload model. */
  private written({ args, kwargs }: Pick<Event, 'args' | 'kwargs'>): StoredPayload | undefined {
    const { cbor } = this.formats;
    const carried = Carried.of(cbor, cbor.encode(args ?? []), kwargs && cbor.encode(kwargs));
    return carried && copyOf(carried);
  }
}

function copyOf({ format, args, kwargs }: Carried): StoredPayload {
  return {
    serializer: format.name,
    ...(args ? { args: new Uint8Array(args) } : {}),
    ...(kwargs ? { kwargs: new Uint8Array(kwargs) } : {}),
  };
}
