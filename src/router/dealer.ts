/*
 * WAMP "Routed Remote Procedure Calls", the dealer of one realm: a synchronous machine. Calls of a caller reach a callee in order, over
 * all procedures (WAMP "Ordering Guarantees").
 */
import { ProtocolError } from '../errors.ts';
import type { RandomIds } from '../protocol/ids.ts';
import {
  type Call,
  Code,
  type ErrorMessage,
  type Payload,
  type Register,
  type Unregister,
  type Yield,
} from '../protocol/messages.ts';
import { isReserved, uriComplaint } from '../protocol/uri.ts';
import { INVALID_URI } from '../protocol/uris.ts';
import type { Id, Uri } from '../words.ts';
import { refuse } from './refuse.ts';
import type { LiveSession } from './session.ts';

interface DealerRegistration {
  readonly id: Id;
  readonly procedure: Uri;
  readonly callee: LiveSession;
}

/** A call under way. */
export interface Invocation {
  readonly caller: LiveSession;
  /** The caller's id of it. */
  readonly request: Id;
  readonly callee: LiveSession;
  /** Our id of it, to the callee. */
  readonly id: Id;
}

export class Dealer {
  private readonly ids: RandomIds;
  private readonly byProcedure = new Map<Uri, DealerRegistration>();
  private readonly byId = new Map<Id, DealerRegistration>();

  constructor(ids: RandomIds) {
    this.ids = ids;
  }

  register(session: LiveSession, { request, procedure, options }: Register): void {
    const isPlain = (options.match ?? 'exact') === 'exact' && (options.invoke ?? 'single') === 'single';
    if (!isPlain) {
      const text = 'this router matches procedures exactly, and to one callee each';
      return refuse(session, Code.REGISTER, request, 'wamp.error.feature_not_supported', text);
    }
    const complaint = uriComplaint(procedure) ?? (isReserved(procedure) ? `procedures below 'wamp.' are the router's` : undefined);
    if (complaint !== undefined) return refuse(session, Code.REGISTER, request, INVALID_URI, complaint);
    if (this.byProcedure.has(procedure)) {
      const text = `${procedure} is registered already`;
      return refuse(session, Code.REGISTER, request, 'wamp.error.procedure_already_exists', text);
    }
    const registration = { id: this.ids.next(), procedure, callee: session };
    this.byProcedure.set(procedure, registration);
    this.byId.set(registration.id, registration);
    session.send({ type: Code.REGISTERED, request, registration: registration.id });
  }

  /** Calls that are under way are still answered. */
  unregister(session: LiveSession, { request, registration: id }: Unregister): void {
    const registration = this.byId.get(id);
    if (registration?.callee !== session) {
      return refuse(session, Code.UNREGISTER, request, 'wamp.error.no_such_registration', `this session has no registration ${id}`);
    }
    this.drop(registration);
    session.send({ type: Code.UNREGISTERED, request });
  }

  call(caller: LiveSession, { request, procedure, args, kwargs }: Call): void {
    const registration = this.byProcedure.get(procedure);
    if (registration === undefined) {
      const complaint = uriComplaint(procedure);
      return complaint === undefined
        ? refuse(caller, Code.CALL, request, 'wamp.error.no_such_procedure', `nobody has registered ${procedure}`)
        : refuse(caller, Code.CALL, request, INVALID_URI, complaint);
    }
    const { callee } = registration;
    const id = callee.nextInvocation;
    const unfit = callee.send({ type: Code.INVOCATION, request: id, registration: registration.id, details: {}, args, kwargs });
    if (unfit) return refuse(caller, Code.CALL, request, unfit.uri, unfit.message);
    callee.invoked();
    const invocation: Invocation = { caller, request, callee, id };
    caller.calls.set(request, invocation);
    callee.invocations.set(id, invocation);
  }

  yield(callee: LiveSession, { request, args, kwargs }: Yield): void {
    const invocation = this.take(callee, request, 'YIELD');
    if (!invocation) return;
    const { caller } = invocation;
    const unfit = caller.send({ type: Code.RESULT, request: invocation.request, details: {}, args, kwargs });
    if (unfit) refuse(caller, Code.CALL, invocation.request, unfit.uri, unfit.message);
  }

  /** A callee's ERROR goes to the caller with its URI and payload. */
  error(callee: LiveSession, { requestType, request, error, args, kwargs }: ErrorMessage): void {
    if (requestType !== Code.INVOCATION) throw new ProtocolError(`expected ERROR of an INVOCATION (68), got one of ${requestType}`);
    const invocation = this.take(callee, request, 'ERROR');
    if (invocation) this.fail(invocation, error, { args, kwargs });
  }

  /** The session is gone: its procedures with it, who waits for it is told, and what it waited for is forgotten. */
  remove(session: LiveSession): void {
    for (const registration of [...this.byId.values()]) if (registration.callee === session) this.drop(registration);
    for (const invocation of session.invocations.values()) {
      invocation.caller.calls.delete(invocation.request);
      if (invocation.caller !== session) this.fail(invocation, 'wamp.error.canceled', { args: ['the callee is gone'] });
    }
    for (const invocation of session.calls.values()) invocation.callee.invocations.delete(invocation.id);
    session.invocations.clear();
    session.calls.clear();
  }

  private fail({ caller, request }: Invocation, error: Uri, { args, kwargs }: Payload): void {
    const unfit = caller.send({ type: Code.ERROR, requestType: Code.CALL, request, details: {}, error, args, kwargs });
    if (unfit) refuse(caller, Code.CALL, request, error, unfit.message);
  }

  /** The call that this answers, which is over now. Undefined: it is over already, as when the caller has left. */
  private take(callee: LiveSession, id: Id, answer: string): Invocation | undefined {
    const invocation = callee.invocations.get(id);
    if (invocation === undefined) {
      if (!callee.wasInvoked(id)) throw new ProtocolError(`got ${answer} for invocation ${id}, which was never made`);
      return undefined;
    }
    callee.invocations.delete(id);
    invocation.caller.calls.delete(invocation.request);
    return invocation;
  }

  private drop(registration: DealerRegistration): void {
    this.byId.delete(registration.id);
    this.byProcedure.delete(registration.procedure);
  }
}
