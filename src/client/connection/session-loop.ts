/*
 * The loop under a connection: dial, live, decide, wait, again. One attempt is dial.ts; what to do after a failure is decided in retry.ts.
 * State changes are synchronous.
 */
import { elapsed } from '../../base/clock.ts';
import { ConnectionLostError, TimeoutError, TransportError, type WampError } from '../../base/errors.ts';
import type { Off } from '../../base/words.ts';
import { NETWORK_FAILURE } from '../../protocol/uris.ts';
import type { Stats, Status } from '../api/connection-options.ts';
import type { Kernel, KernelConnection } from '../kernel/kernel.ts';
import { asSession, type SessionCore } from '../session/session.ts';
import { afterFailure, afterJoin, afterStableSession, noAttempts } from './attempts.ts';
import { asWampError, createDial, type Dial } from './dial.ts';
import { isRefusedLogin, nextDelay } from './retry.ts';

const STABLE_MS = 5_000;

export interface LoopEvents {
  /** It is being closed, by `close()` or `leave()`: what was asked for so far is given up. */
  leaving(): void;
  /** It is over. Undefined: by `close()` or `leave()`. */
  closed(error: WampError | undefined): void;
  status(status: Status, previous: Status): void;
}

export interface SessionLoop extends KernelConnection {
  readonly session: SessionCore | undefined;
  /** The session is being left, and so it will be closed. */
  readonly isLeaving: boolean;
  /** It was opened again meanwhile: it goes on after that. */
  readonly isReopening: boolean;
  readonly counts: Pick<Stats, 'reconnects' | 'framesIn' | 'framesOut' | 'losses'>;
  /** Another session, now. Nothing on a closed connection. */
  renew(): void;
  /** Leaves the session, or stops trying. */
  close(leave: (session: SessionCore) => Promise<void>, error?: WampError): Promise<void>;
}

export function createLoop(kernel: Kernel, events: LoopEvents): SessionLoop {
  const { clock, options, waiters } = kernel;
  const retry = options.retry || {};
  let status: Status = { state: 'idle' };
  let attempts = noAttempts(0);
  /** The last attempt: it runs, or is over. */
  let dial: Dial | undefined;
  let session: SessionCore | undefined;
  let joinedAt = 0;
  let lastError: WampError | undefined;
  let offs: readonly Off[] = [];
  let timer: unknown;
  /** The session is ended in order to have another, whatever the policy says. */
  let isRenewing = false;
  let isLeaving = false;
  let isReopening = false;
  /** When the last attempt failed, and whether the one before it had failed within the same millisecond. */
  let failedAt = Number.NEGATIVE_INFINITY;
  let isHasty = false;
  /** What a router has refused as too long: the limit for the sessions to come. */
  let maxMessageBytes = Number.POSITIVE_INFINITY;
  let joins = 0;
  /** Of sessions that are over. */
  let framesOut = 0;
  let framesIn = 0;
  let losses: Stats['losses'] = [];

  const openSession = (): SessionCore | undefined => (session?.isOpen ? session : undefined);

  const move = (next: Status): void => {
    const previous = status;
    status = next;
    events.status(next, previous);
  };

  const start = (): void => {
    if (isLeaving) isReopening = true;
    if (status.state !== 'idle' && status.state !== 'closed') return;
    attempts = noAttempts(elapsed(clock));
    lastError = undefined;
    if (offs.length === 0) offs = kernel.opened.map((opened) => opened());
    go();
  };

  const go = (): void => {
    clock.clearTimeout(timer);
    const number = attempts.failures + 1;
    dial = createDial(
      kernel,
      { number, previous: lastError, isHasty },
      {
        dialing: (url) => move({ state: 'connecting', attempt: number, url }),
        joined,
        failed(error) {
          const now = elapsed(clock);
          isHasty = now - failedAt < 1;
          failedAt = now;
          attempts = afterFailure(attempts);
          decide(error);
        },
      },
    );
    dial.start();
  };

  const joined = (begun: SessionCore, url: string): void => {
    session = begun;
    joinedAt = elapsed(clock);
    attempts = afterJoin(attempts);
    joins++;
    begun.link.limitFrames(maxMessageBytes);
    begun.onLeave = () => {
      isLeaving = true;
      events.leaving();
    };
    begun.onEnd = (error) => ended(begun, error);
    for (const waiter of waiters) waiter.joined(begun);
    move({ state: 'joined', session: asSession(begun), url });
  };

  const ended = ({ link, tooLong }: SessionCore, error: WampError | undefined): void => {
    framesOut += link.frames.sent;
    framesIn += link.frames.received;
    // It would be too long in the next session, too.
    if (tooLong !== undefined) maxMessageBytes = Math.min(tooLong - 1, maxMessageBytes);
    session = undefined;
    isLeaving = false;
    if (error === undefined) return end(undefined);
    const now = elapsed(clock);
    const isStable = now - joinedAt >= (retry.stableMs ?? STABLE_MS);
    attempts = isStable ? afterStableSession(attempts, now) : afterFailure(attempts);
    decide(error);
  };

  const decide = (error: WampError): void => {
    const isNow = isRenewing;
    isRenewing = false;
    const isOffline = !isNow && kernel.isOffline?.() === true;
    lastError = withoutFrames(error);
    losses = [...losses.slice(-4), { at: clock.now(), error }];
    const { failures, since, hasJoined, wasAskedAgain } = attempts;
    let delay: number | false;
    try {
      // Where no WebSocket comes through, the next of the list may be long-poll: each has its first time.
      const { targets = 1, isAsked = false } = dial ?? {};
      const isElsewhere = error instanceof TransportError && failures < targets;
      if (isRefusedLogin(error)) attempts = { ...attempts, wasAskedAgain: true };
      const failure = {
        attempt: failures,
        elapsedMs: elapsed(clock) - since,
        error,
        isFirst: !hasJoined && !isElsewhere,
        mayAskAgain: isAsked && !wasAskedAgain,
        isOffline,
      };
      delay = nextDelay(failure, options.retry ?? {}, kernel.random);
    } catch (thrown) {
      return end(asWampError(thrown)); // the user's `decide`
    }
    if (isNow) delay = 0;
    if (delay === false) return end(error);
    timer = clock.setTimeout(go, delay);
    for (const waiter of waiters) waiter.lost?.(error);
    if (status.state === 'closed') return; // by a listener, in the middle of it
    const retryAt = isOffline && !retry.decide ? undefined : new Date(clock.now() + delay);
    move({ state: 'waiting', attempt: failures, error, retryAt });
  };

  const end = (error: WampError | undefined): void => {
    if (status.state === 'closed') return;
    for (const off of offs) off();
    offs = [];
    dial?.giveUp(error ?? new TimeoutError('the connection was closed'));
    clock.clearTimeout(timer);
    lastError = error && withoutFrames(error);
    const previous = status;
    // Closed before anybody is told: a listener that opens it again begins from here.
    status = { state: 'closed', error };
    const closed = status;
    events.closed(error);
    events.status(closed, previous);
    if (!isReopening) return;
    isReopening = false;
    start();
  };

  const wake = (): void => {
    if (status.state === 'waiting') go();
    else kernel.probe?.();
  };

  return {
    get status() {
      return status;
    },
    get session() {
      return openSession();
    },
    get lastError() {
      return lastError;
    },
    get isClosed() {
      return status.state === 'closed' || (isLeaving && !isReopening);
    },
    get isNew() {
      return !attempts.hasJoined || isReopening;
    },
    get isLeaving() {
      return isLeaving;
    },
    get isReopening() {
      return isReopening;
    },
    get counts() {
      const { sent = 0, received = 0 } = session?.link.frames ?? {};
      return { reconnects: Math.max(0, joins - 1), framesIn: framesIn + received, framesOut: framesOut + sent, losses };
    },
    start,
    wake,
    lose: (why) => session?.lose(why),

    renew() {
      const { state } = status;
      if (state === 'idle') return start();
      if (session && !openSession()) return; // it is being closed
      const why = 'we reconnect, as reconnect() asked';
      if (session) {
        isRenewing = true;
        session.lose(why);
      } else if (state === 'connecting') {
        dial?.giveUp(new ConnectionLostError(NETWORK_FAILURE, why, { delivery: 'not-sent' }));
        go();
      }
      wake();
    },

    async close(goodbye, error) {
      if (isReopening) {
        isReopening = false;
        events.leaving();
      }
      if (session)
        await goodbye(session); // ends by `ended`
      else end(error);
    },
  };
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
