/*
 * The events that nodes want. A node tells the others when its first session subscribes by a pattern, and when the last one is gone, so that a node gets
 * only the events that it needs.
 */
import type { Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import { reachesReserved } from '../broker/subscriptions.ts';
import type { Interest, Wanted } from '../elsewhere/elsewhere.ts';
import type { NodeId } from '../elsewhere/engine.ts';
import { PatternIndex } from '../patterns/pattern-index.ts';

interface WantedBy extends Wanted {
  /** With whether the node saw no other one that wanted it before. */
  readonly nodes: Map<NodeId, boolean>;
}

/** The interest of other nodes. */
export class InterestOfOthers implements Interest {
  private readonly index = new PatternIndex<WantedBy>();
  private readonly byNode = new Map<NodeId, Set<WantedBy>>();
  /** How many patterns match topics below `wamp.`. */
  private watching = 0;

  add(node: NodeId, uri: Uri, match: Match, isFirst: boolean): void {
    let wanted = this.index.get(uri, match);
    if (!wanted) {
      wanted = { uri, match, nodes: new Map() };
      this.index.set(uri, match, wanted);
      if (reachesReserved(uri, match)) this.watching++;
    }
    wanted.nodes.set(node, isFirst);
    const own = this.byNode.get(node);
    if (own) own.add(wanted);
    else this.byNode.set(node, new Set([wanted]));
  }

  remove(node: NodeId, uri: Uri, match: Match): void {
    const wanted = this.index.get(uri, match);
    if (!wanted?.nodes.delete(node)) return;
    this.byNode.get(node)?.delete(wanted);
    if (wanted.nodes.size > 0) return;
    this.index.delete(uri, match);
    if (reachesReserved(uri, match)) this.watching--;
  }

  lost(node: NodeId): void {
    for (const { uri, match } of this.byNode.get(node) ?? []) this.remove(node, uri, match);
    this.byNode.delete(node);
  }

  /** Those that have begun to want it in the same moment, as far as each knew. */
  firstNodes(uri: Uri, match: Match): readonly NodeId[] {
    return [...(this.index.get(uri, match)?.nodes ?? [])].flatMap(([node, isFirst]) => (isFirst ? [node] : []));
  }

  /** Whether a node has subscribers by this pattern. */
  has(uri: Uri, match: Match): boolean {
    return this.index.get(uri, match) !== undefined;
  }

  *values(): Iterable<Wanted> {
    for (const match of ['exact', 'prefix', 'wildcard'] as const) yield* this.index.values(match);
  }

  get isWatched(): boolean {
    return this.watching > 0;
  }

  /** The nodes that want events of this topic. */
  nodesFor(topic: Uri): ReadonlySet<NodeId> {
    const matching = this.index.matching(topic);
    if (matching.length === 0) return NOBODY;
    const [first, ...more] = matching;
    if (first && more.length === 0) return new Set(first.nodes.keys());
    return new Set(matching.flatMap(({ nodes }) => [...nodes.keys()]));
  }
}

const NOBODY: ReadonlySet<NodeId> = new Set();
