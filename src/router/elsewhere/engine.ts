/*
 * What joins several routers to one: an ordered line between each two of them, and a registry that all of them see. An engine knows nothing of WAMP; cluster.ts knows
 * nothing of sockets.
 */
import type { Awaitable } from '../../base/words.ts';
import type { Store } from '../store/store.ts';
import type { Counts } from '../together/counts.ts';
import type { LogEntry } from '../turns/log.ts';

/** A node is one run of one router. A router that starts again is another node. */
export type NodeId = string;

/** Joins routers. */
export interface Engine {
  /** Keeps retained events and histories of all nodes. It is used unless the router is given another one. */
  readonly store: Store;
  /** Limits of all nodes together. Without it, each node counts alone. */
  readonly counts?: Counts | undefined;
  /** Becomes a node. Resolves when `events.up` was called for every node that was there before. */
  join(events: EngineEvents): Promise<Membership>;
  /** The router is closed, and has left. Called once. */
  close?(): Awaitable<void>;
}

/** What a node hears of the others. */
export interface EngineEvents {
  /** Before the first frame of this node. */
  up(node: NodeId): void;
  /** The node is gone, and serves nothing any more. After its last frame. */
  down(node: NodeId): void;
  /** The frames of a node come in the order in which it sent them, and none is missing. */
  frame(from: NodeId, frame: Uint8Array): void;
  /** Frames between this node and that one were lost, in both directions. It is there, and gets what is sent from now on. It hears the same. */
  broken(node: NodeId): void;
  /** This node is none any more: others take over what it had. It may join again, as another one. */
  lost(): void;
  /** For the log of the router. */
  note(entry: LogEntry): void;
}

/** One node's part in the cluster. */
export interface Membership {
  readonly node: NodeId;
  readonly registry: Registry;
  /** Sends a frame. Never waits; a node that is gone gets nothing. */
  send(to: NodeId, frame: Uint8Array): void;
  /**
   * Whether the registry cannot give what this node owns to others: asked before each call. Undefined: it cannot. Otherwise it resolves when this is certain again; until
   * then the call waits. Absent: it never can while this node runs.
   */
  sure?(): Promise<void> | undefined;
  /** The other nodes get `down`. */
  leave(): Awaitable<void>;
}

/** An entry of the registry. */
export interface Entry {
  readonly value: string;
  /** Grows with each change of any entry. */
  readonly revision: number;
}

/** A small store with compare-and-set: of several nodes that change an entry at once, one succeeds. */
export interface Registry {
  get(key: string): Awaitable<Entry | undefined>;
  /**
   * Changes an entry if it is still the one that the caller has seen.
   *
   * @param value - Undefined: the entry is removed.
   * @param seen - The revision of that entry; 0: there was none.
   * @returns The new revision; undefined: the entry has changed meanwhile.
   */
  set(key: string, value: string | undefined, seen: number): Awaitable<number | undefined>;
}
