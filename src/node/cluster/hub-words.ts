/* What a process and the hub say to each other: one object a frame, in the form in which Node.js gives objects to other processes. */
import { deserialize, serialize } from 'node:v8';
import type { HistoryName, HistoryQuery, Places, StoreBounds, StoredEvent } from '../../router/index.ts';

/** How much is kept of a realm. */
export type RealmBounds = Omit<StoreBounds, 'now' | 'spend'>;

/** A request to the store of a realm. `search`: the number by which its process knows a search. */
export type StoreRequest =
  | { readonly do: 'append'; readonly event: StoredEvent; readonly places: Places }
  | { readonly do: 'forget'; readonly topic: string }
  | { readonly do: 'endSession'; readonly session: number }
  | { readonly do: 'retained'; readonly uri: string; readonly match: HistoryName['match'] }
  | { readonly do: 'search'; readonly search: number; readonly history: HistoryName; readonly query: HistoryQuery }
  | { readonly do: 'next'; readonly search: number }
  | { readonly do: 'end'; readonly search: number };

/** From a process to the hub. Everything but `here` has an answer with the same `id`. */
export type ToHub =
  | { readonly say: 'join'; readonly id: number; readonly path: string; readonly pid: number }
  | { readonly say: 'get'; readonly id: number; readonly key: string }
  | { readonly say: 'set'; readonly id: number; readonly key: string; readonly value: string | undefined; readonly seen: number }
  | { readonly say: 'open'; readonly id: number; readonly realm: string; readonly bounds: RealmBounds }
  | { readonly say: 'store'; readonly id: number; readonly realm: string; readonly request: StoreRequest }
  | { readonly say: 'here' };

export interface Welcome {
  readonly node: string;
  readonly others: readonly { readonly node: string; readonly path: string }[];
}

/** From the hub to a process. */
export type FromHub =
  | { readonly say: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly say: 'down'; readonly node: string }
  | { readonly say: 'here?' };

export function writeWords(words: ToHub | FromHub): Uint8Array {
  return serialize(words);
}

export function readWords<W extends ToHub | FromHub>(frame: Uint8Array): W {
  return deserialize(frame);
}
