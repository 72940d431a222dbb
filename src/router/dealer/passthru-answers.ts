/* Answers in WAMP "Payload Passthru Mode", and callers that did not announce it. */
import { PASSTHRU, passthruAttributes } from '../../protocol/features.ts';
import { Code, type ErrorMessage } from '../../protocol/messages.ts';
import { FEATURE_NOT_SUPPORTED, takesPassthru } from '../session/passthru.ts';
import { refuse } from '../session/refuse.ts';
import type { Invocation } from './invocations.ts';

/**
 * The caller cannot read this YIELD. WAMP says that the callee gets an ERROR, but not of which request type: nexus and we use YIELD.
 * The caller gets an ERROR as well; otherwise it would wait for ever.
 */
export function refuseYield({ caller, request, callee, id }: Invocation): void {
  const text = `the caller did not announce ${PASSTHRU}`;
  refuse(callee, Code.YIELD, id, FEATURE_NOT_SUPPORTED, text);
  refuse(caller, Code.CALL, request, FEATURE_NOT_SUPPORTED, `${text}, and the callee answered in it`);
}

/** A callee's ERROR in this mode. A caller that cannot read its payload gets only the URI. */
export function forwardError(
  { caller, request }: Invocation,
  { error, details: given, args, kwargs, carried }: ErrorMessage,
): void {
  if (!takesPassthru(caller))
    return refuse(caller, Code.CALL, request, error, `its payload is left out: the caller did not announce ${PASSTHRU}`);
  const details = passthruAttributes(given);
  const unfit = caller.send({ type: Code.ERROR, requestType: Code.CALL, request, details, error, args, kwargs, carried });
  if (unfit) refuse(caller, Code.CALL, request, error, unfit.message);
}
