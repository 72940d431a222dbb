/*
 * The options of the verbs, and the user's code that verbs take, whatever the contract. Types only.
 *
 * An option key with a capital letter, or `signal`, is ours; every other key is sent verbatim.
 */

import type { Awaitable, Id } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';
import type { EventDetails, Extensions, InvocationDetails, PayloadPassthruOptions } from './payload.ts';
import type { Mapped } from './result.ts';

/** What it returns is ignored; a promise is watched for rejection, not waited for (`events()` is one after the other). */
export type EventHandler<A, K> = (args: A, kwargs: K, details: EventDetails) => unknown;
/** Returns a value, a `Result`, a promise of either, or a generator, async or not: what it yields is progress, what it returns the result. */
export type Endpoint<A, K, R, P = unknown, I = unknown> = (
  args: A,
  kwargs: K,
  details: InvocationDetails<P, I>,
) => Awaitable<R> | AsyncGenerator<P, R, void> | Generator<P, R, void>;
/** On everything that waits for an answer. */
export interface WaitOptions {
  /** Gives up: the promise rejects with `signal.reason`; a CANCEL goes out where the router can. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Rejects with a `TimeoutError` after this long without an answer, in milliseconds; 0 or absent: never. A progressive result starts the time
   * again, as the specification counts. On calls also sent as `timeout`, to routers that announce `call_timeout`.
   */
  readonly timeoutMs?: number | undefined;
}
/** On the durable `call`, and on the durable `publish` with `acknowledge`. A session ignores them: it is online or it has ended. */
export interface OfflineOptions {
  /** `wait` (default): in the bounded queue of `ConnectionOptions.offline`. `fail`: reject at once, `delivery: 'not-sent'`. */
  readonly whenOffline?: 'wait' | 'fail' | undefined;
  /**
   * What may be sent again after a loss, in the words of `ConnectionLostError.delivery`: nothing; what surely never left (`not-sent`, default:
   * on a connection it waits for its session anyway, so this is the same); or also what may have run already (`unknown`: say so only where
   * twice does no harm). Not a call with `inputsFrom`.
   */
  readonly retryOnLoss?: 'never' | 'not-sent' | 'unknown' | undefined;
}

/** Appears in a compiler message when a call has Autobahn's option `timeout`. */
export interface WriteTimeoutMs {
  readonly 'write timeoutMs': never;
}
export interface CallOptions<Progress = unknown, Input = unknown>
  extends WaitOptions,
    OfflineOptions,
    PayloadPassthruOptions,
    Extensions {
  readonly disclose_me?: boolean | undefined;
  readonly rkey?: string | undefined;
  readonly runmode?: string | undefined;
  /** Write `timeoutMs`. This key alone is a hint to the router and limits nothing here (Crossbar.io even reads seconds). */
  readonly timeout?: WriteTimeoutMs;
  /** Progressive results, mapped like the final one. Implies `receive_progress`. */
  readonly onProgress?: ((value: Mapped<Progress>) => void) | undefined;
  /**
   * Makes it a progressive call: `args` and `kwargs` are the first input, each item is one further input, a bare value or a `Result`.
   * Taken no faster than the transport takes them, and left (`return()`) when the call ends first. What it throws cancels the call and
   * rejects. Rejects with `wamp.error.feature_not_supported` where the router did not announce such calls.
   *
   * @see WAMP, "Progressive Call Invocations"
   */
  readonly inputsFrom?: AsyncIterable<Input> | Iterable<Input> | undefined;
  /**
   * Takes at most this many inputs more than progressive results came back: the callee sets the pace. Implies `receive_progress`. Default:
   * no limit.
   */
  readonly maxInputsAhead?: number | undefined;
  /**
   * How long to wait for a callee, in milliseconds, where the router answers `wamp.error.no_such_procedure`: until a registration is told
   * by the router, else by calling again, less and less often. A callee that answers with that error itself is called again, too. Not a call
   * with `inputsFrom`. `timeoutMs` counts from the first. Default 0, or that of `ConnectionOptions.defaults`.
   */
  readonly waitForCalleeMs?: number | undefined;
  /** What an abort or a timeout asks the router for. Default `killnowait`. */
  readonly cancelMode?: 'skip' | 'kill' | 'killnowait' | undefined;
}

export interface PublishOptions extends PayloadPassthruOptions, Extensions {
  readonly exclude_me?: boolean | undefined;
  readonly exclude?: readonly Id[] | undefined;
  readonly exclude_authid?: readonly string[] | undefined;
  readonly exclude_authrole?: readonly string[] | undefined;
  readonly eligible?: readonly Id[] | undefined;
  readonly eligible_authid?: readonly string[] | undefined;
  readonly eligible_authrole?: readonly string[] | undefined;
  readonly disclose_me?: boolean | undefined;
  readonly retain?: boolean | undefined;
  /** For the router of Autostrada: forgets the retained event of the topic. The event itself is delivered as always. */
  readonly forget?: boolean | undefined;
  /** For the router of Autostrada, with `retain`: the retained event is forgotten when this session ends. */
  readonly session_bound?: boolean | undefined;
  readonly rkey?: string | undefined;
}
export interface UnacknowledgedOptions<Acknowledge = false> extends PublishOptions {
  readonly acknowledge?: Acknowledge | undefined;
  /**
   * Durable only. `wait`: in the bounded queue of `ConnectionOptions.offline`, and dropped when it waited too long. `drop`: at once. Default: `wait` until
   * the first session is there, `drop` after that. What was dropped is counted in `connection.stats()`, and the first of it told to `on('error')`
   * unless `drop` was asked for.
   */
  readonly whenOffline?: 'wait' | 'drop' | undefined;
  /** Gives the event up, if it was not sent yet. Aborted before, `publish` throws `signal.reason`; while it waits for a session, it is dropped and not reported. */
  readonly signal?: AbortSignal | undefined;
}
export interface AcknowledgedOptions<Acknowledge = true> extends PublishOptions, WaitOptions, OfflineOptions {
  readonly acknowledge: Acknowledge;
}

/** Options without those of features that are not there (`autostrada/core`). `any` leaves out none, so that `AnyRequester` can be called. */
export type Without<Options, Missing extends PropertyKey> = [Missing] extends [never]
  ? Options
  : [PropertyKey] extends [Missing]
    ? Options
    : Pick<Options, Exclude<keyof Options, Missing>>;

export type PublishOptionsOf<Acknowledge, Missing extends PropertyKey = never> = Acknowledge extends true
  ? Without<AcknowledgedOptions<Acknowledge>, Missing>
  : Without<UnacknowledgedOptions<Acknowledge>, Missing>;

export interface SubscribeOptions<Kind extends Match = Match> extends WaitOptions, Extensions {
  readonly match?: Kind | undefined;
  readonly get_retained?: boolean | undefined;
  readonly nkey?: string | undefined;
}
export interface RegisterOptions extends WaitOptions, Extensions {
  readonly match?: Match | undefined;
  readonly invoke?: 'single' | 'roundrobin' | 'random' | 'first' | 'last' | undefined;
  readonly disclose_caller?: boolean | undefined;
  readonly forward_timeout?: boolean | undefined;
  /** Crossbar.io's: the router's limit. */
  readonly concurrency?: number | undefined;
  /** Crossbar.io's: take the procedure from whoever has it. */
  readonly force_reregister?: boolean | undefined;
  /**
   * Ours: how many invocations run at once here. More wait, `maxWaiting` of them; the rest is answered `wamp.error.unavailable`, so
   * that the router may ask another callee (WAMP "Call Rerouting"). Those that a
   * former session left running count, too. Default: no limit.
   */
  readonly maxConcurrency?: number | undefined;
  /** Default 0. */
  readonly maxWaiting?: number | undefined;
}
