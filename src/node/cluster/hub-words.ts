/* What a process and the hub say to each other: one object a frame, in the form in which Node.js gives objects to other processes. */
import { deserialize, serialize } from 'node:v8';
import type {
  HistoryName,
  HistoryQuery,
  KeptAnswer,
  KeptBounds,
  KeyedRequest,
  Measured,
  Places,
  StoreBounds,
  StoredEvent,
} from '../../router/index.ts';
import type { LoginFilter, StoredLogin } from '../cookies/cookie-store.ts';

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

/** A request to the remembered logins of browsers. */
export type LoginRequest =
  | { readonly do: 'get' | 'delete'; readonly hash: string }
  | { readonly do: 'set'; readonly hash: string; readonly login: StoredLogin }
  | { readonly do: 'deleteAll'; readonly filter: LoginFilter };

/** A request to the kept answers of this name. */
export type KeptRequest = { readonly name: string; readonly bounds: KeptBounds; readonly request: KeyedRequest } & (
  | { readonly do: 'begin' | 'forget' }
  | { readonly do: 'finish'; readonly answer: KeptAnswer }
);

/** How much there is of each. */
export type Amounts = readonly (readonly [name: string, amount: number])[];

/** What the hub decides of what all processes count together. */
export type CountRequest =
  | { readonly do: 'take'; readonly name: string; readonly most: number }
  | { readonly do: 'enter' | 'failed'; readonly address: string; readonly user: string };

/** What a process has counted. */
export type CountNote =
  | { readonly do: 'give'; readonly name: string }
  | { readonly do: 'leave'; readonly address: string }
  | { readonly do: 'amounts'; readonly amounts: Amounts };

/** From a process to the hub. Everything with an `id` has an answer with the same. */
export type ToHub =
  | { readonly say: 'join'; readonly id: number; readonly path: string; readonly pid: number; readonly hasPorts: boolean }
  | { readonly say: 'get'; readonly id: number; readonly key: string }
  | { readonly say: 'set'; readonly id: number; readonly key: string; readonly value: string | undefined; readonly seen: number }
  | { readonly say: 'open'; readonly id: number; readonly realm: string; readonly bounds: RealmBounds }
  | { readonly say: 'store'; readonly id: number; readonly realm: string; readonly request: StoreRequest }
  | { readonly say: 'login'; readonly id: number; readonly request: LoginRequest }
  | { readonly say: 'kept'; readonly id: number; readonly request: KeptRequest }
  | { readonly say: 'count'; readonly id: number; readonly request: CountRequest }
  | { readonly say: 'note'; readonly note: CountNote }
  /** Asks for the metrics of all. */
  | { readonly say: 'metrics'; readonly id: number; readonly kind: string }
  /** The answer to `measure`. Without metrics: it has none of this kind. */
  | {
      readonly say: 'measured';
      readonly question: number;
      readonly kind: string;
      readonly metrics: readonly Measured[] | undefined;
    }
  /** Too much waits for this node: it takes nothing. */
  | { readonly say: 'full'; readonly node: string }
  | { readonly say: 'here' };

export interface Welcome {
  readonly node: string;
  readonly others: readonly { readonly node: string; readonly path: string }[];
}

/** From the hub to a process. */
export type FromHub =
  | { readonly say: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly say: 'down'; readonly node: string }
  /** What the others have. */
  | { readonly say: 'counts'; readonly nodes: number; readonly amounts: Amounts }
  | { readonly say: 'measure'; readonly question: number; readonly kind: string }
  | { readonly say: 'here?' };

export function writeWords(words: ToHub | FromHub): Uint8Array {
  return serialize(words);
}

export function readWords<W extends ToHub | FromHub>(frame: Uint8Array): W {
  return deserialize(frame);
}
