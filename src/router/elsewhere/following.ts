/* What tools follow at all routers of a cluster. cluster/followers.ts implements it. */
import type { Off } from '../../base/words.ts';
import type { NodeId } from './engine.ts';

/** What a router says of itself, again and again or once: a method of `Inspection`. */
export type Look = (what: string, query: unknown, tell: (news: unknown) => void) => Off;

export interface FollowListener {
  news(node: NodeId, news: unknown): void;
  /** It has ended, or cannot be heard now: what it has told does not go on. It may come again. */
  gone(node: NodeId): void;
}

export interface Following {
  /** The other nodes, as they are now. */
  readonly nodes: ReadonlySet<NodeId>;
  /** Follows it at all other nodes, also those that come later. */
  follow(what: string, query: unknown, listener: FollowListener): Off;
}
