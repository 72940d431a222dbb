/*
 * Calls whose callee is a session of this node, and whose caller is one of another node. That node has chosen the callee, and watches the time; here a session without a
 * client stands for the caller (`caller`).
 */
import type { Dict, Id, Uri } from '../../base/words.ts';
import { Code, type Payload } from '../../protocol/messages.ts';
import { refuse, refuseUnfit } from '../session/refuse.ts';
import type { LiveSession } from '../session/session.ts';
import type { Seat } from './callees.ts';
import { allBusy, type Dealer, MAX_CONCURRENCY_REACHED } from './dealer.ts';
import { CANCELED } from './invocations.ts';
import type { DealerRegistration } from './registrations.ts';

export interface CallFromElsewhere {
  readonly caller: LiveSession;
  /** The other node's id of the invocation. */
  readonly request: Id;
  /** Those of the INVOCATION. */
  readonly details: Dict;
  readonly payload: Payload;
}

/** Sends the INVOCATION, or refuses. */
export function invokeHere(
  { invocations }: Dealer,
  { caller, request, details, payload }: CallFromElsewhere,
  seat: Seat,
  registration: DealerRegistration,
): void {
  const { session: callee, options } = seat;
  if (options.concurrency !== undefined && seat.busy >= options.concurrency)
    return refuse(caller, Code.CALL, request, MAX_CONCURRENCY_REACHED, allBusy(registration.uri));
  const id = callee.nextInvocation;
  const unfit = callee.send({ type: Code.INVOCATION, request: id, registration: registration.id, details, ...payload });
  if (unfit) return refuseUnfit(caller, Code.CALL, request, unfit);
  const { progress, ...first } = details;
  invocations.begin(
    {
      caller,
      request,
      callee,
      seat,
      id,
      isProgressive: true, // the other node knows what its caller asked for
      inputs: progress === true ? { procedure: registration.uri, registration: registration.id, details: first } : undefined,
      others: undefined,
      keptBytes: 0,
      timeoutMs: 0,
      timer: undefined,
      isKilled: false,
      measured: undefined,
      procedure: registration.uri,
      startedAt: invocations.now,
      watched: callee.watched?.invokedBy(
        { type: Code.CALL, request, options: {}, procedure: registration.uri, ...payload },
        caller,
        id,
      ),
    },
    0,
  );
}

/** A further input. */
export function proceedHere(dealer: Dealer, { caller, request, details, payload }: CallFromElsewhere): void {
  const inputs = dealer.invocations.ofCaller(caller, request)?.inputs;
  if (!inputs) return;
  const options = details.progress === true ? { progress: true } : {};
  dealer.proceed(caller, { type: Code.CALL, request, options, procedure: inputs.procedure, ...payload });
}

/** INTERRUPT: the other node has answered its caller already, or, with `kill`, waits for the callee. */
export function interruptHere({ invocations }: Dealer, caller: LiveSession, request: Id, { mode, reason }: Dict): void {
  const invocation = invocations.ofCaller(caller, request);
  if (!invocation || invocation.isKilled) return;
  const isKill = mode === 'kill';
  if (isKill) invocation.isKilled = true;
  else invocations.end(invocation, 'canceled');
  invocations.interrupt(invocation, isKill ? 'kill' : 'killnowait', typeof reason === 'string' ? reason : (CANCELED satisfies Uri));
}
