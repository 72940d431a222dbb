/// <reference lib="esnext.disposable" />
export { Action, AuthorizationRequest, Authorize, AuthroleConfig, CallOutcome, CallsQuery, Conversation, ConversationKind, CraEntry, DecidedBy, Decision, EndedCall, ExplainQuestion, ExplainedUser, Explanation, HistoryRule, MaskRule, NearMiss, Nearness, OpeningRequest, Party, PeerCertificate, PermissionRule, Principal, ProcedureUse, RateLimits, Rates, RealmConfig, Recognized, Reloaded, RememberedLogin, Remembering, RetainedQuery, RetainedTopic, RetainedValue, Router, RouterConfig, RouterEvents, RouterHooks, RouterLimits, RouterSession, RouterStats, RouterUris, RunningCall, RunningCalls, SeenMessage, SessionGroup, SessionSnapshot, TopNews, TopOrder, TopQuery, TopSession, TopicUse, TransportInfo, UriQuery, UsedPattern, User, UserConfig, UserQuery, WatchFilter, WatchNews, parseConfig } from './types/router.js';
export { ScramEntry } from './types/scram-entry.js';
import { Store } from './types/engine.js';
export { Audience, Counts, Engine, EngineEvents, Entry, HistoryBounds, HistoryName, HistoryQuery, Kept, KeptAnswer, KeptBounds, KeptOfAll, KeyedRequest, KnownRequest, LogEntry, LoginThrottle, MayTry, Measured, MeasuredTogether, MeasuredValue, Membership, MetricsOfAll, NodeId, Places, RealmStore, Registry, StoreBounds, StoredEvent, StoredPayload } from './types/engine.js';
import './types/words.js';
import './types/transport.js';
import './types/serializer.js';
import './types/clock.js';
import './types/uri.js';
import './types/scram-keys.js';

/** A store in memory, as a router has one if it is given none. For tests, and for stores that keep a copy elsewhere. */
declare function memoryStore(): Store;

export { Store, memoryStore };
