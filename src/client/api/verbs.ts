import type { Dict } from '../../base/words.ts';
import type {
  ApiShape,
  ArgsOf,
  Callable,
  FullResult,
  IfKnown,
  InputOf,
  KwargsOf,
  OwnUri,
  Payload,
  ProgressOf,
  ResultOf,
  Said,
  SpecOf,
  TopicsOf,
  Untyped,
  UriOf,
} from './contract.ts';
import type { CallOptions, Endpoint, PublishOptionsOf, Without } from './options.ts';
import type { Publication } from './payload.ts';
import type { Mapped, Result } from './result.ts';

/**
 * What answers a procedure of a contract. A conditional type: a compiler resolves it before it looks at the endpoint, so that the literals and tuples of
 * the contract reach what the endpoint returns.
 */
export type EndpointOf<S> = S extends unknown ? Endpoint<ArgsOf<S>, KwargsOf<S>, ResultOf<S>, ProgressOf<S>, InputOf<S>> : never;
/** The same by URI. `A`, `K`: what the endpoint itself says, where the contract says nothing. */
export type EndpointAt<M, P, A, K> = IfKnown<M, P, EndpointOf<SpecOf<M, P>>, Endpoint<A, K, unknown>>;

export type CallOptionsOf<S> = CallOptions<ProgressOf<S>, InputOf<S>>;

/** The verbs that a session and a connection share. A library that only asks should take this. `Missing`: options of features that are not there. */
export interface Requester<Api extends ApiShape = Untyped, Missing extends PropertyKey = never> {
  /** Never there; carries the contract, so that functions can infer it. */
  readonly '~api'?: Api;
  /**
   * Calls a remote procedure.
   *
   * @returns One positional result and no keywords: that value. Nothing: undefined. Else a `Result`.
   * @throws {@link ApplicationError} when callee or router answers ERROR.
   * @throws {@link ConnectionLostError} when the session ends first; {@link TimeoutError}; `signal.reason`.
   */
  call<
    R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>,
    P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>,
  >(
    procedure: P,
    ...payload: Payload<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>
  ): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;

  /** As `call`, but always the whole `Result`: for answers of varying length and for RESULT.Details. */
  callResult<
    A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>,
    K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>,
    P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>,
  >(
    procedure: P,
    ...payload: Payload<SpecOf<Callable<Api>, P>, Without<CallOptionsOf<SpecOf<Callable<Api>, P>>, Missing>>
  ): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;

  /**
   * Publishes an event. With `acknowledge: true` a promise of the publication; without, nothing comes back.
   *
   * @throws {@link ConnectionLostError} unacknowledged, on a session that has ended; never on a connection.
   */
  publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(
    topic: OwnUri<TopicsOf<Api>, T>,
    ...payload: Payload<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge, Missing>>
  ): Acknowledge extends true ? Promise<Publication> : void;
}
