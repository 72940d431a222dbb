/*
 * What a session is to its user. Types only; `session.ts` carries it out.
 */
/// <reference lib="esnext.disposable" />
import type { Clock } from '../clock.ts';
import type { WampError } from '../errors.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type {
  ApiShape,
  ArgsOf,
  KnownUri,
  KwargsOf,
  MatchingSpec,
  OpenUri,
  OwnUri,
  PatternOf,
  ProceduresOf,
  SpecOf,
  Subscribable,
  Untyped,
} from './contract.ts';
import type { Extensions } from './payload.ts';
import type {
  Endpoint,
  EndpointOf,
  EventHandler,
  Exact,
  RegisterOptions,
  Requester,
  SubscribeOptions,
  WaitOptions,
} from './verbs.ts';

/**
 * One WAMP session. It ends with its line, and what was subscribed and registered here ends with it.
 * What should outlive a reconnect belongs on the connection.
 */
export interface Session<Api extends ApiShape = Untyped> extends Requester<Api>, AsyncDisposable {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  /** WELCOME.Details, verbatim. */
  readonly details: WelcomeDetails;
  /** What the router announced: `session.features.dealer?.call_canceling`. */
  readonly features: RouterFeatures;
  readonly isOpen: boolean;
  /** Those that are active now, the durable ones' among them. */
  readonly subscriptions: readonly Subscription[];
  readonly registrations: readonly Registration[];
  /** Resolves when the session has ended and never rejects: undefined after our own `leave()`, else why. */
  readonly ended: Promise<WampError | undefined>;

  register<P extends KnownUri<ProceduresOf<Api>>>(
    procedure: P,
    endpoint: EndpointOf<SpecOf<ProceduresOf<Api>, P>>,
    options?: RegisterOptions,
  ): Promise<Registration>;
  register<A extends readonly unknown[], K extends object, P extends string>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    endpoint: Endpoint<A, K, unknown, unknown, unknown>,
    options?: RegisterOptions,
  ): Promise<Registration>;

  subscribe<T extends KnownUri<Subscribable<Api>>>(
    topic: T,
    handler: EventHandler<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>>,
    options?: SubscribeOptions & Exact,
  ): Promise<Subscription>;
  subscribe<T extends string, M extends 'prefix' | 'wildcard'>(
    topic: PatternOf<Subscribable<Api>, T, M>,
    handler: EventHandler<ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>, KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>>,
    options: SubscribeOptions & { readonly match: M },
  ): Promise<Subscription>;
  subscribe<A extends readonly unknown[], K extends object, T extends string>(
    topic: OpenUri<Subscribable<Api>, T>,
    handler: EventHandler<A, K>,
    options?: SubscribeOptions,
  ): Promise<Subscription>;

  /** What it measures time with. */
  readonly clock: Clock;
  /**
   * How long the router takes to answer, in milliseconds: by ping where the line has one (WebSocket in Node.js), else by calling
   * `liveness.probe`, of which any answer counts.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
   * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
   */
  rtt(options?: WaitOptions): Promise<number>;
  /**
   * Resolves when nothing is under way: no invocation runs, no request is unanswered.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
   * @throws {@link TimeoutError} that says what is under way; {@link ConnectionLostError} when the session ends first; `signal.reason`.
   */
  idle(options?: WaitOptions): Promise<void>;
  /** Says GOODBYE. The connection does not come back by itself. */
  leave(options?: LeaveOptions): Promise<void>;
}
export interface LeaveOptions {
  /** Default `wamp.close.normal`. */
  readonly reason?: Uri | undefined;
  readonly message?: string | undefined;
}
export interface Subscription extends AsyncDisposable {
  readonly id: Id;
  readonly topic: Uri;
  readonly isActive: boolean;
  /** Resolves when no more events will come and never rejects: undefined after `unsubscribe()`, else why. */
  readonly ended: Promise<WampError | undefined>;
  unsubscribe(): Promise<void>;
}
export interface Registration extends AsyncDisposable {
  readonly id: Id;
  readonly procedure: Uri;
  readonly isActive: boolean;
  readonly ended: Promise<WampError | undefined>;
  /** Stops new invocations; those running finish. */
  unregister(): Promise<void>;
}
export interface WelcomeDetails extends Extensions {
  readonly realm?: string;
  readonly authid?: string;
  readonly authrole?: string;
  readonly authmethod?: string;
  readonly authprovider?: string;
  readonly authextra?: Dict;
  readonly agent?: string;
  readonly roles: { readonly broker?: Dict; readonly dealer?: Dict };
}
export interface RouterFeatures {
  readonly broker?: { readonly [feature: string]: boolean };
  readonly dealer?: { readonly [feature: string]: boolean };
}
