/**
 * The embedded router.
 *
 * @module
 */
export type { Principal } from './accept.ts';
export type {
  Action,
  AuthroleConfig,
  HistoryRule,
  LogEntry,
  PermissionRule,
  RealmConfig,
  RouterConfig,
  RouterHooks,
  RouterLimits,
} from './config.ts';
export { Router, type RouterEvents } from './router.ts';
export type { RouterSession, TransportInfo } from './session.ts';
