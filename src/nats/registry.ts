/*
 * The registry of a cluster, in a bucket of JetStream's key-value store. A change that has no answer is tried until there is one: so nobody has to wonder whether
 * it was made.
 */
import { createHash } from 'node:crypto';
import type { KV, KvEntry } from '@nats-io/kv';
import type { Entry, Registry } from '../router/index.ts';
import { isConflict } from './api/errors.ts';

/** The time between two attempts. */
const RETRY_MS = 250;
const MAX_KNOWN = 1000;

/** What an entry of the bucket has. */
interface Kept {
  /** Different for each change, so that a node knows its own. */
  readonly change: string;
  readonly key: string;
  readonly value: string;
}

export interface RegistryParts {
  readonly bucket: KV;
  /** This node. */
  readonly node: string;
  /** It has left: requests reject. */
  isOver(): boolean;
  /** From then on entries may be made. */
  readonly opened: Promise<void>;
  /** An attempt has failed; another one follows. */
  failed(error: unknown): void;
}

export function kvRegistry({ bucket, node, isOver, opened, failed }: RegistryParts): Registry {
  let changes = 0;
  /** What was read of keys that were not changed since, which saves reading it again. `revision`: also that of a removed entry; `entry`: 0 then. */
  const known = new Map<string, { readonly revision: number; readonly entry: number }>();
  const untilAnswered = async <T>(task: () => Promise<T>): Promise<T> => {
    while (!isOver()) {
      try {
        return await task();
      } catch (error) {
        failed(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    throw new Error('this node is not part of the cluster any more');
  };
  const remove = async (key: string, seen: number): Promise<number | undefined> => {
    const before = await bucket.get(key);
    if (before?.operation !== 'PUT') return seen; // by an earlier attempt
    if (before.revision !== seen) return undefined;
    await bucket.delete(key, { previousSeq: seen });
    return seen;
  };
  const put = async (key: string, kept: Kept, seen: number): Promise<number | undefined> => {
    const before = (await bucket.get(key)) ?? undefined;
    const entry = before && keptIn(before);
    if (before && entry?.change === kept.change) return before.revision; // by an earlier attempt
    if ((entry ? before?.revision : 0) !== seen) return undefined;
    return await bucket.put(key, JSON.stringify(kept), { previousSeq: before?.revision ?? 0 });
  };
  return {
    get: (key) =>
      untilAnswered(async (): Promise<Entry | undefined> => {
        const found = await bucket.get(keyOf(key));
        const kept = found ? keptIn(found) : undefined;
        if (known.size > MAX_KNOWN) known.clear();
        known.set(key, { revision: found?.revision ?? 0, entry: found && kept ? found.revision : 0 });
        return found && kept ? { value: kept.value, revision: found.revision } : undefined;
      }),
    set: async (key, value, seen) => {
      await opened;
      changes++;
      const change = `${node} ${changes}`;
      const attempt = (): Promise<number | undefined> =>
        value === undefined ? remove(keyOf(key), seen) : put(keyOf(key), { change, key, value }, seen);
      const before = known.get(key);
      known.delete(key);
      const first = async (): Promise<number | undefined> =>
        value === undefined || before?.entry !== seen
          ? await attempt()
          : await bucket.put(keyOf(key), JSON.stringify({ change, key, value }), { previousSeq: before.revision });
      let isFirst = true;
      return untilAnswered(() => {
        const made = isFirst ? first() : attempt();
        isFirst = false;
        // The entry has changed since it was read: by another node, or by an earlier attempt of this one.
        return made.catch((error: unknown) => (isConflict(error) ? attempt() : Promise.reject(error)));
      });
    },
  };
}

/** Undefined: the entry is removed. */
function keptIn(entry: KvEntry): Kept | undefined {
  return entry.operation === 'PUT' ? entry.json<Kept>() : undefined;
}

/** URIs may have what keys of NATS may not have, and may be longer. */
function keyOf(key: string): string {
  return `r.${createHash('sha256').update(key).digest('base64url')}`;
}
