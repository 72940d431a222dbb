/// <reference lib="esnext.disposable" />
import { Clock } from './clock.js';
import { Session, DurableSubscription, Subscription, Requester, DurableRegistration, Stats } from './core-connection.js';
import { ApiShape, Untyped } from './contract.js';
import { WaitOptions } from './middleware-api.js';
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
/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`. Those of `autostrada/core` fit, too;
 * of a connection, with `offline`.
 */
type AnyRequester = Connection<any> | Session<any> | Requester<any> | Requester<any, any>;

export type { AnyPeer, AnyRequester, ApiOf, Drainable, Peer, Registering };
