/*
 * Contracts: types that say which URIs there are and what goes over them. Types only, nothing of this is in a bundle.
 * The verbs in verbs.ts are written with them; `Untyped` is the contract of programs without one.
 */
import type { Result } from './result.ts';
import type { WampProcedures, WampTopics } from './wamp-api.ts';

/** What a procedure takes and gives. What is absent is empty. */
export interface ProcedureSpec {
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
export interface TopicSpec {
  readonly args?: readonly unknown[];
  readonly kwargs?: object;
}
/**
 * A contract: URIs mapped to specs. Patterns are template literals: `` [uri: `chess.player.${string}.move`]: {…} ``.
 * It is closed: a URI that it does not list does not compile. `MyApi & Untyped` opens it.
 */
export interface ApiShape {
  readonly procedures?: object;
  readonly topics?: object;
}
/** No contract: every URI is fine, what comes in is `unknown` until annotated, what goes out is anything. */
export interface Untyped {
  readonly procedures: { readonly [uri: string]: ProcedureSpec };
  readonly topics: { readonly [uri: string]: TopicSpec };
}
/** Appears in a compiler message when a closed contract lacks the URI. */
export interface UriIsNotInTheContract {
  readonly 'this URI is not in the contract': never;
}
/** Appears in a compiler message when a type is given, as in `call<number>(…)`, where the contract says the types. */
export interface TheContractSaysTheTypes extends ReadonlyArray<never> {
  readonly 'the contract says the types': never;
}
/** Appears in a compiler message when somebody registers or publishes below `wamp.`. */
export interface UriIsReserved {
  readonly 'URIs below wamp. belong to the router': never;
}
/** Appears in a compiler message when no URI of the contract fits the pattern. */
export interface PatternFitsNoUriInTheContract {
  readonly 'this pattern fits no URI in the contract': never;
}

/** `any` means no contract. */
export type ProceduresOf<Api> = 0 extends 1 & Api ? Untyped['procedures'] : Api extends { readonly procedures: infer P } ? P : {};
export type TopicsOf<Api> = 0 extends 1 & Api ? Untyped['topics'] : Api extends { readonly topics: infer T } ? T : {};
/** What may be called: the contract's procedures and WAMP's own. */
export type Callable<Api> = ProceduresOf<Api> & WampProcedures;
/** What may be subscribed to: the contract's topics and WAMP's own. */
export type Subscribable<Api> = TopicsOf<Api> & WampTopics;

/** The literal and template keys of a map, without a plain `string` index. */
export type KnownUri<M> = keyof {
  [K in keyof M as string extends K ? never : number extends K ? never : symbol extends K ? never : K]: M[K];
};
/** Those, by a name that compiler messages show. */
export type UriInTheContract<Known> = Known | UriIsNotInTheContract;
/** Any URI; editors suggest the known ones. */
export type AnyUri<M> = KnownUri<M> | (string & {});
/** What a verb takes as the URI: a closed map has all of them, an open one takes any. */
export type UriOf<M> = string extends keyof M
  ? [KnownUri<M>] extends [never]
    ? string
    : AnyUri<M>
  : UriInTheContract<KnownUri<M>>;
/** What one registers and publishes is never below `wamp.`; a closed contract has nothing there. */
export type OwnUri<M, P> = string extends keyof M ? (P extends `wamp.${string}` ? UriIsReserved : P) : P;

/** What goes over a URI that the contract does not list. */
export interface Anything {
  readonly args: readonly unknown[];
  readonly kwargs: object;
  readonly result: unknown;
  readonly progress: unknown;
  readonly input: unknown;
}
export type SpecOf<M, P> = [P] extends [KnownUri<M> & keyof M] ? M[P] : Anything;
/** What the contract says, or else `Otherwise`: what the user says. */
export type IfKnown<M, P, Known, Otherwise> = string extends keyof M ? ([P] extends [KnownUri<M>] ? Known : Otherwise) : Known;
/** What the user may say, where there is no closed contract. */
export type Said<M, Type, Else = TheContractSaysTheTypes> = string extends keyof M ? Type : Else;
export type ArgsOf<S> = S extends { readonly args: infer A extends readonly unknown[] } ? A : [];
export type KwargsOf<S> = S extends { readonly kwargs: infer K extends object } ? K : {};
export type ResultOf<S> = S extends { readonly result: infer R } ? R : void;
export type ProgressOf<S> = S extends { readonly progress: infer P } ? P : never;
export type InputOf<S> = S extends { readonly input: infer I } ? I : never;

/** `{}` is fine, `{ x: 1 }` is not. */
export interface NoKeywords {
  readonly '~none'?: never;
}
export type ArgsIn<S> = [] extends ArgsOf<S> ? Readonly<ArgsOf<S>> | null | undefined : Readonly<ArgsOf<S>>;
export type KwargsIn<S> =
  {} extends KwargsOf<S>
    ?
        | ([keyof KwargsOf<S>] extends [never] ? ('' extends KwargsOf<S> ? NoKeywords : object) : Readonly<KwargsOf<S>>)
        | null
        | undefined
    : Readonly<KwargsOf<S>>;
/** `(args?, kwargs?, options?)`: each may be left out only if the contract lets it be empty. */
export type Payload<S, O> =
  {} extends KwargsOf<S>
    ? [] extends ArgsOf<S>
      ? [args?: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O]
      : [args: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O]
    : [args: ArgsIn<S>, kwargs: KwargsIn<S>, options?: O];

/** What `callResult` resolves with. */
export type FullResult<R> =
  R extends Result<infer A, infer K> ? Result<A, K> : [R] extends [void] ? Result<[], {}> : Result<[R], {}>;

/** A WAMP wildcard as a template literal: `'a..c'` becomes `` `a.${string}.c` ``. */
export type WildcardTemplate<P> = P extends `${infer H}..${infer R}`
  ? `${H}.${string}.${WildcardTemplate<R>}`
  : P extends `${infer H}.`
    ? `${H}.${string}`
    : P extends `.${infer R}`
      ? `${string}.${R}`
      : P;
/** The contract's keys that a pattern can meet. */
export type MatchingUri<M, P, Kind> = {
  [K in KnownUri<M>]: Kind extends 'prefix'
    ? K extends `${P & string}${string}`
      ? K
      : never
    : K extends WildcardTemplate<P>
      ? K
      : WildcardTemplate<P> extends K
        ? K
        : never;
}[KnownUri<M>];
/** What `subscribe` takes as the topic: a URI, or any text that can meet something. `Kind` is `Match` where nothing is said: exact. */
export type TopicOf<M, Kind> = [Kind] extends [Pattern] ? string : UriOf<M>;
/** A pattern must meet something in a closed contract. In an open one it may meet anything, so there it stays untyped. */
export type FitTopic<M, T, Kind> = string extends keyof M
  ? T
  : [Kind] extends [Pattern]
    ? [MatchingUri<M, T, Kind>] extends [never]
      ? PatternFitsNoUriInTheContract
      : T
    : T;
export type Pattern = 'prefix' | 'wildcard';
/** What the events of a topic, or of all that a pattern can meet, are made of. */
export type EventSpec<M, T, Kind> = [Kind] extends [Pattern] ? SpecOf<M, MatchingUri<M, T, Kind>> : SpecOf<M, T>;
/** `IfKnown` for topics and patterns. */
export type IfTyped<M, T, Kind, Known, Otherwise> = string extends keyof M
  ? [Kind] extends [Pattern]
    ? Otherwise
    : IfKnown<M, T, Known, Otherwise>
  : Known;
/** The arguments of an event: the contract's, or else those that the handler is annotated with. */
export type EventArgs<M, T, Kind, A> = IfTyped<M, T, Kind, ArgsOf<EventSpec<M, T, Kind>>, A>;
export type EventKwargs<M, T, Kind, K> = IfTyped<M, T, Kind, KwargsOf<EventSpec<M, T, Kind>>, K>;
