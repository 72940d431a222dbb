/*
 * All errors of this library are instances of Error. Their `uri` says what happened, with WAMP's URI if there is one.
 *
 *   WampError
 *   ├─ ProtocolError        the peer broke the protocol; the session is aborted
 *   ├─ ApplicationError     an ERROR message; also what procedures throw
 *   ├─ JoinError            ABORT instead of WELCOME
 *   ├─ ConnectionLostError  the session or the connection ended first
 *   ├─ SerializationError   the payload cannot be encoded or decoded
 *   ├─ TransportError       no transport could be opened
 *   ├─ TimeoutError         a limit of the client or router passed
 *   └─ FatalError           thrown by the user's code: do not try again
 */
import type { Dict, Uri } from './words.ts';

/** Why an error happened: another error. */
export interface ErrorCause {
  readonly cause?: unknown;
}

/**
 * The root of all errors of this library.
 *
 * `uri` is never empty, so that `switch (error.uri)` works for local and remote failures alike: `wamp.error.timeout` comes
 * from the router or from our own timer.
 */
export abstract class WampError extends Error {
  /** The `name` of the instances, for the classes of this file. */
  protected static kind(): string {
    return '';
  }

  /** What happened, as a URI. */
  readonly uri: Uri;
  /** The procedure that was called or registered, if a verb rejects with this. */
  declare readonly procedure?: Uri;
  /** The topic that was published or subscribed, if a verb rejects with this. */
  declare readonly topic?: Uri;

  constructor(name: string, uri: Uri, message: string, options?: ErrorCause) {
    super(plain(message), options?.cause === undefined ? undefined : { cause: options.cause });
    this.uri = uri;
    // It is set here, because minifiers shorten `new.target.name`. It is not enumerable, as with built-in errors.
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
  }
}

// `instanceof` also works for errors of another copy of this package: a program may `require` one and `import` the other. It
// is not a static method: in ECMAScript 5 that would be an assignment, and the platform's own property is read-only.
Object.defineProperty(WampError, Symbol.hasInstance, {
  value(this: object, value: unknown): boolean {
    return isOf(this, value);
  },
});

/**
 * Whether the prototypes match or, for a class of this file, the shape. Other errors have no own `name` that is not
 * enumerable.
 */
function isOf(asked: object, value: unknown): boolean {
  const kind: unknown = Object.getOwnPropertyDescriptor(asked, 'kind')?.value?.();
  if (Function.prototype[Symbol.hasInstance].call(asked, value)) return true;
  if (kind === undefined || !(value instanceof Error) || !('uri' in value) || typeof value.uri !== 'string') return false;
  const name = Object.getOwnPropertyDescriptor(value, 'name');
  return name !== undefined && !name.enumerable && (kind === '' || kind === name.value);
}

/** The peer broke the protocol, or sent more than the limit (`wamp.error.payload_size_exceeded`). The session is aborted. */
export class ProtocolError extends WampError {
  protected static override kind(): string {
    return 'ProtocolError';
  }

  constructor(message: string, options?: ErrorCause & { readonly uri?: Uri }) {
    super('ProtocolError', options?.uri ?? 'wamp.error.protocol_violation', message, options);
  }
}

/**
 * An ERROR message from the callee or the router. Endpoints throw it to choose the URI and the payload.
 *
 * @example throw new ApplicationError('com.shop.error.unknown_sku', ['a1']);
 */
export class ApplicationError<
  out A extends readonly unknown[] = readonly unknown[],
  out K extends object = Dict,
> extends WampError {
  protected static override kind(): string {
    return 'ApplicationError';
  }

  readonly args: A;
  readonly kwargs: K;
  /** ERROR.Details, unchanged. When an endpoint throws this error, `ppt_*` of its details is sent. */
  readonly details: Dict;

  constructor(uri: Uri, args?: A, kwargs?: K, options?: ErrorCause & { readonly message?: string; readonly details?: Dict }) {
    // In plain JavaScript it may be no list: the call then fails, and this text reaches the caller.
    const first: unknown = Array.isArray(args) ? args[0] : messageOf(args ?? '');
    super('ApplicationError', uri, options?.message ?? (typeof first === 'string' && first ? `${uri}: ${first}` : uri), options);
    // On the wire, absent means empty (WAMP "Application Payloads"). The types say so by their defaults.
    this.args = (args ?? []) as A;
    this.kwargs = (kwargs ?? {}) as K;
    this.details = options?.details ?? {};
  }
}

/** ABORT instead of WELCOME, or a login that failed. */
export class JoinError extends WampError {
  protected static override kind(): string {
    return 'JoinError';
  }

  /** The reason as it came. `uri` is the specification's word for it. */
  readonly reason: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  /** ABORT.Details, unchanged. */
  readonly details: Dict;

  constructor(
    uri: Uri,
    message: string,
    options?: ErrorCause & {
      readonly reason?: Uri;
      readonly args?: readonly unknown[] | undefined;
      readonly kwargs?: Dict | undefined;
      readonly details?: Dict;
    },
  ) {
    super('JoinError', uri, message, options);
    this.reason = options?.reason ?? uri;
    this.args = options?.args ?? [];
    this.kwargs = options?.kwargs ?? {};
    this.details = options?.details ?? {};
  }
}

/** The session or the connection ended first. `uri` is GOODBYE's or ABORT's reason, else `wamp.error.network_failure`. */
export class ConnectionLostError extends WampError {
  protected static override kind(): string {
    return 'ConnectionLostError';
  }

  /** not-sent: the message was not sent, so it can be repeated. unknown: it may have been carried out. */
  readonly delivery: 'not-sent' | 'unknown';

  constructor(uri: Uri, message: string, options?: ErrorCause & { readonly delivery?: 'not-sent' | 'unknown' }) {
    super('ConnectionLostError', uri, message, options);
    this.delivery = options?.delivery ?? 'unknown';
  }
}

/**
 * The payload cannot be encoded or decoded (`wamp.error.invalid_payload`), or is longer than the other side accepts
 * (`wamp.error.payload_size_exceeded`).
 */
export class SerializationError extends WampError {
  protected static override kind(): string {
    return 'SerializationError';
  }

  /** Where the error is in the encoded value: keys and indices, the outermost first. */
  readonly path: readonly (string | number)[];
  /**
   * Set if the message is well-formed but holds a value that the serializer cannot read: at least the elements before that
   * value. If only the payload cannot be read, only that call or event fails. Undefined: the whole message cannot be read.
   */
  readonly envelope: readonly unknown[] | undefined;

  constructor(
    message: string,
    options?: ErrorCause & {
      readonly path?: readonly (string | number)[];
      readonly uri?: Uri;
      readonly envelope?: readonly unknown[] | undefined;
    },
  ) {
    super('SerializationError', options?.uri ?? 'wamp.error.invalid_payload', message, options);
    this.path = options?.path ?? [];
    this.envelope = options?.envelope;
  }
}

/**
 * No connection could be opened. `uri` says why: nothing listens (`wamp.error.network_failure`), the URL is invalid
 * (`autostrada.error.invalid_url`), the server has no WebSocket (`autostrada.error.no_websocket`), no RawSocket
 * (`autostrada.error.no_rawsocket`) or no long-poll (`autostrada.error.no_longpoll`), or there is no common subprotocol
 * (`autostrada.error.no_subprotocol`).
 */
export class TransportError extends WampError {
  protected static override kind(): string {
    return 'TransportError';
  }

  constructor(message: string, options?: ErrorCause & { readonly uri?: Uri }) {
    super('TransportError', options?.uri ?? 'wamp.error.network_failure', message, options);
  }
}

/** A time limit of the client passed. `name` is `TimeoutError`, as with `AbortSignal.timeout()`. */
export class TimeoutError extends WampError {
  protected static override kind(): string {
    return 'TimeoutError';
  }

  constructor(message: string, options?: ErrorCause) {
    super('TimeoutError', 'wamp.error.timeout', message, options);
  }
}

/** Thrown by a credentials function or a url function: the client does not try again. */
export class FatalError extends WampError {
  protected static override kind(): string {
    return 'FatalError';
  }

  constructor(message: string, options?: ErrorCause) {
    super('FatalError', 'autostrada.error.fatal', message, options);
  }
}

/**
 * The text as it may come to a console: a peer may have written some of it. Control characters are percent-encoded, except tab and newline; a
 * newline is, too, before what looks like a text of this library. A long text is cut: `args` or `details` have all of it.
 */
export function plain(text: string): string {
  return `${text}`.slice(0, 2000).replace(/[^\t\n -~\xa0-\uffff]|\n(?=autostrada:)/g, encodeURIComponent);
}

/** The text of a thrown value, whatever it is. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message || thrown.name);
    if (typeof thrown !== 'object' || thrown === null) return String(thrown);
    if ('message' in thrown && typeof thrown.message === 'string') return thrown.message;
    return JSON.stringify(thrown) ?? Object.prototype.toString.call(thrown);
  } catch {
    return typeof thrown; // a cycle, or a getter that throws
  }
}
