/* A router of several that has no port for operators: what it counts is in the metrics that the others answer with. */
import type { Router } from '../../router/router.ts';
import type { OpsConfig } from '../port/ops-config.ts';
import { type Metrics, openMetrics } from './metrics.ts';

export interface SharedMetrics {
  /** Other ports count now. What is measured already goes on. */
  change(ports: readonly { readonly ops?: OpsConfig | undefined }[]): Promise<void>;
  close(): void;
}

/**
 * Adds what a router counts to the metrics of the ports of other routers of its cluster.
 *
 * @param ports - Those of the others.
 * @throws Error if prom-client is needed and not installed.
 */
export async function shareMetrics(router: Router, ports: Parameters<SharedMetrics['change']>[0]): Promise<SharedMetrics> {
  let open: Metrics | undefined;
  const shared: SharedMetrics = {
    change: async (given) => {
      const wanted = given.flatMap(({ ops }) => (ops && ops.metrics !== false ? [ops.procedures ?? []] : []));
      const next = wanted.length === 0 ? undefined : await openMetrics(router, wanted.flat());
      open?.close();
      open = next;
    },
    close: () => {
      open?.close();
      open = undefined;
    },
  };
  await shared.change(ports);
  return shared;
}
