/// <reference lib="esnext.disposable" />
import { PublishOptions, Result } from './middleware-api.js';
import { Id, Dict, Uri } from './words.js';
import { Match } from './uri.js';

interface SessionInfo {
    readonly session: Id;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    readonly authprovider: string;
    readonly transport?: Dict;
}
interface RegistrationInfo {
    readonly id: Id;
    readonly created: string;
    readonly uri: Uri;
    readonly match: Match;
    readonly invoke: 'single' | 'roundrobin' | 'random' | 'first' | 'last';
}
interface SubscriptionInfo {
    readonly id: Id;
    readonly created: string;
    readonly uri: Uri;
    readonly match: Match;
}
interface IdsByMatch {
    readonly exact: readonly Id[];
    readonly prefix: readonly Id[];
    readonly wildcard: readonly Id[];
}
interface KillKwargs {
    readonly reason?: Uri;
    readonly message?: string;
}
interface WampProcedures {
    readonly 'wamp.session.count': {
        args: [authroles?: readonly string[]];
        result: number;
    };
    readonly 'wamp.session.list': {
        args: [authroles?: readonly string[]];
        result: readonly Id[];
    };
    readonly 'wamp.session.get': {
        args: [session: Id];
        result: SessionInfo;
    };
    readonly 'wamp.session.kill': {
        args: [session: Id];
        kwargs: KillKwargs;
    };
    readonly 'wamp.session.kill_by_authid': {
        args: [authid: string];
        kwargs: KillKwargs;
        result: readonly Id[] | number;
    };
    readonly 'wamp.session.kill_by_authrole': {
        args: [authrole: string];
        kwargs: KillKwargs;
        result: readonly Id[] | number;
    };
    readonly 'wamp.session.kill_all': {
        kwargs: KillKwargs;
        result: number;
    };
    readonly 'wamp.session.add_testament': {
        args: [topic: Uri, args: readonly unknown[], kwargs: object];
        kwargs: {
            readonly publish_options?: PublishOptions;
            readonly scope?: 'destroyed' | 'detached';
        };
    };
    readonly 'wamp.session.flush_testaments': {
        kwargs: {
            readonly scope?: 'destroyed' | 'detached';
        };
    };
    readonly 'wamp.registration.list': {
        result: IdsByMatch;
    };
    readonly 'wamp.registration.lookup': {
        args: [procedure: Uri, options?: {
            readonly match?: string;
        }];
        result: Id | null;
    };
    readonly 'wamp.registration.match': {
        args: [procedure: Uri];
        result: Id | null;
    };
    readonly 'wamp.registration.get': {
        args: [registration: Id];
        result: RegistrationInfo;
    };
    readonly 'wamp.registration.list_callees': {
        args: [registration: Id];
        result: readonly Id[];
    };
    readonly 'wamp.registration.count_callees': {
        args: [registration: Id];
        result: number;
    };
    /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
    readonly 'wamp.registration.remove_callee': {
        args: [registration: Id, callee: Id, reason?: string];
    };
    readonly 'wamp.subscription.list': {
        result: IdsByMatch;
    };
    readonly 'wamp.subscription.lookup': {
        args: [topic: Uri, options?: {
            readonly match?: string;
        }];
        result: Id | null;
    };
    readonly 'wamp.subscription.match': {
        args: [topic: Uri];
        result: readonly Id[] | null;
    };
    readonly 'wamp.subscription.get': {
        args: [subscription: Id];
        result: SubscriptionInfo;
    };
    readonly 'wamp.subscription.list_subscribers': {
        args: [subscription: Id];
        result: readonly Id[];
    };
    readonly 'wamp.subscription.count_subscribers': {
        args: [subscription: Id];
        result: number;
    };
    /** The specification's catalogue has it; Crossbar.io and `autostrada/router` carry it out. */
    readonly 'wamp.subscription.remove_subscriber': {
        args: [subscription: Id, subscriber: Id, reason?: string];
    };
    /** Events as positional results, none to many: the case `callResult` is for. `autostrada/meta` evens the dialects out. */
    readonly 'wamp.subscription.get_events': {
        args: [subscription: Id];
        kwargs: HistoryFilter;
        result: Result<readonly HistoryEvent[], HistoryCut>;
    };
}
/** All that is given holds. Times as in RFC 3339, with any offset and any fraction: `2026-01-31T12:00:00.5+01:00`. */
interface HistoryFilter {
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
interface HistoryCut {
    readonly is_limit_reached?: boolean;
}
interface HistoryEvent {
    readonly timestamp: string;
    readonly subscription: Id;
    readonly publication: Id;
    readonly details: Dict;
    readonly args?: readonly unknown[];
    readonly kwargs?: Dict;
}
interface WampTopics {
    readonly 'wamp.session.on_join': {
        args: [session: SessionInfo];
    };
    readonly 'wamp.session.on_leave': {
        args: [session: Id, authid?: string, authrole?: string];
    };
    readonly 'wamp.registration.on_create': {
        args: [session: Id, registration: RegistrationInfo];
    };
    readonly 'wamp.registration.on_register': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.registration.on_unregister': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.registration.on_delete': {
        args: [session: Id, registration: Id];
    };
    readonly 'wamp.subscription.on_create': {
        args: [session: Id, subscription: SubscriptionInfo];
    };
    readonly 'wamp.subscription.on_subscribe': {
        args: [session: Id, subscription: Id];
    };
    readonly 'wamp.subscription.on_unsubscribe': {
        args: [session: Id, subscription: Id];
    };
    readonly 'wamp.subscription.on_delete': {
        args: [session: Id, subscription: Id];
    };
}

/** What a procedure takes and gives. What is absent is empty. */
interface ProcedureSpec {
    /** Positional arguments, a tuple, best with labels: `[sku: string]`. */
    readonly args?: readonly unknown[];
    /** Keyword arguments. */
    readonly kwargs?: object;
    /** The answer: a bare value, or `Result<[…], {…}>` where it has several positional values or keywords. */
    readonly result?: unknown;
    /** One progressive result, bare or `Result`. */
    readonly progress?: unknown;
    /** One further input of a progressive call, bare or `Result`. */
    readonly input?: unknown;
}
interface TopicSpec {
    readonly args?: readonly unknown[];
    readonly kwargs?: object;
}
/**
 * A contract: URIs mapped to specs. Patterns are template literals: `` [uri: `chess.player.${string}.move`]: {…} ``.
 * It is closed: a URI that it does not list does not compile. `MyApi & Untyped` opens it.
 */
interface ApiShape {
    readonly procedures?: object;
    readonly topics?: object;
}
/** No contract: every URI is fine, what comes in is `unknown` until annotated, what goes out is anything. */
interface Untyped {
    readonly procedures: {
        readonly [uri: string]: ProcedureSpec;
    };
    readonly topics: {
        readonly [uri: string]: TopicSpec;
    };
}
/** Appears in a compiler message when a closed contract lacks the URI. */
interface UriIsNotInTheContract {
    readonly 'this URI is not in the contract': never;
}
/** Appears in a compiler message when a type is given, as in `call<number>(…)`, where the contract says the types. */
interface TheContractSaysTheTypes extends ReadonlyArray<never> {
    readonly 'the contract says the types': never;
}
/** Appears in a compiler message when somebody registers or publishes below `wamp.`. */
interface UriIsReserved {
    readonly 'URIs below wamp. belong to the router': never;
}
/** Appears in a compiler message when no URI of the contract fits the pattern. */
interface PatternFitsNoUriInTheContract {
    readonly 'this pattern fits no URI in the contract': never;
}
/** `any` means no contract. */
type ProceduresOf<Api> = 0 extends 1 & Api ? Untyped['procedures'] : Api extends {
    readonly procedures: infer P;
} ? P : {};
type TopicsOf<Api> = 0 extends 1 & Api ? Untyped['topics'] : Api extends {
    readonly topics: infer T;
} ? T : {};
/** What may be called: the contract's procedures and WAMP's own. */
type Callable<Api> = ProceduresOf<Api> & WampProcedures;
/** What may be subscribed to: the contract's topics and WAMP's own. */
type Subscribable<Api> = TopicsOf<Api> & WampTopics;
/** The literal and template keys of a map, without a plain `string` index. */
type KnownUri<M> = keyof {
    [K in keyof M as string extends K ? never : number extends K ? never : symbol extends K ? never : K]: M[K];
};
/** Those, by a name that compiler messages show. */
type UriInTheContract<Known> = Known | UriIsNotInTheContract;
/** Any URI; editors suggest the known ones. */
type AnyUri<M> = KnownUri<M> | (string & {});
/** What a verb takes as the URI: a closed map has all of them, an open one takes any. */
type UriOf<M> = string extends keyof M ? [KnownUri<M>] extends [never] ? string : AnyUri<M> : UriInTheContract<KnownUri<M>>;
/** What one registers and publishes is never below `wamp.`; a closed contract has nothing there. */
type OwnUri<M, P> = string extends keyof M ? (P extends `wamp.${string}` ? UriIsReserved : P) : P;
/** What goes over a URI that the contract does not list. */
interface Anything {
    readonly args: readonly unknown[];
    readonly kwargs: object;
    readonly result: unknown;
    readonly progress: unknown;
    readonly input: unknown;
}
type SpecOf<M, P> = [P] extends [KnownUri<M> & keyof M] ? M[P] : Anything;
/** What the contract says, or else `Otherwise`: what the user says. */
type IfKnown<M, P, Known, Otherwise> = string extends keyof M ? ([P] extends [KnownUri<M>] ? Known : Otherwise) : Known;
/** What the user may say, where there is no closed contract. */
type Said<M, Type, Else = TheContractSaysTheTypes> = string extends keyof M ? Type : Else;
type ArgsOf<S> = S extends {
    readonly args: infer A extends readonly unknown[];
} ? A : [];
type KwargsOf<S> = S extends {
    readonly kwargs: infer K extends object;
} ? K : {};
type ResultOf<S> = S extends {
    readonly result: infer R;
} ? R : void;
type ProgressOf<S> = S extends {
    readonly progress: infer P;
} ? P : never;
type InputOf<S> = S extends {
    readonly input: infer I;
} ? I : never;
/** `{}` is fine, `{ x: 1 }` is not. */
interface NoKeywords {
    readonly '~none'?: never;
}
type ArgsIn<S> = [] extends ArgsOf<S> ? Readonly<ArgsOf<S>> | null | undefined : Readonly<ArgsOf<S>>;
type KwargsIn<S> = {} extends KwargsOf<S> ? ([keyof KwargsOf<S>] extends [never] ? ('' extends KwargsOf<S> ? NoKeywords : object) : Readonly<KwargsOf<S>>) | null | undefined : Readonly<KwargsOf<S>>;
/** `(args?, kwargs?, options?)`: each may be left out only if the contract lets it be empty. */
type Payload<S, O> = {} extends KwargsOf<S> ? [] extends ArgsOf<S> ? [args?: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O] : [args: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O] : [args: ArgsIn<S>, kwargs: KwargsIn<S>, options?: O];
/** What `callResult` resolves with. */
type FullResult<R> = R extends Result<infer A, infer K> ? Result<A, K> : [R] extends [void] ? Result<[], {}> : Result<[R], {}>;
/** A WAMP wildcard as a template literal: `'a..c'` becomes `` `a.${string}.c` ``. */
type WildcardTemplate<P> = P extends `${infer H}..${infer R}` ? `${H}.${string}.${WildcardTemplate<R>}` : P extends `${infer H}.` ? `${H}.${string}` : P extends `.${infer R}` ? `${string}.${R}` : P;
/** The contract's keys that a pattern can meet. */
type MatchingUri<M, P, Kind> = {
    [K in KnownUri<M>]: Kind extends 'prefix' ? K extends `${P & string}${string}` ? K : never : K extends WildcardTemplate<P> ? K : WildcardTemplate<P> extends K ? K : never;
}[KnownUri<M>];
/** What `subscribe` takes as the topic: a URI, or any text that can meet something. `Kind` is `Match` where nothing is said: exact. */
type TopicOf<M, Kind> = [Kind] extends [Pattern] ? string : UriOf<M>;
/** A pattern must meet something in a closed contract. In an open one it may meet anything, so there it stays untyped. */
type FitTopic<M, T, Kind> = string extends keyof M ? T : [Kind] extends [Pattern] ? [MatchingUri<M, T, Kind>] extends [never] ? PatternFitsNoUriInTheContract : T : T;
type Pattern = 'prefix' | 'wildcard';
/** What the events of a topic, or of all that a pattern can meet, are made of. */
type EventSpec<M, T, Kind> = [Kind] extends [Pattern] ? SpecOf<M, MatchingUri<M, T, Kind>> : SpecOf<M, T>;
/** `IfKnown` for topics and patterns. */
type IfTyped<M, T, Kind, Known, Otherwise> = string extends keyof M ? [Kind] extends [Pattern] ? Otherwise : IfKnown<M, T, Known, Otherwise> : Known;
/** The arguments of an event: the contract's, or else those that the handler is annotated with. */
type EventArgs<M, T, Kind, A> = IfTyped<M, T, Kind, ArgsOf<EventSpec<M, T, Kind>>, A>;
type EventKwargs<M, T, Kind, K> = IfTyped<M, T, Kind, KwargsOf<EventSpec<M, T, Kind>>, K>;

export type { AnyUri, Anything, ApiShape, ArgsIn, ArgsOf, Callable, EventArgs, EventKwargs, EventSpec, FitTopic, FullResult, HistoryCut, HistoryEvent, HistoryFilter, IdsByMatch, IfKnown, IfTyped, InputOf, KillKwargs, KnownUri, KwargsIn, KwargsOf, MatchingUri, NoKeywords, OwnUri, Pattern, PatternFitsNoUriInTheContract, Payload, ProcedureSpec, ProceduresOf, ProgressOf, RegistrationInfo, ResultOf, Said, SessionInfo, SpecOf, Subscribable, SubscriptionInfo, TheContractSaysTheTypes, TopicOf, TopicSpec, TopicsOf, Untyped, UriInTheContract, UriIsNotInTheContract, UriIsReserved, UriOf, WampProcedures, WampTopics, WildcardTemplate };
