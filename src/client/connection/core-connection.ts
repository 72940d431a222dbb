/*
 * A connection without its verbs: open, close, status and what it tells. The loop underneath is session-loop.ts; `call`, `publish`,
 * `subscribe` and `register` are features.
 */
import type { Clock } from '../../base/clock.ts';
import { makeDisposable } from '../../base/dispose.ts';
import { Emitter } from '../../base/emitter.ts';
import { TimeoutError, type WampError } from '../../base/errors.ts';
import { checkOptions } from '../../base/options.ts';
import { showAs } from '../../base/shown.ts';
import type { Off } from '../../base/words.ts';
import type { ConnectionEvents, ConnectionOptions, Stats, Status } from '../api/connection-options.ts';
import type { ApiShape, Untyped } from '../api/contract.ts';
import type { ErrorContext } from '../api/environment.ts';
import type { WaitOptions } from '../api/options.ts';
import type { LeaveOptions, Session } from '../api/session-api.ts';
import { type Ending, ending, failProcess } from '../kernel/ending.ts';
import { type Feature, Kernel, type KernelSession, type Verbs } from '../kernel/kernel.ts';
import { promised, throwIfAborted, waiting } from '../kernel/settle.ts';
import { leaving } from '../kernel/verb-options.ts';
import { type WaitingRoom, waitingRoom } from '../kernel/waiting-room.ts';
import { asSession } from '../session/session.ts';
import { closedError } from './closed-error.ts';
import { createLoop, type SessionLoop } from './session-loop.ts';
import { asError, toConsole } from './told-errors.ts';

export class CoreConnection<Api extends ApiShape = Untyped> implements AsyncDisposable {
  /** Never there; carries the contract. */
  declare readonly '~api'?: Api;
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;

  /** @internal */
  protected readonly kernel: Kernel;
  /** Those of the feature that brings them, with what others put around. @internal */
  protected readonly verbs: Verbs;
  private readonly loop: SessionLoop;
  private readonly events: Emitter<ConnectionEvents<Api>>;
  /** Those that wait in `open()`. */
  private readonly openers: WaitingRoom<KernelSession>;
  /** Of verbs that have not settled. */
  private readonly over: ((why: WampError) => void)[] = [];
  private end: Ending = ending();
  /** The end after that, if it was opened again while it is being closed. */
  private nextEnd: Ending | undefined;
  /** The last `open()` gave up, and so the attempts were ended: that is told there. */
  private hasGivenUp = false;
  /** Somebody looks at `closed`. */
  private isFollowed = false;
  /** It ends with an error that is told by `open()` alone. */
  private isUnheard = false;

  /** @param options - They are checked by now. @internal */
  constructor(options: ConnectionOptions, features: readonly Feature[]) {
    makeDisposable(this, () => this.close());
    showAs(this, 'status');
    this.events = new Emitter(['open', 'status', 'error'], (thrown, name) => {
      const context: ErrorContext = { where: 'listener', uri: undefined };
      if (name === 'error')
        toConsole(thrown, context); // or the listener would get its own error
      else this.report(thrown, context);
    });
    const kernel = new Kernel(options, features, (error, where, uri) => this.report(error, { where, uri }));
    this.kernel = kernel;
    this.openers = waitingRoom(kernel.clock);
    this.loop = createLoop(kernel, {
      leaving: () => this.dismiss(closedError()),
      closed: (error) => this.ended(error),
      status: (status, previous) => {
        this.events.emit('status', status, previous);
        if (status.state === 'joined') this.events.emit('open', asSession<Api>(status.session));
      },
    });
    const { openers, loop, over } = this;
    kernel.connection = loop;
    for (const feature of features) feature.install(kernel);
    const scope = { isConnection: true, session: () => loop.session, over };
    this.verbs = kernel.verbs.reduce((inner, around) => around(inner, scope), kernel.requests);
    kernel.waiters.push({
      get size() {
        return openers.size;
      },
      isAwaited: false, // see `dismiss`
      joined: (session) => openers.admit(session),
      lost: (error) => this.warn(error),
      dismiss: () => (why) => openers.dismiss(why),
    });
  }

  /** The current session, for what should end with it. */
  get session(): Session<Api> | undefined {
    const { session } = this.loop;
    return session && asSession<Api>(session);
  }

  /** Where the connection stands. `on('status')` reports changes. */
  get status(): Status {
    return this.loop.status;
  }

  /** What it measures time with: `environment.clock`. */
  get clock(): Clock {
    return this.kernel.clock;
  }

  /** Resolves when the connection has ended for good and never rejects: undefined after `close()`, else why. */
  get closed(): Promise<WampError | undefined> {
    this.isFollowed = true;
    return (this.nextEnd ?? this.end).ended;
  }

  /**
   * Opens, or joins in: resolves with the current session or the next one; rejects at once on errors that waiting cannot solve.
   *
   * @param options - `timeoutMs`: milliseconds, default none. `signal`: gives up. When the only one that asked gives up, the attempts end.
   * @throws {@link TransportError} for an invalid URL, no common subprotocol, no WebSocket there.
   * @throws {@link JoinError} when the router refuses the realm or the login at the first join.
   * @throws {@link TimeoutError} with the last failure as its cause; `signal.reason`.
   */
  open(options: WaitOptions = {}): Promise<Session<Api>> {
    const opened = promised<Session<Api>>((settle) => {
      checkOptions('open', options, waiting);
      const { loop, openers } = this;
      if (loop.session) {
        throwIfAborted(options);
        return settle.resolve(asSession(loop.session));
      }
      openers.wait({
        settle: {
          reject: (error) => {
            // Ignoring the promise is fine where the end is told elsewhere, too. Else the platform reports a rejection that nobody handles.
            if (!this.isUnheard) void Promise.resolve().then(() => opened.catch(() => {}));
            settle.reject(error);
          },
        },
        options,
        enter: (session) => settle.resolve(asSession(session)),
        late(timeoutMs) {
          const cause = loop.lastError;
          return new TimeoutError(`no session in ${timeoutMs} ms${cause ? `: ${cause.message}` : ''}`, { cause });
        },
        gaveUp: () => {
          if (this.kernel.waiters.some(({ size }) => size > 0)) return;
          this.hasGivenUp = true;
          loop.close((session) => session.leave(), loop.lastError ?? closedError()).catch(() => {});
        },
      });
      if (loop.isLeaving) this.nextEnd ??= ending();
      else if (!this.end.isOpen) this.end = ending();
      loop.start();
    });
    return opened;
  }

  /**
   * Says GOODBYE, closes the handles, stays closed until `open()`. Twice is fine.
   *
   * @returns A promise that resolves when the connection is closed.
   */
  async close(options: LeaveOptions = {}): Promise<void> {
    checkOptions('close', options, leaving);
    await this.loop.close((session) => session.leave(options));
  }

  /**
   * Connects again, now: leaves the session, stops waiting, or gives up the current attempt. Pending requests are rejected, as after a lost connection.
   * Opens an idle connection; does nothing on a closed one.
   */
  reconnect(): void {
    this.loop.renew();
  }

  stats(): Stats {
    const { loop, kernel } = this;
    const none = { pending: loop.session?.pending ?? 0, waiting: 0, droppedPublications: 0 };
    return Object.assign(none, loop.counts, ...kernel.stats.map((stats) => stats()));
  }

  /** Listens. An event's listeners run in order; one that throws is told to `on('error')`. */
  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents<Api>[E]): Off {
    return this.events.on(event, listener);
  }

  /** A first attempt that fails is told, unless the program looks at the attempts itself. */
  private warn(error: WampError): void {
    const { status } = this.loop;
    if (status.state !== 'connecting' || status.attempt !== 1 || this.events.has('status')) return;
    console.warn(`autostrada: ${error.message}; trying again (listen to 'status' to see each attempt)`);
  }

  private ended(error: WampError | undefined): void {
    const { end, nextEnd, hasGivenUp, isFollowed, events } = this;
    this.end = nextEnd ?? end;
    this.nextEnd = undefined;
    this.hasGivenUp = this.isFollowed = false;
    end.end(error);
    if (this.loop.isReopening) return;
    this.end.end(error);
    const isAsked = this.dismiss(error ?? closedError(), !error || isFollowed || events.has('status'));
    if (!error || isAsked || hasGivenUp) return;
    if (!events.has('error')) {
      if (isFollowed) return;
      failProcess();
    }
    if (!events.has('status')) this.report(error, { where: 'connection', uri: undefined });
  }

  /** All that was asked for is given up. Says whether somebody is told by that. `isHeard`: it is told elsewhere, too. */
  private dismiss(why: WampError, isHeard = true): boolean {
    const { waiters } = this.kernel;
    const isAwaited = waiters.some((waiter) => waiter.isAwaited);
    const isAsked = this.openers.size > 0 || isAwaited;
    // All of them first: a listener may open the connection again, and what it asks for then must stay.
    const told = waiters.map((waiter) => waiter.dismiss()).reverse();
    this.isUnheard = !isHeard && !isAwaited;
    for (const reject of told) {
      reject(why);
      this.isUnheard = false;
    }
    for (const over of this.over) over(why);
    return isAsked;
  }

  private report(thrown: unknown, context: ErrorContext): void {
    const error = asError(thrown, context);
    if (this.events.has('error')) this.events.emit('error', error, context);
    else toConsole(error, context);
  }
}
