/**
 * The kernel of the client, for pages that count bytes: `connect` and `join`, with the features that are named and no other.
 *
 * `autostrada` has `Connection`, which is the kernel with all of them. Options of a feature that is not there do not compile.
 *
 * @module
 */
export { type Connected, connect, type Joined, join } from './client/core.ts';
export {
  concurrency,
  defaults,
  durable,
  type Feature,
  type FeatureOption,
  formerSessions,
  generators,
  idle,
  liveness,
  middleware,
  offline,
  page,
  payloadPassthru,
  progressiveInputs,
  recovery,
  waitForCallee,
  wireLog,
} from './client/core-features.ts';
