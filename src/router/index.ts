/**
 * The embedded router.
 *
 * @module
 */

export type { CraEntry } from '../auth/methods/wampcra.ts';
export type { ScramEntry } from '../auth/scram-entry.ts';
export type { AuthorizationRequest, Authorize, Decision } from './authorization/gate.ts';
export type { Action, AuthroleConfig, PermissionRule } from './authorization/permissions.ts';
export type { HistoryRule, RealmConfig, RouterConfig, RouterHooks } from './config/config.ts';
export { parseConfig } from './config/config.ts';
export type { MaskRule } from './config/masks.ts';
export type { Engine, EngineEvents, Entry, Membership, NodeId, Registry } from './elsewhere/engine.ts';
export type { Conversation, ConversationKind, Party, WatchFilter, WatchNews } from './inspect/conversation.ts';
export type { DecidedBy, ExplainedUser, ExplainQuestion, Explanation } from './inspect/explanation.ts';
export type { CallsQuery, RunningCall, RunningCalls } from './inspect/listing/calls.ts';
export type { RetainedQuery, RetainedValue } from './inspect/listing/retained.ts';
export type { ProcedureUse, RetainedTopic, RouterUris, TopicUse, UriQuery } from './inspect/listing/uris.ts';
export type { NearMiss, Nearness, UsedPattern } from './inspect/near.ts';
export type { RouterStats, SessionGroup } from './inspect/router-stats.ts';
export type { SessionSnapshot } from './inspect/snapshot.ts';
export type { Rates, TopNews, TopOrder, TopQuery, TopSession } from './inspect/top.ts';
export type { CallOutcome, EndedCall } from './limits/call-watch.ts';
export type { RateLimits, RouterLimits } from './limits/limits.ts';
export type { RouterEvents } from './login/router-events.ts';
export type { SeenMessage } from './look.ts';
export type { Reloaded } from './reload.ts';
export { Router } from './router.ts';
export type { RouterSession } from './session/router-session.ts';
export type { OpeningRequest, PeerCertificate, RememberedLogin, Remembering, TransportInfo } from './session/transport-info.ts';
export type { Principal, Recognized, User, UserConfig, UserQuery } from './session/user.ts';
export { memoryStore } from './store/memory-store.ts';
export type {
  Audience,
  HistoryBounds,
  HistoryName,
  HistoryQuery,
  Places,
  RealmStore,
  Store,
  StoreBounds,
  StoredEvent,
  StoredPayload,
} from './store/store.ts';
export type { Counts, LoginThrottle, MayTry } from './together/counts.ts';
export type { Kept, KeptAnswer, KeptBounds, KeptOfAll, KeyedRequest, KnownRequest } from './together/kept.ts';
export type { Measured, MeasuredTogether, MeasuredValue, MetricsOfAll } from './together/measured.ts';
export type { LogEntry } from './turns/log.ts';
