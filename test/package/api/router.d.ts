/// <reference lib="esnext.disposable" />
import { Store } from './types/router.js';
export { Action, Audience, AuthorizationRequest, Authorize, AuthroleConfig, CallOutcome, CraEntry, Decision, EndedCall, Engine, EngineEvents, Entry, HistoryBounds, HistoryName, HistoryQuery, HistoryRule, LogEntry, Membership, NodeId, OpeningRequest, PeerCertificate, PermissionRule, Places, Principal, RateLimits, RealmConfig, RealmStore, Recognized, Registry, Reloaded, RememberedLogin, Remembering, Router, RouterConfig, RouterEvents, RouterHooks, RouterLimits, RouterSession, RouterStats, SeenMessage, SessionGroup, StoreBounds, StoredEvent, StoredPayload, TransportInfo, User, UserConfig, UserQuery, parseConfig } from './types/router.js';
export { ScramEntry } from './types/scram-entry.js';
import './types/words.js';
import './types/transport.js';
import './types/serializer.js';
import './types/clock.js';
import './types/uri.js';
import './types/scram-keys.js';

/** A store in memory, as a router has one if it is given none. For tests, and for stores that keep a copy elsewhere. */
declare function memoryStore(): Store;

export { Store, memoryStore };
