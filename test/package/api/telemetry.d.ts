/// <reference lib="esnext.disposable" />
import { Middleware } from './index.js';
import { Uri } from './index.js';
import './types/uri.js';

/**
 * Traces across the router: a span around each call, publication, invocation and event, and its context handed on.
 *
 * @module
 */

/** What is needed of a tracer; `@opentelemetry/api` fits through a ten-line adapter, which the guide has. */
interface Instrument {
    /** Begins a span. `parent`: the W3C traceparent that came with it, as it came: a string from another peer. */
    start(span: {
        readonly kind: 'call' | 'publish' | 'invocation' | 'event';
        readonly uri: Uri;
        readonly parent?: string | undefined;
    }): Span;
}
interface Span {
    /** W3C traceparent, handed on; undefined: none is. */
    readonly traceparent: string | undefined;
    /** Runs with the span as the current one, so that spans begun within are its children. */
    run<T>(work: () => T): T;
    /** Once, with what the outcome is, if it is an error. */
    end(error?: unknown): void;
}
/**
 * A middleware that traces. The context travels as option `_traceparent`; our router hands it on to callee and subscribers.
 *
 * @param options - `inKwargs`: also as keyword, for routers that drop options which they do not know (Crossbar.io, nexus). Whoever receives
 * it should have this middleware, which takes it away again; an endpoint without sees it as a keyword argument. Default false.
 */
declare function telemetry(instrument: Instrument, { inKwargs }?: {
    readonly inKwargs?: boolean | undefined;
}): Middleware;

export { telemetry };
export type { Instrument, Span };
