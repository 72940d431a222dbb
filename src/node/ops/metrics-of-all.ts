/* The metrics of several processes as those of one, by prom-client. */
import type * as PromClient from 'prom-client';
import type { Measured, MeasuredTogether, MetricsOfAll } from '../../router/together/measured.ts';

export interface TogetherOptions {
  readonly all: MetricsOfAll;
  /** What can be added up. */
  readonly kind: string;
  readonly own: readonly PromClient.Registry[];
}

/** Text of all processes. */
export interface MetricsTogether {
  text(): Promise<string>;
  close(): void;
}

export function metricsTogether(prom: typeof PromClient, { all, kind, own }: TogetherOptions): MetricsTogether {
  const measure = async (): Promise<readonly Measured[]> => (await Promise.all(own.map(measured))).flat();
  const close = all.measure(kind, measure);
  return {
    close,
    text: async () => {
      await measure(); // its own failure is an error, not silence
      return textOfAll(prom, await all.all(kind));
    },
  };
}

export function textOfAll(prom: typeof PromClient, { answered, silent, metrics }: MeasuredTogether): Promise<string> {
  const sums = prom.AggregatorRegistry.aggregate([...metrics]);
  const add = (name: string, help: string, value: number): void =>
    new prom.Gauge({ name: `autostrada_${name}`, help, registers: [sums] }).set(value);
  add('processes', 'Processes that clients connect to, and that answered.', answered);
  add('silent_processes', 'Processes that did not answer: their last known metrics are in these.', silent);
  return sums.metrics();
}

/** Only data: it goes to another process. */
async function measured(registry: PromClient.Registry): Promise<readonly Measured[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }));
}
