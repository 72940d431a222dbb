/*
 * What functions that work with any contract take. Types only.
 */

import type { ApiShape, Untyped } from '../api/contract.ts';
import type { Session } from '../api/session-api.ts';
import type { Requester } from '../api/verbs.ts';
import type { Connection } from '../connection.ts';

/** What can subscribe: a connection, for all sessions to come, or a session. */
export type Peer<Api extends ApiShape = Untyped> = Connection<Api> | Session<Api>;
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type AnyPeer = Connection<any> | Session<any>;
/** The contract of a peer or requester. */
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type ApiOf<P> = P extends Requester<infer Api> ? Api : any;

/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`, and `Requester<any>` alone
 * would refuse a `Connection<ShopApi>`.
 */
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type AnyRequester = Connection<any> | Session<any> | Requester<any>;
