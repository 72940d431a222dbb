/* How long answers took, in bounded memory however many they are: a histogram with three digits. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** In milliseconds. Null when nothing was measured. */
export interface Percentiles {
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
}

export class Latency {
  /** In microseconds. */
  private readonly histogram: RecordableHistogram = createHistogram();

  record(ms: number): void {
    this.histogram.record(Math.max(1, Math.round(ms * 1000)));
  }

  percentiles(): Percentiles | null {
    const { histogram } = this;
    if (histogram.count === 0) return null;
    const { min, max } = histogram;
    const at = (percent: number): number => Math.min(max, histogram.percentile(percent)) / 1000;
    return { min: min / 1000, p50: at(50), p90: at(90), p99: at(99), 'p99.9': at(99.9), max: max / 1000 };
  }
}
