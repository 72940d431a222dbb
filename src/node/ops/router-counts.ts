/*
 * What is counted of a router for its metrics. There is one of these for each router: when a reload changes `ops`, the numbers go on, because for Prometheus a counter that
 * falls is a restart. Nothing is counted while no metrics are open.
 */
import type { Off } from '../../base/words.ts';
import { Names } from '../../router/limits/names.ts';
import type { Router } from '../../router/router.ts';
import { CallCounter } from './call-times.ts';
import { Comings } from './comings.ts';

const known = new WeakMap<Router, RouterCounts>();

export class RouterCounts {
  readonly roles: Names = new Names();
  readonly calls: CallCounter = new CallCounter(this.roles);
  readonly comings: Comings = new Comings(this.roles);
  private readonly router: Router;
  /** The procedures of each port. */
  private readonly lists = new Set<readonly string[]>();
  private offs: readonly Off[] = [];

  private constructor(router: Router) {
    this.router = router;
  }

  static of(router: Router): RouterCounts {
    const counts = known.get(router) ?? new RouterCounts(router);
    known.set(router, counts);
    return counts;
  }

  /** Counts until it is told to end. @param procedures - Those whose calls are told apart, for all ports of the router. */
  open(procedures: readonly string[]): Off {
    if (this.lists.size === 0) this.offs = [this.router.watchCalls(this.calls.add), ...this.comings.watch(this.router)];
    const list = [...procedures];
    this.lists.add(list);
    this.tell();
    return () => {
      if (!this.lists.delete(list)) return;
      this.tell();
      if (this.lists.size === 0) for (const off of this.offs) off();
    };
  }

  private tell(): void {
    this.calls.list([...this.lists].flat());
  }
}
