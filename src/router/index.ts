/**
 * The embedded router.
 *
 * @module
 */
export type { ScramEntry } from '../auth/scram.ts';
export type { CraEntry } from '../auth/wampcra.ts';
export type { HistoryRule, RealmConfig, RouterConfig, RouterHooks } from './config.ts';
export { parseConfig } from './config.ts';
export type { AuthorizationRequest, Authorize, Decision } from './gate.ts';
export type { RouterLimits } from './limits.ts';
export type { LogEntry } from './log.ts';
export type { SeenMessage } from './look.ts';
export type { Action, AuthroleConfig, PermissionRule } from './permissions.ts';
export { Router, type RouterEvents, type RouterStats } from './router.ts';
export type { RouterSession } from './session.ts';
export type { TransportInfo } from './transport-info.ts';
export type { Principal, User, UserConfig, UserQuery } from './user.ts';
