/**
 * The router in this process with faults on demand, and time that passes when told: for the tests of whoever uses WAMP. Runs in Node.js
 * and in browsers.
 *
 * @module
 */
export { ManualClock } from './manual-clock.ts';
export { type LoggedMessage, TestRouter } from './test-router.ts';
export type { Where } from './where.ts';
