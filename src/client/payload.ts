/*
 * What handlers and callers get beside the payload itself. Types only.
 */
import type { Dict, Id, Uri } from '../words.ts';

/** Attributes that the specification leaves to implementations; sent and shown verbatim. */
export interface Extensions {
  readonly [key: `_${string}`]: unknown;
  readonly [key: `x_${string}`]: unknown;
}

export interface Publication {
  readonly id: Id;
}

/** EVENT.Details verbatim, with what every handler wants filled in. */
export interface EventDetails extends Extensions {
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
export interface InvocationDetails<in Progress = unknown, out Input = unknown> extends Extensions {
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
   * Aborts on INTERRUPT (the caller gave up, or its time is over), on the callee's timeout and when the session ends. Its reason is a `WampError` that becomes
   * the right ERROR when it is thrown on, so `fetch(url, { signal: details.signal })` is all there is to do.
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
  readonly kwargs?: object | null | undefined;
}
