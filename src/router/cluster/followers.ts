/*
 * What tools follow at other nodes, and what other nodes follow here. A node that ends, or whose frames were lost, takes with it what it followed.
 */
import type { Off } from '../../base/words.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import type { Following, FollowListener, Look } from '../elsewhere/following.ts';
import type { FollowSaying, NodeSaying } from './frames.ts';

interface Own {
  readonly what: string;
  readonly query: unknown;
  readonly listener: FollowListener;
}

export interface FollowersParts {
  readonly nodes: ReadonlySet<NodeId>;
  readonly look: Look;
  readonly send: (node: NodeId, saying: NodeSaying) => void;
}

export class Followers implements Following {
  private readonly parts: FollowersParts;
  private tags = 0;
  private readonly own = new Map<number, Own>();
  /** By node and tag: what ends it. */
  private readonly followed = new Map<NodeId, Map<number, Off>>();

  constructor(parts: FollowersParts) {
    this.parts = parts;
  }

  get nodes(): ReadonlySet<NodeId> {
    return this.parts.nodes;
  }

  follow(what: string, query: unknown, listener: FollowListener): Off {
    const { nodes, send } = this.parts;
    const tag = ++this.tags;
    this.own.set(tag, { what, query, listener });
    for (const node of nodes) send(node, ['follow', tag, what, query]);
    return () => {
      if (this.own.delete(tag)) for (const node of nodes) send(node, ['unfollow', tag]);
    };
  }

  /** A node has come, or everything is told again. */
  greet(node: NodeId): void {
    for (const [tag, { what, query }] of this.own) this.parts.send(node, ['follow', tag, what, query]);
  }

  lost(node: NodeId): void {
    const followed = this.followed.get(node);
    this.followed.delete(node);
    for (const off of followed?.values() ?? []) off();
    for (const { listener } of this.own.values()) listener.gone(node);
  }

  hear(from: NodeId, saying: FollowSaying): void {
    if (saying[0] === 'follow') this.begin(from, saying[1], saying[2], saying[3]);
    else if (saying[0] === 'unfollow') this.end(from, saying[1]);
    else this.own.get(saying[1])?.listener.news(from, saying[2]);
  }

  private begin(from: NodeId, tag: number, what: string, query: unknown): void {
    this.end(from, tag);
    const { look, send } = this.parts;
    const off = look(what, query, (news) => send(from, ['news', tag, news]));
    const followed = this.followed.get(from) ?? new Map<number, Off>();
    this.followed.set(from, followed);
    followed.set(tag, off);
  }

  private end(from: NodeId, tag: number): void {
    const followed = this.followed.get(from);
    followed?.get(tag)?.();
    followed?.delete(tag);
  }
}
