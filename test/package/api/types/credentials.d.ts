/// <reference lib="esnext.disposable" />
import { Uri, Dict, Awaitable } from './words.js';

/** What an error came from. */
interface ErrorCause {
    readonly cause?: unknown;
}
/**
 * The root of all errors of this library.
 *
 * `uri` is never empty, so that `switch (error.uri)` covers local and remote failures alike: `wamp.error.timeout` is the router's
 * and our own timer's.
 */
declare abstract class WampError extends Error {
    /** Of the classes of this file: the `name` of their instances. */
    protected static kind(): string;
    /** What happened, as a URI. */
    readonly uri: Uri;
    /** What was called or registered, where a verb rejects with this. */
    readonly procedure?: Uri;
    /** What was published or subscribed, where a verb rejects with this. */
    readonly topic?: Uri;
    constructor(name: string, uri: Uri, message: string, options?: ErrorCause);
}
/** The peer broke the protocol, or sent more than is taken (`wamp.error.payload_size_exceeded`); the session is aborted. */
declare class ProtocolError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause & {
        readonly uri?: Uri;
    });
}
/**
 * An ERROR message from callee or router; also what endpoints throw to choose URI and payload.
 *
 * @example throw new ApplicationError('com.shop.error.unknown_sku', ['a1']);
 */
declare class ApplicationError<out A extends readonly unknown[] = readonly unknown[], out K extends object = Dict> extends WampError {
    protected static kind(): string;
    readonly args: A;
    readonly kwargs: K;
    /** ERROR.Details, verbatim. Of one that an endpoint throws, `ppt_*` goes out in them. */
    readonly details: Dict;
    constructor(uri: Uri, args?: A, kwargs?: K, options?: ErrorCause & {
        readonly message?: string;
        readonly details?: Dict;
    });
}
/** ABORT instead of WELCOME, or a login that could not be made. */
declare class JoinError extends WampError {
    protected static kind(): string;
    /** The reason as it came; `uri` is the same with synonyms made one. */
    readonly reason: Uri;
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    /** ABORT.Details, verbatim. */
    readonly details: Dict;
    constructor(uri: Uri, message: string, options?: ErrorCause & {
        readonly reason?: Uri;
        readonly args?: readonly unknown[] | undefined;
        readonly kwargs?: Dict | undefined;
        readonly details?: Dict;
    });
}
/** The session or the connection ended first. `uri` is GOODBYE's or ABORT's reason, else `wamp.error.network_failure`. */
declare class ConnectionLostError extends WampError {
    protected static kind(): string;
    /** not-sent: it surely never left, repeat at will. unknown: it may have run. */
    readonly delivery: 'not-sent' | 'unknown';
    constructor(uri: Uri, message: string, options?: ErrorCause & {
        readonly delivery?: 'not-sent' | 'unknown';
    });
}
/**
 * A payload that cannot be encoded or decoded (`wamp.error.invalid_payload`), or is longer than the other side takes
 * (`wamp.error.payload_size_exceeded`).
 */
declare class SerializationError extends WampError {
    protected static kind(): string;
    /** Where in the encoded value: keys and indices from the outside in. */
    readonly path: readonly (string | number)[];
    /**
     * Thrown by a serializer for a message that is well-formed, but holds what it cannot read: the elements before that, at least. Where
     * only the payload cannot be read, only that call or event fails. Undefined: the message cannot be read at all.
     */
    readonly envelope: readonly unknown[] | undefined;
    constructor(message: string, options?: ErrorCause & {
        readonly path?: readonly (string | number)[];
        readonly uri?: Uri;
        readonly envelope?: readonly unknown[] | undefined;
    });
}
/**
 * No line: nothing listens (`wamp.error.network_failure`), the URL is none (`autostrada.error.invalid_url`), no WebSocket there
 * (`autostrada.error.no_websocket`), no RawSocket (`autostrada.error.no_rawsocket`), no long-poll there (`autostrada.error.no_longpoll`), or no
 * common subprotocol (`autostrada.error.no_subprotocol`).
 */
declare class TransportError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause & {
        readonly uri?: Uri;
    });
}
/** Our own limit passed. `name` is `TimeoutError`, like that of `AbortSignal.timeout()`. */
declare class TimeoutError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause);
}
/** Throw it from a credentials or url function to stop the reconnecting. */
declare class FatalError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause);
}

/** One try to connect and join. */
interface Attempt {
    /** 1 for the first try after `open()` and after a stable session. */
    readonly number: number;
    /** Why the last one failed or ended. `previous?.uri === 'wamp.error.authentication_denied'`: get a new token. */
    readonly previous: WampError | undefined;
    readonly signal: AbortSignal;
}
/** One way to log in. */
interface Credentials {
    readonly authmethods: readonly string[];
    /** Somebody is asked for the secret at each login: one that was refused may be another next time. Default false. */
    readonly isAsked?: boolean | undefined;
    begin(attempt: Attempt): Awaitable<Login>;
}
/** What one login knows; a new one for each join, so nonces live here. */
interface Login {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
    onchallenge?(method: string, extra: Dict, line: LoginLine): Awaitable<string | {
        readonly signature: string;
        readonly extra: Dict;
    }>;
    /** Checks the router's side, given WELCOME.Details; throwing refuses the session. */
    onwelcome?(details: Dict): Awaitable<void>;
}
/** The line that a login is on. */
interface LoginLine {
    /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
    channelBinding(type: 'tls-exporter' | 'tls-unique'): Uint8Array | undefined;
}
/** A secret, or where to get it. A function is asked only when the router picks the method. */
type Secret<T = string> = T | ((attempt: Attempt) => Awaitable<T>);
/** No proof: the router decides who this is (WAMP method `anonymous`). */
declare function anonymous(options?: {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
}): Credentials;

export { ApplicationError, ConnectionLostError, FatalError, JoinError, ProtocolError, SerializationError, TimeoutError, TransportError, WampError, anonymous };
export type { Attempt, Credentials, ErrorCause, Login, LoginLine, Secret };
