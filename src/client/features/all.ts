/*
 * The features of `Connection`, in their order: of what waits, handles come first; of what is put around verbs, middleware is outermost.
 */
import type { Feature } from '../kernel/kernel.ts';
import { autobahnOptions } from './autobahn-options.ts';
import { concurrency } from './concurrency.ts';
import { defaults } from './defaults.ts';
import { durable } from './durable/feature.ts';
import { formerSessions } from './durable/former-sessions.ts';
import { recovery } from './durable/recovery.ts';
import { generators } from './generators.ts';
import { idle } from './idle.ts';
import { progressiveInputs } from './inputs/feature.ts';
import { liveness } from './liveness/feature.ts';
import { middleware } from './middleware/feature.ts';
import { offline } from './offline/offline.ts';
import { page } from './page.ts';
import { payloadPassthru } from './passthru.ts';
import { waitForCallee } from './wait-for-callee.ts';
import { wireLog } from './wire-log.ts';

export const allFeatures: readonly Feature[] = [
  durable,
  formerSessions,
  recovery,
  offline,
  waitForCallee,
  defaults,
  middleware,
  payloadPassthru,
  progressiveInputs,
  generators,
  concurrency,
  liveness,
  page,
  idle,
  wireLog,
  autobahnOptions,
];
