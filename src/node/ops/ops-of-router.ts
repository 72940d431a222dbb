/* A router, as operators see it. */
import type { Router } from '../../router/router.ts';
import { NOT_JOINED, SHUTTING_DOWN } from '../http/unavailable.ts';
import { openMetrics } from './metrics.ts';
import type { OpsSubject } from './ops-server.ts';

export function opsOfRouter(router: Router): OpsSubject {
  return {
    whyUnwell: () => undefined, // it answers
    whyNotReady: () => {
      if (router.isDraining) return SHUTTING_DOWN;
      return router.isReady ? undefined : NOT_JOINED;
    },
    openMetrics: (procedures) => openMetrics(router, procedures),
    failed: (error) => router.note({ level: 'error', message: 'the metrics could not be read', error }),
  };
}
