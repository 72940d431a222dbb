/*
 * What functions that work with any contract take. Types only.
 */

import type { Clock } from '../../base/clock.ts';
import type { Stats } from '../api/connection-options.ts';
import type { ApiShape, Untyped } from '../api/contract.ts';
import type { DurableRegistration, DurableSubscription } from '../api/handles.ts';
import type { WaitOptions } from '../api/options.ts';
import type { Result } from '../api/result.ts';
import type { Session, Subscription } from '../api/session-api.ts';
import type { Requester } from '../api/verbs.ts';
import type { Connection } from '../connection.ts';

/** A connection of `autostrada/core` with `durable`, or its session. */
export interface Subscribing<Api extends ApiShape = Untyped> {
  /** Never there; carries the contract. */
  readonly '~api'?: Api;
  readonly clock: Clock;
  subscribe(topic: never, handler: never, options?: never): DurableSubscription | Promise<Subscription>;
}
/** A connection of `autostrada/core` with `durable`. */
export interface Registering<Api extends ApiShape = Untyped> {
  /** Never there; carries the contract. */
  readonly '~api'?: Api;
  register(procedure: never, endpoint: never, options?: never): DurableRegistration;
}
/** What `drain` needs: `Connection`, or one of `autostrada/core` with `durable` and `idle`. */
export interface Drainable {
  readonly clock: Clock;
  readonly handles: readonly (DurableSubscription | DurableRegistration)[];
  // biome-ignore lint/suspicious/noExplicitAny: any contract
  readonly session: Pick<Session<any>, 'registrations' | 'subscriptions' | 'idle'> | undefined;
  stats(): Stats;
  open(options?: WaitOptions): Promise<unknown>;
  close(): Promise<void>;
}
/** What can subscribe: a connection, for all sessions to come, or a session. */
export type Peer<Api extends ApiShape = Untyped> = Connection<Api> | Session<Api>;
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type AnyPeer = Connection<any> | Session<any> | Subscribing<any>;
/** The contract of a peer or requester. */
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type ApiOf<P> = P extends { readonly '~api'?: infer Api } ? Exclude<Api, undefined> : any;

/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`. Those of `autostrada/core` fit, too;
 * of a connection, with `offline`.
 */
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type AnyRequester = Connection<any> | Session<any> | Requester<any> | Requester<any, any>;

/** The same for whoever calls: what is given is checked when it is sent. */
export interface UntypedRequester {
  // biome-ignore lint/suspicious/noExplicitAny: any contract
  callResult(...given: readonly unknown[]): Promise<Result<any, any>>;
}
