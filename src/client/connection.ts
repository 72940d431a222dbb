/*
 * The connection as its user sees it: the verbs, the durable handles, who waits for a session. The loop underneath is line.ts.
 */
import type { Clock } from '../clock.ts';
import { makeDisposable } from '../dispose.ts';
import { Emitter } from '../emitter.ts';
import { ConnectionLostError, TimeoutError, type WampError } from '../errors.ts';
import { uriComplaint } from '../protocol/uri.ts';
import { CLOSE_NORMAL } from '../protocol/uris.ts';
import type { Off } from '../words.ts';
import type { AnyEndpoint } from './callee.ts';
import type { ConnectionEvents, ConnectionOptions, ErrorContext, Stats, Status } from './connection-options.ts';
import type {
  ApiShape,
  ArgsOf,
  KnownUri,
  KwargsOf,
  MatchingSpec,
  OpenUri,
  OwnUri,
  PatternOf,
  ProceduresOf,
  SpecOf,
  Subscribable,
  Untyped,
} from './contract.ts';
import { checkDurations, checkLiveness } from './durations.ts';
import { type Ending, ending } from './ending.ts';
import {
  type Durable,
  type DurableRegistration,
  DurableRegistrationHandle,
  type DurableSubscription,
  DurableSubscriptionHandle,
  type Owner,
} from './handles.ts';
import { limit } from './limit.ts';
import { Line } from './line.ts';
import type { Points } from './middleware.ts';
import { pointsOf } from './points.ts';
import { repeat } from './repeat.ts';
import { promised, type Settle, throwIfAborted } from './requests.ts';
import { SessionCore } from './session.ts';
import type { LeaveOptions, Session } from './session-api.ts';
import type { AnyHandler } from './subscriber.ts';
import type {
  AcknowledgedOptions,
  CallOptions,
  DurableSubscribeOptions,
  Endpoint,
  EndpointOf,
  EventHandler,
  Exact,
  RegisterOptions,
  Requester,
  UnacknowledgedOptions,
  WaitOptions,
} from './verbs.ts';
import { WaitingRoom } from './waiting-room.ts';

const defaults = { maxWaiting: 100, offlineTimeoutMs: 30_000 } as const;

type Args = readonly unknown[] | null;
type Kwargs = object | null;
type PublishOptions = AcknowledgedOptions | UnacknowledgedOptions;
type Start<T> = (session: SessionCore, options: CallOptions | undefined) => Promise<T>;

/**
 * The way to a router, through as many sessions as it takes.
 *
 * What is subscribed and registered here comes back after every reconnect. The first verb opens; `open()` is for who wants the session
 * or the error.
 *
 * @example
 * const connection = new Connection({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * connection.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
export class Connection<Api extends ApiShape = Untyped> implements Requester<Api>, AsyncDisposable {
  /** Never there; carries the contract. */
  declare readonly '~api'?: Api;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
  declare readonly call: Requester<Api>['call'];
  declare readonly callResult: Requester<Api>['callResult'];
  /** As on a session; without one an unacknowledged event is dropped, or waits if `whenOffline` says so. */
  declare readonly publish: Requester<Api>['publish'];

  private readonly line: Line;
  private readonly points: Points;
  private readonly events: Emitter<ConnectionEvents<Api>>;
  private readonly room: WaitingRoom;
  private readonly owner: Owner;
  private durables: readonly Durable[] = [];
  private openers: readonly Settle<SessionCore>[] = [];
  private end: Ending = ending();
  private droppedPublications = 0;

  constructor(options: ConnectionOptions<Api>) {
    const complaint = uriComplaint(options.realm);
    if (complaint !== undefined) throw new TypeError(`realm: ${complaint}`);
    if (options.url === undefined || options.url === null) throw new TypeError('expected url, where the router is, got nothing');
    checkDurations('', options);
    checkDurations('retry.', options.retry);
    checkLiveness(options.liveness);
    checkDurations('offline.', options.offline);
    makeDisposable(this, () => this.close());
    this.events = new Emitter((thrown) => this.report(thrown, { where: 'listener', uri: undefined }));
    const report = (error: unknown, where: ErrorContext['where'], uri: string | undefined): void =>
      this.report(error, { where, uri });
    this.points = pointsOf(options);
    this.line = new Line(options, {
      points: this.points,
      joined: (session) => this.joined(session),
      lost: (error) => this.lost(error),
      closed: (error) => this.ended(error),
      status: (status, previous) => this.moved(status, previous),
      report,
    });
    this.room = new WaitingRoom(this.line.environment.clock, {
      maxWaiting: options.offline?.maxWaiting ?? defaults.maxWaiting,
      timeoutMs: options.offline?.timeoutMs ?? defaults.offlineTimeoutMs,
    });
    this.owner = {
      environment: this.line.environment,
      report: (error, context) => this.report(error, context),
      forget: (handle) => {
        this.durables = this.durables.filter((each) => each !== handle);
      },
    };
    // One implementation under the overloads of the contract, which are types only.
    const calling =
      (verb: 'call' | 'callResult') =>
      (...[procedure, args, kwargs, options]: Parameters<SessionCore['call']>): Promise<unknown> =>
        this.request(options, (session, left) => SessionCore.prototype[verb].call(session, procedure, args, kwargs, left));
    const verbs = {
      call: calling('call'),
      callResult: calling('callResult') as SessionCore['callResult'],
      publish: this.publishOrWait.bind(this),
    };
    Object.assign(this, verbs, this.points.verbs?.(verbs, report));
  }

  /** The current session, for what should end with it. */
  get session(): Session<Api> | undefined {
    return this.line.openSession as unknown as Session<Api> | undefined;
  }

  /** Where the connection stands. `on('status')` tells of changes. */
  get status(): Status {
    return this.line.status;
  }

  /** What it measures time with: `environment.clock`. */
  get clock(): Clock {
    return this.line.environment.clock;
  }

  /** All that are not closed. */
  get handles(): readonly (DurableSubscription | DurableRegistration)[] {
    return this.durables as unknown as readonly (DurableSubscription | DurableRegistration)[];
  }

  /** Resolves when the connection has ended for good and never rejects: undefined after `close()`, else why. */
  get closed(): Promise<WampError | undefined> {
    return this.end.ended;
  }

  /**
   * Opens, or joins in: resolves with the current session or the next one; rejects at once for what waiting cannot mend.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up. Who gives up as the only one that asked ends the attempts.
   * @throws {@link TransportError} for an invalid URL, no common subprotocol, no WebSocket there.
   * @throws {@link JoinError} when the router refuses the realm or the login at the first join.
   * @throws {@link TimeoutError} with the last failure as its cause; `signal.reason`.
   */
  open(options: WaitOptions = {}): Promise<Session<Api>> {
    const session = this.line.openSession;
    const opened = session ? Promise.resolve(session) : promised<SessionCore>((settle) => this.enter(settle, options));
    opened.catch(() => {}); // ignoring it is fine: `ended` tells who does not ask
    return opened as Promise<unknown> as Promise<Session<Api>>;
  }

  /**
   * Says GOODBYE, closes the handles, stays closed until `open()`. Twice is fine.
   *
   * @returns A promise that resolves when the line is closed.
   */
  async close(options?: LeaveOptions): Promise<void> {
    await this.line.close((session) => session.leave(options));
  }

  /**
   * Connects anew, now: leaves the session, waits no longer, or gives up the attempt under way. Pending requests are rejected, as by a lost line.
   * Opens an idle connection; does nothing on a closed one.
   */
  reconnect(): void {
    this.line.renew();
  }

  stats(): Stats {
    const { room, line, droppedPublications } = this;
    return { ...line.counts, pending: line.openSession?.pending ?? 0, waiting: room.size, droppedPublications };
  }

  /** Listens. An event's listeners run in order; one that throws is told to `on('error')`. */
  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents<Api>[E]): Off {
    return this.events.on(event, listener);
  }

  /**
   * Registers now and after every reconnect.
   *
   * @returns A handle, at once; `ready` is the promise.
   */
  register<P extends KnownUri<ProceduresOf<Api>>>(
    procedure: P,
    endpoint: EndpointOf<SpecOf<ProceduresOf<Api>, P>>,
    options?: RegisterOptions,
  ): DurableRegistration;
  register<A extends readonly unknown[], K extends object, P extends string>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    endpoint: Endpoint<A, K, unknown, unknown, unknown>,
    options?: RegisterOptions,
  ): DurableRegistration;
  register(procedure: unknown, endpoint: unknown, options?: RegisterOptions): DurableRegistration {
    return this.intend(new DurableRegistrationHandle(this.owner, procedure as string, endpoint as AnyEndpoint, options));
  }

  /**
   * Subscribes now and after every reconnect, with the same options.
   *
   * @returns A handle, at once; `ready` is the promise.
   */
  subscribe<T extends KnownUri<Subscribable<Api>>>(
    topic: T,
    handler: EventHandler<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>>,
    options?: DurableSubscribeOptions<ArgsOf<SpecOf<Subscribable<Api>, T>>, KwargsOf<SpecOf<Subscribable<Api>, T>>> & Exact,
  ): DurableSubscription;
  subscribe<T extends string, M extends 'prefix' | 'wildcard'>(
    topic: PatternOf<Subscribable<Api>, T, M>,
    handler: EventHandler<ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>, KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>>,
    options: DurableSubscribeOptions<
      ArgsOf<MatchingSpec<Subscribable<Api>, T, M>>,
      KwargsOf<MatchingSpec<Subscribable<Api>, T, M>>
    > & { readonly match: M },
  ): DurableSubscription;
  subscribe<A extends readonly unknown[], K extends object, T extends string>(
    topic: OpenUri<Subscribable<Api>, T>,
    handler: EventHandler<A, K>,
    options?: DurableSubscribeOptions<A, K>,
  ): DurableSubscription;
  subscribe(topic: unknown, handler: unknown, options?: DurableSubscribeOptions<readonly unknown[], object>): DurableSubscription {
    const hooked = this.points.handler?.(handler as AnyHandler) ?? (handler as AnyHandler);
    return this.intend(new DurableSubscriptionHandle(this.owner, topic as string, hooked, options));
  }

  private intend<H extends Durable>(handle: H): H {
    if (this.line.status.state === 'closed') {
      handle.close(closedError());
      return handle;
    }
    this.durables = [...this.durables, handle];
    const session = this.line.openSession;
    if (session) handle.attach(session);
    else this.line.start();
    return handle;
  }

  private request<T>(options: CallOptions | undefined, start: Start<T>): Promise<T> {
    if (options?.retryOnLoss === 'unknown') return repeat(this.clock, options, (left) => this.once(left, start));
    return this.once(options, start);
  }

  private once<T>(options: CallOptions | undefined, start: Start<T>): Promise<T> {
    const session = this.line.openSession;
    if (session) return start(session, options);
    return promised((settle) => {
      if (this.line.status.state === 'closed') throw closedError();
      if (options?.whenOffline === 'fail')
        throw new ConnectionLostError('wamp.error.network_failure', 'the connection is down', { delivery: 'not-sent' });
      this.room.wait(settle, options, (joined, timeoutMs) => {
        start(joined, timeoutMs ? { ...options, timeoutMs } : options).then(settle.resolve, settle.reject);
      });
      this.line.start();
    });
  }

  private publishOrWait(topic: string, args?: Args, kwargs?: Kwargs, options?: PublishOptions): ReturnType<SessionCore['publish']> {
    const send = SessionCore.prototype.publish;
    if (options?.acknowledge === true)
      return this.request(options, (to, left) => send.call(to, topic, args, kwargs, left as PublishOptions) ?? Promise.reject());
    const session = this.line.openSession;
    if (session) return send.call(session, topic, args, kwargs, options);
    const drop = (): void => {
      this.droppedPublications++;
    };
    if (options?.whenOffline === 'wait') {
      this.request(undefined, async (joined) => send.call(joined, topic, args, kwargs, options)).catch((error: unknown) => {
        if (error instanceof ConnectionLostError)
          drop(); // it waited too long
        else this.report(error, { where: 'connection', uri: topic });
      });
    } else drop();
    return undefined;
  }

  private enter(settle: Settle<SessionCore>, options: WaitOptions): void {
    throwIfAborted(options);
    const stop = (): void => {
      this.openers = this.openers.filter((each) => each !== opener);
      off();
    };
    const opener: Settle<SessionCore> = {
      resolve: (session) => {
        stop();
        settle.resolve(session);
      },
      reject: (error) => {
        stop();
        settle.reject(error);
      },
    };
    const giveUp = (reason: unknown): void => {
      opener.reject(reason);
      const isWanted = this.openers.length > 0 || this.durables.length > 0 || this.room.size > 0;
      if (!isWanted) this.line.close((session) => session.leave(), this.line.lastError ?? closedError()).catch(() => {});
    };
    const off = limit(this.clock, options, giveUp, (timeoutMs) => {
      const cause = this.line.lastError;
      return new TimeoutError(`no session in ${timeoutMs} ms${cause ? `: ${cause.message}` : ''}`, { cause });
    });
    this.openers = [...this.openers, opener];
    if (!this.end.isOpen) this.end = ending();
    this.line.start();
  }

  private joined(session: SessionCore): void {
    for (const handle of this.durables) handle.attach(session);
    this.room.admit(session);
    for (const opener of this.openers) opener.resolve(session);
  }

  private lost(error: WampError): void {
    for (const handle of this.durables) handle.detach(error);
    const isFirst = this.line.status.state === 'connecting' && this.line.status.attempt === 1;
    if (!isFirst || this.events.has('status') || this.events.has('error')) return;
    console.warn(`autostrada: ${error.message}; trying again (listen to 'status' to be told of each attempt)`);
  }

  private ended(error: WampError | undefined): void {
    const why = error ?? closedError();
    const isAsked = this.openers.length > 0 || this.room.size > 0 || this.durables.some((handle) => handle.isWatched);
    // Put aside first: whoever is told may open anew, and that is another life.
    const { openers, durables } = this;
    this.openers = [];
    this.durables = [];
    this.end.end(error);
    for (const opener of openers) opener.reject(why);
    this.room.dismiss(why);
    for (const handle of durables) handle.close(why);
    if (error && !isAsked && !this.events.has('status')) this.report(error, { where: 'connection', uri: undefined });
  }

  private moved(status: Status, previous: Status): void {
    this.events.emit('status', status, previous);
    if (status.state === 'joined') this.events.emit('open', status.session as Session<Api>);
  }

  private report(error: unknown, context: ErrorContext): void {
    if (this.events.has('error') && context.where !== 'listener') this.events.emit('error', error, context);
    else console.error(`autostrada: in ${context.where}${context.uri ? ` ${context.uri}` : ''}:`, error);
  }
}

function closedError(): ConnectionLostError {
  return new ConnectionLostError(CLOSE_NORMAL, 'the connection is closed', { delivery: 'not-sent' });
}
