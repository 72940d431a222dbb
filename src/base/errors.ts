/*
 * Every error of ours is a real Error and says in `uri` what happened, in WAMP's own word where there is one.
 *
 *   WampError
 *   ├─ ProtocolError        the peer broke the protocol; the session is aborted
 *   ├─ ApplicationError     an ERROR message; also what procedures throw
 *   ├─ JoinError            ABORT instead of WELCOME
 *   ├─ ConnectionLostError  the session or the connection ended first
 *   ├─ SerializationError   the payload cannot be encoded or decoded
 *   ├─ TransportError       no transport could be opened
 *   ├─ TimeoutError         our own limit passed
 *   └─ FatalError           thrown by the user's code: do not try again
 */
import type { Dict, Uri } from './words.ts';

/** What an error came from. */
export interface ErrorCause {
  readonly cause?: unknown;
}

/**
 * The root of all errors of this library.
 *
 * `uri` is never empty, so that `switch (error.uri)` covers local and remote failures alike: `wamp.error.timeout` is the router's
 * and our own timer's.
 */
export abstract class WampError extends Error {
  /** Of the classes of this file: the `name` of their instances. */
  protected static kind(): string {
    return '';
  }

  /** What happened, as a URI. */
  readonly uri: Uri;
  /** What was called or registered, where a verb rejects with this. */
  declare readonly procedure?: Uri;
  /** What was published or subscribed, where a verb rejects with this. */
  declare readonly topic?: Uri;

  constructor(name: string, uri: Uri, message: string, options?: ErrorCause) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.uri = uri;
    // Set here and not by `new.target.name`, which minifiers shorten; hidden, as with built-in errors.
    Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
  }
}

// Also of another copy of this package, since a program may `require` the one and `import` the other. Defined, and not a static method:
// in ECMAScript 5 that is an assignment, which the platform's own read-only one forbids.
Object.defineProperty(WampError, Symbol.hasInstance, {
  value(this: object, value: unknown): boolean {
    return isOf(this, value);
  },
});

/** By its prototypes or, for a class of this file, by its shape: errors from elsewhere have no hidden name of their own. */
function isOf(asked: object, value: unknown): boolean {
  const kind: unknown = Object.getOwnPropertyDescriptor(asked, 'kind')?.value?.();
  if (Function.prototype[Symbol.hasInstance].call(asked, value)) return true;
  if (kind === undefined || !(value instanceof Error) || typeof (value as { uri?: unknown }).uri !== 'string') return false;
  const name = Object.getOwnPropertyDescriptor(value, 'name');
  return name !== undefined && !name.enumerable && (kind === '' || kind === name.value);
}

/** The peer broke the protocol, or sent more than is taken (`wamp.error.payload_size_exceeded`); the session is aborted. */
export class ProtocolError extends WampError {
  protected static override kind(): string {
    return 'ProtocolError';
  }

  constructor(message: string, options?: ErrorCause & { readonly uri?: Uri }) {
    super('ProtocolError', options?.uri ?? 'wamp.error.protocol_violation', message, options);
  }
}

/**
 * An ERROR message from callee or router; also what endpoints throw to choose URI and payload.
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
  /** ERROR.Details, verbatim. Of one that an endpoint throws, `ppt_*` goes out in them. */
  readonly details: Dict;

  constructor(uri: Uri, args?: A, kwargs?: K, options?: ErrorCause & { readonly message?: string; readonly details?: Dict }) {
    const first = args?.[0];
    super('ApplicationError', uri, options?.message ?? (typeof first === 'string' && first ? `${uri}: ${first}` : uri), options);
    // Empty is what absent means on the wire (WAMP "Application Payloads"); the types say so by their defaults.
    this.args = args ?? ([] as unknown as A);
    this.kwargs = kwargs ?? ({} as K);
    this.details = options?.details ?? {};
  }
}

/** ABORT instead of WELCOME, or a login that could not be made. */
export class JoinError extends WampError {
  protected static override kind(): string {
    return 'JoinError';
  }

  /** The reason as it came; `uri` is the same with synonyms made one. */
  readonly reason: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  /** ABORT.Details, verbatim. */
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

  /** not-sent: it surely never left, repeat at will. unknown: it may have run. */
  readonly delivery: 'not-sent' | 'unknown';

  constructor(uri: Uri, message: string, options?: ErrorCause & { readonly delivery?: 'not-sent' | 'unknown' }) {
    super('ConnectionLostError', uri, message, options);
    this.delivery = options?.delivery ?? 'unknown';
  }
}

/**
 * A payload that cannot be encoded or decoded (`wamp.error.invalid_payload`), or is longer than the other side takes
 * (`wamp.error.payload_size_exceeded`).
 */
export class SerializationError extends WampError {
  protected static override kind(): string {
    return 'SerializationError';
  }

  /** Where in the encoded value: keys and indices from the outside in. */
  readonly path: readonly (string | number)[];
  /**
   * Thrown by a serializer for a message that is well-formed, but holds what it cannot read: the elements before that, at least. Where
   * only the payload cannot be read, only that call or event fails. Undefined: the message cannot be read at all.
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
 * No line: nothing listens (`wamp.error.network_failure`), the URL is none (`autostrada.error.invalid_url`), no WebSocket there
 * (`autostrada.error.no_websocket`), no RawSocket (`autostrada.error.no_rawsocket`), no long-poll there (`autostrada.error.no_longpoll`), or no
 * common subprotocol (`autostrada.error.no_subprotocol`).
 */
export class TransportError extends WampError {
  protected static override kind(): string {
    return 'TransportError';
  }

  constructor(message: string, options?: ErrorCause & { readonly uri?: Uri }) {
    super('TransportError', options?.uri ?? 'wamp.error.network_failure', message, options);
  }
}

/** Our own limit passed. `name` is `TimeoutError`, like that of `AbortSignal.timeout()`. */
export class TimeoutError extends WampError {
  protected static override kind(): string {
    return 'TimeoutError';
  }

  constructor(message: string, options?: ErrorCause) {
    super('TimeoutError', 'wamp.error.timeout', message, options);
  }
}

/** Throw it from a credentials or url function to stop the reconnecting. */
export class FatalError extends WampError {
  protected static override kind(): string {
    return 'FatalError';
  }

  constructor(message: string, options?: ErrorCause) {
    super('FatalError', 'autostrada.error.fatal', message, options);
  }
}

/** What a thrown value says, whatever it is. */
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
