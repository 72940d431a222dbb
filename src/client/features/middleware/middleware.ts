/*
 * Middleware: hooks around the four things that happen. `defineMiddleware` brings all that it takes; where there are no hooks, verbs, handlers
 * and endpoints are called as they are.
 *
 * What goes out is hooked where the user calls: a connection's call is one, however often it is sent, and so is a session's. What comes
 * in is hooked around the user's own code.
 */
import { memberOf, show } from '../../../base/checks.ts';
import { type Dict, isThenable } from '../../../base/words.ts';
import type {
  CallContext,
  Composed,
  EventContext,
  Hook,
  Hooks,
  Middleware,
  Points,
  PublishContext,
} from '../../api/middleware-api.ts';
import type { Publication } from '../../api/payload.ts';
import { type Result, toResult } from '../../api/result.ts';
import type { Kernel, Scope, Verbs } from '../../kernel/kernel.ts';
import { within } from './bounds.ts';

/**
 * A middleware that consists of these hooks.
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
  const composed: { [kind in Kind]?: unknown } = {};
  for (const kind of kinds) {
    // Of one kind each: the types are those of `Hooks`.
    const both: unknown[] = [hooks[kind]?.bind(hooks), inner[kind]];
    const [hook, inside] = both as readonly (AnyHook | undefined)[];
    if (hook) composed[kind] = wrap(kind, hook, inside);
  }
  return composed as Composed;
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
      return check(Array.isArray(memberOf(outcome, 'args')), outcome);
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
        Object.defineProperty(details, key, { get: () => memberOf(whole, key) });
  return details;
}

/** `outermost` around `inner`. */
function both<C, R>(outermost: Hook<C, R> | undefined, inner: Hook<C, R> | undefined): Hook<C, R> | undefined {
  if (!outermost || !inner) return outermost ?? inner;
  return (context, last) => outermost(context, (given) => inner(given, last));
}

/** What every middleware brings: how the hooks of them all are put around what a kernel does. */
const points: Points = {
  install(kernel: Kernel) {
    const { invocation, event, outermost } = this;
    const call = both(outermost?.call, this.call);
    const publish = both(outermost?.publish, this.publish);
    if (call || publish) kernel.verbs.push((inner, scope) => ({ ...inner, ...hookedVerbs(kernel, inner, scope, call, publish) }));
    if (event)
      kernel.handler = (handler, isLeft) => {
        // Anything but a function is left as it is: `subscribe` refuses it.
        if (typeof handler !== 'function') return handler;
        const last = ({ args, kwargs, details }: EventContext): unknown => (isLeft() ? undefined : handler(args, kwargs, details));
        return (args, kwargs, details) => event({ args, kwargs, details }, last);
      };
    if (invocation)
      kernel.invoke = (endpoint, given, answer) =>
        invocation(given, async ({ args, kwargs, details }) => answer(await endpoint(args, kwargs, details), details));
  },
};

function hookedVerbs(
  kernel: Kernel,
  inner: Verbs,
  { isConnection, over }: Scope,
  call: Composed['call'],
  publish: Composed['publish'],
): Partial<Verbs> {
  const held = new Set<(why: unknown) => void>();
  over.push((why) => {
    for (const give of held) give(why);
  });
  const bounds = { clock: kernel.clock, held, timeoutMs: isConnection ? kernel.options.defaults?.timeoutMs : undefined };
  const hooked: { -readonly [verb in keyof Verbs]?: Verbs[verb] } = {};
  if (call)
    hooked.call = async (read, procedure, args, kwargs, options) => {
      const given = { procedure, args: args ?? [], kwargs: kwargs ?? {}, options: options ?? {} };
      const last = (context: CallContext): Promise<Result> =>
        inner.call(toResult, context.procedure, context.args, context.kwargs, context.options);
      const { args: answered, kwargs: named, details } = await within(bounds, 'procedure', procedure, given, call, last);
      return read({ args: answered, kwargs: named as Dict, details });
    };
  if (publish) {
    const last = ({ topic, args, kwargs, options }: PublishContext): Promise<Publication> | undefined =>
      inner.publish(topic, args, kwargs, options);
    hooked.publish = (topic, args, kwargs, options) => {
      const context = { topic, args: args ?? [], kwargs: kwargs ?? {}, options: options ?? {} };
      if (options?.acknowledge === true)
        return within(bounds, 'topic', topic, context, publish as Hook<PublishContext, Promise<Publication>>, last);
      const outcome = publish(context, last);
      if (isThenable(outcome)) outcome.then(undefined, (error: unknown) => kernel.report(error, 'publication', topic));
      return undefined;
    };
  }
  return hooked;
}
