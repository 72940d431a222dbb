/**
 * The embedded router.
 *
 * @module
 */
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
export { parseConfig } from './config.ts';
export type { AuthorizationRequest, Authorize, Decision } from './gate.ts';
export { Router, type RouterEvents, type RouterStats } from './router.ts';
export type { RouterSession, TransportInfo } from './session.ts';
export type { CraUser, Principal, ScramUser, User, UserConfig, UserQuery } from './users.ts';
