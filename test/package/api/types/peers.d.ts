/// <reference lib="esnext.disposable" />
import { Clock } from './clock.js';
import { Session, Requester, DurableSubscription, Subscription, DurableRegistration, Stats } from './core-connection.js';
import { ApiShape, Untyped } from './contract.js';
import { Result, WaitOptions } from './middleware-api.js';
import { Connection } from './connection.js';

/** A connection of `autostrada/core` with `durable`, or its session. */
interface Subscribing<Api extends ApiShape = Untyped> {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    readonly clock: Clock;
    subscribe(topic: never, handler: never, options?: never): DurableSubscription | Promise<Subscription>;
}
/** A connection of `autostrada/core` with `durable`. */
interface Registering<Api extends ApiShape = Untyped> {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    register(procedure: never, endpoint: never, options?: never): DurableRegistration;
}
/** What `drain` needs: `Connection`, or one of `autostrada/core` with `durable` and `idle`. */
interface Drainable {
    readonly clock: Clock;
    readonly handles: readonly (DurableSubscription | DurableRegistration)[];
    readonly session: Pick<Session<any>, 'registrations' | 'subscriptions' | 'idle'> | undefined;
    stats(): Stats;
    open(options?: WaitOptions): Promise<unknown>;
    close(): Promise<void>;
}
/** What can subscribe: a connection, for all sessions to come, or a session. */
type Peer<Api extends ApiShape = Untyped> = Connection<Api> | Session<Api>;
type AnyPeer = Connection<any> | Session<any> | Subscribing<any>;
/** The contract of a peer or requester. */
type ApiOf<P> = P extends {
    readonly '~api'?: infer Api;
} ? Exclude<Api, undefined> : any;
/** A connection of `autostrada/core` with `offline`, or its session. */
interface Asking<Api extends ApiShape = Untyped> {
    /** Never there; carries the contract. */
    readonly '~api'?: Api;
    call(procedure: never, args?: never, kwargs?: never, options?: never): Promise<unknown>;
    callResult(procedure: never, args?: never, kwargs?: never, options?: never): Promise<Result<any, any>>;
}
/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`, and `Requester<any>` alone
 * would refuse a `Connection<ShopApi>`.
 */
type AnyRequester = Connection<any> | Session<any> | Requester<any>;
/** The same for our own functions, which also take connections of `autostrada/core` with a contract, and their sessions. */
type AnyAsking = AnyRequester | Asking<any>;

export type { AnyAsking, AnyPeer, AnyRequester, ApiOf, Drainable, Peer, Registering };
