/*
 * Middleware: hooks around the four things that happen. `defineMiddleware` brings all that it takes; what is in every client are the points
 * where hooks go in (`Points`), and where there are none, verbs, handlers and endpoints are called as they are.
 *
 * What goes out is hooked where the user calls: a connection's call is one, however often it is sent, and so is a session's. What comes
 * in is hooked around the user's own code.
 */
import { show } from '../../protocol/checks.ts';
import { type Dict, isThenable, type Uri } from '../../words.ts';
import type { AcknowledgedOptions, CallOptions, UnacknowledgedOptions } from '../api/options.ts';
import type { EventDetails, InvocationDetails, Publication } from '../api/payload.ts';
import { type Result, toValue } from '../api/result.ts';
import { type Bounds, within } from './bounds.ts';
import type { AnyHandler, Report } from './callbacks.ts';

/**
 * Hooks around the four things that happen, on a connection and on its sessions.
 *
 * Each may look at the context, hand on another one (what that leaves out is as it was), see the outcome, or not call `next` and give an
 * outcome of its own. What it throws or rejects with is the outcome. `call` and `publish` may call `next` again: that is one request
 * more; an invocation or event is handed on once. The order of events and invocations holds while `next` is called synchronously.
 */
export interface Hooks {
  /** Around `call` and `callResult`: once per call of yours, whatever waiting and sending anew it takes. */
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
  /** @internal */
  readonly '~around': (inner: Points) => Points;
}
/** A middleware that knows the types it checks. */
export interface Contract<out Api> extends Middleware {
  /** Never there; carries the type. */
  readonly '~api'?: Api;
}

type Payload = [args?: readonly unknown[] | null | undefined, kwargs?: object | null | undefined];
type Calling = [procedure: Uri, ...Payload, options?: CallOptions];
type Publishing = [topic: Uri, ...Payload, options?: UnacknowledgedOptions | AcknowledgedOptions];

/** The verbs, as a session or connection carries them out, and as its user calls them. */
interface Verbs {
  call(...given: Calling): Promise<unknown>;
  callResult(...given: Calling): Promise<Result>;
  publish(...given: Publishing): Promise<Publication> | undefined;
}

/** All hooks of one kind in one. `last`: what they are around. */
type Hook<C, R> = (context: C, last: (context: C) => R) => R;
interface Composed {
  readonly call?: Hook<CallContext, Promise<Result>> | undefined;
  readonly publish?: Hook<PublishContext, Promise<Publication> | undefined> | undefined;
  readonly invocation?: Hook<InvocationContext, Promise<Result>> | undefined;
  readonly event?: Hook<EventContext, unknown> | undefined;
}

/** Where hooks go in. Empty: there are none. */
export interface Points extends Composed {
  /** `call` and `publish` of a contract, around those. */
  readonly outermost?: Composed;
  /** Those verbs that are hooked, within their hooks. */
  verbs?(verbs: Omit<Verbs, 'call'>, report: Report, bounds: Bounds): Partial<Verbs>;
  /**
   * The handler within its hooks. What is no function stays it, to be complained of.
   *
   * @param isLeft - Whether it was unsubscribed, while the hooks took their time.
   */
  handler?(handler: AnyHandler, isLeft: () => boolean): AnyHandler;
}

/**
 * A middleware of hooks of yours.
 *
 * @throws TypeError for hooks that are no functions.
 * @example
 * const timing = defineMiddleware({
 *   async call(context, next) {
 *     const start = Date.now();
 *     try {
 *       return await next(context);
 *     } finally {
 *       console.log(context.procedure, Date.now() - start);
 *     }
 *   },
 * });
 * const connection = new Connection({ url, realm, middleware: [timing] });
 */
export function defineMiddleware(hooks: Hooks): Middleware {
  const isHook = (hook: unknown): boolean => hook === undefined || typeof hook === 'function';
  const isFit = typeof hooks === 'object' && hooks !== null && KINDS.every((kind) => isHook(hooks[kind]));
  if (!isFit || !KINDS.some((kind) => hooks[kind]))
    throw new TypeError(`expected an object with functions (${KINDS.join(', ')}), got ${show(hooks)}`);
  return { '~around': (inner) => ({ ...points, ...inner, ...around(KINDS, hooks, inner) }) };
}

/** A middleware nearest to the user's code: outermost of what goes out, and, where it is the last, innermost of what comes in. */
export function defineInnermost(hooks: Hooks): Middleware {
  return {
    '~around': (inner) => ({
      ...points,
      ...inner,
      ...around(['invocation', 'event'], hooks, inner),
      outermost: around(['call', 'publish'], hooks, inner.outermost ?? {}),
    }),
  };
}

const KINDS = ['call', 'publish', 'invocation', 'event'] as const;
type Kind = (typeof KINDS)[number];

interface AnyContext {
  readonly options?: { readonly acknowledge?: unknown };
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  details?: object;
}
type AnyHook = Hook<AnyContext, unknown>;

function around(kinds: readonly Kind[], hooks: Hooks, inner: Composed): Composed {
  const composed: { [kind in Kind]?: AnyHook } = {};
  for (const kind of kinds) {
    // Of one kind each: the types are those of `Hooks`.
    const hook = hooks[kind]?.bind(hooks) as unknown as AnyHook | undefined;
    if (hook) composed[kind] = wrap(kind, hook, inner[kind] as unknown as AnyHook | undefined);
  }
  return composed as unknown as Composed;
}

function wrap(kind: Kind, hook: AnyHook, inner: AnyHook | undefined): AnyHook {
  const isAnswer = kind === 'call' || kind === 'invocation';
  const check = (isFit: boolean, outcome: unknown): unknown => {
    if (isFit) return outcome;
    throw new TypeError(`expected ${kind} of a middleware to give what next() gives, got ${show(outcome)}`);
  };
  const run: AnyHook = (context, last) => {
    let isUsed = false;
    const next = (given: AnyContext): unknown => {
      const whole = { ...context, ...given };
      if (context.details) {
        if (isUsed) throw new Error(`next() was called twice by ${kind} of a middleware`);
        isUsed = true;
        if (!Array.isArray(whole.args))
          throw new TypeError(`expected next() of ${kind} to be given args, a list, got ${show(whole.args)}`);
        whole.details = complete(whole.details ?? context.details, context.details);
      }
      return inner ? inner(whole, last) : last(whole);
    };
    const answered = (given: AnyContext): Promise<unknown> => {
      const answer = (async () => next(given))();
      answer.catch(() => {}); // a hook that does not wait for it is told by `check`
      return answer;
    };
    return hook(context, isAnswer ? answered : next);
  };
  if (isAnswer)
    return async (context, last) => {
      const outcome = await run(context, last);
      return check(Array.isArray((outcome as Partial<Result> | undefined)?.args), outcome);
    };
  return (context, last) => {
    const outcome = run(context, last);
    return check(context.options?.acknowledge !== true || isThenable(outcome), outcome);
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

/** `outermost` around `inner`. */
function both<C, R>(outermost: Hook<C, R> | undefined, inner: Hook<C, R> | undefined): Hook<C, R> | undefined {
  if (!outermost || !inner) return outermost ?? inner;
  return (context, last) => outermost(context, (given) => inner(given, last));
}

/** What every middleware brings to the points. */
const points: Points = {
  verbs(verbs, report, bounds) {
    const call = both(this.outermost?.call, this.call);
    const publish = both(this.outermost?.publish, this.publish);
    const hooked: { -readonly [verb in keyof Verbs]?: Verbs[verb] } = {};
    if (call) {
      const callResult = (...[procedure, args, kwargs, options]: Calling): Promise<Result> =>
        within(
          bounds,
          'procedure',
          procedure,
          { procedure, args: args ?? [], kwargs: (kwargs ?? {}) as Dict, options: options ?? {} },
          call,
          (context) => verbs.callResult(context.procedure, context.args, context.kwargs, context.options),
        );
      hooked.callResult = callResult;
      hooked.call = async (...given) => {
        const { args, kwargs, details } = await callResult(...given);
        return toValue({ args, kwargs: kwargs as Dict }, details);
      };
    }
    if (publish) {
      const last = ({ topic, args, kwargs, options }: PublishContext): Promise<Publication> | undefined =>
        verbs.publish(topic, args, kwargs, options);
      hooked.publish = (...[topic, args, kwargs, options]) => {
        const context = { topic, args: args ?? [], kwargs: (kwargs ?? {}) as Dict, options: options ?? {} };
        if (options?.acknowledge === true)
          return within(bounds, 'topic', topic, context, publish as Hook<PublishContext, Promise<Publication>>, last);
        const outcome = publish(context, last);
        if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => report(error, 'publication', topic));
        return undefined;
      };
    }
    return hooked;
  },
  handler(handler, isLeft) {
    const { event } = this;
    if (!event || typeof handler !== 'function') return handler;
    const last = ({ args, kwargs, details }: EventContext): unknown =>
      isLeft() ? undefined : handler(args as never, kwargs as never, details as never);
    return (args, kwargs, details) => event({ args, kwargs, details }, last);
  },
};
