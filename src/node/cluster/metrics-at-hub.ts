/* Metrics of all processes, as one of them has them. */
import type { Off } from '../../base/words.ts';
import type { Measured, MeasuredTogether, MetricsOfAll } from '../../router/index.ts';

type Source = () => Promise<readonly Measured[]>;

export class MetricsAtHub implements MetricsOfAll {
  private readonly sources = new Map<string, Set<Source>>();
  readonly all: (kind: string) => Promise<MeasuredTogether>;

  /** @param all - Asks the hub. */
  constructor(all: (kind: string) => Promise<MeasuredTogether>) {
    this.all = all;
  }

  measure(kind: string, own: Source): Off {
    const sources = this.sources.get(kind) ?? new Set();
    this.sources.set(kind, sources.add(own));
    return () => void sources.delete(own);
  }

  /** Of several of one kind, all measure the same router: the first one counts. Undefined: there is none, or it has failed. */
  async own(kind: string): Promise<readonly Measured[] | undefined> {
    const [source] = this.sources.get(kind) ?? [];
    return source?.().catch(() => undefined);
  }
}
