/**
 * The embedded router.
 *
 * @module
 */
export type { ScramEntry } from '../auth/scram.ts';
export type { CraEntry } from '../auth/wampcra.ts';
export type {
  Action,
  AuthroleConfig,
  HistoryRule,
  LogEntry,
  PermissionRule,
  RealmConfig,
  RouterConfig,
  RouterHooks,
} from './config.ts';
export { parseConfig } from './config.ts';
export type { AuthorizationRequest, Authorize, Decision } from './gate.ts';
export type { RouterLimits } from './limits.ts';
export type { SeenMessage } from './look.ts';
export { Router, type RouterEvents, type RouterStats } from './router.ts';
export type { RouterSession, TransportInfo } from './session.ts';
export type { Principal, User, UserConfig, UserQuery } from './users.ts';
