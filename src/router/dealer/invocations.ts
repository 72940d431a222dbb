/*
 * The running calls of one realm: caller, callee, time limit, and how a call ends without an answer. dealer.ts handles the
 * messages.
 */
import type { Clock } from '../../base/clock.ts';
import { ProtocolError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import { Code, type Payload } from '../../protocol/messages.ts';
import type { CallOutcome, CallWatch } from '../limits/call-watch.ts';
import { CALL_BYTES } from '../limits/holdings.ts';
import { refuse } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { CallIds, WatchedCall } from '../session/session-parts.ts';
import type { Seat } from './callees.ts';
import type { KeptRoute } from './route.ts';

export const CANCELED = 'wamp.error.canceled';

/** A running call. */
export interface Invocation extends CallIds {
  readonly caller: LiveSession;
  readonly callee: LiveSession;
  /** The callee's part in the registration, which counts running calls. */
  readonly seat: Seat;
  /** The caller asked for progressive results, so they are forwarded. */
  readonly isProgressive: boolean;
  /** WAMP "Progressive Call Invocations": the details for further inputs. Undefined: an ordinary call. */
  readonly inputs: { readonly procedure: Uri; readonly registration: Id; readonly details: Dict } | undefined;
  /** WAMP "Call Re-Routing": the other callees, if this one says that it is unavailable. Undefined: its answer is final. */
  others: KeptRoute | 'none' | undefined;
  /** The approximate bytes kept for inputs and other callees, part of the caller's `limits.maxCallBytes`. */
  readonly keptBytes: number;
  /** WAMP "Call Timeout": the time for the next answer, watched here; 0: not watched. */
  readonly timeoutMs: number;
  timer: unknown;
  /** CANCEL with `kill`: the callee got INTERRUPT, and its answer is awaited. */
  isKilled: boolean;
  /** Of the registration: for the one who measures calls. Undefined: nobody does. */
  readonly measured: Uri | undefined;
  /** The one that was called. From another node: the registration's. */
  readonly procedure: Uri;
  /** The time of {@link Invocations.now}. */
  readonly startedAt: number;
  /** Undefined: nobody watches it. */
  readonly watched: WatchedCall | undefined;
}

/** The running calls of a session. */
export function invocationsOf(caller: LiveSession): readonly Invocation[] {
  return caller.calls.size === 0 ? [] : caller.calls.values().map((call) => known(call));
}

export class Invocations {
  private readonly clock: Clock;
  private readonly watched: CallWatch;

  constructor(clock: Clock, watched: CallWatch) {
    this.clock = clock;
    this.watched = watched;
  }

  /** Whether somebody measures calls. */
  get areMeasured(): boolean {
    return this.watched.ended !== undefined;
  }

  /** The time, for `startedAt`. */
  get now(): number {
    return this.watched.now();
  }

  /** Called when the INVOCATION was sent. `leftMs`: the rest of the timeout, for the first answer. */
  begin(invocation: Invocation, leftMs: number): void {
    const { caller, request, callee, id } = invocation;
    callee.invoked();
    invocation.seat.busy++;
    caller.calls.set(request, invocation);
    caller.keptBytes += invocation.keptBytes;
    caller.holdings.add(CALL_BYTES + invocation.keptBytes);
    callee.invocations.set(id, invocation);
    this.watch(invocation, leftMs);
  }

  /** The call that this answers. Undefined: it is over, for example because the caller has left. */
  find(callee: LiveSession, id: Id, answer: string): Invocation | undefined {
    const invocation = known(callee.invocations.get(id));
    if (invocation === undefined && !callee.wasInvoked(id)) {
      throw new ProtocolError(`got ${answer} for invocation ${id}, which was never made`);
    }
    return invocation;
  }

  /** The call of a session with this request id. Undefined: it is over, or never existed. */
  ofCaller(caller: LiveSession, request: Id): Invocation | undefined {
    return known(caller.calls.get(request));
  }

  end(invocation: Invocation, outcome: CallOutcome): void {
    const { caller, request, callee, id, timer } = invocation;
    if (caller.calls.delete(request)) {
      caller.keptBytes -= invocation.keptBytes;
      caller.holdings.add(-CALL_BYTES - invocation.keptBytes);
    }
    callee.invocations.delete(id);
    invocation.seat.busy--;
    if (timer !== undefined) this.clock.clearTimeout(timer);
    if (invocation.watched !== undefined) invocation.watched.ended(outcome);
    if (invocation.measured !== undefined) this.tell(invocation, invocation.measured, outcome);
  }

  private tell({ caller, startedAt }: Invocation, procedure: Uri, outcome: CallOutcome): void {
    const { realm, authrole } = caller;
    this.watched.ended?.({ realm, authrole, procedure, outcome, durationMs: this.watched.now() - startedAt });
  }

  /** WAMP "Call Timeout": time to the first answer, and then from each to the next. */
  watch(invocation: Invocation, leftMs: number = invocation.timeoutMs): void {
    const { timeoutMs } = invocation;
    if (timeoutMs === 0) return;
    this.clock.clearTimeout(invocation.timer);
    invocation.timer = this.clock.setTimeout(() => {
      this.end(invocation, 'timeout');
      this.interrupt(invocation, 'killnowait', 'wamp.error.timeout');
      this.fail(invocation, 'wamp.error.timeout', { args: [`no answer in ${timeoutMs} ms`] });
    }, leftMs);
  }

  /** WAMP "Call Canceling". A callee that does not support INTERRUPT gets none. */
  interrupt({ callee, id }: Invocation, mode: 'kill' | 'killnowait', reason: Uri): void {
    if (callee.can('callee', 'call_canceling')) callee.send({ type: Code.INTERRUPT, request: id, options: { mode, reason } });
  }

  /** Answers the caller with ERROR. */
  fail({ caller, request }: Invocation, error: Uri, { args, kwargs, carried }: Payload): void {
    const unfit = caller.send({ type: Code.ERROR, requestType: Code.CALL, request, details: {}, error, args, kwargs, carried });
    if (unfit) refuse(caller, Code.CALL, request, error, unfit.message);
  }

  /** The calls of a session, as caller or callee; they may end during the iteration. */
  *of(session: LiveSession): Iterable<Invocation> {
    for (const each of session.invocations.values()) if (session.invocations.get(each.id) === each) yield known(each);
    for (const each of session.calls.values()) if (session.calls.get(each.request) === each) yield known(each);
  }

  /** The session is gone: its callers get ERROR, and its own calls are stopped. */
  abandon(session: LiveSession, invocation: Invocation): void {
    this.end(invocation, 'lost');
    // WAMP "Calling and Invocations": when a caller leaves, its calls end.
    if (invocation.caller === session) this.interrupt(invocation, 'killnowait', CANCELED);
    else this.fail(invocation, CANCELED, { args: ['the callee is gone'] });
  }
}

/** A session keeps the calls, and knows only their ids; all of them come from `begin`. */
function known<C extends CallIds | undefined>(call: C): Invocation | Extract<C, undefined> {
  return call as Invocation | Extract<C, undefined>;
}
