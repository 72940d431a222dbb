/*
 * The connection as its user sees it: the verbs, the durable handles, who waits for a session. The loop underneath is line.ts.
 */
import type { Clock } from '../../clock.ts';
import { makeDisposable } from '../../dispose.ts';
import { Emitter } from '../../emitter.ts';
import { TimeoutError, type WampError } from '../../errors.ts';
import { checkOptions } from '../../options.ts';
import type { Match } from '../../protocol/uri.ts';
import type { Off } from '../../words.ts';
import type {
  ApiShape,
  ArgsOf,
  EventArgs,
  EventKwargs,
  FitTopic,
  IfKnown,
  InputOf,
  KwargsOf,
  OwnUri,
  ProceduresOf,
  ProgressOf,
  ResultOf,
  SpecOf,
  Subscribable,
  TopicOf,
  Untyped,
  UriOf,
} from '../api/contract.ts';
import type { DurableSubscribeOptions } from '../api/durable-options.ts';
import type { ErrorContext } from '../api/environment.ts';
import type { Endpoint, EventHandler, RegisterOptions, WaitOptions } from '../api/options.ts';
import type { LeaveOptions, Session } from '../api/session-api.ts';
import type { Requester } from '../api/verbs.ts';
import type { Bounds } from '../core/bounds.ts';
import type { AnyHandler } from '../core/callbacks.ts';
import { type Ending, ending, failProcess } from '../core/ending.ts';
import { foreignNames, LEAVE } from '../core/local-options.ts';
import type { Points } from '../core/middleware.ts';
import { promised, throwIfAborted, waiting } from '../core/requests.ts';
import { said } from '../core/said.ts';
import { WaitingRoom } from '../core/waiting-room.ts';
import type { Durable, DurableRegistration, DurableSubscription, Owner } from '../durable/durable.ts';
import { DurableRegistrationHandle, DurableSubscriptionHandle } from '../durable/handles.ts';
import type { AnyEndpoint } from '../invocations/invocations.ts';
import { checkCall, withDefaults } from '../roles/caller.ts';
import { SessionCore } from '../session/session.ts';
import { untilCallee } from '../session/until-callee.ts';
import { closedError } from './closed-error.ts';
import { checkConnectionOptions } from './connection-checks.ts';
import type { ConnectionEvents, ConnectionOptions, Stats, Status } from './connection-options.ts';
import { Line } from './line.ts';
import { Outbox } from './outbox.ts';
import { pointsOf } from './points.ts';
import { asError, toConsole } from './told-errors.ts';

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
  /** As on a session; an unacknowledged event waits for the first one, and is dropped while a later one is missing (`whenOffline`). */
  declare readonly publish: Requester<Api>['publish'];

  private readonly line: Line;
  private readonly points: Points;
  private readonly events: Emitter<ConnectionEvents<Api>>;
  private readonly outbox: Outbox;
  private readonly openers: WaitingRoom<SessionCore>;
  private readonly owner: Owner;
  private durables: readonly Durable[] = [];
  /** By middleware. */
  private readonly held: Bounds['held'] = new Set();
  private end: Ending = ending();
  /** After that, where it was opened anew while it is being closed. */
  private nextEnd: Ending | undefined;
  /** Who waited knows that it ends. */
  private hasGivenUp = false;
  /** Somebody looks at `closed`. */
  private isFollowed = false;
  /** It ends with an error that nobody hears but who awaits `open()`. */
  private isUnheard = false;

  constructor(options: ConnectionOptions<Api>) {
    checkConnectionOptions(options);
    makeDisposable(this, () => this.close());
    this.events = new Emitter(['open', 'status', 'error'], (thrown, name) => {
      const context: ErrorContext = { where: 'listener', uri: undefined };
      if (name === 'error')
        toConsole(thrown, context); // or it would be told of itself
      else this.report(thrown, context);
    });
    const report = (error: unknown, where: ErrorContext['where'], uri: string | undefined): void =>
      this.report(error, { where, uri });
    this.points = pointsOf(options);
    this.line = new Line(options, {
      points: this.points,
      foreign: foreignNames(),
      joined: (session) => this.joined(session),
      lost: (error) => this.lost(error),
      leaving: () => this.dismiss(closedError()),
      closed: (error) => this.ended(error),
      status: (status, previous) => this.moved(status, previous),
      report,
    });
    this.openers = new WaitingRoom(this.clock);
    this.outbox = new Outbox(this.line, options.offline, (error, context) => this.report(error, context));
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
      (...[procedure, args, kwargs, given]: Parameters<SessionCore['call']>): Promise<unknown> => {
        const wanted = withDefaults(options.defaults, given);
        const answer = untilCallee(
          this.clock,
          procedure,
          wanted,
          () => this.line.openSession,
          (options) =>
            this.outbox.request(
              options,
              () => checkCall(procedure, { args, kwargs }, options),
              (session, left) => SessionCore.prototype[verb].call(session, procedure, args, kwargs, left),
            ),
        );
        return said(answer, 'procedure', procedure);
      };
    const verbs = {
      call: calling('call'),
      callResult: calling('callResult') as SessionCore['callResult'],
      publish: (...[topic, args, kwargs, options]: Parameters<SessionCore['publish']>): ReturnType<SessionCore['publish']> => {
        const sent = this.outbox.publish(topic, args, kwargs, options);
        return sent && said(sent, 'topic', topic);
      },
    };
    const bounds = { clock: this.clock, held: this.held, timeoutMs: options.defaults?.timeoutMs };
    Object.assign(this, verbs, this.points.verbs?.(verbs, report, bounds));
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
    this.isFollowed = true;
    return (this.nextEnd ?? this.end).ended;
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
    const opened = session
      ? promised<SessionCore>(({ resolve }) => {
          checkOptions('open', options, waiting);
          throwIfAborted(options);
          resolve(session);
        })
      : this.nextSession(options);
    return opened as Promise<unknown> as Promise<Session<Api>>;
  }

  /**
   * Says GOODBYE, closes the handles, stays closed until `open()`. Twice is fine.
   *
   * @returns A promise that resolves when the line is closed.
   */
  async close(options: LeaveOptions = {}): Promise<void> {
    checkOptions('close', options, LEAVE);
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
    const { line, outbox } = this;
    return {
      ...line.counts,
      pending: line.openSession?.pending ?? 0,
      waiting: outbox.room.size,
      droppedPublications: outbox.dropped,
    };
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
  register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    // Written out, since a compiler names the alias: `Endpoint<[sku: string], …>` says more than one with the whole contract in it.
    endpoint: Endpoint<
      IfKnown<ProceduresOf<Api>, P, ArgsOf<SpecOf<ProceduresOf<Api>, P>>, A>,
      IfKnown<ProceduresOf<Api>, P, KwargsOf<SpecOf<ProceduresOf<Api>, P>>, K>,
      ResultOf<SpecOf<ProceduresOf<Api>, P>>,
      ProgressOf<SpecOf<ProceduresOf<Api>, P>>,
      InputOf<SpecOf<ProceduresOf<Api>, P>>
    >,
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
  subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(
    topic: FitTopic<Subscribable<Api>, T, Kind>,
    handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>,
    options?: DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>,
  ): DurableSubscription;
  subscribe(topic: unknown, handler: unknown, options?: DurableSubscribeOptions<readonly unknown[], object>): DurableSubscription {
    const isLeft = (): boolean => handle.state === 'closed';
    const hooked = this.points.handler?.(handler as AnyHandler, isLeft) ?? (handler as AnyHandler);
    const handle = new DurableSubscriptionHandle(this.owner, topic as string, hooked, options);
    return this.intend(handle);
  }

  private intend<H extends Durable>(handle: H): H {
    if (this.line.isClosed) handle.refuse(closedError(this.line.lastError));
    if (!handle.isFit()) return handle;
    this.durables = [...this.durables, handle];
    const session = this.line.openSession;
    if (session) handle.attach(session);
    else this.line.start();
    return handle;
  }

  private nextSession(options: WaitOptions): Promise<SessionCore> {
    const opened = promised<SessionCore>((settle) => {
      checkOptions('open', options, waiting);
      const { line } = this;
      this.openers.wait({
        settle: {
          reject: (error) => {
            // Ignoring the promise is fine where the end is told elsewhere, too. Else the platform tells of a rejection that nobody handles.
            if (!this.isUnheard) void Promise.resolve().then(() => opened.catch(() => {}));
            settle.reject(error);
          },
        },
        options,
        enter: settle.resolve,
        late: (timeoutMs) => {
          const cause = line.lastError;
          return new TimeoutError(`no session in ${timeoutMs} ms${cause ? `: ${cause.message}` : ''}`, { cause });
        },
        gaveUp: () => {
          const isWanted = this.openers.size > 0 || this.durables.length > 0 || this.outbox.room.size > 0;
          if (isWanted) return;
          this.hasGivenUp = true;
          line.close((session) => session.leave(), line.lastError ?? closedError()).catch(() => {});
        },
      });
      if (line.isLeaving) this.nextEnd ??= ending();
      else if (!this.end.isOpen) this.end = ending();
      line.start();
    });
    return opened;
  }

  private joined(session: SessionCore): void {
    // What the router may have aborted the session for comes last, and one by one: then it is known by the next ABORT, and no other handle waits.
    const suspects = this.durables.filter(({ isSuspect }) => isSuspect);
    const others = this.durables.filter(({ isSuspect }) => !isSuspect);
    const askNext = (): void => suspects.shift()?.attach(session, askNext, true);
    let unanswered = others.length;
    const answered = (): void => {
      if (--unanswered === 0) askNext();
    };
    for (const handle of others) handle.attach(session, answered);
    if (others.length === 0) askNext();
    this.outbox.room.admit(session);
    this.openers.admit(session);
  }

  private lost(error: WampError): void {
    for (const handle of this.durables) handle.detach(error);
    const isFirst = this.line.status.state === 'connecting' && this.line.status.attempt === 1;
    if (!isFirst || this.events.has('status')) return;
    console.warn(`autostrada: ${error.message}; trying again (listen to 'status' to be told of each attempt)`);
  }

  private ended(error: WampError | undefined): void {
    const { end, nextEnd, hasGivenUp, isFollowed } = this;
    this.end = nextEnd ?? end;
    this.nextEnd = undefined;
    this.hasGivenUp = this.isFollowed = false;
    end.end(error);
    if (this.line.isReopening) return;
    this.end.end(error);
    const isAsked = this.dismiss(error ?? closedError(), !error || isFollowed || this.events.has('status'));
    if (!error || isAsked || hasGivenUp) return;
    if (!this.events.has('error')) {
      if (isFollowed) return;
      failProcess();
    }
    if (!this.events.has('status')) this.report(error, { where: 'connection', uri: undefined });
  }

  /** All that was asked for is given up. Says whether somebody is told by that. `isHeard`: it is told elsewhere, too. */
  private dismiss(why: WampError, isHeard = true): boolean {
    const { openers, outbox, durables } = this;
    const isAwaited = outbox.isAwaited || durables.some((handle) => handle.isWatched);
    const isAsked = openers.size > 0 || isAwaited;
    this.durables = []; // first: whoever is told may open anew, and that is another life
    this.isUnheard = !isHeard && !isAwaited;
    openers.dismiss(why);
    this.isUnheard = false;
    outbox.room.dismiss(why);
    for (const give of this.held) give(why);
    for (const handle of durables) handle.close(why);
    return isAsked;
  }

  private moved(status: Status, previous: Status): void {
    this.events.emit('status', status, previous);
    if (status.state === 'joined') this.events.emit('open', status.session as Session<Api>);
  }

  private report(thrown: unknown, context: ErrorContext): void {
    const error = asError(thrown, context);
    if (this.events.has('error')) this.events.emit('error', error, context);
    else toConsole(error, context);
  }
}
