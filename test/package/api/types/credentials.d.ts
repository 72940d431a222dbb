/// <reference lib="esnext.disposable" />
import { Uri, Dict, Awaitable } from './words.js';

/** Why an error happened: another error. */
interface ErrorCause {
    readonly cause?: unknown;
}
/**
 * The root of all errors of this library.
 *
 * `uri` is never empty, so that `switch (error.uri)` works for local and remote failures alike: `wamp.error.timeout` comes
 * from the router or from our own timer.
 */
declare abstract class WampError extends Error {
    /** The `name` of the instances, for the classes of this file. */
    protected static kind(): string;
    /** What happened, as a URI. */
    readonly uri: Uri;
    /** The procedure that was called or registered, if a verb rejects with this. */
    readonly procedure?: Uri;
    /** The topic that was published or subscribed, if a verb rejects with this. */
    readonly topic?: Uri;
    constructor(name: string, uri: Uri, message: string, options?: ErrorCause);
}
/** The peer broke the protocol, or sent more than the limit (`wamp.error.payload_size_exceeded`). The session is aborted. */
declare class ProtocolError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause & {
        readonly uri?: Uri;
    });
}
/**
 * An ERROR message from the callee or the router. Endpoints throw it to choose the URI and the payload.
 *
 * @example throw new ApplicationError('com.shop.error.unknown_sku', ['a1']);
 */
declare class ApplicationError<out A extends readonly unknown[] = readonly unknown[], out K extends object = Dict> extends WampError {
    protected static kind(): string;
    readonly args: A;
    readonly kwargs: K;
    /** ERROR.Details, unchanged. When an endpoint throws this error, `ppt_*` of its details is sent. */
    readonly details: Dict;
    constructor(uri: Uri, args?: A, kwargs?: K, options?: ErrorCause & {
        readonly message?: string;
        readonly details?: Dict;
    });
}
/** ABORT instead of WELCOME, or a login that failed. */
declare class JoinError extends WampError {
    protected static kind(): string;
    /** The reason as it came. `uri` is the specification's word for it. */
    readonly reason: Uri;
    readonly args: readonly unknown[];
    readonly kwargs: Dict;
    /** ABORT.Details, unchanged. */
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
    /** not-sent: the message was not sent, so it can be repeated. unknown: it may have been carried out. */
    readonly delivery: 'not-sent' | 'unknown';
    constructor(uri: Uri, message: string, options?: ErrorCause & {
        readonly delivery?: 'not-sent' | 'unknown';
    });
}
/**
 * The payload cannot be encoded or decoded (`wamp.error.invalid_payload`), or is longer than the other side accepts
 * (`wamp.error.payload_size_exceeded`).
 */
declare class SerializationError extends WampError {
    protected static kind(): string;
    /** Where the error is in the encoded value: keys and indices, the outermost first. */
    readonly path: readonly (string | number)[];
    /**
     * Set if the message is well-formed but holds a value that the serializer cannot read: at least the elements before that
     * value. If only the payload cannot be read, only that call or event fails. Undefined: the whole message cannot be read.
     */
    readonly envelope: readonly unknown[] | undefined;
    constructor(message: string, options?: ErrorCause & {
        readonly path?: readonly (string | number)[];
        readonly uri?: Uri;
        readonly envelope?: readonly unknown[] | undefined;
    });
}
/**
 * No connection could be opened. `uri` says why: nothing listens (`wamp.error.network_failure`), the URL is invalid
 * (`autostrada.error.invalid_url`), the server has no WebSocket (`autostrada.error.no_websocket`), no RawSocket
 * (`autostrada.error.no_rawsocket`) or no long-poll (`autostrada.error.no_longpoll`), or there is no common subprotocol
 * (`autostrada.error.no_subprotocol`).
 */
declare class TransportError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause & {
        readonly uri?: Uri;
    });
}
/** A time limit of the client passed. `name` is `TimeoutError`, as with `AbortSignal.timeout()`. */
declare class TimeoutError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause);
}
/** Thrown by a credentials function or a url function: the client does not try again. */
declare class FatalError extends WampError {
    protected static kind(): string;
    constructor(message: string, options?: ErrorCause);
}

/** One try to connect and join. */
interface Attempt {
    /** 1 for the first try after `open()` and after a stable session. */
    readonly number: number;
    /**
     * Why the last attempt failed or ended. For `previous?.uri === 'wamp.error.authentication_denied'` a function gets a new
     * token.
     */
    readonly previous: WampError | undefined;
    readonly signal: AbortSignal;
}
/** One way to log in. */
interface Credentials {
    readonly authmethods: readonly string[];
    /**
     * Whether a function supplies the secret at each login. After a refusal such a function may supply another secret. Default
     * false.
     */
    readonly isAsked?: boolean | undefined;
    begin(attempt: Attempt): Awaitable<Login>;
}
/** What one login knows. Each join has a new one, so nonces are kept here. */
interface Login {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
    onchallenge?(method: string, extra: Dict, channel: LoginChannel): Awaitable<string | {
        readonly signature: string;
        readonly extra: Dict;
    }>;
    /** Checks the router, given WELCOME.Details. If it throws, the client refuses the session. */
    onwelcome?(details: Dict): Awaitable<void>;
}
/** The connection over which a login takes place. */
interface LoginChannel {
    /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"). Undefined if there are none. */
    channelBinding(type: 'tls-exporter' | 'tls-unique'): Uint8Array | undefined;
}
/** A secret, or a function that gets it. The function is called only when the router picks the method. */
type Secret<T = string> = T | ((attempt: Attempt) => Awaitable<T>);
/** Logs in without a proof: the router decides who this is (WAMP method `anonymous`). */
declare function anonymous(options?: {
    readonly authid?: string | undefined;
    readonly authextra?: Dict | undefined;
}): Credentials;

export { ApplicationError, ConnectionLostError, FatalError, JoinError, ProtocolError, SerializationError, TimeoutError, TransportError, WampError, anonymous };
export type { Attempt, Credentials, ErrorCause, Login, LoginChannel, Secret };
