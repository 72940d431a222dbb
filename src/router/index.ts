/**
 * The embedded router.
 *
 * @module
 */
export type { Principal } from './accept.ts';
export type { LogEntry, RouterConfig, RouterHooks, RouterLimits } from './config.ts';
export { Router, type RouterEvents } from './router.ts';
export type { RouterSession, TransportInfo } from './session.ts';
