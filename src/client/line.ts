/*
 * The loop under a connection: dial, join, live, decide, wait, again. What to do after a failure is decided in retry.ts, how a session
 * comes to be in join.ts. State changes are synchronous; where something had to be awaited, the attempt that awaited it is compared with
 * the current one before anything is believed.
 */
import { type Attempt, begin } from '../auth/credentials.ts';
import { systemClock } from '../clock.ts';
import { ConnectionLostError, messageOf, TimeoutError, TransportError, WampError } from '../errors.ts';
import { NETWORK_FAILURE } from '../protocol/uris.ts';
import { json } from '../serializer/json.ts';
import type { Transport } from '../transport/transport.ts';
import type { Off } from '../words.ts';
import type { ConnectionOptions, Environment, OneOrMore, Stats, Status } from './connection-options.ts';
import { join } from './join.ts';
import { Liveness } from './liveness.ts';
import type { Points } from './middleware.ts';
import { isOffline, watchPage } from './page.ts';
import { isRefusedLogin, nextDelay } from './retry.ts';
import type { Report } from './role.ts';
import type { SessionCore } from './session.ts';
import type { Session } from './session-api.ts';
import { connectorFor } from './target.ts';
import { wireTap } from './wire-log.ts';

const defaults = {
  joinTimeoutMs: 15_000,
  stableMs: 5_000,
  idleMs: 20_000,
  timeoutMs: 10_000,
  probe: 'wamp.session.count',
} as const;
/** A device that says it is offline mostly is: so long may the router take to prove that it is not. */
const DOUBT_MS = 2000;

export interface LineHooks {
  /** Inside the handling of WELCOME. */
  joined(session: SessionCore): void;
  /** The session is gone, and another is tried for. */
  lost(error: WampError): void;
  /** It is over. Undefined: by our own `close()` or `leave()`. */
  closed(error: WampError | undefined): void;
  status(status: Status, previous: Status): void;
  readonly report: Report;
  readonly points: Points;
}

/** One attempt under way. */
interface Current {
  readonly controller: AbortController;
  readonly timer: unknown;
  /** From HELLO on. */
  giveUp: ((why: WampError) => void) | undefined;
}

export class Line {
  readonly environment: Omit<Environment, 'WebSocket'> & Partial<Pick<Environment, 'WebSocket'>>;
  private readonly options: Omit<ConnectionOptions, 'contract'>;
  private readonly hooks: LineHooks;
  private current: Current | undefined;
  private currentStatus: Status = { state: 'idle' };
  private session: SessionCore | undefined;
  private liveness: Liveness | undefined;
  private unwatch: Off | undefined;
  private retryTimer: unknown;
  /** Attempts that failed in a row, unstable sessions among them, and since when. */
  private failures = 0;
  private since = 0;
  private hasJoined = false;
  /** How many the last attempt had to choose from. */
  private targets = 1;
  private previous: WampError | undefined;
  /** The secret comes from a function. */
  private isAsked = false;
  /** That function has been told of a refusal, since the last session. */
  private wasAskedAgain = false;
  /** The session is ended in order to have another, whatever the policy says. */
  private isRenewing = false;
  private joins = 0;
  /** Of sessions that are over. */
  private framesSent = 0;
  private framesReceived = 0;

  constructor(options: Omit<ConnectionOptions, 'contract'>, hooks: LineHooks) {
    this.options = options;
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

  /** Begins, from idle or closed; else it is under way. */
  start(): void {
    if (this.currentStatus.state !== 'idle' && this.currentStatus.state !== 'closed') return;
    this.failures = 0;
    this.since = this.environment.clock.now();
    this.hasJoined = false;
    this.previous = undefined;
    this.wasAskedAgain = false;
    this.unwatch ??= watchPage({
      wake: () => this.wake(),
      doubt: () => this.liveness?.ask(Math.min(DOUBT_MS, this.liveness.timeoutMs)),
      sleep: () => this.lose('the page was put aside'),
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
      this.lose('the user connects anew');
    } else if (state === 'connecting') {
      this.drop(new ConnectionLostError(NETWORK_FAILURE, 'the user connects anew', { delivery: 'not-sent' }));
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
    this.liveness = new Liveness(this.environment.clock, idleMs, timeoutMs, {
      get heardAt() {
        return session.heardAt;
      },
      get moved() {
        return session.moved;
      },
      probe: (answered) => session.probe(answered),
      lost: (silenceMs) => this.lose(`the line is dead: nothing came for ${silenceMs} ms (liveness)`),
    });
  }

  private dial(): void {
    const { clock } = this.environment;
    clock.clearTimeout(this.retryTimer);
    const joinTimeoutMs = this.options.joinTimeoutMs ?? defaults.joinTimeoutMs;
    const current: Current = {
      controller: new AbortController(),
      timer: clock.setTimeout(
        () => this.failed(current, new TimeoutError(`no session in ${joinTimeoutMs} ms (joinTimeoutMs)`)),
        joinTimeoutMs,
      ),
      giveUp: undefined,
    };
    this.current = current;
    const attempt: Attempt = { number: this.failures + 1, previous: this.previous, signal: current.controller.signal };
    this.connect(current, attempt).catch((error: unknown) => this.failed(current, asWampError(error)));
  }

  private async connect(current: Current, attempt: Attempt): Promise<void> {
    const { url, serializers = [json()], auth, realm } = this.options;
    const { signal } = attempt;
    let targets = url;
    if (typeof targets === 'function') {
      this.move({ state: 'connecting', attempt: attempt.number, url: '' });
      targets = await targets(attempt);
    }
    if (signal.aborted) return;
    this.targets = Array.isArray(targets) ? targets.length : 1;
    const connector = connectorFor(targets, attempt.number, this.environment.WebSocket);
    this.move({ state: 'connecting', attempt: attempt.number, url: connector.name });
    if (signal.aborted) return; // a listener of `status` may have closed the connection
    const connected = connector.connect({ serializers, signal });
    const transport = 'then' in connected ? await connected : connected;
    if (signal.aborted) return transport.close();
    try {
      const credentials = typeof auth === 'function' ? await auth(attempt) : (auth ?? []);
      this.isAsked = typeof auth === 'function' || asList(credentials).some(({ isAsked }) => isAsked === true);
      const offer = await begin(asList(credentials), attempt);
      if (signal.aborted) return transport.close();
      this.join(current, transport, realm, offer, connector.name);
    } catch (error) {
      transport.close(); // nobody else knows of this line yet
      throw error;
    }
  }

  private join(current: Current, transport: Transport, realm: string, offer: Awaited<ReturnType<typeof begin>>, url: string): void {
    const { clock } = this.environment;
    const joinedAt = { time: 0 };
    current.giveUp = join(transport, {
      realm,
      offer,
      hello: { agent: 'autostrada', ...this.options.hello },
      tap: wireTap(this.options.wireLog, realm),
      session: {
        clock,
        report: this.hooks.report,
        passthru: this.options.passthru,
        points: this.hooks.points,
        probe: (this.options.liveness || undefined)?.probe ?? defaults.probe,
        ended: (error) => this.sessionEnded(error, clock.now() - joinedAt.time),
      },
      joined: (session) => {
        clock.clearTimeout(current.timer);
        this.current = undefined;
        this.session = session;
        this.hasJoined = true;
        this.wasAskedAgain = false;
        joinedAt.time = clock.now();
        this.joins++;
        this.watch(session);
        this.hooks.joined(session);
        this.move({ state: 'joined', session: session as unknown as Session, url });
      },
      failed: (error) => this.failed(current, error),
    });
  }

  private failed(current: Current, error: WampError): void {
    if (this.current !== current) return;
    this.drop(error);
    this.failures++;
    this.decide(error);
  }

  private sessionEnded(error: WampError | undefined, ageMs: number): void {
    const { sent = 0, received = 0 } = this.session?.frames ?? {};
    this.framesSent += sent;
    this.framesReceived += received;
    this.session = undefined;
    this.liveness?.stop();
    this.liveness = undefined;
    if (error === undefined) return this.end(undefined);
    const isStable = ageMs >= ((this.options.retry || undefined)?.stableMs ?? defaults.stableMs);
    this.failures = isStable ? 0 : this.failures + 1;
    if (isStable) this.since = this.environment.clock.now();
    this.decide(error);
  }

  private decide(error: WampError): void {
    const { clock, random } = this.environment;
    const { isRenewing } = this;
    this.isRenewing = false;
    const isAway = !isRenewing && isOffline();
    this.previous = error;
    let delay: number | false;
    try {
      // Where no WebSocket comes through, the next of the list may be long-poll: each has its first time.
      const isElsewhere = error instanceof TransportError && this.failures < this.targets;
      const isFirst = !this.hasJoined && !isElsewhere;
      const mayAskAgain = this.isAsked && !this.wasAskedAgain;
      if (isRefusedLogin(error)) this.wasAskedAgain = true;
      const elapsedMs = clock.now() - this.since;
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
    this.drop(error ?? new TimeoutError('the connection was closed'));
    this.environment.clock.clearTimeout(this.retryTimer);
    this.previous = error;
    const previous = this.currentStatus;
    // Closed before anybody is told: who opens anew in a listener begins from here.
    this.currentStatus = { state: 'closed', error };
    const closed = this.currentStatus;
    this.hooks.closed(error);
    this.hooks.status(closed, previous);
  }

  /** Gives up the attempt under way, if there is one. */
  private drop(why: WampError): void {
    const { current } = this;
    if (!current) return;
    this.current = undefined;
    this.environment.clock.clearTimeout(current.timer);
    current.controller.abort(why);
    current.giveUp?.(why);
  }

  private move(status: Status): void {
    const previous = this.currentStatus;
    this.currentStatus = status;
    this.hooks.status(status, previous);
  }
}

function asList<T>(value: OneOrMore<T>): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** What user code threw while a session was made: a `FatalError` is final, all else may go better next time. */
function asWampError(thrown: unknown): WampError {
  return thrown instanceof WampError ? thrown : new TransportError(`cannot connect: ${messageOf(thrown)}`, { cause: thrown });
}
