/* What the verbs take and give, under the names that @types/autobahn made familiar. */
import type { Any } from '../base/any.ts';
import type { LegacyPromise } from '../promises/deferred.ts';

export interface ICallOptions {
  timeout?: number | undefined;
  receive_progress?: boolean | undefined;
  disclose_me?: boolean | undefined;
  [option: string]: Any;
}
export interface ICancelOptions {
  mode?: 'skip' | 'kill' | 'killnowait' | undefined;
}
export interface IPublishOptions {
  acknowledge?: boolean | undefined;
  exclude?: number[] | undefined;
  exclude_authid?: string[] | undefined;
  exclude_authrole?: string[] | undefined;
  eligible?: number[] | undefined;
  eligible_authid?: string[] | undefined;
  eligible_authrole?: string[] | undefined;
  exclude_me?: boolean | undefined;
  disclose_me?: boolean | undefined;
  retain?: boolean | undefined;
  [option: string]: Any;
}
export interface ISubscribeOptions {
  match?: string | undefined;
  get_retained?: boolean | undefined;
  [option: string]: Any;
}
export interface IRegisterOptions {
  match?: string | undefined;
  invoke?: string | undefined;
  [option: string]: Any;
}

export interface CallPromise<T> extends LegacyPromise<T> {
  /** Sends CANCEL. With any mode but `kill` it also rejects, at once. Only on what `call` returned, and not on what its `then` returns. */
  cancel(options?: ICancelOptions): void;
}

export interface IResult {
  args: Any[];
  kwargs: Any;
}
export interface IError {
  error: string;
  args: Any[];
  kwargs: Any;
}
export interface IEvent<TName = string> {
  publication: number;
  topic: TName;
  publisher?: number | undefined;
  publisher_authid?: string | undefined;
  publisher_authrole?: string | undefined;
  retained?: boolean | undefined;
  forward_for?: Any;
}
export interface IInvocation {
  procedure: string;
  /** Null if the caller did not ask for progress. */
  progress?: ((args?: Any[], kwargs?: Any) => void) | null | undefined;
  caller?: number | undefined;
  caller_authid?: string | undefined;
  caller_authrole?: string | undefined;
}
export interface IPublication {
  id: number;
}

export type SubscribeHandler<TArgs = Any[], TKWArgs = Any, TName = string> = (
  args?: TArgs,
  kwargs?: TKWArgs,
  details?: IEvent<TName>,
  subscription?: Any,
) => void;
export type RegisterEndpoint<TResult = Any, TArgs = Any[], TKWArgs = Any> = (
  args?: TArgs,
  kwargs?: TKWArgs,
  details?: IInvocation,
) => TResult;

export type OnUserErrorHandler = (error: Any, customErrorMessage?: string) => void;
export type OnInternalErrorHandler = (error: Any, customErrorMessage?: string) => void;
