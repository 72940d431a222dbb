/// <reference lib="esnext.disposable" />
import { ApiShape, Untyped } from './contract.js';
import { Session, Requester } from './core-connection.js';
import { Connection } from './connection.js';

/** Who can subscribe: a connection, durably, or a session. */
type Peer<Api extends ApiShape = Untyped> = Connection<Api> | Session<Api>;
type AnyPeer = Connection<any> | Session<any>;
/** The contract of a peer or requester. */
type ApiOf<P> = P extends Requester<infer Api> ? Api : any;
/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`, and `Requester<any>` alone
 * would refuse a `Connection<ShopApi>`.
 */
type AnyRequester = Connection<any> | Session<any> | Requester<any>;

export type { AnyPeer, AnyRequester, ApiOf, Peer };
