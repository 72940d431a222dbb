/*
 * WAMP's own procedures and topics (WAMP "Meta API"), typed for every contract. Types only.
 */

import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { PublishOptions } from './options.ts';
import type { Result } from './result.ts';

export interface SessionInfo {
  readonly session: Id;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly transport?: Dict;
}
export interface RegistrationInfo {
  readonly id: Id;
  readonly created: string;
  readonly uri: Uri;
  readonly match: Match;
  readonly invoke: 'single' | 'roundrobin' | 'random' | 'first' | 'last';
}
export interface SubscriptionInfo {
  readonly id: Id;
  readonly created: string;
  readonly uri: Uri;
  readonly match: Match;
}
export interface IdsByMatch {
  readonly exact: readonly Id[];
  readonly prefix: readonly Id[];
  readonly wildcard: readonly Id[];
}
export interface KillKwargs {
  readonly reason?: Uri;
  readonly message?: string;
}
export interface WampProcedures {
  readonly 'wamp.session.count': { args: [authroles?: readonly string[]]; result: number };
  readonly 'wamp.session.list': { args: [authroles?: readonly string[]]; result: readonly Id[] };
  readonly 'wamp.session.get': { args: [session: Id]; result: SessionInfo };
  readonly 'wamp.session.kill': { args: [session: Id]; kwargs: KillKwargs };
  readonly 'wamp.session.kill_by_authid': { args: [authid: string]; kwargs: KillKwargs; result: readonly Id[] | number };
  readonly 'wamp.session.kill_by_authrole': { args: [authrole: string]; kwargs: KillKwargs; result: readonly Id[] | number };
  readonly 'wamp.session.kill_all': { kwargs: KillKwargs; result: number };
  readonly 'wamp.session.add_testament': {
    args: [topic: Uri, args: readonly unknown[], kwargs: object];
    kwargs: { readonly publish_options?: PublishOptions; readonly scope?: 'destroyed' | 'detached' };
  };
  readonly 'wamp.session.flush_testaments': { kwargs: { readonly scope?: 'destroyed' | 'detached' } };
  readonly 'wamp.registration.list': { result: IdsByMatch };
  readonly 'wamp.registration.lookup': { args: [procedure: Uri, options?: { readonly match?: string }]; result: Id | null };
  readonly 'wamp.registration.match': { args: [procedure: Uri]; result: Id | null };
  readonly 'wamp.registration.get': { args: [registration: Id]; result: RegistrationInfo };
  readonly 'wamp.registration.list_callees': { args: [registration: Id]; result: readonly Id[] };
  readonly 'wamp.registration.count_callees': { args: [registration: Id]; result: number };
  /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
  readonly 'wamp.registration.remove_callee': { args: [registration: Id, callee: Id, reason?: string] };
  readonly 'wamp.subscription.list': { result: IdsByMatch };
  readonly 'wamp.subscription.lookup': { args: [topic: Uri, options?: { readonly match?: string }]; result: Id | null };
  readonly 'wamp.subscription.match': { args: [topic: Uri]; result: readonly Id[] | null };
  readonly 'wamp.subscription.get': { args: [subscription: Id]; result: SubscriptionInfo };
  readonly 'wamp.subscription.list_subscribers': { args: [subscription: Id]; result: readonly Id[] };
  readonly 'wamp.subscription.count_subscribers': { args: [subscription: Id]; result: number };
  /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
  readonly 'wamp.subscription.remove_subscriber': { args: [subscription: Id, subscriber: Id, reason?: string] };
  /** Events as positional results, none to many: the case `callResult` is for. `autostrada/meta` evens the dialects out. */
  readonly 'wamp.subscription.get_events': {
    args: [subscription: Id];
    kwargs: HistoryFilter;
    result: Result<readonly HistoryEvent[], HistoryCut>;
  };
}
/** All that is given holds. Times as in RFC 3339, with any offset and any fraction: `2026-01-31T12:00:00.5+01:00`. */
export interface HistoryFilter {
  /** How many at most, of those that come first: the oldest, or with `reverse` the newest. Default: all. */
  readonly limit?: number;
  /** Newest first. Default: oldest first. */
  readonly reverse?: boolean;
  readonly from_time?: string;
  readonly after_time?: string;
  readonly before_time?: string;
  readonly until_time?: string;
  /** Of a pattern's history only this topic. */
  readonly topic?: Uri;
  /** From and until are with, after and before without the publication. Autostrada takes one that it keeps no more as the oldest of all. */
  readonly from_publication?: Id;
  readonly after_publication?: Id;
  readonly before_publication?: Id;
  readonly until_publication?: Id;
}
/** There are more events than fit into a message; ask again `after_publication` the last one. Of Autostrada's router. */
export interface HistoryCut {
  readonly is_limit_reached?: boolean;
}
export interface HistoryEvent {
  readonly timestamp: string;
  readonly subscription: Id;
  readonly publication: Id;
  readonly details: Dict;
  readonly args?: readonly unknown[];
  readonly kwargs?: Dict;
}
export interface WampTopics {
  readonly 'wamp.session.on_join': { args: [session: SessionInfo] };
  readonly 'wamp.session.on_leave': { args: [session: Id, authid?: string, authrole?: string] };
  readonly 'wamp.registration.on_create': { args: [session: Id, registration: RegistrationInfo] };
  readonly 'wamp.registration.on_register': { args: [session: Id, registration: Id] };
  readonly 'wamp.registration.on_unregister': { args: [session: Id, registration: Id] };
  readonly 'wamp.registration.on_delete': { args: [session: Id, registration: Id] };
  readonly 'wamp.subscription.on_create': { args: [session: Id, subscription: SubscriptionInfo] };
  readonly 'wamp.subscription.on_subscribe': { args: [session: Id, subscription: Id] };
  readonly 'wamp.subscription.on_unsubscribe': { args: [session: Id, subscription: Id] };
  readonly 'wamp.subscription.on_delete': { args: [session: Id, subscription: Id] };
}
