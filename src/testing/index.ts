/**
 * The router in this process with faults on demand, and a clock that the test controls: for tests of programs that use WAMP. Runs in Node.js
 * and in browsers.
 *
 * @module
 */
export { ManualClock } from './manual-clock.ts';
export { type LoggedMessage, TestRouter } from './test-router.ts';
export type { Where } from './where.ts';
