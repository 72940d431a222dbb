/* What came of requests that are carried out once, kept for all nodes of a cluster. As data: the router does not look into it. */
import type { Awaitable } from '../../base/words.ts';

/** Which request it is. */
export interface KeyedRequest {
  /** Whose key it is. */
  readonly owner: string;
  readonly key: string;
  /** A hash of all that must be the same when it comes again. */
  readonly fingerprint: string;
}

/** An answer that is not a stream. */
export interface KeptAnswer {
  readonly status: number;
  /** Undefined: it has none. */
  readonly body: Uint8Array | undefined;
  readonly headers: { readonly [name: string]: string };
}

/**
 * What is known of a request. `new`: nothing, so it runs from now on. `running`: it has begun before. `other`: another request had its key. `long`: it was carried out, but
 * its answer was too long to be kept. `lost`: the node that carried it out has ended, so nobody knows. `full`: there is no room for one more.
 */
export type KnownRequest = KeptAnswer | 'new' | 'running' | 'other' | 'long' | 'lost' | 'full';

export interface KeptBounds {
  /** How long an answer is kept, in milliseconds. */
  readonly keepMs: number;
  /** How many bytes all answers may take. */
  readonly maxBytes: number;
}

/** A request whose beginning is `new` ends by `finish` or `forget`. */
export interface Kept {
  begin(request: KeyedRequest): Awaitable<KnownRequest>;
  /** It was carried out. */
  finish(request: KeyedRequest, answer: KeptAnswer): Awaitable<void>;
  /** Nothing was done, so it may be carried out later. */
  forget(request: KeyedRequest): Awaitable<void>;
  /** This node takes no more requests. */
  close(): void;
}

/** Keeps the answers of all nodes. */
export interface KeptOfAll {
  /** @param name - The same at all nodes, for requests that are of one kind. All have the same bounds; otherwise the first count. */
  open(name: string, bounds: KeptBounds): Kept;
}
