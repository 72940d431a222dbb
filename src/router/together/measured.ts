/* Metrics of all nodes of a cluster, as data: the router does not look into them. */
import type { Off } from '../../base/words.ts';

/** One number of a metric. */
export interface MeasuredValue {
  /** If it differs from that of the metric: `_bucket`, `_sum` and `_count` of a histogram. */
  readonly metricName?: string | undefined;
  readonly labels: { readonly [label: string]: string | number | undefined };
  readonly value: number;
}

/** A metric of one node, as prom-client gives it. */
export interface Measured {
  readonly name: string;
  readonly help: string;
  /** `counter`, `gauge` or `histogram`. */
  readonly type: unknown;
  /** How those of several nodes are put together: `sum`, `max`, `first` … */
  readonly aggregator: string;
  readonly values: readonly MeasuredValue[];
}

/** Metrics of all nodes. */
export interface MeasuredTogether {
  /** Nodes that have answered. */
  readonly answered: number;
  /** Nodes that have not answered in time: their last known metrics count. */
  readonly silent: number;
  /** Of each node, and what those that are gone have counted. */
  readonly metrics: readonly (readonly Measured[])[];
}

/** Collects the metrics of all nodes. */
export interface MetricsOfAll {
  /** This node measures these. @param kind - Nodes put together what has the same one. @returns Ends it. */
  measure(kind: string, own: () => Promise<readonly Measured[]>): Off;
  /** Resolves soon, also if a node does not answer. Counters of nodes that are gone stay in it. */
  all(kind: string): Promise<MeasuredTogether>;
}
