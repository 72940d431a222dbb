import type { Dict, Uri } from '../../base/words.ts';
import type { LiveSession } from '../session/session.ts';
import type { DealerRegistration } from './registrations.ts';

/** The details of an INVOCATION. */
export function invocationDetails(
  registration: DealerRegistration,
  caller: LiveSession,
  procedure: Uri,
  discloses: boolean,
  isAsked: boolean,
  timeoutMs: number,
): Dict {
  const details: { [key: string]: unknown } = {};
  // WAMP "Pattern-based Registration": a callee by pattern gets the procedure.
  if (registration.match !== 'exact') details.procedure = procedure;
  if (discloses) {
    details.caller = caller.id;
    details.caller_authid = caller.authid;
    details.caller_authrole = caller.authrole;
  }
  if (caller.trustlevel !== undefined) details.trustlevel = caller.trustlevel;
  if (isAsked) details.receive_progress = true;
  if (timeoutMs > 0) details.timeout = timeoutMs;
  return details;
}
