/*
 * The loop under a connection: dial, live, decide, wait, again. One attempt is dial.ts; what to do after a failure is decided in retry.ts.
 * State changes are synchronous.
 */
import { elapsed, systemClock } from '../../clock.ts';
import { ConnectionLostError, TimeoutError, TransportError, type WampError } from '../../errors.ts';
import { NETWORK_FAILURE } from '../../protocol/uris.ts';
import type { Off } from '../../words.ts';
import type { Session } from '../api/session-api.ts';
import type { Report } from '../core/callbacks.ts';
import type { Foreign } from '../core/local-options.ts';
import type { Points } from '../core/middleware.ts';
import type { SessionCore } from '../session/session.ts';
import type { Stats, Status } from './connection-options.ts';
import { asWampError, Dial, type LineOptions, type Surroundings } from './dial.ts';
import { Liveness } from './liveness.ts';
import { isOffline, watchPage } from './page.ts';
import { isRefusedLogin, nextDelay } from './retry.ts';

const defaults = { stableMs: 5_000, idleMs: 20_000, timeoutMs: 10_000 } as const;
/** A device that says it is offline mostly is: so long may the router take to prove that it is not. */
const DOUBT_MS = 2000;

export interface LineHooks {
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore): void;
  /** The session is gone, and another is tried for. */
  lost(error: WampError): void;
  /** It is being closed, by our own `close()` or `leave()`: what was asked for so far is given up. */
  leaving(): void;
  /** It is over. Undefined: by our own `close()` or `leave()`. */
  closed(error: WampError | undefined): void;
  status(status: Status, previous: Status): void;
  readonly report: Report;
  readonly points: Points;
  readonly foreign: Foreign;
}

export class Line {
  readonly environment: Surroundings;
  private readonly options: LineOptions;
  private readonly hooks: LineHooks;
  /** The last attempt, be it under way or over. */
  private current: Dial | undefined;
  private currentStatus: Status = { state: 'idle' };
  private session: SessionCore | undefined;
  private liveness: Liveness | undefined;
  private unwatch: Off | undefined;
  private retryTimer: unknown;
  /** Attempts that failed in a row, unstable sessions among them, and since when. */
  private failures = 0;
  private since = 0;
  private hasJoined = false;
  private previous: WampError | undefined;
  /** The function that the secret comes from has been told of a refusal, since the last session. */
  private wasAskedAgain = false;
  /** The session is ended in order to have another, whatever the policy says. */
  private isRenewing = false;
  private joins = 0;
  /** The session is being left, and so it will be closed. */
  isLeaving = false;
  /** It was opened anew meanwhile: it goes on after that. */
  isReopening = false;
  /** Of sessions that are over. */
  /** Of the router: by the option, or by what it has refused. */
  private maxMessageBytes: number | undefined;
  private framesSent = 0;
  private framesReceived = 0;

  constructor(options: LineOptions, hooks: LineHooks) {
    this.options = options;
    this.maxMessageBytes = options.maxMessageBytes;
    this.hooks = hooks;
    this.environment = { clock: systemClock, random: Math.random, ...options.environment };
  }

  get status(): Status {
    return this.currentStatus;
  }

  /** Undefined when there is none, or it is being left. */
  get openSession(): SessionCore | undefined {
    return this.session?.isOpen ? this.session : undefined;
  }

  /** Why the last attempt failed or the last session ended. */
  get lastError(): WampError | undefined {
    return this.previous;
  }

  /** Closed, or about to be: who asks for something comes too late. */
  get isClosed(): boolean {
    return this.currentStatus.state === 'closed' || (this.isLeaving && !this.isReopening);
  }

  /** Before its first session, after `open()` anew as well. */
  get isNew(): boolean {
    return !this.hasJoined || this.isReopening;
  }

  /** Begins, from idle or closed; else it is under way. */
  start(): void {
    if (this.isLeaving) this.isReopening = true;
    if (this.currentStatus.state !== 'idle' && this.currentStatus.state !== 'closed') return;
    this.failures = 0;
    this.since = elapsed(this.environment.clock);
    this.hasJoined = false;
    this.previous = undefined;
    this.wasAskedAgain = false;
    this.unwatch ??= watchPage({
      wake: () => this.wake(),
      doubt: () => this.liveness?.ask(Math.min(DOUBT_MS, this.liveness.timeoutMs)),
      sleep: () => this.lose('we closed the line: the page was put aside'),
    });
    this.dial();
  }

  /** Another session, now. Nothing on a closed connection. */
  renew(): void {
    const { state } = this.currentStatus;
    if (state === 'idle') return this.start();
    if (this.session && !this.openSession) return; // it is being closed
    if (this.session) {
      this.isRenewing = true;
      this.lose('we connect anew, as reconnect() asked');
    } else if (state === 'connecting') {
      this.current?.giveUp(
        new ConnectionLostError(NETWORK_FAILURE, 'we connect anew, as reconnect() asked', { delivery: 'not-sent' }),
      );
      this.dial();
    }
    this.wake();
  }

  get counts(): Pick<Stats, 'reconnects' | 'framesIn' | 'framesOut'> {
    const { sent = 0, received = 0 } = this.session?.frames ?? {};
    return {
      reconnects: Math.max(0, this.joins - 1),
      framesIn: this.framesReceived + received,
      framesOut: this.framesSent + sent,
    };
  }

  /** Leaves the session, or stops trying. */
  async close(leave: (session: SessionCore) => Promise<void>, error?: WampError): Promise<void> {
    if (this.isReopening) {
      this.isReopening = false;
      this.hooks.leaving();
    }
    const { session } = this;
    if (session)
      await leave(session); // ends by `sessionEnded`
    else this.end(error);
  }

  /** What was waited for may have come about; what was thought to live may be dead. */
  private wake(): void {
    if (this.currentStatus.state === 'waiting') this.dial();
    else this.liveness?.ask();
  }

  private lose(why: string): void {
    this.session?.lose(new ConnectionLostError(NETWORK_FAILURE, why));
  }

  private watch(session: SessionCore): void {
    const { liveness = {} } = this.options;
    if (!liveness) return;
    const { idleMs = defaults.idleMs, timeoutMs = defaults.timeoutMs } = liveness;
    this.liveness = new Liveness(this.environment.clock, idleMs, timeoutMs, session.pulse, (silenceMs) =>
      this.lose(`we gave the line up: nothing came for ${silenceMs} ms (liveness)`),
    );
  }

  private dial(): void {
    this.environment.clock.clearTimeout(this.retryTimer);
    const { report, points, foreign } = this.hooks;
    const attempt = this.failures + 1;
    const dial = new Dial(
      this.options,
      this.environment,
      { number: attempt, previous: this.previous },
      {
        report,
        points,
        foreign,
        maxMessageBytes: this.maxMessageBytes,
        dialing: (url) => this.move({ state: 'connecting', attempt, url }),
        joined: (session, url) => this.joined(session, url),
        failed: (error) => {
          this.failures++;
          this.decide(error);
        },
        left: () => {
          this.isLeaving = true;
          this.hooks.leaving();
        },
        ended: (error, ageMs) => this.sessionEnded(error, ageMs),
      },
    );
    this.current = dial;
    dial.start();
  }

  private joined(session: SessionCore, url: string): void {
    this.session = session;
    this.hasJoined = true;
    this.wasAskedAgain = false;
    this.joins++;
    this.watch(session);
    this.hooks.joined(session);
    this.move({ state: 'joined', session: session as unknown as Session, url });
  }

  private sessionEnded(error: WampError | undefined, ageMs: number): void {
    const { sent = 0, received = 0 } = this.session?.frames ?? {};
    this.framesSent += sent;
    this.framesReceived += received;
    // It would be too long on the next line, too.
    const tooLong = this.session?.tooLong;
    if (tooLong !== undefined) this.maxMessageBytes = Math.min(tooLong - 1, this.maxMessageBytes ?? tooLong);
    this.session = undefined;
    this.isLeaving = false;
    this.liveness?.stop();
    this.liveness = undefined;
    if (error === undefined) return this.end(undefined);
    const isStable = ageMs >= ((this.options.retry || undefined)?.stableMs ?? defaults.stableMs);
    this.failures = isStable ? 0 : this.failures + 1;
    if (isStable) this.since = elapsed(this.environment.clock);
    this.decide(error);
  }

  private decide(error: WampError): void {
    const { clock, random } = this.environment;
    const { isRenewing } = this;
    this.isRenewing = false;
    const isAway = !isRenewing && isOffline();
    this.previous = withoutFrames(error);
    let delay: number | false;
    try {
      // Where no WebSocket comes through, the next of the list may be long-poll: each has its first time.
      const { targets = 1, isAsked = false } = this.current ?? {};
      const isElsewhere = error instanceof TransportError && this.failures < targets;
      const isFirst = !this.hasJoined && !isElsewhere;
      const mayAskAgain = isAsked && !this.wasAskedAgain;
      if (isRefusedLogin(error)) this.wasAskedAgain = true;
      const elapsedMs = elapsed(clock) - this.since;
      const failure = { attempt: this.failures, elapsedMs, error, isFirst, mayAskAgain, isOffline: isAway };
      delay = nextDelay(failure, this.options.retry ?? {}, random);
    } catch (thrown) {
      return this.end(asWampError(thrown)); // the user's `decide`
    }
    if (isRenewing) delay = 0;
    if (delay === false) return this.end(error);
    this.retryTimer = clock.setTimeout(() => this.dial(), delay);
    this.hooks.lost(error);
    if (this.currentStatus.state === 'closed') return; // by a listener, in the middle of it
    this.move({
      state: 'waiting',
      attempt: this.failures,
      error,
      retryAt: isAway && !(this.options.retry || undefined)?.decide ? undefined : new Date(clock.now() + delay),
    });
  }

  private end(error: WampError | undefined): void {
    if (this.currentStatus.state === 'closed') return;
    this.unwatch?.();
    this.unwatch = undefined;
    this.current?.giveUp(error ?? new TimeoutError('the connection was closed'));
    this.environment.clock.clearTimeout(this.retryTimer);
    this.previous = error && withoutFrames(error);
    const previous = this.currentStatus;
    // Closed before anybody is told: who opens anew in a listener begins from here.
    this.currentStatus = { state: 'closed', error };
    const closed = this.currentStatus;
    this.hooks.closed(error);
    this.hooks.status(closed, previous);
    if (!this.isReopening) return;
    this.isReopening = false;
    this.start();
  }

  private move(status: Status): void {
    const previous = this.currentStatus;
    this.currentStatus = status;
    this.hooks.status(status, previous);
  }
}

/**
 * V8 keeps the frames of an error until somebody reads its stack. They keep the session that it ended, or the attempt, which knows the
 * error before: each would keep all that were lost before it.
 */
function withoutFrames(error: WampError): WampError {
  let each: unknown = error;
  try {
    for (let depth = 0; depth < 8 && each instanceof Error; depth++) each = each.stack === undefined ? undefined : each.cause;
  } catch {
    // A cause of the user's, with getters that throw.
  }
  return error;
}
