/*
 * Middleware as its author sees it: hooks around the four things that happen. Types only.
 */
import type { Dict, Uri } from '../../base/words.ts';
import type { AcknowledgedOptions, CallOptions, UnacknowledgedOptions } from './options.ts';
import type { EventDetails, InvocationDetails, Publication } from './payload.ts';
import type { Result } from './result.ts';

/**
 * Hooks around the four things that happen, on a connection and on its sessions.
 *
 * Each may look at the context, hand on another one (what that leaves out is as it was), see the outcome, or not call `next` and give an
 * outcome of its own. What it throws or rejects with is the outcome. `call` and `publish` may call `next` again: that is one request
 * more; an invocation or event is handed on once. The order of events and invocations holds while `next` is called synchronously.
 */
export interface Hooks {
  /** Around `call` and `callResult`: once per call of the program, however often it waits and is sent again. */
  call?(context: CallContext, next: (context: CallContext) => Promise<Result>): Promise<Result>;
  /**
   * Around `publish`. Gives what `next` gives: nothing without `acknowledge`. What it throws then is thrown by `publish`, what it rejects
   * with goes to `on('error')`.
   */
  publish?(
    context: PublishContext,
    next: (context: PublishContext) => Promise<Publication> | undefined,
  ): Promise<Publication> | undefined;
  /**
   * Around an endpoint, its progress and its turn in `maxConcurrency` included. What it throws is answered as if the endpoint had thrown it.
   * What it adds to `details` the endpoint sees, too.
   */
  invocation?(context: InvocationContext, next: (context: InvocationContext) => Promise<Result>): Promise<Result>;
  /** Around an event handler, each on its own. What it throws or rejects with goes to `on('error')`. */
  event?(context: EventContext, next: (context: EventContext) => unknown): unknown;
}
export interface CallContext {
  readonly procedure: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly options: CallOptions;
}
export interface PublishContext {
  readonly topic: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly options: UnacknowledgedOptions | AcknowledgedOptions;
}
export interface InvocationContext {
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly details: InvocationDetails;
}
export interface EventContext {
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly details: EventDetails;
}
/** For `ConnectionOptions.middleware`: of `defineMiddleware`, `telemetry`, `diagnostics`, `defineContract`. */
export interface Middleware {
  /** Its hooks around those of the middleware within it. */
  readonly '~around': (inner: Points) => Points;
}
/** A middleware that knows the types it checks. */
export interface Contract<out Api> extends Middleware {
  /** Never there; carries the type. */
  readonly '~api'?: Api;
}

/** All hooks of one kind in one. `last`: what they are around. */
export type Hook<C, R> = (context: C, last: (context: C) => R) => R;
export interface Composed {
  readonly call?: Hook<CallContext, Promise<Result>> | undefined;
  readonly publish?: Hook<PublishContext, Promise<Publication> | undefined> | undefined;
  readonly invocation?: Hook<InvocationContext, Promise<Result>> | undefined;
  readonly event?: Hook<EventContext, unknown> | undefined;
}
/** The hooks of all middleware of a connection, composed. Empty: there are none. */
export interface Points extends Composed {
  /** `call` and `publish` of a contract, around those. */
  readonly outermost?: Composed;
  /** Puts them around what a kernel does (kernel.ts, which this file must not know). */
  install?(kernel: never): void;
}
