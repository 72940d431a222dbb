/*
 * The store of a cluster over NATS JetStream. What is kept of a realm is some streams: one with its retained events, and one for each history. Every node applies them, in their
 * order, to a store in memory of its own, so all nodes have the same, and each has its own bounds.
 */
import { randomUUID } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { show } from '../../base/checks.ts';
import type { Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { writeEvent } from '../../router/store/event-bytes.ts';
import type { HistoryName, HistoryQuery, Places, RealmStore, Store, StoreBounds, StoredEvent } from '../../router/store/store.ts';
import type { NatsPackages } from '../api/packages.ts';
import { HistoryPlace } from './history-place.ts';
import { Line, pause } from './line.ts';
import { type Host, OVERHEAD_BYTES } from './place.ts';
import { RetainedPlace } from './retained-place.ts';
import { answer } from './writers.ts';

/** A router waits for ten seconds. */
const TIMEOUT_MS = 9000;
const COLLECT_MS = 60_000;
const CLOSE_MS = 2000;

export interface NatsStoreOptions {
  /** Of the cluster: letters, digits, `_` and `-`. Clusters of different names share nothing. */
  readonly name: string;
  /** On how many servers each stream is. Default 1. */
  readonly replicas?: number | undefined;
  /** Gets what went wrong without failing a request: a stream was lost. */
  readonly warn?: ((text: string) => void) | undefined;
}

export interface NatsStore extends Store {
  /** Waits for what was asked, a moment at most, and ends what runs. The connection stays open. Close the router first. */
  close(): Promise<void>;
}

/**
 * The store of all nodes of a cluster.
 *
 * @param connection - An open one, whose server has JetStream. It should reconnect for ever.
 * @throws TypeError for a wrong name.
 */
export function natsStore(
  packages: NatsPackages,
  connection: NatsConnection,
  { name, replicas = 1, warn = () => {} }: NatsStoreOptions,
): NatsStore {
  if (!/^[\w-]{1,64}$/.test(name)) throw new TypeError(`name: expected up to 64 letters, digits, "_" and "-", got ${show(name)}`);
  const line = new Line(connection, packages);
  const writer = randomUUID();
  let ids = 0;
  const nextId = (): string => {
    ids++;
    return `${writer}-${ids}`;
  };
  const host: Host = { line, name, replicas, writer, warn, nextId, inTime };
  const presence = answer(host);
  const opened = new Map<Uri, NatsRealm>();
  const timer = setInterval(() => {
    for (const realm of opened.values()) realm.collect();
  }, COLLECT_MS);
  timer.unref();
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.race([Promise.all([...opened.values()].map((realm) => realm.settled())), pause(CLOSE_MS)]);
    for (const realm of opened.values()) realm.close();
    presence.unsubscribe();
    line.close();
  };
  let closing: Promise<void> | undefined;
  return {
    open: (realm, bounds) => {
      opened.get(realm)?.close();
      const made = new NatsRealm(host, realm, bounds);
      opened.set(realm, made);
      return made;
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

class NatsRealm implements RealmStore {
  private readonly host: Host;
  private readonly retention: RetainedPlace;
  private readonly histories: ReadonlyMap<string, HistoryPlace>;

  constructor(host: Host, realm: Uri, bounds: StoreBounds) {
    this.host = host;
    this.retention = new RetainedPlace(host, realm, bounds);
    this.histories = new Map(bounds.histories.map((history) => [keyOf(history), new HistoryPlace(host, realm, history, bounds)]));
  }

  append(event: StoredEvent, { retain, histories }: Places): Promise<void> {
    const { length } = writeEvent(event);
    const { maxBytes } = this.retention.log;
    if (length > maxBytes - OVERHEAD_BYTES)
      return Promise.reject(
        new RangeError(
          `expected an event of at most ${maxBytes - OVERHEAD_BYTES} bytes, got ${length}: the max_payload of the NATS server bounds it`,
        ),
      );
    const kept = histories.map((history) => this.histories.get(keyOf(history))?.append(event));
    if (retain) kept.push(this.retention.append(event));
    return this.host.inTime(Promise.all(kept).then(() => {}));
  }

  forget(topic: Uri): Promise<boolean> {
    return this.host.inTime(this.retention.forget(topic));
  }

  endSession(session: Id): Promise<void> {
    return this.host.inTime(this.retention.endSession(session));
  }

  retained(uri: Uri, match: Match): Promise<readonly StoredEvent[]> {
    return this.host.inTime(this.retention.retained(uri, match));
  }

  search(history: HistoryName, query: HistoryQuery): AsyncIterator<readonly StoredEvent[]> | Iterator<readonly StoredEvent[]> {
    return this.histories.get(keyOf(history))?.search(query) ?? [].values();
  }

  collect(): void {
    this.retention.collect();
  }

  /** What was asked is in the streams, or has failed. */
  async settled(): Promise<void> {
    await Promise.all([this.retention.settled(), ...[...this.histories.values()].map((history) => history.settled())]);
  }

  close(): void {
    this.retention.log.close();
    for (const { log } of this.histories.values()) log.close();
  }
}

function keyOf({ uri, match }: HistoryName): string {
  return `${match} ${uri}`;
}

function inTime<T>(answered: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`NATS did not do it in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    answered.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * A store that is open later: a router asks for its realms before the connection is there.
 *
 * @param opened - Is called again after it has failed.
 */
export function laterStore(opened: () => Promise<Store>): Store {
  return {
    open: (realm, bounds) => {
      let made: Promise<RealmStore> | undefined;
      const store = (): Promise<RealmStore> => {
        made ??= opened().then(
          (known) => known.open(realm, bounds),
          (error: unknown) => {
            made = undefined;
            throw error;
          },
        );
        return made;
      };
      store().catch(() => {}); // the first request tries again
      return {
        append: async (event, places) => (await store()).append(event, places),
        forget: async (topic) => (await store()).forget(topic),
        endSession: async (session) => (await store()).endSession(session),
        retained: async (uri, match) => (await store()).retained(uri, match),
        search: (history, query) => {
          const begun = store().then((known) => known.search(history, query));
          begun.catch(() => {}); // `next` reports it
          return {
            next: async () => (await begun).next(),
            return: async () => {
              await (await begun).return?.();
              return { done: true, value: undefined };
            },
          };
        },
      };
    },
  };
}
