/*
 * The connection as most programs use it: the kernel with all features, and the verbs as methods.
 */

import type { Dict } from '../base/words.ts';
import type { Match } from '../protocol/uri.ts';
import type { ConnectionOptions } from './api/connection-options.ts';
import type {
  ApiShape,
  Callable,
  EventArgs,
  EventKwargs,
  FitTopic,
  FullResult,
  IfKnown,
  OwnUri,
  Payload,
  ProceduresOf,
  ResultOf,
  Said,
  SpecOf,
  Subscribable,
  TopicOf,
  TopicsOf,
  Untyped,
  UriOf,
} from './api/contract.ts';
import type { DurableSubscribeOptions } from './api/durable-options.ts';
import type { DurableRegistration, DurableSubscription } from './api/handles.ts';
import type { EventHandler, PublishOptionsOf, RegisterOptions } from './api/options.ts';
import type { Publication } from './api/payload.ts';
import { type Mapped, type Result, toResult, toValueOf } from './api/result.ts';
import type { CallOptionsOf, EndpointAt, Requester } from './api/verbs.ts';
import { checkedOptions } from './connection/connection-checks.ts';
import { CoreConnection } from './connection/core-connection.ts';
import { allFeatures } from './features/all.ts';
import type { Answered } from './kernel/kernel.ts';

/** The verbs without types of what is given: contracts are types only, and all of it is checked before it is sent. */
interface UntypedVerbs {
  call(read: (answer: Answered) => unknown, ...given: readonly unknown[]): Promise<unknown>;
  publish(...given: readonly unknown[]): unknown;
}

interface UntypedStanding {
  subscribe(...given: readonly unknown[]): DurableSubscription;
  register(...given: readonly unknown[]): DurableRegistration;
}

/**
 * The way to a router, through as many sessions as it takes.
 *
 * What is subscribed and registered here comes back after every reconnect. The first verb opens; `open()` is for programs that want the session
 * or the error.
 *
 * @example
 * const connection = new Connection({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * connection.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
export class Connection<Api extends ApiShape = Untyped> extends CoreConnection<Api> implements Requester<Api> {
  constructor(options: ConnectionOptions<Api>) {
    super(checkedOptions(options, allFeatures), allFeatures);
  }

  /** All that are not closed. */
  get handles(): readonly (DurableSubscription | DurableRegistration)[] {
    return this.kernel.standing.handles;
  }

  /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
  call<
    R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>,
    P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>,
  >(
    procedure: P,
    ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>
  ): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
  // One implementation under the overload of the contract, which is types only.
  call(procedure: unknown, args?: unknown, kwargs?: unknown, options?: unknown): Promise<unknown> {
    return this.untyped.call(toValueOf, procedure, args, kwargs, options);
  }

  /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
  callResult<
    A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>,
    K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>,
    P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>,
  >(
    procedure: P,
    ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>
  ): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
  callResult(procedure: unknown, args?: unknown, kwargs?: unknown, options?: unknown): Promise<unknown> {
    return this.untyped.call(toResult, procedure, args, kwargs, options);
  }

  /** As on a session; an unacknowledged event waits for the first one, and is dropped while a later one is missing (`whenOffline`). */
  publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(
    topic: OwnUri<TopicsOf<Api>, T>,
    ...payload: Payload<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge>>
  ): Acknowledge extends true ? Promise<Publication> : void;
  publish(topic: unknown, args?: unknown, kwargs?: unknown, options?: unknown): unknown {
    return this.untyped.publish(topic, args, kwargs, options);
  }

  /**
   * Registers now and after every reconnect.
   *
   * @returns A handle, at once; `ready` is the promise.
   */
  register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>,
    options?: RegisterOptions,
  ): DurableRegistration;
  register(procedure: unknown, endpoint: unknown, options?: unknown): DurableRegistration {
    return this.standing.register(procedure, endpoint, options);
  }

  /**
   * Subscribes now and after every reconnect, with the same options.
   *
   * @returns A handle, at once; `ready` is the promise.
   */
  subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(
    topic: FitTopic<Subscribable<Api>, T, Kind>,
    handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>,
    options?: DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>,
  ): DurableSubscription;
  subscribe(topic: unknown, handler: unknown, options?: unknown): DurableSubscription {
    return this.standing.subscribe(topic, handler, options);
  }

  private get untyped(): UntypedVerbs {
    return this.verbs;
  }

  private get standing(): UntypedStanding {
    return this.kernel.standing;
  }
}
