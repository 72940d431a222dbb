/**
 * Traces across the router: a span around each call, publication, invocation and event, and its context passed on.
 *
 * @module
 */

import { memberOf } from '../base/checks.ts';
import { type Dict, isThenable, type Uri } from '../base/words.ts';
import type { Middleware } from '../client/api/middleware-api.ts';
import { defineMiddleware } from '../client/features/middleware/middleware.ts';

/** The functions that a tracer must have. The guide has an adapter of ten lines for `@opentelemetry/api`. */
export interface Instrument {
  /** Begins a span. `parent`: the W3C traceparent in the message, unchecked: a string from another peer. */
  start(span: {
    readonly kind: 'call' | 'publish' | 'invocation' | 'event';
    readonly uri: Uri;
    readonly parent?: string | undefined;
  }): Span;
}
export interface Span {
  /** The W3C traceparent to pass on; undefined: none. */
  readonly traceparent: string | undefined;
  /** Runs with the span as the current one, so that spans begun within are its children. */
  run<T>(work: () => T): T;
  /** Called once, with the error, if there is one. */
  end(error?: unknown): void;
}

const KEY = '_traceparent';

/**
 * A middleware that traces. The context travels as option `_traceparent`; our router passes it on to callee and subscribers.
 *
 * @param options - `inKwargs`: also as keyword, for routers that drop unknown options (Crossbar.io, nexus). The receiver
 * should have this middleware, which removes it again; an endpoint without it sees one more keyword argument. Default false.
 */
export function telemetry(
  instrument: Instrument,
  { inKwargs = false }: { readonly inKwargs?: boolean | undefined } = {},
): Middleware {
  const out = <C extends { readonly options: object; readonly kwargs: Dict }, R>(
    kind: 'call' | 'publish',
    uri: Uri,
    context: C,
    next: (context: C) => R,
  ): R => {
    const span = instrument.start({ kind, uri });
    const { traceparent } = span;
    const trace = { [KEY]: traceparent };
    const given =
      traceparent === undefined
        ? context
        : {
            ...context,
            options: { ...context.options, ...trace },
            ...(inKwargs ? { kwargs: { ...context.kwargs, ...trace } } : {}),
          };
    return within(span, () => next(given));
  };
  const into = <C extends { readonly details: object; readonly kwargs: Dict }, R>(
    kind: 'invocation' | 'event',
    uri: Uri,
    context: C,
    next: (context: C) => R,
  ): R => {
    const { [KEY]: inKeywords, ...kwargs } = context.kwargs;
    const parent = memberOf(context.details, KEY) ?? inKeywords;
    const span = instrument.start({ kind, uri, parent: typeof parent === 'string' ? parent : undefined });
    return within(span, () => next(inKeywords === undefined ? context : { ...context, kwargs }));
  };
  return defineMiddleware({
    call: (context, next) => out('call', context.procedure, context, next),
    publish: (context, next) => out('publish', context.topic, context, next),
    invocation: (context, next) => into('invocation', context.details.procedure, context, next),
    event: (context, next) => into('event', context.details.topic, context, next),
  });
}

function within<R>(span: Span, work: () => R): R {
  let outcome: R;
  try {
    outcome = span.run(work);
  } catch (error) {
    span.end(error);
    throw error;
  }
  if (isThenable(outcome))
    outcome.then(
      () => span.end(),
      (error: unknown) => span.end(error),
    );
  else span.end();
  return outcome;
}
