/*
 * What a session is to its user. Types only; `session.ts` carries it out.
 */
/// <reference lib="esnext.disposable" />
import type { Clock } from '../../base/clock.ts';
import type { WampError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type {
  ApiShape,
  EventArgs,
  EventKwargs,
  FitTopic,
  OwnUri,
  ProceduresOf,
  Subscribable,
  TopicOf,
  Untyped,
  UriOf,
} from './contract.ts';
import type { EventHandler, RegisterOptions, SubscribeOptions, WaitOptions, Without } from './options.ts';
import type { Extensions } from './payload.ts';
import type { EndpointAt, Requester } from './verbs.ts';

/**
 * One WAMP session. It ends with its connection, and what was subscribed and registered here ends with it.
 * What should outlive a reconnect belongs on the connection.
 */
export interface Session<Api extends ApiShape = Untyped, Missing extends PropertyKey = never>
  extends Requester<Api, Missing>,
    AsyncDisposable {
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

  register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>,
    options?: Without<RegisterOptions, Missing>,
  ): Promise<Registration>;

  subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(
    topic: FitTopic<Subscribable<Api>, T, Kind>,
    handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>,
    options?: SubscribeOptions<Kind>,
  ): Promise<Subscription>;

  /** What it measures time with. */
  readonly clock: Clock;
  /**
   * How long the router takes to answer, in milliseconds: by ping where the connection has one (WebSocket in Node.js), else by calling
   * `liveness.probe`, of which any answer counts.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
   * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
   */
  rtt(options?: WaitOptions): Promise<number>;
  /**
   * Resolves when the session is idle: no invocation runs, no request is unanswered.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up.
   * @throws {@link TimeoutError} that says what still runs; {@link ConnectionLostError} when the session ends first; `signal.reason`.
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
  /**
   * No more events reach the handler.
   *
   * @returns Resolves when the router has answered, or the session has ended. Rejects when the router refuses, an `ApplicationError`; where
   *   nobody awaits that, `connection.on('error')` is told.
   */
  unsubscribe(): Promise<void>;
}
export interface Registration extends AsyncDisposable {
  readonly id: Id;
  readonly procedure: Uri;
  readonly isActive: boolean;
  readonly ended: Promise<WampError | undefined>;
  /**
   * Stops new invocations; those running finish.
   *
   * @returns As `Subscription.unsubscribe`.
   */
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
