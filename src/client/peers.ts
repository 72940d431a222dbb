/*
 * What functions that work with any contract take. Types only.
 */
import type { Connection } from './connection.ts';
import type { Session } from './session-api.ts';
import type { Requester } from './verbs.ts';

/**
 * What a library takes that only asks, and works with any contract: a `Session<ShopApi>` is not a `Session`, and `Requester<any>` alone
 * would refuse a `Connection<ShopApi>`.
 */
// biome-ignore lint/suspicious/noExplicitAny: no contract
export type AnyRequester = Connection<any> | Session<any> | Requester<any>;
