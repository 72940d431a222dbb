/*
 * WAMP "Routed Remote Procedure Calls", the calls of one realm: a synchronous machine. Calls of a caller reach a callee in order, over
 * all procedures (WAMP "Ordering Guarantees"). registrar.ts registers and unregisters; invocations.ts has the running calls.
 */
import { type Clock, elapsed } from '../../base/clock.ts';
import { ProtocolError } from '../../base/errors.ts';
import type { Id, Uri } from '../../base/words.ts';
import { type Call, type Cancel, Code, type ErrorMessage, type Yield } from '../../protocol/messages.ts';
import { isReserved, uriComplaint } from '../../protocol/uri.ts';
import { INVALID_URI, PAYLOAD_SIZE_EXCEEDED } from '../../protocol/uris.ts';
import type { Permit } from '../authorization/permissions.ts';
import { Bounds, shortly } from '../limits/bounds.ts';
import type { CallWatch } from '../limits/call-watch.ts';
import { CALL_BYTES } from '../limits/holdings.ts';
import type { SettledLimits } from '../limits/limits.ts';
import { sizeOfKept } from '../limits/payload-size.ts';
import { isOwn } from '../patterns/reserved.ts';
import { FEATURE_NOT_SUPPORTED, mirrorPassthru, passthruComplaint, takesPassthru } from '../session/passthru.ts';
import { refuse, refuseDisclosure, refuseUnfit } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Seat } from './callees.ts';
import { CANCELED, type Invocation, Invocations } from './invocations.ts';
import { forwardError, refuseYield } from './passthru-answers.ts';
import type { Registrar } from './registrar.ts';
import type { DealerRegistration, Registrations } from './registrations.ts';
import { fits, invocationDetails, isKept, type KeptRoute, type Route, timeoutOf, toOthers } from './route.ts';

export const UNAVAILABLE = 'wamp.error.unavailable';
export const MAX_CONCURRENCY_REACHED = 'crossbar.error.max_concurrency_reached';

export interface DealerSettings {
  readonly clock: Clock;
  readonly limits: SettledLimits;
  readonly watch: CallWatch;
}

export class Dealer {
  private readonly registrar: Registrar;
  private readonly registrations: Registrations;
  private readonly clock: Clock;
  private readonly limits: SettledLimits;
  private readonly bounds: Bounds;
  readonly invocations: Invocations;
  private readonly answerMeta: (caller: LiveSession, call: Call) => void;

  /** @param answerMeta - Answers calls of procedures below `wamp.`. */
  constructor(registrar: Registrar, { clock, limits, watch }: DealerSettings, answerMeta: Dealer['answerMeta']) {
    this.registrar = registrar;
    this.registrations = registrar.registrations;
    this.clock = clock;
    this.limits = limits;
    this.bounds = new Bounds(limits);
    this.invocations = new Invocations(clock, watch);
    this.answerMeta = answerMeta;
  }

  /** WAMP "Calling"; of a progressive call this is the first input; `proceed` takes the others. */
  call(caller: LiveSession, call: Call, permit: Permit): void {
    const { request, procedure, options } = call;
    if (options.disclose_me === true && permit.disclose === false) return refuseDisclosure(caller, Code.CALL, request);
    // Before all registrations: no registration by pattern may answer for the router.
    if (isOwn(procedure) && !this.isAdded(procedure)) {
      if (options.progress === true) return refuseInputs(caller, request, procedure);
      if (options.ppt_scheme) return refuse(caller, Code.CALL, request, FEATURE_NOT_SUPPORTED, 'the router reads what it is asked');
      return this.answerMeta(caller, call);
    }
    let registration = this.registrations.find(procedure);
    let seat = chosen(registration);
    while (!seat && this.registrar.isFreed(registration)) {
      registration = this.registrations.find(procedure);
      seat = chosen(registration);
    }
    if (!registration) {
      const complaint = uriComplaint(procedure);
      return complaint === undefined
        ? refuse(caller, Code.CALL, request, 'wamp.error.no_such_procedure', `nobody has registered ${procedure}`)
        : refuse(caller, Code.CALL, request, INVALID_URI, complaint);
    }
    if (!seat) return refuse(caller, Code.CALL, request, MAX_CONCURRENCY_REACHED, allBusy(procedure));
    const unable = options.ppt_scheme ? passthruComplaint(seat.session) : undefined;
    if (unable !== undefined) return refuse(caller, Code.CALL, request, FEATURE_NOT_SUPPORTED, unable);
    if (!fits(call, seat.session)) return refuseInputs(caller, request, procedure);
    this.invoke(caller, seat, { call, permit, registration });
  }

  /** Below `autostrada.` a program in the router's process may have registered it, by its name. */
  private isAdded(procedure: Uri): boolean {
    return !isReserved(procedure) && this.registrations.lookup(procedure, 'exact') !== undefined;
  }

  private invoke(caller: LiveSession, seat: Seat, route: Route | KeptRoute): void {
    const { call, registration } = route;
    const { request, procedure, options, args, kwargs, carried } = call;
    const { session: callee, options: wishes } = seat;
    // WAMP "Progressive Call Results" requires a callee that can be stopped. Autobahn|JS cannot be, but sends them: those after the end are dropped.
    // A callee that did not announce them is not asked for them. But if the caller asked, they are forwarded, as by Crossbar.io and nexus.
    const isProgressive = options.receive_progress === true;
    const timeoutMs = timeoutOf(call);
    const leftMs = isKept(route) && timeoutMs > 0 ? Math.max(1, route.deadline - elapsed(this.clock)) : timeoutMs;
    const isForwarded = timeoutMs > 0 && wishes.forwardTimeout && callee.can('callee', 'call_timeout');
    const details = invocationDetails(route, caller, seat, isForwarded ? leftMs : 0);
    const id = callee.nextInvocation;
    const hasInputs = options.progress === true;
    // Kept while the call runs: the options for further inputs, and the message for another callee.
    const room = Math.min(this.limits.maxCallBytes - caller.keptBytes, caller.holdings.room - CALL_BYTES);
    const inputBytes = hasInputs ? sizeOfKept(procedure, details, {}) : 0;
    if (inputBytes > room)
      return refuse(
        caller,
        Code.CALL,
        request,
        PAYLOAD_SIZE_EXCEEDED,
        caller.holdings.complaint(inputBytes + CALL_BYTES) ?? noRoom(this.limits),
      );
    const mayBeFull = callee.isRemote && wishes.concurrency !== undefined; // its own node counts the calls of all nodes
    const others = mayBeFull || callee.can('callee', 'call_reroute') ? toOthers(route, this.clock) : undefined;
    const otherBytes = typeof others === 'object' ? sizeOfKept(procedure, options, call) : 0;
    const fitsAll = inputBytes + otherBytes <= room;
    const unfit = callee.send({
      type: Code.INVOCATION,
      request: id,
      registration: registration.id,
      details: hasInputs ? { ...details, progress: true } : details,
      args,
      kwargs,
      carried,
    });
    if (unfit) return refuseUnfit(caller, Code.CALL, request, unfit);
    this.invocations.begin(
      {
        caller,
        request,
        callee,
        seat,
        id,
        isProgressive,
        inputs: hasInputs ? { procedure, registration: registration.id, details } : undefined,
        others: fitsAll ? others : undefined,
        keptBytes: fitsAll ? inputBytes + otherBytes : inputBytes,
        timeoutMs: isForwarded ? 0 : timeoutMs,
        timer: undefined,
        isKilled: false,
        measured: this.invocations.areMeasured ? registration.uri : undefined,
        procedure,
        startedAt: this.invocations.now,
        watched:
          caller.watched === undefined ? callee.watched?.invokedBy(call, caller, id) : caller.watched.invoked(call, callee, id),
      },
      leftMs,
    );
  }

  /**
   * WAMP "Progressive Call Invocations": a further input. It goes where the first went, with the first's options. An input after the
   * end of the call is dropped: the caller could not know of the end yet.
   */
  proceed(caller: LiveSession, { request, procedure, options, args, kwargs, carried }: Call): void {
    const invocation = this.invocations.ofCaller(caller, request);
    if (!invocation) return;
    const { inputs, callee, id, isKilled } = invocation;
    if (!inputs || inputs.procedure !== procedure)
      throw new ProtocolError(`got CALL ${request} of ${shortly(procedure)}, which is still in use by another call`);
    if (isKilled) return;
    invocation.others = undefined; // another callee would not have the earlier inputs
    const details = options.progress === true ? { ...inputs.details, progress: true } : inputs.details;
    const unfit = callee.send({
      type: Code.INVOCATION,
      request: id,
      registration: inputs.registration,
      details,
      args,
      kwargs,
      carried,
    });
    if (!unfit) return;
    this.invocations.end(invocation, 'error');
    this.invocations.interrupt(invocation, 'killnowait', CANCELED);
    refuseUnfit(caller, Code.CALL, request, unfit);
  }

  /** WAMP "Call Canceling". Does nothing if the call is over or never existed. */
  cancel(caller: LiveSession, { request, options }: Cancel): void {
    const invocation = this.invocations.ofCaller(caller, request);
    if (!invocation || invocation.isKilled) return;
    // A callee without call canceling gets no message.
    const mode = invocation.callee.can('callee', 'call_canceling') ? (options.mode ?? 'killnowait') : 'skip';
    if (mode === 'kill') {
      invocation.isKilled = true;
      this.invocations.interrupt(invocation, 'kill', CANCELED);
      return;
    }
    this.invocations.end(invocation, 'canceled');
    if (mode === 'killnowait') this.invocations.interrupt(invocation, 'killnowait', CANCELED);
    if (options.mode !== 'kill' && forgetsCanceled(caller)) return caller.watched?.unanswered(request);
    this.invocations.fail(invocation, CANCELED, { args: ['the call was canceled'] });
  }

  yield(callee: LiveSession, { request, options, args, kwargs, carried }: Yield): void {
    const invocation = this.invocations.find(callee, request, 'YIELD');
    if (!invocation) return;
    const { caller } = invocation;
    const isProgress = options.progress === true;
    if (isProgress && !invocation.isProgressive) return; // the caller did not ask for progress
    if (options.ppt_scheme && !takesPassthru(caller)) {
      this.invocations.end(invocation, 'error');
      return refuseYield(invocation);
    }
    if (isProgress) {
      invocation.others = undefined; // another callee could not continue from here
      this.invocations.watch(invocation);
    } else {
      this.invocations.end(invocation, 'result');
    }
    const details = isProgress ? { progress: true } : {};
    if (options.ppt_scheme) mirrorPassthru(options, details);
    const unfit = caller.send({ type: Code.RESULT, request: invocation.request, details, args, kwargs, carried });
    if (!unfit) return;
    if (!isProgress) invocation.watched?.ended('error');
    else {
      this.invocations.end(invocation, 'error');
      this.invocations.interrupt(invocation, 'killnowait', CANCELED);
    }
    refuseUnfit(caller, Code.CALL, invocation.request, unfit);
  }

  /** A callee's ERROR goes to the caller with its URI and payload. */
  error(callee: LiveSession, message: ErrorMessage): void {
    const { requestType, request, error, args, kwargs, carried } = message;
    if (requestType !== Code.INVOCATION) throw new ProtocolError(`expected ERROR of an INVOCATION (68), got one of ${requestType}`);
    const invocation = this.invocations.find(callee, request, 'ERROR');
    if (!invocation) return;
    this.invocations.end(invocation, error === CANCELED ? 'canceled' : 'error');
    const complaint = this.bounds.reason(error);
    if (complaint !== undefined)
      return this.invocations.fail(invocation, INVALID_URI, { args: [`the callee's error: ${complaint}`] });
    const { others, isKilled } = invocation;
    const isFull = error === MAX_CONCURRENCY_REACHED && callee.isRemote;
    const isUnavailable = error === UNAVAILABLE && callee.can('callee', 'call_reroute');
    if ((isFull || isUnavailable) && others && !isKilled) return this.reroute(invocation, others, isFull);
    invocation.watched?.calleeFailed();
    if (message.details.ppt_scheme) forwardError(invocation, message);
    else this.invocations.fail(invocation, error, { args, kwargs, carried });
  }

  /** WAMP "Call Re-Routing": tries the others, as if the unavailable callee did not exist. */
  private reroute(invocation: Invocation, others: KeptRoute | 'none', isFull: boolean): void {
    const { caller, callee } = invocation;
    if (others !== 'none') {
      const { call, registration, tried } = others;
      tried.add(callee);
      const { callees, invoke } = registration;
      const next = callees.choose(invoke, Math.random, (each) => !each.isGone && !tried.has(each) && fits(call, each));
      if (next) return this.invoke(caller, next, others);
      if (callees.isAnyoneBusy((each) => !tried.has(each) && fits(call, each)))
        return this.invocations.fail(invocation, MAX_CONCURRENCY_REACHED, { args: [allBusy(call.procedure)] });
    }
    if (isFull)
      return this.invocations.fail(invocation, MAX_CONCURRENCY_REACHED, { args: ['every callee has as many calls as it takes'] });
    this.invocations.fail(invocation, 'wamp.error.no_available_callee', { args: ['no callee is available'] });
  }

  /** For a session that leaves: ends its calls, one after the other. */
  callsOf(session: LiveSession): Iterable<Invocation> {
    return this.invocations.of(session);
  }

  /** Ends one of those calls. */
  abandon(session: LiveSession, invocation: Invocation): undefined {
    this.invocations.abandon(session, invocation);
  }
}

/**
 * Autobahn|JS rejects a call that it cancels by itself (except with `kill`), forgets it, and takes the answer for a violation. We recognize it by its features: as a callee
 * progressive results without canceling, which the specification does not allow, and canceling as a caller.
 */
function forgetsCanceled(caller: LiveSession): boolean {
  return (
    caller.can('caller', 'call_canceling') &&
    caller.can('callee', 'progressive_call_results') &&
    !caller.can('callee', 'call_canceling')
  );
}

/** The callee whose turn it is. */
function chosen(registration: DealerRegistration | undefined): Seat | undefined {
  return registration?.callees.choose(registration.invoke, Math.random);
}

function noRoom({ maxCallBytes }: SettledLimits): string {
  return `running calls of this session take ${maxCallBytes} bytes already (limits.maxCallBytes)`;
}

export function allBusy(procedure: Uri): string {
  return `every callee of ${procedure} has as many calls as it takes at once (concurrency)`;
}

function refuseInputs(caller: LiveSession, request: Id, procedure: Uri): void {
  refuse(caller, Code.CALL, request, 'wamp.error.feature_not_supported', `${procedure} takes no progressive calls`);
}
