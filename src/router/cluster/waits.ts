/* What several nodes have to answer, each to the same tag. */
import type { NodeId } from '../elsewhere/engine.ts';

interface Wait {
  readonly from: Set<NodeId>;
  done(): void;
}

export class Waits {
  private readonly waits = new Map<number, Wait>();
  private last = 0;

  /** Resolves when every one of these nodes has answered to this tag, or is gone. */
  begin(ask: (tag: number) => void, nodes: ReadonlySet<NodeId>): Promise<void> {
    const tag = ++this.last;
    return new Promise((done) => {
      this.waits.set(tag, { from: new Set(nodes), done });
      ask(tag);
    });
  }

  /** A node has answered to this tag. */
  answer(from: NodeId, tag: number): void {
    const wait = this.waits.get(tag);
    if (wait) this.answered(tag, wait, from);
  }

  /** A node will not answer any more. */
  gone(node: NodeId): void {
    for (const [tag, wait] of [...this.waits]) this.answered(tag, wait, node);
  }

  private answered(tag: number, { from, done }: Wait, node: NodeId): void {
    from.delete(node);
    if (from.size > 0) return;
    this.waits.delete(tag);
    done();
  }
}
