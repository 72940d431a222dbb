/*
 * Middleware: hooks around the four things that happen. A connection puts those of one kind together once, in its constructor; where
 * nobody hooks in, nothing is there, and the verbs, handlers and endpoints are called as they are.
 *
 * What goes out is hooked where the user calls (`hookVerbs`: a connection's call is one, however often it is sent), what comes in around
 * the user's own code (`hookHandler`, and callee.ts).
 */
import { show } from '../protocol/checks.ts';
import { type Dict, isThenable, type Uri } from '../words.ts';
import type { EventDetails, InvocationDetails, Publication } from './payload.ts';
import { type Result, toValue } from './result.ts';
import { checkPayload, type Report } from './role.ts';
import type { AnyHandler } from './subscriber.ts';
import type { AcknowledgedOptions, CallOptions, UnacknowledgedOptions } from './verbs.ts';

/**
 * Hooks around the four things that happen, of connection and sessions alike, for `ConnectionOptions.middleware`.
 *
 * Each may look at the context, hand on another one (what it leaves out is as it was), see the outcome, or not call `next` at all and give
 * an outcome of its own. What it throws or rejects with is the outcome. `call` and `publish` may call `next` again: that is a request more;
 * an invocation or event is handed on once. The order of events and invocations holds as long as `next` is called synchronously.
 *
 * @example
 * const timing: Middleware = {
 *   async call(context, next) {
 *     const start = performance.now();
 *     try {
 *       return await next(context);
 *     } finally {
 *       console.log(context.procedure, performance.now() - start);
 *     }
 *   },
 * };
 */
export interface Middleware {
  /** Around `call` and `callResult`: once per call of yours, whatever waiting and sending anew it takes. */
  call?(context: CallContext, next: (context: CallContext) => Promise<Result>): Promise<Result>;
  /**
   * Around `publish`. Gives what `next` gives: without `acknowledge` nothing. What it throws then is thrown by `publish`, what it rejects
   * with goes to `on('error')`.
   */
  publish?(
    context: PublishContext,
    next: (context: PublishContext) => Promise<Publication> | undefined,
  ): Promise<Publication> | undefined;
  /** Around an endpoint, all of its progress and its turn in `maxConcurrency` included. What it throws is answered, as if the endpoint threw it. */
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
/** A middleware that knows the types it checks. */
export interface Contract<out Api> extends Middleware {
  /** Never there; carries the type. */
  readonly '~api'?: Api;
}

interface AnyContext {
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  details?: object;
}
/** All hooks of one kind in one. `last`: what they are around. */
type Hook<C extends AnyContext, R> = (context: C, last: (context: C) => R) => R;
type AnyHook = Hook<AnyContext, unknown>;

export interface Hooks {
  readonly call?: Hook<CallContext, Promise<Result>>;
  readonly publish?: Hook<PublishContext, Promise<Publication> | undefined>;
  readonly invocation?: Hook<InvocationContext, Promise<Result>>;
  readonly event?: Hook<EventContext, unknown>;
}

/**
 * The hooks of all, outermost first; the contract is nearest to the user's code, both ways.
 *
 * @throws TypeError for what is no middleware.
 */
export function hooksOf(middleware: readonly Middleware[] = [], contract?: Middleware): Hooks {
  const hooks: { -readonly [kind in keyof Hooks]: AnyHook } = {};
  for (const each of contract ? [...middleware, contract] : middleware)
    if (typeof each !== 'object' || each === null) throw new TypeError(`expected middleware to be objects, got ${show(each)}`);
  for (const kind of ['call', 'publish', 'invocation', 'event'] as const) {
    const isOut = kind === 'call' || kind === 'publish';
    const all = contract ? (isOut ? [contract, ...middleware] : [...middleware, contract]) : [...middleware];
    for (const each of all.reverse()) {
      const hook = each[kind] as AnyHook | undefined;
      if (typeof hook === 'function') hooks[kind] = around(kind, hook.bind(each), hooks[kind]);
      else if (hook !== undefined) throw new TypeError(`expected ${kind} of middleware to be a function, got ${show(hook)}`);
    }
  }
  return hooks as unknown as Hooks; // each was made of its own kind
}

function around(kind: keyof Hooks, hook: AnyHook, inner: AnyHook | undefined): AnyHook {
  const isAnswer = kind === 'call' || kind === 'invocation';
  const run: AnyHook = (context, last) => {
    let isUsed = false;
    const next = (given: AnyContext): unknown => {
      const whole = { ...context, ...given };
      if (context.details) {
        if (isUsed) throw new Error(`next() of ${kind} was called twice`);
        isUsed = true;
        checkPayload(whole.args, whole.kwargs);
        whole.details = complete(whole.details ?? context.details, context.details);
      }
      return inner ? inner(whole, last) : last(whole);
    };
    return hook(context, isAnswer ? async (given) => next(given) : next);
  };
  if (!isAnswer) return run;
  return async (context, last) => {
    const result = (await run(context, last)) as Partial<Result> | undefined;
    if (!Array.isArray(result?.args)) throw new TypeError(`expected ${kind} of middleware to give a Result, got ${show(result)}`);
    return result;
  };
}

/** A copy of an invocation's details lacks what sits on the prototype. */
function complete(details: object, whole: object): object {
  if (details !== whole)
    for (const key of ['signal', 'sendProgress', 'furtherInputs'] as const)
      if (key in whole && !Object.getOwnPropertyDescriptor(details, key))
        Object.defineProperty(details, key, { get: () => (whole as InvocationDetails)[key] });
  return details;
}

type Args = readonly unknown[] | null | undefined;
type Kwargs = object | null | undefined;
type PublishOptions = UnacknowledgedOptions | AcknowledgedOptions;

/** The verbs, as a session or connection carries them out, and as its user calls them. */
interface Verbs {
  call(procedure: Uri, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<unknown>;
  callResult(procedure: Uri, args?: Args, kwargs?: Kwargs, options?: CallOptions): Promise<Result>;
  publish(topic: Uri, args?: Args, kwargs?: Kwargs, options?: PublishOptions): Promise<Publication> | undefined;
}

/** Those verbs that are hooked, within their hooks. */
export function hookVerbs(verbs: Omit<Verbs, 'call'>, hooks: Hooks, report: Report): Partial<Verbs> {
  const { call, publish } = hooks;
  const hooked: { -readonly [verb in keyof Verbs]?: Verbs[verb] } = {};
  if (call) {
    const callResult: Verbs['callResult'] = (procedure, args, kwargs, options) =>
      call({ procedure, args: args ?? [], kwargs: (kwargs ?? {}) as Dict, options: options ?? {} }, (context) =>
        verbs.callResult(context.procedure, context.args, context.kwargs, context.options),
      );
    hooked.callResult = callResult;
    hooked.call = async (...given) => {
      const { args, kwargs, details } = await callResult(...given);
      return toValue({ args, kwargs: kwargs as Dict }, details);
    };
  }
  if (publish) {
    const start: Verbs['publish'] = (topic, args, kwargs, options) =>
      publish({ topic, args: args ?? [], kwargs: (kwargs ?? {}) as Dict, options: options ?? {} }, (context) =>
        verbs.publish(context.topic, context.args, context.kwargs, context.options),
      );
    const acknowledged = async (...given: Parameters<Verbs['publish']>): Promise<Publication> => {
      const publication = await start(...given);
      if (typeof publication?.id !== 'number')
        throw new TypeError(`expected publish of middleware to give a Publication, got ${show(publication)}`);
      return publication;
    };
    hooked.publish = (topic, args, kwargs, options) => {
      if (options?.acknowledge === true) return acknowledged(topic, args, kwargs, options);
      const outcome = start(topic, args, kwargs, options);
      if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => report(error, 'publication', topic));
      return undefined;
    };
  }
  return hooked;
}

/** The handler within its hook. What is no function stays it, to be complained of. */
export function hookHandler(handler: AnyHandler, { event }: Hooks): AnyHandler {
  if (!event || typeof handler !== 'function') return handler;
  const last = ({ args, kwargs, details }: EventContext): unknown => handler(args as never, kwargs as never, details as never);
  return (args, kwargs, details) => event({ args, kwargs, details }, last);
}
