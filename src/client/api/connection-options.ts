/*
 * What a connection is told, and what it tells. Types only.
 */

import type { Attempt, Credentials } from '../../auth/credentials.ts';
import type { WampError } from '../../base/errors.ts';
import type { Awaitable, Uri } from '../../base/words.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import type { Connector } from '../../transport/transport.ts';
import type { ApiShape, Untyped } from './contract.ts';
import type { Environment, ErrorContext } from './environment.ts';
import type { Contract, Middleware } from './middleware-api.ts';
import type { CallOptions } from './options.ts';
import type { Extensions, PayloadPassthru } from './payload.ts';
import type { Session } from './session-api.ts';

export interface ConnectionOptions<Api extends ApiShape = Untyped> {
  /**
   * Where the router is: `ws://`, `wss://`, and in a page also `/ws` or `http(s)://`. A list is tried in order, an attempt each.
   * A function is asked before every attempt. A `Connector` is anything else that carries frames: a `Router` in this process,
   * `rawSocket('rs://…')` or `webSocket('wss://…', { tls })` of `autostrada/node`.
   */
  readonly url: Targets | ((attempt: Attempt) => Awaitable<Targets>);
  readonly realm: string;
  /** Offered in this order, the router picks one. A function is asked before every join. Default: none, which routers take as anonymous. */
  readonly auth?: OneOrMore<Credentials> | ((attempt: Attempt) => Awaitable<OneOrMore<Credentials>>) | undefined;
  /** In order of preference. Default `[json()]`. */
  readonly serializers?: readonly Serializer[] | undefined;
  /** `passthru()` lets `ppt_*` options through (WAMP "Payload Passthru Mode"). Default: none, and they are refused. */
  readonly passthru?: PayloadPassthru | undefined;
  /** `false`: the first failure, or the end of the session, is final. */
  readonly retry?: RetryOptions | false | undefined;
  /** How a connection that is dead without saying so is noticed. `false`: not at all. */
  readonly liveness?: LivenessOptions | false | undefined;
  /**
   * How long a message the router takes, in bytes, from 512 on; a longer one is refused with both numbers before it is sent, and the session goes on. Default: what
   * the router tells (Autostrada's does, as `_max_message_bytes` in WELCOME), or what it has closed a WebSocket for (1009).
   */
  readonly maxMessageBytes?: number | undefined;
  /** From dialling to WELCOME, a login included, in milliseconds. Default 15 000. */
  readonly joinTimeoutMs?: number | undefined;
  /** Requests wait while the connection is down: how many (default 100), how long each in milliseconds (default 30 000). */
  readonly offline?: { readonly maxWaiting?: number | undefined; readonly timeoutMs?: number | undefined } | undefined;
  /** For the calls of the connection that do not say otherwise: `timeoutMs` and `waitForCalleeMs`, in milliseconds. Default: no limit, and 0. */
  readonly defaults?: Pick<CallOptions, 'timeoutMs' | 'waitForCalleeMs'> | undefined;
  /** Around calls, publications, invocations and events, outermost first: `defineMiddleware`, `telemetry`, `diagnostics`. Default: none. */
  readonly middleware?: readonly Middleware[] | undefined;
  /**
   * From `autostrada/contract`: types the connection, and checks payloads at run time. Of all middleware it is nearest to your code: the
   * outermost around what goes out, the innermost around what comes in.
   */
  readonly contract?: Contract<Api> | undefined;
  /** More for HELLO.Details. */
  readonly hello?: (Extensions & { readonly agent?: string | undefined }) | undefined;
  /**
   * The wire log: every message as it is sent and received, secrets left out. `true` writes to the console. Default: what
   * `DEBUG=autostrada` in Node's environment or `localStorage.debug = 'autostrada'` in a page says.
   */
  readonly wireLog?: boolean | ((entry: WireLogEntry) => void) | undefined;
  /** For tests and unusual hosts. */
  readonly environment?: Partial<Environment> | undefined;
}
export type OneOrMore<T> = T | readonly T[];
export type Targets = OneOrMore<string | URL | Connector>;

export interface WireLogEntry {
  readonly direction: 'sent' | 'received';
  /** `CALL`, `EVENT`, … */
  readonly type: string;
  /** The message as a list, as WAMP has it. */
  readonly message: readonly unknown[];
  /** Of its frame: bytes; of JSON characters. */
  readonly length: number;
}

export interface RetryOptions {
  /** Full jitter: a delay between 0 and a ceiling that doubles from `minMs` (500) to `maxMs` (30 000). */
  readonly minMs?: number | undefined;
  readonly maxMs?: number | undefined;
  /** How many attempts in a row may fail. Default: no limit. */
  readonly maxAttempts?: number | undefined;
  /** How long attempts may go on, in milliseconds. Default: no limit. */
  readonly maxElapsedMs?: number | undefined;
  /** A session younger than this does not reset the backoff, in milliseconds. Default 5 000. */
  readonly stableMs?: number | undefined;
  /** Has the last word: a delay in ms, or false to give up. */
  readonly decide?: ((decision: RetryDecision) => number | false) | undefined;
}
export interface RetryDecision {
  /** The attempt that failed, or 0 when a session ended. */
  readonly attempt: number;
  readonly elapsedMs: number;
  readonly error: WampError;
  /** What happens without `decide`: the delay in ms, or false. */
  readonly proposal: number | false;
}

export interface LivenessOptions {
  /** Silence before a probe, in milliseconds. Default 20 000. */
  readonly idleMs?: number | undefined;
  /** Silence after the probe before the connection is given up, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Called where there is no ping. Any answer counts, ERROR too. Default `wamp.session.count`. */
  readonly probe?: Uri | undefined;
}

/** One union drives badge, log and metrics. There is no `lost`: losing the connection *is* going to `waiting`, with the error. */
export type Status =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly attempt: number; readonly url: string }
  // biome-ignore lint/suspicious/noExplicitAny: a status fits every contract
  | { readonly state: 'joined'; readonly session: Session<any>; readonly url: string }
  | {
      readonly state: 'waiting';
      readonly attempt: number;
      readonly error: WampError;
      /** Undefined: as soon as the device is online again (a browser says that it is not), and now and then until it is. */
      readonly retryAt: Date | undefined;
    }
  | { readonly state: 'closed'; readonly error: WampError | undefined };

export interface ConnectionEvents<Api extends ApiShape = Untyped> {
  /** After every join. */
  open(session: Session<Api>): void;
  status(status: Status, previous: Status): void;
  /** What nobody awaits: a handler that throws, a plain error in an endpoint, a handle refused. Without a listener: console.error. */
  error(error: unknown, context: ErrorContext): void;
}
/** Since the connection was made. */
export interface Stats {
  /** Sessions after the first. */
  readonly reconnects: number;
  /** Requests that wait for the router's answer now. */
  readonly pending: number;
  /** Requests that wait for a session now. */
  readonly waiting: number;
  /** Events that were published without `acknowledge` while there was no session, and were dropped. */
  readonly droppedPublications: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** The last five attempts that failed and sessions that were lost, the oldest first. */
  readonly losses: readonly Loss[];
}

export interface Loss {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly error: WampError;
}
