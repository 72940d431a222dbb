/*
 * WAMP "Routed Remote Procedure Calls", the dealer of one realm: a synchronous machine. Calls of a caller reach a callee in order, over
 * all procedures (WAMP "Ordering Guarantees"). Who has registered what is in registrations.ts.
 */
import type { Clock } from '../clock.ts';
import { ApplicationError, ProtocolError } from '../errors.ts';
import type { RandomIds } from '../protocol/ids.ts';
import {
  type Call,
  type Cancel,
  Code,
  type ErrorMessage,
  type Payload,
  type Register,
  type Unregister,
  type Yield,
} from '../protocol/messages.ts';
import { isReserved, type Match, uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Dict, Id, Uri } from '../words.ts';
import { FEATURE_NOT_SUPPORTED, forwardError, mirrorPassthru, passthruComplaint, refuseYield, takesPassthru } from './passthru.ts';
import type { Permit } from './permissions.ts';
import { refuse, refuseDisclosure } from './refuse.ts';
import { chooseCallee, type DealerRegistration, type Policy, Registrations } from './registrations.ts';
import type { LiveSession } from './session.ts';
import { callSessionMeta } from './session-meta.ts';

const CANCELED = 'wamp.error.canceled';

/** A call under way. */
export interface Invocation {
  readonly caller: LiveSession;
  /** The caller's id of it. */
  readonly request: Id;
  readonly callee: LiveSession;
  /** Our id of it, to the callee. */
  readonly id: Id;
  /** Progressive results go through: the caller asked, and the callee can. */
  readonly isProgressive: boolean;
  /** WAMP "Call Timeout": time for the next answer, watched here. */
  readonly timeoutMs: number;
  timer: unknown;
  /** CANCEL with `kill`: the callee was told, and its answer is awaited. */
  isKilled: boolean;
}

export class Dealer {
  private readonly registrations: Registrations;
  private readonly clock: Clock;
  private readonly sessions: ReadonlySet<LiveSession>;

  /** @param sessions - Of the realm, for the meta API. */
  constructor(ids: RandomIds, clock: Clock, sessions: ReadonlySet<LiveSession>) {
    this.sessions = sessions;
    this.registrations = new Registrations(ids);
    this.clock = clock;
  }

  register(session: LiveSession, { request, procedure, options }: Register, permit: Permit): void {
    const match = (options.match as Match | undefined) ?? 'exact';
    const complaint =
      uriComplaint(procedure, match) ?? (isReserved(procedure) ? `procedures below 'wamp.' are the router's` : undefined);
    if (complaint !== undefined) return refuse(session, Code.REGISTER, request, INVALID_URI, complaint);
    if (options.disclose_caller === true && permit.disclose === false) return refuseDisclosure(session, Code.REGISTER, request);
    const registration = this.registrations.add(session, procedure, match, (options.invoke as Policy | undefined) ?? 'single', {
      discloseCaller: options.disclose_caller === true,
      forwardTimeout: options.forward_timeout === true,
    });
    if (registration) return void session.send({ type: Code.REGISTERED, request, registration: registration.id });
    const text = `${procedure} is registered already, or with another policy`;
    refuse(session, Code.REGISTER, request, 'wamp.error.procedure_already_exists', text);
  }

  /** Calls that are under way are still answered. */
  unregister(session: LiveSession, { request, registration: id }: Unregister): void {
    if (this.registrations.remove(session, id)) return void session.send({ type: Code.UNREGISTERED, request });
    refuse(session, Code.UNREGISTER, request, 'wamp.error.no_such_registration', `this session has no registration ${id}`);
  }

  call(caller: LiveSession, { request, procedure, options, args, kwargs }: Call, permit: Permit): void {
    if (options.disclose_me === true && permit.disclose === false) return refuseDisclosure(caller, Code.CALL, request);
    // Before all registrations: no pattern may stand in for the router.
    if (isReserved(procedure)) {
      if (options.ppt_scheme) return refuse(caller, Code.CALL, request, FEATURE_NOT_SUPPORTED, 'the router reads what it is asked');
      return this.callMeta(caller, request, procedure, { args, kwargs });
    }
    const registration = this.registrations.find(procedure);
    const callee = registration && chooseCallee(registration, Math.random);
    if (!registration || !callee) {
      const complaint = uriComplaint(procedure);
      return complaint === undefined
        ? refuse(caller, Code.CALL, request, 'wamp.error.no_such_procedure', `nobody has registered ${procedure}`)
        : refuse(caller, Code.CALL, request, INVALID_URI, complaint);
    }
    const unable = options.ppt_scheme ? passthruComplaint(callee) : undefined;
    if (unable !== undefined) return refuse(caller, Code.CALL, request, FEATURE_NOT_SUPPORTED, unable);
    // WAMP "Progressive Call Results": only to a callee that can be stopped.
    const isProgressive = options.receive_progress === true && callee.can('callee', 'progressive_call_results', 'call_canceling');
    const timeoutMs = typeof options.timeout === 'number' ? options.timeout : 0;
    const isForwarded =
      timeoutMs > 0 && (registration.callees.get(callee)?.forwardTimeout ?? false) && callee.can('callee', 'call_timeout');
    const discloses =
      permit.disclose ?? (options.disclose_me === true || (registration.callees.get(callee)?.discloseCaller ?? false));
    const details = invocationDetails(registration, caller, procedure, discloses, isProgressive, isForwarded ? timeoutMs : 0);
    if (options.ppt_scheme) mirrorPassthru(options, details);
    const id = callee.nextInvocation;
    const unfit = callee.send({ type: Code.INVOCATION, request: id, registration: registration.id, details, args, kwargs });
    if (unfit) return refuse(caller, Code.CALL, request, unfit.uri, unfit.message);
    callee.invoked();
    const watchedMs = isForwarded ? 0 : timeoutMs;
    const invocation: Invocation = {
      caller,
      request,
      callee,
      id,
      isProgressive,
      timeoutMs: watchedMs,
      timer: undefined,
      isKilled: false,
    };
    caller.calls.set(request, invocation);
    callee.invocations.set(id, invocation);
    this.watch(invocation);
  }

  private callMeta(caller: LiveSession, request: Id, procedure: Uri, payload: Payload): void {
    try {
      caller.send({ type: Code.RESULT, request, details: {}, ...callSessionMeta(this.sessions, caller, procedure, payload) });
    } catch (error) {
      if (!(error instanceof ApplicationError)) throw error;
      refuse(caller, Code.CALL, request, error.uri, String(error.args[0]));
    }
  }

  /** WAMP "Call Canceling". What is over, or was never, is nothing to cancel. */
  cancel(caller: LiveSession, { request, options }: Cancel): void {
    const invocation = caller.calls.get(request);
    if (!invocation || invocation.isKilled) return;
    // A callee that cannot be told is left alone.
    const mode = invocation.callee.can('callee', 'call_canceling') ? (options.mode ?? 'killnowait') : 'skip';
    if (mode === 'kill') {
      invocation.isKilled = true;
      this.interrupt(invocation, 'kill', CANCELED);
      return;
    }
    this.end(invocation);
    if (mode === 'killnowait') this.interrupt(invocation, 'killnowait', CANCELED);
    this.fail(invocation, CANCELED, { args: ['the call was canceled'] });
  }

  yield(callee: LiveSession, { request, options, args, kwargs }: Yield): void {
    const invocation = this.find(callee, request, 'YIELD');
    if (!invocation) return;
    const { caller } = invocation;
    const isProgress = options.progress === true;
    if (isProgress && !invocation.isProgressive) return; // nobody asked for it
    if (options.ppt_scheme && !takesPassthru(caller)) {
      this.end(invocation);
      return refuseYield(invocation);
    }
    if (isProgress) this.watch(invocation);
    else this.end(invocation);
    const details = isProgress ? { progress: true } : {};
    if (options.ppt_scheme) mirrorPassthru(options, details);
    const unfit = caller.send({ type: Code.RESULT, request: invocation.request, details, args, kwargs });
    if (!unfit) return;
    this.end(invocation);
    refuse(caller, Code.CALL, invocation.request, unfit.uri, unfit.message);
  }

  /** A callee's ERROR goes to the caller with its URI and payload. */
  error(callee: LiveSession, message: ErrorMessage): void {
    const { requestType, request, error, args, kwargs } = message;
    if (requestType !== Code.INVOCATION) throw new ProtocolError(`expected ERROR of an INVOCATION (68), got one of ${requestType}`);
    const invocation = this.find(callee, request, 'ERROR');
    if (!invocation) return;
    this.end(invocation);
    if (message.details.ppt_scheme) forwardError(invocation, message);
    else this.fail(invocation, error, { args, kwargs });
  }

  /** The session is gone: its procedures with it, who waits for it is told, and what it waited for is stopped. */
  remove(session: LiveSession): void {
    this.registrations.removeAll(session);
    for (const invocation of [...session.invocations.values()]) {
      this.end(invocation);
      if (invocation.caller !== session) this.fail(invocation, CANCELED, { args: ['the callee is gone'] });
    }
    for (const invocation of [...session.calls.values()]) {
      this.end(invocation);
      // WAMP "Calling and Invocations": a caller that leaves takes its calls with it.
      if (invocation.callee.can('callee', 'call_canceling')) this.interrupt(invocation, 'killnowait', CANCELED);
    }
  }

  private fail({ caller, request }: Invocation, error: Uri, { args, kwargs }: Payload): void {
    const unfit = caller.send({ type: Code.ERROR, requestType: Code.CALL, request, details: {}, error, args, kwargs });
    if (unfit) refuse(caller, Code.CALL, request, error, unfit.message);
  }

  private interrupt({ callee, id }: Invocation, mode: 'kill' | 'killnowait', reason: Uri): void {
    callee.send({ type: Code.INTERRUPT, request: id, options: { mode, reason } });
  }

  /** The call that this answers. Undefined: it is over already, as when the caller has left. */
  private find(callee: LiveSession, id: Id, answer: string): Invocation | undefined {
    const invocation = callee.invocations.get(id);
    if (invocation === undefined && !callee.wasInvoked(id)) {
      throw new ProtocolError(`got ${answer} for invocation ${id}, which was never made`);
    }
    return invocation;
  }

  private end(invocation: Invocation): void {
    const { caller, request, callee, id, timer } = invocation;
    caller.calls.delete(request);
    callee.invocations.delete(id);
    if (timer !== undefined) this.clock.clearTimeout(timer);
  }

  /** WAMP "Call Timeout": time to the first answer, and then from each to the next. */
  private watch(invocation: Invocation): void {
    const { timeoutMs, callee } = invocation;
    if (timeoutMs === 0) return;
    this.clock.clearTimeout(invocation.timer);
    invocation.timer = this.clock.setTimeout(() => {
      this.end(invocation);
      if (callee.can('callee', 'call_canceling')) this.interrupt(invocation, 'killnowait', 'wamp.error.timeout');
      this.fail(invocation, 'wamp.error.timeout', { args: [`no answer in ${timeoutMs} ms`] });
    }, timeoutMs);
  }
}

function invocationDetails(
  registration: DealerRegistration,
  caller: LiveSession,
  procedure: Uri,
  discloses: boolean,
  isProgressive: boolean,
  timeoutMs: number,
): Dict {
  const details: { [key: string]: unknown } = {};
  // WAMP "Pattern-based Registration": whose pattern matched is told the procedure.
  if (registration.match !== 'exact') details.procedure = procedure;
  if (discloses) {
    details.caller = caller.id;
    details.caller_authid = caller.authid;
    details.caller_authrole = caller.authrole;
  }
  if (caller.trustlevel !== undefined) details.trustlevel = caller.trustlevel;
  if (isProgressive) details.receive_progress = true;
  if (timeoutMs > 0) details.timeout = timeoutMs;
  return details;
}
