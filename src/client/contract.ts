/*
 * Contracts: types that say which URIs there are and what goes over them. Types only, nothing of this is in a bundle.
 * The verbs in verbs.ts are written with them; `Untyped` is the contract of who has none.
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
/** Appears in a compiler message when somebody registers or publishes below `wamp.`. */
export interface UriIsReserved {
  readonly 'URIs below wamp. belong to the router': never;
}
/** Appears in a compiler message when the contract has the URI, but with other arguments, keywords or results. */
export interface DoesNotFitTheContract {
  readonly 'what follows the URI does not fit the contract': never;
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
} &
  string;
/** Any URI that an open map does not know. */
export type OpenUri<M, P extends string> =
  P extends KnownUri<M> ? DoesNotFitTheContract : string extends keyof M ? P : UriIsNotInTheContract;
/** The same for what one registers and publishes: never below `wamp.`. */
export type OwnUri<M, P extends string> = P extends `wamp.${string}` ? UriIsReserved : OpenUri<M, P>;
export type SpecOf<M, P> = P extends keyof M ? M[P] : never;
export type ArgsOf<S> = S extends { readonly args: infer A extends readonly unknown[] } ? A : [];
export type KwargsOf<S> = S extends { readonly kwargs: infer K extends object } ? K : {};
export type ResultOf<S> = S extends { readonly result: infer R } ? R : void;
export type ProgressOf<S> = S extends { readonly progress: infer P } ? P : never;
export type InputOf<S> = S extends { readonly input: infer I } ? I : never;

/** `{}` is fine, `{ x: 1 }` is not. */
export interface NoKeywords {
  readonly [key: string]: never;
}
export type ArgsIn<S> = [] extends ArgsOf<S> ? Readonly<ArgsOf<S>> | null | undefined : Readonly<ArgsOf<S>>;
export type KwargsIn<S> =
  {} extends KwargsOf<S>
    ? ([keyof KwargsOf<S>] extends [never] ? NoKeywords : Readonly<KwargsOf<S>>) | null | undefined
    : Readonly<KwargsOf<S>>;
/** `(args?, kwargs?, options?)`: each may be left out only if the contract lets it be empty. */
export type Payload<S, O> =
  {} extends KwargsOf<S>
    ? [] extends ArgsOf<S>
      ? [args?: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O]
      : [args: ArgsIn<S>, kwargs?: KwargsIn<S>, options?: O]
    : [args: ArgsIn<S>, kwargs: KwargsIn<S>, options?: O];

/**
 * What `call` resolves with. One positional value and no keywords: that value. Nothing at all: undefined. Else the `Result`.
 * For a `Result` of varying length the shape depends on the payload, and this type says so; use `callResult` there.
 */
export type Mapped<R> =
  R extends Result<infer A, infer K>
    ? {} extends K
      ? number extends A['length']
        ? Result<A, K> | A[number] | undefined
        : A['length'] extends 0
          ? undefined
          : A['length'] extends 1
            ? A[0]
            : Result<A, K>
      : Result<A, K>
    : R;
/** What `callResult` resolves with. */
export type FullResult<R> =
  R extends Result<infer A, infer K> ? Result<A, K> : [R] extends [void] ? Result<[], {}> : Result<[R], {}>;

/** A WAMP wildcard as a template literal: `'a..c'` becomes `` `a.${string}.c` ``. */
export type WildcardTemplate<P extends string> = P extends `${infer H}..${infer R}`
  ? `${H}.${string}.${WildcardTemplate<R>}`
  : P extends `${infer H}.`
    ? `${H}.${string}`
    : P extends `.${infer R}`
      ? `${string}.${R}`
      : P;
/** The contract's keys that a pattern can meet. */
export type MatchingUri<M, P extends string, Match> = {
  [K in KnownUri<M>]: Match extends 'prefix'
    ? K extends `${P}${string}`
      ? K
      : never
    : K extends WildcardTemplate<P>
      ? K
      : WildcardTemplate<P> extends K
        ? K
        : never;
}[KnownUri<M>];
/** A pattern that can meet something in a closed contract. In an open one it may meet anything, so there it stays untyped. */
export type PatternOf<M, P extends string, Match> = string extends keyof M
  ? UriIsNotInTheContract
  : [MatchingUri<M, P, Match>] extends [never]
    ? UriIsNotInTheContract
    : P;
export type MatchingSpec<M, P extends string, Match> = SpecOf<M, MatchingUri<M, P, Match>>;
