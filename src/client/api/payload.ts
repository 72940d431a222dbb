/*
 * What handlers and callers get beside the payload itself. Types only.
 */
import type { Dict, Id, Uri } from '../../base/words.ts';

/** Attributes that the specification leaves to implementations; sent and shown verbatim. */
export interface Extensions {
  readonly [key: `_${string}`]: unknown;
  readonly [key: `x_${string}`]: unknown;
}

/**
 * WAMP "Payload Passthru Mode", with `ConnectionOptions.passthru`: the payload goes through the router as one binary item, packed by a
 * serializer that need not be the session's.
 * In options it is asked for, in details it says how the payload came.
 */
export interface PayloadPassthruOptions {
  /** There and not empty: in use. `wamp`, `mqtt`, or one of your own that begins with `x_`. */
  readonly ppt_scheme?: string | undefined;
  /**
   * What the payload is packed by: `json`, or one of those given to `passthru()`. `native`, or absent: the payload is one `Uint8Array`,
   * which both sides see as it is. The scheme `wamp` needs `cbor` or `flatbuffers`.
   */
  readonly ppt_serializer?: string | undefined;
  /** What the payload was encrypted with, by you: it is one `Uint8Array`, which both sides see as it is. */
  readonly ppt_cipher?: string | undefined;
  readonly ppt_keyid?: string | undefined;
}

/** How payloads are passed through: `passthru()`, or your own, which may also encrypt. Both run synchronously; what they throw is told. */
export interface PayloadPassthru {
  /** The one binary item that is sent. What it throws rejects the call, or is thrown by `publish`. */
  pack(args: readonly unknown[], kwargs: Dict, options: PayloadPassthruOptions): Uint8Array;
  /** Of one binary item, what handlers and callers see. Null is empty. */
  unpack(
    item: Uint8Array,
    details: PayloadPassthruOptions,
  ): { readonly args?: readonly unknown[] | null | undefined; readonly kwargs?: Dict | null | undefined };
}

export interface Publication {
  readonly id: Id;
}

/** EVENT.Details verbatim, with what every handler wants filled in. */
export interface EventDetails extends PayloadPassthruOptions, Extensions {
  readonly publication: Id;
  readonly subscription: Id;
  /** The topic published to, also for exact subscriptions. */
  readonly topic: Uri;
  readonly publisher?: Id;
  readonly publisher_authid?: string;
  readonly publisher_authrole?: string;
  readonly trustlevel?: number;
  readonly retained?: boolean;
}
/** An event as one object: what streams and recovery hand out. */
export interface WampEvent<out A extends readonly unknown[] = readonly unknown[], out K extends object = Dict> {
  readonly args: A;
  readonly kwargs: K;
  readonly details: EventDetails;
}

/**
 * INVOCATION.Details verbatim, with what every endpoint wants filled in. As in options, members with a capital, and `signal`, are
 * ours; they sit on the prototype, and the signal is made when it is first read.
 */
export interface InvocationDetails<in Progress = unknown, out Input = unknown> extends PayloadPassthruOptions, Extensions {
  readonly registration: Id;
  /** The URI called, also for exact registrations. */
  readonly procedure: Uri;
  readonly caller?: Id;
  readonly caller_authid?: string;
  readonly caller_authrole?: string;
  readonly trustlevel?: number;
  readonly timeout?: number;
  readonly receive_progress?: boolean;
  /** The wire's flag: further inputs follow. */
  readonly progress?: boolean;
  /**
   * Aborts on INTERRUPT (the caller gave up, or its time is over), on the callee's timeout and when the session ends. Its reason is a
   * `WampError` that becomes the right ERROR when it is thrown on, so `fetch(url, { signal: details.signal })` is all there is to do.
   */
  readonly signal: AbortSignal;
  /** Sends a progressive result: a value, or a `Result`. Does nothing and returns false when the caller did not ask for any. */
  sendProgress(value: Progress): boolean;
  /**
   * The inputs that follow the first, of a progressive call, in order, bare or `Result`; empty for an ordinary one. To be iterated once.
   * Throws the signal's reason when the call is stopped.
   *
   * @see WAMP, "Progressive Call Invocations"
   */
  readonly furtherInputs: AsyncIterable<Input>;
}

/** Payload as the verbs take it: null fills a hole. */
export interface PayloadIn {
  readonly args?: readonly unknown[] | null | undefined;
  readonly kwargs?: Dict | null | undefined;
}
