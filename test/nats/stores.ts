/* Stores over a nats-server, for tests. */
import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { HistoryQuery, RealmStore, StoreBounds, StoredEvent } from 'autostrada/router';
import { onTestFinished } from 'vitest';
import { loadPackages } from '../../src/nats/api/packages.ts';
import { type NatsStore, natsStore } from '../../src/nats/store/nats-store.ts';
import type { NatsServer } from '../fixtures/nats-server.ts';

export interface Node {
  readonly connection: NatsConnection;
  readonly store: NatsStore;
  readonly realm: RealmStore;
  readonly warnings: readonly string[];
  /** As if its process had been killed. */
  kill(): Promise<void>;
}

export const clusterName = (): string => `test-${randomUUID().slice(0, 8)}`;

export const history = {
  uri: 'com.',
  match: 'prefix',
  limit: 1000,
  maxBytes: 2 ** 24,
  maxAgeMs: Number.POSITIVE_INFINITY,
} as const;

export const boundsOf = (changes: Partial<StoreBounds> = {}): StoreBounds => ({
  histories: [history],
  maxRetainedTopics: 1000,
  maxRetainedBytes: 2 ** 24,
  maxRetainedAgeMs: Number.POSITIVE_INFINITY,
  now: () => Date.now(),
  spend: () => {},
  ...changes,
});

/** A node of a cluster; it ends with the test. */
export async function openNode(
  server: NatsServer,
  name: string,
  bounds: StoreBounds = boundsOf(),
  realm = 'realm1',
): Promise<Node> {
  const connection = await connect({
    servers: server.url,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    reconnectJitter: 10,
  });
  const warnings: string[] = [];
  const store = natsStore(await loadPackages(), connection, { name, warn: (text) => warnings.push(text) });
  const kill = async (): Promise<void> => {
    await store.close();
    await connection.close();
  };
  onTestFinished(kill);
  return { connection, store, realm: store.open(realm, bounds), warnings, kill };
}

let publications = 0;

export function eventOf(topic: string, text: string, more: Partial<StoredEvent> = {}): StoredEvent {
  publications++;
  return {
    publication: publications,
    topic,
    time: Date.now(),
    details: {},
    payload: { serializer: 'json', args: new TextEncoder().encode(JSON.stringify([text])) },
    audience: undefined,
    excluded: undefined,
    session: undefined,
    ...more,
  };
}

export function textOf({ payload }: StoredEvent): unknown {
  return JSON.parse(new TextDecoder().decode(payload?.args))[0];
}

export async function retained(
  store: RealmStore,
  uri = '',
  match: 'exact' | 'prefix' | 'wildcard' = 'prefix',
): Promise<readonly unknown[]> {
  return (await store.retained(uri, match)).map(textOf);
}

export const everything: HistoryQuery = {
  reverse: false,
  topic: undefined,
  fromTime: undefined,
  afterTime: undefined,
  beforeTime: undefined,
  untilTime: undefined,
  from: undefined,
  after: undefined,
  before: undefined,
  until: undefined,
};

export async function found(
  store: RealmStore,
  query: Partial<HistoryQuery> = {},
  name: { uri: string; match: 'exact' | 'prefix' } = history,
) {
  const events: StoredEvent[] = [];
  const search = store.search(name, { ...everything, ...query });
  for (let next = await search.next(); next.done !== true; next = await search.next()) events.push(...next.value);
  return events;
}

export async function texts(store: RealmStore, query: Partial<HistoryQuery> = {}): Promise<readonly unknown[]> {
  return (await found(store, query)).map(textOf);
}

export const keep = { retain: true, histories: [history] } as const;
export const retain = { retain: true, histories: [] } as const;
export const log = { retain: false, histories: [history] } as const;
