/* The bucket of a cluster, in JetStream's key-value store: it has the nodes and the registry. */
import type { JetStreamManager } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsPackages } from './api/packages.ts';

/** A request to JetStream takes no longer, or is tried again. */
const REQUEST_MS = 2000;
/** For making the bucket. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 200;
/** An attempt to remove an entry that has no answer may still be repeated for so long. */
const KEPT_MS = 10 * 60 * 1000;

export interface BucketSettings {
  /** Of the cluster. */
  readonly name: string;
  readonly replicas: number;
}

export function bucketOf({ name }: BucketSettings): string {
  return `autostrada_${name}`;
}

/** Two routers may make it in the same moment, which one of them cannot. */
export async function bucketFor(
  { jetstream, Kvm }: NatsPackages,
  connection: NatsConnection,
  settings: BucketSettings,
): Promise<KV> {
  const manager = new Kvm(jetstream(connection, { timeout: REQUEST_MS }));
  const options = {
    history: 1,
    replicas: settings.replicas,
    allow_direct: false, // what a follower says may be old
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await manager.create(bucketOf(settings), options);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * The keys that begin so; of a key that was removed a marker may be left. They are the subjects of the stream: a reader of the bucket would miss keys that change meanwhile, and
 * wait for them.
 */
export async function keysIn({ streams }: JetStreamManager, settings: BucketSettings, prefix: string): Promise<readonly string[]> {
  const bucket = bucketOf(settings);
  const { state } = await streams.info(`KV_${bucket}`, { subjects_filter: `$KV.${bucket}.${prefix}>` });
  return Object.keys(state.subjects ?? {}).map((subject) => subject.slice(`$KV.${bucket}.`.length));
}

/** What is removed from a bucket leaves a marker. They are removed after a while, each by its revision, so that nothing newer is touched. */
export async function removeMarkers(manager: JetStreamManager, bucket: KV, name: string): Promise<void> {
  const old: { readonly key: string; readonly revision: number }[] = [];
  for await (const { key, revision, operation, created } of await bucket.history({ key: '>' }))
    if (operation !== 'PUT' && Date.now() - created.getTime() > KEPT_MS) old.push({ key, revision });
  for (const { key, revision } of old)
    await manager.streams.purge(`KV_${name}`, { filter: `$KV.${name}.${key}`, seq: revision + 1 });
}
