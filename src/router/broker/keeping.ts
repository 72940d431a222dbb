/*
 * What the broker asks of the store of its realm. A store may answer at once, late or never, or throw: here every answer comes in time, and none is an
 * exception. A store that is too slow for what is published is noticed, so that publishers wait instead of filling the memory.
 */
import type { Clock } from '../../base/clock.ts';
import { messageOf, SerializationError } from '../../base/errors.ts';
import { type Awaitable, type Id, isThenable, type Uri } from '../../base/words.ts';
import type { Event } from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Formats } from '../../serializer/formats/formats.ts';
import { inMicrotask } from '../../transport/platform/tick.ts';
import { matches } from '../patterns/pattern-index.ts';
import type { Audience, HistoryName, HistoryQuery, Places, RealmStore, StoredEvent, StoredPayload } from '../store/store.ts';
import { quietly } from '../turns/guarded.ts';
import type { LogEntry } from '../turns/log.ts';
import { after, type Soon, type StoreAnswer, type StoreFault } from './store-answer.ts';

/** How long a store may take. */
const TIMEOUT_MS = 10_000;
/** When more than this waits to be kept, publishers wait as well. */
const MAX_EVENTS = 1024;
const MAX_BYTES = 2 ** 22;
/** What an event takes beside its payload. */
const OVERHEAD_BYTES = 512;

export const STORE_FAILED = 'autostrada.error.store_failed';

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

export class Keeping {
  private readonly store: RealmStore;
  private readonly formats: Formats;
  private readonly clock: Clock;
  private readonly log: (entry: LogEntry) => void;
  private readonly readings = new Set<Reading>();
  /** Sessions with retained events that end with them. */
  private readonly bound = new Set<Id>();
  private waiting = 0;
  private waitingBytes = 0;
  /** A failure is logged when it begins and when it is over. */
  private isFailing = false;
  /** There was an event that cannot be kept. */
  private hasUnfit = false;

  constructor({ store, formats, clock, log }: KeepingParts) {
    this.store = store;
    this.formats = formats;
    this.clock = clock;
    this.log = log;
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
    const answer = this.ask('keep an event', () => this.store.append(event, places));
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
    return this.ask('forget a retained event', () => this.store.forget(topic));
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
    void this.ask('forget the retained events of a session', () => this.store.endSession(session));
  }

  /**
   * The retained events of the topics that match, as they are when the answer is read: in the microtask in which it comes.
   *
   * @param arrived - In a cluster: all that other nodes have published before the store answered is here.
   */
  retained(
    uri: Uri,
    match: Match,
    arrived: () => Promise<void> | undefined = () => undefined,
  ): Soon<StoreAnswer<readonly StoredEvent[]>> {
    const found = this.ask('read retained events', () => this.store.retained(uri, match));
    const answer = found instanceof Promise ? found.then((known) => after(arrived(), known)) : after(arrived(), found);
    if (!(answer instanceof Promise)) return answer;
    const reading: Reading = { uri, match, changes: [] };
    this.readings.add(reading);
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
    const what = 'search a history';
    const events = this.begin(what, () => this.store.search(history, query));
    if (!events) return { next: () => FAULT, end: () => {} };
    const known = (answer: StoreAnswer<IteratorResult<readonly StoredEvent[]>>): Found =>
      'fault' in answer ? answer : { value: answer.value.done === true ? undefined : answer.value.value };
    return {
      next: () => {
        const next = this.ask(what, () => events.next());
        return next instanceof Promise ? next.then(known) : known(next);
      },
      end: () =>
        quietly(
          this.begin(what, () => events.return?.()),
          (error) => this.failed(what, error),
        ),
    };
  }

  /** Undefined: it failed. */
  private begin<T>(what: string, request: () => T): T | undefined {
    try {
      return request();
    } catch (error) {
      this.failed(what, error);
      return undefined;
    }
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

  private ask<T>(what: string, request: () => Awaitable<T>): Soon<StoreAnswer<T>> {
    try {
      const answer = request();
      if (isThenable(answer)) return this.inTime(what, answer);
      if (this.isFailing) this.works();
      return { value: answer };
    } catch (error) {
      return this.failed(what, error);
    }
  }

  private inTime<T>(what: string, answer: PromiseLike<T>): Promise<StoreAnswer<T>> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimeout(() => resolve(this.failed(what, new Error(`no answer in ${TIMEOUT_MS} ms`))), TIMEOUT_MS);
      const done = (known: StoreAnswer<T>): void => {
        this.clock.clearTimeout(timer);
        resolve(known);
      };
      answer.then(
        (value) => {
          this.works();
          done({ value });
        },
        (error: unknown) => done(this.failed(what, error)),
      );
    });
  }

  private works(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.log({ level: 'warn', message: 'the store works again' });
  }

  private failed(what: string, error: unknown): { readonly fault: StoreFault } {
    if (!this.isFailing) {
      this.isFailing = true;
      const message = `the store failed to ${what} (further failures are not logged until it works again): ${messageOf(error)}`;
      this.log({ level: 'error', message, error });
    }
    return FAULT;
  }
}

/** What the store said is for the log, not for clients. */
const FAULT = {
  fault: { uri: STORE_FAILED, text: "the router's store failed, or did not answer in time: its log says why" },
} as const;

function copyOf({ format, args, kwargs }: Carried): StoredPayload {
  return {
    serializer: format.name,
    ...(args ? { args: new Uint8Array(args) } : {}),
    ...(kwargs ? { kwargs: new Uint8Array(kwargs) } : {}),
  };
}
