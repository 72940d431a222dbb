/*
 * A subscription of either scope, followed to its end: what a stream of events and the wait for one stand on.
 */

import type { DurableSubscription } from '../api/handles.ts';
import type { SubscribeOptions } from '../api/options.ts';
import type { EventDetails, WampEvent } from '../api/payload.ts';
import type { Subscription } from '../api/session-api.ts';
import { isClosedError } from '../connection/closed-error.ts';
import type { AnyPeer } from './peers.ts';

/** Contracts are types only. */
interface Subscribes {
  subscribe(...given: readonly unknown[]): DurableSubscription | Promise<Subscription>;
}

export interface Follower {
  /** What it gives is looked at as what a handler gives. */
  event(event: WampEvent): unknown;
  /** No more will come, and not because of `stop`. `failure`: why, unless the session was left or the connection closed by its user. */
  ended(failure?: { readonly error: unknown }): void;
}

export interface Following {
  /** Resolves with SUBSCRIBED. */
  readonly ready: Promise<void>;
  /** Unsubscribes; does not wait for the answer. */
  stop(): void;
}

const ignore = (): void => {};

export function follow(peer: AnyPeer, topic: unknown, options: SubscribeOptions, follower: Follower): Following {
  const handler = (args: readonly unknown[], kwargs: WampEvent['kwargs'], details: EventDetails): unknown =>
    follower.event({ args, kwargs, details });
  const untyped: Subscribes = peer;
  const subscribed = untyped.subscribe(topic, handler, options);
  return 'then' in subscribed ? followSession(subscribed, follower) : followConnection(subscribed, follower);
}

/** It ends with the session, or when the router takes it away. */
function followSession(subscribed: Promise<Subscription>, follower: Follower): Following {
  let isStopped = false;
  const over = (failure?: { readonly error: unknown }): void => {
    if (!isStopped) follower.ended(failure);
  };
  subscribed.then(
    ({ ended }) => ended.then((error) => over(error && { error })),
    (error: unknown) => over({ error }),
  );
  const ready = subscribed.then(ignore);
  ready.catch(ignore); // ignoring it is fine: the follower is told
  return {
    ready,
    stop: () => {
      isStopped = true;
      subscribed.then((subscription) => void subscription.unsubscribe(), ignore);
    },
  };
}

/** It outlives sessions. */
function followConnection(handle: DurableSubscription, follower: Follower): Following {
  if (handle.state === 'closed') follower.ended({ error: handle.error });
  const off = handle.on('state', (state) => {
    if (state !== 'closed') return;
    const { error } = handle;
    follower.ended(error === undefined || isClosedError(error) ? undefined : { error });
  });
  return {
    // When it is asked for: a refusal that nobody waits for is told to `on('error')`.
    get ready() {
      return handle.ready.then(ignore);
    },
    stop: () => {
      off();
      void handle.unsubscribe();
    },
  };
}
