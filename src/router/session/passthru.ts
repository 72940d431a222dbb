/*
 * WAMP "Payload Passthru Mode", the router's side: it mirrors the `ppt_*` attributes, forwards the payload unchanged, and checks that
 * all sides have announced the feature. A `ppt_scheme` that is not empty says that it is in use; the callers of these
 * functions check it first, so that a plain message costs only one look-up.
 */
import { ProtocolError } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import { PASSTHRU, passthruAttributes } from '../../protocol/features.ts';
import type { LiveSession } from './session.ts';

export const FEATURE_NOT_SUPPORTED = 'wamp.error.feature_not_supported';

/** @throws {@link ProtocolError} if the sender has not announced the feature. */
export function expectPassthru(session: LiveSession, role: 'publisher' | 'caller' | 'callee'): void {
  if (!session.can(role, PASSTHRU)) throw new ProtocolError(`got ppt_scheme from a ${role} that did not announce ${PASSTHRU}`);
}

/** Adds the attributes of options to the details that the other side gets. */
export function mirrorPassthru(options: Dict, details: Dict): void {
  Object.assign(details, passthruAttributes(options));
}

/**
 * The same for all that a callee and subscribers get of a CALL's or a PUBLISH's options: also the trace context (W3C traceparent). WAMP "Extensibility"
 * leaves names that begin with an underscore to implementations. All others end here, because they may be meant for the router alone.
 */
export function mirrorOptions(options: Dict, details: Dict): void {
  if (options.ppt_scheme) mirrorPassthru(options, details);
  const { _traceparent } = options;
  if (typeof _traceparent === 'string') Object.assign(details, { _traceparent });
}

/** Why a call in this mode cannot go to this callee; undefined if it can. */
export function passthruComplaint(callee: LiveSession): string | undefined {
  return callee.can('callee', PASSTHRU) ? undefined : `the callee did not announce ${PASSTHRU}`;
}

/** Whether the caller accepts answers in this mode. */
export function takesPassthru(caller: LiveSession): boolean {
  return caller.can('caller', PASSTHRU);
}
