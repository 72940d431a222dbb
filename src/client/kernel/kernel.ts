/*
 * The kernel as features see it: one for each connection, or joined session. Here is every place where a feature may take part, when it is
 * called, and in which order. The kernel knows no feature; one that is not installed is not in the bundle.
 *
 * Features are installed in the order of their list. Lists below run in that order; wrappers are put around in that order, so the last one
 * is outermost.
 */
import { type Clock, systemClock } from '../../base/clock.ts';
import type { WampError } from '../../base/errors.ts';
import type { Known } from '../../base/options.ts';
import type { Dict, Id, Off, Uri } from '../../base/words.ts';
import type { Link, Tap } from '../../link/link.ts';
import type { FromClient, FromRouter, Invocation, ResultMessage } from '../../protocol/messages.ts';
import type { ConnectionOptions, Stats, Status } from '../api/connection-options.ts';
import type { DurableSubscribeOptions } from '../api/durable-options.ts';
import type { DurableRegistration, DurableSubscription } from '../api/handles.ts';
import type { AcknowledgedOptions, CallOptions, RegisterOptions, SubscribeOptions, UnacknowledgedOptions } from '../api/options.ts';
import type { InvocationDetails, PayloadIn, PayloadPassthru, Publication, WampEvent } from '../api/payload.ts';
import type { Result } from '../api/result.ts';
import type { Registration, RouterFeatures, Subscription } from '../api/session-api.ts';
import type { AnyEndpoint, AnyHandler, Report } from './callbacks.ts';
import { createFit, type Fit } from './fit.ts';
import type { Settle } from './settle.ts';
import type { VerbOptionsBrought } from './verb-options.ts';

/** A part of a client that can be left out. */
export interface Feature extends VerbOptionsBrought {
  readonly name: string;
  /** The options of the connection that it brings: names and checks. */
  readonly options?: Known;
  /** What to write instead of an option that is not known, for the error; '' for any other. */
  hint?(name: string): string;
  /** Once, when the connection is made. */
  install(kernel: Kernel): void;
}

export class Kernel {
  readonly options: ConnectionOptions;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** Tells the user of an error that nobody awaits. */
  readonly report: Report;
  /** Checks what is given to a verb. */
  readonly fit: Fit;
  /** The loop that makes session after session. Undefined where one session was joined, and no more. */
  connection: KernelConnection | undefined;

  // ── the verbs of a connection, each set by the feature that carries them out
  /** `call` and `publish`, with or without a session. */
  declare requests: Verbs;
  /** `subscribe` and `register`, for all sessions to come. */
  declare standing: Standing;

  /** Takes part in the life of a handle of `standing`. `options`: a copy, from which it takes out what is its own. */
  readonly handleParts: ((what: HandleKind, uri: Uri, options: { [name: string]: unknown }) => HandlePart | undefined)[] = [];

  // ── messages
  /** What is announced in HELLO besides: features of all four roles, or of some. */
  readonly announced: [feature: string, roles?: readonly string[]][] = [];
  /** Called before HELLO. What it gives sees every message as it is on the wire, secrets left out. */
  tap: (() => Tap | undefined) | undefined;
  /** WAMP "Payload Passthru Mode": packs what goes out with `ppt_scheme`, unpacks what comes in. */
  passthru: PayloadPassthru | undefined;

  // ── what goes out
  /** Around `call` and `publish` of each session, and of the connection. */
  readonly verbs: ((inner: Verbs, scope: Scope) => Verbs)[] = [];
  /** A call has been checked, and is about to be sent. May throw, and may take part in it until it ends. */
  calling: ((session: KernelSession, procedure: Uri, options: CallOptions) => CallPart | undefined) | undefined;

  // ── what comes in
  /** Around each event handler, when it subscribes. `isLeft`: whether it has unsubscribed by now. */
  handler: ((handler: AnyHandler, isLeft: () => boolean) => AnyHandler) | undefined;
  /** Around each endpoint, when it registers; gives the options without its own. Throws what is wrong with those. */
  endpoint:
    | ((procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined) => [AnyEndpoint, RegisterOptions | undefined])
    | undefined;
  /** Runs an endpoint for an invocation. Default: calls it. What it throws is answered as ERROR. `answer`: makes of what an endpoint gave its answer. */
  invoke:
    | ((
        endpoint: AnyEndpoint,
        context: { readonly args: readonly unknown[]; readonly kwargs: Dict; readonly details: InvocationDetails },
        answer: (given: unknown, details: InvocationDetails) => Promise<Result>,
      ) => unknown)
    | undefined;
  /** What an endpoint gave, when it is no promise. Gives undefined for what it leaves as it is; else a promise of the answer. */
  outcome:
    | ((
        given: unknown,
        session: KernelSession,
        invocation: KernelInvocation,
        details: InvocationDetails,
      ) => Promise<unknown> | undefined)
    | undefined;
  /** WAMP "Progressive Call Invocations": a feature that takes further inputs. Without it, there are none. */
  inputs: InputsTaken | undefined;

  // ── the life of sessions
  /** A session has begun: WELCOME came. Nothing was asked in it yet. */
  readonly began: ((session: KernelSession) => void)[] = [];
  /** Asks whether the session lives; it is lost when no sign of life comes in time. Default time: that of the feature. */
  probe: ((timeoutMs?: number) => void) | undefined;
  /** What waits for sessions on the user's behalf. */
  readonly waiters: Waiter[] = [];
  /** The connection is opened. What is given is called when it is closed. */
  readonly opened: (() => Off)[] = [];
  /** Whether the device says that it is offline. */
  isOffline: (() => boolean) | undefined;
  /** More of `stats()`. */
  readonly stats: (() => Partial<Stats>)[] = [];

  constructor(options: ConnectionOptions, features: readonly Feature[], report: Report) {
    const { clock = systemClock, random = Math.random } = options.environment ?? {};
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.report = report;
    this.fit = createFit(features);
  }
}

/** A payload as it came: what `call` resolves with is made of it. */
export interface Answered {
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Dict | undefined;
  readonly details: Dict;
}

/** The verbs, of a session or connection. */
export interface Verbs {
  /** @param read - Makes of the answer what the caller wants. */
  call<T>(
    read: (answer: Answered) => T,
    procedure: Uri,
    args: readonly unknown[] | null | undefined,
    kwargs: Dict | null | undefined,
    options: CallOptions | undefined,
  ): Promise<T>;
  /** A promise where `acknowledge` is true. */
  publish(
    topic: Uri,
    args: readonly unknown[] | null | undefined,
    kwargs: Dict | null | undefined,
    options: AcknowledgedOptions | UnacknowledgedOptions | undefined,
  ): Promise<Publication> | undefined;
}

/** What is subscribed and registered in each session. */
export interface Standing {
  /** All that are not closed. */
  readonly handles: readonly (DurableSubscription | DurableRegistration)[];
  subscribe(
    topic: Uri,
    handler: AnyHandler,
    options: DurableSubscribeOptions<readonly unknown[], object> | undefined,
  ): DurableSubscription;
  register(procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined): DurableRegistration;
}

export type HandleKind = 'subscription' | 'registration';

/** What a feature adds to one durable handle. */
export interface HandlePart {
  /** Before it is first asked for. @throws What is wrong with its options. */
  check?(): void;
  /** Takes the events in the handler's place. */
  readonly makeGate?: MakeGate;
  /** It is asked for in this session. Gives more options of the wire. */
  asked?(session: KernelSession): Dict | undefined;
  /** The router refuses it. True: that is not the last word; then `again` or `refuse` is called, unless it is closed by then. */
  refused?(error: unknown, session: KernelSession, isWanted: () => boolean, again: () => void, refuse: () => void): boolean;
  /** Inside the handling of the answer. */
  active?(session: KernelSession, active: Subscription | Registration): void;
  /** The session is gone. */
  lost?(error: WampError): void;
  closed?(): void;
}

/** Whose verbs they are: those of one session, or of a connection. */
export interface Scope {
  readonly isConnection: boolean;
  /** The session that is open now. */
  session(): KernelSession | undefined;
  /** Run with why, when all that was asked so far is given up. */
  readonly over: ((why: WampError) => void)[];
}

/** What a feature adds to one call. */
export interface CallPart {
  /** More options of CALL. */
  readonly wire: Dict;
  /** The outcome goes through it. */
  around(settle: Settle<ResultMessage>): Settle<ResultMessage>;
  /** CALL went out. `giveUp` cancels the call and rejects. */
  sent(request: Id, wire: Dict, giveUp: (error: unknown) => void): void;
}

/** An invocation that runs here, as features see it. */
export interface KernelInvocation {
  readonly request: Id;
  readonly procedure: Uri;
  /** Why it was stopped, if it was. */
  readonly stopped: WampError | undefined;
  /** `listener` is called with why it is stopped, while it may still answer; and without, when it is answered or nobody waits for its answer. */
  watch(listener: (why?: WampError) => void): void;
}

export interface InputsTaken {
  /** An invocation begins, and further inputs follow. */
  begin(invocation: KernelInvocation): void;
  /** An INVOCATION came with the id of one that runs. False: it must not. `wrong`: its payload cannot be read. */
  further(invocation: KernelInvocation, message: Invocation & { readonly wrong?: unknown }): boolean;
  /** What the endpoint iterates. */
  iterable(invocation: KernelInvocation): AsyncIterable<unknown>;
}

export type Pass = (event: WampEvent) => void;
/** Made with SUBSCRIBED: takes the events of one handler in its place. `pass` calls the handler. */
export type MakeGate = (pass: Pass) => Pass;

/** A session, as features see it. */
export interface KernelSession {
  readonly id: Id;
  readonly isOpen: boolean;
  readonly features: RouterFeatures;
  readonly link: Link<FromRouter, FromClient>;
  /** When the last message came, on the clock for durations. */
  readonly heardAt: number;
  /** Requests that wait for their answer, and invocations that run. */
  readonly pending: number;
  readonly running: number;
  /** The verbs without what features put around them. */
  readonly raw: Verbs;
  /** A promise of what `start` begins; rejects when the session has ended. */
  promised<T>(start: (settle: Settle<T>) => void): Promise<T>;
  /** Without hooks, and settles by callback. */
  readonly caller: {
    call(settle: Settle<ResultMessage>, procedure: Uri, payload: PayloadIn, options: CallOptions | undefined): void;
  };
  /** Settles by callback, so that a subscription is in place before the next message of the same read. `makeGate`: see `MakeGate`. */
  readonly subscriber: {
    subscribe(
      settle: Settle<Subscription>,
      topic: Uri,
      handler: AnyHandler,
      options: SubscribeOptions | undefined,
      makeGate?: MakeGate,
    ): void;
  };
  /** The same. Gives what takes it back before it is answered. */
  readonly callee: {
    register(settle: Settle<Registration>, procedure: Uri, endpoint: AnyEndpoint, options: RegisterOptions | undefined): Off;
  };
  /** Something may have come to its end: a message was handled, a request given up, an invocation answered. */
  readonly settled: (() => void)[];
  /** The session has ended. What waits for it is rejected with this. */
  readonly over: ((why: WampError) => void)[];
  /** The transport is given up: nothing comes any more. */
  lose(why: string): void;
}

/** What waits for a session on the user's behalf: requests, handles, `open()`. */
export interface Waiter {
  /** While something waits, the connection is wanted. */
  readonly size: number;
  /** Whether a promise tells the user when the connection ends. */
  readonly isAwaited: boolean;
  /** Inside the handling of WELCOME. In the order of features; `open()` comes last. */
  joined(session: KernelSession): void;
  /** The session is gone, or an attempt failed; another is tried for. */
  lost?(error: WampError): void;
  /** All that waits is given up. It is taken out now; what is given back tells it why, in the opposite order of features. */
  dismiss(): (why: WampError) => void;
}

/** The loop, as features see it. */
export interface KernelConnection {
  readonly status: Status;
  /** Undefined when there is none, or it is being left. */
  readonly session: KernelSession | undefined;
  /** Why the last attempt failed, or the last session ended. */
  readonly lastError: WampError | undefined;
  /** Closed, or about to be: what is asked now comes too late. */
  readonly isClosed: boolean;
  /** No session has begun since it was opened. */
  readonly isNew: boolean;
  /** Opens, unless it is open. */
  start(): void;
  /** What was waited for may have come about; a session that seems alive may be dead. */
  wake(): void;
  /** Ends the session, because nothing comes any more. */
  lose(why: string): void;
}
