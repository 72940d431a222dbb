/// <reference lib="esnext.disposable" />
import { Uri } from './index.js';
import { Middleware } from './index.js';
import './types/uri.js';

/**
 * Traces across the router: a span around each call, publication, invocation and event, and its context passed on.
 *
 * @module
 */

/** The functions that a tracer must have. The guide has an adapter of ten lines for `@opentelemetry/api`. */
interface Instrument {
    /** Begins a span. `parent`: the W3C traceparent in the message, unchecked: a string from another peer. */
    start(span: {
        readonly kind: 'call' | 'publish' | 'invocation' | 'event';
        readonly uri: Uri;
        readonly parent?: string | undefined;
    }): Span;
}
interface Span {
    /** The W3C traceparent to pass on; undefined: none. */
    readonly traceparent: string | undefined;
    /** Runs with the span as the current one, so that spans begun within are its children. */
    run<T>(work: () => T): T;
    /** Called once, with the error, if there is one. */
    end(error?: unknown): void;
}
/**
 * A middleware that traces. The context travels as option `_traceparent`; our router passes it on to callee and subscribers.
 *
 * @param options - `inKwargs`: also as keyword, for routers that drop unknown options (Crossbar.io, nexus). The receiver
 * should have this middleware, which removes it again; an endpoint without it sees one more keyword argument. Default false.
 */
declare function telemetry(instrument: Instrument, { inKwargs }?: {
    readonly inKwargs?: boolean | undefined;
}): Middleware;

export { telemetry };
export type { Instrument, Span };
